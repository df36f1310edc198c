package bank_test

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"qoltanba/agent"
	"qoltanba/agent/agenttest"
	"qoltanba/agent/bank"
)

// Whatever a bank answers has a name, and is asked for once: a bank may count.
func TestAnswers(t *testing.T) {
	for _, c := range []struct {
		name        string
		status      int
		header      map[string]string
		body        string
		want        error
		wantMessage string // part of the error's text
	}{
		{"K79 401", 401, nil, "", agent.ErrCredentials, ""},
		{"K56 403 with words", 403, map[string]string{"Content-Type": "text/plain; charset=utf-8"}, "period: no such\nmore", agent.ErrRejected, `"period: no such"`},
		{"400 in HTML", 400, map[string]string{"Content-Type": "text/html"}, "<b>no</b>", agent.ErrRejected, ""},
		{"409", 409, nil, "", agent.ErrRejected, ""},
		{"K120 429 is not waited for", 429, map[string]string{"Retry-After": "1"}, "", agent.ErrManyTries, "1s"},
		{"500", 500, nil, "", agent.ErrBank, ""},
		{"K115 503", 503, map[string]string{"Retry-After": "1"}, "", agent.ErrBank, ""},
		{"a redirect is not followed", 302, map[string]string{"Location": "https://127.0.0.1/"}, "", agent.ErrBank, ""},
		{"200 in HTML", 200, map[string]string{"Content-Type": "text/html"}, "<b>hello</b>", agent.ErrBank, ""},
		{"no base64", 200, map[string]string{"Content-Type": "application/pkcs7-mime"}, "$$$$", agent.ErrBank, ""},
		{"no PKCS#7", 200, map[string]string{"Content-Type": "application/pkcs7-mime"}, "MAA=", agent.ErrBank, ""},
		{"nothing", 200, map[string]string{"Content-Type": "application/pkcs7-mime"}, "", agent.ErrBank, ""},
		{"too much", 200, map[string]string{"Content-Type": "application/pkcs7-mime"}, strings.Repeat("A", 2<<20), agent.ErrBank, ""},
		{"too long a header", 200, map[string]string{"X-Long": strings.Repeat("A", 2<<20)}, "", agent.ErrBank, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := start(t, answering(func(w http.ResponseWriter, r *http.Request) bool {
				if !strings.HasSuffix(r.URL.Path, "simpleenroll") {
					return false
				}
				for name, value := range c.header {
					w.Header().Set(name, value)
				}
				w.WriteHeader(c.status)
				io.WriteString(w, c.body)
				return true
			}))
			_, err := s.client(0).Submit(t.Context(), s.applicant, newKey(t))
			if !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.wantMessage) {
				t.Errorf("Submit = %v, want %v %s", err, c.want, c.wantMessage)
			}
			if n := s.requests("simpleenroll"); n != 1 {
				t.Errorf("%d requests, want 1", n)
			}
		})
	}
}

// A bank that is busy where no PIN was proved says nothing of wrong ones.
func TestBusyBank(t *testing.T) {
	s := start(t, answering(func(w http.ResponseWriter, r *http.Request) bool {
		w.Header().Set("Retry-After", "9")
		w.WriteHeader(http.StatusTooManyRequests)
		return true
	}))
	if _, err := s.client(0).CACerts(t.Context()); !errors.Is(err, agent.ErrPending) || errors.Is(err, agent.ErrManyTries) {
		t.Errorf("CACerts = %v, want ErrPending", err)
	}
	if _, err := s.client(0).Check(t.Context(), s.applicant); !errors.Is(err, agent.ErrManyTries) {
		t.Errorf("Check = %v, want ErrManyTries", err)
	}
}

func TestCutOffAnswer(t *testing.T) {
	s := start(t, answering(func(w http.ResponseWriter, r *http.Request) bool {
		if !strings.HasSuffix(r.URL.Path, "csrattrs") {
			return false
		}
		w.Header().Set("Content-Length", "100")
		io.WriteString(w, "MAA=")
		w.(http.Flusher).Flush()
		panic(http.ErrAbortHandler)
	}))
	if _, err := s.client(0).Check(t.Context(), s.applicant); !errors.Is(err, agent.ErrBank) {
		t.Errorf("Check = %v, want ErrBank", err)
	}
}

