package otp_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"qoltanba/agent/agenttest/need"
	"qoltanba/agent/otp"
)

func figure(t testing.TB, n string) []byte {
	t.Helper()
	b, err := os.ReadFile("testdata/rfc6030-figure" + n + ".xml")
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func unhex(t testing.TB, text string) []byte {
	t.Helper()
	b, err := hex.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// The figures of RFC 6030: plain, with a PIN policy, under a pre-shared key, under
// a password.
func TestPSKCFigures(t *testing.T) {
	digits := []byte("12345678901234567890")
	preShared := otp.Transport{Key: unhex(t, "12345678901234567890123456789012")}
	for n, c := range map[string]struct {
		transport otp.Transport
		want      []otp.PSKCKey
	}{
		"2": {want: []otp.PSKCKey{{ID: "12345678", Algorithm: otp.PSKCHOTP, Issuer: "Issuer-A", Secret: []byte("1234")}}},
		"3": {want: []otp.PSKCKey{{ID: "12345678", Algorithm: otp.PSKCHOTP, Issuer: "Issuer", Digits: 8, Secret: digits,
			Manufacturer: "Manufacturer", Serial: "987654321", User: "UID=jsmith,DC=example-bank,DC=net"}}},
		"5": {want: []otp.PSKCKey{
			{ID: "12345678", Algorithm: otp.PSKCHOTP, Issuer: "Issuer", Digits: 8, Secret: digits, Manufacturer: "Manufacturer", Serial: "987654321",
				Usage: []string{"OTP"}, PIN: &otp.PINPolicy{KeyID: "123456781", UsageMode: "Local", MinLength: 4, MaxLength: 4, Encoding: "DECIMAL"}},
			{ID: "123456781", Algorithm: otp.PSKCPIN, Issuer: "Issuer", Digits: 4, Secret: []byte("1234"), Manufacturer: "Manufacturer", Serial: "987654321"}}},
		"6": {preShared, []otp.PSKCKey{{ID: "12345678", Algorithm: otp.PSKCHOTP, Issuer: "Issuer", Digits: 8, Secret: digits,
			Manufacturer: "Manufacturer", Serial: "987654321"}}},
		"7": {otp.Transport{Password: []byte("qwerty")}, []otp.PSKCKey{{ID: "123456", Algorithm: otp.PSKCHOTP, Issuer: "Example-Issuer", Digits: 8,
			Secret: digits, Manufacturer: "TokenVendorAcme", Serial: "987654321"}}},
	} {
		if got, err := otp.ReadPSKC(figure(t, n), c.transport); err != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("figure %s: ReadPSKC = %+v %v,\nwant %+v", n, got, err, c.want)
		}
	}
}

func TestPSKCRefused(t *testing.T) {
	key := otp.Transport{Key: unhex(t, "12345678901234567890123456789012")}
	change := func(n, old, young string) []byte {
		t.Helper()
		f := figure(t, n)
		if !bytes.Contains(f, []byte(old)) {
			t.Fatalf("figure %s has no %q", n, old)
		}
		return bytes.Replace(f, []byte(old), []byte(young), 1)
	}
	algorithm := func(use string) func(error) bool {
		return func(err error) bool {
			e, ok := errors.AsType[*otp.AlgorithmError](err)
			return ok && e.Use == use
		}
	}
	is := func(want error) func(error) bool { return func(err error) bool { return errors.Is(err, want) } }
	says := func(text string) func(error) bool {
		return func(err error) bool { return err != nil && strings.Contains(err.Error(), text) }
	}
	for name, c := range map[string]struct {
		file      []byte
		transport otp.Transport
		want      func(error) bool
	}{
		"no key":            {figure(t, "6"), otp.Transport{}, is(otp.ErrEncrypted)},
		"no key, name told": {figure(t, "6"), otp.Transport{}, says(`"Pre-shared-key"`)},
		"no password":       {figure(t, "7"), key, says(`"My Password 1"`)},
		"wrong key":         {figure(t, "6"), otp.Transport{Key: unhex(t, "12345678901234567890123456789013")}, is(otp.ErrMAC)},
		"wrong password":    {figure(t, "7"), otp.Transport{Password: []byte("qwertz")}, is(otp.ErrMAC)},
		"long key":          {figure(t, "6"), otp.Transport{Key: make([]byte, 32)}, says("key of 32 bytes")},
		"wrong MAC":         {change("6", "Su+N", "Su+M"), key, is(otp.ErrMAC)},
		"changed value":     {change("6", "AAECAwQF", "AAECAwQG"), key, is(otp.ErrMAC)},
		"no MAC":            {change("6", "Su+NvtQfmvfJzF6bmQiJqoLRExc=", ""), key, says("no MAC")},
		"cut off":           {change("6", "AAECAwQFBgcICQoLDA0OD+cIHItlB3Wra1DUpxVvOx2lef1VmNPCMl8jwZqIUqGv", "AAEC"), key, is(otp.ErrMAC)},
		"cut off MAC key":   {change("6", "ESIzRFVmd4iZABEiM0RVZgKn6WjLaTC1sbeBMSvIhRejN9vJa2BOlSaMrR7I5wSX", "AAEC"), key, says("cut off")},
		"MAC algorithm":     {change("6", "xmldsig#hmac-sha1", "xmldsig#hmac-md5"), key, algorithm("MAC")},
		"cipher of the MAC": {change("6", "xmlenc#aes128-cbc", "xmlenc#tripledes-cbc"), key, algorithm("encryption")},
		"key derivation":    {change("7", "5v2-0#pbkdf2", "5v2-0#pbkdf1"), otp.Transport{Password: []byte("qwerty")}, algorithm("key derivation")},
		"PRF":               {change("7", "<PRF/>", `<PRF Algorithm="x"/>`), otp.Transport{Password: []byte("qwerty")}, algorithm("PBKDF2")},
		"key algorithm":     {change("3", "pskc:hotp", "pskc:secureid"), key, algorithm("key")},
		"iterations":        {change("7", ">1000<", ">1000000000<"), otp.Transport{Password: []byte("qwerty")}, says("out of range")},
		"unknown policy":    {change("5", "<KeyUsage>", "<NumberOfTransactions>3</NumberOfTransactions><KeyUsage>"), key, says("must not be used")},
		"foreign policy":    {change("5", "<KeyUsage>", `<x:Rule xmlns:x="urn:x"/><KeyUsage>`), key, says("other:Rule")},
		"date":              {change("5", "<PINPolicy", "<ExpiryDate>soon</ExpiryDate><PINPolicy"), key, says("date")},
		"no secret":         {change("2", "<PlainValue>MTIzNA==\n          </PlainValue>", ""), key, says("no secret")},
		"not closed":        {change("2", "<Secret>", "<X><Secret>"), key, says("syntax")},
		"hexadecimal":       {change("3", `"DECIMAL"`, `"HEXADECIMAL"`), key, says("decimal")},
		"counter":           {change("3", "<PlainValue>0<", "<PlainValue>-1<"), key, says("out of range")},
		"base64":            {change("2", "MTIzNA==", "MTIz?A=="), key, says("base64")},
		"empty secret":      {change("2", "MTIzNA==", ""), key, says("empty")},
		"version":           {change("2", `Version="1.0"`, `Version="2.0"`), key, says("version")},
		"document type":     {change("2", "<KeyContainer", `<!DOCTYPE x [<!ENTITY a "b">]><KeyContainer`), key, says("document type")},
		"document type end": {append(figure(t, "2"), "<!DOCTYPE x>"...), key, says("document type")},
		"entity":            {change("2", "Issuer-A", "&a;"), key, says("entity")},
		"two documents":     {append(figure(t, "2"), "<x/>"...), key, says("more than one")},
		"text at the end":   {append(figure(t, "2"), "x"...), key, says("text after")},
		"namespace":         {change("2", "keyprov:pskc\"", "keyprov:other\""), key, says("KeyContainer")},
		"no keys":           {[]byte(`<KeyContainer Version="1.0" xmlns="urn:ietf:params:xml:ns:keyprov:pskc"/>`), key, says("no key package")},
		"too large":         {make([]byte, 4<<20+1), key, says("at most")},
		"nothing":           {nil, key, says("EOF")},
	} {
		if got, err := otp.ReadPSKC(c.file, c.transport); got != nil || err == nil || !c.want(err) {
			t.Errorf("%s: ReadPSKC = %+v %v", name, got, err)
		}
	}
	// What stands in a foreign namespace is not ours, whatever it is called.
	file := change("2", "<Data>", `<Data><x:Secret xmlns:x="urn:x"><PlainValue>AAAA</PlainValue></x:Secret>`)
	if got, err := otp.ReadPSKC(file, key); err != nil || string(got[0].Secret) != "1234" {
		t.Errorf("ReadPSKC with a foreign Secret = %v %v, want 1234", got, err)
	}
}

var written = []otp.PSKCKey{
	{ID: "T1", Algorithm: otp.PSKCTOTP, Suite: "HMAC-SHA256", Digits: 6, Interval: 30 * time.Second, Drift: -2, Secret: seed(32),
		Manufacturer: "Qoltanba", Serial: "AB12345678", Issuer: "Bank & Söhne", Name: "Token", User: "anna",
		Start: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), Expiry: time.Date(2036, 1, 1, 0, 0, 0, 0, time.UTC), Usage: []string{"OTP"},
		PIN: &otp.PINPolicy{KeyID: "P1", UsageMode: "Local", MaxFailedAttempts: 3, MinLength: 4, MaxLength: 4, Encoding: "DECIMAL"}},
	{ID: "P1", Algorithm: otp.PSKCPIN, Digits: 4, Secret: []byte("4821"), Serial: "AB12345678"},
	{ID: "H1", Algorithm: otp.PSKCHOTP, Digits: 6, Counter: 1 << 40, Secret: seed(20)},
	{ID: "O1", Algorithm: otp.PSKCOCRA, Suite: "OCRA-1:HOTP-SHA256-6:QA06", Digits: 6, Secret: seed(32), Usage: []string{"CR"}},
}

