package otp_test

import (
	"bytes"
	"crypto/hkdf"
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"
	"testing"

	"qoltanba/agent/otp"
)

func activation(t testing.TB) []string {
	t.Helper()
	parts, err := otp.OurParts.NewActivation()
	if err != nil {
		t.Fatal(err)
	}
	return parts
}

func activationKey(t testing.TB, parts []string) []byte {
	t.Helper()
	key, err := otp.OurParts.Key(parts)
	if err != nil || len(key) != otp.MobiKeyLen {
		t.Fatalf("Key = %d bytes, %v", len(key), err)
	}
	return key
}

func TestActivation(t *testing.T) {
	t.Run("M20 parts of our bank", func(t *testing.T) {
		seen := make(map[string]bool)
		for range 100 {
			parts := activation(t)
			for _, p := range parts {
				if len(p) != 8 || strings.Trim(p, "0123456789") != "" {
					t.Fatalf("part %q, want 8 digits", p)
				}
			}
			seen[string(activationKey(t, parts))] = true
		}
		if len(seen) != 100 {
			t.Errorf("%d keys of 100 envelopes", len(seen))
		}
	})
	t.Run("M20 a wrong digit, a swap or an exchange names the part", func(t *testing.T) {
		part := func(changed []string) int {
			_, err := otp.OurParts.Key(changed)
			e, ok := errors.AsType[*otp.PartError](err)
			if !ok {
				return 0
			}
			return e.Part
		}
		for range 30 {
			good := activation(t)
			for i, p := range good {
				for at := range p {
					for d := byte('0'); d <= '9'; d++ {
						b := []byte(p)
						b[at] = d
						changed := append([]string(nil), good...)
						changed[i] = string(b)
						if got := part(changed); p != string(b) && got != i+1 {
							t.Fatalf("%s for %s in part %d: %d is blamed", b, p, i+1, got)
						}
					}
					if at > 0 && p[at] != p[at-1] {
						b := []byte(p)
						b[at], b[at-1] = b[at-1], b[at]
						changed := append([]string(nil), good...)
						changed[i] = string(b)
						if got := part(changed); got != i+1 {
							t.Fatalf("%s for %s in part %d: %d is blamed", b, p, i+1, got)
						}
					}
				}
				if i > 0 && good[i] != good[i-1] {
					changed := append([]string(nil), good...)
					changed[i], changed[i-1] = changed[i-1], changed[i]
					if got := part(changed); got != i {
						t.Fatalf("parts %d and %d exchanged: %d is blamed", i, i+1, got)
					}
				}
			}
		}
	})
	t.Run("M21 check digits are no part of the key", func(t *testing.T) {
		parts := activation(t)
		payload := parts[0][:7] + parts[1][:7] + parts[2][:7] + parts[3][:7]
		want, err := hkdf.Key(sha256.New, []byte(payload), []byte("mobipass-v1"), "ocra", 32)
		if err != nil {
			t.Fatal(err)
		}
		if got := activationKey(t, parts); !bytes.Equal(got, want) {
			t.Errorf("Key = %x, want %x of the 28 digits", got, want)
		}
	})
	t.Run("M19 lengths and check digits are the bank's", func(t *testing.T) {
		guide := []string{"45678899", "6655666", "86566664", "45677777"}
		open24 := otp.PartRule{Lengths: []int{8, 7, 8, 8}}
		key, err := open24.Key(guide)
		if err != nil || len(key) != otp.MobiKeyLen {
			t.Errorf("Key of the guide's example = %x %v", key, err)
		}
		spaced, err := open24.Key([]string{" 4567 8899", "6655666", "86566664", "45677777\n"})
		if err != nil || !bytes.Equal(spaced, key) {
			t.Errorf("Key with white space = %x %v, want the same", spaced, err)
		}
		parts, err := open24.NewActivation()
		if err != nil || len(parts) != 4 || len(parts[1]) != 7 {
			t.Errorf("NewActivation = %q %v", parts, err)
		}
		for want, changed := range map[int][]string{
			1: {"4567889", "6655666", "86566664", "45677777"}, 2: {"45678899", "66556667", "86566664", "45677777"},
			3: {"45678899", "6655666", "8656666x", "45677777"}, 4: {"45678899", "6655666", "86566664", ""},
		} {
			_, err := open24.Key(changed)
			if e, ok := errors.AsType[*otp.PartError](err); !ok || e.Part != want || strings.Contains(err.Error(), "566") {
				t.Errorf("Key(%q) = %v, want part %d and no digits of it", changed, err, want)
			}
		}
		if _, err := open24.Key(guide[:3]); err == nil {
			t.Error("Key of three parts = nil error")
		}
	})
}

func TestNewPIN(t *testing.T) {
	refused := 0
	for n := range 10_000 {
		pin := fmt.Sprintf("%04d", n)
		switch err := otp.CheckNewPIN([]byte(pin)); {
		case err == nil:
		case errors.Is(err, otp.ErrPINTrivial):
			refused++
		default:
			t.Fatalf("CheckNewPIN(%s) = %v", pin, err)
		}
	}
	if refused != 30 {
		t.Errorf("M13 %d PINs are too easy, want 30", refused)
	}
	for _, c := range []struct {
		item, pin string
		want      error
	}{
		{"M12 M64 named", "1234", otp.ErrPINTrivial}, {"M12 M64 named", "1111", otp.ErrPINTrivial}, {"M12 M64 named", "5555", otp.ErrPINTrivial},
		{"M13 S50 around the end", "8901", otp.ErrPINTrivial}, {"M13 S50 falling", "1098", otp.ErrPINTrivial}, {"M13 S50 by two", "2468", nil},
		{"M11 three", "258", otp.ErrPINForm}, {"M11 five", "25803", otp.ErrPINForm}, {"M11 letter", "258a", otp.ErrPINForm},
		{"M11 none", "", otp.ErrPINForm}, {"M11 other digits", "٢٥", otp.ErrPINForm}, {"M11 good", "2580", nil},
	} {
		t.Run(c.item+" "+c.pin, func(t *testing.T) {
			if err := otp.CheckNewPIN([]byte(c.pin)); !errors.Is(err, c.want) {
				t.Errorf("CheckNewPIN = %v, want %v", err, c.want)
			}
		})
	}
}
