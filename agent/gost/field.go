package gost

import (
	"encoding/binary"
	"math/bits"
)

// An element is a number of 4 or 8 words, the least significant first. Which of
// the two is the field's; the upper words of a short one stay zero.
type element [8]uint64

// A field is the integers modulo a prime p, which has 4 or 8 words. What its
// methods do depends on the prime and never on the elements: no branch, no index.
//
// Elements of a field are kept times R modulo p. For p = 2^(64n) - c with a small
// c, R is 1 and a product is reduced with c; for other primes R is 2^(64n) and a
// product is reduced as Montgomery does. All are less than p.
type field struct {
	n   int
	p   element
	c   uint64  // or 0
	inv uint64  // -1/p modulo 2^64
	one element // R
	rr  element // R^2, which enter multiplies by
}

// newField returns the field of an odd prime that has n words, of which the
// highest bit or one of the next two is set.
func newField(p element, n int) *field {
	f := &field{n: n, p: p, inv: 1}
	for range 6 { // Newton: every step doubles the bits that are right
		f.inv *= 2 + f.p[0]*f.inv
	}
	small := true
	for _, w := range p[1:n] {
		small = small && w == ^uint64(0)
	}
	if small && -p[0] < 1<<16 {
		f.c = -p[0]
		f.one, f.rr = element{1}, element{1}
		return f
	}
	f.rr[0] = 1
	for i := range 2 * 64 * n {
		if i == 64*n {
			f.one = f.rr
		}
		f.add(&f.rr, &f.rr, &f.rr)
	}
	return f
}

func low(x *element) *[4]uint64  { return (*[4]uint64)(x[:4]) }
func high(x *element) *[4]uint64 { return (*[4]uint64)(x[4:]) }

// add sets z to x + y.
func (f *field) add(z, x, y *element) {
	if f.n == 8 {
		f.add8(z, x, y)
		return
	}
	var c, b uint64
	s0, c := bits.Add64(x[0], y[0], 0)
	s1, c := bits.Add64(x[1], y[1], c)
	s2, c := bits.Add64(x[2], y[2], c)
	s3, c := bits.Add64(x[3], y[3], c)
	d0, b := bits.Sub64(s0, f.p[0], 0)
	d1, b := bits.Sub64(s1, f.p[1], b)
	d2, b := bits.Sub64(s2, f.p[2], b)
	d3, b := bits.Sub64(s3, f.p[3], b)
	less := -(b &^ c) // the sum stands, if it is less than p
	z[0] = d0 ^ less&(d0^s0)
	z[1] = d1 ^ less&(d1^s1)
	z[2] = d2 ^ less&(d2^s2)
	z[3] = d3 ^ less&(d3^s3)
}

func (f *field) add8(z, x, y *element) {
	var s, d element
	carry := add4(low(&s), low(x), low(y), 0)
	carry = add4(high(&s), high(x), high(y), carry)
	borrow := sub4(low(&d), low(&s), low(&f.p), 0)
	borrow = sub4(high(&d), high(&s), high(&f.p), borrow)
	f.choose(z, &s, &d, -(borrow &^ carry))
}

// sub sets z to x - y.
func (f *field) sub(z, x, y *element) {
	if f.n == 8 {
		f.sub8(z, x, y)
		return
	}
	var c, b uint64
	d0, b := bits.Sub64(x[0], y[0], 0)
	d1, b := bits.Sub64(x[1], y[1], b)
	d2, b := bits.Sub64(x[2], y[2], b)
	d3, b := bits.Sub64(x[3], y[3], b)
	negative := -b
	z[0], c = bits.Add64(d0, f.p[0]&negative, 0)
	z[1], c = bits.Add64(d1, f.p[1]&negative, c)
	z[2], c = bits.Add64(d2, f.p[2]&negative, c)
	z[3], _ = bits.Add64(d3, f.p[3]&negative, c)
}