func TestWritePSKC(t *testing.T) {
	for name, transport := range map[string]otp.Transport{
		"plain":      {},
		"AES-128":    {Name: "shared", Key: make([]byte, 16)},
		"AES-192":    {Name: "shared", Key: make([]byte, 24)},
		"AES-256":    {Name: "shared", Key: make([]byte, 32)},
		"password":   {Name: "letter", Password: []byte("пароль"), Iterations: 1000},
		"no words":   {Password: []byte{}, Iterations: 1},
		"nameless":   {Key: make([]byte, 16)},
		"real count": {Password: []byte("p")},
	} {
		t.Run(name, func(t *testing.T) {
			file, err := otp.WritePSKC(written, transport)
			if err != nil {
				t.Fatal(err)
			}
			if got, err := otp.ReadPSKC(file, transport); err != nil || !reflect.DeepEqual(got, written) {
				t.Errorf("ReadPSKC = %+v %v,\nwant %+v of\n%s", got, err, written, file)
			}
			if plain := bytes.Contains(file, []byte("PlainValue>NDgyMQ==<")); plain != (name == "plain") {
				t.Errorf("start PIN is plain in the file: %v", plain)
			}
		})
	}
	for name, c := range map[string]struct {
		keys      []otp.PSKCKey
		transport otp.Transport
	}{
		"no keys":     {nil, otp.Transport{}},
		"no secret":   {[]otp.PSKCKey{{ID: "1", Algorithm: otp.PSKCHOTP}}, otp.Transport{}},
		"no id":       {[]otp.PSKCKey{{Algorithm: otp.PSKCHOTP, Secret: seed(20)}}, otp.Transport{}},
		"algorithm":   {[]otp.PSKCKey{{ID: "1", Algorithm: "x", Secret: seed(20)}}, otp.Transport{}},
		"key size":    {written, otp.Transport{Key: make([]byte, 15)}},
		"both":        {written, otp.Transport{Key: make([]byte, 16), Password: []byte("p")}},
		"slow at all": {written, otp.Transport{Password: []byte("p"), Iterations: 1 << 30}},
	} {
		if file, err := otp.WritePSKC(c.keys, c.transport); err == nil {
			t.Errorf("%s: WritePSKC = %s, want an error", name, file)
		}
	}
}

