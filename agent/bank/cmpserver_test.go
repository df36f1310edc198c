package bank_test

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"qoltanba/agent"
	"qoltanba/agent/agenttest"
	"qoltanba/agent/bank"
	"qoltanba/agent/cmp"
	"qoltanba/agent/gost"
)

// cmpServer is the server with CMP. Like the one with EST it takes the standard at
// its word.
type cmpServer struct {
	*server
	pins      map[string]string     // by User ID
	primary   *x509.Certificate     // of the applicant, when it is one of GOST
	responder *cmp.Signer           // of answers to signed messages
	waiting   map[string]*cmpWait   // by transaction
	refused   []cmp.Status          // certificates that clients refused
	spoil     func(*spoiled)        // changes answers
	answered  func(*cmp.Message)    // sees messages
	given     map[string]*cmpIssued // by transaction
	nonces    map[string][]byte     // by transaction: the server's last
}

type cmpWait struct {
	request *cmp.Request
	after   time.Duration
	told    bool
}

type cmpIssued struct{ certificate *x509.Certificate }

// spoiled is an answer on its way.
type spoiled struct {
	to *cmp.Message
	*cmp.Message
	by cmp.Protector
}

func startCMP(t *testing.T, edits ...func(*server, *tls.Config)) *cmpServer {
	s := &cmpServer{waiting: map[string]*cmpWait{}, given: map[string]*cmpIssued{}, nonces: map[string][]byte{}}
	s.server = start(t, append(edits, answering(func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path != "/.well-known/cmp" {
			return false
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		s.serve(w, r)
		return true
	}))...)
	s.pins = map[string]string{userID: string(s.applicant.PIN.Bytes())}
	key := newKey(t)
	cert := s.bank.CA().Issue(key.Public(), "CMP", func(c *x509.Certificate) {
		c.ExtKeyUsage, c.UnknownExtKeyUsage = nil, []asn1.ObjectIdentifier{{1, 3, 6, 1, 5, 5, 7, 3, 27}}
	})
	s.responder = &cmp.Signer{Key: key, Certificates: []*x509.Certificate{cert}}
	return s
}

// gostApplicant is the applicant with a primary key of GOST in the place of the other.
func (s *cmpServer) gostApplicant(t *testing.T) agent.Applicant {
	key := gost.GenerateKey(gost.Kazakh2015)
	template := s.bank.CA().Issue(newKey(t).Public(), userID)
	der, err := gost.CreateCertificate(template, template, key.Public().(*gost.PublicKey), key)
	if err != nil {
		t.Fatal(err)
	}
	if s.primary, err = gost.ParseCertificate(der); err != nil {
		t.Fatal(err)
	}
	a := s.applicant
	a.Primary = agent.PrimaryKey{Signer: key, Certificates: []*x509.Certificate{s.primary}}
	return a
}

func (s *cmpServer) client(edit ...func(*bank.Config)) *bank.Client {
	s.t.Helper()
	base, err := url.Parse(s.http.URL)
	if err != nil {
		s.t.Fatal(err)
	}
	config := bank.Config{
		CMP:          base.JoinPath(".well-known/cmp"),
		Registration: base.JoinPath("certificates"),
		Iterations:   cmp.MinIterations,
		Roots:        []*x509.Certificate{s.bank.CA().Certificate()},
	}
	for _, e := range edit {
		e(&config)
	}
	c, err := bank.New(config)
	if err != nil {
		s.t.Fatal(err)
	}
	return c
}

