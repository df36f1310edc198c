package otp_test

import (
	"bytes"
	"crypto"
	"encoding/base32"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"testing"
	"time"

	"qoltanba/agent/agenttest/need"
	"qoltanba/agent/otp"
)

// rfc is the key of RFC 6238's examples, and how it is typed.
const (
	rfc    = "12345678901234567890"
	typed  = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
	typed2 = "GEZD GNBV-gy3t qojq gezd gnbv gy3t qojq"
)

func TestReadTyped(t *testing.T) {
	for text, want := range map[string]otp.Typed{
		typed:                                    {Hash: crypto.SHA1},
		"  " + typed2:                            {Hash: crypto.SHA1},
		"otpauth://totp/AB12345?secret=" + typed: {Hash: crypto.SHA1, Account: "AB12345"},
		"OTPAUTH://TOTP/Refbank:AB12345?secret=" + typed + "&issuer=Refbank&digits=6&period=30":              {Hash: crypto.SHA1, Issuer: "Refbank", Account: "AB12345"},
		"otpauth://totp/%D0%91%D0%B0%D0%BD%D0%BA%3A%20AB12345?algorithm=sha256&secret=" + typed + "&image=x": {Hash: crypto.SHA256, Issuer: "Банк", Account: "AB12345"},
		"otpauth://totp/?secret=" + typed + "&issuer=Ref+bank&algorithm=SHA512":                              {Hash: crypto.SHA512, Issuer: "Ref bank"},
	} {
		got, err := otp.ReadTyped([]byte(text))
		if err != nil || got.Hash != want.Hash || got.Issuer != want.Issuer || got.Account != want.Account || string(got.Secret) != rfc {
			t.Errorf("ReadTyped(%q) = %+v, %v", text, got, err)
		}
		got.Wipe()
		if bytes.Trim(got.Secret, "\x00") != nil {
			t.Error("Wipe left the secret")
		}
	}
}

func TestReadTypedRefuses(t *testing.T) {
	address := func(parameters string) string { return "otpauth://totp/A:B?secret=" + typed + parameters }
	for text, want := range map[string]error{
		"":                                      otp.ErrKeyShort,
		"JBSWY3DPEHPK3PXP":                      otp.ErrKeyShort, // 80 bits
		"GEZDGNBVGY3TQOJQGEZDGN1":               otp.ErrTyped,    // no such letter
		typed[:27] + "J":                        otp.ErrTyped,    // bits left over
		typed + "=A":                            otp.ErrTyped,
		"ГEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ":      otp.ErrTyped, // Cyrillic
		strings.Repeat("A", 3000):               otp.ErrTyped,
		strings.Repeat("A", 1000):               otp.ErrTyped,
		"https://bank.kz/?secret=" + typed:      otp.ErrTyped,
		"otpauth://totp/A":                      otp.ErrTyped,
		"otpauth://totp?secret=" + typed:        otp.ErrTyped,
		"otpauth://totp/A/B?secret=" + typed:    otp.ErrTyped,
		"otpauth://steam/A?secret=" + typed:     otp.ErrTyped,
		"otpauth://totp/A?issuer=B":             otp.ErrTyped,
		"otpauth://totp/A%2?secret=" + typed:    otp.ErrTyped,
		"otpauth://hotp/A?secret=" + typed:      otp.ErrCodeKind,
		address("&digits=8"):                    otp.ErrCodeKind,
		address("&period=60"):                   otp.ErrCodeKind,
		address("&period=30&period=30"):         otp.ErrTyped,
		address("&secret=" + typed):             otp.ErrTyped,
		address("&issuer=Other"):                otp.ErrTyped,
		address("&issuer=%2"):                   otp.ErrTyped,
		address("&offset=5"):                    otp.ErrTyped,
		"otpauth://totp/A?secret=" + typed[:16]: otp.ErrKeyShort,
	} {
		if got, err := otp.ReadTyped([]byte(text)); !errors.Is(err, want) || got.Secret != nil {
			t.Errorf("ReadTyped(%q) = %+v, %v, want %v", text, got, err, want)
		}
	}
	_, err := otp.ReadTyped([]byte(address("&algorithm=MD5")))
	if unknown, ok := errors.AsType[*otp.AlgorithmError](err); !ok || unknown.Algorithm != "MD5" {
		t.Errorf("MD5: %v, want it named", err)
	}
}

