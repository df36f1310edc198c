package cms

import (
	"bytes"
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"fmt"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"

	"qoltanba/agent/gost"
)

// malformed returns ErrFormat with the part that was being read.
func malformed(part string) error {
	return fmt.Errorf("reading %s: %w", part, ErrFormat)
}

// signedData is a message as it was read. Its slices share the message's memory.
type signedData struct {
	attached     bool
	content      []byte
	certificates []*x509.Certificate
	signer       signerInfo
}

// parse reads a ContentInfo with SignedData (RFC 5652, sections 3 and 5.1).
func parse(der []byte) (*signedData, error) {
	var info, explicit, sd cryptobyte.String
	in := cryptobyte.String(der)
	if !in.ReadASN1(&info, asn1.SEQUENCE) || !in.Empty() ||
		!readOID(&info, oidSignedData) ||
		!info.ReadASN1(&explicit, tag0) || !info.Empty() ||
		!explicit.ReadASN1(&sd, asn1.SEQUENCE) || !explicit.Empty() {
		return nil, malformed("ContentInfo")
	}

	var version int
	var digestIDs, encapsule, certificates, signers, signer cryptobyte.String
	if !sd.ReadASN1Integer(&version) ||
		!sd.ReadASN1(&digestIDs, asn1.SET) ||
		!sd.ReadASN1(&encapsule, asn1.SEQUENCE) ||
		!sd.ReadOptionalASN1(&certificates, nil, tag0) ||
		!sd.ReadASN1(&signers, asn1.SET) || !sd.Empty() ||
		!signers.ReadASN1(&signer, asn1.SEQUENCE) || !signers.Empty() {
		return nil, malformed("SignedData with one signer")
	}

	m := &signedData{}
	if err := m.readContent(encapsule); err != nil {
		return nil, err
	}
	if err := m.readCertificates(certificates); err != nil {
		return nil, err
	}
	if err := m.signer.read(signer); err != nil {
		return nil, err
	}
	// With X.509 certificates and id-data both versions are 1, or 3 for a
	// signer that is named by its key identifier (section 5.1).
	if version != m.signer.version {
		return nil, malformed("the version of SignedData")
	}
	if !bytes.Equal(digestIDs, m.signer.digestID) {
		return nil, malformed("digestAlgorithms, which are not the signer's")
	}
	return m, nil
}

// readContent reads the content of EncapsulatedContentInfo, which is id-data.
func (m *signedData) readContent(in cryptobyte.String) error {
	var explicit cryptobyte.String
	if !readOID(&in, oidData) ||
		!in.ReadOptionalASN1(&explicit, &m.attached, tag0) || !in.Empty() {
		return malformed("EncapsulatedContentInfo")
	}
	if m.attached && (!explicit.ReadASN1Bytes(&m.content, asn1.OCTET_STRING) || !explicit.Empty()) {
		return malformed("the attached content")
	}
	return nil
}

// maxCertificates limits the work that a stranger's certificates cause: the point of a
// GOST key on some curves takes milliseconds to check.
const maxCertificates = 100

// readCertificates reads the content of the certificate set: X.509 only.
func (m *signedData) readCertificates(in cryptobyte.String) error {
	list, ok := readSet(in, asn1.SEQUENCE)
	if !ok || len(list) > maxCertificates {
		return malformed(fmt.Sprintf("the certificate set of at most %d", maxCertificates))
	}
	for _, der := range list {
		cert, err := gost.ParseCertificate(der)
		if errors.Is(err, gost.ErrUnsupported) {
			return fmt.Errorf("reading an embedded certificate: %w: %w", ErrAlgorithm, err)
		}
		if err != nil {
			return fmt.Errorf("reading an embedded certificate: %w: %w", ErrCertificate, err)
		}
		// Any of them may be asked to verify another when a chain is built.
		if pub, ok := cert.PublicKey.(*rsa.PublicKey); ok && pub.N.BitLen() > maxRSA {
			return fmt.Errorf("reading an embedded certificate with %d bits: %w", pub.N.BitLen(), ErrAlgorithm)
		}
		m.certificates = append(m.certificates, cert)
	}
	return nil
}

// signerInfo is a SignerInfo (RFC 5652, section 5.3) without unsigned attributes.
type signerInfo struct {
	version        int
	issuer, serial []byte // DER elements; nil in version 3
	keyID          []byte // nil in version 1
	digestID       []byte // AlgorithmIdentifier, a DER element
	signatureID    []byte // AlgorithmIdentifier, a DER element
	attributes     attributes
	signature      []byte
}

// read reads the content of a SignerInfo.
func (s *signerInfo) read(in cryptobyte.String) error {
	if !in.ReadASN1Integer(&s.version) {
		return malformed("the version of SignerInfo")
	}
	var sid cryptobyte.String
	switch s.version {
	case 1:
		if !in.ReadASN1(&sid, asn1.SEQUENCE) ||
			!sid.ReadASN1Element((*cryptobyte.String)(&s.issuer), asn1.SEQUENCE) ||
			!sid.ReadASN1Element((*cryptobyte.String)(&s.serial), asn1.INTEGER) || !sid.Empty() {
			return malformed("issuer and serial number of SignerInfo")
		}
	case 3:
		if !in.ReadASN1Bytes(&s.keyID, asn1.Tag(0).ContextSpecific()) || len(s.keyID) == 0 {
			return malformed("the key identifier of SignerInfo")
		}
	default:
		return malformed("the version of SignerInfo")
	}
	var attrs cryptobyte.String
	if !in.ReadASN1Element((*cryptobyte.String)(&s.digestID), asn1.SEQUENCE) ||
		!in.ReadASN1(&attrs, tag0) ||
		!in.ReadASN1Element((*cryptobyte.String)(&s.signatureID), asn1.SEQUENCE) ||
		!in.ReadASN1Bytes(&s.signature, asn1.OCTET_STRING) || !in.Empty() {
		return malformed("SignerInfo")
	}
	var err error
	s.attributes, err = readAttributes(attrs)
	return err
}

// names reports whether the signer identifier is the certificate's.
func (s *signerInfo) names(cert *x509.Certificate) bool {
	if s.keyID != nil {
		return bytes.Equal(s.keyID, cert.SubjectKeyId)
	}
	return sameCertificate(cert, s.issuer, s.serial)
}
