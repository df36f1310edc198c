package gost

import "math/bits"

// row4 adds x*y to four words of t and returns the fifth. The products are summed
// before t is added, so that each carry goes straight to the next addition.
func row4(t *[4]uint64, x uint64, y *[4]uint64) uint64 {
	h0, l0 := bits.Mul64(x, y[0])
	h1, l1 := bits.Mul64(x, y[1])
	h2, l2 := bits.Mul64(x, y[2])
	h3, l3 := bits.Mul64(x, y[3])
	var c uint64
	l1, c = bits.Add64(l1, h0, 0)
	l2, c = bits.Add64(l2, h1, c)
	l3, c = bits.Add64(l3, h2, c)
	h3, _ = bits.Add64(h3, 0, c)
	t[0], c = bits.Add64(t[0], l0, 0)
	t[1], c = bits.Add64(t[1], l1, c)
	t[2], c = bits.Add64(t[2], l2, c)
	t[3], c = bits.Add64(t[3], l3, c)
	h3, _ = bits.Add64(h3, 0, c)
	return h3
}

// row8 adds x*y to eight words of t and returns the ninth.
func row8(t *[8]uint64, x uint64, y *[8]uint64) uint64 {
	h0, l0 := bits.Mul64(x, y[0])
	h1, l1 := bits.Mul64(x, y[1])
	h2, l2 := bits.Mul64(x, y[2])
	h3, l3 := bits.Mul64(x, y[3])
	var c, d uint64
	l1, c = bits.Add64(l1, h0, 0)
	l2, c = bits.Add64(l2, h1, c)
	l3, c = bits.Add64(l3, h2, c)
	h3, _ = bits.Add64(h3, 0, c)
	t[0], d = bits.Add64(t[0], l0, 0)
	t[1], d = bits.Add64(t[1], l1, d)
	t[2], d = bits.Add64(t[2], l2, d)
	t[3], d = bits.Add64(t[3], l3, d)
	h4, l4 := bits.Mul64(x, y[4])
	h5, l5 := bits.Mul64(x, y[5])
	h6, l6 := bits.Mul64(x, y[6])
	h7, l7 := bits.Mul64(x, y[7])
	l4, c = bits.Add64(l4, h3, 0)
	l5, c = bits.Add64(l5, h4, c)
	l6, c = bits.Add64(l6, h5, c)
	l7, c = bits.Add64(l7, h6, c)
	h7, _ = bits.Add64(h7, 0, c)
	t[4], d = bits.Add64(t[4], l4, d)
	t[5], d = bits.Add64(t[5], l5, d)
	t[6], d = bits.Add64(t[6], l6, d)
	t[7], d = bits.Add64(t[7], l7, d)
	h7, _ = bits.Add64(h7, 0, d)
	return h7
}

// mul4 sets z to x * y in a field of four words.
func (f *field) mul4(z, x, y *element) {
	var t [8]uint64
	product4(&t, low(x), low(y))
	f.reduce4(z, &t)
}

