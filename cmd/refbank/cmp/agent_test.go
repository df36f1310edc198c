package cmp_test

import (
	"crypto"
	"crypto/x509"
	"errors"
	"net/url"
	"testing"
	"time"

	"qoltanba/agent"
	"qoltanba/agent/agenttest"
	agentbank "qoltanba/agent/bank"
	"qoltanba/agent/gost"
	"qoltanba/cmd/refbank/enroll"
	"qoltanba/cmd/refbank/store"
)

// The agent and this bank keep the same contract over CMP as over EST.
func TestAgent(t *testing.T) {
	gost2004 := func() crypto.Signer { return gost.GenerateKey(gost.Kazakh2004) }
	for name, c := range map[string]struct {
		primary func() crypto.Signer
		key     func() crypto.Signer
		pbm     bool
	}{
		"PBMAC1 and an RSA key":                {rsaKey, ecKey, false},
		"PBM and a P-256 key, for one of GOST": {ecKey, gostKey, true},
		"a signature of GOST 2015":             {gostKey, gostKey, false},
		"a signature of GOST 2004, for P-256":  {gost2004, ecKey, false},
	} {
		t.Run(name, func(t *testing.T) {
			agenttest.TestEnroller(t, func(t *testing.T) agenttest.EnrollFixture {
				b := newBank(t, c.primary(), nil)
				return agenttest.EnrollFixture{
					Enroller:  b.agentClient(t, func(config *agentbank.Config) { config.PBM = c.pbm }),
					Applicant: b.applicant(), NoPeriod: 36, Key: c.key,
					Foreign: b.addClient(t, other, c.primary()),
					Issued:  func() int { return b.issued(t) },
					Registered: func(c *x509.Certificate) bool {
						known, err := b.Store.Client(t.Context(), user)
						return err == nil && known.Fingerprint == store.Fingerprint(c)
					},
				}
			})
		})
	}
}

