package gost

import (
	"errors"
	"math/big"
	"testing"
)

// TestForgery makes signatures that hold but for one check of r and s each.
func TestForgery(t *testing.T) {
	for _, p := range Supported() {
		n := p.curve.order.n
		q := integer(&p.curve.order.p, n)
		mod := func(x *big.Int) *big.Int { return x.Mod(x, q) }
		bytes := func(x *big.Int) []byte { return reversed(x.FillBytes(make([]byte, 8*n))) }
		k := GenerateKey(p)
		d := integer(&k.d, n)
		refuse := func(name string, digest []byte, r, s *big.Int) {
			t.Helper()
			if r.BitLen() > 64*n || s.BitLen() > 64*n {
				return // has no encoding
			}
			R, S := fromInteger(r, n), fromInteger(s, n)
			if err := k.public.Verify(digest, p.marshalSignature(&R, &S)); !errors.Is(err, ErrSignature) {
				t.Errorf("%v: Verify(%s) = %v, want ErrSignature", p, name, err)
			}
		}

		// s and s+q are the same in all that is computed with them.
		digest := p.hash.Sum([]byte("document"))
		nonce, ok := k.nonce(digest, 0)
		for !ok {
			nonce, ok = k.nonce(digest, 1)
		}
		r, s, _ := k.signWith(&nonce, digest)
		refuse("s+q", digest, integer(&r, n), new(big.Int).Add(integer(&s, n), q))

		// With s = rd the point is neutral and has no x.
		refuse("neutral point", digest, big.NewInt(5), mod(new(big.Int).Mul(big.NewInt(5), d)))

		// The base of CryptoPro-C has x = 0: with r = 0 and s = e it is the point.
		e := p.curve.digestNumber(digest)
		refuse("r = 0", digest, new(big.Int), integer(&e, n))

		// With s = 0 the point is -r/e times the key: choose the factor f, then r,
		// then the digest.
		f := big.NewInt(1234567)
		point, err := NewPrivateKey(p, bytes(mod(new(big.Int).Mul(f, d))))
		if err != nil {
			t.Fatal(err)
		}
		x := mod(integer(&point.public.x, n))
		digest = bytes(mod(new(big.Int).Neg(new(big.Int).Mul(x, new(big.Int).ModInverse(f, q)))))
		refuse("s = 0", digest, x, new(big.Int))
	}
}
