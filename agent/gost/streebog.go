package gost

import (
	"encoding/binary"
	"hash"
	"math/bits"
)

const streebogBlock = 64

// streebog is GOST R 34.11-2012 (RFC 6986), with a digest of 64 or 32 bytes.
type streebog struct {
	size   int
	h      [8]uint64 // the chaining value, least significant word first
	length [8]uint64 // N, in bits, modulo 2^512
	sum    [8]uint64 // the sum of all blocks modulo 2^512
	buffer [streebogBlock]byte
	n      int // bytes in buffer, less than a block
}

func newStreebog(size int) hash.Hash {
	s := &streebog{size: size}
	s.Reset()
	return s
}

func (s *streebog) Size() int      { return s.size }
func (s *streebog) BlockSize() int { return streebogBlock }

func (s *streebog) Reset() {
	*s = streebog{size: s.size}
	if s.size == 32 {
		for i := range s.h {
			s.h[i] = 0x0101010101010101
		}
	}
}

func (s *streebog) Write(p []byte) (int, error) {
	written := len(p)
	if s.n > 0 {
		n := copy(s.buffer[s.n:], p)
		s.n += n
		p = p[n:]
		if s.n < streebogBlock {
			return written, nil
		}
		s.block(&s.buffer, 8*streebogBlock)
		s.n = 0
	}
	for len(p) >= streebogBlock {
		s.block((*[streebogBlock]byte)(p), 8*streebogBlock)
		p = p[streebogBlock:]
	}
	s.n = copy(s.buffer[:], p)
	return written, nil
}

// block takes in a block of which so many bits are the message.
func (s *streebog) block(p *[streebogBlock]byte, bits uint64) {
	var m [8]uint64
	for i := range m {
		m[i] = binary.LittleEndian.Uint64(p[8*i:])
	}
	s.compress(&s.length, &m)
	addWords(&s.length, &[8]uint64{bits})
	addWords(&s.sum, &m)
}

// compress is the function g_N of RFC 6986, section 8.
func (s *streebog) compress(n, m *[8]uint64) {
	if t := streebogVectorTables; t != nil {
		streebogCompressAVX512(&s.h, n, m, t)
		return
	}
	s.compressWords(n, m)
}

// compressWords is compress for every processor.
func (s *streebog) compressWords(n, m *[8]uint64) {
	var key, state [8]uint64
	t := &streebogTable
	lps(t, &key, &s.h, n)
	state = *m
	for i := range streebogC {
		lps(t, &state, &state, &key)
		lps(t, &key, &key, &streebogC[i])
	}
	for i := range s.h {
		s.h[i] ^= state[i] ^ key[i] ^ m[i]
	}
}

// lps sets out to L(P(S(a xor b))). A loop, and sums of eight in a row, each take a
// tenth longer.
func lps(t *[8][256]uint64, out, a, b *[8]uint64) {
	r0, r1, r2, r3 := a[0]^b[0], a[1]^b[1], a[2]^b[2], a[3]^b[3]
	r4, r5, r6, r7 := a[4]^b[4], a[5]^b[5], a[6]^b[6], a[7]^b[7]
	out[0] = (t[0][byte(r0)] ^ t[1][byte(r1)] ^ t[2][byte(r2)] ^ t[3][byte(r3)]) ^
		(t[4][byte(r4)] ^ t[5][byte(r5)] ^ t[6][byte(r6)] ^ t[7][byte(r7)])
	r0, r1, r2, r3 = r0>>8, r1>>8, r2>>8, r3>>8
	r4, r5, r6, r7 = r4>>8, r5>>8, r6>>8, r7>>8
	out[1] = (t[0][byte(r0)] ^ t[1][byte(r1)] ^ t[2][byte(r2)] ^ t[3][byte(r3)]) ^
		(t[4][byte(r4)] ^ t[5][byte(r5)] ^ t[6][byte(r6)] ^ t[7][byte(r7)])
	r0, r1, r2, r3 = r0>>8, r1>>8, r2>>8, r3>>8
	r4, r5, r6, r7 = r4>>8, r5>>8, r6>>8, r7>>8
	out[2] = (t[0][byte(r0)] ^ t[1][byte(r1)] ^ t[2][byte(r2)] ^ t[3][byte(r3)]) ^
		(t[4][byte(r4)] ^ t[5][byte(r5)] ^ t[6][byte(r6)] ^ t[7][byte(r7)])
	r0, r1, r2, r3 = r0>>8, r1>>8, r2>>8, r3>>8
	r4, r5, r6, r7 = r4>>8, r5>>8, r6>>8, r7>>8
	out[3] = (t[0][byte(r0)] ^ t[1][byte(r1)] ^ t[2][byte(r2)] ^ t[3][byte(r3)]) ^
		(t[4][byte(r4)] ^ t[5][byte(r5)] ^ t[6][byte(r6)] ^ t[7][byte(r7)])
	r0, r1, r2, r3 = r0>>8, r1>>8, r2>>8, r3>>8
	r4, r5, r6, r7 = r4>>8, r5>>8, r6>>8, r7>>8
	out[4] = (t[0][byte(r0)] ^ t[1][byte(r1)] ^ t[2][byte(r2)] ^ t[3][byte(r3)]) ^
		(t[4][byte(r4)] ^ t[5][byte(r5)] ^ t[6][byte(r6)] ^ t[7][byte(r7)])
	r0, r1, r2, r3 = r0>>8, r1>>8, r2>>8, r3>>8
	r4, r5, r6, r7 = r4>>8, r5>>8, r6>>8, r7>>8
	out[5] = (t[0][byte(r0)] ^ t[1][byte(r1)] ^ t[2][byte(r2)] ^ t[3][byte(r3)]) ^
		(t[4][byte(r4)] ^ t[5][byte(r5)] ^ t[6][byte(r6)] ^ t[7][byte(r7)])
	r0, r1, r2, r3 = r0>>8, r1>>8, r2>>8, r3>>8
	r4, r5, r6, r7 = r4>>8, r5>>8, r6>>8, r7>>8
	out[6] = (t[0][byte(r0)] ^ t[1][byte(r1)] ^ t[2][byte(r2)] ^ t[3][byte(r3)]) ^
		(t[4][byte(r4)] ^ t[5][byte(r5)] ^ t[6][byte(r6)] ^ t[7][byte(r7)])
	r0, r1, r2, r3 = r0>>8, r1>>8, r2>>8, r3>>8
	r4, r5, r6, r7 = r4>>8, r5>>8, r6>>8, r7>>8
	out[7] = (t[0][byte(r0)] ^ t[1][byte(r1)] ^ t[2][byte(r2)] ^ t[3][byte(r3)]) ^
		(t[4][byte(r4)] ^ t[5][byte(r5)] ^ t[6][byte(r6)] ^ t[7][byte(r7)])
}

// addWords adds b to a modulo 2^512.
func addWords(a, b *[8]uint64) {
	var carry uint64
	for i := range a {
		a[i], carry = bits.Add64(a[i], b[i], carry)
	}
}

func (s *streebog) Sum(in []byte) []byte {
	c := *s // the caller may go on writing
	n := c.n
	clear(c.buffer[n:])
	c.buffer[n] = 1
	c.block(&c.buffer, 8*uint64(n))
	var zero [8]uint64
	c.compress(&zero, &c.length)
	c.compress(&zero, &c.sum)

	var out [64]byte
	for i, w := range c.h {
		binary.LittleEndian.PutUint64(out[8*i:], w)
	}
	return append(in, out[64-c.size:]...)
}
