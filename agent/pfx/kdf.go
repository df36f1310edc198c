package pfx

import (
	"bytes"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/binary"
	"hash"
	"unicode/utf16"
	"unicode/utf8"
)

// maxIterations bounds what one part of a file can make the program do: some seconds. Files
// have 2,048 iterations, the most that is recommended anywhere is 1,300,000. maxEncrypted
// bounds all that is encrypted in a file, which is keys and certificates.
const (
	maxIterations = 2_000_000
	maxEncrypted  = 2 * maxIterations
)

// digests are the hash functions by object identifier.
var digests = map[string]func() hash.Hash{
	"1.3.14.3.2.26":          sha1.New,
	"2.16.840.1.101.3.4.2.4": sha256.New224,
	"2.16.840.1.101.3.4.2.1": sha256.New,
	"2.16.840.1.101.3.4.2.2": sha512.New384,
	"2.16.840.1.101.3.4.2.3": sha512.New,
}

// macs are the functions of PBKDF2 by object identifier.
var macs = map[string]func() hash.Hash{
	"1.2.840.113549.2.7":  sha1.New,
	"1.2.840.113549.2.8":  sha256.New224,
	"1.2.840.113549.2.9":  sha256.New,
	"1.2.840.113549.2.10": sha512.New384,
	"1.2.840.113549.2.11": sha512.New,
}

// What a key is derived for (RFC 7292, B.3).
const (
	forKey = 1
	forIV  = 2
	forMAC = 3
)

// bmp is a password as PKCS#12 wants it: UTF-16, big endian, with two zeros at
// the end (RFC 7292, B.1).
func bmp(password []byte) []byte {
	out := make([]byte, 0, 4*len(password)+2) // at once: append would leave copies behind
	for len(password) > 0 {
		r, n := utf8.DecodeRune(password)
		password = password[n:]
		if r > 0xffff {
			high, low := utf16.EncodeRune(r)
			out = binary.BigEndian.AppendUint16(out, uint16(high))
			r = low
		}
		out = binary.BigEndian.AppendUint16(out, uint16(r))
	}
	return append(out, 0, 0)
}

// fromBMP reads a BMPString.
func fromBMP(b []byte) string {
	var units []uint16
	for ; len(b) >= 2; b = b[2:] {
		units = append(units, binary.BigEndian.Uint16(b))
	}
	return string(utf16.Decode(units))
}

// derive is the key derivation of RFC 7292, B.2.
func derive(h func() hash.Hash, password, salt []byte, iterations, id, size int) []byte {
	d := h()
	v := d.BlockSize()
	i := append(repeat(salt, v), repeat(password, v)...)
	defer clear(i)
	diversifier := bytes.Repeat([]byte{byte(id)}, v)
	var out []byte
	for {
		d.Reset()
		d.Write(diversifier)
		d.Write(i)
		a := d.Sum(nil)
		for range iterations - 1 {
			d.Reset()
			d.Write(a)
			a = d.Sum(a[:0])
		}
		out = append(out, a...)
		if len(out) >= size {
			return out[:size]
		}
		b := repeat(a, v)[:v]
		for j := 0; j < len(i); j += v {
			addOne(i[j:j+v], b)
		}
	}
}

// repeat fills a multiple of v bytes with copies of b, none when b is empty.
func repeat(b []byte, v int) []byte {
	if len(b) == 0 {
		return nil
	}
	n := (len(b) + v - 1) / v * v
	return bytes.Repeat(b, n/len(b)+1)[:n]
}

// addOne makes a big-endian number a + b + 1, modulo its length.
func addOne(a, b []byte) {
	carry := 1
	for k := len(a) - 1; k >= 0; k-- {
		carry += int(a[k]) + int(b[k])
		a[k] = byte(carry)
		carry >>= 8
	}
}
