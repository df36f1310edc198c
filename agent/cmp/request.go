package cmp

import (
	"crypto"
	"crypto/x509"
	"fmt"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"

	"qoltanba/agent/gost"
)

// ControlToken is the control with a secret, once: a UTF8String (RFC 4211, section
// 6.1). It is not hidden by the message's protection.
const ControlToken = "1.3.6.1.5.5.7.5.1.1"

// ControlOldCertID is the control of a kur that names the certificate it is to follow: a
// CertId (RFC 4211, section 6.5; RFC 9483, section 4.1.3).
const ControlOldCertID = "1.3.6.1.5.5.7.5.1.5"

// OldCertID is the control that names a certificate.
func OldCertID(old *x509.Certificate) (Attribute, error) {
	id, err := build(func(b *cryptobyte.Builder) {
		b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1(context(4), func(b *cryptobyte.Builder) { b.AddBytes(old.RawIssuer) }) // directoryName, a choice: explicit
			b.AddASN1BigInt(old.SerialNumber)
		})
	})
	return Attribute{Type: ControlOldCertID, Value: id}, err
}

// A Request asks for a certificate for a key: ir, cr or kur with one CertReqMsg.
type Request struct {
	Kind     Kind
	ID       int
	Subject  []byte // DER of the Name
	Controls []Attribute

	key crypto.Signer // of one that is written

	// Of one that was read.
	publicKey                    []byte // SubjectPublicKeyInfo
	signed, algorithm, signature []byte // the proof
}

// NewRequest returns a request for the certificate of a key, which signs it when the
// message is marshalled.
func NewRequest(kind Kind, subject []byte, key crypto.Signer) *Request {
	return &Request{Kind: kind, Subject: subject, key: key}
}

func (q *Request) tag() int { return int(q.Kind) }

func (q *Request) write(b *cryptobyte.Builder) {
	if q.key == nil {
		b.SetError(fmt.Errorf("a request without key: %w", ErrUnsupported))
		return
	}
	request, err := q.certRequest()
	if err != nil {
		b.SetError(err)
		return
	}
	defer clear(request)
	scheme, err := schemeOf(q.key.Public())
	if err != nil {
		b.SetError(err)
		return
	}
	signature, err := scheme.sign(q.key, request)
	if err != nil {
		b.SetError(err)
		return
	}
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddBytes(request)
			// POPOSigningKey without poposkInput, as the template has subject
			// and key: RFC 4211, section 4.1.
			b.AddASN1(context(1), func(b *cryptobyte.Builder) {
				b.AddBytes(scheme.ids[0])
				b.AddASN1BitString(signature)
			})
		})
	})
}

// certRequest returns the CertRequest, which is signed.
func (q *Request) certRequest() ([]byte, error) {
	spki, err := marshalPublicKey(q.key.Public())
	if err != nil {
		return nil, err
	}
	var inside cryptobyte.String
	if s := cryptobyte.String(spki); !s.ReadASN1(&inside, asn1.SEQUENCE) {
		return nil, ErrFormat
	}
	return build(func(b *cryptobyte.Builder) {
		b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1Int64(int64(q.ID))
			b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) { // CertTemplate
				b.AddASN1(context(5), func(b *cryptobyte.Builder) { b.AddBytes(q.Subject) }) // a choice: explicit
				b.AddASN1(context(6), func(b *cryptobyte.Builder) { b.AddBytes(inside) })
			})
			if len(q.Controls) > 0 {
				writeAttributes(b, q.Controls)
			}
		})
	})
}

// marshalPublicKey returns a SubjectPublicKeyInfo.
func marshalPublicKey(public crypto.PublicKey) ([]byte, error) {
	spki, err := gost.MarshalPublicKey(public)
	if err != nil {
		return nil, fmt.Errorf("a %T: %w", public, ErrUnsupported)
	}
	return spki, nil
}

// SubjectPublicKeyInfo returns the key that a certificate is asked for, in DER.
func (q *Request) SubjectPublicKeyInfo() []byte { return q.publicKey }

// Control returns the control of that kind, and whether it is there.
func (q *Request) Control(kind string) (Attribute, bool) { return find(q.Controls, kind) }

