// Package cmp reads and writes messages of the Certificate Management Protocol (RFC
// 4210, as RFC 9480 and RFC 9810 have it today), with requests as RFC 4211 has them.
//
// Of the protocol there is what one person needs who asks a CA for one certificate
// and is known to it by a secret or by a key: requests, polling, confirmation,
// general messages and errors, one certificate at a time, names as directory names.
// What else a message may hold is ErrUnsupported. Who may say what is the affair of
// the programs at both ends: this package checks that a message was protected with
// the secret or the key that it is told.
//
// Everything is DER, written and read: a message that is encoded in another way, is
// cut short, or breaks a limit is ErrFormat. A count of iterations is looked at
// before a key is derived, so that no message costs its reader more than
// MaxIterations.
package cmp

import (
	"bytes"
	"crypto/rand"
	"crypto/x509"
	"errors"
	"fmt"
	"time"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"

	"qoltanba/agent/gost"
)

// The errors of this package; test with errors.Is.
var (
	// ErrFormat means that bytes are not the DER of a message, or break a limit.
	ErrFormat = errors.New("not a well-formed message")

	// ErrUnsupported means that a message holds something that this package does
	// not know.
	ErrUnsupported = errors.New("message not supported")

	// ErrUnprotected means that a message has no protection.
	ErrUnprotected = errors.New("message without protection")

	// ErrProtection means that a message's protection is wrong: it was changed,
	// or protected with another secret or key.
	ErrProtection = errors.New("message with wrong protection")

	// ErrWeak means that the key of a MAC is made in a way that makes guessing
	// cheap, or that costs its reader too much.
	ErrWeak = errors.New("message authentication not acceptable")

	// ErrPossession means that a request does not show that its sender has the
	// key.
	ErrPossession = errors.New("no proof of possession of the key")
)

// MaxMessage is the largest message that is read, in bytes.
const MaxMessage = 256 << 10

// Limits of what is inside.
const (
	maxCertificates = 32
	maxAttributes   = 16
	maxTexts        = 16
	maxText         = 4 << 10 // bytes of one text
	maxID           = 128     // bytes of a nonce and the like
)

// The versions of the protocol. Version2021 is written for what is new in it only,
// as RFC 9480, section 2.20, demands.
const (
	Version2000 = 2
	Version2021 = 3
)

// A Header says who sends a message, to whom, and what it follows.
type Header struct {
	Version   int    // 0 is written as Version2000
	Sender    []byte // DER of the Name; nil is written as the empty one
	Recipient []byte // the same
	Time      time.Time

	SenderKID []byte // names the secret or the key of the protection

	TransactionID  []byte
	SenderNonce    []byte
	RecipientNonce []byte // the SenderNonce of the message that is answered
}

// NewID returns 16 random bytes, for a transaction or a nonce.
func NewID() []byte {
	id := make([]byte, 16)
	rand.Read(id) // never fails
	return id
}

// A Message is a PKIMessage.
type Message struct {
	Header
	Body Body

	// Certificates help to check the protection and the certificate inside. The
	// first one of a signed message is its signer's.
	Certificates []*x509.Certificate

	algorithm  []byte // of the protection: AlgorithmIdentifier
	protection []byte
	protected  []byte // header and body as they were read
	der        []byte // all that was read
}

// Wipe overwrites a message that was read, as there may be a secret in its body. All
// that came from it shares its memory, certificates included, and is of no use any more.
func (m *Message) Wipe() {
	clear(m.der)
	clear(m.protected)
}

var tagGeneralName = context(4) // directoryName