// product4 sets t to x * y. It is row4 four times, with the sums in registers.
func product4(t *[8]uint64, x, y *[4]uint64) {
	y0, y1, y2, y3 := y[0], y[1], y[2], y[3]
	var c uint64

	h0, t0 := bits.Mul64(x[0], y0)
	h1, t1 := bits.Mul64(x[0], y1)
	h2, t2 := bits.Mul64(x[0], y2)
	t4, t3 := bits.Mul64(x[0], y3)
	t1, c = bits.Add64(t1, h0, 0)
	t2, c = bits.Add64(t2, h1, c)
	t3, c = bits.Add64(t3, h2, c)
	t4, _ = bits.Add64(t4, 0, c)
	t[0] = t0

	h0, l0 := bits.Mul64(x[1], y0)
	h1, l1 := bits.Mul64(x[1], y1)
	h2, l2 := bits.Mul64(x[1], y2)
	t5, l3 := bits.Mul64(x[1], y3)
	l1, c = bits.Add64(l1, h0, 0)
	l2, c = bits.Add64(l2, h1, c)
	l3, c = bits.Add64(l3, h2, c)
	t5, _ = bits.Add64(t5, 0, c)
	t1, c = bits.Add64(t1, l0, 0)
	t2, c = bits.Add64(t2, l1, c)
	t3, c = bits.Add64(t3, l2, c)
	t4, c = bits.Add64(t4, l3, c)
	t5, _ = bits.Add64(t5, 0, c)
	t[1] = t1

	h0, l0 = bits.Mul64(x[2], y0)
	h1, l1 = bits.Mul64(x[2], y1)
	h2, l2 = bits.Mul64(x[2], y2)
	t6, l3 := bits.Mul64(x[2], y3)
	l1, c = bits.Add64(l1, h0, 0)
	l2, c = bits.Add64(l2, h1, c)
	l3, c = bits.Add64(l3, h2, c)
	t6, _ = bits.Add64(t6, 0, c)
	t2, c = bits.Add64(t2, l0, 0)
	t3, c = bits.Add64(t3, l1, c)
	t4, c = bits.Add64(t4, l2, c)
	t5, c = bits.Add64(t5, l3, c)
	t6, _ = bits.Add64(t6, 0, c)
	t[2] = t2

	h0, l0 = bits.Mul64(x[3], y0)
	h1, l1 = bits.Mul64(x[3], y1)
	h2, l2 = bits.Mul64(x[3], y2)
	t7, l3 := bits.Mul64(x[3], y3)
	l1, c = bits.Add64(l1, h0, 0)
	l2, c = bits.Add64(l2, h1, c)
	l3, c = bits.Add64(l3, h2, c)
	t7, _ = bits.Add64(t7, 0, c)
	t3, c = bits.Add64(t3, l0, 0)
	t4, c = bits.Add64(t4, l1, c)
	t5, c = bits.Add64(t5, l2, c)
	t6, c = bits.Add64(t6, l3, c)
	t7, _ = bits.Add64(t7, 0, c)
	t[3], t[4], t[5], t[6], t[7] = t3, t4, t5, t6, t7
}

// mul8 sets z to x * y in a field of eight words.
func (f *field) mul8(z, x, y *element) {
	var t [16]uint64
	for i, w := range x {
		t[i+8] = row8((*[8]uint64)(t[i:]), w, (*[8]uint64)(y))
	}
	f.reduce8(z, &t)
}

// square4 sets t to x * x: the products of different words count twice.
func square4(t *[8]uint64, x *[4]uint64) {
	h01, l01 := bits.Mul64(x[0], x[1])
	h02, l02 := bits.Mul64(x[0], x[2])
	h03, l03 := bits.Mul64(x[0], x[3])
	h12, l12 := bits.Mul64(x[1], x[2])
	h13, l13 := bits.Mul64(x[1], x[3])
	h23, l23 := bits.Mul64(x[2], x[3])
	var c uint64
	t1 := l01
	t2, c := bits.Add64(l02, h01, 0)
	t3, c := bits.Add64(l03, h02, c)
	t4, c := bits.Add64(l13, h03, c)
	t5, c := bits.Add64(l23, h13, c)
	t6, _ := bits.Add64(h23, 0, c)
	t3, c = bits.Add64(t3, l12, 0)
	t4, c = bits.Add64(t4, h12, c)
	t5, c = bits.Add64(t5, 0, c)
	t6, _ = bits.Add64(t6, 0, c)

	t7 := t6 >> 63
	t6 = t6<<1 | t5>>63
	t5 = t5<<1 | t4>>63
	t4 = t4<<1 | t3>>63
	t3 = t3<<1 | t2>>63
	t2 = t2<<1 | t1>>63
	t1 = t1 << 1

	h0, l0 := bits.Mul64(x[0], x[0])
	h1, l1 := bits.Mul64(x[1], x[1])
	h2, l2 := bits.Mul64(x[2], x[2])
	h3, l3 := bits.Mul64(x[3], x[3])
	t[0] = l0
	t[1], c = bits.Add64(t1, h0, 0)
	t[2], c = bits.Add64(t2, l1, c)
	t[3], c = bits.Add64(t3, h1, c)
	t[4], c = bits.Add64(t4, l2, c)
	t[5], c = bits.Add64(t5, h2, c)
	t[6], c = bits.Add64(t6, l3, c)
	t[7], _ = bits.Add64(t7, h3, c)
}

