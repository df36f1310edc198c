package cms

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	_ "crypto/sha256" // crypto.SHA256
	_ "crypto/sha512" // crypto.SHA384, crypto.SHA512
	"crypto/x509"
	"fmt"
	"hash"

	"golang.org/x/crypto/cryptobyte/asn1"

	"qoltanba/agent/gost"
)

// A Hash is a digest algorithm: a crypto.Hash, or a gost.Hash, which has no number
// there.
type Hash interface {
	crypto.SignerOpts
	New() hash.Hash
	Size() int
}

// The sizes of an RSA modulus in bits. Kazakh CAs issue 2048 to persons and have
// 4096 themselves. The upper limit, that of crypto/tls, keeps a stranger's
// certificate from costing minutes.
const (
	minRSA = 2048
	maxRSA = 8192
)

// A digest is a digest algorithm and the AlgorithmIdentifiers that name it. The
// first is the one we write; parameters are absent there for SHA-2 (RFC 5754,
// section 2) and NULL for GOST, and the other way is accepted.
type digest struct {
	hash Hash
	ids  [][]byte
}

// A family is what a public key and the choice of padding leave open: only the
// digest. A GOST key leaves nothing open.
type family int

const (
	noFamily family = iota
	rsaPKCS1
	rsaPSS
	ecdsaDER
	gostKazakh
	gostRussian
)

// A scheme is one signature algorithm with its digest and the
// AlgorithmIdentifiers that name it; the first is the one we write.
type scheme struct {
	family family
	digest *digest
	ids    [][]byte
}

// digests and schemes are all algorithms of this package. Their identifiers are
// compared as whole DER elements, so that parameters need no parser and nothing
// slips through one: PSS is accepted with MGF1 over the same digest and a salt as
// long as the digest, and nothing else (RFC 4056, section 3).
var digests, schemes = algorithms()

func algorithms() ([]*digest, []*scheme) {
	var (
		null          = []byte{byte(asn1.NULL), 0}
		rsaEncryption = tlv(asn1.SEQUENCE, oid("1.2.840.113549.1.1.1"), null)
	)
	var ds []*digest
	var ss []*scheme
	for _, a := range []struct {
		hash                  crypto.Hash
		digest, pkcs1, ecdsas string
	}{
		{crypto.SHA256, "2.16.840.1.101.3.4.2.1", "1.2.840.113549.1.1.11", "1.2.840.10045.4.3.2"},
		{crypto.SHA384, "2.16.840.1.101.3.4.2.2", "1.2.840.113549.1.1.12", "1.2.840.10045.4.3.3"},
		{crypto.SHA512, "2.16.840.1.101.3.4.2.3", "1.2.840.113549.1.1.13", "1.2.840.10045.4.3.4"},
	} {
		plain := tlv(asn1.SEQUENCE, oid(a.digest))
		withNull := tlv(asn1.SEQUENCE, oid(a.digest), null)
		d := &digest{a.hash, [][]byte{plain, withNull}}
		ds = append(ds, d)
		ss = append(ss,
			&scheme{rsaPKCS1, d, [][]byte{
				tlv(asn1.SEQUENCE, oid(a.pkcs1), null), // RFC 4055, section 5
				tlv(asn1.SEQUENCE, oid(a.pkcs1)),
				rsaEncryption, // the digest is named beside it: RFC 5754, section 3.2
			}},
			&scheme{rsaPSS, d, [][]byte{
				pssIdentifier(withNull, a.hash.Size()),
				pssIdentifier(plain, a.hash.Size()),
			}},
			&scheme{ecdsaDER, d, [][]byte{
				tlv(asn1.SEQUENCE, oid(a.ecdsas)), // RFC 5758, section 3.2: parameters absent
			}},
		)
	}
	gds, gss := gostAlgorithms(null)
	return append(ds, gds...), append(ss, gss...)
}

// pssIdentifier returns the AlgorithmIdentifier of RSASSA-PSS (RFC 4055, section
// 3.1) with one digest for message and mask.
func pssIdentifier(digest []byte, saltLength int) []byte {
	mgf1 := tlv(asn1.SEQUENCE, oid("1.2.840.113549.1.1.8"), digest)
	salt := tlv(asn1.INTEGER, []byte{byte(saltLength)})
	return tlv(asn1.SEQUENCE, oid("1.2.840.113549.1.1.10"), tlv(asn1.SEQUENCE,
		tlv(tag0, digest),
		tlv(asn1.Tag(1).ContextSpecific().Constructed(), mgf1),
		tlv(asn1.Tag(2).ContextSpecific().Constructed(), salt),
	))
}