// Marshal returns the message in DER, protected by p; nil leaves it unprotected. A
// Signer puts its certificates before the message's own, and its name into the
// header. The caller wipes the message if there is a secret in the body.
func (m *Message) Marshal(p Protector) ([]byte, error) {
	h, certificates := m.Header, m.Certificates
	if s, ok := p.(*Signer); ok {
		if len(s.Certificates) == 0 {
			return nil, fmt.Errorf("signing without a certificate: %w", ErrUnsupported)
		}
		h.Sender, h.SenderKID = s.Certificates[0].RawSubject, s.Certificates[0].SubjectKeyId
		certificates = append(s.Certificates[:len(s.Certificates):len(s.Certificates)], certificates...)
	}
	var algorithm []byte
	var err error
	if p != nil {
		if algorithm, err = p.algorithm(); err != nil {
			return nil, err
		}
	}
	body, err := build(func(b *cryptobyte.Builder) { b.AddASN1(context(m.Body.tag()), m.Body.write) })
	if err != nil {
		return nil, fmt.Errorf("writing a message: %w", err)
	}
	defer clear(body)
	part, err := build(func(b *cryptobyte.Builder) {
		b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
			h.write(b, algorithm)
			b.AddBytes(body)
		})
	})
	if err != nil {
		return nil, fmt.Errorf("writing a message: %w", err)
	}
	defer clear(part)
	var protection []byte
	if p != nil {
		if protection, err = p.protect(algorithm, part); err != nil {
			return nil, err
		}
	}
	der, err := build(func(b *cryptobyte.Builder) {
		b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
			h.write(b, algorithm)
			b.AddBytes(body)
			if p != nil {
				b.AddASN1(context(0), func(b *cryptobyte.Builder) { b.AddASN1BitString(protection) })
			}
			if len(certificates) > 0 {
				b.AddASN1(context(1), func(b *cryptobyte.Builder) { writeCertificates(b, certificates) })
			}
		})
	})
	if err == nil && len(der) > MaxMessage {
		clear(der)
		return nil, fmt.Errorf("writing a message of %d bytes: %w", len(der), ErrFormat)
	}
	return der, err
}

func (h *Header) write(b *cryptobyte.Builder, algorithm []byte) {
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1Int64(int64(max(h.Version, Version2000)))
		for _, name := range [][]byte{h.Sender, h.Recipient} {
			b.AddASN1(tagGeneralName, func(b *cryptobyte.Builder) {
				if name == nil {
					name = []byte{0x30, 0}
				}
				b.AddBytes(name)
			})
		}
		if !h.Time.IsZero() {
			b.AddASN1(context(0), func(b *cryptobyte.Builder) { b.AddASN1GeneralizedTime(h.Time.UTC()) })
		}
		if algorithm != nil {
			b.AddASN1(context(1), func(b *cryptobyte.Builder) { b.AddBytes(algorithm) })
		}
		for _, f := range []struct {
			tag    int
			octets []byte
		}{{2, h.SenderKID}, {4, h.TransactionID}, {5, h.SenderNonce}, {6, h.RecipientNonce}} {
			if len(f.octets) > 0 {
				b.AddASN1(context(f.tag), func(b *cryptobyte.Builder) { b.AddASN1OctetString(f.octets) })
			}
		}
	})
}

// Parse reads a message, of which it keeps a copy; see Wipe. Its protection is not
// checked yet.
func Parse(der []byte) (*Message, error) {
	if len(der) > MaxMessage {
		return nil, fmt.Errorf("reading a message of %d bytes: %w", len(der), ErrFormat)
	}
	m := &Message{der: bytes.Clone(der)}
	if err := m.parse(m.der); err != nil {
		m.Wipe()
		return nil, fmt.Errorf("reading a message: %w", err)
	}
	return m, nil
}

func (m *Message) parse(der cryptobyte.String) error {
	var content, header, body, protection, certificates cryptobyte.String
	var tag asn1.Tag
	var isProtected, hasCertificates bool
	if !der.ReadASN1(&content, asn1.SEQUENCE) || !der.Empty() ||
		!content.ReadASN1Element(&header, asn1.SEQUENCE) ||
		!content.ReadAnyASN1Element(&body, &tag) ||
		!content.ReadOptionalASN1(&protection, &isProtected, context(0)) ||
		!content.ReadOptionalASN1(&certificates, &hasCertificates, context(1)) || !content.Empty() {
		return ErrFormat
	}
	var err error
	if m.protected, err = build(func(b *cryptobyte.Builder) {
		b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddBytes(header)
			b.AddBytes(body)
		})
	}); err != nil {
		return err
	}
	if err := m.read(header); err != nil {
		return err
	}
	if isProtected && (!protection.ReadASN1BitStringAsBytes(&m.protection) || !protection.Empty()) || isProtected != (m.algorithm != nil) {
		return fmt.Errorf("protection: %w", ErrFormat)
	}
	if hasCertificates {
		if m.Certificates, err = readCertificates(&certificates); err != nil {
			return err
		}
	}
	m.Body, err = readBody(tag, body)
	return err
}

