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
	t[4] = row4((*[4]uint64)(t[0:]), x[0], low(y))
	t[5] = row4((*[4]uint64)(t[1:]), x[1], low(y))
	t[6] = row4((*[4]uint64)(t[2:]), x[2], low(y))
	t[7] = row4((*[4]uint64)(t[3:]), x[3], low(y))
	f.reduce4(z, &t)
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
		carry := row4(lower, f.c, upper)
		carry = add4(lower, lower, &[4]uint64{f.c * carry}, 0)
		lower[0] += f.c & -carry // a carry leaves less than 2^32 behind
		f.subtract4(z, lower, 0)
		return
	}
	var top uint64
	for i := range 4 { // a multiple of p makes the lowest word zero
		carry := row4((*[4]uint64)(t[i:]), t[i]*f.inv, low(&f.p))
		t[i+4], top = bits.Add64(t[i+4], carry, top)
	}
	f.subtract4(z, upper, top)
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
