package otp

import (
	"crypto"
	"crypto/hmac"
	_ "crypto/sha1" // the three hashes of RFC 6238 section 1.2
	_ "crypto/sha256"
	_ "crypto/sha512"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"time"
)

// MAC computes the HMAC of a message under a key that the caller never sees. The
// key may lie in memory (HMAC), be unsealed for one call, or stay in a token
// (CKK_GENERIC_SECRET with CKM_SHA256_HMAC).
type MAC func(message []byte) ([]byte, error)

// HMAC is the MAC of a key in memory. The key is not copied: when its owner wipes
// it the MAC is spent. What crypto/hmac copies of it for a call cannot be wiped.
func HMAC(hash crypto.Hash, key []byte) MAC {
	return func(message []byte) ([]byte, error) {
		m := hmac.New(hash.New, key)
		m.Write(message)
		return m.Sum(nil), nil
	}
}

// HOTP is the one-time password of a counter (RFC 4226 section 5.3) with 6 to 8
// digits, leading zeros included.
func HOTP(mac MAC, digits int, counter uint64) (string, error) {
	if digits < 6 || digits > 8 {
		return "", fmt.Errorf("one-time password of %d digits", digits)
	}
	sum, err := mac(binary.BigEndian.AppendUint64(nil, counter))
	if err != nil {
		return "", fmt.Errorf("computing a one-time password: %w", err)
	}
	return truncate(sum, digits)
}

// Step is the number of the time step in which t lies, T of RFC 6238 section 4.2
// with T0 = 0. Times before 1970 are in step 0.
func Step(t time.Time, interval time.Duration) uint64 {
	seconds, length := t.Unix(), int64(interval/time.Second)
	if seconds < 0 || length <= 0 {
		return 0
	}
	return uint64(seconds / length)
}

// TOTP is the one-time password of the time t (RFC 6238 section 4).
func TOTP(mac MAC, digits int, interval time.Duration, t time.Time) (string, error) {
	if interval < time.Second {
		return "", fmt.Errorf("time step of %v", interval)
	}
	return HOTP(mac, digits, Step(t, interval))
}

// Left is how long the code of t is still shown.
func Left(t time.Time, interval time.Duration) time.Duration {
	return time.Unix(0, 0).Add(time.Duration(Step(t, interval)+1) * interval).Sub(t)
}

// truncate is the dynamic truncation of RFC 4226 section 5.3, also used by OCRA
// (RFC 6287 section 5.2), where 0 digits stand for the whole value.
func truncate(sum []byte, digits int) (string, error) {
	if digits == 0 {
		return hex.EncodeToString(sum), nil
	}
	if len(sum) < 20 { // the offset and four bytes need 19
		return "", errors.New("MAC is shorter than 20 bytes")
	}
	offset := sum[len(sum)-1] & 15
	n := uint64(binary.BigEndian.Uint32(sum[offset:]) & 0x7fffffff)
	modulus := uint64(1)
	for range digits {
		modulus *= 10
	}
	return fmt.Sprintf("%0*d", digits, n%modulus), nil
}
