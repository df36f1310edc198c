package bank_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"qoltanba/agent"
	"qoltanba/agent/agenttest"
	"qoltanba/agent/bank"
)

func newKey(t *testing.T) softKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return softKey{Signer: key}
}

// every calls each method of a client that says something about an applicant.
func every(t *testing.T, c *bank.Client, a agent.Applicant) map[string]error {
	_, check := c.Check(t.Context(), a)
	_, submit := c.Submit(t.Context(), a, newKey(t))
	confirm := c.Confirm(t.Context(), a, a.Primary.Certificates[0])
	return map[string]error{"Check": check, "Submit": submit, "Confirm": confirm}
}

func TestNothingIsSentToAStranger(t *testing.T) {
	stranger := agenttest.NewCA("Qoltanba Test Bank CA") // the name alone is the bank's
	for name, edit := range map[string]func(*server, *tls.Config){
		"another CA": func(_ *server, c *tls.Config) { c.Certificates = []tls.Certificate{certify(stranger)} },
		"another name": func(s *server, c *tls.Config) {
			key := newKey(t)
			cert := s.bank.CA().Issue(key.Public(), "server", func(c *x509.Certificate) {
				c.DNSNames, c.ExtKeyUsage = []string{"other.test"}, []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
			})
			c.Certificates = []tls.Certificate{{Certificate: [][]byte{cert.Raw}, PrivateKey: key.Signer}}
		},
		"a client of the bank": func(s *server, c *tls.Config) {
			key := newKey(t)
			cert := s.bank.CA().Issue(key.Public(), "127.0.0.1")
			c.Certificates = []tls.Certificate{{Certificate: [][]byte{cert.Raw}, PrivateKey: key.Signer}}
		},
	} {
		t.Run(name, func(t *testing.T) {
			refuses := func(s *server, c *bank.Client, a agent.Applicant) {
				for method, err := range every(t, c, a) {
					if !errors.Is(err, agent.ErrBankForeign) {
						t.Errorf("%s = %v, want ErrBankForeign", method, err)
					}
				}
				if n := s.requests(""); n != 0 {
					t.Errorf("the stranger got %d requests", n)
				}
			}
			est := start(t, edit)
			refuses(est, est.client(0), est.applicant)
			cmp := startCMP(t, edit) // a key of GOST has no part in the handshake
			refuses(cmp.server, cmp.client(), cmp.gostApplicant(t))
		})
	}
}

func TestServerMustAskForThePrimaryKey(t *testing.T) {
	s := start(t, func(_ *server, c *tls.Config) { c.ClientAuth = tls.NoClientCert })
	for method, err := range every(t, s.client(0), s.applicant) {
		if !errors.Is(err, agent.ErrBank) {
			t.Errorf("%s = %v, want ErrBank", method, err)
		}
	}
	if got, cacerts := s.requests(""), s.requests("cacerts"); got != cacerts {
		t.Errorf("%d requests of an applicant were sent", got-cacerts)
	}
}

// K79: a key file of somebody else is told as a wrong PIN is, also by a server
// that looks at it in the handshake.
func TestK79ForeignKeyInTheHandshake(t *testing.T) {
	for name, v := range map[string]uint16{"TLS 1.2": tls.VersionTLS12, "TLS 1.3": tls.VersionTLS13} {
		t.Run(name, func(t *testing.T) {
			s := start(t, version(v), func(_ *server, c *tls.Config) {
				c.ClientAuth, c.ClientCAs = tls.VerifyClientCertIfGiven, agenttest.NewCA("Another").Pool()
			})
			if _, err := s.client(0).Check(t.Context(), s.applicant); !errors.Is(err, agent.ErrCredentials) {
				t.Errorf("Check = %v, want ErrCredentials", err)
			}
		})
	}
}

func TestExpiredPrimaryKey(t *testing.T) {
	s := start(t, func(s *server, c *tls.Config) {
		ca := agenttest.NewCA("Initialization")
		c.ClientAuth, c.ClientCAs = tls.VerifyClientCertIfGiven, ca.Pool()
		s.applicant.Primary.Certificates = []*x509.Certificate{ca.Issue(s.applicant.Primary.Signer.Public(), userID, func(c *x509.Certificate) {
			c.NotAfter = time.Now().AddDate(0, 0, -1)
		})}
	})
	if _, err := s.client(0).Check(t.Context(), s.applicant); !errors.Is(err, agent.ErrCertificate) {
		t.Errorf("Check = %v, want ErrCertificate", err)
	}
}

