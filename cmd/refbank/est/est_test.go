package est_test

import (
	"bufio"
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"io"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"qoltanba/cmd/refbank/ca"
	"qoltanba/cmd/refbank/enroll"
	"qoltanba/cmd/refbank/est"
	"qoltanba/cmd/refbank/store"
)

const (
	user = "qq111111_qwertyui"
	pin  = "I0O1ABCD"

	estPath = "/.well-known/est/"
)

var client = store.Client{
	UserID: user, Surname: "ТЕСТОВА", GivenName: "ӘСЕЛ", IIN: "850412300452",
	Company: "ЖШС «Үлгі»", BIN: "000140001239", Account: "KZ60999KZT0000000001",
}

// A bank is a server with one client, who has a card and a primary key.
type bank struct {
	est.Config
	dir     string
	own     tls.Certificate // of the server
	address string
	primary tls.Certificate // of the client
}

// newBank starts a bank; change may change its configuration.
func newBank(t testing.TB, change func(*est.Config)) *bank {
	t.Helper()
	dir := t.TempDir()
	b := &bank{dir: dir, Config: est.Config{Config: enroll.Config{Logger: slog.New(slog.DiscardHandler)}}}
	var err error
	if b.CA, err = ca.Open(filepath.Join(dir, "ca")); err != nil {
		t.Fatal(err)
	}
	if b.Primary, err = ca.OpenPrimary(filepath.Join(dir, "primary")); err != nil {
		t.Fatal(err)
	}
	if b.Store, err = store.Open(filepath.Join(dir, "bank.db")); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Store.Close() })
	if change != nil {
		change(&b.Config)
	}
	key := ecKey(t)
	certificate, err := b.CA.IssueServer(key.Public(), "localhost", "127.0.0.1")
	if err != nil {
		t.Fatal(err)
	}
	b.primary = b.addClient(t, client)
	b.own = tls.Certificate{Certificate: [][]byte{certificate.Raw, b.CA.Issuing().Raw}, PrivateKey: key}
	b.listen(t, b.own)
	return b
}

func (b *bank) listen(t testing.TB, own tls.Certificate) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	b.address = listener.Addr().String()
	server := &http.Server{ErrorLog: slog.NewLogLogger(slog.DiscardHandler, 0)}
	est.New(b.Config).Attach(server, own)
	done := make(chan error, 1)
	go func() { done <- server.ServeTLS(listener, "", "") }() // ends by Close
	t.Cleanup(func() {
		server.Close()
		<-done
	})
}

