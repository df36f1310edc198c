package gost

import (
	"math/big"
	"math/rand/v2"
	"testing"
)

var curves = map[string]*curve{
	"CryptoPro-A": cryptoProA, "CryptoPro-B": cryptoProB, "CryptoPro-C": cryptoProC, "TC26-256-A": tc26A256,
	"TC26-512-A": tc26A512, "TC26-512-B": tc26B512, "TC26-512-C": tc26C512,
	"256-test": test256, "512-test": test512,
}

func integer(x *element, n int) *big.Int {
	return new(big.Int).SetBytes(reversed(appendNumber(nil, x, n)))
}

func fromInteger(x *big.Int, n int) element {
	return number(reversed(x.FillBytes(make([]byte, 8*n))))
}

// samples returns numbers below p: the ends, few bits, words of ones, random ones.
func samples(f *field) []element {
	p := integer(&f.p, f.n)
	var list []element
	for _, d := range []int64{1, 2, 3, 617} {
		list = append(list, element{uint64(d - 1)}, fromInteger(new(big.Int).Sub(p, big.NewInt(d)), f.n))
	}
	half := new(big.Int).Rsh(p, 1)
	list = append(list, fromInteger(half, f.n))
	for range 20 {
		var x element
		for i := range f.n {
			switch rand.IntN(3) {
			case 0:
				x[i] = ^uint64(0)
			case 1:
				x[i] = rand.Uint64()
			}
		}
		list = append(list, fromInteger(new(big.Int).Mod(integer(&x, f.n), p), f.n))
	}
	return list
}

// TestField compares the arithmetic with math/big, for the primes and the orders.
func TestField(t *testing.T) {
	for name, c := range curves {
		for _, f := range []*field{c.field, c.order} {
			p := integer(&f.p, f.n)
			number := func(x *element) *big.Int {
				var y element
				f.leave(&y, x)
				return integer(&y, f.n)
			}
			list := samples(f)
			for _, a := range list {
				for _, b := range list {
					var x, y, z element
					f.enter(&x, &a)
					f.enter(&y, &b)
					A, B := integer(&a, f.n), integer(&b, f.n)
					check := func(what string, want *big.Int) {
						if want.Mod(want, p); number(&z).Cmp(want) != 0 || f.less(&z) == 0 {
							t.Fatalf("%s: %x %s %x = %x, want %x", name, A, what, B, number(&z), want)
						}
					}
					f.mul(&z, &x, &y)
					check("*", new(big.Int).Mul(A, B))
					f.add(&z, &x, &y)
					check("+", new(big.Int).Add(A, B))
					f.sub(&z, &x, &y)
					check("-", new(big.Int).Sub(A, B))
					f.square(&z, &x)
					check("squared beside", new(big.Int).Mul(A, A))
				}
				var x, z element
				f.enter(&x, &a)
				f.invert(&z, &x)
				want := new(big.Int).ModInverse(integer(&a, f.n), p)
				if want == nil {
					want = new(big.Int)
				}
				if number(&z).Cmp(want) != 0 {
					t.Fatalf("%s: 1/%x = %x, want %x", name, a, number(&z), want)
				}
				if wantZero := a == (element{}); (f.zero(&a) == 1) != wantZero {
					t.Fatalf("%s: zero(%x) = %d", name, a, f.zero(&a))
				}
			}
			if f.less(&f.p) != 0 {
				t.Errorf("%s: less(p) = 1", name)
			}
		}
	}
}

// TestCurve checks the constants: the base is on the curve and has order q.
func TestCurve(t *testing.T) {
	for name, c := range curves {
		var p point
		c.mulPublic(&p, &c.order.p, &c.base)
		if !c.contains(&c.base) || c.field.zero(&p.z) != 1 {
			t.Errorf("%s: base on curve: %v, q times base: %x", name, c.contains(&c.base), p)
		}
		if q := integer(&c.order.p, c.field.n); !q.ProbablyPrime(20) || !integer(&c.field.p, c.field.n).ProbablyPrime(20) {
			t.Errorf("%s: a modulus is not prime", name)
		}
	}
}

