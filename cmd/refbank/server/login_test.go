package server_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"math/big"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"qoltanba/cmd/refbank/ca"
	"qoltanba/cmd/refbank/server"
)

// jwa are the algorithms of RFC 7518 §3.1 with their digests.
var jwa = map[string]crypto.Hash{
	"ES256": crypto.SHA256, "ES384": crypto.SHA384, "ES512": crypto.SHA512,
	"PS256": crypto.SHA256, "PS384": crypto.SHA384, "PS512": crypto.SHA512,
	"RS256": crypto.SHA256, "RS384": crypto.SHA384, "RS512": crypto.SHA512,
}

// token makes a Web eID token as an agent would, by the text of the specification
// and not with the server's code.
func token(t testing.TB, p person, algorithm, origin, nonce string) server.LoginToken {
	t.Helper()
	hash := jwa[algorithm]
	sum := func(s string) string {
		h := hash.New()
		h.Write([]byte(s))
		return string(h.Sum(nil))
	}
	digest := []byte(sum(sum(origin) + sum(nonce)))
	var signature []byte
	var err error
	switch key := p.key.(type) {
	case *ecdsa.PrivateKey:
		var r, s *big.Int
		if r, s, err = ecdsa.Sign(rand.Reader, key, digest); err == nil {
			size := (key.Curve.Params().BitSize + 7) / 8
			signature = append(r.FillBytes(make([]byte, size)), s.FillBytes(make([]byte, size))...)
		}
	case *rsa.PrivateKey:
		var options crypto.SignerOpts = hash
		if strings.HasPrefix(algorithm, "PS") {
			options = &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash, Hash: hash}
		}
		signature, err = key.Sign(rand.Reader, digest, options)
	}
	if err != nil {
		t.Fatal(err)
	}
	return server.LoginToken{
		UnverifiedCertificate: base64.StdEncoding.EncodeToString(p.cert.Raw),
		Algorithm:             algorithm,
		Signature:             base64.StdEncoding.EncodeToString(signature),
		Format:                "web-eid:1.0",
		AppVersion:            "https://example.org/test/1.0.0",
	}
}

func challenge(w *browser) string {
	w.t.Helper()
	status, a := w.post("/api/login/challenge", "{}")
	if raw, err := base64.StdEncoding.DecodeString(a.Challenge); status != http.StatusOK || err != nil || len(raw) != 32 || len(a.Challenge) < 44 {
		w.t.Fatalf("challenge = %d %q, want 32 bytes in base64", status, a.Challenge)
	}
	return a.Challenge
}

// login returns a browser in which the person, who has a P-256 key, is logged in.
func login(t testing.TB, b *bank, p person) *browser {
	t.Helper()
	w := newBrowser(t, b)
	if status, a := w.post("/api/login", token(t, p, "ES256", origin, challenge(w))); status != http.StatusOK || a.Company != p.Company {
		t.Fatalf("login = %d %+v", status, a)
	}
	return w
}

func TestLogin(t *testing.T) {
	for algorithm, key := range map[string]crypto.Signer{
		"ES256": ecKey(t, elliptic.P256()), "ES384": ecKey(t, elliptic.P384()), "ES512": ecKey(t, elliptic.P521()),
		"PS256": rsaKey(t), "PS384": rsaKey(t), "PS512": rsaKey(t),
		"RS256": rsaKey(t), "RS384": rsaKey(t), "RS512": rsaKey(t),
	} {
		t.Run("K111 "+algorithm, func(t *testing.T) {
			b := newBank(t)
			p := b.register(t, "qq333333_zxcvbnma", "ТЕСТОВА", key)
			w := newBrowser(t, b)
			status, a := w.post("/api/login", token(t, p, algorithm, origin, challenge(w)))
			if status != http.StatusOK || a.Company != p.Company {
				t.Fatalf("login = %d %+v", status, a)
			}
			session := w.cookies["__Host-session"]
			if session == nil || !session.Secure || !session.HttpOnly || session.SameSite != http.SameSiteStrictMode || session.Path != "/" {
				t.Errorf("session cookie = %v", session)
			}
			if _, page := w.get("/"); !strings.Contains(page, `id="signed-in" data-user="qq333333_zxcvbnma"`) {
				t.Error("the home page does not show who is logged in")
			}
			if status, _ := w.post("/api/logout", "{}"); status != http.StatusOK {
				t.Errorf("logout = %d, want 200", status)
			}
			w.cookies["__Host-session"] = session // kept by a thief
			if _, page := w.get("/"); strings.Contains(page, `id="signed-in"`) {
				t.Error("the session lives on after the logout")
			}
		})
	}
}

