package server_test

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"io"
	"math/big"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"qoltanba/agent/cms"
	"qoltanba/agent/gost"
	"qoltanba/cmd/refbank/ca"
	"qoltanba/cmd/refbank/server"
)

// gostToken makes a login token with a GOST key by the text of the SDK's README, and
// not with the agent's or the server's code.
func gostToken(t testing.TB, p person, algorithm, origin, nonce string) server.LoginToken {
	t.Helper()
	return gostTokenOf(t, p, algorithm, loginText(p, "qoltanba-gost:1.0\x00", origin, nonce))
}

// loginText is what is hashed and signed.
func loginText(p person, prefix, origin, nonce string) []byte {
	h := p.key.Public().(*gost.PublicKey).Params().Hash()
	return slices.Concat([]byte(prefix), h.Sum([]byte(origin)), h.Sum([]byte(nonce)))
}

func gostTokenOf(t testing.TB, p person, algorithm string, text []byte) server.LoginToken {
	t.Helper()
	h := p.key.Public().(*gost.PublicKey).Params().Hash()
	signature, err := p.key.Sign(nil, h.Sum(text), h)
	if err != nil {
		t.Fatal(err)
	}
	return server.LoginToken{
		UnverifiedCertificate: base64.StdEncoding.EncodeToString(p.cert.Raw),
		Algorithm:             algorithm,
		Signature:             base64.StdEncoding.EncodeToString(signature),
		Format:                "qoltanba-gost:1.0",
	}
}

// resigned replaces a token's signature by what change makes of it.
func resigned(token server.LoginToken, change func([]byte) []byte) server.LoginToken {
	raw, _ := base64.StdEncoding.DecodeString(token.Signature)
	token.Signature = base64.StdEncoding.EncodeToString(change(raw))
	return token
}

func TestLoginGOST(t *testing.T) {
	for algorithm, params := range map[string]*gost.Params{"GOST-2015": gost.Kazakh2015, "GOST-2004": gost.Kazakh2004} {
		t.Run("K111 "+algorithm, func(t *testing.T) {
			b := newBank(t)
			p := b.register(t, "qq333333_zxcvbnma", "ТЕСТОВА", gost.GenerateKey(params))
			w := newBrowser(t, b)
			tok := gostToken(t, p, algorithm, origin, challenge(w))
			browserCookie := w.cookies["__Host-challenge"]

			stranger := newBrowser(t, b)
			if status, a := stranger.post("/api/login", tok); status != http.StatusUnauthorized || a.Error != "nonce-unknown" {
				t.Errorf("token in another browser = %d %q, want nonce-unknown", status, a.Error)
			}
			if status, a := w.post("/api/login", tok); status != http.StatusOK || a.Company != p.Company {
				t.Fatalf("login = %d %+v", status, a)
			}
			if _, page := w.get("/"); !strings.Contains(page, `id="signed-in" data-user="qq333333_zxcvbnma"`) {
				t.Error("the home page does not show who is logged in")
			}
			w.cookies["__Host-challenge"] = browserCookie
			if status, a := w.post("/api/login", tok); status != http.StatusUnauthorized || a.Error != "nonce-used" {
				t.Errorf("same token again = %d %q, want nonce-used", status, a.Error)
			}
		})
	}
}

// recorder remembers the last signature of a key.
type recorder struct {
	crypto.Signer
	signature []byte
}

func (r *recorder) Sign(random io.Reader, digest []byte, opts crypto.SignerOpts) (signature []byte, err error) {
	r.signature, err = r.Signer.Sign(random, digest, opts)
	return r.signature, err
}

