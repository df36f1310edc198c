package bank

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"

	"qoltanba/agent"
	"qoltanba/agent/gost"
)

var (
	_ agent.Enroller = (*Client)(nil)
	_ agent.Renewer  = (*Client)(nil)
)

// Config says where a bank's CA and its register of certificates are. EST or CMP may
// be nil, but not both.
type Config struct {
	EST          *url.URL            // https, with the path: "https://ca.bank.example/.well-known/est"
	CMP          *url.URL            // https, with the path: "https://ca.bank.example/.well-known/cmp"
	Registration *url.URL            // https; the User ID follows as one more name, where it is known
	Roots        []*x509.Certificate // who may issue for these servers and for clients

	// PBM protects CMP messages by the older method of RFC 4210 instead of by PBMAC1.
	PBM bool
	// Iterations is how often a hash makes the key of a MAC. 0 is
	// cmp.UsualIterations; tests have no time for so many.
	Iterations int
	// WeakMAC takes CMP messages whose MAC has few iterations, as those of OpenSSL's
	// server have. It is for tests with such servers; no descriptor sets it.
	WeakMAC bool

	// Timeout bounds each exchange, with EST the token's signature included. 0 is a
	// minute.
	Timeout time.Duration
}

// Client enrolls with a bank: over EST (see est), or, where the bank has none or the
// applicant's primary key is one that TLS cannot carry, over CMP (see cmpProtocol).
// It holds nothing of an applicant between calls, and nothing of a connection: each
// exchange has one of its own, by TLS, without a proxy.
type Client struct {
	site     site
	est, cmp protocol // nil: the bank has it not
}

// A protocol is how a certificate is asked for and registered. Applicants are
// complete. Errors are those of agent.Enroller.
type protocol interface {
	check(ctx context.Context, a agent.Applicant) (agent.Terms, error)
	// issuers returns what the CA says its certificates are, unchecked.
	issuers(ctx context.Context) ([]*x509.Certificate, error)
	submit(ctx context.Context, a agent.Applicant, key crypto.Signer) (*x509.Certificate, error)
	confirm(ctx context.Context, a agent.Applicant, certificate *x509.Certificate) error
	renew(ctx context.Context, key agent.Key) (*x509.Certificate, error)
	confirmRenewal(ctx context.Context, userID string, key agent.Key, certificate *x509.Certificate) error
}

// New returns a Client. It connects to nothing.
func New(c Config) (*Client, error) {
	if c.EST == nil && c.CMP == nil {
		return nil, fmt.Errorf("a bank with neither EST nor CMP: %w", agent.ErrInvalid)
	}
	if c.Registration == nil {
		return nil, fmt.Errorf("a bank without registration: %w", agent.ErrInvalid)
	}
	for _, u := range []*url.URL{c.EST, c.CMP, c.Registration} {
		if u != nil && (u.Scheme != "https" || u.Hostname() == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "") {
			return nil, fmt.Errorf("the bank's address %v is no plain https URL: %w", u, agent.ErrInvalid)
		}
	}
	if len(c.Roots) == 0 {
		return nil, fmt.Errorf("a bank without certificate of its CA: %w", agent.ErrInvalid)
	}
	s := site{registration: c.Registration, pool: x509.NewCertPool(), timeout: c.Timeout}
	if s.timeout == 0 {
		s.timeout = time.Minute
	}
	for _, root := range c.Roots {
		root, err := gost.ParseCertificate(root.Raw) // crypto/x509 leaves out keys of GOST
		if err != nil {
			return nil, fmt.Errorf("the bank's CA: %w: %w", agent.ErrInvalid, err)
		}
		if tooLarge(root) {
			return nil, fmt.Errorf("the bank's CA has an RSA key of more than %d bits: %w", maxRSA, agent.ErrInvalid)
		}
		s.roots = append(s.roots, root)
		s.pool.AddCert(root)
	}
	client := &Client{site: s}
	if c.EST != nil {
		client.est = &est{site: s, base: c.EST}
	}
	if c.CMP != nil {
		client.cmp = newCMP(s, c)
	}
	return client, nil
}

// protocol returns the one for somebody with that key.
func (c *Client) protocol(public crypto.PublicKey) (protocol, error) {
	switch {
	case c.est != nil && tlsKnows(public):
		return c.est, nil
	case c.cmp != nil:
		return c.cmp, nil
	}
	return nil, fmt.Errorf("a %T, which TLS cannot use, and a bank without CMP: %w", public, agent.ErrKeyFile)
}

// tlsKnows reports whether a client can prove itself in TLS with that key.
func tlsKnows(public crypto.PublicKey) bool {
	switch public.(type) {
	case *rsa.PublicKey, *ecdsa.PublicKey, ed25519.PublicKey:
		return true
	}
	return false
}

