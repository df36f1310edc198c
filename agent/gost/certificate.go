package gost

import (
	"bytes"
	"crypto/x509"
	"encoding/asn1"
	"fmt"
)

// ParseCertificate reads a certificate with crypto/x509, in DER. If its key is one
// of this package, PublicKey is a *PublicKey afterwards, where x509 leaves nil;
// other certificates are as x509 returns them.
func ParseCertificate(der []byte) (*x509.Certificate, error) {
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, fmt.Errorf("reading a certificate: %w: %w", ErrFormat, err)
	}
	cert.PublicKey, err = publicKey(cert.PublicKey, cert.RawSubjectPublicKeyInfo)
	if err != nil {
		return nil, fmt.Errorf("reading the certificate of %q: %w", cert.Subject, err)
	}
	return cert, nil
}

// publicKey returns what crypto/x509 has read of a SubjectPublicKeyInfo, or a
// *PublicKey if it is one of this package.
func publicKey(read any, der []byte) (any, error) {
	if read != nil {
		return read, nil
	}
	var info publicKeyInfo
	if rest, err := asn1.Unmarshal(der, &info); err != nil || len(rest) > 0 {
		return nil, ErrFormat
	}
	if algorithm, err := identifier(info.Algorithm.FullBytes); err != nil || !isGOST(algorithm) {
		return nil, err
	}
	return ParsePublicKey(der)
}

// CheckSignature returns nil if parent's key has signed cert. It checks the
// signature only, not whether parent may issue certificates. Keys of other kinds
// are left to crypto/x509.
func CheckSignature(cert, parent *x509.Certificate) error {
	key, ok := parent.PublicKey.(*PublicKey)
	if !ok {
		return parent.CheckSignature(cert.SignatureAlgorithm, cert.RawTBSCertificate, cert.Signature)
	}
	return checkSigned(cert.Raw, cert.RawTBSCertificate, key)
}

// signed is what certificates and requests have in common.
type signed struct {
	TBS       asn1.RawValue
	Algorithm asn1.RawValue
	Signature asn1.BitString
}

// checkSigned returns nil if the whole of der is tbs with key's signature.
func checkSigned(der, tbs []byte, key *PublicKey) error {
	var s signed
	if err := unmarshal(der, &s); err != nil || !bytes.Equal(s.TBS.FullBytes, tbs) {
		return fmt.Errorf("reading a signature: %w", ErrFormat)
	}
	p := key.params
	if !p.names(s.Algorithm.FullBytes) {
		algorithm, _ := identifier(s.Algorithm.FullBytes)
		return fmt.Errorf("a signature with algorithm %v by a key for %v: %w", algorithm, p, ErrMismatch)
	}
	if s.Signature.BitLength != 8*len(s.Signature.Bytes) {
		return fmt.Errorf("reading a signature: %w", ErrFormat)
	}
	return key.Verify(p.hash.Sum(tbs), s.Signature.Bytes)
}

// names reports whether an AlgorithmIdentifier is that of a signature by these
// parameters.
func (p *Params) names(signatureID []byte) bool {
	return bytes.Equal(signatureID, p.signatureIDs[0]) || bytes.Equal(signatureID, p.signatureIDs[1])
}
