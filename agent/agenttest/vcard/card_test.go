package vcard

import (
	"bytes"
	"crypto"
	"crypto/rsa"
	"encoding/hex"
	"math/big"
	"slices"
	"strings"
	"testing"
)

// apdu builds a command with data, of hexadecimal digits and spaces.
func apdu(t *testing.T, header string, data ...byte) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(header, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	if len(data) > 0 {
		b = append(append(b, byte(len(data))), data...)
	}
	return b
}

// want sends a command, demands its status word and returns the data.
func want(t *testing.T, c *Card, sw int, header string, data ...byte) []byte {
	t.Helper()
	answer := c.Transmit(apdu(t, header, data...))
	if got := answer[len(answer)-2:]; !bytes.Equal(got, status(sw)) {
		t.Fatalf("%s = %x, want %04X", header, got, sw)
	}
	return answer[:len(answer)-2]
}

// padded is a PIN as OpenSC sends most of them.
func padded(codes ...string) (all []byte) {
	for _, c := range codes {
		all = append(all, append([]byte(c), make([]byte, maxCode-len(c))...)...)
	}
	return all
}

const (
	pin, puk = "123456", "0123456789abcdef"
	verify   = "00 20 00 01"
)

// withPIN is a card with PIN and PUK and nothing else.
func withPIN(t *testing.T) *Card {
	t.Helper()
	c := NewCard()
	want(t, c, swOK, "00 24 01 02", []byte(puk)...)
	want(t, c, swOK, "00 24 01 01", []byte(pin)...)
	return c
}

func TestPIN(t *testing.T) {
	c := withPIN(t)
	want(t, c, swNotAllowed, "00 24 01 01", []byte("654321")...) // only once
	want(t, c, swTriesLeft|3, verify)                            // asks, costs nothing
	want(t, c, swTriesLeft|2, verify, padded("000000")...)
	want(t, c, swTriesLeft|1, verify, padded("000000")...)
	want(t, c, swOK, verify, padded(pin)...)
	want(t, c, swOK, verify)
	c.Reset()
	want(t, c, swTriesLeft|3, verify)

	change := "00 24 00 01"
	want(t, c, swTriesLeft|2, change, padded("000000", "654321")...)
	want(t, c, swOK, change, padded(pin, "654321")...)
	want(t, c, swWrongLength, change, padded("654321", "123")...)
	for left := range 3 {
		want(t, c, swTriesLeft|2-left, verify, padded(pin)...)
	}
	want(t, c, swPINBlocked, verify, padded("654321")...)
	want(t, c, swPINBlocked, change, padded("654321", pin)...)
	want(t, c, swPINBlocked, verify)

	unblock := "00 2C 00 01"
	want(t, c, swTriesLeft|2, unblock, padded("0000000000000000", pin)...)
	want(t, c, swOK, unblock, padded(puk, pin)...)
	want(t, c, swOK, verify, padded(pin)...)
	for left := range 3 {
		want(t, c, swTriesLeft|2-left, unblock, padded("0000000000000000", pin)...)
	}
	want(t, c, swPINBlocked, unblock, padded(puk, pin)...)
	want(t, c, swOK, verify, padded(pin)...) // the PIN has tries of its own
}

func TestKey(t *testing.T) {
	c := withPIN(t)
	setSign := func(key byte) { want(t, c, swOK, "00 22 41 B6", 0x80, 1, signPKCS1, 0x84, 1, key) }
	info := slices.Concat([]byte("\x30\x31\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00\x04\x20"), make([]byte, 32))

	want(t, c, swOK, "00 22 41 00", 0x80, 1, generateRSA2048, 0x84, 1, 3)
	want(t, c, swNotVerified, "00 46 42 00 00")
	want(t, c, swOK, verify, padded(pin)...)
	public := want(t, c, swMoreData|(2+3+4+256+5-256), "00 46 42 00 00")
	public = append(public, want(t, c, swOK, "00 C0 00 00 00")...)
	n := new(big.Int).SetBytes(public[len(public)-5-256 : len(public)-5])

	setSign(3)
	signature := want(t, c, swOK, "00 2A 9E 9A", info...)
	if err := rsa.VerifyPKCS1v15(&rsa.PublicKey{N: n, E: 65537}, crypto.SHA256, make([]byte, 32), signature); err != nil {
		t.Errorf("the signature does not verify: %v", err)
	}
	setSign(4)
	want(t, c, swNoReference, "00 2A 9E 9A", info...)
	setSign(3)
	c.Reset()
	setSign(3)
	want(t, c, swNotVerified, "00 2A 9E 9A", info...)
}

