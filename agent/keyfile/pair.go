package keyfile

import (
	"cmp"
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"

	"qoltanba/agent"
	"qoltanba/agent/gost"
	"qoltanba/agent/pfx"
)

// shown is what is told of a key: its certificate, with the names of both.
type shown struct {
	id          []byte
	label       string
	certificate *x509.Certificate
}

// A pair is a private key with one of its certificates.
type pair struct {
	shown
	signer crypto.Signer
}

// keyID is what stands for CKA_ID: the same for every certificate of a key, and
// before and after Login. The identifiers in a file need not be there, nor be
// different ones.
func keyID(c *x509.Certificate) []byte {
	sum := sha256.Sum256(c.RawSubjectPublicKeyInfo)
	return sum[:16]
}

// match puts the private keys of a file and their certificates together. Whatever
// has no other half, such as the issuers' certificates, is left out, and so are keys
// that can only decrypt.
func match(content *pfx.File) []pair {
	var all []pair
	for _, k := range content.Keys {
		usual := usualKey(k.PKCS8)
		for _, c := range content.Certificates {
			cert, err := gost.ParseCertificate(c.DER)
			if err != nil {
				continue
			}
			if signer := own(usual, k.PKCS8, cert); signer != nil {
				all = append(all, pair{shown{keyID(cert), cmp.Or(c.Name, k.Name), cert}, signer})
			}
		}
	}
	return all
}

// usualKey reads a key that crypto/x509 knows and that signs, or returns nil.
func usualKey(pkcs8 []byte) crypto.Signer {
	parsed, err := x509.ParsePKCS8PrivateKey(pkcs8)
	if err != nil {
		return nil
	}
	switch k := parsed.(type) {
	case *rsa.PrivateKey:
		return k
	case *ecdsa.PrivateKey:
		return k
	}
	return nil
}

// own returns the private key of a certificate, nil if it has another. Which end a
// GOST scalar begins with is tried out with the certificate's public key: both are
// found in files of the Kazakh authority.
func own(usual crypto.Signer, pkcs8 []byte, cert *x509.Certificate) crypto.Signer {
	if usual != nil {
		if agent.SamePublicKey(usual.Public(), cert.PublicKey) {
			return usual
		}
		return nil
	}
	public, ok := cert.PublicKey.(*gost.PublicKey)
	if !ok {
		return nil
	}
	k, err := gost.ParsePrivateKey(pkcs8, public)
	if err != nil {
		return nil
	}
	return k
}
