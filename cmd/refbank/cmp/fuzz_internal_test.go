package cmp

import (
	"bytes"
	"errors"
	"testing"
)

// FuzzToken looks for bytes that the reader of registration tokens does not survive, or
// takes for a User ID and a PIN of nothing.
func FuzzToken(f *testing.F) {
	f.Add([]byte{})
	f.Add([]byte("\x0c\x03A:B"))
	f.Add([]byte("\x0c\x05A:B:C"))
	f.Add([]byte("\x0c\x02:B"))
	f.Add([]byte("\x13\x03A:B"))
	f.Fuzz(func(t *testing.T, der []byte) {
		user, pin, err := readToken(der)
		if err != nil {
			if _, ok := errors.AsType[*failure](err); !ok || user != "" || pin != nil {
				t.Errorf("readToken = %q, %q, %v", user, pin, err)
			}
			return
		}
		if user == "" || len(pin) == 0 || bytes.ContainsRune([]byte(user), ':') || !bytes.HasSuffix(der, append([]byte(user+":"), pin...)) {
			t.Errorf("readToken = %q, %q", user, pin)
		}
	})
}