func (m *Message) read(der cryptobyte.String) error {
	var header cryptobyte.String
	if !der.ReadASN1(&header, asn1.SEQUENCE) || !header.ReadASN1Integer(&m.Version) {
		return fmt.Errorf("header: %w", ErrFormat)
	}
	if m.Version != Version2000 && m.Version != Version2021 {
		return fmt.Errorf("version %d: %w", m.Version, ErrUnsupported)
	}
	for _, name := range []*[]byte{&m.Sender, &m.Recipient} {
		if err := readName(&header, name); err != nil {
			return err
		}
	}
	var field cryptobyte.String
	var there bool
	if !header.ReadOptionalASN1(&field, &there, context(0)) || there && (!field.ReadASN1GeneralizedTime(&m.Time) || !field.Empty()) {
		return fmt.Errorf("time: %w", ErrFormat)
	}
	if !header.ReadOptionalASN1(&field, &there, context(1)) {
		return fmt.Errorf("header: %w", ErrFormat)
	}
	if there {
		var algorithm cryptobyte.String
		if !field.ReadASN1Element(&algorithm, asn1.SEQUENCE) || !field.Empty() {
			return fmt.Errorf("protection: %w", ErrFormat)
		}
		m.algorithm = algorithm
	}
	var recipientKID []byte // names a key of the recipient's, who has one
	for i, octets := range []*[]byte{&m.SenderKID, &recipientKID, &m.TransactionID, &m.SenderNonce, &m.RecipientNonce} {
		if !header.ReadOptionalASN1(&field, &there, context(2+i)) ||
			there && (!field.ReadASN1Bytes(octets, asn1.OCTET_STRING) || !field.Empty() || len(*octets) == 0 || len(*octets) > maxID) {
			return fmt.Errorf("header: %w", ErrFormat)
		}
	}
	// Texts for people, and what CMP offers beside: nothing that must be heeded.
	if !header.ReadOptionalASN1(&field, &there, context(7)) {
		return fmt.Errorf("header: %w", ErrFormat)
	}
	if there {
		if _, ok := readTexts(&field); !ok || !field.Empty() {
			return fmt.Errorf("free text: %w", ErrFormat)
		}
	}
	if !header.ReadOptionalASN1(&field, &there, context(8)) || !header.Empty() {
		return fmt.Errorf("header: %w", ErrFormat)
	}
	if there {
		if _, ok := readAttributes(&field, false); !ok || !field.Empty() {
			return fmt.Errorf("general information: %w", ErrFormat)
		}
	}
	return nil
}

func writeCertificates(b *cryptobyte.Builder, certificates []*x509.Certificate) {
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		for _, c := range certificates {
			b.AddBytes(c.Raw)
		}
	})
}

// readCertificates reads a SEQUENCE OF CMPCertificate that is all of in.
func readCertificates(in *cryptobyte.String) ([]*x509.Certificate, error) {
	var list cryptobyte.String
	if !in.ReadASN1(&list, asn1.SEQUENCE) || !in.Empty() || list.Empty() {
		return nil, fmt.Errorf("certificates: %w", ErrFormat)
	}
	var all []*x509.Certificate
	for !list.Empty() {
		cert, err := readCertificate(&list)
		if err != nil {
			return nil, err
		}
		if all = append(all, cert); len(all) > maxCertificates {
			return nil, fmt.Errorf("more than %d certificates: %w", maxCertificates, ErrFormat)
		}
	}
	return all, nil
}

func readCertificate(in *cryptobyte.String) (*x509.Certificate, error) {
	var der cryptobyte.String
	if !in.ReadASN1Element(&der, asn1.SEQUENCE) {
		return nil, fmt.Errorf("a certificate: %w", ErrFormat)
	}
	cert, err := gost.ParseCertificate(der)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrFormat, err)
	}
	return cert, nil
}
