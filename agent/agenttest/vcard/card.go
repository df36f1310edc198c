// Package vcard is a smart card with a reader, in software, for tests of the
// whole way from PKCS #11 down to the card and of pulling it out.
//
// Card is the card: it speaks ISO 7816 as the IsoApplet of OpenSC does
// (github.com/philipWendland/IsoApplet, API 00.06), generates RSA keys inside
// and never gives one out. It is a plain value that needs no reader. Reader
// runs pcscd with the driver of vsmartcard-vpcd, puts cards in and takes them
// out; it must run in a sandbox (package sandbox), so that it meets no real
// reader and no real pcscd. Programs that a test starts in there, such as the
// whole agent, see the card as well; /run is empty for them.
package vcard

import (
	"crypto/rand"
	"crypto/rsa"
	"maps"
	"slices"
	"sync"
)

// Status words, ISO 7816-4 section 5.6.
const (
	swOK             = 0x9000
	swMoreData       = 0x6100 // and how much, for GET RESPONSE
	swTriesLeft      = 0x63C0 // and how many
	swWrongLength    = 0x6700
	swNotVerified    = 0x6982
	swPINBlocked     = 0x6983
	swNotAllowed     = 0x6985
	swWrongData      = 0x6A80
	swNotSupported   = 0x6A81
	swFileNotFound   = 0x6A82
	swNoRoom         = 0x6A84
	swWrongP1P2      = 0x6A86
	swNoReference    = 0x6A88
	swFileExists     = 0x6A89
	swWrongOffset    = 0x6B00
	swNoInstruction  = 0x6D00
	swClassUnknown   = 0x6E00
	swExecutionError = 0x6F00
)

// Tries is how many wrong PINs lock the card, and how many wrong PUKs.
const Tries = 3

// aid is the name under which the applet is selected.
var aid = []byte{0xF2, 0x76, 0xA2, 0x88, 0xBC, 0xFB, 0xA6, 0x9D, 0x34, 0xF3, 0x10, 0x01}

// version is what the applet says when it is selected: API 00.06 and its
// features, of which we have random numbers only. Elliptic curves would not
// help: OpenSC 0.23 signs with them only if the card hashes by SHA-1.
var version = []byte{0x00, 0x06, 0x02}

// Card is a smart card. It keeps its files, PINs and keys while it is out of
// the reader. Its methods may be called from several goroutines.
type Card struct {
	mu       sync.Mutex
	mf       *file // the master file, root of all
	dir      *file // the folder that is selected
	selected *file // the file that is selected, which may be dir
	pin, puk code
	verified bool
	keys     map[byte]*rsa.PrivateKey
	env      environment
	rest     []byte // of an answer that did not fit
	hold     *hold
}

// Instructions, as Card.Hold takes them.
const (
	Verify   = 0x20 // of the PIN
	Sign     = 0x2A
	Generate = 0x46 // a key pair
)

type hold struct {
	instruction       byte
	reached, released chan struct{}
}

// NewCard returns an empty card without PIN, as from the factory.
func NewCard() *Card {
	c := &Card{mf: &file{id: mfID, dir: true}, keys: make(map[byte]*rsa.PrivateKey)}
	c.pin.tries, c.puk.tries = Tries, Tries
	c.reset()
	return c
}

// Clone returns a card with the same files, PINs and keys, so that many tests
// can begin with one that was personalised once. Nothing may use c meanwhile.
func (c *Card) Clone() *Card {
	d := NewCard()
	d.mf = c.mf.clone(nil)
	d.pin, d.puk = c.pin, c.puk
	d.keys = maps.Clone(c.keys)
	d.reset()
	return d
}

// ATR is the answer to reset: protocol T=1 and our name.
func (c *Card) ATR() []byte {
	atr := append([]byte{0x3B, 0x88, 0x80, 0x01}, "Qoltanba"...)
	var check byte
	for _, b := range atr[1:] {
		check ^= b
	}
	return append(atr, check)
}

// Reset is what taking the power away does: the PIN has to be entered again.
func (c *Card) Reset() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.reset()
}

func (c *Card) reset() {
	c.dir, c.selected = c.mf, c.mf
	c.verified, c.env, c.rest = false, environment{}, nil
}

// Hold makes the card stop before its next command with that instruction: then
// it closes reached, and it goes on once release was called, which has to be.
func (c *Card) Hold(instruction byte) (reached <-chan struct{}, release func()) {
	h := &hold{instruction, make(chan struct{}), make(chan struct{})}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.hold = h
	return h.reached, sync.OnceFunc(func() { close(h.released) })
}

// held returns what the command has to wait for, or nil.
func (c *Card) held(instruction byte) *hold {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.hold == nil || c.hold.instruction != instruction {
		return nil
	}
	h := c.hold
	c.hold = nil
	return h
}

// Transmit executes a command APDU and returns the response.
func (c *Card) Transmit(apdu []byte) []byte {
	cmd, ok := parse(apdu)
	if !ok {
		return status(swWrongLength)
	}
	if h := c.held(cmd.ins); h != nil {
		close(h.reached)
		<-h.released
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if cmd.ins != 0xC0 {
		c.rest = nil
	}
	data, sw := c.execute(cmd)
	if len(data) > cmd.le && sw == swOK {
		data, c.rest = data[:cmd.le], data[cmd.le:]
		sw = swMoreData | len(c.rest)&0xFF
		if len(c.rest) > 0xFF {
			sw = swMoreData // 256 or more
		}
	}
	return append(slices.Clip(data), status(sw)...)
}

func status(sw int) []byte { return []byte{byte(sw >> 8), byte(sw)} }

// execute runs a command and returns all that it answers.
func (c *Card) execute(cmd command) (data []byte, sw int) {
	if cmd.cla != 0 {
		return nil, swClassUnknown
	}
	switch cmd.ins {
	case Verify:
		return nil, c.verify(cmd)
	case 0x22:
		return nil, c.manageEnvironment(cmd)
	case 0x24:
		return nil, c.changePIN(cmd)
	case Sign:
		return c.sign(cmd)
	case 0x2C:
		return nil, c.unblockPIN(cmd)
	case Generate:
		return c.generate(cmd)
	case 0x84:
		data = make([]byte, cmd.le)
		rand.Read(data)
		return data, swOK
	case 0xA4:
		return c.selectFile(cmd)
	case 0xB0:
		return c.readBinary(cmd)
	case 0xC0:
		return c.rest, swOK
	case 0xD6:
		return nil, c.updateBinary(cmd)
	case 0xE0:
		return nil, c.createFile(cmd)
	case 0xE4:
		return nil, c.deleteFile(cmd)
	}
	return nil, swNoInstruction
}

// command is a command APDU.
type command struct {
	cla, ins, p1, p2 byte
	data             []byte
	le               int // how long an answer may be
}

// parse reads a short APDU, ISO 7816-3 section 12.1.3.
func parse(b []byte) (cmd command, ok bool) {
	if len(b) < 4 {
		return cmd, false
	}
	cmd = command{cla: b[0], ins: b[1], p1: b[2], p2: b[3], le: 256}
	b = b[4:]
	if len(b) > 1 { // with data
		lc := int(b[0])
		if b = b[1:]; lc == 0 || lc > len(b) {
			return cmd, false
		}
		cmd.data, b = b[:lc], b[lc:]
	}
	switch {
	case len(b) > 1:
		return cmd, false
	case len(b) == 1 && b[0] != 0:
		cmd.le = int(b[0])
	}
	return cmd, true
}
