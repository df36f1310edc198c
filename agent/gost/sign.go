package gost

import (
	"crypto"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha512"
	"encoding/binary"
	"fmt"
	"io"
	"slices"
)

// Sign returns the signature of a digest, in the byte order of the key's country.
// The reader is not used: nonces come from crypto/rand, the key and the digest.
// opts may be the key's Hash; nil and crypto.Hash(0) stand for it.
func (k *PrivateKey) Sign(_ io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	p := k.public.params
	switch h := opts.(type) {
	case nil:
	case Hash:
		if h != p.hash {
			return nil, fmt.Errorf("signing a digest of %v with a key for %v: %w", h, p.hash, ErrDigest)
		}
	default:
		if h.HashFunc() != 0 {
			return nil, fmt.Errorf("signing a digest of %v with a key for %v: %w", h.HashFunc(), p.hash, ErrDigest)
		}
	}
	if len(digest) != p.Size() {
		return nil, fmt.Errorf("signing a digest of %d bytes, not %d: %w", len(digest), p.Size(), ErrDigest)
	}
	if p.curve.order.zero(&k.d) == 1 {
		return nil, fmt.Errorf("signing with a wiped key: %w", ErrKey)
	}
	for attempt := uint64(0); ; attempt++ {
		nonce, ok := k.nonce(digest, attempt)
		if !ok {
			continue
		}
		if r, s, ok := k.signWith(&nonce, digest); ok {
			return p.marshalSignature(&r, &s), nil
		}
	}
}

// nonce returns a candidate for k: HMAC-SHA-512, with the key as key, of fresh
// random bytes, the number of the attempt and the digest. The random bytes alone
// make it unpredictable; without them it still is, to whoever has not the key, and
// differs between digests.
func (k *PrivateKey) nonce(digest []byte, attempt uint64) (element, bool) {
	var random [64]byte
	rand.Read(random[:]) // never fails
	scalar := k.Bytes()
	mac := hmac.New(sha512.New, scalar)
	clear(scalar)
	mac.Write(random[:])
	mac.Write(binary.LittleEndian.AppendUint64(nil, attempt))
	mac.Write(digest)
	sum := mac.Sum(nil)
	defer clear(sum)
	return k.public.params.scalar(sum)
}

// signWith computes r and s for a nonce (RFC 7091, section 6.1). It is not ok when
// one of them is 0.
func (k *PrivateKey) signWith(nonce *element, digest []byte) (r, s element, ok bool) {
	c := k.public.params.curve
	q := c.order
	var p point
	c.mulBase(&p, nonce)
	x, _ := c.affine(&p)
	e := c.digestNumber(digest)

	// Montgomery's product of an element and a number is a number.
	var rd, ke element
	q.enter(&rd, &x)
	q.leave(&r, &rd)
	q.mul(&rd, &rd, &k.d)
	q.enter(&ke, &e)
	q.mul(&ke, &ke, nonce)
	q.add(&s, &rd, &ke)
	return r, s, q.zero(&r)|q.zero(&s) == 0
}

// digestNumber returns the digest modulo q, or 1 for 0. A digest is no secret.
func (c *curve) digestNumber(digest []byte) element {
	e := number(digest)
	c.order.enter(&e, &e)
	c.order.leave(&e, &e)
	if e == (element{}) {
		e[0] = 1
	}
	return e
}

// marshalSignature returns r and s as bytes.
func (p *Params) marshalSignature(r, s *element) []byte {
	n := p.curve.order.n
	b := appendNumber(appendNumber(make([]byte, 0, 16*n), r, n), s, n)
	if !p.kazakh {
		slices.Reverse(b)
	}
	return b
}
