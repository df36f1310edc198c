package bank

import (
	"context"
	"crypto"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode"

	"qoltanba/agent"
)

var (
	_ agent.Enroller = (*Client)(nil)
	_ agent.Renewer  = (*Client)(nil)
)

// Config says where a bank's CA and its register of certificates are.
type Config struct {
	EST          *url.URL            // https, with the path: "https://ca.bank.example/.well-known/est"
	Registration *url.URL            // https; the User ID follows as one more name
	Roots        []*x509.Certificate // who may issue for these servers and for clients

	// Timeout bounds each exchange, the token's signature included. 0 is a minute.
	Timeout time.Duration
}

// Client enrolls with a bank over EST (RFC 7030, RFC 8951) and registers what it
// got with a PUT. It holds nothing of an applicant between calls, and nothing of
// a connection: each exchange has one of its own, without a proxy.
//
// An applicant is proved three times over: the primary key in TLS, User ID and
// PIN in HTTP Basic, and the new key by the request's signature, which also
// covers the channel binding (see binding).
type Client struct {
	est, registration *url.URL
	roots             *x509.CertPool
	timeout           time.Duration
}

// New returns a Client. It connects to nothing.
func New(c Config) (*Client, error) {
	for _, u := range []*url.URL{c.EST, c.Registration} {
		if u == nil || u.Scheme != "https" || u.Hostname() == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
			return nil, fmt.Errorf("the bank's address %v is no plain https URL: %w", u, agent.ErrInvalid)
		}
	}
	if len(c.Roots) == 0 {
		return nil, fmt.Errorf("a bank without certificate of its CA: %w", agent.ErrInvalid)
	}
	client := &Client{est: c.EST, registration: c.Registration, roots: x509.NewCertPool(), timeout: c.Timeout}
	if client.timeout == 0 {
		client.timeout = time.Minute
	}
	for _, root := range c.Roots {
		client.roots.AddCert(root)
	}
	return client, nil
}

// errTime is how an exchange ends that takes longer than it may.
var errTime = fmt.Errorf("no answer in time: %w", agent.ErrBank)

// exchange sends one message that fill makes once the server is known, and
// returns the answer whatever its status.
func (c *Client) exchange(ctx context.Context, to *url.URL, who identity, fill func(binding func() ([]byte, error)) (message, error)) (*answer, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, c.timeout, errTime)
	defer cancel()
	conn, err := c.dial(ctx, to, who)
	if err != nil {
		return nil, err
	}
	m, err := fill(func() ([]byte, error) { return binding(conn) })
	if err != nil {
		conn.Close()
		return nil, failed(ctx, err)
	}
	m.path = "/" + strings.TrimPrefix(to.EscapedPath(), "/") // JoinPath may leave it out
	return send(ctx, conn, to.Host, m)
}

// Check is authenticated csrattrs, which a CA answers without issuing anything.
func (c *Client) Check(ctx context.Context, a agent.Applicant) (agent.Terms, error) {
	terms, err := c.check(ctx, a)
	if err != nil {
		return agent.Terms{}, fmt.Errorf("checking the applicant: %w", err)
	}
	return terms, nil
}

func (c *Client) check(ctx context.Context, a agent.Applicant) (agent.Terms, error) {
	if err := complete(a); err != nil {
		return agent.Terms{}, err
	}
	got, err := c.exchange(ctx, c.est.JoinPath("csrattrs"), primaryIdentity(a.Primary), func(func() ([]byte, error)) (message, error) {
		return message{method: http.MethodGet, userID: a.UserID, pin: a.PIN}, nil
	})
	if err != nil {
		return agent.Terms{}, err
	}
	switch got.status {
	case http.StatusNoContent, http.StatusNotFound: // demands nothing: RFC 7030, 4.5.2
		return agent.Terms{}, nil
	case http.StatusOK:
		if err := got.is("application/csrattrs"); err != nil {
			return agent.Terms{}, err
		}
		return readTerms(got.body)
	}
	return agent.Terms{}, got.err(time.Now())
}

// complete refuses, without asking, an applicant whom no bank can know: that
// costs no try.
func complete(a agent.Applicant) error {
	bad := strings.ContainsFunc(a.UserID, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("_-.@", r)
	})
	switch {
	case bad || strings.Trim(a.UserID, ".") == "":
		return fmt.Errorf("a User ID that cannot be one: %w", agent.ErrCredentials)
	case a.PIN.Len() == 0:
		return fmt.Errorf("no PIN: %w", agent.ErrCredentials)
	case a.Primary.Signer == nil || len(a.Primary.Certificates) == 0:
		return fmt.Errorf("no primary key: %w", agent.ErrKeyFile)
	}
	return nil
}

// CACerts returns those certificates that lead to the descriptor's.
func (c *Client) CACerts(ctx context.Context) ([]*x509.Certificate, error) {
	all, err := c.issuers(ctx)
	if err != nil {
		return nil, fmt.Errorf("asking for the CA's certificates: %w", err)
	}
	issuers := pool(all)
	var ours []*x509.Certificate
	for _, cert := range all {
		if _, err := cert.Verify(c.options(issuers, time.Now())); err == nil && cert.IsCA {
			ours = append(ours, cert)
		}
	}
	if len(ours) == 0 {
		return nil, fmt.Errorf("asking for the CA's certificates: %w", agent.ErrBankForeign)
	}
	return ours, nil
}

// issuers returns what cacerts has, unchecked.
func (c *Client) issuers(ctx context.Context) ([]*x509.Certificate, error) {
	got, err := c.exchange(ctx, c.est.JoinPath("cacerts"), identity{}, func(func() ([]byte, error)) (message, error) {
		return message{method: http.MethodGet}, nil
	})
	if err != nil {
		return nil, err
	}
	return got.certificates()
}

// certificates reads an answer that has some.
func (a *answer) certificates() ([]*x509.Certificate, error) {
	if a.status != http.StatusOK {
		return nil, a.err(time.Now())
	}
	if err := a.is("application/pkcs7-mime"); err != nil {
		return nil, err
	}
	return readCerts(a.body)
}

// How long Submit and Renew wait by themselves for a CA that answers 202: for one
// answer, and in all.
const (
	patience = 30 * time.Second
	waitAll  = 2 * time.Minute
)

// enroll asks for a certificate until the CA has made one.
func (c *Client) enroll(ctx context.Context, operation string, who identity, r request, key crypto.Signer, a agent.Applicant) (*x509.Certificate, error) {
	issuers, err := c.issuers(ctx)
	if err != nil {
		return nil, err
	}
	for left := waitAll; ; {
		got, err := c.exchange(ctx, c.est.JoinPath(operation), who, func(binding func() ([]byte, error)) (message, error) {
			var err error
			if r.binding, err = binding(); err != nil {
				return message{}, err
			}
			der, err := r.sign(key)
			return message{method: http.MethodPost, contentType: "application/pkcs10", base64: true, body: encode(der), userID: a.UserID, pin: a.PIN}, err
		})
		if err != nil {
			return nil, err
		}
		certs, err := got.certificates()
		if err == nil {
			return c.pick(certs, issuers, key.Public())
		}
		// 429 is not waited for: the bank counts.
		pending, ok := errors.AsType[*agent.PendingError](err)
		if !ok || got.status != http.StatusAccepted || pending.After > min(patience, left) {
			return nil, err
		}
		left -= pending.After
		select {
		case <-time.After(pending.After):
		case <-ctx.Done():
			return nil, fmt.Errorf("waiting for the CA: %w", context.Cause(ctx))
		}
	}
}
