package otp

import (
	"crypto"
	"crypto/hkdf"
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"
)

// SpectraKeys are the three keys of one serial number, as MACs, so that each may be
// in memory or in a token. Lock and Unlock are HMAC-SHA-256.
type SpectraKeys struct{ Code, Lock, Unlock MAC }

// The source gives the lengths of the numbers alone (L22, L25); this is how ours come
// about. The lock number shows which serial number and which lock it belongs to; the
// unlock code is computed over both of it. QA, not QN: see TestQNCollides. The serial
// number of 7 to 10 characters is what makes the challenge at least as long as the
// response (RFC 6287 section 8.2), which seven digits for eight would not be.
var (
	lockSuite   = mustSuite("OCRA-1:HOTP-SHA256-7:C-QA10")
	unlockSuite = mustSuite("OCRA-1:HOTP-SHA256-8:C-QA17")
)

func mustSuite(text string) Suite {
	s, err := ParseSuite(text)
	if err != nil {
		panic(err)
	}
	return s
}

// ErrSerial: a serial number is not 7 to 10 letters and digits.
var ErrSerial = errors.New("not 7 to 10 letters and digits")

// CheckSerial refuses a serial number that is not 7 to 10 letters and digits (ErrSerial).
func CheckSerial(serial string) error {
	if len(serial) < 7 || len(serial) > 10 || strings.Trim(serial, digitChars+letterChars) != "" {
		return fmt.Errorf("serial number %q: %w", serial, ErrSerial)
	}
	return nil
}

// DeriveSpectra makes the keys for lock numbers and unlock codes out of the seed of
// a serial number, where the bank does not issue three keys (HKDF, RFC 5869). The
// caller wipes them.
func DeriveSpectra(seed []byte, serial string) (lock, unlock []byte, err error) {
	if err := CheckSerial(serial); err != nil {
		return nil, nil, err
	}
	if lock, err = hkdf.Key(sha256.New, seed, []byte("spectranet-v1"), "lock|"+serial, 32); err != nil {
		return nil, nil, err
	}
	unlock, err = hkdf.Key(sha256.New, seed, []byte("spectranet-v1"), "unlock|"+serial, 32)
	return lock, unlock, err
}

// SeedKeys are the keys of a token whose seed is in memory: the codes by hash, the
// other two derived. The seed is not copied; wipe ends all three.
func SeedKeys(hash crypto.Hash, seed []byte, serial string) (keys SpectraKeys, wipe func(), err error) {
	lock, unlock, err := DeriveSpectra(seed, serial)
	if err != nil {
		return SpectraKeys{}, nil, err
	}
	keys = SpectraKeys{Code: HMAC(hash, seed), Lock: HMAC(crypto.SHA256, lock), Unlock: HMAC(crypto.SHA256, unlock)}
	return keys, func() { clear(lock); clear(unlock) }, nil
}

// LockNumber is the seven digits under LOCK PIN at the lock n (L22).
func (k SpectraKeys) LockNumber(serial string, n uint64) (string, error) {
	return lockSuite.Response(k.Lock, Input{Counter: n, Challenge: serial})
}

// UnlockCode is the eight digits that lift the lock n with that number (L25).
func (k SpectraKeys) UnlockCode(serial string, n uint64, number string) (string, error) {
	return unlockSuite.Response(k.Unlock, Input{Counter: n, Challenge: serial + number})
}
