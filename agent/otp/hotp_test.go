package otp_test

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"os/exec"
	"strings"
	"testing"
	"time"

	"qoltanba/agent/agenttest/need"
	"qoltanba/agent/otp"
)

func TestTOTPVectors(t *testing.T) {
	hashes := map[string]crypto.Hash{"SHA1": crypto.SHA1, "SHA256": crypto.SHA256, "SHA512": crypto.SHA512}
	v := load(t)
	if len(v.TOTP) != 18 {
		t.Fatalf("%d vectors, want 18", len(v.TOTP))
	}
	for _, c := range v.TOTP {
		h := hashes[c.Mode]
		at := time.Unix(c.Time, 0)
		if got, err := otp.TOTP(otp.HMAC(h, seed(h.Size())), 8, 30*time.Second, at); err != nil || got != c.OTP {
			t.Errorf("TOTP(%s, %d) = %q %v, want %s", c.Mode, c.Time, got, err, c.OTP)
		}
		if got := fmt.Sprintf("%016X", otp.Step(at, 30*time.Second)); got != c.T {
			t.Errorf("Step(%d) = %s, want %s", c.Time, got, c.T)
		}
	}
}

// RFC 4226 appendix D.
func TestHOTPVectors(t *testing.T) {
	mac := otp.HMAC(crypto.SHA1, seed(20))
	for n, want := range strings.Fields("755224 287082 359152 969429 338314 254676 287922 162583 399871 520489") {
		if got, err := otp.HOTP(mac, 6, uint64(n)); err != nil || got != want {
			t.Errorf("HOTP(%d) = %q %v, want %s", n, got, err, want)
		}
	}
	for _, digits := range []int{-1, 0, 5, 9} {
		if got, err := otp.HOTP(mac, digits, 1); err == nil {
			t.Errorf("HOTP with %d digits = %q, want an error", digits, got)
		}
	}
	if got, err := otp.TOTP(mac, 6, 0, time.Now()); err == nil {
		t.Errorf("TOTP with no interval = %q, want an error", got)
	}
}

func TestCodes(t *testing.T) {
	const interval = 30 * time.Second
	at := time.Unix(1_700_000_010, 0) // the start of a step
	code := func(key []byte, at time.Time) string {
		t.Helper()
		got, err := otp.TOTP(otp.HMAC(crypto.SHA1, key), 6, interval, at)
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	t.Run("S1 code depends on time and token", func(t *testing.T) {
		if a, b := code(seed(20), at), code(seed(21), at); a == b {
			t.Errorf("two keys give %s", a)
		}
		if a, b := code(seed(20), at), code(seed(20), at.Add(interval)); a == b {
			t.Errorf("two steps give %s", a)
		}
	})
	t.Run("S2 code is the same for 30 seconds", func(t *testing.T) {
		first, last := code(seed(20), at), code(seed(20), at.Add(interval-time.Nanosecond))
		if before := code(seed(20), at.Add(-time.Nanosecond)); first != last || before == first {
			t.Errorf("codes are %s, %s, %s, want the last two equal", before, first, last)
		}
	})
	t.Run("S4 six digits with leading zeros", func(t *testing.T) {
		zeros := 0
		for n := range 1000 {
			got := code(seed(20), at.Add(time.Duration(n)*interval))
			if len(got) != 6 || strings.Trim(got, "0123456789") != "" {
				t.Fatalf("code is %q", got)
			}
			if got[0] == '0' {
				zeros++
			}
		}
		if zeros == 0 {
			t.Error("no code of 1000 begins with 0")
		}
	})
	t.Run("S15 seconds left", func(t *testing.T) {
		for after, want := range map[time.Duration]time.Duration{0: 30 * time.Second, time.Second: 29 * time.Second, 29 * time.Second: time.Second} {
			if got := otp.Left(at.Add(after), interval); got != want {
				t.Errorf("Left after %v = %v, want %v", after, got, want)
			}
		}
	})
	if got := otp.Step(time.Unix(-1, 0), interval); got != 0 {
		t.Errorf("Step before 1970 = %d, want 0", got)
	}
}

func TestOathtool(t *testing.T) {
	oathtool := need.Program(t, "oathtool")
	for n := range 30 {
		h := []crypto.Hash{crypto.SHA1, crypto.SHA256, crypto.SHA512}[n%3]
		mode := []string{"sha1", "sha256", "sha512"}[n%3]
		key := make([]byte, 20+n)
		rand.Read(key)
		at := time.Unix(1_000_000_000+int64(n)*9_999_999, 0)
		cmd := exec.Command(oathtool, "--totp="+mode, "--digits=6", "--now="+at.UTC().Format("2006-01-02 15:04:05 UTC"), "-")
		cmd.Stdin = strings.NewReader(hex.EncodeToString(key))
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("oathtool: %v", err)
		}
		if got, err := otp.TOTP(otp.HMAC(h, key), 6, 30*time.Second, at); err != nil || got != string(bytes.TrimSpace(out)) {
			t.Errorf("TOTP(%s, %v) = %q %v, oathtool says %s", mode, at, got, err, out)
		}
	}
}
