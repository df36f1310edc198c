package agent

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"fmt"

	"qoltanba/agent/gost"
)

// CheckDigest refuses what no token may be asked to sign: crypto11 signs a
// digest of any length and, without complaint, hashes it does not know. It
// returns digest and options as crypto11 takes them: PSSSaltLengthAuto, which
// it does not know, becomes the length of the hash, and for ECDSA a digest
// longer than the curve's order is cut, as FIPS 186-5 section 6.4.1 has it
// (tokens differ in whether they do so themselves). A GOST key signs its own digest
// and no other. It is for those who implement Key; every refusal is ErrInvalid.
func CheckDigest(public crypto.PublicKey, digest []byte, opts crypto.SignerOpts) ([]byte, crypto.SignerOpts, error) {
	if opts == nil {
		return nil, nil, fmt.Errorf("no hash named: %w", ErrInvalid)
	}
	if p, ok := public.(*gost.PublicKey); ok {
		h, ok := opts.(gost.Hash)
		if !ok || h != p.Params().Hash() || len(digest) != h.Size() {
			return nil, nil, fmt.Errorf("%d bytes of %v for a key of %v: %w", len(digest), opts, p.Params(), ErrInvalid)
		}
		return digest, h, nil
	}
	h := opts.HashFunc()
	switch h {
	case crypto.SHA256, crypto.SHA384, crypto.SHA512:
	default:
		return nil, nil, fmt.Errorf("hash %d: %w", h, ErrInvalid)
	}
	if len(digest) != h.Size() {
		return nil, nil, fmt.Errorf("digest of %d bytes for %s: %w", len(digest), h, ErrInvalid)
	}
	pss, isPSS := opts.(*rsa.PSSOptions)
	if p, ok := public.(*ecdsa.PublicKey); ok {
		if isPSS {
			return nil, nil, fmt.Errorf("PSS with an ECDSA key: %w", ErrInvalid)
		}
		return digest[:min(len(digest), (p.Curve.Params().N.BitLen()+7)/8)], h, nil
	}
	if !isPSS {
		return digest, h, nil
	}
	switch pss.SaltLength {
	case rsa.PSSSaltLengthAuto, rsa.PSSSaltLengthEqualsHash, h.Size():
		return digest, &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash, Hash: h}, nil
	}
	return nil, nil, fmt.Errorf("PSS salt of %d bytes: %w", pss.SaltLength, ErrInvalid)
}

// SamePublicKey compares two public keys. It is false for kinds that are not
// supported.
func SamePublicKey(a, b crypto.PublicKey) bool {
	switch a := a.(type) {
	case *rsa.PublicKey:
		return a.Equal(b)
	case *ecdsa.PublicKey:
		return a.Equal(b)
	case *gost.PublicKey:
		return a.Equal(b)
	}
	return false
}
