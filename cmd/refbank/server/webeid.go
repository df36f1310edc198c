package server

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	_ "crypto/sha256" // the digests of the algorithms below
	_ "crypto/sha512"
	"crypto/x509"
	"encoding/asn1"
	"encoding/base64"
	"errors"
	"fmt"
	"hash"
	"io"
	"math/big"
	"time"

	"qoltanba/agent/gost"
	"qoltanba/cmd/refbank/ca"
)

// A LoginToken is a Web eID authentication token, version 1.0
// (https://github.com/web-eid/web-eid-system-architecture-doc#token-format), or, by
// a GOST key, one of the agent's own format (see verifyGOST).
// Binary members are base64 with padding.
type LoginToken struct {
	UnverifiedCertificate string `json:"unverifiedCertificate"` // DER
	Algorithm             string `json:"algorithm"`             // a JWA name, RFC 7518 §3.1, or GOST-*
	Signature             string `json:"signature"`             // as in JWS: r || s for ES*; as in certificates for GOST-*
	Format                string `json:"format"`
	AppVersion            string `json:"appVersion"` // for people, not checked
}

const tokenFormat = "web-eid:1.0"

// What can be wrong with a login token.
var (
	errTokenFormat      = errors.New("not a login token of a known format")
	errTokenAlgorithm   = errors.New("algorithm not accepted for this key")
	errTokenSignature   = errors.New("signature does not verify for this site and challenge")
	errTokenCertificate = errors.New("certificate not accepted for login")
	errPrimary          = errors.New("the certificate of a primary key")
)

// A tokenVerifier holds what login tokens are checked against.
type tokenVerifier struct {
	origin        string // serialized as a browser does: no slash at the end
	roots         []*x509.Certificate
	intermediates []*x509.Certificate
}

// verify checks that the token was made for this origin and this challenge, with
// the key of a certificate that chains to the roots at that time and may be used
// to log in. It returns the certificate; whose it is, is for the caller to find.
func (v tokenVerifier) verify(t LoginToken, nonce string, now time.Time) (*x509.Certificate, error) {
	check := verifyWebEID
	switch t.Format {
	case tokenFormat:
	case gostFormat:
		check = verifyGOST
	default:
		return nil, fmt.Errorf("format %q: %w", t.Format, errTokenFormat)
	}
	der, err := base64.StdEncoding.DecodeString(t.UnverifiedCertificate)
	if err != nil {
		return nil, fmt.Errorf("decoding the certificate: %w", errTokenFormat)
	}
	signature, err := base64.StdEncoding.DecodeString(t.Signature)
	if err != nil {
		return nil, fmt.Errorf("decoding the signature: %w", errTokenFormat)
	}
	cert, err := gost.ParseCertificate(der)
	if err != nil {
		return nil, fmt.Errorf("parsing the certificate: %w: %w", errTokenCertificate, err)
	}
	// The chain goes first: nothing is computed with a stranger's key.
	if err := v.verifyChain(cert, now); err != nil {
		return nil, fmt.Errorf("building the chain: %w: %w", errTokenCertificate, err)
	}
	if cert.IsCA || cert.KeyUsage&x509.KeyUsageDigitalSignature == 0 {
		return nil, fmt.Errorf("looking at the key usage: %w", errTokenCertificate)
	}
	if err := check(cert.PublicKey, t.Algorithm, v.origin, nonce, signature); err != nil {
		return nil, err
	}
	return cert, nil
}

// verifyChain returns nil when the certificate leads to a root, with every one on the
// way valid at that time, may be used by clients, and is not that of a primary key.
// Those with GOST keys are left to package gost, as crypto/x509 knows no such signatures.
func (v tokenVerifier) verifyChain(cert *x509.Certificate, now time.Time) error {
	if ca.IsPrimary(cert) {
		return errPrimary
	}
	usages := []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
	if _, ok := cert.PublicKey.(*gost.PublicKey); ok {
		_, err := gost.Verify(cert, gost.VerifyOptions{
			Roots: v.roots, Intermediates: v.intermediates, Time: now, KeyUsages: usages,
		})
		return err
	}
	_, err := cert.Verify(x509.VerifyOptions{
		Roots: pool(v.roots), Intermediates: pool(v.intermediates), CurrentTime: now, KeyUsages: usages,
	})
	return err
}

