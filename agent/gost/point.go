package gost

// A point is a point of a curve in projective coordinates, x = X/Z and y = Y/Z;
// the neutral element has Z = 0.
type point struct{ x, y, z element }

// A curve is y^2 = x^3 + ax + b over a field with a generator of prime order. The
// cofactor is 1 or 4, and points outside the generator's group are not let in.
type curve struct {
	field     *field // of the coordinates
	order     *field // of the scalars, integers modulo q
	a, b      element
	b3        element // 3b
	minus3    bool    // a is -3
	cofactor  int
	base      point
	multiples func() multiples // of the base
	edwards   func() *edwards  // the other form of a curve with cofactor 4, or nil
}

// neutral returns the neutral element.
func (c *curve) neutral() point { return point{y: c.field.one} }

// mulA sets z to a * x.
func (c *curve) mulA(z, x *element) {
	f := c.field
	if !c.minus3 {
		f.mul(z, x, &c.a)
		return
	}
	var t element
	f.add(&t, x, x)
	f.add(&t, &t, x)
	f.sub(z, &element{}, &t)
}

// add sets r to p + q. The formula is algorithm 1 of Renes, Costello and Batina,
// "Complete addition formulas for prime order elliptic curves", 2015: it holds for
// all p and q whose difference does not have order 2, so for all points of a group
// of odd order, equal, opposite and neutral ones included.
func (c *curve) add(r, p, q *point) {
	f := c.field
	var t0, t1, t2, t3, t4, t5, x, y, z element
	f.mul(&t0, &p.x, &q.x)
	f.mul(&t1, &p.y, &q.y)
	f.mul(&t2, &p.z, &q.z)
	f.add(&t3, &p.x, &p.y)
	f.add(&t4, &q.x, &q.y)
	f.mul(&t3, &t3, &t4)
	f.add(&t4, &t0, &t1)
	f.sub(&t3, &t3, &t4)
	f.add(&t4, &p.x, &p.z)
	f.add(&t5, &q.x, &q.z)
	f.mul(&t4, &t4, &t5)
	f.add(&t5, &t0, &t2)
	f.sub(&t4, &t4, &t5)
	f.add(&t5, &p.y, &p.z)
	f.add(&x, &q.y, &q.z)
	f.mul(&t5, &t5, &x)
	f.add(&x, &t1, &t2)
	f.sub(&t5, &t5, &x)
	c.mulA(&z, &t4)
	f.mul(&x, &c.b3, &t2)
	f.add(&z, &x, &z)
	f.sub(&x, &t1, &z)
	f.add(&z, &t1, &z)
	f.mul(&y, &x, &z)
	f.add(&t1, &t0, &t0)
	f.add(&t1, &t1, &t0)
	c.mulA(&t2, &t2)
	f.mul(&t4, &c.b3, &t4)
	f.add(&t1, &t1, &t2)
	f.sub(&t2, &t0, &t2)
	c.mulA(&t2, &t2)
	f.add(&t4, &t4, &t2)
	f.mul(&t0, &t1, &t4)
	f.add(&y, &y, &t0)
	f.mul(&t0, &t5, &t4)
	f.mul(&x, &t3, &x)
	f.sub(&x, &x, &t0)
	f.mul(&t0, &t3, &t1)
	f.mul(&z, &t5, &z)
	f.add(&z, &z, &t0)
	r.x, r.y, r.z = x, y, z
}

// double sets r to p + p, by algorithm 3 of the same paper.
func (c *curve) double(r, p *point) {
	f := c.field
	var t0, t1, t2, t3, x, y, z element
	f.square(&t0, &p.x)
	f.square(&t1, &p.y)
	f.square(&t2, &p.z)
	f.mul(&t3, &p.x, &p.y)
	f.add(&t3, &t3, &t3)
	f.mul(&z, &p.x, &p.z)
	f.add(&z, &z, &z)
	c.mulA(&x, &z)
	f.mul(&y, &c.b3, &t2)
	f.add(&y, &x, &y)
	f.sub(&x, &t1, &y)
	f.add(&y, &t1, &y)
	f.mul(&y, &x, &y)
	f.mul(&x, &t3, &x)
	f.mul(&z, &c.b3, &z)
	c.mulA(&t2, &t2)
	f.sub(&t3, &t0, &t2)
	c.mulA(&t3, &t3)
	f.add(&t3, &t3, &z)
	f.add(&z, &t0, &t0)
	f.add(&t0, &z, &t0)
	f.add(&t0, &t0, &t2)
	f.mul(&t0, &t0, &t3)
	f.add(&y, &y, &t0)
	f.mul(&t2, &p.y, &p.z)
	f.add(&t2, &t2, &t2)
	f.mul(&t0, &t2, &t3)
	f.sub(&x, &x, &t0)
	f.mul(&z, &t2, &t1)
	f.add(&z, &z, &z)
	f.add(&z, &z, &z)
	r.x, r.y, r.z = x, y, z
}

// affine returns the coordinates of p, which is not neutral, as numbers.
func (c *curve) affine(p *point) (x, y element) {
	f := c.field
	var inverse element
	f.invert(&inverse, &p.z)
	f.mul(&x, &p.x, &inverse)
	f.mul(&y, &p.y, &inverse)
	f.leave(&x, &x)
	f.leave(&y, &y)
	return x, y
}

// contains reports whether p, which has Z = 1, satisfies the curve's equation.
func (c *curve) contains(p *point) bool {
	f := c.field
	var left, right element
	f.square(&left, &p.y)
	f.square(&right, &p.x)
	f.add(&right, &right, &c.a)
	f.mul(&right, &right, &p.x)
	f.add(&right, &right, &c.b)
	return left == right
}
