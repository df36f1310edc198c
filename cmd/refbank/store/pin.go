package store

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"

	"golang.org/x/crypto/argon2"
)

// cardLetters are those of a card's PIN: capital letters and digits, without 0, O, 1
// and I, which people take for each other. Eight of them are 40 random bits.
const (
	cardLetters = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
	cardLength  = 8
)

// NewPIN returns the PIN for a new OTP card.
func NewPIN() string {
	pin := make([]byte, cardLength)
	rand.Read(pin) // never fails
	for i, b := range pin {
		pin[i] = cardLetters[int(b)%len(cardLetters)] // 32 divides 256
	}
	return string(pin)
}

// A cost is what a guess costs whoever stole the database. It is kept with each PIN,
// so that it may grow.
type cost struct {
	passes    uint32
	kibibytes uint32
}

var cardCost = cost{passes: 2, kibibytes: 19 << 10}

// sealPIN returns what is kept of a PIN: "argon2id", cost, salt, and key.
func sealPIN(pin string) string {
	salt := make([]byte, 16)
	rand.Read(salt) // never fails
	return fmt.Sprintf("argon2id %d %d %s %s", cardCost.passes, cardCost.kibibytes, encode(salt), encode(cardCost.key(pin, salt)))
}

func (c cost) key(pin string, salt []byte) []byte {
	return argon2.IDKey([]byte(pin), salt, c.passes, c.kibibytes, 1, 32)
}

// isPIN tells whether the PIN is the sealed one, letter by letter: a small letter is
// another letter.
func isPIN(sealed, pin string) (bool, error) {
	var c cost
	var saltText, keyText string
	if _, err := fmt.Sscanf(sealed, "argon2id %d %d %s %s", &c.passes, &c.kibibytes, &saltText, &keyText); err != nil {
		return false, fmt.Errorf("reading a sealed PIN: %w", err)
	}
	salt, err := base64.RawStdEncoding.DecodeString(saltText)
	if err != nil {
		return false, fmt.Errorf("reading a sealed PIN: %w", err)
	}
	key, err := base64.RawStdEncoding.DecodeString(keyText)
	if err != nil {
		return false, fmt.Errorf("reading a sealed PIN: %w", err)
	}
	return subtle.ConstantTimeCompare(c.key(pin, salt), key) == 1, nil
}

func encode(b []byte) string { return base64.RawStdEncoding.EncodeToString(b) }