// An answer without a length ends with the connection, which must not be taken
// for the bound.
func TestEndlessAnswer(t *testing.T) {
	s := start(t)
	s.override = func(w http.ResponseWriter, r *http.Request) bool {
		conn, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			t.Error(err)
			return true
		}
		defer conn.Close()
		io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Type: application/pkcs7-mime\r\n\r\n"+lines(certsOnly(s.bank.CA().Certificate())))
		for {
			if _, err := conn.Write(bytes.Repeat([]byte("\n"), 64<<10)); err != nil {
				return true
			}
		}
	}
	if _, err := s.client(0).CACerts(t.Context()); !errors.Is(err, agent.ErrBank) {
		t.Errorf("CACerts = %v, want ErrBank", err)
	}
}

// A CA that needs a second is waited for; each request is bound anew, which the
// server checks.
func TestSlowCA(t *testing.T) {
	s := start(t)
	s.bank.Pend(time.Second, time.Second)
	cert, err := s.client(0).Submit(t.Context(), s.applicant, newKey(t))
	if err != nil || cert == nil {
		t.Fatalf("Submit = %v", err)
	}
	if n := s.requests("simpleenroll"); n != 3 {
		t.Errorf("%d requests, want 3", n)
	}
}

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)
	for value, want := range map[string]time.Duration{
		"":                              5 * time.Second,
		"soon":                          5 * time.Second,
		"-3":                            5 * time.Second,
		"0":                             time.Second,
		"90":                            90 * time.Second,
		"3600":                          time.Hour,
		"2000000000":                    7 * 24 * time.Hour,
		"99999999999999999999":          5 * time.Second,
		"Thu, 26 Nov 2026 12:10:00 GMT": 10 * time.Minute,
		"Thu, 26 Nov 2020 12:00:00 GMT": time.Second,
	} {
		if got := bank.RetryAfter(value, now); got != want {
			t.Errorf("RetryAfter(%q) = %v, want %v", value, got, want)
		}
	}
}

func TestTextForPeople(t *testing.T) {
	for _, c := range []struct{ contentType, body, want string }{
		{"text/plain", "  Нет такого периода\r\nmore", "Нет такого периода"},
		{"text/plain; charset=utf-8", "a\x1b[31mb\u202ec\xffd", "a[31mbcd"},
		{"text/plain", strings.Repeat("x", 1000), strings.Repeat("x", 200)},
		{"text/html", "<b>no</b>", ""},
		{"", "no", ""},
	} {
		if got := bank.Text(c.contentType, c.body); got != c.want {
			t.Errorf("Text(%q, %q) = %q, want %q", c.contentType, c.body, got, c.want)
		}
	}
}