func TestLoginRefused(t *testing.T) {
	b := newBank(t)
	foreign, err := ca.Open(t.TempDir() + "/ca")
	if err != nil {
		t.Fatal(err)
	}
	es := func(t *testing.T, nonce string) server.LoginToken { return token(t, b.asel, "ES256", origin, nonce) }
	for _, test := range []struct {
		name string
		make func(t *testing.T, nonce string) server.LoginToken
		want string
	}{
		{"other origin", func(t *testing.T, nonce string) server.LoginToken {
			return token(t, b.asel, "ES256", "https://evil.example", nonce)
		}, "token-signature"},
		{"origin with slash", func(t *testing.T, nonce string) server.LoginToken {
			return token(t, b.asel, "ES256", origin+"/", nonce)
		}, "token-signature"},
		{"other challenge", func(t *testing.T, nonce string) server.LoginToken {
			return es(t, challenge(newBrowser(t, b)))
		}, "token-signature"},
		{"altered signature", func(t *testing.T, nonce string) server.LoginToken {
			token := es(t, nonce)
			raw, _ := base64.StdEncoding.DecodeString(token.Signature)
			raw[40] ^= 1
			token.Signature = base64.StdEncoding.EncodeToString(raw)
			return token
		}, "token-signature"},
		{"signature in DER", func(t *testing.T, nonce string) server.LoginToken {
			token := es(t, nonce)
			der, err := b.asel.key.Sign(rand.Reader, make([]byte, 32), crypto.SHA256)
			if err != nil {
				t.Fatal(err)
			}
			token.Signature = base64.StdEncoding.EncodeToString(der)
			return token
		}, "token-signature"},
		{"empty signature", func(t *testing.T, nonce string) server.LoginToken {
			token := es(t, nonce)
			token.Signature = ""
			return token
		}, "token-signature"},
		{"other key under the certificate", func(t *testing.T, nonce string) server.LoginToken {
			p := b.asel
			p.key = b.daniyar.key
			return token(t, p, "ES256", origin, nonce)
		}, "token-signature"},
		{"algorithm of another curve", func(t *testing.T, nonce string) server.LoginToken {
			return token(t, b.asel, "ES384", origin, nonce)
		}, "token-algorithm"},
		{"algorithm of RSA", func(t *testing.T, nonce string) server.LoginToken {
			token := es(t, nonce)
			token.Algorithm = "RS256"
			return token
		}, "token-algorithm"},
		{"algorithm none", func(t *testing.T, nonce string) server.LoginToken {
			token := es(t, nonce)
			token.Algorithm = "none"
			return token
		}, "token-algorithm"},
		{"format", func(t *testing.T, nonce string) server.LoginToken {
			token := es(t, nonce)
			token.Format = "web-eid:2.0"
			return token
		}, "token-format"},
		{"not base64", func(t *testing.T, nonce string) server.LoginToken {
			token := es(t, nonce)
			token.Signature = "?"
			return token
		}, "token-format"},
		{"no certificate", func(t *testing.T, nonce string) server.LoginToken {
			token := es(t, nonce)
			token.UnverifiedCertificate = "AAAA"
			return token
		}, "token-certificate"},
		{"foreign CA", func(t *testing.T, nonce string) server.LoginToken {
			p := b.register(t, "qq444444_foreigna", "БАСҚА", ecKey(t, elliptic.P256()))
			b.certify(t, &p, foreign, time.Hour)
			return token(t, p, "ES256", origin, nonce)
		}, "token-certificate"},
		{"expired certificate", func(t *testing.T, nonce string) server.LoginToken {
			p := b.register(t, "qq555555_expireda", "ЕСКІ", ecKey(t, elliptic.P256()))
			b.certify(t, &p, b.ca, -time.Minute)
			return token(t, p, "ES256", origin, nonce)
		}, "token-certificate"},
		{"certificate of a server", func(t *testing.T, nonce string) server.LoginToken {
			p := b.asel
			cert, err := b.ca.IssueServer(p.key.Public(), "localhost")
			if err != nil {
				t.Fatal(err)
			}
			p.cert = cert
			return token(t, p, "ES256", origin, nonce)
		}, "token-certificate"},
		{"replaced certificate", func(t *testing.T, nonce string) server.LoginToken {
			p := b.register(t, "qq666666_replaced", "ЖАҢА", ecKey(t, elliptic.P256()))
			old := p
			b.certify(t, &p, b.ca, time.Hour)
			return token(t, old, "ES256", origin, nonce)
		}, "not-a-client"},
	} {
		t.Run(test.name, func(t *testing.T) {
			b.refusesLogin(t, test.make, es, test.want)
		})
	}
}

// refusesLogin demands that a token is refused, and that this used its challenge up:
// right makes one that is refused for nothing else.
func (b *bank) refusesLogin(t *testing.T, wrong, right func(t *testing.T, nonce string) server.LoginToken, want string) {
	t.Helper()
	w := newBrowser(t, b)
	nonce := challenge(w)
	status, a := w.post("/api/login", wrong(t, nonce))
	if status != http.StatusUnauthorized || a.Error != want {
		t.Errorf("login = %d %q, want %q", status, a.Error, want)
	}
	if w.cookies["__Host-session"] != nil {
		t.Error("a session was opened")
	}
	if status, a := w.post("/api/login", right(t, nonce)); status != http.StatusUnauthorized || a.Error != "nonce-used" {
		t.Errorf("second attempt = %d %q, want nonce-used", status, a.Error)
	}
}

