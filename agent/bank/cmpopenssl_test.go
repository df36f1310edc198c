package bank_test

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"regexp"
	"testing"

	"qoltanba/agent"
	"qoltanba/agent/agenttest"
	"qoltanba/agent/bank"
	"qoltanba/agent/cmp"
)

// opensslCA runs OpenSSL's CMP server for the applicant, with TLS before it, and
// returns a client for it. It gives out one certificate, whoever asks.
func opensslCA(t *testing.T, applicant agent.Applicant, ca *agenttest.CA, certificate *x509.Certificate, options ...string) func(...func(*bank.Config)) *bank.Client {
	t.Helper()
	cmd := openssl(t, append([]string{"cmp", "-port", "0", "-srv_ref", userID, "-srv_secret", "pass:" + string(applicant.PIN.Bytes()),
		"-rsp_cert", writePEM(t, "CERTIFICATE", certificate.Raw),
		"-rsp_capubs", writePEM(t, "CERTIFICATE", ca.Certificate().Raw)}, options...)...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = os.Stderr
	if !testing.Verbose() {
		cmd.Stderr = io.Discard
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
	})
	// "ACCEPT 0.0.0.0:PORT PID=…"
	port := ""
	for lines := bufio.NewScanner(out); port == "" && lines.Scan(); {
		if m := regexp.MustCompile(`^ACCEPT \S*:(\d+)`).FindStringSubmatch(lines.Text()); m != nil {
			port = m[1]
		}
	}
	go io.Copy(io.Discard, out) // ends with the program
	front := httptest.NewUnstartedServer(&httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(&url.URL{Scheme: "http", Host: "127.0.0.1:" + port})
		r.Out.Close = true
	}})
	front.TLS = &tls.Config{Certificates: []tls.Certificate{certify(ca)}, ClientAuth: tls.RequireAnyClientCert}
	front.StartTLS()
	t.Cleanup(front.Close)
	base, err := url.Parse(front.URL)
	if err != nil {
		t.Fatal(err)
	}
	return func(edit ...func(*bank.Config)) *bank.Client {
		// It knows PBM alone, and answers with 500 iterations.
		config := bank.Config{CMP: base, Registration: base, Roots: []*x509.Certificate{ca.Certificate()},
			PBM: true, WeakMAC: true, Iterations: cmp.MinIterations}
		for _, e := range edit {
			e(&config)
		}
		c, err := bank.New(config)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
}

// OpenSSL's CMP server is an independent CA.
func TestOpenSSLIssues(t *testing.T) {
	b := agenttest.NewBank()
	a := b.AddClient(userID, "K7M2P9XQ", 12)
	key := newKey(t)
	cert := b.CA().Issue(key.Public(), userID)
	wrong := a
	wrong.PIN = agent.NewSecret([]byte("K7M2P9XO"))
	for name, c := range map[string]struct {
		applicant agent.Applicant
		options   []string
		edit      func(*bank.Config)
		check     error
		submit    error
	}{
		"K7 enrolled":        {applicant: a},
		"polled":             {applicant: a, options: []string{"-poll_count", "2", "-check_after", "1"}},
		"K79 a wrong PIN":    {applicant: wrong, check: agent.ErrCredentials, submit: agent.ErrCredentials},
		"rejected":           {applicant: a, options: []string{"-pkistatus", "2", "-failure", "19", "-statusstring", "no"}, submit: agent.ErrRejected},
		"waiting for long":   {applicant: a, options: []string{"-poll_count", "2", "-check_after", "3600"}, submit: agent.ErrPending},
		"an error":           {applicant: a, options: []string{"-send_error"}, check: agent.ErrRejected, submit: agent.ErrRejected},
		"unprotected":        {applicant: a, options: []string{"-send_unprotected"}, check: agent.ErrBank, submit: agent.ErrBank},
		"few iterations":     {applicant: a, edit: func(c *bank.Config) { c.WeakMAC = false }, check: agent.ErrBank, submit: agent.ErrBank},
		"a MAC it knows not": {applicant: a, edit: func(c *bank.Config) { c.PBM = false }, check: agent.ErrRejected, submit: agent.ErrRejected},
	} {
		t.Run(name, func(t *testing.T) {
			client := opensslCA(t, a, b.CA(), cert, c.options...)
			open := func() *bank.Client {
				if c.edit != nil {
					return client(c.edit)
				}
				return client()
			}
			if _, err := open().Check(t.Context(), c.applicant); !errors.Is(err, c.check) {
				t.Errorf("Check = %v, want %v", err, c.check)
			}
			got, err := open().Submit(t.Context(), c.applicant, key)
			if !errors.Is(err, c.submit) || err == nil && !got.Equal(cert) {
				t.Errorf("Submit = %v, want %v", err, c.submit)
			}
			if r, ok := errors.AsType[*agent.RejectedError](err); ok && name == "rejected" && r.Text != "no" {
				t.Errorf("rejected with %q", r.Text)
			}
		})
	}
}

// A certificate for another key is not taken from OpenSSL either.
func TestOpenSSLIssuesForAnotherKey(t *testing.T) {
	b := agenttest.NewBank()
	a := b.AddClient(userID, "K7M2P9XQ", 12)
	client := opensslCA(t, a, b.CA(), b.CA().Issue(newKey(t).Public(), userID))
	if _, err := client().Submit(t.Context(), a, newKey(t)); !errors.Is(err, agent.ErrCertificate) {
		t.Errorf("Submit = %v, want ErrCertificate", err)
	}
}