// same reports whether two points are equal.
func (c *curve) same(p, q *point) bool {
	var a, b, x, y element
	f := c.field
	f.mul(&a, &p.x, &q.z)
	f.mul(&b, &q.x, &p.z)
	f.mul(&x, &p.y, &q.z)
	f.mul(&y, &q.y, &p.z)
	return a == b && x == y && f.zero(&p.z) == f.zero(&q.z)
}

// TestScalars compares both multiplications, and multiples of small and extreme
// scalars with repeated addition.
func TestScalars(t *testing.T) {
	for name, c := range curves {
		n := c.field.n
		sum := c.neutral()
		for i := range 36 { // equal, opposite and neutral points are among the sums
			k := element{uint64(i)}
			minus := fromInteger(new(big.Int).Sub(integer(&c.order.p, n), big.NewInt(int64(i))), n)
			var p, opposite, public point
			c.mulBase(&p, &k)
			c.mulBase(&opposite, &minus)
			c.mulPublic(&public, &k, &c.base)
			if !c.same(&p, &sum) || !c.same(&public, &sum) {
				t.Fatalf("%s: %d times the base differs from the sum", name, i)
			}
			c.add(&opposite, &opposite, &p)
			if c.field.zero(&opposite.z) != 1 {
				t.Fatalf("%s: %d and %d-q give no neutral element", name, i, i)
			}
			var double, twice point
			c.double(&double, &sum)
			c.add(&twice, &sum, &sum)
			if !c.same(&double, &twice) {
				t.Fatalf("%s: doubling and adding %d differ", name, i)
			}
			c.add(&sum, &sum, &c.base)
		}
		for _, k := range samples(c.order) {
			var p, q point
			c.mulBase(&p, &k)
			c.mulPublic(&q, &k, &c.base)
			if !c.same(&p, &q) || !c.onCurve(&p) {
				t.Fatalf("%s: the multiplications by %x differ", name, k)
			}
		}
	}
}

func (c *curve) onCurve(p *point) bool {
	if c.field.zero(&p.z) == 1 {
		return true
	}
	x, y := c.affine(p)
	q := point{z: c.field.one}
	c.field.enter(&q.x, &x)
	c.field.enter(&q.y, &y)
	return c.contains(&q)
}

// TestNonce shows that nonces are in range, differ, and that a candidate out of
// range is refused.
func TestNonce(t *testing.T) {
	for _, p := range Supported() {
		k := GenerateKey(p)
		digest := make([]byte, p.Size())
		seen := make(map[element]bool)
		for i := range uint64(40) {
			nonce, ok := k.nonce(digest, i)
			if !ok {
				continue
			}
			if seen[nonce] || p.curve.order.less(&nonce) == 0 {
				t.Errorf("%v: nonce %x again or out of range", p, nonce)
			}
			seen[nonce] = true
		}
		if len(seen) < 5 {
			t.Errorf("%v: %d of 40 candidates taken", p, len(seen))
		}
		if _, ok := p.scalar(make([]byte, 64)); ok {
			t.Errorf("%v: the nonce 0 is taken", p)
		}
		if _, ok := p.scalar(appendNumber(nil, &p.curve.order.p, 8)); ok {
			t.Errorf("%v: the nonce q is taken", p)
		}
	}
}

// TestSmallDigest: the digests 0 and q count as 1 (RFC 7091, section 6.1, step 2).
func TestSmallDigest(t *testing.T) {
	for name, c := range curves {
		one := element{1}
		for _, e := range []element{{}, c.order.p} {
			if got := c.digestNumber(appendNumber(nil, &e, c.field.n)); got != one {
				t.Errorf("%s: digest %x counts as %x, want 1", name, e, got)
			}
		}
	}
}