func TestPSKCWipe(t *testing.T) {
	k := otp.PSKCKey{Secret: []byte("secret")}
	k.Wipe()
	if string(k.Secret) != "\x00\x00\x00\x00\x00\x00" {
		t.Errorf("Secret after Wipe = %q, want zeros", k.Secret)
	}
}

// pskctool checks what we write against the schema, and reads it if it is plain: its
// parser knows no encryption, not even that of the RFC's figures.
func TestPskctool(t *testing.T) {
	pskctool := need.Program(t, "pskctool")
	run := func(file []byte, mode ...string) string {
		t.Helper()
		path := filepath.Join(t.TempDir(), "keys.xml")
		if err := os.WriteFile(path, file, 0o600); err != nil {
			t.Fatal(err)
		}
		out, err := exec.Command(pskctool, append(mode, path)...).CombinedOutput()
		if err != nil {
			t.Errorf("pskctool %s = %v: %s of\n%s", mode, err, out, file)
		}
		return string(out)
	}
	for name, transport := range map[string]otp.Transport{
		"plain": {}, "key": {Name: "k", Key: make([]byte, 16)}, "password": {Name: "p", Password: []byte("p"), Iterations: 1},
	} {
		file, err := otp.WritePSKC(written, transport)
		if err != nil {
			t.Fatal(err)
		}
		if out := run(file, "--validate"); !strings.Contains(out, "OK") {
			t.Errorf("pskctool --validate of the %s file says %q, want OK", name, out)
		}
		if name != "plain" {
			continue
		}
		out := run(file, "--strict", "--info")
		for _, want := range []string{base64.StdEncoding.EncodeToString(seed(32)), "AB12345678", "Bank & Söhne", "TimeInterval: 30", "Max Failed Attempts: 3", "HMAC-SHA256"} {
			if !strings.Contains(out, want) {
				t.Errorf("pskctool --info does not say %q:\n%s", want, out)
			}
		}
	}
}

func FuzzReadPSKC(f *testing.F) {
	for _, n := range []string{"2", "3", "5", "6", "7"} {
		f.Add(figure(f, n))
	}
	file, err := otp.WritePSKC(written, otp.Transport{})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(file)
	transport := otp.Transport{Key: unhex(f, "12345678901234567890123456789012")}
	f.Fuzz(func(t *testing.T, file []byte) {
		keys, err := otp.ReadPSKC(file, transport)
		if err != nil {
			return
		}
		for _, k := range keys {
			if len(k.Secret) == 0 {
				t.Errorf("key %q without a secret", k.ID)
			}
		}
	})
}