// square8 sets t to x * x: the squares of both halves, and twice their product.
func square8(t *[16]uint64, x *element) {
	square4((*[8]uint64)(t[:8]), low(x))
	square4((*[8]uint64)(t[8:]), high(x))
	var m [8]uint64
	for i, w := range low(x) {
		m[i+4] = row4((*[4]uint64)(m[i:]), w, high(x))
	}
	for range 2 {
		carry := add4((*[4]uint64)(t[4:]), (*[4]uint64)(t[4:]), (*[4]uint64)(m[:4]), 0)
		carry = add4((*[4]uint64)(t[8:]), (*[4]uint64)(t[8:]), (*[4]uint64)(m[4:]), carry)
		add4((*[4]uint64)(t[12:]), (*[4]uint64)(t[12:]), &[4]uint64{}, carry)
	}
}

// reduce4 sets z to the product t, reduced.
func (f *field) reduce4(z *element, t *[8]uint64) {
	lower, upper := (*[4]uint64)(t[:4]), (*[4]uint64)(t[4:])
	if f.c != 0 { // what is above 2^256 counts c times, and again
		f.fold4(z, lower, upper)
		return
	}
	var top uint64
	for i := range 4 { // a multiple of p makes the lowest word zero
		carry := row4((*[4]uint64)(t[i:]), t[i]*f.inv, low(&f.p))
		t[i+4], top = bits.Add64(t[i+4], carry, top)
	}
	f.subtract4(z, upper, top)
}

// fold4 sets z to lower + c upper, reduced.
func (f *field) fold4(z *element, lower, upper *[4]uint64) {
	h0, l0 := bits.Mul64(f.c, upper[0])
	h1, l1 := bits.Mul64(f.c, upper[1])
	h2, l2 := bits.Mul64(f.c, upper[2])
	h3, l3 := bits.Mul64(f.c, upper[3])
	var c, b uint64
	l1, c = bits.Add64(l1, h0, 0)
	l2, c = bits.Add64(l2, h1, c)
	l3, c = bits.Add64(l3, h2, c)
	h3 += c
	l0, c = bits.Add64(l0, lower[0], 0)
	l1, c = bits.Add64(l1, lower[1], c)
	l2, c = bits.Add64(l2, lower[2], c)
	l3, c = bits.Add64(l3, lower[3], c)
	h3 += c
	// What is above 2^256, h3, counts c times as well. If that carries once more, less
	// than c^2 is left, and c is added for the carry. Then d = l + c carries if l >= p =
	// 2^256 - c, and is l - p.
	l0, c = bits.Add64(l0, f.c*h3, 0)
	l1, c = bits.Add64(l1, 0, c)
	l2, c = bits.Add64(l2, 0, c)
	l3, c = bits.Add64(l3, 0, c)
	l0 += f.c & -c
	d0, b := bits.Add64(l0, f.c, 0)
	d1, b := bits.Add64(l1, 0, b)
	d2, b := bits.Add64(l2, 0, b)
	d3, b := bits.Add64(l3, 0, b)
	mask := -b
	z[0] = l0 ^ mask&(l0^d0)
	z[1] = l1 ^ mask&(l1^d1)
	z[2] = l2 ^ mask&(l2^d2)
	z[3] = l3 ^ mask&(l3^d3)
}

// reduce8 is reduce4 for eight words.
func (f *field) reduce8(z *element, t *[16]uint64) {
	lower, upper := (*element)(t[:8]), (*element)(t[8:])
	if f.c != 0 {
		carry := row8((*[8]uint64)(lower), f.c, (*[8]uint64)(upper))
		carry = add4(low(lower), low(lower), &[4]uint64{f.c * carry}, 0)
		carry = add4(high(lower), high(lower), &[4]uint64{}, carry)
		lower[0] += f.c & -carry
		f.subtract8(z, lower, 0)
		return
	}
	var top uint64
	for i := range 8 {
		carry := row8((*[8]uint64)(t[i:]), t[i]*f.inv, (*[8]uint64)(&f.p))
		t[i+8], top = bits.Add64(t[i+8], carry, top)
	}
	f.subtract8(z, upper, top)
}

// subtract4 sets z to s, or to s - p if that is not negative; top is the bit above
// s, which is less than 2p.
func (f *field) subtract4(z *element, s *[4]uint64, top uint64) {
	var d [4]uint64
	borrow := sub4(&d, s, low(&f.p), 0)
	choose4(low(z), s, &d, -(borrow &^ top))
}

func (f *field) subtract8(z, s *element, top uint64) {
	var d element
	borrow := sub4(low(&d), low(s), low(&f.p), 0)
	borrow = sub4(high(&d), high(s), high(&f.p), borrow)
	f.choose(z, s, &d, -(borrow &^ top))
}