// TestLoginKeyUsage trusts a CA that issues what ours never does.
func TestLoginKeyUsage(t *testing.T) {
	b := newBank(t)
	key := ecKey(t, elliptic.P256())
	issue := func(usage x509.KeyUsage, isCA bool) *x509.Certificate {
		template := &x509.Certificate{
			SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "TEST"}, NotBefore: time.Now(), NotAfter: time.Now().Add(time.Hour),
			KeyUsage: usage, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}, BasicConstraintsValid: true, IsCA: isCA,
		}
		der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
		if err != nil {
			t.Fatal(err)
		}
		cert, err := x509.ParseCertificate(der)
		if err != nil {
			t.Fatal(err)
		}
		return cert
	}
	for _, test := range []struct {
		name  string
		usage x509.KeyUsage
		isCA  bool
		want  string
	}{
		{"digitalSignature", x509.KeyUsageDigitalSignature, false, "not-a-client"}, // got past the token's check
		{"contentCommitment only", x509.KeyUsageContentCommitment, false, "token-certificate"},
		{"CA", x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, true, "token-certificate"},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := person{key: key, cert: issue(test.usage, test.isCA)}
			c := b.Config
			c.Roots = []*x509.Certificate{p.cert}
			s, err := server.New(t.Context(), c)
			if err != nil {
				t.Fatal(err)
			}
			w := newBrowser(t, s)
			if status, a := w.post("/api/login", token(t, p, "ES256", origin, challenge(w))); status != http.StatusUnauthorized || a.Error != test.want {
				t.Errorf("login = %d %q, want %q", status, a.Error, test.want)
			}
		})
	}
}

func TestLoginReplayed(t *testing.T) {
	b := newBank(t)
	w := newBrowser(t, b)
	tok := token(t, b.asel, "ES256", origin, challenge(w))
	browserCookie := w.cookies["__Host-challenge"]

	stranger := newBrowser(t, b)
	if status, a := stranger.post("/api/login", tok); status != http.StatusUnauthorized || a.Error != "nonce-unknown" {
		t.Errorf("token in another browser = %d %q, want nonce-unknown", status, a.Error)
	}
	if status, _ := w.post("/api/login", tok); status != http.StatusOK {
		t.Fatalf("login = %d, want 200", status)
	}
	w.cookies["__Host-challenge"] = browserCookie
	if status, a := w.post("/api/login", tok); status != http.StatusUnauthorized || a.Error != "nonce-used" {
		t.Errorf("same token again = %d %q, want nonce-used", status, a.Error)
	}
}

func TestTimesOfLogin(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBank(t)
		late, punctual := newBrowser(t, b), newBrowser(t, b)
		lateToken := token(t, b.asel, "ES256", origin, challenge(late))
		time.Sleep(time.Second)
		punctualToken := token(t, b.asel, "ES256", origin, challenge(punctual))
		time.Sleep(5*time.Minute - time.Second)
		if status, a := late.post("/api/login", lateToken); status != http.StatusUnauthorized || a.Error != "nonce-expired" {
			t.Errorf("login after 5m = %d %q, want nonce-expired", status, a.Error)
		}
		if status, a := punctual.post("/api/login", punctualToken); status != http.StatusOK {
			t.Errorf("login after 4m59s = %d %q, want 200", status, a.Error)
		}
		time.Sleep(29 * time.Minute)
		if status, _ := punctual.get("/payments"); status != http.StatusOK {
			t.Errorf("session after 29m = %d, want 200", status)
		}
		time.Sleep(30 * time.Minute)
		if status, _ := punctual.get("/payments"); status != http.StatusSeeOther {
			t.Errorf("session after 30m idle = %d, want 303", status)
		}
	})
}

// A session ends after a working day, however busy it was.
func TestBusySessionEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBank(t)
		b.certify(t, &b.asel, b.ca, 24*time.Hour)
		token := b.spectra(t, b.asel)
		nextStep(t)
		byCode := newBrowser(t, b)
		if got := loginByCode(byCode, b.asel.UserID, token.Code(0)); got != "" {
			t.Fatal(got)
		}
		byKey, begun := login(t, b, b.asel), time.Now()
		for time.Since(begun) < 8*time.Hour {
			for means, w := range map[string]*browser{"code": byCode, "key": byKey} {
				if status, _ := w.get("/payments"); status != http.StatusOK {
					t.Fatalf("session opened by %s after %v = %d, want 200", means, time.Since(begun), status)
				}
			}
			time.Sleep(20 * time.Minute)
		}
		for means, w := range map[string]*browser{"code": byCode, "key": byKey} {
			if status, _ := w.get("/payments"); status != http.StatusSeeOther {
				t.Errorf("session opened by %s after %v = %d, want 303", means, time.Since(begun), status)
			}
			if status, a := w.post("/api/orders", "{}"); status != http.StatusUnauthorized || a.Error != "no-session" {
				t.Errorf("order in a session opened by %s after %v = %d %+v, want no-session", means, time.Since(begun), status, a)
			}
		}
	})
}
