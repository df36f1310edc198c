package gost

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"fmt"
)

// CreateCertificate returns a certificate, in DER, for the key public, signed by
// key: parent's, or public's own when parent is the template itself. Template,
// parent and their fields mean what they mean for x509.CreateCertificate, whose
// extensions and names these are. Public of key is a *PublicKey, and its Sign
// returns the byte order of its country; what it signs is checked.
func CreateCertificate(template, parent *x509.Certificate, public *PublicKey, key crypto.Signer) ([]byte, error) {
	signer, ok := key.Public().(*PublicKey)
	if !ok {
		return nil, fmt.Errorf("issuing a certificate with a %T: %w", key.Public(), ErrUnsupported)
	}
	own, issuer := *template, *parent
	switch {
	case parent == template && !signer.Equal(public):
		return nil, fmt.Errorf("signing an own certificate with another key: %w", ErrMismatch)
	case parent != template && !signer.Equal(parent.PublicKey):
		return nil, fmt.Errorf("issuing a certificate with a key that is not the issuer's: %w", ErrMismatch)
	}
	if len(own.SubjectKeyId) == 0 {
		own.SubjectKeyId = keyID(public)
	}
	if parent == template {
		issuer = own
	}
	own.SignatureAlgorithm = x509.UnknownSignatureAlgorithm // a key of Ed25519 has one only
	issuer.PublicKey = nil                                  // nor is it compared with the issuer's
	standIn, err := standInKey()
	if err != nil {
		return nil, err
	}
	der, err := x509.CreateCertificate(rand.Reader, &own, &issuer, standIn.Public(), standIn)
	if err != nil {
		return nil, fmt.Errorf("building a certificate: %w", err)
	}
	const algorithm, info = 2, 6 // places in TBSCertificate, RFC 5280, section 4.1
	return resign(der, key, signer, map[int][]byte{
		algorithm: signer.params.signatureIDs[0],
		info:      public.Marshal(),
	})
}

// CreateCertificateRequest returns a request (PKCS #10), in DER, for key's
// certificate, as x509.CreateCertificateRequest builds it. Public of key is a
// *PublicKey; what it signs is checked.
func CreateCertificateRequest(template *x509.CertificateRequest, key crypto.Signer) ([]byte, error) {
	signer, ok := key.Public().(*PublicKey)
	if !ok {
		return nil, fmt.Errorf("requesting a certificate for a %T: %w", key.Public(), ErrUnsupported)
	}
	own := *template
	own.SignatureAlgorithm = x509.UnknownSignatureAlgorithm
	standIn, err := standInKey()
	if err != nil {
		return nil, err
	}
	der, err := x509.CreateCertificateRequest(rand.Reader, &own, standIn)
	if err != nil {
		return nil, fmt.Errorf("building a certificate request: %w", err)
	}
	const info = 2 // its place in CertificationRequestInfo, RFC 2986, section 4.1
	return resign(der, key, signer, map[int][]byte{info: signer.Marshal()})
}

// ParseCertificateRequest reads a request with crypto/x509 and checks its
// signature, which shows that the requester has the key. PublicKey is a *PublicKey
// if it is one of this package.
func ParseCertificateRequest(der []byte) (*x509.CertificateRequest, error) {
	req, err := x509.ParseCertificateRequest(der)
	if err != nil {
		return nil, fmt.Errorf("reading a certificate request: %w: %w", ErrFormat, err)
	}
	req.PublicKey, err = publicKey(req.PublicKey, req.RawSubjectPublicKeyInfo)
	if err != nil {
		return nil, fmt.Errorf("reading the certificate request of %q: %w", req.Subject, err)
	}
	if key, ok := req.PublicKey.(*PublicKey); ok {
		err = checkSigned(req.Raw, req.RawTBSCertificateRequest, key)
	} else {
		err = req.CheckSignature()
	}
	if err != nil {
		return nil, fmt.Errorf("checking the certificate request of %q: %w", req.Subject, err)
	}
	return req, nil
}

// standInKey returns a key that crypto/x509 can sign with. It builds everything but
// the key and the signature, which are then put in the place of this key's.
func standInKey() (ed25519.PrivateKey, error) {
	_, key, err := ed25519.GenerateKey(rand.Reader)
	return key, err
}

// resign replaces elements of what is signed, and the signature.
func resign(der []byte, key crypto.Signer, signer *PublicKey, replace map[int][]byte) ([]byte, error) {
	var s signed
	var fields []asn1.RawValue
	if err := unmarshal(der, &s); err != nil {
		return nil, err
	}
	if err := unmarshal(s.TBS.FullBytes, &fields); err != nil {
		return nil, err
	}
	for i, element := range replace {
		fields[i] = asn1.RawValue{FullBytes: element}
	}
	p := signer.params
	tbs := mustMarshal(fields)
	digest := p.hash.Sum(tbs)
	signature, err := key.Sign(rand.Reader, digest, p.hash)
	if err != nil {
		return nil, fmt.Errorf("signing: %w", err)
	}
	if err := signer.Verify(digest, signature); err != nil {
		return nil, fmt.Errorf("checking what the key has signed: %w", err)
	}
	return mustMarshal(signed{
		TBS:       asn1.RawValue{FullBytes: tbs},
		Algorithm: asn1.RawValue{FullBytes: p.signatureIDs[0]},
		Signature: asn1.BitString{Bytes: signature, BitLength: 8 * len(signature)},
	}), nil
}

// keyID returns the key identifier of RFC 7093, section 2, method 1.
func keyID(k *PublicKey) []byte {
	sum := sha256.Sum256(mustMarshal(k.Bytes()))
	return sum[:20]
}