func TestLoginRefusedGOST(t *testing.T) {
	b := newBank(t)
	foreign, err := ca.Open(t.TempDir() + "/ca")
	if err != nil {
		t.Fatal(err)
	}
	asel := b.register(t, "qq333333_zxcvbnma", "ТЕСТОВА", gost.GenerateKey(gost.Kazakh2015))
	marat := b.register(t, "qq444444_zxcvbnma", "БЕКЕНОВ", gost.GenerateKey(gost.Kazakh2015))
	const own = "GOST-2015"
	right := func(t *testing.T, nonce string) server.LoginToken { return gostToken(t, asel, own, origin, nonce) }
	under := func(t *testing.T, nonce string, cert *x509.Certificate, err error) server.LoginToken {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		p := asel
		p.cert = cert
		return gostToken(t, p, own, origin, nonce)
	}
	subject := ca.Subject{Surname: "ТЕСТОВА"}
	type make = func(t *testing.T, nonce string) server.LoginToken
	named := func(format, algorithm string) make {
		return func(t *testing.T, nonce string) server.LoginToken {
			token := right(t, nonce)
			token.Format, token.Algorithm = format, algorithm
			return token
		}
	}
	for _, test := range []struct {
		name string
		make make
		want string
	}{
		{"other origin", func(t *testing.T, nonce string) server.LoginToken {
			return gostToken(t, asel, own, "https://evil.example", nonce)
		}, "token-signature"},
		{"origin with slash", func(t *testing.T, nonce string) server.LoginToken {
			return gostToken(t, asel, own, origin+"/", nonce)
		}, "token-signature"},
		{"other challenge", func(t *testing.T, nonce string) server.LoginToken {
			return right(t, challenge(newBrowser(t, b)))
		}, "token-signature"},
		{"altered signature", func(t *testing.T, nonce string) server.LoginToken {
			return resigned(right(t, nonce), func(s []byte) []byte { s[40] ^= 1; return s })
		}, "token-signature"},
		{"signature cut short", func(t *testing.T, nonce string) server.LoginToken {
			return resigned(right(t, nonce), func(s []byte) []byte { return s[:127] })
		}, "token-signature"},
		{"signature in Russian byte order", func(t *testing.T, nonce string) server.LoginToken {
			return resigned(right(t, nonce), func(s []byte) []byte { slices.Reverse(s); return s })
		}, "token-signature"},
		{"no signature", func(t *testing.T, nonce string) server.LoginToken {
			return resigned(right(t, nonce), func([]byte) []byte { return nil })
		}, "token-signature"},
		{"zero signature", func(t *testing.T, nonce string) server.LoginToken {
			return resigned(right(t, nonce), func(s []byte) []byte { return bytes.Repeat([]byte{0}, len(s)) })
		}, "token-signature"},
		{"other key under the certificate", func(t *testing.T, nonce string) server.LoginToken {
			p := asel
			p.key = marat.key
			return gostToken(t, p, own, origin, nonce)
		}, "token-signature"},
		{"another client's certificate", func(t *testing.T, nonce string) server.LoginToken {
			return under(t, nonce, marat.cert, nil)
		}, "token-signature"},

		// What the key signs for something else is no login.
		{"signed as Web eID would", func(t *testing.T, nonce string) server.LoginToken {
			return gostTokenOf(t, asel, own, loginText(asel, "", origin, nonce))
		}, "token-signature"},
		{"signature of a document of what is signed here", func(t *testing.T, nonce string) server.LoginToken {
			key := &recorder{Signer: asel.key}
			document := loginText(asel, "qoltanba-gost:1.0\x00", origin, nonce)
			if _, err := cms.Sign(cms.Signer{Key: key, Certificate: asel.cert}, document, cms.Options{Origin: origin}); err != nil {
				t.Fatal(err)
			}
			return resigned(right(t, nonce), func([]byte) []byte { return key.signature })
		}, "token-signature"},

		{"Web eID with RS256", named("web-eid:1.0", "RS256"), "token-algorithm"},
		{"Web eID with ES512", named("web-eid:1.0", "ES512"), "token-algorithm"},
		{"Web eID with an algorithm of GOST", named("web-eid:1.0", own), "token-algorithm"},
		{"algorithm of RSA", named("qoltanba-gost:1.0", "RS256"), "token-algorithm"},
		{"algorithm of another GOST", named("qoltanba-gost:1.0", "GOST-2004"), "token-algorithm"},
		{"algorithm of another country", named("qoltanba-gost:1.0", "GOST-2012-512"), "token-algorithm"},
		{"no algorithm", named("qoltanba-gost:1.0", ""), "token-algorithm"},
		{"other version", named("qoltanba-gost:1.1", own), "token-format"},
		{"EC key in the format of GOST", func(t *testing.T, nonce string) server.LoginToken {
			token := token(t, b.asel, "ES256", origin, nonce)
			token.Format = "qoltanba-gost:1.0"
			return token
		}, "token-algorithm"},
		{"EC key in the format and algorithm of GOST", func(t *testing.T, nonce string) server.LoginToken {
			token := token(t, b.asel, "ES256", origin, nonce)
			token.Format, token.Algorithm = "qoltanba-gost:1.0", own
			return token
		}, "token-algorithm"},
		{"RSA key in the format and algorithm of GOST", func(t *testing.T, nonce string) server.LoginToken {
			p := b.register(t, "qq555555_rsakeyaa", "ТЕСТОВА", rsaKey(t))
			token := token(t, p, "RS256", origin, nonce)
			token.Format, token.Algorithm = "qoltanba-gost:1.0", own
			return token
		}, "token-algorithm"},

		{"foreign CA of the same name", func(t *testing.T, nonce string) server.LoginToken {
			cert, err := foreign.IssueClient(asel.key.Public(), subject, time.Hour)
			return under(t, nonce, cert, err)
		}, "token-certificate"},
		{"expired", func(t *testing.T, nonce string) server.LoginToken {
			cert, err := b.ca.IssueClient(asel.key.Public(), subject, -time.Minute)
			return under(t, nonce, cert, err)
		}, "token-certificate"},
		{"not valid yet", func(t *testing.T, nonce string) server.LoginToken {
			cert, err := b.ca.WithClock(time.Hour).IssueClient(asel.key.Public(), subject, time.Hour)
			return under(t, nonce, cert, err)
		}, "token-certificate"},
		{"the CA's own", func(t *testing.T, nonce string) server.LoginToken {
			return under(t, nonce, b.ca.GOSTIssuing(), nil)
		}, "token-certificate"},
		{"last bit of the certificate", func(t *testing.T, nonce string) server.LoginToken {
			der := bytes.Clone(asel.cert.Raw)
			der[len(der)-1] ^= 1
			return under(t, nonce, &x509.Certificate{Raw: der}, nil)
		}, "token-certificate"},
		{"K5 primary key", func(t *testing.T, nonce string) server.LoginToken {
			primary, err := ca.OpenPrimary(filepath.Join(b.dir, "primary"))
			if err != nil {
				t.Fatal(err)
			}
			cert, err := primary.Issue(asel.key.Public(), subject, time.Hour)
			return under(t, nonce, cert, err)
		}, "token-certificate"},
		{"another certificate for the key", func(t *testing.T, nonce string) server.LoginToken {
			cert, err := b.ca.IssueClient(asel.key.Public(), subject, time.Hour)
			return under(t, nonce, cert, err)
		}, "not-a-client"},
		{"replaced certificate", func(t *testing.T, nonce string) server.LoginToken {
			p := b.register(t, "qq666666_replaced", "ЖАҢА", gost.GenerateKey(gost.Kazakh2015))
			old := p
			b.certify(t, &p, b.ca, time.Hour)
			return gostToken(t, old, own, origin, nonce)
		}, "not-a-client"},
	} {
		t.Run(test.name, func(t *testing.T) {
			b.refusesLogin(t, test.make, right, test.want)
		})
	}
}

