package bank_test

import (
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"net"
	"net/http"
	"net/url"
	"testing"
	"time"

	"qoltanba/agent"
	"qoltanba/agent/agenttest"
	"qoltanba/agent/bank"
	"qoltanba/agent/cmp"
)

func (s *cmpServer) fixture(a agent.Applicant, foreign agent.PrimaryKey, c *bank.Client) agenttest.EnrollFixture {
	return agenttest.EnrollFixture{
		Enroller: c, Applicant: a, NoPeriod: 36, Foreign: foreign,
		Issued:     s.bank.Issued,
		Tries:      func() int { return s.bank.Tries(userID) },
		Registered: func(c *x509.Certificate) bool { return s.bank.Registered(userID, c) },
		LoseAnswer: s.bank.LoseAnswer,
		Pend:       func(d time.Duration) { s.bank.Pend(d) },
	}
}

func TestCMP(t *testing.T) {
	for name, open := range map[string]func(t *testing.T) agenttest.EnrollFixture{
		"PBMAC1": func(t *testing.T) agenttest.EnrollFixture {
			s := startCMP(t)
			return s.fixture(s.applicant, s.bank.AddClient("qq222222_asdfgh", "AAAA2222", 12).Primary, s.client())
		},
		"PBM": func(t *testing.T) agenttest.EnrollFixture {
			s := startCMP(t)
			return s.fixture(s.applicant, s.bank.AddClient("qq222222_asdfgh", "AAAA2222", 12).Primary,
				s.client(func(c *bank.Config) { c.PBM = true }))
		},
		"signature of GOST": func(t *testing.T) agenttest.EnrollFixture {
			s := startCMP(t)
			foreign := s.gostApplicant(t).Primary
			return s.fixture(s.gostApplicant(t), foreign, s.client())
		},
	} {
		t.Run(name, func(t *testing.T) {
			agenttest.TestFirstCertificate(t, open) // CMP is used for nothing else
			agenttest.TestEnrollerFaults(t, open)
		})
	}
}

// Which protocol is used: EST where there is one and the primary key can do TLS.
func TestProtocolByPrimaryKey(t *testing.T) {
	s := startCMP(t)
	both := s.client(func(c *bank.Config) { c.EST = c.Registration.JoinPath("..", ".well-known", "est") })
	if _, err := both.Check(t.Context(), s.applicant); err != nil || s.requests("csrattrs") != 1 || s.requests("cmp") != 0 {
		t.Errorf("an EC key: %v, requests %v", err, s.paths)
	}
	if _, err := both.Check(t.Context(), s.gostApplicant(t)); err != nil || s.requests("cmp") != 1 {
		t.Errorf("a GOST key: %v, requests %v", err, s.paths)
	}
	if _, err := s.server.client(0).Check(t.Context(), s.gostApplicant(t)); !errors.Is(err, agent.ErrKeyFile) {
		t.Errorf("a GOST key, EST alone: %v, want ErrKeyFile", err)
	}
	if _, err := s.client().Check(t.Context(), s.applicant); err != nil || s.requests("cmp") != 2 {
		t.Errorf("an EC key, CMP alone: %v, requests %v", err, s.paths)
	}
}

func TestCMPTellsThePeriods(t *testing.T) {
	s := startCMP(t)
	terms, err := s.client().Check(t.Context(), s.applicant)
	if err != nil || len(terms.Months) != 2 || terms.Months[0] != 12 || terms.Months[1] != 24 {
		t.Errorf("Check = %v, %v, want 12 and 24 months", terms, err)
	}
}

// Without further notice a MAC is made with all the iterations that others take.
func TestCMPIterations(t *testing.T) {
	s := startCMP(t)
	for _, pbm := range []bool{false, true} {
		s.answered = func(m *cmp.Message) {
			if err := m.CheckMAC(s.applicant.PIN.Bytes(), cmp.UsualIterations); err != nil {
				t.Errorf("PBM %v: CheckMAC = %v", pbm, err)
			}
		}
		if _, err := s.client(func(c *bank.Config) { c.Iterations, c.PBM = 0, pbm }).Check(t.Context(), s.applicant); err != nil {
			t.Errorf("PBM %v: Check = %v", pbm, err)
		}
	}
}

