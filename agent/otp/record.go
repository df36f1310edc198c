package otp

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/binary"
	"fmt"

	"golang.org/x/crypto/argon2"
)

// Cost is what one try of a PIN costs (Argon2id, RFC 9106 section 3.1). It stands in
// the record, so that it can be raised for new records.
type Cost struct {
	Time    uint32 // passes
	Memory  uint32 // KiB
	Threads uint8
}

// DefaultCost is the second recommended option of RFC 9106 section 4: about half a
// second on two cores. It buys hours for 10,000 PINs, never safety: that comes from
// the device key.
var DefaultCost = Cost{Time: 3, Memory: 64 << 10, Threads: 4}

func (c Cost) valid() bool {
	return c.Time >= 1 && c.Time <= 64 && c.Threads >= 1 && c.Memory >= 8*uint32(c.Threads) && c.Memory <= 1<<20
}

// stretch is 32 bytes of Argon2id over the PIN. The caller wipes them; the memory
// that Argon2 works in cannot be wiped.
func (c Cost) stretch(pin, salt []byte) []byte {
	return argon2.IDKey(pin, salt, c.Time, c.Memory, c.Threads, 32)
}

// DeviceKeyLen is the length of a device key, an AES-256 key.
const DeviceKeyLen = 32

// kind tells the records of the two devices apart.
type kind byte

const (
	spectraKind kind = 1
	mobiKind    kind = 2
)

// record is what is stored of one device:
//
//	"qolotp" 1 | kind | slot | time 4 | memory 4 | threads 1 | salt 16 | nonce 12 | AES-256-GCM
//
// All numbers are big endian. What comes before the ciphertext is authenticated with
// it. The slot says which of two device keys seals the record (see MobiPass).
type record struct {
	kind kind
	slot byte
	cost Cost
	salt [saltLen]byte
	body []byte // in plain
}

const (
	magic     = "qolotp\x01"
	saltLen   = 16
	nonceLen  = 12
	headerLen = len(magic) + 1 + 1 + 4 + 4 + 1 + saltLen + nonceLen
	tagLen    = 16
	maxRecord = 4096
)

// seal encodes r under the device key. What open would take for damaged is an error.
func (r *record) seal(deviceKey []byte) ([]byte, error) {
	if size := headerLen + len(r.body) + tagLen; size > maxRecord {
		return nil, fmt.Errorf("record of %d bytes, at most %d", size, maxRecord)
	}
	if !r.cost.valid() {
		return nil, fmt.Errorf("PIN cost %+v is out of range", r.cost)
	}
	aead, err := newGCM(deviceKey)
	if err != nil {
		return nil, err
	}
	b := make([]byte, 0, headerLen+len(r.body)+tagLen)
	b = append(b, magic...)
	b = append(b, byte(r.kind), r.slot)
	b = binary.BigEndian.AppendUint32(b, r.cost.Time)
	b = binary.BigEndian.AppendUint32(b, r.cost.Memory)
	b = append(b, r.cost.Threads)
	b = append(b, r.salt[:]...)
	b = b[:headerLen]
	nonce := b[headerLen-nonceLen:]
	rand.Read(nonce)
	return aead.Seal(b, nonce, r.body, b), nil
}

// peek reads what needs no key. Nothing of it is to be trusted before open.
func peek(b []byte, k kind) (*record, error) {
	if len(b) < headerLen+tagLen || len(b) > maxRecord || string(b[:len(magic)]) != magic || kind(b[len(magic)]) != k {
		return nil, ErrDamaged
	}
	h := b[len(magic)+1:]
	r := &record{kind: k, slot: h[0]}
	r.cost = Cost{Time: binary.BigEndian.Uint32(h[1:]), Memory: binary.BigEndian.Uint32(h[5:]), Threads: h[9]}
	copy(r.salt[:], h[10:])
	if !r.cost.valid() || r.slot > 1 {
		return nil, ErrDamaged
	}
	return r, nil
}

// open decodes a record. The caller wipes the body.
func open(b []byte, k kind, deviceKey []byte) (*record, error) {
	r, err := peek(b, k)
	if err != nil {
		return nil, err
	}
	aead, err := newGCM(deviceKey)
	if err != nil {
		return nil, err
	}
	r.body, err = aead.Open(nil, b[headerLen-nonceLen:headerLen], b[headerLen:], b[:headerLen])
	if err != nil {
		return nil, ErrDamaged
	}
	return r, nil
}

func newGCM(deviceKey []byte) (cipher.AEAD, error) {
	if len(deviceKey) != DeviceKeyLen {
		return nil, fmt.Errorf("device key of %d bytes, want %d", len(deviceKey), DeviceKeyLen)
	}
	block, err := aes.NewCipher(deviceKey)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}