// A certificate that does not fit never leaves the client.
func TestCertificatesThatDoNotFit(t *testing.T) {
	foreign := agenttest.NewCA("Qoltanba Test Bank CA")
	for _, c := range []struct {
		name  string
		issue func(s *server, csr *x509.CertificateRequest) []*x509.Certificate
		want  error
	}{
		{"for another key", func(s *server, _ *x509.CertificateRequest) []*x509.Certificate {
			return []*x509.Certificate{s.bank.CA().Issue(newKey(s.t).Public(), userID)}
		}, agent.ErrCertificate},
		{"K104 of another CA", func(_ *server, csr *x509.CertificateRequest) []*x509.Certificate {
			return []*x509.Certificate{foreign.Issue(csr.PublicKey, userID), foreign.Certificate()}
		}, agent.ErrBankForeign},
		{"of a CA", func(s *server, csr *x509.CertificateRequest) []*x509.Certificate {
			return []*x509.Certificate{s.bank.CA().Issue(csr.PublicKey, userID, func(c *x509.Certificate) { c.IsCA = true })}
		}, agent.ErrCertificate},
		{"that has ended", func(s *server, csr *x509.CertificateRequest) []*x509.Certificate {
			return []*x509.Certificate{s.bank.CA().Issue(csr.PublicKey, userID, func(c *x509.Certificate) { c.NotAfter = time.Now().Add(-time.Hour) })}
		}, agent.ErrCertificate},
		{"of next month", func(s *server, csr *x509.CertificateRequest) []*x509.Certificate {
			return []*x509.Certificate{s.bank.CA().Issue(csr.PublicKey, userID, func(c *x509.Certificate) { c.NotBefore = time.Now().AddDate(0, 1, 0) })}
		}, agent.ErrCertificate},
		{"of a clock two hours ahead", func(s *server, csr *x509.CertificateRequest) []*x509.Certificate {
			return []*x509.Certificate{s.bank.CA().Issue(csr.PublicKey, userID, func(c *x509.Certificate) { c.NotBefore = time.Now().Add(2 * time.Hour) })}
		}, nil},
		{"for encryption alone", func(s *server, csr *x509.CertificateRequest) []*x509.Certificate {
			return []*x509.Certificate{s.bank.CA().Issue(csr.PublicKey, userID, func(c *x509.Certificate) { c.KeyUsage = x509.KeyUsageKeyEncipherment })}
		}, agent.ErrCertificate},
		{"for no use in particular", func(s *server, csr *x509.CertificateRequest) []*x509.Certificate {
			return []*x509.Certificate{s.bank.CA().Issue(csr.PublicKey, userID, func(c *x509.Certificate) { c.KeyUsage = 0 })}
		}, nil},
		{"for documents alone", func(s *server, csr *x509.CertificateRequest) []*x509.Certificate {
			return []*x509.Certificate{s.bank.CA().Issue(csr.PublicKey, userID, func(c *x509.Certificate) { c.KeyUsage = x509.KeyUsageContentCommitment })}
		}, nil},
		{"that no token has room for", func(s *server, csr *x509.CertificateRequest) []*x509.Certificate {
			return []*x509.Certificate{s.bank.CA().Issue(csr.PublicKey, userID, func(c *x509.Certificate) {
				c.DNSNames = slices.Repeat([]string{"ib.refbank.test"}, 2000)
			})}
		}, agent.ErrCertificate},
		{"among others", func(s *server, csr *x509.CertificateRequest) []*x509.Certificate {
			return []*x509.Certificate{s.bank.CA().Certificate(), s.bank.CA().Issue(csr.PublicKey, userID)}
		}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := start(t, func(s *server, _ *tls.Config) {
				s.override = func(w http.ResponseWriter, r *http.Request) bool {
					if !strings.HasSuffix(r.URL.Path, "simpleenroll") {
						return false
					}
					csr, _ := s.request(r)
					writeCerts(w, c.issue(s, csr)...)
					return true
				}
			})
			cert, err := s.client(0).Submit(t.Context(), s.applicant, newKey(t))
			if !errors.Is(err, c.want) || (cert == nil) != (c.want != nil) {
				t.Errorf("Submit = %v, %v, want %v", cert != nil, err, c.want)
			}
		})
	}
}

// What cacerts says is believed as far as the descriptor's certificates say it.
func TestCACertsOfOthers(t *testing.T) {
	foreign := agenttest.NewCA("Qoltanba Test Bank CA")
	var send []*x509.Certificate
	s := start(t, answering(func(w http.ResponseWriter, r *http.Request) bool {
		writeCerts(w, send...)
		return true
	}))
	own := s.bank.CA().Certificate()
	for _, c := range []struct {
		name string
		send []*x509.Certificate
		want error
	}{
		{"another's alone", []*x509.Certificate{foreign.Certificate()}, agent.ErrBankForeign},
		{"another's too", []*x509.Certificate{foreign.Certificate(), own}, nil},
		{"a client's", []*x509.Certificate{s.bank.CA().Issue(newKey(t).Public(), userID)}, agent.ErrBankForeign},
		{"too many", slices.Repeat([]*x509.Certificate{own}, 100), agent.ErrBank},
	} {
		send = c.send
		got, err := s.client(0).CACerts(t.Context())
		if !errors.Is(err, c.want) || c.want == nil && (len(got) != 1 || !got[0].Equal(own)) {
			t.Errorf("CACerts(%s) = %d, %v, want %v", c.name, len(got), err, c.want)
		}
	}
}

// The buffer with the PIN never grew, so that wiping it wipes all.
func TestRequestHasItsSizeFromTheStart(t *testing.T) {
	for n := range 40 {
		pin := agent.NewSecret(bytes.Repeat([]byte("P"), n))
		got := bank.EncodeRequest(strings.Repeat("u", 40-n), pin, []byte("body"))
		if want := "Authorization: Basic "; !bytes.Contains(got, []byte(want)) || !bytes.HasSuffix(got, []byte("\r\n\r\nbody")) {
			t.Fatalf("request = %q", got)
		}
		if cap(got) != len(got) {
			t.Errorf("a PIN of %d: %d bytes in a buffer of %d", n, len(got), cap(got))
		}
	}
}
