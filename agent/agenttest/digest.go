package agenttest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"fmt"

	"qoltanba/agent"
)

// checkDigest refuses what no token may be asked to sign and maps
// PSSSaltLengthAuto, which tokens do not know, to the length of the hash.
func checkDigest(pub crypto.PublicKey, digest []byte, opts crypto.SignerOpts) (crypto.SignerOpts, error) {
	if opts == nil {
		return nil, fmt.Errorf("no hash named: %w", agent.ErrInvalid)
	}
	h := opts.HashFunc()
	switch h {
	case crypto.SHA256, crypto.SHA384, crypto.SHA512:
	default:
		return nil, fmt.Errorf("hash %d: %w", h, agent.ErrInvalid)
	}
	if len(digest) != h.Size() {
		return nil, fmt.Errorf("digest of %d bytes for %s: %w", len(digest), h, agent.ErrInvalid)
	}
	pss, ok := opts.(*rsa.PSSOptions)
	if !ok {
		return h, nil
	}
	if _, ok := pub.(*rsa.PublicKey); !ok {
		return nil, fmt.Errorf("PSS with a key that is not RSA: %w", agent.ErrInvalid)
	}
	switch pss.SaltLength {
	case rsa.PSSSaltLengthAuto, rsa.PSSSaltLengthEqualsHash, h.Size():
		return &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash, Hash: h}, nil
	}
	return nil, fmt.Errorf("PSS salt of %d bytes: %w", pss.SaltLength, agent.ErrInvalid)
}

// samePublic compares two public keys of whatever kind.
func samePublic(a, b crypto.PublicKey) bool {
	switch a := a.(type) {
	case *rsa.PublicKey:
		return a.Equal(b)
	case *ecdsa.PublicKey:
		return a.Equal(b)
	}
	return false
}
