package gost

import (
	"fmt"
	"math/big"
)

// Verify returns nil if signature, in the byte order of the key's country, is the
// key's signature of the digest. Otherwise the error is ErrSignature, or ErrDigest
// when the digest has the wrong length.
func (k *PublicKey) Verify(digest, signature []byte) error {
	p := k.params
	if len(digest) != p.Size() {
		return fmt.Errorf("verifying a digest of %d bytes, not %d: %w", len(digest), p.Size(), ErrDigest)
	}
	if len(signature) != 2*p.Size() {
		return fmt.Errorf("a signature of %d bytes, not %d: %w", len(signature), 2*p.Size(), ErrSignature)
	}
	if !p.kazakh {
		signature = reversed(signature)
	}
	c, q := p.curve, p.curve.order
	r, s := number(signature[:p.Size()]), number(signature[p.Size():])
	if q.zero(&r)|q.zero(&s) == 1 || q.less(&r)&q.less(&s) == 0 {
		return fmt.Errorf("r or s is 0 or not less than the group's order: %w", ErrSignature)
	}

	// RFC 7091, section 6.2: C = z1 P + z2 Q with z1 = s/e and z2 = -r/e.
	e := c.digestNumber(digest)
	v := q.inversePublic(&e)
	q.enter(&v, &v)
	var z1, z2 element
	q.mul(&z1, &v, &s)
	q.mul(&z2, &v, &r)
	q.sub(&z2, &element{}, &z2)
	sum, key := point{}, k.point()
	c.combine(&sum, &z1, &z2, &key)
	if !c.hasX(&sum, &r) {
		return ErrSignature
	}
	return nil
}

// combine sets r to z1 times the base plus z2 times key, which is in the base's group,
// is not neutral and has Z = 1.
func (c *curve) combine(r *point, z1, z2 *element, key *point) {
	if c.edwards == nil {
		var p, q point
		c.mulBase(&p, z1)
		c.mulPublic(&q, z2, key)
		c.add(r, &p, &q)
		return
	}
	e := c.edwards()
	var p, q extended
	e.enter(&q, key)
	e.mulPublic(&q, z2, &q)
	e.mulBase(&p, z1)
	e.add(&p, &p, &q)
	e.leave(r, &p)
}

// inversePublic returns the number 1/x modulo p; neither is a secret.
func (f *field) inversePublic(x *element) element {
	integer := func(x *element) *big.Int {
		return new(big.Int).SetBytes(reversed(appendNumber(nil, x, f.n)))
	}
	inverse := new(big.Int).ModInverse(integer(x), integer(&f.p))
	b := inverse.FillBytes(make([]byte, 8*f.n))
	return number(reversed(b))
}

// hasX reports whether r is the coordinate x of a point modulo q: whether one of r,
// r+q, r+2q … that are less than the field's prime times Z is X.
func (c *curve) hasX(p *point, r *element) bool {
	f := c.field
	if f.zero(&p.z) == 1 {
		return false
	}
	for x := *r; ; {
		var t element
		f.enter(&t, &x)
		f.mul(&t, &t, &p.z)
		if t == p.x {
			return true
		}
		carry := add4(low(&x), low(&x), low(&c.order.p), 0)
		if f.n == 8 {
			carry = add4(high(&x), high(&x), high(&c.order.p), carry)
		}
		if carry == 1 || f.less(&x) == 0 {
			return false
		}
	}
}
