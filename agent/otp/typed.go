package otp

import (
	"bytes"
	"crypto"
	"encoding/base32"
	"errors"
	"fmt"
	"net/url"
	"strings"
)

// Errors of a key that was typed or came as a QR picture.
var (
	// ErrTyped: it is neither an otpauth address nor a key in base32.
	ErrTyped = errors.New("neither an otpauth address nor a key in base32")
	// ErrCodeKind: it makes codes of another kind than a SpectraNet token's: by a
	// counter, of another length, or for another time than 30 seconds.
	ErrCodeKind = errors.New("not six digits every 30 seconds")
	// ErrKeyShort: the key has less than the 128 bits that RFC 4226 section 4, R6,
	// demands.
	ErrKeyShort = errors.New("key of less than 128 bits")
)

// Typed is a key for codes as a person types it, or as a QR picture has it.
type Typed struct {
	Issuer, Account string      // "" when not said
	Hash            crypto.Hash // crypto.SHA1, SHA256 or SHA512
	Secret          []byte
}

// Wipe overwrites the secret.
func (t *Typed) Wipe() { clear(t.Secret) }

const (
	// maxTyped is the longest text that is looked at, in bytes.
	maxTyped = 2048
	// A key has 16 bytes at least (ErrKeyShort) and no more than the block of SHA-512,
	// as an HMAC hashes a longer one first.
	minTypedKey, maxTypedKey = 16, 128
)

// ReadTyped reads an otpauth address (the "Key URI Format" of Google Authenticator) or
// a key alone in base32, in groups or not, in capitals or not. It is strict: what it
// does not know could change the codes. Errors: ErrTyped, ErrCodeKind, ErrKeyShort and
// AlgorithmError. The text stays its caller's; the secret is never in a string. The
// caller wipes the result.
func ReadTyped(text []byte) (Typed, error) {
	text = bytes.TrimSpace(text)
	if len(text) > maxTyped {
		return Typed{}, fmt.Errorf("text of %d bytes: %w", len(text), ErrTyped)
	}
	const scheme = "otpauth://"
	if len(text) < len(scheme) || !strings.EqualFold(string(text[:len(scheme)]), scheme) {
		t := Typed{Hash: crypto.SHA1}
		err := t.setSecret(text)
		return t, err
	}
	return readAddress(text[len(scheme):])
}

// readAddress reads what follows the scheme: "totp/Issuer:Account?secret=…&…".
func readAddress(text []byte) (t Typed, err error) {
	path, query, ok := bytes.Cut(text, []byte{'?'})
	if !ok {
		return Typed{}, fmt.Errorf("address without parameters: %w", ErrTyped)
	}
	kind, label, ok := strings.Cut(string(path), "/")
	switch {
	case strings.EqualFold(kind, "hotp"):
		return Typed{}, fmt.Errorf("codes by a counter: %w", ErrCodeKind)
	case !strings.EqualFold(kind, "totp") || !ok || strings.Contains(label, "/"):
		return Typed{}, fmt.Errorf("address of another kind: %w", ErrTyped)
	}
	if label, err = url.PathUnescape(label); err != nil {
		return Typed{}, fmt.Errorf("label: %w", ErrTyped)
	}
	t.Hash = crypto.SHA1
	t.Account = label
	if issuer, account, ok := strings.Cut(label, ":"); ok {
		t.Issuer, t.Account = issuer, account
	}
	t.Issuer, t.Account = strings.TrimSpace(t.Issuer), strings.TrimSpace(t.Account)
	if err := t.readParameters(query); err != nil {
		t.Wipe()
		return Typed{}, err
	}
	return t, nil
}

func (t *Typed) readParameters(query []byte) error {
	seen := map[string]bool{}
	for pair := range bytes.SplitSeq(query, []byte{'&'}) {
		name, value, _ := bytes.Cut(pair, []byte{'='})
		key := string(name)
		if seen[key] {
			return fmt.Errorf("parameter %q twice: %w", key, ErrTyped)
		}
		seen[key] = true
		if key == "secret" {
			if err := t.setSecret(value); err != nil {
				return err
			}
			continue
		}
		text, err := url.QueryUnescape(string(value))
		if err != nil {
			return fmt.Errorf("parameter %q: %w", key, ErrTyped)
		}
		if err := t.setParameter(key, text); err != nil {
			return err
		}
	}
	if !seen["secret"] {
		return fmt.Errorf("address without a secret: %w", ErrTyped)
	}
	return nil
}

func (t *Typed) setParameter(name, value string) error {
	switch name {
	case "issuer":
		if t.Issuer != "" && t.Issuer != value {
			return fmt.Errorf("two issuers: %w", ErrTyped)
		}
		t.Issuer = value
	case "algorithm":
		hash, ok := map[string]crypto.Hash{"SHA1": crypto.SHA1, "SHA256": crypto.SHA256, "SHA512": crypto.SHA512}[strings.ToUpper(value)]
		if !ok {
			return &AlgorithmError{Use: "code", Algorithm: value}
		}
		t.Hash = hash
	case "digits":
		if value != fmt.Sprint(SpectraDigits) {
			return fmt.Errorf("codes of %q digits: %w", value, ErrCodeKind)
		}
	case "period":
		if value != fmt.Sprint(SpectraInterval.Seconds()) {
			return fmt.Errorf("codes for %q seconds: %w", value, ErrCodeKind)
		}
	case "image": // a picture of the issuer, which is not fetched
	default:
		return fmt.Errorf("parameter %q: %w", name, ErrTyped)
	}
	return nil
}

// setSecret reads base32 with or without its padding, and no other spelling of the
// same bytes than one in capitals, small letters, or groups.
func (t *Typed) setSecret(text []byte) error {
	clean := make([]byte, 0, len(text))
	defer func() { clear(clean) }()
	for _, c := range bytes.TrimRight(text, "=") {
		switch {
		case c == ' ' || c == '-':
			continue
		case 'a' <= c && c <= 'z':
			c -= 'a' - 'A'
		}
		clean = append(clean, c)
	}
	encoding := base32.StdEncoding.WithPadding(base32.NoPadding)
	secret := make([]byte, encoding.DecodedLen(len(clean)))
	n, err := encoding.Decode(secret, clean)
	if err == nil {
		again := make([]byte, encoding.EncodedLen(n))
		defer clear(again)
		encoding.Encode(again, secret[:n])
		if !bytes.Equal(again, clean) {
			err = ErrTyped
		}
	}
	switch {
	case err != nil || n > maxTypedKey:
		clear(secret)
		return fmt.Errorf("key: %w", ErrTyped)
	case n < minTypedKey:
		clear(secret)
		return fmt.Errorf("key of %d bytes: %w", n, ErrKeyShort)
	}
	t.Secret = secret[:n]
	return nil
}
