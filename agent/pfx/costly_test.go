package pfx_test

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/sha1"
	"encoding/asn1"
	"errors"
	"slices"
	"testing"

	"qoltanba/agent/pfx"
)

// costly makes files whose password is "Qwerty12": parts that are encrypted with as many
// iterations as one may have, each of which holds nothing.
func costly(t *testing.T) func(parts int) []byte {
	t.Helper()
	const password = "Qwerty12"
	der := func(tag int, content ...[]byte) []byte {
		all, err := asn1.Marshal(asn1.RawValue{Class: tag >> 6, Tag: tag & 0x1f, IsCompound: tag&0x20 != 0, Bytes: slices.Concat(content...)})
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	value := func(v any) []byte {
		all, err := asn1.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	oid := func(arcs ...int) []byte { return value(asn1.ObjectIdentifier(arcs)) }
	const sequence, octets, explicit, implicit = 0x30, 0x04, 0xa0, 0x80

	salt, iv := []byte("saltsalt"), make([]byte, aes.BlockSize)
	key, err := pbkdf2.Key(sha1.New, password, salt, pfx.MaxIterations, 16)
	if err != nil {
		t.Fatal(err)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		t.Fatal(err)
	}
	nothing := append(der(sequence), bytes.Repeat([]byte{14}, 14)...)
	cipher.NewCBCEncrypter(block, iv).CryptBlocks(nothing, nothing)
	kdf := der(sequence, oid(1, 2, 840, 113549, 1, 5, 12), der(sequence, der(octets, salt), value(pfx.MaxIterations)))
	scheme := der(sequence, oid(2, 16, 840, 1, 101, 3, 4, 1, 2), der(octets, iv))
	part := der(sequence, oid(1, 2, 840, 113549, 1, 7, 6), der(explicit, der(sequence, value(0),
		der(sequence, oid(1, 2, 840, 113549, 1, 7, 1), der(sequence, oid(1, 2, 840, 113549, 1, 5, 13), der(sequence, kdf, scheme)), der(implicit, nothing)))))

	return func(parts int) []byte {
		content := der(sequence, bytes.Repeat(part, parts))
		m := hmac.New(sha1.New, pfx.MACKey(password, salt, 1))
		m.Write(content)
		mac := der(sequence, der(sequence, der(sequence, oid(1, 3, 14, 3, 2, 26), value(asn1.NullRawValue)), der(octets, m.Sum(nil))), der(octets, salt), value(1))
		return der(sequence, value(3), der(sequence, oid(1, 2, 840, 113549, 1, 7, 1), der(explicit, der(octets, content))), mac)
	}
}

// Each part of a file may cost seconds, but not each of a thousand: nobody could end that.
func TestCostlyFile(t *testing.T) {
	file := costly(t)
	if _, err := pfx.Read(file(2), []byte("Qwerty12")); err != nil {
		t.Errorf("Read(two costly parts) = %v", err)
	}
	if _, err := pfx.Read(file(10), []byte("Qwerty12")); !errors.Is(err, pfx.ErrDamaged) {
		t.Errorf("Read(ten costly parts) = %v, want ErrDamaged", err)
	}
}