func TestFiles(t *testing.T) {
	create := func(c *Card, sw int, kind, id, size byte, rules string) {
		t.Helper()
		r, err := hex.DecodeString(rules)
		if err != nil {
			t.Fatal(err)
		}
		want(t, c, sw, "00 E0 00 00", object(0x62, slices.Concat(object(0x81, []byte{0, size}),
			object(0x82, []byte{kind}), object(0x83, []byte{0x50, id}), object(0x86, r)))...)
	}
	c := NewCard()
	create(c, swOK, 0x38, 0x15, 0, "FF00000000009090") // files are made with the PIN
	create(c, swOK, 0x01, 0x31, 4, "FF00000000009000") // read by all, written with the PIN
	create(c, swFileExists, 0x01, 0x31, 4, "")
	create(c, swOK, 0x01, 0x32, 4, "FF000000000000FF") // read never
	want(t, c, swOK, "00 24 01 02", []byte(puk)...)
	want(t, c, swOK, "00 24 01 01", []byte(pin)...)

	open := "00 A4 08 00"
	want(t, c, swFileNotFound, open, 0x50, 0x16)
	want(t, c, swOK, open, 0x50, 0x15)
	create(c, swNotVerified, 0x01, 0x33, 4, "")
	want(t, c, swOK, open, 0x50, 0x15, 0x50, 0x32)
	want(t, c, swNotVerified, "00 B0 00 00 00")
	want(t, c, swOK, open, 0x50, 0x15, 0x50, 0x31)
	want(t, c, swNotVerified, "00 D6 00 00", 1, 2)
	want(t, c, swOK, verify, padded(pin)...)
	want(t, c, swOK, "00 D6 00 01", 1, 2)
	want(t, c, swNoRoom, "00 D6 00 03", 1, 2)

	d := c.Clone()
	want(t, c, swOK, "00 D6 00 00", 9, 9, 9, 9)
	want(t, d, swOK, open, 0x50, 0x15, 0x50, 0x31)
	if got := want(t, d, swOK, "00 B0 00 00 00"); !bytes.Equal(got, []byte{0, 1, 2, 0}) {
		t.Errorf("the clone reads %x, want 00010200", got)
	}
	want(t, d, swNotVerified, "00 D6 00 00", 1) // its PIN was not entered
	want(t, d, swWrongOffset, "00 B0 00 05 00")
	want(t, c, swOK, open, 0x50, 0x15)
	create(c, swOK, 0x01, 0x33, 4, "")
	want(t, c, swOK, "00 E4 00 00", 0x50, 0x33)
	want(t, c, swFileNotFound, "00 E4 00 00", 0x50, 0x33)
}

func TestMalformed(t *testing.T) {
	c := withPIN(t)
	for header, sw := range map[string]int{
		"":                  swWrongLength,
		"00 20 00":          swWrongLength,
		"00 20 00 01 05 31": swWrongLength, // less than announced
		"00 20 00 01 00 31": swWrongLength,
		"80 20 00 01":       swClassUnknown,
		"00 FF 00 00":       swNoInstruction,
		"00 E0 00 00":       swWrongData,
		"00 E0 00 00 02 62": swWrongLength,
		"00 22 41 B6":       swWrongData,
		"00 A4 00 00 01 3F": swFileNotFound,
		"00 A4 03 00":       swFileNotFound, // above the master file
		"00 E4 00 00":       swNotAllowed,
	} {
		want(t, c, sw, header)
	}
}