// addClient adds a client with a contract and a card, and returns the primary key.
func (b *bank) addClient(t testing.TB, c store.Client) tls.Certificate {
	t.Helper()
	key := ecKey(t)
	cert, err := b.Primary.Issue(key.Public(), ca.Subject{Surname: c.Surname, GivenName: c.GivenName, IIN: c.IIN, Company: c.Company, BIN: c.BIN}, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Store.AddClient(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	if err := b.Store.SetPeriods(t.Context(), c.UserID, 12, 24); err != nil {
		t.Fatal(err)
	}
	if err := b.Store.AddCard(t.Context(), c.UserID, pin, cert, time.Now()); err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{cert.Raw}, PrivateKey: key}
}

func (b *bank) counts(t testing.TB) (keys, certificates int) {
	t.Helper()
	keys, certificates, err := b.Store.Counts(t.Context(), user)
	if err != nil {
		t.Fatal(err)
	}
	return keys, certificates
}

func ecKey(t testing.TB) *ecdsa.PrivateKey {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
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

// A conn is one TLS connection of an agent.
type conn struct {
	t         testing.TB
	tls       *tls.Conn
	answers   *bufio.Reader
	state     tls.ConnectionState
	base      string
	user, pin string // of HTTP Basic; none when both are ""

	mu sync.Mutex // held from a request to its answer
}

// dial connects with a TLS client certificate, or without one. It knows the PIN.
func (b *bank) dial(t testing.TB, version uint16, own *tls.Certificate) *conn {
	t.Helper()
	config := &tls.Config{RootCAs: b.CA.Roots(), MinVersion: version, MaxVersion: version}
	if own != nil {
		// Whatever the server says that it takes.
		config.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return own, nil }
	}
	established, err := tls.Dial("tcp", b.address, config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { established.Close() })
	return &conn{
		t: t, tls: established, answers: bufio.NewReader(established), state: established.ConnectionState(),
		base: "https://" + b.address, user: user, pin: pin,
	}
}

// agent connects as an agent does that has everything right.
func (b *bank) agent(t testing.TB) *conn { return b.dial(t, tls.VersionTLS13, &b.primary) }

// binding is what challengePassword must be on this connection.
func (c *conn) binding() string {
	value := c.state.TLSUnique
	if c.state.Version == tls.VersionTLS13 {
		var err error
		if value, err = c.state.ExportKeyingMaterial("EXPORTER-Channel-Binding", nil, 32); err != nil {
			c.t.Fatal(err)
		}
	}
	return base64.StdEncoding.EncodeToString(value)
}

// A reply is an answer of the bank.
type reply struct {
	status int
	header http.Header
	body   []byte
}

func (c *conn) send(method, path, contentType string, body []byte) (reply, error) {
	c.t.Helper()
	r, err := http.NewRequestWithContext(c.t.Context(), method, c.base+path, bytes.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	if c.user != "" || c.pin != "" {
		r.SetBasicAuth(c.user, c.pin)
	}
	// http.Transport leaves a connection that it had to wait for too long, and takes another.
	c.mu.Lock()
	defer c.mu.Unlock()
	err = r.Write(c.tls)
	var response *http.Response
	if err == nil {
		response, err = http.ReadResponse(c.answers, r)
	}
	if err != nil {
		return reply{}, err
	}
	defer response.Body.Close()
	data, err := io.ReadAll(response.Body)
	return reply{response.StatusCode, response.Header, data}, err
}

// must is send where no answer is a failure.
func (c *conn) must(method, path, contentType string, body []byte) reply {
	c.t.Helper()
	r, err := c.send(method, path, contentType, body)
	if err != nil {
		c.t.Fatalf("%s %s: %v", method, path, err)
	}
	return r
}

// post sends a PKCS#10 request.
func (c *conn) post(name string, der []byte) reply {
	c.t.Helper()
	return c.must("POST", estPath+name, "application/pkcs10", base64DER(der))
}

func base64DER(der []byte) []byte { return base64.StdEncoding.AppendEncode(nil, der) }

// enroll asks for a certificate as an agent does that has everything right.
func (c *conn) enroll(key crypto.Signer, months int) reply {
	c.t.Helper()
	return c.post("simpleenroll", csr{key: key, challenge: c.binding(), months: months}.der(c.t))
}

// word is the first word of a refusal.
func (r reply) word() string {
	word, _, _ := strings.Cut(string(r.body), ":")
	return word
}

// want fails unless the answer is a refusal with that status and word.
func (r reply) want(t testing.TB, status int, word string) {
	t.Helper()
	if r.status != status || r.word() != word {
		t.Errorf("answer = %d %q, want %d %s", r.status, r.body, status, word)
	}
}

// der decodes an answer in base64.
func (r reply) der(t testing.TB) []byte {
	t.Helper()
	if r.status != http.StatusOK {
		t.Fatalf("answer = %d %q, want 200", r.status, r.body)
	}
	der, err := base64.StdEncoding.DecodeString(strings.ReplaceAll(string(r.body), "\n", ""))
	if err != nil {
		t.Fatal(err)
	}
	return der
}

// certificate returns the one certificate of an answer.
func (r reply) certificate(t testing.TB) *x509.Certificate {
	t.Helper()
	certs := certificates(t, r.der(t))
	if len(certs) != 1 {
		t.Fatalf("%d certificates, want 1", len(certs))
	}
	return certs[0]
}