func (s *cmpServer) serve(w http.ResponseWriter, r *http.Request) {
	der, _ := io.ReadAll(r.Body)
	m, err := cmp.Parse(der)
	if err != nil || r.Method != http.MethodPost || r.Header.Get("Content-Type") != "application/pkixcmp" {
		s.t.Errorf("%s with %q: %v", r.Method, r.Header.Get("Content-Type"), err)
		panic(http.ErrAbortHandler)
	}
	if s.answered != nil {
		s.answered(m)
	}
	if len(m.TransactionID) != 16 || len(m.SenderNonce) != 16 || time.Since(m.Time).Abs() > time.Minute {
		s.t.Errorf("transaction %x, nonce %x, time %v", m.TransactionID, m.SenderNonce, m.Time)
	}
	if want := s.nonces[string(m.TransactionID)]; string(m.RecipientNonce) != string(want) {
		s.t.Errorf("nonce %x, want %x", m.RecipientNonce, want)
	}
	a, by := s.sender(r, m)
	body, err := s.handle(r, m, a)
	switch {
	case errors.Is(err, agent.ErrBank):
		panic(http.ErrAbortHandler)
	case errors.Is(err, agent.ErrCredentials):
		body = &cmp.Error{Status: cmp.Status{Code: cmp.Rejection, Failure: cmp.BadMessageCheck}}
		by = nil // nobody knows what to protect it with
	case err != nil:
		body = &cmp.Error{Status: cmp.Status{Code: cmp.Rejection, Text: err.Error(), Failure: cmp.BadRequest}}
	}
	out := &spoiled{to: m, by: by, Message: &cmp.Message{Body: body, Header: cmp.Header{
		TransactionID: m.TransactionID, SenderNonce: cmp.NewID(), RecipientNonce: m.SenderNonce,
	}}}
	if s.spoil != nil {
		s.spoil(out)
	}
	s.nonces[string(m.TransactionID)] = out.SenderNonce
	der, err = out.Marshal(out.by)
	if err != nil {
		s.t.Errorf("Marshal = %v", err)
	}
	w.Header().Set("Content-Type", "application/pkixcmp")
	w.Write(der)
}

// sender returns who proves what in a message, and what protects the answer. A PIN
// that did not make the MAC is told to the bank as a wrong one.
func (s *cmpServer) sender(r *http.Request, m *cmp.Message) (agent.Applicant, cmp.Protector) {
	if !m.Protected() {
		return agent.Applicant{}, nil
	}
	if !m.HasMAC() {
		return s.signer(m), s.responder
	}
	user := string(m.SenderKID)
	if !strings.Contains(string(m.Sender), user) {
		s.t.Errorf("sender %q, key %q", m.Sender, user)
	}
	pin := s.pins[user]
	if err := m.CheckMAC([]byte(pin), cmp.MinIterations); err != nil {
		pin = "not the one"
	}
	return agent.Applicant{UserID: user, PIN: agent.NewSecret([]byte(pin)),
			Primary: agent.PrimaryKey{Certificates: []*x509.Certificate{s.peer(r)}}},
		&cmp.MAC{Secret: []byte(pin), Iterations: cmp.MinIterations}
}

// signer reads who signed, and the registration token.
func (s *cmpServer) signer(m *cmp.Message) (a agent.Applicant) {
	if len(m.Certificates) == 0 || m.CheckSignature(m.Certificates[0]) != nil {
		s.t.Error("a wrong signature")
		return a
	}
	var token cmp.Attribute
	switch b := m.Body.(type) {
	case *cmp.Request:
		token, _ = b.Control(cmp.ControlToken)
	case *cmp.General:
		token, _ = b.Attribute(cmp.ControlToken)
	default:
		return a
	}
	var pair string
	if _, err := asn1.UnmarshalWithParams(token.Value, &pair, "utf8"); err != nil {
		s.t.Errorf("token %x: %v", token.Value, err)
	}
	user, pin, _ := strings.Cut(pair, ":")
	a = agent.Applicant{UserID: user, PIN: agent.NewSecret([]byte(pin)), Primary: s.applicant.Primary}
	if s.primary == nil || !m.Certificates[0].Equal(s.primary) {
		a.Primary.Certificates = m.Certificates
	}
	return a
}