// No secret is sent with a MAC, and with a signature in the first message alone.
func TestCMPSendsThePINWhereItMust(t *testing.T) {
	for name, gost := range map[string]bool{"MAC": false, "signature": true} {
		t.Run(name, func(t *testing.T) {
			s := startCMP(t)
			a := s.applicant
			if gost {
				a = s.gostApplicant(t)
			}
			tokens := 0
			s.answered = func(m *cmp.Message) {
				if q, ok := m.Body.(*cmp.Request); ok {
					if _, ok := q.Control(cmp.ControlToken); ok {
						tokens++
					}
				}
				if m.HasMAC() == gost {
					t.Errorf("a %T with a MAC: %v", m.Body, m.HasMAC())
				}
			}
			if _, err := s.client().Submit(t.Context(), a, newKey(t)); err != nil {
				t.Fatalf("Submit = %v", err)
			}
			if want := map[bool]int{true: 1}[gost]; tokens != want {
				t.Errorf("%d tokens, want %d", tokens, want)
			}
		})
	}
}

// A bank's answer that is not what it should be.
func TestCMPBadAnswers(t *testing.T) {
	other := agenttest.NewCA("Another")
	signed := func(s *cmpServer, ca *agenttest.CA, edit func(*x509.Certificate)) *cmp.Signer {
		key := newKey(s.t)
		return &cmp.Signer{Key: key, Certificates: []*x509.Certificate{ca.Issue(key.Public(), "CMP", edit)}}
	}
	speaks := func(c *x509.Certificate) {
		c.ExtKeyUsage, c.UnknownExtKeyUsage = nil, []asn1.ObjectIdentifier{{1, 3, 6, 1, 5, 5, 7, 3, 27}}
	}
	response := func(change func(*cmp.Response)) func(*cmpServer, *spoiled) {
		return func(_ *cmpServer, m *spoiled) {
			if r, ok := m.Body.(*cmp.Response); ok {
				change(r)
			}
		}
	}
	replace := func(body cmp.Body) func(*cmpServer, *spoiled) {
		return func(_ *cmpServer, m *spoiled) { m.Body = body }
	}
	failure := func(f cmp.Failure) func(*cmpServer, *spoiled) {
		return replace(&cmp.Error{Status: cmp.Status{Code: cmp.Rejection, Failure: f}})
	}
	for name, c := range map[string]struct {
		spoil func(*cmpServer, *spoiled)
		want  error
	}{
		"no protection": {func(_ *cmpServer, m *spoiled) { m.by = nil }, agent.ErrBank},
		"a MAC by another secret": {func(_ *cmpServer, m *spoiled) {
			m.by = &cmp.MAC{Secret: []byte("another"), Iterations: cmp.MinIterations}
		}, agent.ErrBank},
		"the CA's signature":     {func(s *cmpServer, m *spoiled) { m.by = s.responder }, nil},
		"a client's signature":   {func(s *cmpServer, m *spoiled) { m.by = signed(s, s.bank.CA(), func(*x509.Certificate) {}) }, agent.ErrBankForeign},
		"another CA's signature": {func(s *cmpServer, m *spoiled) { m.by = signed(s, other, speaks) }, agent.ErrBankForeign},
		"one that has ended": {func(s *cmpServer, m *spoiled) {
			m.by = signed(s, s.bank.CA(), func(c *x509.Certificate) { speaks(c); c.NotAfter = time.Now().Add(-time.Hour) })
		}, agent.ErrCertificate},
		"another transaction": {func(_ *cmpServer, m *spoiled) { m.TransactionID = cmp.NewID() }, agent.ErrBank},
		"no transaction":      {func(_ *cmpServer, m *spoiled) { m.TransactionID = nil }, agent.ErrBank},
		"another nonce":       {func(_ *cmpServer, m *spoiled) { m.RecipientNonce = cmp.NewID() }, agent.ErrBank},
		"no nonce":            {func(_ *cmpServer, m *spoiled) { m.RecipientNonce = nil }, agent.ErrBank},
		"another body":        {replace(cmp.Confirmed{}), agent.ErrBank},
		"a general answer":    {replace(&cmp.General{Reply: true}), agent.ErrBank},
		"another kind":        {response(func(r *cmp.Response) { r.Kind = cmp.KeyUpdate }), agent.ErrBank},
		"another request":     {response(func(r *cmp.Response) { r.ID = 7 }), agent.ErrBank},
		"a rejection":         {response(func(r *cmp.Response) { *r = cmp.Response{Status: cmp.Status{Code: cmp.Rejection}} }), agent.ErrRejected},
		"waiting for ever":    {replace(&cmp.Response{Status: cmp.Status{Code: cmp.Waiting}}), agent.ErrBank},
		"a certificate for another key": {response(func(r *cmp.Response) {
			r.Certificate = other.Issue(newKey(t).Public(), userID)
		}), agent.ErrCertificate},
		"no confirmation": {func(_ *cmpServer, m *spoiled) {
			if _, ok := m.to.Body.(*cmp.Confirm); ok {
				m.Body = &cmp.PollResponse{}
			}
		}, agent.ErrBank},
		"a confirmation refused": {func(_ *cmpServer, m *spoiled) {
			if _, ok := m.to.Body.(*cmp.Confirm); ok {
				m.Body = &cmp.Error{Status: cmp.Status{Code: cmp.Rejection, Failure: cmp.BadCertID}}
			}
		}, agent.ErrRejected},
		"an error: wrong MAC":     {failure(cmp.BadMessageCheck), agent.ErrCredentials},
		"an error: not trusted":   {failure(cmp.SignerNotTrusted), agent.ErrCredentials},
		"an error: unavailable":   {failure(cmp.SystemUnavailable), agent.ErrBank},
		"an error: failure":       {failure(cmp.SystemFailure), agent.ErrBank},
		"an error: bad request":   {failure(cmp.BadRequest), agent.ErrRejected},
		"an error without reason": {failure(0), agent.ErrRejected},
		"an error without MAC too": {func(_ *cmpServer, m *spoiled) {
			m.by, m.Body = nil, &cmp.Error{Status: cmp.Status{Code: cmp.Rejection}}
		}, agent.ErrRejected},
	} {
		t.Run(name, func(t *testing.T) {
			s := startCMP(t)
			s.spoil = func(m *spoiled) { c.spoil(s, m) }
			_, err := s.client().Submit(t.Context(), s.applicant, newKey(t))
			if !errors.Is(err, c.want) {
				t.Errorf("Submit = %v, want %v", err, c.want)
			}
		})
	}
}

