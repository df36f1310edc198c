package cmp

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	_ "crypto/sha512" // crypto.SHA384, crypto.SHA512
	"crypto/x509"
	"fmt"

	"qoltanba/agent/gost"
)

// The sizes of an RSA modulus in bits. The upper one, that of crypto/tls, keeps a
// stranger's key from costing minutes.
const (
	minRSA = 2048
	maxRSA = 8192
)

// A scheme is one signature algorithm with its digest, and the AlgorithmIdentifiers
// that name it, of which the first is written. They are compared as a whole.
type scheme struct {
	ids    [][]byte
	hash   crypto.Hash  // 0 for GOST
	params *gost.Params // nil but for GOST
	rsa    bool
}

// schemes are all but those of GOST, which a key brings with it.
var schemes = func() (all []*scheme) {
	null := []byte{5, 0}
	for _, a := range []struct {
		hash       crypto.Hash
		rsa, ecdsa string // RFC 4055, section 5, and RFC 5758, section 3.2
	}{
		{crypto.SHA256, "1.2.840.113549.1.1.11", "1.2.840.10045.4.3.2"},
		{crypto.SHA384, "1.2.840.113549.1.1.12", "1.2.840.10045.4.3.3"},
		{crypto.SHA512, "1.2.840.113549.1.1.13", "1.2.840.10045.4.3.4"},
	} {
		all = append(all,
			&scheme{ids: [][]byte{algorithmID(a.rsa, null...), algorithmID(a.rsa)}, hash: a.hash, rsa: true},
			&scheme{ids: [][]byte{algorithmID(a.ecdsa)}, hash: a.hash})
	}
	return all
}()

// schemeOf returns how a key signs here: with the digest that is as strong as its
// curve, or SHA-256 for RSA, which every token can.
func schemeOf(public crypto.PublicKey) (*scheme, error) {
	hash := crypto.SHA256
	switch k := public.(type) {
	case *gost.PublicKey:
		return gostScheme(k), nil
	case *ecdsa.PublicKey:
		switch k.Curve {
		case elliptic.P384():
			hash = crypto.SHA384
		case elliptic.P521():
			hash = crypto.SHA512
		}
	}
	for _, s := range schemes {
		if s.hash == hash && s.fits(public) {
			return s, nil
		}
	}
	return nil, fmt.Errorf("signing with a %T: %w", public, ErrUnsupported)
}

func gostScheme(k *gost.PublicKey) *scheme {
	id := k.Params().SignatureAlgorithm()
	return &scheme{ids: [][]byte{id}, params: k.Params()}
}

func (s *scheme) fits(public crypto.PublicKey) bool {
	switch k := public.(type) {
	case *rsa.PublicKey:
		return s.rsa && k.N.BitLen() >= minRSA && k.N.BitLen() <= maxRSA
	case *ecdsa.PublicKey:
		known := k.Curve == elliptic.P256() || k.Curve == elliptic.P384() || k.Curve == elliptic.P521()
		return !s.rsa && s.params == nil && known
	case *gost.PublicKey:
		return s.params == k.Params()
	}
	return false
}

func (s *scheme) sum(data []byte) []byte {
	if s.params != nil {
		return s.params.Hash().Sum(data)
	}
	h := s.hash.New()
	h.Write(data)
	return h.Sum(nil)
}

func (s *scheme) sign(key crypto.Signer, data []byte) ([]byte, error) {
	var options crypto.SignerOpts = s.hash
	if s.params != nil {
		options = s.params.Hash()
	}
	signature, err := key.Sign(rand.Reader, s.sum(data), options)
	if err != nil {
		return nil, fmt.Errorf("signing: %w", err)
	}
	return signature, nil
}

// verify returns nil when signature is the public key's of data. The error has no
// kind: what it means depends on what was signed.
func verify(public crypto.PublicKey, algorithm, data, signature []byte) error {
	s, err := schemeFor(public, algorithm)
	if err != nil {
		return err
	}
	sum := s.sum(data)
	right := false
	switch k := public.(type) {
	case *rsa.PublicKey:
		right = rsa.VerifyPKCS1v15(k, s.hash, sum, signature) == nil
	case *ecdsa.PublicKey:
		right = ecdsa.VerifyASN1(k, sum, signature)
	case *gost.PublicKey:
		right = k.Verify(sum, signature) == nil
	}
	if !right {
		return fmt.Errorf("a wrong signature")
	}
	return nil
}