// Who has the token and knows no User ID renews from another computer, also with keys that
// no TLS carries, and the first computer may go on with what it has.
func TestAgentRenewsWithoutUserID(t *testing.T) {
	for kind, c := range map[string]struct{ primary, key crypto.Signer }{
		"GOST 2015": {gostKey(), gostKey()}, "GOST 2004": {gostKey(), gost.GenerateKey(gost.Kazakh2004)},
		"RSA-2048": {ecKey(), rsaKey()}, "P-256": {gostKey(), ecKey()},
	} {
		t.Run(kind, func(t *testing.T) {
			b := newBank(t, c.primary, func(c *enroll.Config) { c.Faults.Due = true })
			first := b.agentClient(t)
			cert, err := first.Submit(t.Context(), b.applicant(), c.key)
			if err != nil {
				t.Fatalf("Submit = %v", err)
			}
			if err := first.Confirm(t.Context(), b.applicant(), cert); err != nil {
				t.Fatalf("Confirm = %v", err)
			}
			for range 2 {
				// A bank that has EST too is asked both ways: EST's has no CA for GOST.
				elsewhere := b.agentClient(t, func(c *agentbank.Config) {
					c.EST = &url.URL{Scheme: "https", Host: b.address, Path: "/.well-known/est"}
				})
				cert = agenttest.TestRenewAtTwo(t, first, elsewhere, user, c.key, cert)
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
		{"K115 lost-answer", enroll.Faults{LostAnswer: true}, []error{agent.ErrBank, agent.ErrBank, nil}}, // ir, certConf
		// To be told to wait, to poll, and then as above.
		{"K115 lost-answer,202", enroll.Faults{LostAnswer: true, Pending: time.Second}, []error{agent.ErrBank, agent.ErrBank, agent.ErrBank, agent.ErrBank, nil}},
		{"202", enroll.Faults{Pending: time.Second}, []error{nil, nil}}, // polled for
		{"202 for an hour", enroll.Faults{Pending: time.Hour}, []error{agent.ErrPending, nil}},
		{"slow-ca", enroll.Faults{Slow: 100 * time.Millisecond}, []error{nil, nil}},
		{"refuse-csr", enroll.Faults{RefuseCSR: true}, []error{agent.ErrRejected, agent.ErrRejected}},
	} {
		for kind, primary := range map[string]func() crypto.Signer{"MAC": ecKey, "signature": gostKey} {
			t.Run(test.name+", "+kind, func(t *testing.T) {
				b := newBank(t, primary(), func(c *enroll.Config) { c.Faults = test.faults })
				key := ecKey()
				var cert *x509.Certificate
				for i, want := range test.submit {
					var err error
					if cert, err = b.agentClient(t).Submit(t.Context(), b.applicant(), key); !errors.Is(err, want) {
						t.Errorf("Submit %d = %v, want %v", i+1, err, want)
					}
				}
				if cert != nil && b.issued(t) != 1 {
					t.Errorf("K117 %d certificates, want one", b.issued(t))
				}
				if !test.faults.LostAnswer {
					return
				}
				if _, err := b.agentClient(t).Check(t.Context(), b.applicant()); !errors.Is(err, agent.ErrBank) {
					t.Errorf("Check = %v, want ErrBank", err)
				}
				if _, err := b.agentClient(t).Check(t.Context(), b.applicant()); err != nil {
					t.Errorf("Check again = %v", err)
				}
				if err := b.agentClient(t).Confirm(t.Context(), b.applicant(), cert); !errors.Is(err, agent.ErrBank) {
					t.Errorf("Confirm = %v, want ErrBank", err)
				}
				if err := b.agentClient(t).Confirm(t.Context(), b.applicant(), cert); err != nil {
					t.Errorf("Confirm again = %v", err)
				}
			})
		}
	}
}

// What the faults of the CA itself look like from here.
func TestAgentAndWrongClocks(t *testing.T) {
	b := newBank(t, gostKey(), func(c *enroll.Config) { c.CA = c.CA.WithClock(2 * time.Hour) })
	if _, err := b.agentClient(t).Submit(t.Context(), b.applicant(), gostKey()); err != nil {
		t.Errorf("clock-skew: Submit = %v", err)
	}
}

func TestAgentIsThrottled(t *testing.T) {
	for kind, primary := range map[string]func() crypto.Signer{"MAC": ecKey, "signature": gostKey} {
		t.Run(kind, func(t *testing.T) {
			b := newBank(t, primary(), nil)
			wrong := b.applicant()
			wrong.PIN = agent.NewSecret([]byte("WRONGPIN"))
			tries := 0
			var err error
			for ; tries < 10; tries++ {
				if _, err = b.agentClient(t).Check(t.Context(), wrong); !errors.Is(err, agent.ErrCredentials) {
					break
				}
			}
			if p, ok := errors.AsType[*agent.ManyTriesError](err); !ok || p.After < time.Second || p.After > time.Minute || tries < 5 {
				t.Errorf("Check(wrong) %d times, then = %v, want a ManyTriesError", tries, err)
			}
			if _, err := b.agentClient(t).Check(t.Context(), b.applicant()); !errors.Is(err, agent.ErrManyTries) {
				t.Errorf("Check(right) = %v, want a ManyTriesError", err)
			}
		})
	}
}

// Names in a certificate are the contract's, whatever is asked for.
func TestNamesOfTheContract(t *testing.T) {
	b := newBank(t, gostKey(), nil)
	cert, err := b.agentClient(t).Submit(t.Context(), b.applicant(), gostKey())
	if err != nil {
		t.Fatal(err)
	}
	if got := cert.Subject.CommonName + " " + cert.Subject.SerialNumber; got != "ТЕСТОВА ӘСЕЛ IIN850412300452" {
		t.Errorf("subject = %s, want ТЕСТОВА ӘСЕЛ IIN850412300452", got)
	}
}
