package otp

import (
	"crypto"
	"errors"
	"fmt"
	"slices"
	"time"
)

var (
	// ErrNoToken: a PSKC file has no key for the codes of a SpectraNet token.
	ErrNoToken = errors.New("no key for codes")
	// ErrNoStartPIN: nothing says which start PIN the bank gave the token (L7).
	ErrNoStartPIN = errors.New("no start PIN")
	// ErrExpired: the key may not be used yet, or not any more (RFC 6030 section 5).
	ErrExpired = errors.New("key is not valid now")
)

// Issued is a token of a PSKC file, and what the file says of it.
type Issued struct {
	SpectraIssue
	Issuer, Name string
}

// Wipe overwrites keys and start PIN.
func (i *Issued) Wipe() {
	for _, b := range [][]byte{i.Code, i.Lock, i.Unlock, i.StartPIN} {
		clear(b)
	}
}

// IssuedTokens are the tokens whose keys a PSKC file holds, one for each key for codes
// (TOTP). Those for lock numbers and unlock codes are the OCRA keys of the same serial
// number with our two suites; where the file has neither they are derived from the
// seed (DeriveSpectra). The start PIN is the key that the policy names (PINKeyId, RFC
// 6030 section 5); without one the token has startPIN. now is held against the dates
// of the policy.
//
// Errors: ErrNoToken, ErrNoStartPIN, ErrExpired, ErrCodeKind, AlgorithmError, and
// ErrSerial. What is returned are copies, which the caller wipes.
func IssuedTokens(keys []PSKCKey, startPIN []byte, now time.Time) (all []Issued, err error) {
	defer func() {
		if err != nil {
			for i := range all {
				all[i].Wipe()
			}
			all = nil
		}
	}()
	for _, k := range keys {
		if k.Algorithm != PSKCTOTP {
			continue
		}
		token, err := issued(k, keys, startPIN, now)
		if err != nil {
			token.Wipe()
			return all, fmt.Errorf("key %q: %w", k.ID, err)
		}
		all = append(all, token)
	}
	if len(all) == 0 {
		return nil, ErrNoToken
	}
	return all, nil
}

func issued(k PSKCKey, keys []PSKCKey, startPIN []byte, now time.Time) (Issued, error) {
	token := Issued{Issuer: k.Issuer, Name: k.Name}
	token.Serial = k.Serial
	if token.Serial == "" {
		token.Serial = k.ID
	}
	if err := CheckSerial(token.Serial); err != nil {
		return token, err
	}
	hash, ok := map[string]crypto.Hash{"": crypto.SHA1, "HMAC-SHA1": crypto.SHA1, "HMAC-SHA256": crypto.SHA256, "HMAC-SHA512": crypto.SHA512}[k.Suite]
	switch {
	case !ok:
		return token, &AlgorithmError{Use: "code", Algorithm: k.Suite}
	case k.Digits != 0 && k.Digits != SpectraDigits, k.Interval != 0 && k.Interval != SpectraInterval:
		return token, ErrCodeKind
	case !k.Start.IsZero() && now.Before(k.Start), !k.Expiry.IsZero() && !now.Before(k.Expiry):
		return token, ErrExpired
	case len(k.Usage) > 0 && !slices.Contains(k.Usage, "OTP"):
		return token, ErrNoToken
	case len(k.Secret) < minTypedKey:
		return token, ErrKeyShort
	}
	token.Hash, token.Code = hash, slices.Clone(k.Secret)
	for _, other := range keys {
		var to *[]byte
		switch {
		case other.Algorithm == PSKCOCRA && other.Serial == k.Serial && other.Suite == lockSuite.String():
			to = &token.Lock
		case other.Algorithm == PSKCOCRA && other.Serial == k.Serial && other.Suite == unlockSuite.String():
			to = &token.Unlock
		case other.Algorithm == PSKCPIN && k.PIN != nil && other.ID == k.PIN.KeyID:
			to = &token.StartPIN
		default:
			continue
		}
		if *to != nil { // which of them is the bank's own cannot be told
			return token, fmt.Errorf("two keys like %q: %w", other.ID, ErrNoToken)
		}
		*to = slices.Clone(other.Secret)
	}
	if token.StartPIN == nil {
		token.StartPIN = slices.Clone(startPIN)
	}
	switch {
	case len(token.StartPIN) == 0:
		return token, ErrNoStartPIN
	case (token.Lock == nil) != (token.Unlock == nil):
		return token, fmt.Errorf("one of two keys for the lock: %w", ErrNoToken)
	case token.Lock != nil:
		return token, checkPIN(token.StartPIN)
	}
	var err error
	if token.Lock, token.Unlock, err = DeriveSpectra(token.Code, token.Serial); err != nil {
		return token, err
	}
	return token, checkPIN(token.StartPIN)
}