// applicant returns the protocol for an applicant. It refuses, without asking, one
// whom no bank can know: that costs no try.
func (c *Client) applicant(a agent.Applicant) (protocol, error) {
	bad := strings.ContainsFunc(a.UserID, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("_-.@", r)
	})
	switch {
	case bad || strings.Trim(a.UserID, ".") == "" || len(a.UserID) > maxUserID:
		return nil, fmt.Errorf("a User ID that cannot be one: %w", agent.ErrCredentials)
	case a.PIN.Len() == 0:
		return nil, fmt.Errorf("no PIN: %w", agent.ErrCredentials)
	case a.Primary.Signer == nil || len(a.Primary.Certificates) == 0:
		return nil, fmt.Errorf("no primary key: %w", agent.ErrKeyFile)
	}
	return c.protocol(a.Primary.Signer.Public())
}

// maxUserID is the length of the longest User ID, in bytes.
const maxUserID = 128

// Check is as agent.Enroller has it.
func (c *Client) Check(ctx context.Context, a agent.Applicant) (agent.Terms, error) {
	p, err := c.applicant(a)
	var terms agent.Terms
	if err == nil {
		terms, err = p.check(ctx, a)
	}
	if err != nil {
		return agent.Terms{}, fmt.Errorf("checking the applicant: %w", err)
	}
	return terms, nil
}

// CACerts returns those certificates that lead to the descriptor's. A bank that has both
// EST and CMP is asked both ways at once: each may name only those that it issues with
// itself. What one of them says is returned also where the other one fails, with its error.
func (c *Client) CACerts(ctx context.Context) ([]*x509.Certificate, error) {
	var group sync.WaitGroup
	var told [2][]*x509.Certificate
	var errs [2]error
	for n, p := range []protocol{c.est, c.cmp} {
		if p != nil {
			group.Go(func() { told[n], errs[n] = p.issuers(ctx) }) // ends with the answer, in time
		}
	}
	group.Wait()
	var all, ours []*x509.Certificate
	for _, cert := range slices.Concat(told[:]...) {
		if !slices.ContainsFunc(all, cert.Equal) {
			all = append(all, cert)
		}
	}
	for _, cert := range all {
		if cert.IsCA && c.site.verify(cert, all, time.Now()) == nil {
			ours = append(ours, cert)
		}
	}
	err := errors.Join(errs[:]...)
	if err == nil && len(ours) == 0 {
		err = agent.ErrBankForeign
	}
	if err != nil {
		err = fmt.Errorf("asking for the CA's certificates: %w", err)
	}
	return ours, err
}

// Submit is as agent.Enroller has it. The name in the request is the User ID alone:
// the CA has the rest in its contract.
func (c *Client) Submit(ctx context.Context, a agent.Applicant, key crypto.Signer) (*x509.Certificate, error) {
	p, err := c.applicant(a)
	var cert *x509.Certificate
	if err == nil {
		// EST's request is one of crypto/x509, which knows the keys that TLS does.
		if c.cmp != nil && !tlsKnows(key.Public()) {
			p = c.cmp
		}
		cert, err = p.submit(ctx, a, key)
	}
	if err != nil {
		return nil, fmt.Errorf("asking for a certificate: %w", err)
	}
	return cert, nil
}

// Confirm is as agent.Enroller has it.
func (c *Client) Confirm(ctx context.Context, a agent.Applicant, certificate *x509.Certificate) error {
	p, err := c.applicant(a)
	if err == nil {
		err = p.confirm(ctx, a, certificate)
	}
	if err != nil {
		return fmt.Errorf("registering the certificate: %w", err)
	}
	return nil
}

// IsIssuer is as agent.Renewer has it.
func (c *Client) IsIssuer(certificate *x509.Certificate, issuers []*x509.Certificate) bool {
	at := time.Now()
	if at.After(certificate.NotAfter) {
		at = certificate.NotAfter
	}
	return !certificate.IsCA && c.site.verify(certificate, issuers, at) == nil
}

// Renew is as agent.Renewer has it.
func (c *Client) Renew(ctx context.Context, key agent.Key) (*x509.Certificate, error) {
	p, err := c.renewer(key)
	var cert *x509.Certificate
	if err == nil {
		cert, err = p.renew(ctx, key)
	}
	if err != nil {
		return nil, fmt.Errorf("renewing a certificate: %w", err)
	}
	return cert, nil
}

// ConfirmRenewal is as agent.Renewer has it.
func (c *Client) ConfirmRenewal(ctx context.Context, userID string, key agent.Key, certificate *x509.Certificate) error {
	p, err := c.renewer(key)
	if err == nil {
		err = p.confirmRenewal(ctx, userID, key, certificate)
	}
	if err != nil {
		return fmt.Errorf("registering a renewed certificate: %w", err)
	}
	return nil
}

func (c *Client) renewer(key agent.Key) (protocol, error) {
	if key.Certificate() == nil {
		return nil, agent.ErrNoKey
	}
	return c.protocol(key.Public())
}
