package agent

import (
	"crypto/subtle"
	"fmt"
	"io"
	"log/slog"
)

// Secret is a PIN, a password or the bytes of a key file. It prints, logs and
// marshals as nothing. Whoever is handed a Secret to keep wipes it; a function
// that takes one as an argument does not.
//
// Wiping covers the bytes of this type alone. A GUI toolkit keeps what was
// typed in strings of its own, and C libraries copy PINs: neither can be wiped
// from here, and no claim is made about them.
type Secret struct{ b []byte }

// NewSecret takes over b: the caller must not use it any more.
func NewSecret(b []byte) *Secret { return &Secret{b: b} }

// Bytes returns the secret itself, not a copy; it is zeros after Wipe.
func (s *Secret) Bytes() []byte {
	if s == nil {
		return nil
	}
	return s.b
}

// Len is the number of bytes, which for a PIN in UTF-8 need not be the number
// of letters.
func (s *Secret) Len() int { return len(s.Bytes()) }

// Clone returns a copy with a life of its own.
func (s *Secret) Clone() *Secret { return NewSecret(append([]byte(nil), s.Bytes()...)) }

// Equal compares in a time that depends on the lengths only.
func (s *Secret) Equal(o *Secret) bool {
	return subtle.ConstantTimeCompare(s.Bytes(), o.Bytes()) == 1
}

// Wipe overwrites the secret. It may be called again, and on nil.
func (s *Secret) Wipe() {
	if s != nil {
		clear(s.b)
	}
}

const hidden = "(secret)"

// Format prints the same fixed word for every verb of package fmt.
func (*Secret) Format(f fmt.State, _ rune) { io.WriteString(f, hidden) }

// String returns that word.
func (*Secret) String() string { return hidden }

// LogValue returns the same fixed word for slog.
func (*Secret) LogValue() slog.Value { return slog.StringValue(hidden) }

// MarshalJSON always fails: a secret crosses a pipe in a secret frame only.
func (*Secret) MarshalJSON() ([]byte, error) { return nil, errSecretJSON }
