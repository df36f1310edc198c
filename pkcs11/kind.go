package pkcs11

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/x509"

	p11 "github.com/miekg/pkcs11"

	"qoltanba/agent/gost"
)

// keyType returns the CKA_KEY_TYPE of a kind of key that we sign with through
// crypto11; it is not ok for others. GOST keys have two types, for which gostKey
// stands.
func keyType(public crypto.PublicKey) (uint, bool) {
	switch public.(type) {
	case *rsa.PublicKey:
		return p11.CKK_RSA, true
	case *ecdsa.PublicKey:
		return p11.CKK_EC, true
	}
	return 0, false
}

// supported tells whether we sign with keys of that kind.
func supported(public crypto.PublicKey) bool {
	if _, ok := public.(*gost.PublicKey); ok {
		return true
	}
	_, ok := keyType(public)
	return ok
}

// parse reads a certificate. Its PublicKey is nil for kinds of keys that neither
// crypto/x509 nor package gost knows.
func parse(der []byte) (*x509.Certificate, error) {
	cert, err := gost.ParseCertificate(der)
	if err != nil {
		return x509.ParseCertificate(der)
	}
	return cert, nil
}

// publicKey returns the key of a certificate that may have been read by crypto/x509,
// which leaves out those of GOST.
func publicKey(cert *x509.Certificate) crypto.PublicKey {
	if cert.PublicKey == nil {
		if key, err := gost.ParsePublicKey(cert.RawSubjectPublicKeyInfo); err == nil {
			return key
		}
	}
	return cert.PublicKey
}
