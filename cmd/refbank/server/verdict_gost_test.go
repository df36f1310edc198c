package server_test

import (
	"bytes"
	"crypto/x509"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"qoltanba/agent/cms"
	"qoltanba/agent/gost"
	"qoltanba/cmd/refbank/ca"
)

// withGOST gives Asel a GOST key with a certificate in force, and logs her in with it.
func withGOST(t *testing.T, b *bank, params *gost.Params, life time.Duration) *browser {
	t.Helper()
	b.asel.key = gost.GenerateKey(params)
	b.certify(t, &b.asel, b.ca, life)
	algorithm := map[*gost.Params]string{gost.Kazakh2015: "GOST-2015", gost.Kazakh2004: "GOST-2004"}[params]
	w := newBrowser(t, b)
	if status, a := w.post("/api/login", gostToken(t, b.asel, algorithm, origin, challenge(w))); status != http.StatusOK {
		t.Fatalf("login = %d %+v, want 200", status, a)
	}
	return w
}

func TestSignatureAcceptedGOST(t *testing.T) {
	for _, params := range []*gost.Params{gost.Kazakh2015, gost.Kazakh2004} {
		for _, detached := range []bool{false, true} {
			t.Run(fmt.Sprintf("%v detached %v", params, detached), func(t *testing.T) {
				b := newBank(t)
				w := withGOST(t, b, params, time.Hour)
				id, document := makeOrder(w, good)
				der := signed(t, b.asel, document, cms.Options{Detached: detached, Origin: origin})
				if status, a := submit(w, id, der); status != http.StatusOK || a.Verdict != "accepted" {
					t.Fatalf("verdict = %d %+v, want accepted", status, a)
				}
				exported, err := os.ReadFile(filepath.Join(b.dir, "signed", id+".p7s"))
				if err != nil || !bytes.Equal(exported, der) {
					t.Errorf("exported signature: %v, %d bytes", err, len(exported))
				}
			})
		}
	}
}

func TestSignatureRefusedGOST(t *testing.T) {
	foreign, err := ca.Open(t.TempDir() + "/ca")
	if err != nil {
		t.Fatal(err)
	}
	ours := cms.Options{Origin: origin}
	with := func(p person, cert *x509.Certificate, err error) person {
		if err != nil {
			t.Fatal(err)
		}
		p.cert = cert
		return p
	}
	subject := ca.Subject{Surname: "ТЕСТОВА"}
	for _, test := range []struct {
		name string
		sign func(t *testing.T, b *bank, document []byte) []byte
		want string
	}{
		{"altered document", func(t *testing.T, b *bank, document []byte) []byte {
			return signed(t, b.asel, bytes.Replace(document, []byte("12500.50"), []byte("92500.50"), 2), ours)
		}, "document"},
		{"altered inside the message", func(t *testing.T, b *bank, document []byte) []byte {
			return bytes.Replace(signed(t, b.asel, document, ours), []byte("12500.50"), []byte("92500.50"), 2)
		}, "document"},
		{"last bit of the signature", func(t *testing.T, b *bank, document []byte) []byte {
			der := signed(t, b.asel, document, ours)
			der[len(der)-1] ^= 1
			return der
		}, "signature"},
		{"foreign CA of the same name", func(t *testing.T, b *bank, document []byte) []byte {
			cert, err := foreign.IssueClient(b.asel.key.Public(), subject, time.Hour)
			return signed(t, with(b.asel, cert, err), document, ours)
		}, "certificate"},
		{"foreign CA, its chain inside", func(t *testing.T, b *bank, document []byte) []byte {
			cert, err := foreign.IssueClient(b.asel.key.Public(), subject, time.Hour)
			p := with(b.asel, cert, err)
			der, err := cms.Sign(cms.Signer{Key: p.key, Certificate: p.cert,
				Chain: []*x509.Certificate{foreign.GOSTIssuing(), foreign.GOSTRoot()}}, document, ours)
			if err != nil {
				t.Fatal(err)
			}
			return der
		}, "certificate"},
		{"K5 primary key", func(t *testing.T, b *bank, document []byte) []byte {
			primary, err := ca.OpenPrimary(filepath.Join(b.dir, "primary"))
			if err != nil {
				t.Fatal(err)
			}
			cert, err := primary.Issue(b.asel.key.Public(), subject, time.Hour)
			return signed(t, with(b.asel, cert, err), document, ours)
		}, "certificate"},
		{"not valid yet", func(t *testing.T, b *bank, document []byte) []byte {
			cert, err := b.ca.WithClock(time.Hour).IssueClient(b.asel.key.Public(), subject, time.Hour)
			return signed(t, with(b.asel, cert, err), document, ours)
		}, "certificate"},
		{"issuer out of date", func(t *testing.T, b *bank, document []byte) []byte {
			expired, err := ca.OpenExpired(filepath.Join(b.dir, "ca"))
			if err != nil {
				t.Fatal(err)
			}
			b.Intermediates = []*x509.Certificate{expired.GOSTIssuing()}
			return signed(t, b.asel, document, ours)
		}, "certificate"},
		{"another client", func(t *testing.T, b *bank, document []byte) []byte {
			return signed(t, b.daniyar, document, ours)
		}, "signer"},
		{"another certificate of the client", func(t *testing.T, b *bank, document []byte) []byte {
			cert, err := b.ca.IssueClient(b.asel.key.Public(), subject, time.Hour)
			return signed(t, with(b.asel, cert, err), document, ours)
		}, "signer"},
		{"another origin", func(t *testing.T, b *bank, document []byte) []byte {
			return signed(t, b.asel, document, cms.Options{Origin: "https://evil.example"})
		}, "origin"},
	} {
		t.Run(test.name, func(t *testing.T) {
			b := newBank(t)
			b.refusesSignature(t, withGOST(t, b, gost.Kazakh2015, time.Hour), test.sign, test.want)
		})
	}
}

func TestExpiredCertificateGOST(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBank(t)
		w := withGOST(t, b, gost.Kazakh2015, 10*time.Minute)
		id, document := makeOrder(w, good)
		der := signed(t, b.asel, document, cms.Options{Origin: origin})
		time.Sleep(11 * time.Minute)
		if _, a := submit(w, id, der); a.Reason != "certificate" {
			t.Errorf("verdict = %+v, want refused: certificate", a)
		}
	})
}