// A login is no signature of an order, even for one who could put it into a message.
func TestLoginSignsNoOrderGOST(t *testing.T) {
	b := newBank(t)
	w := withGOST(t, b, gost.Kazakh2015, time.Hour)
	id, document := makeOrder(w, good)
	key := &recorder{Signer: b.asel.key}
	der, err := cms.Sign(cms.Signer{Key: key, Certificate: b.asel.cert}, document, cms.Options{Origin: origin})
	if err != nil {
		t.Fatal(err)
	}
	login, _ := base64.StdEncoding.DecodeString(gostToken(t, b.asel, "GOST-2015", origin, challenge(newBrowser(t, b))).Signature)
	forged := bytes.Replace(der, key.signature, login, 1)
	if _, a := submit(w, id, forged); a.Verdict != "refused" || a.Reason != "signature" {
		t.Errorf("verdict = %+v, want refused: signature", a)
	}
	if _, a := submit(w, id, der); a.Verdict != "accepted" {
		t.Errorf("verdict on the order's own signature = %+v, want accepted", a)
	}
}

// TestLoginKeyUsageGOST trusts a CA that issues what ours never does.
func TestLoginKeyUsageGOST(t *testing.T) {
	b := newBank(t)
	client := []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
	root := gost.GenerateKey(gost.Kazakh2015)
	template := func(name string, usage x509.KeyUsage, ext []x509.ExtKeyUsage, isCA bool) *x509.Certificate {
		return &x509.Certificate{
			SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, NotBefore: time.Now(), NotAfter: time.Now().Add(time.Hour),
			KeyUsage: usage, ExtKeyUsage: ext, BasicConstraintsValid: true, IsCA: isCA,
		}
	}
	issue := func(t *testing.T, of, parent *x509.Certificate, key crypto.Signer) *x509.Certificate {
		t.Helper()
		der, err := gost.CreateCertificate(of, parent, key.Public().(*gost.PublicKey), root)
		if err != nil {
			t.Fatal(err)
		}
		cert, err := gost.ParseCertificate(der)
		if err != nil {
			t.Fatal(err)
		}
		return cert
	}
	authority := template("CA", x509.KeyUsageCertSign, nil, true)
	authority = issue(t, authority, authority, root)
	for _, test := range []struct {
		name  string
		usage x509.KeyUsage
		ext   []x509.ExtKeyUsage
		isCA  bool
		want  string
	}{
		{"digitalSignature", x509.KeyUsageDigitalSignature, client, false, "not-a-client"}, // got past the token's check
		{"contentCommitment only", x509.KeyUsageContentCommitment, client, false, "token-certificate"},
		{"no clientAuth", x509.KeyUsageDigitalSignature, []x509.ExtKeyUsage{x509.ExtKeyUsageEmailProtection}, false, "token-certificate"},
		{"CA", x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, client, true, "token-certificate"},
	} {
		t.Run(test.name, func(t *testing.T) {
			key := gost.GenerateKey(gost.Kazakh2015)
			p := person{key: key, cert: issue(t, template("TEST", test.usage, test.ext, test.isCA), authority, key)}
			c := b.Config
			c.Roots = []*x509.Certificate{authority}
			s, err := server.New(t.Context(), c)
			if err != nil {
				t.Fatal(err)
			}
			w := newBrowser(t, s)
			if status, a := w.post("/api/login", gostToken(t, p, "GOST-2015", origin, challenge(w))); status != http.StatusUnauthorized || a.Error != test.want {
				t.Errorf("login = %d %q, want %q", status, a.Error, test.want)
			}
		})
	}
}

// The certificate ends between two logins.
func TestLoginExpiresGOST(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBank(t)
		b.asel.key = gost.GenerateKey(gost.Kazakh2015)
		b.certify(t, &b.asel, b.ca, 10*time.Minute)
		attempt := func() (int, answer) {
			w := newBrowser(t, b)
			return w.post("/api/login", gostToken(t, b.asel, "GOST-2015", origin, challenge(w)))
		}
		time.Sleep(9 * time.Minute)
		if status, a := attempt(); status != http.StatusOK {
			t.Errorf("login in the last minute = %d %q", status, a.Error)
		}
		time.Sleep(2 * time.Minute)
		if status, a := attempt(); status != http.StatusUnauthorized || a.Error != "token-certificate" {
			t.Errorf("login afterwards = %d %q, want token-certificate", status, a.Error)
		}
	})
}
