package server_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"qoltanba/cmd/refbank/ca"
	"qoltanba/cmd/refbank/server"
	"qoltanba/cmd/refbank/store"
)

const origin = "https://ib.refbank.test"

// A bank is a reference bank with two clients, Asel and Daniyar.
type bank struct {
	*server.Server
	dir           string
	ca            *ca.CA
	store         *store.Store
	asel, daniyar person
}

// A person is a client of the bank with a key.
type person struct {
	store.Client
	key  crypto.Signer
	cert *x509.Certificate
}

func newBank(t *testing.T) *bank {
	t.Helper()
	dir := t.TempDir()
	b := openBank(t, dir)
	b.asel = b.register(t, "qq111111_qwertyui", "ТЕСТОВА", ecKey(t, elliptic.P256()))
	b.daniyar = b.register(t, "qq222222_asdfghjk", "БЕКЕНОВ", ecKey(t, elliptic.P256()))
	return b
}

// openBank opens the bank in a folder, without its clients' keys.
func openBank(t testing.TB, dir string) *bank {
	t.Helper()
	b := &bank{dir: dir}
	var err error
	if b.ca, err = ca.Open(filepath.Join(dir, "ca")); err != nil {
		t.Fatal(err)
	}
	if b.store, err = store.Open(filepath.Join(dir, "bank.db")); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.store.Close() })
	b.Server, err = server.New(t.Context(), server.Config{
		Origin:        origin,
		Roots:         []*x509.Certificate{b.ca.Root(), b.ca.GOSTRoot()},
		Intermediates: []*x509.Certificate{b.ca.Issuing(), b.ca.GOSTIssuing()},
		Store:         b.store,
		SignedDir:     filepath.Join(dir, "signed"),
		SDK:           fstest.MapFS{"client.js": {Data: []byte("export {};")}},
		Logger:        slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func (b *bank) register(t testing.TB, userID, surname string, key crypto.Signer) person {
	t.Helper()
	p := person{key: key, Client: store.Client{
		UserID: userID, Surname: surname, GivenName: "ӘДІЛ", IIN: "850412300452",
		Company: `ЖШС «Үлгі & Ко»`, BIN: "000140001239", Account: "KZ60999KZT0000000001",
	}}
	if err := b.store.AddClient(t.Context(), p.Client); err != nil {
		t.Fatal(err)
	}
	b.certify(t, &p, b.ca, time.Hour)
	return p
}

// certify gives the person a new certificate of that CA and registers it.
func (b *bank) certify(t testing.TB, p *person, authority *ca.CA, life time.Duration) {
	t.Helper()
	var err error
	p.cert, err = authority.IssueClient(p.key.Public(), ca.Subject{
		Surname: p.Surname, GivenName: p.GivenName, IIN: p.IIN, Company: p.Company, BIN: p.BIN,
	}, life)
	if err != nil {
		t.Fatal(err)
	}
	if err := b.store.SetCertificate(t.Context(), p.UserID, p.cert); err != nil {
		t.Fatal(err)
	}
}

func ecKey(t testing.TB, curve elliptic.Curve) *ecdsa.PrivateKey {
	t.Helper()
	k, err := ecdsa.GenerateKey(curve, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func rsaKey(t testing.TB) *rsa.PrivateKey {
	t.Helper()
	k, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// A browser sends requests to a server and keeps its cookies.
type browser struct {
	t       testing.TB
	handler http.Handler
	cookies map[string]*http.Cookie
	headers map[string]string // sent with every request
}

func newBrowser(t testing.TB, h http.Handler) *browser {
	return &browser{t: t, handler: h, cookies: map[string]*http.Cookie{}, headers: map[string]string{"Origin": origin}}
}

// send sends a request and returns the answer with its body.
func (b *browser) send(method, path string, body any) (*http.Response, string) {
	b.t.Helper()
	data, isText := body.(string)
	if !isText {
		encoded, err := json.Marshal(body)
		if err != nil {
			b.t.Fatal(err)
		}
		data = string(encoded)
	}
	r := httptest.NewRequest(method, origin+path, bytes.NewBufferString(data)).WithContext(b.t.Context())
	for name, value := range b.headers {
		r.Header.Set(name, value)
	}
	for _, c := range b.cookies {
		r.AddCookie(c)
	}
	w := httptest.NewRecorder()
	b.handler.ServeHTTP(w, r)
	response := w.Result()
	for _, c := range response.Cookies() {
		b.cookies[c.Name] = c
		if c.MaxAge < 0 {
			delete(b.cookies, c.Name)
		}
	}
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return response, string(answer)
}

// get returns the status and the body.
func (b *browser) get(path string) (int, string) {
	b.t.Helper()
	response, body := b.send("GET", path, "")
	return response.StatusCode, body
}

// answer is everything that scripts get from the bank.
type answer struct {
	Error     string
	Challenge string
	Company   string
	Verdict   string
	Reason    string
	Orders    []struct {
		ID     string
		Index  int
		Fields map[string]string
	}
	Results []struct{ Order, Verdict, Reason string }
}

// post sends JSON and returns the status and the answer.
func (b *browser) post(path string, body any) (int, answer) {
	b.t.Helper()
	response, text := b.send("POST", path, body)
	var a answer
	if err := json.Unmarshal([]byte(text), &a); err != nil {
		b.t.Fatalf("POST %s: %v in %q", path, err, text)
	}
	return response.StatusCode, a
}

func TestNewRefusesOrigins(t *testing.T) {
	b := newBank(t)
	for origin, good := range map[string]bool{
		"https://ib.refbank.test": true, "https://ib.refbank.test:8443": true,
		"http://localhost:8080": true, "http://127.0.0.1:8080": true,
		"http://ib.refbank.test": false, "https://ib.refbank.test/": false, "ib.refbank.test": false, "": false,
		"https://user@ib.refbank.test": false, "ftp://localhost": false,
	} {
		c := b.Config
		c.Origin = origin
		if _, err := server.New(t.Context(), c); good != (err == nil) {
			t.Errorf("New(%q) = %v, want good = %v", origin, err, good)
		}
	}
}

func TestRequestsOfOtherSites(t *testing.T) {
	b := newBank(t)
	for name, test := range map[string]struct {
		origin string
		want   int
	}{
		"own":           {origin, http.StatusOK},
		"other":         {"https://evil.example", http.StatusForbidden},
		"other port":    {origin + ":8443", http.StatusForbidden},
		"http":          {"http://ib.refbank.test", http.StatusForbidden},
		"null":          {"null", http.StatusForbidden},
		"none":          {"", http.StatusForbidden},
		"suffix":        {origin + ".evil.example", http.StatusForbidden},
		"trailing path": {origin + "/", http.StatusForbidden},
	} {
		t.Run(name, func(t *testing.T) {
			w := newBrowser(t, b)
			w.headers["Origin"] = test.origin
			if status, _ := w.post("/api/login/challenge", "{}"); status != test.want {
				t.Errorf("status = %d, want %d", status, test.want)
			}
		})
	}
}

func TestOtherHost(t *testing.T) {
	b := newBank(t)
	for method, want := range map[string]int{"GET": http.StatusTemporaryRedirect, "POST": http.StatusMisdirectedRequest} {
		r := httptest.NewRequest(method, "https://127.0.0.1:8443/payments?lang=ru", nil)
		r.Header.Set("Origin", origin)
		w := httptest.NewRecorder()
		b.ServeHTTP(w, r)
		if w.Code != want {
			t.Errorf("%s: status = %d, want %d", method, w.Code, want)
		}
		if to := w.Header().Get("Location"); method == "GET" && to != origin+"/payments?lang=ru" {
			t.Errorf("redirected to %q", to)
		}
	}
	r := httptest.NewRequest("GET", "x:.evil.example", nil) // no path that could be added to the origin
	w := httptest.NewRecorder()
	b.ServeHTTP(w, r)
	if to := w.Header().Get("Location"); to != "" || w.Code != http.StatusMisdirectedRequest {
		t.Errorf("without a path: status = %d, redirected to %q, want no redirect", w.Code, to)
	}
}

func TestWithoutSession(t *testing.T) {
	b := newBank(t)
	w := newBrowser(t, b)
	for _, path := range []string{"/orders/new", "/orders/x", "/batch", "/payments"} {
		if response, _ := w.send("GET", path, ""); response.StatusCode != http.StatusSeeOther || response.Header.Get("Location") != "/" {
			t.Errorf("GET %s = %d, want a redirect to the home page", path, response.StatusCode)
		}
	}
	for _, path := range []string{"/api/orders", "/api/orders/x/signature", "/api/signatures"} {
		if status, a := w.post(path, "{}"); status != http.StatusUnauthorized || a.Error != "no-session" {
			t.Errorf("POST %s = %d %q, want no-session", path, status, a.Error)
		}
	}
}

func TestMalformedRequests(t *testing.T) {
	b := newBank(t)
	w := login(t, b, b.asel)
	for _, path := range []string{"/api/orders", "/api/orders/x/signature", "/api/signatures", "/api/login"} {
		for _, body := range []string{"", "[", `"x"`, `{"orders": 1, "cms": 1, "signatures": 1, "algorithm": 1}`} {
			if status, a := w.post(path, body); status != http.StatusBadRequest || a.Error != "invalid" {
				t.Errorf("POST %s %q = %d %q, want invalid", path, body, status, a.Error)
			}
		}
	}
}

// endless is a body that goes on for as long as it is read, and counts.
type endless struct{ read int64 }

func (e *endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'x'
	}
	e.read += int64(len(p))
	return len(p), nil
}

// TestLargeBodies sends bodies without end: a stranger's is read no further than a login
// needs, and one that needs a session not at all without it.
func TestLargeBodies(t *testing.T) {
	b := newBank(t)
	stranger, client := newBrowser(t, b), login(t, b, b.asel)
	const some = 64 << 10 // a reader's buffer
	for _, test := range []struct {
		browser *browser
		path    string
		most    int64
		status  int
		word    string
	}{
		{stranger, "/api/login", 16<<10 + some, http.StatusRequestEntityTooLarge, "too-large"},
		{stranger, "/api/login/code", 1<<10 + some, http.StatusRequestEntityTooLarge, "too-large"},
		{stranger, "/api/orders", 0, http.StatusUnauthorized, "no-session"},
		{stranger, "/api/signatures", 0, http.StatusUnauthorized, "no-session"},
		{stranger, "/api/orders/x/signature", 0, http.StatusUnauthorized, "no-session"},
		{stranger, "/api/orders/x/code", 0, http.StatusUnauthorized, "no-session"},
		{stranger, "/api/orders/x/mobipass/value", 0, http.StatusUnauthorized, "no-session"},
		{stranger, "/api/login/challenge", 0, http.StatusOK, ""},
		{stranger, "/api/logout", 0, http.StatusOK, ""},
		{client, "/api/login", 16<<10 + some, http.StatusRequestEntityTooLarge, "too-large"},
		{client, "/api/orders", 4<<20 + some, http.StatusRequestEntityTooLarge, "too-large"},
		{client, "/api/orders/x/signature", 1<<20 + some, http.StatusRequestEntityTooLarge, "too-large"},
		{client, "/api/orders/x/code", 1<<10 + some, http.StatusRequestEntityTooLarge, "too-large"},
		{client, "/api/orders/x/mobipass/value", 1<<10 + some, http.StatusRequestEntityTooLarge, "too-large"},
		{client, "/api/signatures", 32<<20 + some, http.StatusRequestEntityTooLarge, "too-large"},
	} {
		body := new(endless)
		r := httptest.NewRequest("POST", origin+test.path, io.MultiReader(strings.NewReader(`{"x": "`), body))
		r.Header.Set("Origin", origin)
		for _, c := range test.browser.cookies {
			r.AddCookie(c)
		}
		w := httptest.NewRecorder()
		b.ServeHTTP(w, r)
		var a answer
		if err := json.Unmarshal(w.Body.Bytes(), &a); err != nil || w.Code != test.status || a.Error != test.word {
			t.Errorf("POST %s without end = %d %q, %v, want %d %s", test.path, w.Code, w.Body, err, test.status, test.word)
		}
		if body.read > test.most {
			t.Errorf("POST %s: %d bytes were read, want at most %d", test.path, body.read, test.most)
		}
	}
}

// What a page sends at most fits.
func TestLargestRequests(t *testing.T) {
	b := newBank(t)
	w := login(t, b, b.asel)
	large := good
	large.Payee, large.Purpose = strings.Repeat("Ә", 140), strings.Repeat("Ң", 140)
	payments := make([]server.Payment, 1000)
	for i := range payments {
		payments[i] = large
	}
	if status, a := w.post("/api/orders", map[string]any{"orders": payments}); status != http.StatusCreated || len(a.Orders) != 1000 {
		t.Errorf("1000 orders = %d %q", status, a.Error)
	}
	signatures := make([]map[string]any, 1001)
	for i := range signatures {
		signatures[i] = map[string]any{"order": "x", "cms": make([]byte, 10<<10)}
	}
	if status, a := w.post("/api/signatures", map[string]any{"signatures": signatures}); status != http.StatusUnprocessableEntity || a.Error != "invalid" {
		t.Errorf("1001 signatures = %d %q, want invalid", status, a.Error)
	}
	if status, a := w.post("/api/signatures", map[string]any{"signatures": signatures[:1000]}); status != http.StatusNotFound {
		t.Errorf("1000 signatures of an order that is not there = %d %q, want 404", status, a.Error)
	}
}
