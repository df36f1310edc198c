package main

import (
	"bytes"
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"qoltanba/agent/agenttest"
	"qoltanba/agent/agenttest/need"
	"qoltanba/agent/bank"
	"qoltanba/agent/cms"
	"qoltanba/agent/gost"
	"qoltanba/agent/pfx"
	"qoltanba/ui/text"
)

// TestVerify runs "qoltanba verify" over files of openssl, of its GOST engine, and of
// the agent's own making.
func TestVerify(t *testing.T) {
	m := newMaker(t)
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/verify",
		RequireExplicitExec: true,
		Setup: func(e *testscript.Env) error {
			e.Setenv("DBUS_SESSION_BUS_ADDRESS", "")
			e.Setenv("XDG_RUNTIME_DIR", "")
			return os.CopyFS(e.WorkDir, os.DirFS(m.dir))
		},
	})
}

// TestVerifyAuthority verifies what a person's test key of the National Certification
// Authority has signed, up to the authority's root, on a day when it was valid.
func TestVerifyAuthority(t *testing.T) {
	vectors := need.Vectors(t)
	dir := t.TempDir()
	read := func(name string) []byte {
		b, err := os.ReadFile(filepath.Join(vectors, name))
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	file, err := pfx.Read(read("test-sign-gost2015.p12"), []byte("Qwerty12"))
	if err != nil {
		t.Fatal(err)
	}
	cert, err := gost.ParseCertificate(file.Certificates[0].DER)
	if err != nil {
		t.Fatal(err)
	}
	key, err := gost.ParsePrivateKey(file.Keys[0].PKCS8, cert.PublicKey.(*gost.PublicKey))
	if err != nil {
		t.Fatal(err)
	}
	below := authorities(read("nca_gost2022_test.cer"))
	signature, root := filepath.Join(dir, "order.p7s"), filepath.Join(dir, "root.cer")
	if err := os.WriteFile(root, read("root_test_gost_2022.cer"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		signed, now string
		right       bool
		says        []string
	}{
		{"2026-06-01", "2026-07-01", true, []string{
			"Signed by: ТЕСТОВ ТЕСТ ТЕСТОВИЧ, IIN123456789011\n",
			"The certificate was valid at the time of signing.", "The certificate is valid now.",
			"given with --ca: НЕГІЗГІ КУӘЛАНДЫРУШЫ ОРТАЛЫҚ (GOST) TEST 2022",
		}},
		{"2026-06-01", "2028-01-01", false, []string{
			"The certificate was valid at the time of signing.", "The certificate is NOT valid now.",
			"given with --ca: НЕГІЗГІ",
		}},
		{"2026-01-01", "2026-07-01", false, []string{
			"The certificate was NOT valid at the time of signing.", "The certificate is valid now.",
		}},
	} {
		day := func(s string) time.Time {
			at, err := time.Parse(time.DateOnly, s)
			if err != nil {
				t.Fatal(err)
			}
			return at
		}
		der, err := cms.Sign(cms.Signer{Key: key, Certificate: cert, Chain: below}, []byte("order"), cms.Options{Time: day(c.signed)})
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(signature, der, 0o600); err != nil {
			t.Fatal(err)
		}
		synctest.Test(t, func(t *testing.T) {
			time.Sleep(time.Until(day(c.now)))
			var out bytes.Buffer
			err := verifyCmd{File: signature, CA: []string{root}}.Run(&env{lang: text.EN, home: dir, out: &out})
			if c.right != (err == nil) {
				t.Errorf("signed %s, on %s: %v\n%s", c.signed, c.now, err, &out)
			}
			for _, want := range c.says {
				if !strings.Contains(out.String(), want) {
					t.Errorf("signed %s, on %s: no %q in\n%s", c.signed, c.now, want, &out)
				}
			}
		})
	}
}

// TestBankAnchors: a bank is called by its name only in an administrator's descriptor.
func TestBankAnchors(t *testing.T) {
	m := maker{t, t.TempDir()}
	authority := m.ca("ca", time.Now())
	b := &bank.Descriptor{
		Names:      map[string]string{"kk": "Үлгі банк", "en": "Example Bank"},
		Origins:    []string{"https://ib.bank.example"},
		Enrollment: &bank.Enrollment{CA: string(pemOf(authority.Root(), authority.GOSTRoot()))},
	}
	for trusted, want := range map[bool]string{
		true:  "Trust: the chain ends at Reference Bank GOST Root CA, an authority of this bank: Example Bank",
		false: "Trust: the chain ends at Reference Bank GOST Root CA, named by a file in your own settings for the site https://ib.bank.example",
	} {
		b.Trusted = trusted
		all := bankAnchors(text.EN, []*bank.Descriptor{{}, b})
		if len(all) != 2 || !all[0].cert.Equal(authority.Root()) || !all[1].cert.Equal(authority.GOSTRoot()) || all[1].line != want {
			t.Errorf("trusted %v: bankAnchors = %+v", trusted, all)
		}
	}
}

// FuzzAuthorities: a file given with --ca, whatever it holds, yields CAs or nothing.
func FuzzAuthorities(f *testing.F) {
	authority := []byte("-----BEGIN CERTIFICATE-----\n" + base64.StdEncoding.EncodeToString(agenttest.TestCA().Certificate().Raw) +
		"\n-----END CERTIFICATE-----\n")
	f.Add(authority)
	f.Add(append(authority, authority...))
	f.Add(agenttest.TestCA().Certificate().Raw)
	f.Add([]byte{0x30, 0x80})
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, c := range authorities(data) {
			if !c.IsCA {
				t.Errorf("%v is no CA", c.Subject)
			}
		}
	})
}
