package keyfile_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/asn1"
	"testing"
	"unicode/utf16"
)

// made is a key file of our own making: with several keys, which openssl does not
// write, and in plain, so that everybody sees the certificates. Only its MAC needs
// the password.
type made struct {
	keys         [][]byte // PKCS #8
	certificates [][]byte
}

func (m made) encode(t *testing.T, password string) []byte {
	t.Helper()
	var bags [][]byte
	for _, k := range m.keys {
		bags = append(bags, sequence(oid(t, 1, 2, 840, 113549, 1, 12, 10, 1, 1), tagged(k)))
	}
	for _, c := range m.certificates {
		inside := sequence(oid(t, 1, 2, 840, 113549, 1, 9, 22, 1), tagged(octets(c)))
		bags = append(bags, sequence(oid(t, 1, 2, 840, 113549, 1, 12, 10, 1, 3), tagged(inside)))
	}
	data := oid(t, 1, 2, 840, 113549, 1, 7, 1)
	safe := sequence(sequence(data, tagged(octets(sequence(bags...)))))
	salt := []byte("saltsalt")
	h := hmac.New(sha256.New, macKey(password, salt))
	h.Write(safe)
	digest := sequence(sequence(oid(t, 2, 16, 840, 1, 101, 3, 4, 2, 1)), octets(h.Sum(nil)))
	return sequence([]byte{2, 1, 3}, sequence(data, tagged(octets(safe))), sequence(digest, octets(salt)))
}

// macKey is the key derivation of RFC 7292, B.2, for one iteration of SHA-256.
func macKey(password string, salt []byte) []byte {
	const block, forMAC = 64, 3
	var p []byte
	for _, c := range append(utf16.Encode([]rune(password)), 0) {
		p = append(p, byte(c>>8), byte(c))
	}
	fill := func(b []byte) []byte {
		n := (len(b) + block - 1) / block * block
		return bytes.Repeat(b, n/len(b)+1)[:n]
	}
	sum := sha256.Sum256(bytes.Join([][]byte{bytes.Repeat([]byte{forMAC}, block), fill(salt), fill(p)}, nil))
	return sum[:]
}

func sequence(parts ...[]byte) []byte { return element(0x30, bytes.Join(parts, nil)) }
func octets(b []byte) []byte          { return element(0x04, b) }
func tagged(b []byte) []byte          { return element(0xa0, b) }

func element(tag byte, content []byte) []byte {
	head := []byte{tag, 0x83, byte(len(content) >> 16), byte(len(content) >> 8), byte(len(content))} // BER: longer than need be
	return append(head, content...)
}

func oid(t *testing.T, arcs ...int) []byte {
	t.Helper()
	der, err := asn1.Marshal(asn1.ObjectIdentifier(arcs))
	if err != nil {
		t.Fatal(err)
	}
	return der
}
