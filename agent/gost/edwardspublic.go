package gost

// mulPublic sets r to k times p as curve.mulPublic does. Neither may be a secret.
func (e *edwards) mulPublic(r *extended, k *element, p *extended) {
	f := e.field
	var odd [8]struct { // p, 3p, 5p, … 15p
		affine
		z element
	}
	twice, sum := *p, *p
	e.double(&twice)
	for i := range odd {
		e.cache(&odd[i].affine, &sum)
		odd[i].z = sum.z
		e.add(&sum, &sum, &twice)
	}
	sum = e.neutral()
	digits := nonAdjacent(k, f.n)
	for i := len(digits) - 1; i >= 0; i-- {
		e.double(&sum)
		d := digits[i]
		if d == 0 {
			continue
		}
		q := odd[max(d, -d)/2]
		if d < 0 {
			f.sub(&q.u, &element{}, &q.u)
			f.sub(&q.duv, &element{}, &q.duv)
		}
		f.mul(&q.z, &q.z, &sum.z)
		e.sum(&sum, &sum, &q.affine, &q.z)
	}
	*r = sum
}
