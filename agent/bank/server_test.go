package bank_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"qoltanba/agent"
	"qoltanba/agent/agenttest"
	"qoltanba/agent/bank"
)

const userID = "qq111111_qwertyui"

// server is a bank on the network that takes RFC 7030 at its word: what a client
// does differently fails the test.
type server struct {
	t         *testing.T
	bank      *agenttest.Bank
	applicant agent.Applicant
	http      *httptest.Server
	override  func(http.ResponseWriter, *http.Request) bool // answers in its place
	terms     []byte                                        // csrattrs, DER; nil: 204

	mu    sync.Mutex
	paths []string // of all requests
}

// start runs a server; each edit may change its TLS before.
func start(t *testing.T, edit ...func(*server, *tls.Config)) *server {
	b := agenttest.NewBank()
	s := &server{t: t, bank: b, applicant: b.AddClient(userID, "K7M2P9XQ", 12, 24)}
	s.http = httptest.NewUnstartedServer(http.HandlerFunc(s.serve))
	s.http.Config.ErrorLog = log.New(io.Discard, "", 0) // refused handshakes
	s.http.TLS = &tls.Config{Certificates: []tls.Certificate{certify(b.CA())}, ClientAuth: tls.RequestClientCert}
	for _, e := range edit {
		e(s, s.http.TLS)
	}
	s.http.StartTLS()
	t.Cleanup(s.http.Close)
	return s
}

// certify makes a certificate for a server on this computer.
func certify(ca *agenttest.CA) tls.Certificate {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	cert := ca.Issue(key.Public(), "server", func(c *x509.Certificate) {
		c.IPAddresses = []net.IP{net.IPv4(127, 0, 0, 1)}
		c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	})
	return tls.Certificate{Certificate: [][]byte{cert.Raw}, PrivateKey: key}
}

func version(v uint16) func(*server, *tls.Config) {
	return func(_ *server, c *tls.Config) { c.MinVersion, c.MaxVersion = v, v }
}

func answering(f func(http.ResponseWriter, *http.Request) bool) func(*server, *tls.Config) {
	return func(s *server, _ *tls.Config) { s.override = f }
}

