package gost

// What verification needs: arithmetic that takes a path which depends on its
// numbers. Nothing here may meet a secret.

// A jacobian is a point with x = X/Z^2 and y = Y/Z^3; the neutral element has Z = 0.
type jacobian struct{ x, y, z element }

// A cached is a point and the powers of its Z that additions need.
type cached struct {
	jacobian
	zz, zzz element
}

// mulPublic sets r to k times p, by the non-adjacent form of k of width 5.
func (c *curve) mulPublic(r *point, k *element, p *point) {
	f := c.field
	var odd [8]cached // p, 3p, 5p, … 15p; p has Z = 1
	odd[0] = cached{jacobian(*p), f.one, f.one}
	twice := odd[0]
	c.doubleJacobian(&twice.jacobian)
	c.cache(&twice)
	for i := 1; i < len(odd); i++ {
		odd[i].jacobian = odd[i-1].jacobian
		c.addJacobian(&odd[i].jacobian, &twice)
		c.cache(&odd[i])
	}
	var sum jacobian
	digits := nonAdjacent(k, f.n)
	for i := len(digits) - 1; i >= 0; i-- {
		c.doubleJacobian(&sum)
		switch d := digits[i]; {
		case d > 0:
			c.addJacobian(&sum, &odd[d/2])
		case d < 0:
			minus := odd[-d/2]
			f.sub(&minus.y, &element{}, &minus.y)
			c.addJacobian(&sum, &minus)
		}
	}
	// x = XZ/Z^3 and y = Y/Z^3.
	r.y = sum.y
	f.mul(&r.x, &sum.x, &sum.z)
	f.square(&r.z, &sum.z)
	f.mul(&r.z, &r.z, &sum.z)
	if f.zero(&sum.z) == 1 {
		*r = c.neutral()
	}
}

func (c *curve) cache(p *cached) {
	c.field.square(&p.zz, &p.z)
	c.field.mul(&p.zzz, &p.zz, &p.z)
}

// doubleJacobian sets p to 2p: "dbl-2001-b" of the Explicit-Formulas Database, and
// 3x^2 + az^4 as it stands where a is not -3.
func (c *curve) doubleJacobian(p *jacobian) {
	f := c.field
	if p.z == (element{}) {
		return
	}
	var alpha, beta, gamma, delta, t, u element
	f.square(&delta, &p.z)
	f.square(&gamma, &p.y)
	f.mul(&beta, &p.x, &gamma)
	if c.minus3 {
		f.sub(&t, &p.x, &delta)
		f.add(&u, &p.x, &delta)
		f.mul(&t, &t, &u)
		f.add(&alpha, &t, &t)
		f.add(&alpha, &alpha, &t)
	} else {
		f.square(&t, &p.x)
		f.add(&alpha, &t, &t)
		f.add(&alpha, &alpha, &t)
		f.square(&t, &delta)
		f.mul(&t, &t, &c.a)
		f.add(&alpha, &alpha, &t)
	}
	f.add(&p.z, &p.y, &p.z)
	f.square(&p.z, &p.z)
	f.sub(&p.z, &p.z, &gamma)
	f.sub(&p.z, &p.z, &delta)
	f.add(&beta, &beta, &beta)
	f.add(&beta, &beta, &beta) // 4 beta
	f.square(&p.x, &alpha)
	f.sub(&p.x, &p.x, &beta)
	f.sub(&p.x, &p.x, &beta)
	f.sub(&t, &beta, &p.x)
	f.mul(&p.y, &alpha, &t)
	f.square(&gamma, &gamma)
	f.add(&gamma, &gamma, &gamma)
	f.add(&gamma, &gamma, &gamma)
	f.add(&gamma, &gamma, &gamma) // 8 gamma^2
	f.sub(&p.y, &p.y, &gamma)
}

// addJacobian sets p to p + q: "add-1998-cmo-2" and its exceptions. Points of small
// order, on which keys are checked, meet all of them.
func (c *curve) addJacobian(p *jacobian, q *cached) {
	f := c.field
	if q.z == (element{}) {
		return
	}
	if p.z == (element{}) {
		*p = q.jacobian
		return
	}
	var zz, u1, u2, s1, s2, h, r, hh, hhh, v element
	f.square(&zz, &p.z)
	f.mul(&u1, &p.x, &q.zz)
	f.mul(&u2, &q.x, &zz)
	f.mul(&s1, &p.y, &q.zzz)
	f.mul(&s2, &q.y, &zz)
	f.mul(&s2, &s2, &p.z)
	f.sub(&h, &u2, &u1)
	f.sub(&r, &s2, &s1)
	if h == (element{}) {
		if r == (element{}) {
			c.doubleJacobian(p)
		} else {
			*p = jacobian{}
		}
		return
	}
	f.square(&hh, &h)
	f.mul(&hhh, &hh, &h)
	f.mul(&v, &u1, &hh)
	f.square(&p.x, &r)
	f.sub(&p.x, &p.x, &hhh)
	f.sub(&p.x, &p.x, &v)
	f.sub(&p.x, &p.x, &v)
	f.sub(&v, &v, &p.x)
	f.mul(&p.y, &r, &v)
	f.mul(&s1, &s1, &hhh)
	f.sub(&p.y, &p.y, &s1)
	f.mul(&p.z, &p.z, &h)
	f.mul(&p.z, &p.z, &q.z)
}

// nonAdjacent returns the digits of k, least significant first: 0, or odd between
// -15 and 15 with at least four zeros behind.
func nonAdjacent(k *element, n int) []int8 {
	digits := make([]int8, 64*n+1)
	carry := 0
	for i := 0; i < len(digits); {
		d := int(bitsAt(k, i)) + carry
		if d&1 == 0 {
			i++
			continue
		}
		carry = 0
		if d > 16 {
			d -= 32
			carry = 1
		}
		digits[i] = int8(d)
		i += 5
	}
	return digits
}
