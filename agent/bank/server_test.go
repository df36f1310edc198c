package bank_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"encoding/asn1"
	"encoding/base64"
	"errors"
	"fmt"
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
		s.register(w, r)
	default:
		http.NotFound(w, r)
	}
}

func (s *server) register(w http.ResponseWriter, r *http.Request) {
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

// attributes reads those of a request that crypto/x509 leaves alone.
func attributes(t *testing.T, csr *x509.CertificateRequest) (password string, months int) {
	var info struct {
		Version    int
		Subject    asn1.RawValue
		PublicKey  asn1.RawValue
		Attributes []asn1.RawValue `asn1:"tag:0,set"`
	}
	if _, err := asn1.Unmarshal(csr.RawTBSCertificateRequest, &info); err != nil {
		t.Fatalf("CertificationRequestInfo: %v", err)
	}
	for _, raw := range info.Attributes {
		var a struct {
			Type   asn1.RawValue
			Values []asn1.RawValue `asn1:"set"`
		}
		if _, err := asn1.Unmarshal(raw.FullBytes, &a); err != nil || len(a.Values) != 1 {
			t.Fatalf("attribute: %v", err)
		}
		var id x509.OID
		if err := id.UnmarshalBinary(a.Type.Bytes); err != nil {
			t.Fatal(err)
		}
		switch id.String() {
		case "1.2.840.113549.1.9.7":
			if a.Values[0].Tag != asn1.TagPrintableString {
				t.Errorf("challengePassword has the tag %d", a.Values[0].Tag)
			}
			password = string(a.Values[0].Bytes)
		case bank.PeriodOID:
			if _, err := asn1.Unmarshal(a.Values[0].FullBytes, &months); err != nil {
				t.Fatal(err)
			}
		}
	}
	return password, months
}

func lines(der []byte) string {
	text := base64.StdEncoding.EncodeToString(der)
	var out strings.Builder
	for len(text) > 64 {
		fmt.Fprintf(&out, "%s\r\n", text[:64])
		text = text[64:]
	}
	return out.String() + text + "\r\n"
}

func writeCerts(w http.ResponseWriter, certs ...*x509.Certificate) {
	w.Header().Set("Content-Type", "application/pkcs7-mime; smime-type=certs-only")
	w.Header().Set("Content-Transfer-Encoding", "base64")
	io.WriteString(w, lines(certsOnly(certs...)))
}

// certsOnly writes SignedData with certificates and nothing else.
func certsOnly(certs ...*x509.Certificate) []byte {
	var all []byte
	for _, c := range certs {
		all = append(all, c.Raw...)
	}
	data := marshal(struct {
		Version int
		Digests []asn1.RawValue `asn1:"set"`
		Content struct{ Type asn1.ObjectIdentifier }
		Certs   asn1.RawValue
		Signers []asn1.RawValue `asn1:"set"`
	}{
		Version: 1,
		Content: struct{ Type asn1.ObjectIdentifier }{asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 1}},
		Certs:   asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: 0, IsCompound: true, Bytes: all},
	})
	return marshal(struct {
		Type    asn1.ObjectIdentifier
		Content asn1.RawValue
	}{
		Type:    asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 2},
		Content: asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: 0, IsCompound: true, Bytes: data},
	})
}

func marshal(v any) []byte {
	der, err := asn1.Marshal(v)
	if err != nil {
		panic(err)
	}
	return der
}

// softKey is an agent.Key in memory.
type softKey struct {
	crypto.Signer
	certificate *x509.Certificate
}

func (softKey) ID() []byte                       { return nil }
func (softKey) Label() string                    { return "" }
func (k softKey) Certificate() *x509.Certificate { return k.certificate }

// plainKey is an RSA key in a token that does not know PSS.
type plainKey struct{ *rsa.PrivateKey }

func (k plainKey) Sign(random io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	if _, pss := opts.(*rsa.PSSOptions); pss {
		return nil, fmt.Errorf("signing: %w", agent.ErrMechanism)
	}
	return k.PrivateKey.Sign(random, digest, opts)
}

// lockedKey is a key whose token is locked.
type lockedKey struct{ crypto.Signer }

func (lockedKey) Sign(io.Reader, []byte, crypto.SignerOpts) ([]byte, error) {
	return nil, fmt.Errorf("signing: %w", agent.ErrLocked)
}