func (s *server) client(timeout time.Duration) *bank.Client {
	s.t.Helper()
	base, err := url.Parse(s.http.URL)
	if err != nil {
		s.t.Fatal(err)
	}
	c, err := bank.New(bank.Config{
		EST:          base.JoinPath(".well-known/est"),
		Registration: base.JoinPath("certificates"),
		Roots:        []*x509.Certificate{s.bank.CA().Certificate()},
		Timeout:      timeout,
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return c
}

func (s *server) requests(path string) (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range s.paths {
		if strings.HasSuffix(p, path) {
			n++
		}
	}
	return n
}

func (s *server) serve(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.paths = append(s.paths, r.URL.Path)
	s.mu.Unlock()
	if s.override != nil && s.override(w, r) {
		return
	}
	switch r.Method + " " + r.URL.Path {
	case "GET /.well-known/est/cacerts":
		if r.Header.Get("Authorization") != "" || len(r.TLS.PeerCertificates) > 0 {
			s.t.Error("cacerts was asked for with credentials")
		}
		certs, _ := s.bank.CACerts(r.Context())
		writeCerts(w, certs...)
	case "GET /.well-known/est/csrattrs":
		if _, err := s.bank.Check(r.Context(), s.applicantOf(r)); err != nil {
			refuse(w, err)
		} else if s.terms == nil {
			w.WriteHeader(http.StatusNoContent)
		} else {
			w.Header().Set("Content-Type", "application/csrattrs")
			io.WriteString(w, lines(s.terms))
		}
	case "POST /.well-known/est/simpleenroll":
		csr, months := s.request(r)
		a := s.applicantOf(r)
		a.Months = months
		cert, err := s.bank.Certify(a, csr.PublicKey)
		s.answer(w, cert, err)
	case "POST /.well-known/est/simplereenroll":
		csr, _ := s.request(r)
		old := s.peer(r)
		if string(csr.RawSubject) != string(old.RawSubject) || string(csr.RawSubjectPublicKeyInfo) != string(old.RawSubjectPublicKeyInfo) {
			s.t.Error("simplereenroll for another name or key")
		}
		cert, err := s.bank.Recertify(old)
		s.answer(w, cert, err)
	case "PUT /certificates/" + userID:
		s.register(w, r, userID)
	case "PUT /certificates":
		if r.Header.Get("Authorization") != "" {
			s.t.Error("a PIN without its User ID")
		}
		s.register(w, r, "")
	default:
		http.NotFound(w, r)
	}
}

func (s *server) register(w http.ResponseWriter, r *http.Request, userID string) {
	body, _ := io.ReadAll(r.Body)
	cert, err := x509.ParseCertificate(body)
	if err != nil || r.Header.Get("Content-Type") != "application/pkix-cert" {
		s.t.Errorf("registered %q, %v", r.Header.Get("Content-Type"), err)
	}
	if r.Header.Get("Authorization") == "" {
		err = s.bank.Reconfirm(userID, s.peer(r), cert)
	} else {
		err = s.bank.Confirm(r.Context(), s.applicantOf(r), cert)
	}
	switch {
	case errors.Is(err, agent.ErrBank):
		panic(http.ErrAbortHandler)
	case err != nil:
		refuse(w, err)
	default:
		w.WriteHeader(http.StatusNoContent)
	}
}

// answer ends an enrollment.
func (s *server) answer(w http.ResponseWriter, cert *x509.Certificate, err error) {
	switch {
	case err != nil:
		refuse(w, err)
	case s.bank.Lost():
		panic(http.ErrAbortHandler)
	default:
		writeCerts(w, cert)
	}
}

func refuse(w http.ResponseWriter, err error) {
	if p, ok := errors.AsType[*agent.PendingError](err); ok {
		w.Header().Set("Retry-After", strconv.Itoa(int(p.After.Seconds())))
		w.WriteHeader(http.StatusAccepted)
		return
	}
	if errors.Is(err, agent.ErrCredentials) {
		w.Header()["WWW-Authenticate"] = []string{`Basic realm="est"`}
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	http.Error(w, err.Error(), http.StatusConflict)
}

func (s *server) peer(r *http.Request) *x509.Certificate {
	if len(r.TLS.PeerCertificates) == 0 {
		s.t.Error("no client certificate")
		panic(http.ErrAbortHandler)
	}
	return r.TLS.PeerCertificates[0]
}

func (s *server) applicantOf(r *http.Request) agent.Applicant {
	name, pin, ok := r.BasicAuth()
	if !ok {
		s.t.Error("no HTTP Basic")
	}
	return agent.Applicant{UserID: name, PIN: agent.NewSecret([]byte(pin)), Primary: agent.PrimaryKey{Certificates: []*x509.Certificate{s.peer(r)}}}
}

// request reads a PKCS #10 request and checks all that RFC 7030 demands of it.
func (s *server) request(r *http.Request) (csr *x509.CertificateRequest, months int) {
	body, _ := io.ReadAll(r.Body)
	if r.Header.Get("Content-Type") != "application/pkcs10" || r.Header.Get("Content-Transfer-Encoding") != "base64" {
		s.t.Errorf("request with the header %v", r.Header)
	}
	for line := range strings.Lines(string(body)) {
		if len(line) > 65 || !strings.HasSuffix(line, "\n") {
			s.t.Errorf("base64 with the line %q", line)
		}
	}
	der, err := base64.StdEncoding.DecodeString(string(body))
	if err == nil {
		csr, err = x509.ParseCertificateRequest(der)
	}
	if err == nil {
		err = csr.CheckSignature()
	}
	if err != nil {
		s.t.Errorf("bad request: %v", err)
		panic(http.ErrAbortHandler)
	}
	password, months := attributes(s.t, csr)
	want := r.TLS.TLSUnique
	if r.TLS.Version == tls.VersionTLS13 {
		want, err = r.TLS.ExportKeyingMaterial("EXPORTER-Channel-Binding", nil, 32)
	}
	if err != nil || len(want) == 0 || password != base64.StdEncoding.EncodeToString(want) {
		s.t.Errorf("channel binding %q, want %x (%v)", password, want, err)
	}
	return csr, months
}