// A certificate that does not fit is refused, and the CA learns of it.
func TestCMPRefusesCertificates(t *testing.T) {
	s := startCMP(t)
	key := newKey(t)
	foreign := agenttest.NewCA("Qoltanba Test Bank CA").Issue(key.Public(), userID)
	s.spoil = func(m *spoiled) {
		if r, ok := m.Body.(*cmp.Response); ok {
			r.Certificate, s.given[string(m.TransactionID)].certificate = foreign, foreign
		}
	}
	if _, err := s.client().Submit(t.Context(), s.applicant, key); !errors.Is(err, agent.ErrBankForeign) {
		t.Errorf("Submit = %v, want ErrBankForeign", err)
	}
	if len(s.refused) != 1 || s.refused[0].Code != cmp.Rejection {
		t.Errorf("the CA was told %v", s.refused)
	}
}

// An answer of before does not pass for the one to this message.
func TestCMPReplay(t *testing.T) {
	s := startCMP(t)
	var before *cmp.Message
	s.spoil = func(m *spoiled) {
		if before != nil {
			m.Message = before
			return
		}
		before = m.Message
	}
	c := s.client()
	if _, err := c.Check(t.Context(), s.applicant); err != nil {
		t.Fatalf("Check = %v", err)
	}
	if _, err := c.Check(t.Context(), s.applicant); !errors.Is(err, agent.ErrBank) {
		t.Errorf("Check(old answer) = %v, want ErrBank", err)
	}
}