func TestK79ImpossibleApplicantsCostNoTry(t *testing.T) {
	s := start(t)
	for name, a := range map[string]agent.Applicant{
		"a colon":   {UserID: "a:b", PIN: s.applicant.PIN, Primary: s.applicant.Primary},
		"a path":    {UserID: "../admin", PIN: s.applicant.PIN, Primary: s.applicant.Primary},
		"dots":      {UserID: "..", PIN: s.applicant.PIN, Primary: s.applicant.Primary},
		"a header":  {UserID: "a\r\nb", PIN: s.applicant.PIN, Primary: s.applicant.Primary},
		"nothing":   {PIN: s.applicant.PIN, Primary: s.applicant.Primary},
		"empty PIN": {UserID: userID, PIN: agent.NewSecret(nil), Primary: s.applicant.Primary},
		"nil PIN":   {UserID: userID, Primary: s.applicant.Primary},
	} {
		if _, err := s.client(0).Check(t.Context(), a); !errors.Is(err, agent.ErrCredentials) {
			t.Errorf("Check(%s) = %v, want ErrCredentials", name, err)
		}
	}
	if _, err := s.client(0).Check(t.Context(), agent.Applicant{UserID: userID, PIN: s.applicant.PIN}); !errors.Is(err, agent.ErrKeyFile) {
		t.Errorf("Check(no key) = %v, want ErrKeyFile", err)
	}
	if n := s.requests(""); n != 0 {
		t.Errorf("%d requests were sent", n)
	}
}

func TestPINIsInNoError(t *testing.T) {
	s := start(t, answering(func(w http.ResponseWriter, r *http.Request) bool {
		http.Error(w, r.Header.Get("Authorization")+" K7M2P9XQ", http.StatusInternalServerError)
		return true
	}))
	for method, err := range every(t, s.client(0), s.applicant) {
		if err == nil || strings.Contains(err.Error(), "K7M2P9XQ") {
			t.Errorf("%s = %v", method, err)
		}
	}
}

// A token's RSA key need not know PSS, which TLS 1.3 would ask of it.
func TestRenewWithoutPSS(t *testing.T) {
	s := start(t)
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	key := softKey{Signer: plainKey{private}}
	c := s.client(0)
	if key.certificate, err = c.Submit(t.Context(), s.applicant, key); err != nil {
		t.Fatalf("Submit = %v", err)
	}
	if err := c.Confirm(t.Context(), s.applicant, key.certificate); err != nil {
		t.Fatalf("Confirm = %v", err)
	}
	cert, err := c.Renew(t.Context(), key)
	if err != nil {
		t.Fatalf("Renew = %v", err)
	}
	if err := c.ConfirmRenewal(t.Context(), userID, key, cert); err != nil {
		t.Errorf("ConfirmRenewal = %v", err)
	}
}

// The error of a key that signs in the handshake is not lost in crypto/tls.
func TestRenewLocked(t *testing.T) {
	s := start(t)
	key := newKey(t)
	locked := softKey{Signer: lockedKey{key.Signer}, certificate: s.bank.CA().Issue(key.Public(), userID)}
	if _, err := s.client(0).Renew(t.Context(), locked); !errors.Is(err, agent.ErrLocked) {
		t.Errorf("Renew(locked) = %v, want ErrLocked", err)
	}
}

func TestCancelWhileTheBankThinks(t *testing.T) {
	asked := make(chan struct{})
	gone := make(chan struct{})
	s := start(t, answering(func(_ http.ResponseWriter, r *http.Request) bool {
		close(asked)
		<-gone
		return true
	}))
	ctx, cancel := context.WithCancel(t.Context())
	defer close(gone)
	go func() {
		<-asked
		cancel()
	}()
	if _, err := s.client(0).Check(ctx, s.applicant); !errors.Is(err, context.Canceled) || errors.Is(err, agent.ErrBank) {
		t.Errorf("Check = %v, want context.Canceled", err)
	}
}

func TestBankThatNeverAnswers(t *testing.T) {
	gone := make(chan struct{})
	s := start(t, answering(func(http.ResponseWriter, *http.Request) bool { <-gone; return true }))
	defer close(gone)
	if _, err := s.client(100*time.Millisecond).Check(t.Context(), s.applicant); !errors.Is(err, agent.ErrBank) {
		t.Errorf("Check = %v, want ErrBank", err)
	}
	s.http.Listener.Close()
	if _, err := s.client(0).Check(t.Context(), s.applicant); !errors.Is(err, agent.ErrBank) {
		t.Errorf("Check(nobody listens) = %v, want ErrBank", err)
	}
}
