package gost

import (
	"encoding/binary"

	"golang.org/x/sys/cpu"
)

// streebogVectors is what the compression function needs where a block is one register:
// it has S as a lookup in registers and L as products of bits, so that it is several times
// as fast as with streebogTable, and no address depends on what is hashed.
//
// A value is kept transposed, so that P is nothing but an order of bytes: the byte 8b+w of
// the register is byte b of word w. A word of L(P(x)) is the sum over i of what L makes of
// byte w of word i; bytes of the same place are the eight bytes of a quadword, which
// VGF2P8AFFINEQB multiplies by one matrix of 8 by 8 bits. So L(P(x)) is the sum of eight
// products, with the quadwords of x turned by k places, for k from 0 to 7.
type streebogVectors struct {
	pi       [256]byte    // S
	order    [8][64]byte  // bytes of x with which the product k is made
	matrices [8][8]uint64 // of the product k
	c        [12][64]byte // the round constants
}

// streebogVectorTables is nil where the processor has not what it is for.
var streebogVectorTables = makeStreebogVectors()

func makeStreebogVectors() *streebogVectors {
	if !cpu.X86.HasAVX512BW || !cpu.X86.HasAVX512VBMI || !cpu.X86.HasAVX512GFNI {
		return nil
	}
	t := &streebogVectors{pi: streebogPi}
	for k := range 8 {
		for b := range 8 {
			i := (b + k) % 8
			for w := range 8 {
				t.order[k][8*b+w] = byte(8*w + i)
			}
			// The highest byte of a matrix makes the lowest bit of the product.
			for row := range 8 {
				for bit := range 8 {
					one := streebogA[63-8*i-bit] >> (8*b + row) & 1
					t.matrices[k][b] |= one << (8*(7-row) + bit)
				}
			}
		}
	}
	for i := range t.c {
		var c [64]byte
		for w, v := range streebogC[i] {
			binary.LittleEndian.PutUint64(c[8*w:], v)
		}
		for to, from := range t.order[0] {
			t.c[i][to] = c[from]
		}
	}
	return t
}

// streebogCompressAVX512 is streebog.compress over a chaining value.
//
//go:noescape
func streebogCompressAVX512(h, n, m *[8]uint64, t *streebogVectors)
