package gost

import (
	"encoding/binary"
	"hash"
	"math/bits"
)

const hash94Size = 32 // of block and digest

// hash94 is GOST R 34.11-94 (RFC 5831), which is also the Kazakh ST RK GOST R
// 34.311-95, with one of the two substitutions.
type hash94 struct {
	table  *table94
	h      [4]uint64 // the chaining value, least significant word first
	sum    [4]uint64 // the sum of all blocks modulo 2^256
	length uint64    // in bytes
	buffer [hash94Size]byte
	n      int // bytes in buffer, less than a block
}

func newHash94(t *table94) hash.Hash { return &hash94{table: t} }

func (h *hash94) Size() int      { return hash94Size }
func (h *hash94) BlockSize() int { return hash94Size }
func (h *hash94) Reset()         { *h = hash94{table: h.table} }

func (h *hash94) Write(p []byte) (int, error) {
	written := len(p)
	h.length += uint64(written)
	if h.n > 0 {
		n := copy(h.buffer[h.n:], p)
		h.n += n
		p = p[n:]
		if h.n < hash94Size {
			return written, nil
		}
		h.block(&h.buffer)
		h.n = 0
	}
	for len(p) >= hash94Size {
		h.block((*[hash94Size]byte)(p))
		p = p[hash94Size:]
	}
	h.n = copy(h.buffer[:], p)
	return written, nil
}

// block takes in a block of the message.
func (h *hash94) block(p *[hash94Size]byte) {
	var m [4]uint64
	for i := range m {
		m[i] = binary.LittleEndian.Uint64(p[8*i:])
	}
	h.step(&m)
	var carry uint64
	for i := range m {
		h.sum[i], carry = bits.Add64(h.sum[i], m[i], carry)
	}
}

// step is the step hash function of RFC 5831, section 6.
func (h *hash94) step(m *[4]uint64) {
	// The four keys, section 6.1. C_3 is the only constant that is not zero.
	var keys [4][8]uint32
	u, v := h.h, *m
	for i := range keys {
		if i > 0 {
			u, v = shift94(u), shift94(shift94(v))
		}
		if i == 2 {
			for j, c := range [4]uint64{0xff00ff00ff00ff00, 0x00ff00ff00ff00ff, 0xff0000ff00ffff00, 0xff00ffff000000ff} {
				u[j] ^= c
			}
		}
		key94(&keys[i], &u, &v)
	}
	s := h.table.encrypt(&keys, &h.h)
	h.h = mix94(&s, m, &h.h)
}

// shift94 is the map A of section 6.1.
func shift94(y [4]uint64) [4]uint64 {
	return [4]uint64{y[1], y[2], y[3], y[0] ^ y[1]}
}

// key94 is the map P of section 6.1 on u xor v.
func key94(key *[8]uint32, u, v *[4]uint64) {
	a, b, c, d := u[0]^v[0], u[1]^v[1], u[2]^v[2], u[3]^v[3]
	for i := range key {
		key[i] = uint32(byte(a)) | uint32(byte(b))<<8 | uint32(byte(c))<<16 | uint32(byte(d))<<24
		a, b, c, d = a>>8, b>>8, c>>8, d>>8
	}
}

// mix94 is psi^61(h xor psi(m xor psi^12(s))) of section 6.3. Every psi appends a
// word of 16 bits and drops the oldest.
func mix94(s, m, h *[4]uint64) (out [4]uint64) {
	const first, second, third = 12, 12 + 1, 12 + 1 + 61
	var w [16 + third]uint16
	load := func(at int, x *[4]uint64) {
		for i, v := range x {
			for j := range 4 {
				w[at+4*i+j] ^= uint16(v >> (16 * j))
			}
		}
	}
	run := func(from, to int) {
		for i := from; i < to; i++ {
			x := w[i : i+17 : i+17]
			x[16] = x[0] ^ x[1] ^ x[2] ^ x[3] ^ x[12] ^ x[15]
		}
	}
	load(0, s)
	run(0, first)
	load(first, m)
	run(first, second)
	load(second, h)
	run(second, third)
	for i := range out {
		for j := range 4 {
			out[i] |= uint64(w[third+4*i+j]) << (16 * j)
		}
	}
	return out
}

func (h *hash94) Sum(in []byte) []byte {
	c := *h // the caller may go on writing
	if c.n > 0 {
		clear(c.buffer[c.n:])
		c.block(&c.buffer)
	}
	c.step(&[4]uint64{c.length << 3, c.length >> 61})
	c.step(&c.sum)
	for _, w := range c.h {
		in = binary.LittleEndian.AppendUint64(in, w)
	}
	return in
}
