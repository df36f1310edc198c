package vcard

import (
	"bytes"
	"crypto/subtle"
)

// The PIN and the PUK, by their numbers in P2.
const (
	pinReference = 1
	pukReference = 2
)

// maxCode is the length to which PINs are padded with zeros.
const maxCode = 16

// code is a PIN or a PUK.
type code struct {
	value []byte // nil before the first one was set
	tries int    // left
}

// check compares and counts. The status word tells what is left, and that
// nothing is left only from the next try on, as the applet does it.
func (k *code) check(guess []byte) int {
	switch {
	case k.value == nil:
		return swNotAllowed
	case k.tries == 0:
		return swPINBlocked
	case subtle.ConstantTimeCompare(k.value, unpad(guess)) == 0:
		k.tries--
		return swTriesLeft | k.tries
	}
	k.tries = Tries
	return swOK
}

func (k *code) set(value []byte) int {
	value = unpad(value)
	if len(value) < 4 || len(value) > maxCode {
		return swWrongLength
	}
	k.value, k.tries = bytes.Clone(value), Tries
	return swOK
}

// unpad takes the zeros away that OpenSC adds to some PINs and not to others.
func unpad(code []byte) []byte { return bytes.TrimRight(code, "\x00") }

// personalised tells whether the card has its PIN; before, everything is
// allowed.
func (c *Card) personalised() bool { return c.pin.value != nil }

// verify is VERIFY, ISO 7816-4 section 7.5.6. Without data it only asks.
func (c *Card) verify(cmd command) int {
	if cmd.p1 != 0 || cmd.p2 != pinReference {
		return swWrongP1P2
	}
	if len(cmd.data) == 0 {
		switch {
		case c.verified:
			return swOK
		case c.pin.tries == 0:
			return swPINBlocked
		}
		return swTriesLeft | c.pin.tries
	}
	sw := c.pin.check(cmd.data)
	c.verified = sw == swOK
	return sw
}

// changePIN is CHANGE REFERENCE DATA, section 7.5.7. With P1 = 1 it sets the
// first value: that of the PUK and then that of the PIN.
func (c *Card) changePIN(cmd command) int {
	if cmd.p1 == 1 {
		switch {
		case c.personalised():
			return swNotAllowed
		case cmd.p2 == pinReference:
			return c.pin.set(cmd.data)
		case cmd.p2 == pukReference:
			return c.puk.set(cmd.data)
		}
		return swWrongP1P2
	}
	if cmd.p1 != 0 || cmd.p2 != pinReference {
		return swWrongP1P2
	}
	if len(cmd.data) != 2*maxCode {
		return swWrongLength
	}
	c.verified = false
	if sw := c.pin.check(cmd.data[:maxCode]); sw != swOK {
		return sw
	}
	return c.pin.set(cmd.data[maxCode:])
}

// unblockPIN is RESET RETRY COUNTER, section 7.5.10: the PUK and a new PIN.
func (c *Card) unblockPIN(cmd command) int {
	if cmd.p1 != 0 || cmd.p2 != pinReference {
		return swWrongP1P2
	}
	if len(cmd.data) <= maxCode {
		return swWrongLength
	}
	c.verified = false
	if sw := c.puk.check(cmd.data[:maxCode]); sw != swOK {
		return sw
	}
	return c.pin.set(cmd.data[maxCode:])
}