// CheckPossession returns the key, after it was shown that the sender has it.
func (q *Request) CheckPossession() (crypto.PublicKey, error) {
	public, err := parsePublicKey(q.publicKey)
	if err != nil {
		return nil, err
	}
	if q.signature == nil {
		return nil, fmt.Errorf("a request without signature: %w", ErrPossession)
	}
	if err := verify(public, q.algorithm, q.signed, q.signature); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrPossession, err)
	}
	return public, nil
}

func parsePublicKey(spki []byte) (crypto.PublicKey, error) {
	if public, err := x509.ParsePKIXPublicKey(spki); err == nil {
		return public, nil
	}
	public, err := gost.ParsePublicKey(spki)
	if err != nil {
		return nil, fmt.Errorf("the public key: %w: %w", ErrUnsupported, err)
	}
	return public, nil
}

func readRequest(k Kind) func(*cryptobyte.String) (Body, bool, error) {
	return func(in *cryptobyte.String) (Body, bool, error) {
		q := &Request{Kind: k}
		var list, one, request, proof cryptobyte.String
		var there bool
		if !in.ReadASN1(&list, asn1.SEQUENCE) || !list.ReadASN1(&one, asn1.SEQUENCE) {
			return nil, false, nil
		}
		if !list.Empty() {
			return nil, false, fmt.Errorf("more than one request: %w", ErrUnsupported)
		}
		if !one.ReadASN1Element(&request, asn1.SEQUENCE) || !one.ReadOptionalASN1(&proof, &there, context(1)) {
			return nil, false, nil
		}
		if there {
			var id cryptobyte.String
			if proof.PeekASN1Tag(context(0)) {
				return nil, false, fmt.Errorf("a proof of possession with input: %w", ErrUnsupported)
			}
			if !proof.ReadASN1Element(&id, asn1.SEQUENCE) || !proof.ReadASN1BitStringAsBytes(&q.signature) || !proof.Empty() {
				return nil, false, nil
			}
			q.algorithm = id
		}
		// What remains is another way to prove, or information for a register.
		if !one.Empty() && !one.PeekASN1Tag(asn1.SEQUENCE) {
			return nil, false, fmt.Errorf("proof of possession: %w", ErrUnsupported)
		}
		if _, ok := readOptionalAttributes(&one); !ok || !one.Empty() {
			return nil, false, nil
		}
		q.signed = request
		ok, err := q.read(request)
		return q, ok, err
	}
}

func readOptionalAttributes(in *cryptobyte.String) ([]Attribute, bool) {
	if !in.PeekASN1Tag(asn1.SEQUENCE) {
		return nil, true
	}
	return readAttributes(in, false)
}

// read reads a CertRequest.
func (q *Request) read(der cryptobyte.String) (ok bool, err error) {
	var content, template, subject, key cryptobyte.String
	if !der.ReadASN1(&content, asn1.SEQUENCE) || !content.ReadASN1Integer(&q.ID) || !content.ReadASN1(&template, asn1.SEQUENCE) {
		return false, nil
	}
	if q.Controls, ok = readOptionalAttributes(&content); !ok || !content.Empty() {
		return false, nil
	}
	// Issuer, validity and extensions are the CA's affair, and what else RFC 4211,
	// section 5, has in a template is not for those who ask. No template of ours has
	// any of it.
	var ignored cryptobyte.String
	var there bool
	if !template.ReadOptionalASN1(&ignored, &there, context(3)) || !template.ReadOptionalASN1(&ignored, &there, context(4)) {
		return false, nil
	}
	if !template.ReadASN1(&subject, context(5)) || !template.ReadASN1(&key, context(6)) {
		return false, fmt.Errorf("a template without subject or key: %w", ErrUnsupported)
	}
	if !template.ReadOptionalASN1(&ignored, &there, context(9)) {
		return false, nil
	}
	if !template.Empty() {
		return false, fmt.Errorf("a template with more than there may be: %w", ErrUnsupported)
	}
	if !isName(subject) {
		return false, nil
	}
	q.Subject = subject
	q.publicKey, err = build(func(b *cryptobyte.Builder) {
		b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) { b.AddBytes(key) })
	})
	return true, err
}