func (f *field) sub8(z, x, y *element) {
	var d, s element
	borrow := sub4(low(&d), low(x), low(y), 0)
	borrow = sub4(high(&d), high(x), high(y), borrow)
	carry := add4(low(&s), low(&d), low(&f.p), 0)
	add4(high(&s), high(&d), high(&f.p), carry)
	f.choose(z, &s, &d, -borrow)
}

// choose sets z to x where mask is all ones and to y where it is zero.
func (f *field) choose(z, x, y *element, mask uint64) {
	choose4(low(z), low(x), low(y), mask)
	if f.n == 8 {
		choose4(high(z), high(x), high(y), mask)
	}
}

// mul sets z to x * y.
func (f *field) mul(z, x, y *element) {
	if f.n == 4 {
		f.mul4(z, x, y)
	} else {
		f.mul8(z, x, y)
	}
}

// square sets z to x * x.
func (f *field) square(z, x *element) {
	if f.n == 4 {
		var t [8]uint64
		square4(&t, low(x))
		f.reduce4(z, &t)
	} else {
		var t [16]uint64
		square8(&t, x)
		f.reduce8(z, &t)
	}
}

// enter sets z to the element for a number, which need not be less than p.
func (f *field) enter(z, number *element) {
	f.mul(z, number, &f.rr)
}

// leave sets z to the number of an element.
func (f *field) leave(z, x *element) {
	f.mul(z, x, &element{1})
}

// invert sets z to 1/x, or 0 for 0, by x^(p-2). The exponent is public.
func (f *field) invert(z, x *element) {
	var table [16]element
	table[0] = f.one
	for i := 1; i < len(table); i++ {
		f.mul(&table[i], &table[i-1], x)
	}
	exponent := f.p
	exponent[0] -= 2 // p is odd and not 1
	r := f.one
	for i := 16*f.n - 1; i >= 0; i-- {
		for range 4 {
			f.square(&r, &r)
		}
		f.mul(&r, &r, &table[exponent[i/16]>>(4*(i%16))&15])
	}
	*z = r
}

// zero returns 1 if x is 0, else 0.
func (f *field) zero(x *element) uint64 {
	var or uint64
	for _, w := range x[:f.n] {
		or |= w
	}
	return 1 ^ (or|-or)>>63
}

// less returns 1 if the number x is less than p, else 0.
func (f *field) less(x *element) uint64 {
	var d [4]uint64
	borrow := sub4(&d, low(x), low(&f.p), 0)
	if f.n == 8 {
		borrow = sub4(&d, high(x), high(&f.p), borrow)
	}
	return borrow
}

// number reads a little-endian number of 4 or 8 words.
func number(b []byte) (x element) {
	for i := range len(b) / 8 {
		x[i] = binary.LittleEndian.Uint64(b[8*i:])
	}
	return x
}

// appendNumber appends n words in little-endian order.
func appendNumber(b []byte, x *element, n int) []byte {
	for _, w := range x[:n] {
		b = binary.LittleEndian.AppendUint64(b, w)
	}
	return b
}

func add4(z, x, y *[4]uint64, carry uint64) uint64 {
	z[0], carry = bits.Add64(x[0], y[0], carry)
	z[1], carry = bits.Add64(x[1], y[1], carry)
	z[2], carry = bits.Add64(x[2], y[2], carry)
	z[3], carry = bits.Add64(x[3], y[3], carry)
	return carry
}

func sub4(z, x, y *[4]uint64, borrow uint64) uint64 {
	z[0], borrow = bits.Sub64(x[0], y[0], borrow)
	z[1], borrow = bits.Sub64(x[1], y[1], borrow)
	z[2], borrow = bits.Sub64(x[2], y[2], borrow)
	z[3], borrow = bits.Sub64(x[3], y[3], borrow)
	return borrow
}

func choose4(z, x, y *[4]uint64, mask uint64) {
	z[0] = y[0] ^ mask&(x[0]^y[0])
	z[1] = y[1] ^ mask&(x[1]^y[1])
	z[2] = y[2] ^ mask&(x[2]^y[2])
	z[3] = y[3] ^ mask&(x[3]^y[3])
}