// schemeFor returns the scheme that an AlgorithmIdentifier names, if it goes with the key.
func schemeFor(public crypto.PublicKey, algorithm []byte) (*scheme, error) {
	if k, ok := public.(*gost.PublicKey); ok {
		s := gostScheme(k)
		if bytes.Equal(algorithm, s.ids[0]) {
			return s, nil
		}
	}
	for _, s := range schemes {
		if contains(s.ids, algorithm) && s.fits(public) {
			return s, nil
		}
	}
	return nil, fmt.Errorf("a signature algorithm that does not go with a %T: %w", public, ErrUnsupported)
}

// A Signer protects with a key. Its certificates go along.
type Signer struct {
	Key          crypto.Signer
	Certificates []*x509.Certificate // the key's, then those of its issuers
}

func (s *Signer) algorithm() ([]byte, error) {
	scheme, err := schemeOf(s.Key.Public())
	if err != nil {
		return nil, err
	}
	return scheme.ids[0], nil
}

func (s *Signer) protect(_, part []byte) ([]byte, error) {
	scheme, err := schemeOf(s.Key.Public())
	if err != nil {
		return nil, err
	}
	return scheme.sign(s.Key, part)
}

// CheckSignature returns nil when the message was signed by the key of the
// certificate, which names itself as the sender. Whether to trust it is the caller's
// question.
func (m *Message) CheckSignature(signer *x509.Certificate) error {
	if m.algorithm == nil {
		return ErrUnprotected
	}
	if signer.KeyUsage != 0 && signer.KeyUsage&x509.KeyUsageDigitalSignature == 0 {
		return fmt.Errorf("the certificate of %q is not for signatures: %w", signer.Subject, ErrProtection)
	}
	if !bytes.Equal(m.Sender, signer.RawSubject) {
		return fmt.Errorf("the sender is not the signer: %w", ErrProtection)
	}
	if err := verify(signer.PublicKey, m.algorithm, m.protected, m.protection); err != nil {
		return fmt.Errorf("%w: %w", ErrProtection, err)
	}
	return nil
}

// ConfirmCertificate returns the body that says what became of a certificate, for
// the request with that ID. The version of its message is the one that is returned.
func ConfirmCertificate(id int, cert *x509.Certificate, status Status) (*Confirm, int) {
	if hash := signatureHash(cert); hash != 0 {
		h := hash.New()
		h.Write(cert.Raw)
		return &Confirm{ID: id, Hash: h.Sum(nil), Status: status}, Version2000
	}
	// The signature names no digest of package crypto: RFC 9480, section 2.10.
	sum := sha256.Sum256(cert.Raw)
	return &Confirm{ID: id, Hash: sum[:], Algorithm: hashes[0].ids[0], Status: status}, Version2021
}

// Confirms reports whether it is about that certificate.
func (c *Confirm) Confirms(cert *x509.Certificate) bool {
	hash := signatureHash(cert)
	if c.Algorithm != nil {
		hash = findHash(c.Algorithm)
	}
	if hash == 0 {
		return false
	}
	h := hash.New()
	h.Write(cert.Raw)
	return bytes.Equal(h.Sum(nil), c.Hash)
}

// signatureHash returns the digest of a certificate's signature, 0 if it is none of
// ours.
func signatureHash(cert *x509.Certificate) crypto.Hash {
	switch cert.SignatureAlgorithm {
	case x509.SHA256WithRSA, x509.ECDSAWithSHA256:
		return crypto.SHA256
	case x509.SHA384WithRSA, x509.ECDSAWithSHA384:
		return crypto.SHA384
	case x509.SHA512WithRSA, x509.ECDSAWithSHA512:
		return crypto.SHA512
	}
	return 0
}