// An answer with a MAC proves nothing to somebody who asked with a signature.
func TestCMPSignedConversation(t *testing.T) {
	s := startCMP(t)
	a := s.gostApplicant(t)
	s.spoil = func(m *spoiled) { m.by = &cmp.MAC{Secret: a.PIN.Bytes()} }
	if _, err := s.client().Check(t.Context(), a); !errors.Is(err, agent.ErrBank) {
		t.Errorf("Check = %v, want ErrBank", err)
	}
}

// What comes back over HTTP and is no message of CMP.
func TestCMPOverHTTP(t *testing.T) {
	for name, c := range map[string]struct {
		status int
		header http.Header
		body   string
		want   error
	}{
		"text":                 {200, http.Header{"Content-Type": {"text/plain"}}, "hello", agent.ErrBank},
		"no message":           {200, http.Header{"Content-Type": {"application/pkixcmp"}}, "hello", agent.ErrBank},
		"nothing":              {200, http.Header{"Content-Type": {"application/pkixcmp"}}, "", agent.ErrBank},
		"not found":            {404, nil, "", agent.ErrRejected},
		"the server's error":   {500, nil, "", agent.ErrBank},
		"too many wrong PINs":  {429, http.Header{"Retry-After": {"60"}}, "", agent.ErrManyTries},
		"a redirect elsewhere": {307, http.Header{"Location": {"https://other.test/"}}, "", agent.ErrBank},
	} {
		t.Run(name, func(t *testing.T) {
			s := startCMP(t)
			s.override = func(w http.ResponseWriter, r *http.Request) bool {
				for key, values := range c.header {
					w.Header()[key] = values
				}
				w.WriteHeader(c.status)
				w.Write([]byte(c.body))
				return true
			}
			if _, err := s.client().Check(t.Context(), s.applicant); !errors.Is(err, c.want) {
				t.Errorf("Check = %v, want %v", err, c.want)
			}
		})
	}
}

// A CA that does not tell its certificates has those of the descriptor.
func TestCMPWithoutCACerts(t *testing.T) {
	for name, body := range map[string]cmp.Body{
		"refused": &cmp.Error{Status: cmp.Status{Code: cmp.Rejection, Failure: cmp.BadRequest}},
		"silent":  &cmp.General{Reply: true},
	} {
		t.Run(name, func(t *testing.T) {
			s := startCMP(t)
			s.spoil = func(m *spoiled) { m.Body = body }
			got, err := s.client().CACerts(t.Context())
			if err != nil || len(got) != 1 || !got[0].Equal(s.bank.CA().Certificate()) {
				t.Errorf("CACerts = %d certificates, %v", len(got), err)
			}
		})
	}
}

// Of a bank with both EST and CMP one says enough while the other one is dead; that is told.
func TestCACertsOfOneOfBoth(t *testing.T) {
	s := startCMP(t)
	dead, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody := &url.URL{Scheme: "https", Host: dead.Addr().String(), Path: "/nobody"}
	if err := dead.Close(); err != nil {
		t.Fatal(err)
	}
	base, err := url.Parse(s.http.URL)
	if err != nil {
		t.Fatal(err)
	}
	for name, edit := range map[string]func(*bank.Config){
		"EST": func(c *bank.Config) { c.EST = nobody },
		"CMP": func(c *bank.Config) { c.EST, c.CMP = base.JoinPath(".well-known/est"), nobody },
	} {
		got, err := s.client(edit).CACerts(t.Context())
		if !errors.Is(err, agent.ErrBank) || len(got) != 1 || !got[0].Equal(s.bank.CA().Certificate()) {
			t.Errorf("CACerts without %s = %d certificates, %v, want the CA's and ErrBank", name, len(got), err)
		}
	}
}

// What a CA says to a refusal is shown in a window: one line, and no more.
func TestCMPText(t *testing.T) {
	s := startCMP(t)
	s.spoil = func(m *spoiled) {
		m.Body = &cmp.Response{Status: cmp.Status{Code: cmp.Rejection, Text: "нет\u202e такого\u0007 срока\nещё"}}
	}
	_, err := s.client().Submit(t.Context(), s.applicant, newKey(t))
	if r, ok := errors.AsType[*agent.RejectedError](err); !ok || r.Text != "нет такого срока" {
		t.Errorf("Submit = %v", err)
	}
}
