package gost

import "sync"

// An edwards is the other form of a curve of cofactor 4, u^2 + v^2 = 1 + d u^2 v^2
// (RFC 7836, section 5.2, with e = 1), in which a sum takes half the products. A
// point of the group of the base has
//
//	u = (x-t)/y   v = (x-t-s)/(x-t+s)   s = (1-d)/4   t = (1+d)/6
//
// and the neutral element is (0, 1). Since d is not a square, the formulas below hold
// for all points (Hisil, Wong, Carter, Dawson, "Twisted Edwards Curves Revisited",
// 2008, sections 3.1 and 3.3).
type edwards struct {
	field     *field
	d, s, t   element
	multiples multiples // of the base
}

// An extended is the point u = U/Z, v = V/Z, with UV = TZ.
type extended struct{ u, v, t, z element }

// An affine is a point that is added: with its product, and d times that.
type affine struct{ u, v, duv element }

// inEdwardsForm gives the curve its other form, from d.
func (c *curve) inEdwardsForm(d string) *curve {
	f := c.field
	e := &edwards{field: f}
	e.d = parseNumber(d)
	f.enter(&e.d, &e.d)
	c.edwards = sync.OnceValue(func() *edwards {
		var n [7]element // 0 to 6
		for i := range n[1:] {
			f.add(&n[i+1], &n[i], &f.one)
		}
		f.invert(&e.s, &n[4])
		f.sub(&n[0], &n[1], &e.d)
		f.mul(&e.s, &e.s, &n[0])
		f.invert(&e.t, &n[6])
		f.add(&n[0], &n[1], &e.d)
		f.mul(&e.t, &e.t, &n[0])
		e.makeMultiples(&c.base)
		return e
	})
	return c
}

func (e *edwards) neutral() extended { return extended{v: e.field.one, z: e.field.one} }

// enter sets r to p, which is in the group of the base, is not neutral and has Z = 1.
func (e *edwards) enter(r *extended, p *point) {
	f := e.field
	var x, minus, plus element
	f.sub(&x, &p.x, &e.t)
	f.sub(&minus, &x, &e.s)
	f.add(&plus, &x, &e.s)
	f.mul(&r.u, &x, &plus)
	f.mul(&r.v, &minus, &p.y)
	f.mul(&r.t, &x, &minus)
	f.mul(&r.z, &p.y, &plus)
}

// leave sets r to p, which is in the group of the base.
func (e *edwards) leave(r *point, p *extended) {
	f := e.field
	var plus, minus element
	f.add(&plus, &p.z, &p.v)
	f.mul(&plus, &plus, &e.s)
	f.sub(&minus, &p.z, &p.v)
	f.mul(&r.y, &plus, &p.z)
	f.mul(&r.z, &minus, &p.u)
	f.mul(&minus, &minus, &e.t)
	f.add(&r.x, &plus, &minus)
	f.mul(&r.x, &r.x, &p.u)
}

// add sets r to p + q.
func (e *edwards) add(r, p, q *extended) {
	var a affine
	var z element
	e.cache(&a, q)
	e.field.mul(&z, &p.z, &q.z)
	e.sum(r, p, &a, &z)
}

// cache sets a to what a sum needs of q, but for Z.
func (e *edwards) cache(a *affine, q *extended) {
	a.u, a.v = q.u, q.v
	e.field.mul(&a.duv, &q.t, &e.d)
}

// sum sets r to p + q; zz is the product of their Z.
func (e *edwards) sum(r, p *extended, q *affine, zz *element) {
	f := e.field
	var a, b, c, g, h, t element
	f.mul(&a, &p.u, &q.u)
	f.mul(&b, &p.v, &q.v)
	f.mul(&c, &p.t, &q.duv)
	f.add(&t, &p.u, &p.v)
	f.add(&g, &q.u, &q.v)
	f.mul(&t, &t, &g)
	f.add(&h, &a, &b)
	f.sub(&t, &t, &h)
	f.sub(&h, &b, &a)
	f.add(&g, zz, &c)
	f.sub(&c, zz, &c)
	f.mul(&r.u, &t, &c)
	f.mul(&r.v, &g, &h)
	f.mul(&r.t, &t, &h)
	f.mul(&r.z, &c, &g)
}

// double sets p to 2p.
func (e *edwards) double(p *extended) {
	f := e.field
	var a, b, c, g, h, t element
	f.square(&a, &p.u)
	f.square(&b, &p.v)
	f.square(&c, &p.z)
	f.add(&c, &c, &c)
	f.add(&t, &p.u, &p.v)
	f.square(&t, &t)
	f.add(&g, &a, &b)
	f.sub(&t, &t, &g)
	f.sub(&c, &g, &c)
	f.sub(&h, &a, &b)
	f.mul(&p.u, &t, &c)
	f.mul(&p.v, &g, &h)
	f.mul(&p.t, &t, &h)
	f.mul(&p.z, &c, &g)
}

// makeMultiples computes the multiples of the base, which get Z = 1 all at once: one
// inversion of the product of all Z.
func (e *edwards) makeMultiples(base *point) {
	f := e.field
	e.multiples = make(multiples, digitCount(f))
	all := make([]extended, 0, len(e.multiples)*halfDigit)
	before := make([]element, 0, cap(all)) // products of the Z before each
	product := f.one
	var p, sum extended
	e.enter(&p, base)
	for range e.multiples {
		sum = p
		for range halfDigit {
			all, before = append(all, sum), append(before, product)
			f.mul(&product, &product, &sum.z)
			e.add(&sum, &sum, &p)
		}
		p = all[len(all)-1]
		e.double(&p)
	}
	var inverse element
	f.invert(&inverse, &product)
	for i := len(all) - 1; i >= 0; i-- {
		var z element
		f.mul(&z, &inverse, &before[i])
		f.mul(&inverse, &inverse, &all[i].z)
		a := &e.multiples[i/halfDigit][i%halfDigit]
		f.mul(&a[0], &all[i].u, &z)
		f.mul(&a[1], &all[i].v, &z)
		f.mul(&a[2], &a[0], &a[1])
		f.mul(&a[2], &a[2], &e.d)
	}
}

// mulBase sets r to k times the base, as curve.mulBase does.
func (e *edwards) mulBase(r *extended, k *element) {
	f := e.field
	sum := e.neutral()
	var carry uint64
	for i := range e.multiples {
		size, minus := signedDigit(k, i, &carry)
		m := f.pick(&e.multiples[i], size)
		var u, duv element
		f.sub(&u, &element{}, &m[0])
		f.sub(&duv, &element{}, &m[2])
		f.choose(&m[0], &u, &m[0], minus)
		f.choose(&m[2], &duv, &m[2], minus)
		e.sum(&sum, &sum, &affine{m[0], m[1], m[2]}, &sum.z)
	}
	*r = sum
}