func (s *cmpServer) handle(r *http.Request, m *cmp.Message, a agent.Applicant) (cmp.Body, error) {
	id := string(m.TransactionID)
	switch b := m.Body.(type) {
	case *cmp.General:
		return s.general(r, b, a)
	case *cmp.Request:
		return s.certify(id, b, a)
	case *cmp.PollRequest:
		w := s.waiting[id]
		if w == nil || b.ID != w.request.ID {
			return nil, fmt.Errorf("nothing to wait for")
		}
		if !w.told {
			w.told = true
			return &cmp.PollResponse{ID: b.ID, After: w.after}, nil
		}
		if len(a.Primary.Certificates) == 0 {
			a = s.signedApplicant()
		}
		return s.certify(id, w.request, a)
	case *cmp.Confirm:
		given := s.given[id]
		if given == nil || !b.Confirms(given.certificate) {
			return nil, fmt.Errorf("another certificate")
		}
		if b.Status.Code != cmp.Accepted {
			s.refused = append(s.refused, b.Status)
		}
		return cmp.Confirmed{}, nil
	}
	return nil, fmt.Errorf("a %T", m.Body)
}

// signedApplicant is who a signed poll is of: the token is in the request alone.
func (s *cmpServer) signedApplicant() agent.Applicant { return s.applicant }

func (s *cmpServer) general(r *http.Request, b *cmp.General, a agent.Applicant) (cmp.Body, error) {
	answer := &cmp.General{Reply: true}
	if _, ok := b.Attribute(cmp.InfoCACerts); ok {
		if len(r.TLS.PeerCertificates) > 0 || a.UserID != "" {
			s.t.Error("the CA's certificates were asked for with credentials")
		}
		value, err := cmp.MarshalCertificates([]*x509.Certificate{s.bank.CA().Certificate(), agenttest.NewCA("Another").Certificate()})
		answer.Attributes = []cmp.Attribute{{Type: cmp.InfoCACerts, Value: value}}
		return answer, err
	}
	if certificate, ok := b.Attribute(bank.RegistrationOID); ok {
		cert, err := gost.ParseCertificate(certificate.Value)
		if err != nil {
			return nil, err
		}
		answer.Attributes = []cmp.Attribute{{Type: bank.RegistrationOID}}
		return answer, s.bank.Confirm(r.Context(), a, cert)
	}
	terms, err := s.bank.Check(r.Context(), a)
	if err != nil {
		return nil, err
	}
	value, err := asn1.Marshal(terms.Months)
	answer.Attributes = []cmp.Attribute{{Type: bank.PeriodOID, Value: value}}
	return answer, err
}

func (s *cmpServer) certify(id string, q *cmp.Request, a agent.Applicant) (cmp.Body, error) {
	public, err := q.CheckPossession()
	if err != nil {
		s.t.Errorf("CheckPossession = %v", err)
	}
	if months, ok := q.Control(bank.PeriodOID); ok {
		if _, err := asn1.Unmarshal(months.Value, &a.Months); err != nil {
			s.t.Errorf("period %x: %v", months.Value, err)
		}
	}
	cert, err := s.bank.Certify(a, public)
	if pending, ok := errors.AsType[*agent.PendingError](err); ok {
		s.waiting[id] = &cmpWait{request: q, after: pending.After}
		return &cmp.Response{Kind: q.Kind, ID: q.ID, Status: cmp.Status{Code: cmp.Waiting}}, nil
	}
	if rejected, ok := errors.AsType[*agent.RejectedError](err); ok {
		return &cmp.Response{Kind: q.Kind, ID: q.ID, Status: cmp.Status{Code: cmp.Rejection, Text: rejected.Text}}, nil
	}
	if err != nil {
		return nil, err
	}
	if s.bank.Lost() {
		return nil, agent.ErrBank
	}
	s.given[id] = &cmpIssued{cert}
	return &cmp.Response{Kind: q.Kind, ID: q.ID, Certificate: cert, CACerts: []*x509.Certificate{s.bank.CA().Certificate()}}, nil
}