// oathtool reads the same base32 and makes the same codes of it.
func TestReadTypedAsOathtoolDoes(t *testing.T) {
	oathtool := need.Program(t, "oathtool")
	for n := 16; n < 66; n++ {
		text := base32.StdEncoding.EncodeToString(seed(n))
		got, err := otp.ReadTyped([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		code, err := otp.TOTP(otp.HMAC(got.Hash, got.Secret), 6, otp.SpectraInterval, noon)
		if err != nil {
			t.Fatal(err)
		}
		out, err := exec.Command(oathtool, "--totp", "-b", text, "-N", noon.UTC().Format("2006-01-02 15:04:05 UTC")).Output()
		if strings.TrimSpace(string(out)) != code {
			t.Errorf("key of %d bytes: %s, oathtool %s %v", n, code, out, err)
		}
	}
}

func FuzzReadTyped(f *testing.F) {
	f.Add([]byte(typed))
	f.Add([]byte("otpauth://totp/Refbank:AB12345?secret=" + typed + "&issuer=Refbank&algorithm=SHA256&digits=6&period=30"))
	f.Fuzz(func(t *testing.T, text []byte) {
		before := bytes.Clone(text)
		got, err := otp.ReadTyped(text)
		if !bytes.Equal(before, text) {
			t.Error("the text was changed")
		}
		if err == nil && (len(got.Secret) < 16 || !got.Hash.Available()) {
			t.Errorf("ReadTyped = %+v", got)
		}
	})
}

func TestIssuedTokens(t *testing.T) {
	code := otp.PSKCKey{ID: "T1", Algorithm: otp.PSKCTOTP, Suite: "HMAC-SHA256", Digits: 6, Interval: 30 * time.Second, Secret: seed(32),
		Serial: "AB12345678", Issuer: "Refbank", Usage: []string{"OTP"}, PIN: &otp.PINPolicy{KeyID: "P1"}}
	pin := otp.PSKCKey{ID: "P1", Algorithm: otp.PSKCPIN, Secret: []byte("4821"), Serial: code.Serial}
	lock := otp.PSKCKey{ID: "L1", Algorithm: otp.PSKCOCRA, Suite: "OCRA-1:HOTP-SHA256-7:C-QA10", Secret: seed(33), Serial: code.Serial}
	unlock := otp.PSKCKey{ID: "U1", Algorithm: otp.PSKCOCRA, Suite: "OCRA-1:HOTP-SHA256-8:C-QA17", Secret: seed(34), Serial: code.Serial, Usage: []string{"Unlock"}}
	with := func(change func(*otp.PSKCKey)) otp.PSKCKey { k := code; change(&k); return k }
	derivedLock, derivedUnlock, err := otp.DeriveSpectra(code.Secret, code.Serial)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		keys     []otp.PSKCKey
		startPIN string
		lock     []byte
		unlock   []byte
		pin      string
	}{
		"S26 all in the file":      {[]otp.PSKCKey{unlock, pin, code, lock}, "", lock.Secret, unlock.Secret, "4821"},
		"derived":                  {[]otp.PSKCKey{code, pin}, "", derivedLock, derivedUnlock, "4821"},
		"another's lock":           {[]otp.PSKCKey{code, pin, {Algorithm: otp.PSKCOCRA, Suite: lock.Suite, Serial: "other", Secret: seed(9)}}, "", derivedLock, derivedUnlock, "4821"},
		"S26 start PIN by letter":  {[]otp.PSKCKey{with(func(k *otp.PSKCKey) { k.PIN = nil })}, "7391", derivedLock, derivedUnlock, "7391"},
		"the file's goes before":   {[]otp.PSKCKey{code, pin}, "7391", derivedLock, derivedUnlock, "4821"},
		"the id is the serial one": {[]otp.PSKCKey{with(func(k *otp.PSKCKey) { k.ID, k.Serial, k.PIN = code.Serial, "", nil })}, "7391", derivedLock, derivedUnlock, "7391"},
	} {
		got, err := otp.IssuedTokens(c.keys, []byte(c.startPIN), noon)
		if err != nil || len(got) != 1 {
			t.Errorf("%s: %d tokens, %v", name, len(got), err)
			continue
		}
		i := got[0]
		if i.Serial != code.Serial || i.Hash != crypto.SHA256 || i.Issuer != "Refbank" || string(i.StartPIN) != c.pin ||
			!bytes.Equal(i.Code, code.Secret) || !bytes.Equal(i.Lock, c.lock) || !bytes.Equal(i.Unlock, c.unlock) {
			t.Errorf("%s: %+v", name, i)
		}
		if i.Wipe(); !bytes.Equal(code.Secret, seed(32)) || bytes.Trim(i.Code, "\x00") != nil {
			t.Errorf("%s: Wipe wiped the file's key, or not its own", name)
		}
	}
	second := with(func(k *otp.PSKCKey) { k.ID, k.Serial = "T2", "CD12345678" })
	if got, err := otp.IssuedTokens([]otp.PSKCKey{code, pin, second}, nil, noon); err != nil || len(got) != 2 || got[1].Serial != second.Serial {
		t.Errorf("two tokens: %d, %v", len(got), err)
	}
	for name, c := range map[string]struct {
		keys []otp.PSKCKey
		want error
	}{
		"nothing":       {nil, otp.ErrNoToken},
		"MobiPass":      {[]otp.PSKCKey{{ID: "O", Algorithm: otp.PSKCOCRA, Suite: "OCRA-1:HOTP-SHA256-6:QA06", Secret: seed(32)}}, otp.ErrNoToken},
		"no PIN":        {[]otp.PSKCKey{code}, otp.ErrNoStartPIN},
		"long PIN":      {[]otp.PSKCKey{code, {ID: "P1", Algorithm: otp.PSKCPIN, Secret: []byte("48211")}}, otp.ErrPINForm},
		"one of two":    {[]otp.PSKCKey{code, pin, lock}, otp.ErrNoToken},
		"eight digits":  {[]otp.PSKCKey{pin, with(func(k *otp.PSKCKey) { k.Digits = 8 })}, otp.ErrCodeKind},
		"a minute":      {[]otp.PSKCKey{pin, with(func(k *otp.PSKCKey) { k.Interval = time.Minute })}, otp.ErrCodeKind},
		"for signing":   {[]otp.PSKCKey{pin, with(func(k *otp.PSKCKey) { k.Usage = []string{"CR"} })}, otp.ErrNoToken},
		"expired":       {[]otp.PSKCKey{pin, with(func(k *otp.PSKCKey) { k.Expiry = noon })}, otp.ErrExpired},
		"not yet":       {[]otp.PSKCKey{pin, with(func(k *otp.PSKCKey) { k.Start = noon.Add(1) })}, otp.ErrExpired},
		"short":         {[]otp.PSKCKey{pin, with(func(k *otp.PSKCKey) { k.Secret = seed(10) })}, otp.ErrKeyShort},
		"two locks":     {[]otp.PSKCKey{code, pin, lock, unlock, lock}, otp.ErrNoToken},
		"two unlocks":   {[]otp.PSKCKey{code, pin, unlock, lock, unlock}, otp.ErrNoToken},
		"two PINs":      {[]otp.PSKCKey{pin, code, pin}, otp.ErrNoToken},
		"second is bad": {[]otp.PSKCKey{code, pin, with(func(k *otp.PSKCKey) { k.Digits = 8 })}, otp.ErrCodeKind},
	} {
		if got, err := otp.IssuedTokens(c.keys, nil, noon); !errors.Is(err, c.want) || got != nil {
			t.Errorf("%s: %v, %v, want %v", name, got, err, c.want)
		}
	}
	_, err = otp.IssuedTokens([]otp.PSKCKey{pin, with(func(k *otp.PSKCKey) { k.Suite = "HMAC-MD5" })}, nil, noon)
	if unknown, ok := errors.AsType[*otp.AlgorithmError](err); !ok || unknown.Algorithm != "HMAC-MD5" {
		t.Errorf("HMAC-MD5: %v, want it named", err)
	}
	if _, err := otp.IssuedTokens([]otp.PSKCKey{pin, with(func(k *otp.PSKCKey) { k.Serial = "A-1" })}, nil, noon); err == nil || !strings.Contains(err.Error(), fmt.Sprintf("%q", "A-1")) {
		t.Errorf("bad serial number: %v", err)
	}
}
