package est_test

import (
	"crypto"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net/url"
	"path/filepath"
	"testing"
	"time"

	"qoltanba/agent"
	"qoltanba/agent/agenttest"
	agentbank "qoltanba/agent/bank"
	"qoltanba/cmd/refbank/ca"
	"qoltanba/cmd/refbank/enroll"
	"qoltanba/cmd/refbank/est"
	"qoltanba/cmd/refbank/store"
)

// agentClient is the agent's own client for this bank.
func (b *bank) agentClient(t *testing.T) *agentbank.Client {
	t.Helper()
	base := &url.URL{Scheme: "https", Host: b.address}
	c, err := agentbank.New(agentbank.Config{
		EST:          base.JoinPath(".well-known", "est"),
		Registration: base.JoinPath("registration"),
		Roots:        []*x509.Certificate{b.CA.Root()},
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func primaryKey(t *testing.T, c tls.Certificate) agent.PrimaryKey {
	t.Helper()
	cert, err := x509.ParseCertificate(c.Certificate[0])
	if err != nil {
		t.Fatal(err)
	}
	return agent.PrimaryKey{Signer: c.PrivateKey.(crypto.Signer), Certificates: []*x509.Certificate{cert}}
}

func (b *bank) applicant(t *testing.T) agent.Applicant {
	return agent.Applicant{UserID: user, PIN: agent.NewSecret([]byte(pin)), Primary: primaryKey(t, b.primary), Months: 24}
}

// The agent and this bank keep the same contract.
func TestAgent(t *testing.T) {
	agenttest.TestEnroller(t, func(t *testing.T) agenttest.EnrollFixture {
		b := newBank(t, nil)
		other := client
		other.UserID, other.IIN = "qq222222_asdfghjk", "900101300459"
		return agenttest.EnrollFixture{
			Enroller: b.agentClient(t), Applicant: b.applicant(t), NoPeriod: 36,
			Foreign: primaryKey(t, b.addClient(t, other)),
			Issued: func() int {
				_, certificates := b.counts(t)
				return certificates
			},
			Registered: func(c *x509.Certificate) bool {
				known, err := b.Store.Client(t.Context(), user)
				return err == nil && known.Fingerprint == store.Fingerprint(c)
			},
		}
	})
}

// Who has the token and knows no User ID renews from another computer, with each kind of
// key that TLS carries, again and again.
func TestAgentRenewsWithoutUserID(t *testing.T) {
	for kind, key := range map[string]crypto.Signer{"RSA-2048": rsaKey(t), "P-256": ecKey(t)} {
		t.Run(kind, func(t *testing.T) {
			b := newBank(t, func(c *est.Config) { c.Faults.Due = true })
			c := b.agentClient(t)
			cert, err := c.Submit(t.Context(), b.applicant(t), key)
			if err != nil {
				t.Fatalf("Submit = %v", err)
			}
			if err := c.Confirm(t.Context(), b.applicant(t), cert); err != nil {
				t.Fatalf("Confirm = %v", err)
			}
			issuers, err := c.CACerts(t.Context())
			if err != nil || !c.IsIssuer(b.ended(t).Leaf, issuers) {
				t.Errorf("the bank is not found by a certificate that has ended: %v", err)
			}
			if c.IsIssuer(b.CA.Issuing(), issuers) {
				t.Error("IsIssuer(the issuing CA's own certificate) = true")
			}
			for range 3 {
				cert = agenttest.TestRenewAtTwo(t, c, b.agentClient(t), user, key, cert)
			}
			if got, err := b.Store.Client(t.Context(), user); err != nil || got.Fingerprint != store.Fingerprint(cert) {
				t.Errorf("in force is %s, %v, want the last one", got.Fingerprint, err)
			}
		})
	}
}

func TestAgentAndFaults(t *testing.T) {
	for _, test := range []struct {
		name   string
		faults enroll.Faults
		submit []error // one after the other
	}{
		{"K115 lost-answer", enroll.Faults{LostAnswer: true}, []error{agent.ErrBank, agent.ErrBank, nil}}, // cacerts, simpleenroll
		{"K115 lost-answer,202", enroll.Faults{LostAnswer: true, Pending: time.Second}, []error{agent.ErrBank, agent.ErrBank, agent.ErrBank, nil}},
		{"202", enroll.Faults{Pending: time.Second}, []error{nil, nil}}, // waited for
		{"202 for an hour", enroll.Faults{Pending: time.Hour}, []error{agent.ErrPending, nil}},
		{"slow-ca", enroll.Faults{Slow: 300 * time.Millisecond}, []error{nil}},
		{"refuse-csr", enroll.Faults{RefuseCSR: true}, []error{agent.ErrRejected, agent.ErrRejected}},
	} {
		t.Run(test.name, func(t *testing.T) {
			b := newBank(t, func(c *est.Config) { c.Faults = test.faults })
			key := ecKey(t)
			for i, want := range test.submit {
				if _, err := b.agentClient(t).Submit(t.Context(), b.applicant(t), key); !errors.Is(err, want) {
					t.Errorf("Submit %d = %v, want %v", i+1, err, want)
				}
			}
		})
	}
}

// A certificate of a CA that has ended is of no use. One of a CA whose clock is an hour
// ahead will be, soon: it is taken; one that begins in days is not.
func TestAgentAndWrongCAs(t *testing.T) {
	for name, c := range map[string]struct {
		wrong func(*bank) (*ca.CA, error)
		want  error
	}{
		"expired-ca":             {func(b *bank) (*ca.CA, error) { return ca.OpenExpired(filepath.Join(b.dir, "ca")) }, agent.ErrCertificate},
		"clock-skew":             {func(b *bank) (*ca.CA, error) { return b.CA.WithClock(time.Hour), nil }, nil},
		"clock-skew of two days": {func(b *bank) (*ca.CA, error) { return b.CA.WithClock(48 * time.Hour), nil }, agent.ErrCertificate},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBank(t, nil)
			right := b.CA
			var err error
			if b.CA, err = c.wrong(b); err != nil {
				t.Fatal(err)
			}
			b.listen(t, b.own)
			b.CA = right // whose root the agent trusts
			if _, err := b.agentClient(t).Submit(t.Context(), b.applicant(t), ecKey(t)); !errors.Is(err, c.want) {
				t.Errorf("Submit = %v, want %v", err, c.want)
			}
		})
	}
}

func TestAgentIsThrottled(t *testing.T) {
	b := newBank(t, nil)
	wrong := b.applicant(t)
	wrong.PIN = agent.NewSecret([]byte("WRONGPIN"))
	var err error
	for range 10 {
		if _, err = b.agentClient(t).Check(t.Context(), wrong); !errors.Is(err, agent.ErrCredentials) {
			break
		}
	}
	if p, ok := errors.AsType[*agent.ManyTriesError](err); !ok || p.After < time.Second || p.After > time.Minute {
		t.Errorf("Check(wrong) many times = %v, want a ManyTriesError", err)
	}
}