// publicKey returns the key of a certificate, also when that was read by crypto/x509,
// which leaves out keys that it does not know.
func publicKey(cert *x509.Certificate) crypto.PublicKey {
	if cert.PublicKey == nil {
		if key, err := gost.ParsePublicKey(cert.RawSubjectPublicKeyInfo); err == nil {
			return key
		}
	}
	return cert.PublicKey
}

// keyFamily returns the family of a certificate's key and the digest that we sign
// with: the one that is as strong as the curve, SHA-256 for RSA.
func keyFamily(cert *x509.Certificate, pss bool) (family, Hash) {
	switch pub := publicKey(cert).(type) {
	case *rsa.PublicKey:
		switch {
		case pub.N.BitLen() < minRSA || pub.N.BitLen() > maxRSA:
			return noFamily, nil
		case pss:
			return rsaPSS, crypto.SHA256
		}
		return rsaPKCS1, crypto.SHA256
	case *ecdsa.PublicKey:
		switch {
		case pss:
			return noFamily, nil
		case pub.Curve == elliptic.P256():
			return ecdsaDER, crypto.SHA256
		case pub.Curve == elliptic.P384():
			return ecdsaDER, crypto.SHA384
		case pub.Curve == elliptic.P521():
			return ecdsaDER, crypto.SHA512
		}
	case *gost.PublicKey:
		if !pss {
			return gostFamily(pub), pub.Params().Hash()
		}
	}
	return noFamily, nil
}

// signingScheme returns the scheme that a certificate's key signs with.
func signingScheme(cert *x509.Certificate, pss bool) (*scheme, error) {
	f, hash := keyFamily(cert, pss)
	for _, s := range schemes {
		if s.family == f && s.digest.hash == hash {
			return s, nil
		}
	}
	return nil, fmt.Errorf("choosing the algorithm for a %s: %w", keyName(cert), ErrAlgorithm)
}

// findDigest returns the digest that an AlgorithmIdentifier names.
func findDigest(id []byte) (*digest, error) {
	for _, d := range digests {
		if contains(d.ids, id) {
			return d, nil
		}
	}
	return nil, fmt.Errorf("looking up the digest algorithm: %w", ErrAlgorithm)
}

// findScheme returns the scheme that an AlgorithmIdentifier names, if it goes with
// the digest and with the certificate's key.
func findScheme(id []byte, d *digest, cert *x509.Certificate) (*scheme, error) {
	for _, s := range schemes {
		if s.digest != d || !contains(s.ids, id) {
			continue
		}
		f, hash := keyFamily(cert, s.family == rsaPSS)
		if f == s.family && (hash == d.hash || !s.family.gost()) {
			return s, nil
		}
	}
	return nil, fmt.Errorf("looking up the signature algorithm for a %s: %w", keyName(cert), ErrAlgorithm)
}

// keyName says for an error what kind of key a certificate has.
func keyName(cert *x509.Certificate) string {
	if key, ok := publicKey(cert).(*gost.PublicKey); ok {
		return "key of " + key.Params().String()
	}
	return cert.PublicKeyAlgorithm.String() + " key"
}

func contains(ids [][]byte, id []byte) bool {
	for _, known := range ids {
		if bytes.Equal(known, id) {
			return true
		}
	}
	return false
}

// options returns what crypto.Signer needs to know.
func (s *scheme) options() crypto.SignerOpts {
	if s.family == rsaPSS {
		return &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash, Hash: s.digest.hash.HashFunc()}
	}
	return s.digest.hash
}

// verify reports whether signature is pub's signature of sum, a digest. The key
// is of the scheme's family.
func (s *scheme) verify(pub crypto.PublicKey, sum, signature []byte) bool {
	hash := s.digest.hash.HashFunc()
	switch s.family {
	case rsaPKCS1:
		return rsa.VerifyPKCS1v15(pub.(*rsa.PublicKey), hash, sum, signature) == nil
	case rsaPSS:
		o := &rsa.PSSOptions{SaltLength: hash.Size()}
		return rsa.VerifyPSS(pub.(*rsa.PublicKey), hash, sum, signature, o) == nil
	case ecdsaDER:
		return ecdsa.VerifyASN1(pub.(*ecdsa.PublicKey), sum, signature)
	case gostKazakh, gostRussian:
		return pub.(*gost.PublicKey).Verify(sum, signature) == nil
	}
	return false
}

// sum returns the digest of data.
func (d *digest) sum(data []byte) []byte {
	h := d.hash.New()
	h.Write(data)
	return h.Sum(nil)
}
