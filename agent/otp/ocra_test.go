package otp_test

import (
	"bytes"
	"crypto"
	"crypto/sha1"
	"encoding/json"
	"errors"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"qoltanba/agent/otp"
)

// vectors were taken by program out of RFC 6287 appendix C and RFC 6238 appendix B.
type vectors struct {
	OCRA []struct {
		Suite, Key, OTP, Q, P, T string
		C                        uint64
	}
	TOTP []struct {
		Time         int64
		T, OTP, Mode string
	}
}

func load(t testing.TB) (v vectors) {
	t.Helper()
	b, err := os.ReadFile("testdata/otp.json")
	if err == nil {
		err = json.Unmarshal(b, &v)
	}
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// seed is the key of the RFCs: "1234567890" repeated.
func seed(size int) []byte { return bytes.Repeat([]byte("1234567890"), 7)[:size] }

func suite(t testing.TB, text string) otp.Suite {
	t.Helper()
	s, err := otp.ParseSuite(text)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestOCRAVectors(t *testing.T) {
	sizes := map[crypto.Hash]int{crypto.SHA1: 20, crypto.SHA256: 32, crypto.SHA512: 64}
	v := load(t)
	if len(v.OCRA) != 70 {
		t.Fatalf("%d vectors, want 70", len(v.OCRA))
	}
	pin := sha1.Sum([]byte("1234"))
	for _, c := range v.OCRA {
		s := suite(t, c.Suite)
		in := otp.Input{Counter: c.C, Challenge: c.Q}
		if c.P != "" {
			in.PINHash = pin[:]
		}
		if c.T != "" {
			n, err := strconv.ParseInt(c.T, 16, 64)
			if err != nil {
				t.Fatal(err)
			}
			in.Time = time.Unix(n*60, 0)
		}
		if got, err := s.Response(otp.HMAC(s.Hash, seed(sizes[s.Hash])), in); err != nil || got != c.OTP {
			t.Errorf("%s of %q = %q %v, want %s", s, c.Q, got, err, c.OTP)
		}
	}
}

func TestParseSuite(t *testing.T) {
	for text, want := range map[string]otp.Suite{
		"OCRA-1:HOTP-SHA1-6:QN08":                   {Hash: crypto.SHA1, Digits: 6, Format: 'N', Length: 8},
		"OCRA-1:HOTP-SHA512-0:QH64":                 {Hash: crypto.SHA512, Format: 'H', Length: 64},
		"OCRA-1:HOTP-SHA256-10:C-QA04-PSHA256-S512": {Hash: crypto.SHA256, Digits: 10, Counter: true, Format: 'A', Length: 4, PIN: crypto.SHA256, SessionLen: 512},
		"OCRA-1:HOTP-SHA1-4:QN10-S064-T59S":         {Hash: crypto.SHA1, Digits: 4, Format: 'N', Length: 10, SessionLen: 64, TimeStep: 59 * time.Second},
		"OCRA-1:HOTP-SHA1-4:QN10-T48H":              {Hash: crypto.SHA1, Digits: 4, Format: 'N', Length: 10, TimeStep: 48 * time.Hour},
		"OCRA-1:HOTP-SHA1-8:QA10-PSHA1-T1M":         {Hash: crypto.SHA1, Digits: 8, Format: 'A', Length: 10, PIN: crypto.SHA1, TimeStep: time.Minute},
	} {
		got, err := otp.ParseSuite(text)
		if err != nil || got.String() != text {
			t.Errorf("ParseSuite(%s) = %v %v", text, got, err)
		}
		if again, _ := otp.ParseSuite(text); again != got {
			t.Errorf("ParseSuite(%s) differs from itself", text)
		}
		if got.Hash != want.Hash || got.Digits != want.Digits || got.Counter != want.Counter || got.Format != want.Format ||
			got.Length != want.Length || got.PIN != want.PIN || got.SessionLen != want.SessionLen || got.TimeStep != want.TimeStep {
			t.Errorf("ParseSuite(%s) = %+v, want %+v", text, got, want)
		}
	}
	for _, text := range []string{
		"", "OCRA-1", "OCRA-1:HOTP-SHA1-6", "OCRA-2:HOTP-SHA1-6:QN08", "ocra-1:HOTP-SHA1-6:QN08", "OCRA-1:TOTP-SHA1-6:QN08",
		"OCRA-1:HOTP-SHA3-6:QN08", "OCRA-1:HOTP-SHA1:QN08", "OCRA-1:HOTP-SHA1-3:QN08", "OCRA-1:HOTP-SHA1-11:QN08",
		"OCRA-1:HOTP-SHA1-06:QN08", "OCRA-1:HOTP-SHA1-+6:QN08", "OCRA-1:HOTP-SHA1-6-6:QN08", "OCRA-1:HOTP-SHA1-6:",
		"OCRA-1:HOTP-SHA1-6:C", "OCRA-1:HOTP-SHA1-6:C-", "OCRA-1:HOTP-SHA1-6:QX08", "OCRA-1:HOTP-SHA1-6:QN03", "OCRA-1:HOTP-SHA1-6:QN65",
		"OCRA-1:HOTP-SHA1-6:QN8", "OCRA-1:HOTP-SHA1-6:QN+8", "OCRA-1:HOTP-SHA1-6:QN08-C", "OCRA-1:HOTP-SHA1-6:QN08-PSHA3",
		"OCRA-1:HOTP-SHA1-6:QN08-P", "OCRA-1:HOTP-SHA1-6:QN08-T60M", "OCRA-1:HOTP-SHA1-6:QN08-T0H", "OCRA-1:HOTP-SHA1-6:QN08-T49H",
		"OCRA-1:HOTP-SHA1-6:QN08-T01M", "OCRA-1:HOTP-SHA1-6:QN08-T10X", "OCRA-1:HOTP-SHA1-6:QN08-T", "OCRA-1:HOTP-SHA1-6:QN08-TM",
		"OCRA-1:HOTP-SHA1-6:QN08-S64", "OCRA-1:HOTP-SHA1-6:QN08-S000", "OCRA-1:HOTP-SHA1-6:QN08-S513", "OCRA-1:HOTP-SHA1-6:QN08-S+64",
		"OCRA-1:HOTP-SHA1-6:QN08-T1M-PSHA1", "OCRA-1:HOTP-SHA1-6:QN08-T1M-T1M", "OCRA-1:HOTP-SHA1-6:QN08-",
		"OCRA-1:HOTP-SHA1-6:QN08-X", "OCRA-1:HOTP-SHA1-6:QN08:", "OCRA-1:HOTP-SHA1-6:QN08-T1M-", " OCRA-1:HOTP-SHA1-6:QN08",
	} {
		if s, err := otp.ParseSuite(text); err == nil {
			t.Errorf("ParseSuite(%q) = %+v, want an error", text, s)
		}
	}
}

func TestOCRAInput(t *testing.T) {
	asked := 0
	key := seed(64)
	counting := func(m []byte) ([]byte, error) { asked++; return otp.HMAC(crypto.SHA256, key)(m) }
	now := time.Unix(1_700_000_000, 0)
	for _, c := range []struct {
		name, suite string
		in          otp.Input
		good        bool
	}{
		{"decimal", "OCRA-1:HOTP-SHA256-6:QN08", otp.Input{Challenge: "123456"}, true},
		{"two joined", "OCRA-1:HOTP-SHA256-6:QN08", otp.Input{Challenge: "1234567812345678"}, true},
		{"hexadecimal, odd", "OCRA-1:HOTP-SHA256-6:QH08", otp.Input{Challenge: "12abCDe"}, true},
		{"session", "OCRA-1:HOTP-SHA256-6:QN08-S064", otp.Input{Challenge: "123456", Session: []byte("s")}, true},
		{"time", "OCRA-1:HOTP-SHA256-6:QN08-T1M", otp.Input{Challenge: "123456", Time: now}, true},
		{"whole MAC", "OCRA-1:HOTP-SHA256-0:QN08", otp.Input{Challenge: "1234"}, true},
		{"short (IC4)", "OCRA-1:HOTP-SHA256-8:QA08", otp.Input{Challenge: "1234567"}, false},
		{"empty", "OCRA-1:HOTP-SHA256-0:QN08", otp.Input{}, false},
		{"long", "OCRA-1:HOTP-SHA256-6:QN08", otp.Input{Challenge: "123456789"}, false},
		{"letter", "OCRA-1:HOTP-SHA256-6:QN08", otp.Input{Challenge: "12345a"}, false},
		{"space", "OCRA-1:HOTP-SHA256-6:QA08", otp.Input{Challenge: "123 456"}, false},
		{"not hexadecimal", "OCRA-1:HOTP-SHA256-6:QH08", otp.Input{Challenge: "12345g"}, false},
		{"counter unasked", "OCRA-1:HOTP-SHA256-6:QN08", otp.Input{Challenge: "123456", Counter: 1}, false},
		{"no PIN", "OCRA-1:HOTP-SHA256-6:QN08-PSHA1", otp.Input{Challenge: "123456"}, false},
		{"PIN unasked", "OCRA-1:HOTP-SHA256-6:QN08", otp.Input{Challenge: "123456", PINHash: key[:20]}, false},
		{"long session", "OCRA-1:HOTP-SHA256-6:QN08-S001", otp.Input{Challenge: "123456", Session: key}, false},
		{"no time", "OCRA-1:HOTP-SHA256-6:QN08-T1M", otp.Input{Challenge: "123456"}, false},
		{"time unasked", "OCRA-1:HOTP-SHA256-6:QN08", otp.Input{Challenge: "123456", Time: now}, false},
	} {
		asked = 0
		s := suite(t, c.suite)
		got, err := s.Response(counting, c.in)
		if (err == nil) != c.good || (asked == 1) != c.good {
			t.Errorf("%s: Response = %q %v after %d MACs, want good %v", c.name, got, err, asked, c.good)
		}
		if want := map[bool]int{true: 64, false: s.Digits}[s.Digits == 0]; c.good && len(got) != want {
			t.Errorf("%s: Response = %q, want %d characters", c.name, got, want)
		}
	}
	if _, err := (otp.Suite{}).Response(counting, otp.Input{Challenge: "123456"}); err == nil {
		t.Error("Response of no suite = nil error")
	}
}

// A key in a token: what it answers is not trusted, and its error is passed on.
func TestMACSeam(t *testing.T) {
	gone := errors.New("token was taken out")
	s := suite(t, "OCRA-1:HOTP-SHA256-6:QA06")
	in := otp.Input{Challenge: "338609"}
	if _, err := s.Response(func([]byte) ([]byte, error) { return nil, gone }, in); !errors.Is(err, gone) {
		t.Errorf("Response = %v, want the MAC's error", err)
	}
	if _, err := s.Response(otp.HMAC(crypto.SHA1, seed(20)), in); err == nil || !strings.Contains(err.Error(), "20 bytes") {
		t.Errorf("Response with HMAC-SHA1 = %v, want an error", err)
	}
	if _, err := otp.HOTP(func([]byte) ([]byte, error) { return make([]byte, 19), nil }, 6, 1); err == nil {
		t.Error("HOTP with a short MAC = nil error")
	}
	if _, err := otp.HOTP(func([]byte) ([]byte, error) { return nil, gone }, 6, 1); !errors.Is(err, gone) {
		t.Errorf("HOTP = %v, want the MAC's error", err)
	}
}

// TestQNCollides is why no suite of ours uses QN: 62,499 of a million decimal
// challenges share their response with a smaller one; with QA none does. The data
// input itself is compared, so that no hash has to be tried.
func TestQNCollides(t *testing.T) {
	field := func(text string) func(n int) string {
		s, got := suite(t, text), ""
		mac := func(m []byte) ([]byte, error) {
			got = string(m[len(text)+1:][:8])
			return make([]byte, 32), nil
		}
		return func(n int) string {
			digits := strconv.Itoa(1_000_000 + n)[1:]
			if _, err := s.Response(mac, otp.Input{Challenge: digits}); err != nil {
				t.Fatal(err)
			}
			return got
		}
	}
	for text, want := range map[string]int{"OCRA-1:HOTP-SHA256-6:QN06": 62_499, "OCRA-1:HOTP-SHA256-6:QA06": 0} {
		of := field(text)
		seen := make(map[string]bool, 1_000_000)
		shared := 0
		for n := range 1_000_000 {
			f := of(n)
			if seen[f] {
				shared++
			}
			seen[f] = true
		}
		if shared != want {
			t.Errorf("%s: %d challenges share a data input, want %d", text, shared, want)
		}
	}
	s := suite(t, "OCRA-1:HOTP-SHA256-6:QN06")
	for _, q := range []string{"021163", "338608"} {
		if got, err := s.Response(otp.HMAC(s.Hash, seed(32)), otp.Input{Challenge: q}); got != "493201" {
			t.Errorf("Response(%s) = %q %v, want 493201", q, got, err)
		}
	}
}

func FuzzParseSuite(f *testing.F) {
	for _, text := range []string{
		"OCRA-1:HOTP-SHA1-6:QN08", "OCRA-1:HOTP-SHA512-0:C-QH64-PSHA256-S064-T48H", "OCRA-1:HOTP-SHA256-8:QA10-T1M", "OCRA-1:HOTP-SHA256-7:C-QA", "OCRA-1::",
	} {
		f.Add(text, "12345678")
	}
	f.Fuzz(func(t *testing.T, text, challenge string) {
		s, err := otp.ParseSuite(text)
		if err != nil {
			return
		}
		if s.String() != text || s.Length < 4 || s.Length > 64 || s.Digits < 0 || s.Digits > 10 {
			t.Errorf("ParseSuite(%q) = %+v", text, s)
		}
		in := otp.Input{Challenge: challenge, Session: make([]byte, s.SessionLen)}
		if s.PIN != 0 {
			in.PINHash = make([]byte, s.PIN.Size())
		}
		if s.TimeStep != 0 {
			in.Time = time.Unix(0, 0)
		}
		got, err := s.Response(otp.HMAC(s.Hash, seed(20)), in)
		if err == nil && s.Digits != 0 && len(got) != s.Digits {
			t.Errorf("Response of %q = %q", text, got)
		}
	})
}
