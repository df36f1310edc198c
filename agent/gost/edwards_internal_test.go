package gost

import (
	"math/big"
	"testing"
)

// edwardsCurves are those with a second form, all of cofactor 4.
func edwardsCurves(t *testing.T) map[string]*curve {
	forms := make(map[string]*curve)
	for name, c := range curves {
		if (c.edwards != nil) != (c.cofactor == 4) {
			t.Errorf("%s: cofactor %d, Edwards form: %v", name, c.cofactor, c.edwards != nil)
		}
		if c.edwards != nil {
			forms[name] = c
		}
	}
	if len(forms) != 2 {
		t.Fatalf("%d curves in Edwards form, want 2", len(forms))
	}
	return forms
}

// TestEdwardsConstants checks d against a and b, a = s^2 - 3t^2 and b = 2t^3 - ts^2
// (RFC 7836, section 5.2), and that it is not a square, without which the formulas have exceptions.
func TestEdwardsConstants(t *testing.T) {
	for name, c := range edwardsCurves(t) {
		e, f := c.edwards(), c.field
		integerOf := func(x element) *big.Int {
			f.leave(&x, &x)
			return integer(&x, f.n)
		}
		p, a, b := integer(&f.p, f.n), integerOf(c.a), integerOf(c.b)
		d := integerOf(e.d)
		inverse := func(x int64) *big.Int { return new(big.Int).ModInverse(big.NewInt(x), p) }
		s := new(big.Int).Mul(new(big.Int).Sub(big.NewInt(1), d), inverse(4))
		u := new(big.Int).Mul(new(big.Int).Add(big.NewInt(1), d), inverse(6))
		ss, uu := new(big.Int).Mul(s, s), new(big.Int).Mul(u, u)
		wantA := new(big.Int).Sub(ss, new(big.Int).Mul(big.NewInt(3), uu))
		wantB := new(big.Int).Mul(u, new(big.Int).Sub(new(big.Int).Mul(big.NewInt(2), uu), ss))
		if wantA.Mod(wantA, p).Cmp(a) != 0 || wantB.Mod(wantB, p).Cmp(b) != 0 {
			t.Errorf("%s: d belongs to another curve", name)
		}
		if big.Jacobi(d, p) != -1 {
			t.Errorf("%s: d is a square", name)
		}
	}
}

// TestEdwards compares sums, doubles and multiples in both forms.
func TestEdwards(t *testing.T) {
	for name, c := range edwardsCurves(t) {
		e := c.edwards()
		leave := func(p *extended) (r point) {
			e.leave(&r, p)
			return r
		}
		var base extended
		e.enter(&base, &c.base)
		if p := leave(&base); !c.same(&p, &c.base) {
			t.Errorf("%s: the base is another one when it comes back", name)
		}
		neutral, minus := e.neutral(), base
		c.field.sub(&minus.u, &element{}, &minus.u)
		c.field.sub(&minus.t, &element{}, &minus.t)
		double := base
		e.double(&double)
		for _, s := range []struct {
			name string
			p, q *extended
			want uint64 // times the base
		}{
			{"neutral + neutral", &neutral, &neutral, 0},
			{"neutral + base", &neutral, &base, 1},
			{"base + neutral", &base, &neutral, 1},
			{"base + base", &base, &base, 2},
			{"base - base", &base, &minus, 0},
			{"2 base - base", &double, &minus, 1},
			{"2 base + neutral", &double, &neutral, 2},
		} {
			var sum extended
			e.add(&sum, s.p, s.q)
			var want point
			c.mulPublic(&want, &element{s.want}, &c.base)
			if got := leave(&sum); !c.same(&got, &want) {
				t.Errorf("%s: %s is another point", name, s.name)
			}
		}

		list := samples(c.order)
		for i, k := range list {
			var p, q extended
			var want point
			e.mulBase(&p, &k)
			e.mulPublic(&q, &k, &base)
			c.mulPublic(&want, &k, &c.base)
			ofBase, ofPoint := leave(&p), leave(&q)
			if !c.same(&ofBase, &want) || !c.same(&ofPoint, &want) {
				t.Fatalf("%s: the multiples by %x differ", name, k)
			}

			// Another point than the base, and both summed.
			x, y := c.affine(&want)
			if k == (element{}) {
				continue
			}
			key := point{z: c.field.one}
			c.field.enter(&key.x, &x)
			c.field.enter(&key.y, &y)
			z2 := list[len(list)-1-i]
			var sum, multiple, own point
			c.combine(&sum, &k, &z2, &key)
			c.mulPublic(&multiple, &z2, &key)
			c.add(&own, &want, &multiple)
			if !c.same(&sum, &own) {
				t.Fatalf("%s: %x times the base and %x times a key is another point", name, k, z2)
			}
		}
	}
}