// pool holds what crypto/x509 can check, and GOST certificates, which lead nowhere there.
func pool(certs []*x509.Certificate) *x509.CertPool {
	p := x509.NewCertPool()
	for _, c := range certs {
		p.AddCert(c)
	}
	return p
}

// verifyWebEID checks the signature of a Web eID token.
func verifyWebEID(public any, name, origin, nonce string, signature []byte) error {
	a, ok := algorithms[name]
	if !ok || !a.fits(public) {
		return fmt.Errorf("algorithm %q with a %T: %w", name, public, errTokenAlgorithm)
	}
	if !a.verify(public, tokenDigest(a.hash, "", origin, nonce), signature) {
		return errTokenSignature
	}
	return nil
}

// tokenDigest is what a token's signature covers:
// hash(prefix || hash(origin) || hash(nonce)), in Web eID without a prefix.
// The nonce counts as the text that was sent, not as the bytes it encodes.
func tokenDigest(h interface{ New() hash.Hash }, prefix, origin, nonce string) []byte {
	sum := func(s string) string {
		d := h.New()
		io.WriteString(d, s)
		return string(d.Sum(nil))
	}
	return []byte(sum(prefix + sum(origin) + sum(nonce)))
}

// An algorithm is a signature algorithm of RFC 7518 §3.1.
type algorithm struct {
	hash  crypto.Hash
	curve elliptic.Curve // nil for RSA
	pss   bool
}

var algorithms = map[string]algorithm{
	"ES256": {hash: crypto.SHA256, curve: elliptic.P256()},
	"ES384": {hash: crypto.SHA384, curve: elliptic.P384()},
	"ES512": {hash: crypto.SHA512, curve: elliptic.P521()},
	"PS256": {hash: crypto.SHA256, pss: true},
	"PS384": {hash: crypto.SHA384, pss: true},
	"PS512": {hash: crypto.SHA512, pss: true},
	"RS256": {hash: crypto.SHA256},
	"RS384": {hash: crypto.SHA384},
	"RS512": {hash: crypto.SHA512},
}

func (a algorithm) fits(public any) bool {
	switch k := public.(type) {
	case *rsa.PublicKey:
		return a.curve == nil && k.N.BitLen() >= 2048
	case *ecdsa.PublicKey:
		return a.curve != nil && a.curve == k.Curve
	}
	return false
}

func (a algorithm) verify(public any, digest, signature []byte) bool {
	switch k := public.(type) {
	case *rsa.PublicKey:
		if a.pss {
			// RFC 7518 §3.5: the salt is as long as the digest.
			return rsa.VerifyPSS(k, a.hash, digest, signature, &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash}) == nil
		}
		return rsa.VerifyPKCS1v15(k, a.hash, digest, signature) == nil
	case *ecdsa.PublicKey:
		der, err := joinRS(signature, (k.Curve.Params().BitSize+7)/8)
		return err == nil && ecdsa.VerifyASN1(k, digest, der)
	}
	return false
}

// joinRS turns r || s, each of exactly size bytes (IEEE P1363; RFC 7518 §3.4), into
// the DER that package ecdsa reads.
func joinRS(signature []byte, size int) ([]byte, error) {
	if len(signature) != 2*size {
		return nil, errTokenSignature
	}
	return asn1.Marshal(struct{ R, S *big.Int }{
		new(big.Int).SetBytes(signature[:size]), new(big.Int).SetBytes(signature[size:]),
	})
}
