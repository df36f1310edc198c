package gost

import (
	"crypto"
	"crypto/rand"
	"crypto/subtle"
	"fmt"
	"math/bits"
	"slices"
)

// A PublicKey is a point of its parameters' curve. It was checked when it was made.
type PublicKey struct {
	params *Params
	x, y   element // numbers
}

// NewPublicKey returns the key with the given coordinates: x, then y, each of
// Params.Size bytes, least significant first, as in certificates of both countries
// and in the CKA_VALUE of PKCS #11.
func NewPublicKey(p *Params, coordinates []byte) (*PublicKey, error) {
	size := p.Size()
	if len(coordinates) != 2*size {
		return nil, fmt.Errorf("a point of %d bytes, not %d: %w", len(coordinates), 2*size, ErrFormat)
	}
	k := &PublicKey{p, number(coordinates[:size]), number(coordinates[size:])}
	f := p.curve.field
	if f.less(&k.x)&f.less(&k.y) == 0 {
		return nil, fmt.Errorf("a coordinate that is not less than the curve's prime: %w", ErrKey)
	}
	q := k.point()
	if !p.curve.contains(&q) {
		return nil, fmt.Errorf("a point that is not on the curve: %w", ErrKey)
	}
	if p.curve.cofactor != 1 {
		var m point
		p.curve.mulPublic(&m, &p.curve.order.p, &q)
		if f.zero(&m.z) == 0 {
			return nil, fmt.Errorf("a point outside the base's group: %w", ErrKey)
		}
	}
	return k, nil
}

// point returns the point as the curve's arithmetic needs it.
func (k *PublicKey) point() (p point) {
	f := k.params.curve.field
	f.enter(&p.x, &k.x)
	f.enter(&p.y, &k.y)
	p.z = f.one
	return p
}

// Params returns what kind of key it is.
func (k *PublicKey) Params() *Params { return k.params }

// Bytes returns the coordinates as NewPublicKey takes them.
func (k *PublicKey) Bytes() []byte {
	n := k.params.curve.field.n
	return appendNumber(appendNumber(make([]byte, 0, 16*n), &k.x, n), &k.y, n)
}

// Equal reports whether other is a *PublicKey with the same parameters and point.
func (k *PublicKey) Equal(other crypto.PublicKey) bool {
	o, ok := other.(*PublicKey)
	return ok && *k == *o
}

// A PrivateKey is a scalar and its PublicKey. It is a crypto.Signer.
type PrivateKey struct {
	public PublicKey
	d      element
}

// GenerateKey returns a new key.
func GenerateKey(p *Params) *PrivateKey {
	var b [64]byte
	defer clear(b[:])
	for {
		rand.Read(b[:]) // never fails
		if d, ok := p.scalar(b[:]); ok {
			return newPrivateKey(p, &d)
		}
	}
}

// scalar reads as many bits as q has, for a scalar between 1 and q-1. It is not ok
// when they are 0 or too large.
func (p *Params) scalar(random []byte) (d element, ok bool) {
	q := p.curve.order
	d = number(random[:p.Size()])
	d[q.n-1] &= 1<<bits.Len64(q.p[q.n-1]) - 1
	return d, q.less(&d)&^q.zero(&d) == 1
}

// NewPrivateKey returns the key with the given scalar, which has Params.Size bytes,
// least significant first.
func NewPrivateKey(p *Params, scalar []byte) (*PrivateKey, error) {
	if len(scalar) != p.Size() {
		return nil, fmt.Errorf("a scalar of %d bytes, not %d: %w", len(scalar), p.Size(), ErrFormat)
	}
	d := number(scalar)
	if q := p.curve.order; q.less(&d)&^q.zero(&d) == 0 {
		return nil, fmt.Errorf("a scalar that is 0 or not less than the group's order: %w", ErrKey)
	}
	return newPrivateKey(p, &d), nil
}

func newPrivateKey(p *Params, d *element) *PrivateKey {
	var q point
	p.curve.mulBase(&q, d)
	x, y := p.curve.affine(&q)
	return &PrivateKey{PublicKey{p, x, y}, *d}
}

// Public returns the *PublicKey.
func (k *PrivateKey) Public() crypto.PublicKey { return &k.public }

// Params returns what kind of key it is.
func (k *PrivateKey) Params() *Params { return k.public.params }

// Bytes returns the scalar as NewPrivateKey takes it. The caller wipes it.
func (k *PrivateKey) Bytes() []byte {
	n := k.public.params.curve.field.n
	return appendNumber(make([]byte, 0, 8*n), &k.d, n)
}

// Equal reports whether other is a *PrivateKey with the same parameters and scalar.
func (k *PrivateKey) Equal(other crypto.PrivateKey) bool {
	o, ok := other.(*PrivateKey)
	if !ok || k.public.params != o.public.params {
		return false
	}
	a, b := k.Bytes(), o.Bytes()
	defer clear(a)
	defer clear(b)
	return subtle.ConstantTimeCompare(a, b) == 1
}

// Wipe clears the scalar. The key signs no more.
func (k *PrivateKey) Wipe() { clear(k.d[:]) }

// String returns the kind of the key and nothing of the scalar.
func (k *PrivateKey) String() string { return k.public.params.name + " private key" }

// GoString returns String, for %#v.
func (k *PrivateKey) GoString() string { return k.String() }

// reversed returns a copy with the last byte first.
func reversed(b []byte) []byte {
	c := slices.Clone(b)
	slices.Reverse(c)
	return c
}
