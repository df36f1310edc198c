package bank

import (
	"context"
	"crypto"
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"qoltanba/agent"
	"qoltanba/agent/gost"
)

// A site is what all protocols have in common: how a bank's servers are reached and
// known, its register of certificates, and what makes a certificate the bank's.
type site struct {
	registration *url.URL
	roots        []*x509.Certificate
	pool         *x509.CertPool // of roots
	timeout      time.Duration
}

// errTime is how an exchange ends that takes longer than it may.
var errTime = fmt.Errorf("no answer in time: %w", agent.ErrBank)

// exchange sends one message that fill makes once the server is known, and
// returns the answer whatever its status.
func (s site) exchange(ctx context.Context, to *url.URL, who identity, fill func(binding func() ([]byte, error)) (message, error)) (*answer, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, s.timeout, errTime)
	defer cancel()
	conn, err := s.dial(ctx, to, who)
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

// register puts a certificate to the bank's register, by HTTP Basic where there is a
// PIN. Without a User ID the key of who tells the bank whose it is. The same again is no
// error there.
func (s site) register(ctx context.Context, who identity, a agent.Applicant, certificate *x509.Certificate) error {
	to := s.registration
	if a.UserID != "" {
		to = to.JoinPath(a.UserID)
	}
	got, err := s.exchange(ctx, to, who, func(func() ([]byte, error)) (message, error) {
		return message{method: http.MethodPut, contentType: "application/pkix-cert", body: certificate.Raw, userID: a.UserID, pin: a.PIN}, nil
	})
	if err != nil {
		return err
	}
	switch got.status {
	case http.StatusOK, http.StatusCreated, http.StatusNoContent:
		return nil
	}
	return got.err(time.Now())
}

// maxSkew is how far the CA's clock may be ahead of ours.
const maxSkew = 24 * time.Hour

// signs are the uses of a certificate of which it must have one, if it names any.
const signs = x509.KeyUsageDigitalSignature | x509.KeyUsageContentCommitment

// maxCertificate is the size of the largest certificate that is taken, in bytes. A
// registration with one that the token has no room for could not go on.
const maxCertificate = 16 << 10

// pick returns the certificate of the key, after it was checked: a certificate
// that does not fit must not come into a token.
func (s site) pick(certs, issuers []*x509.Certificate, public crypto.PublicKey) (*x509.Certificate, error) {
	ours, ok := public.(interface{ Equal(crypto.PublicKey) bool })
	for _, cert := range certs {
		if !ok || !ours.Equal(cert.PublicKey) {
			continue
		}
		at := time.Now()
		if cert.NotBefore.After(at) && cert.NotBefore.Sub(at) < maxSkew {
			at = cert.NotBefore
		}
		switch {
		case cert.IsCA:
			return nil, fmt.Errorf("the certificate is that of a CA: %w", agent.ErrCertificate)
		case cert.KeyUsage != 0 && cert.KeyUsage&signs == 0:
			return nil, fmt.Errorf("the certificate is not for signatures: %w", agent.ErrCertificate)
		case len(cert.Raw) > maxCertificate:
			return nil, fmt.Errorf("a certificate of %d bytes: %w", len(cert.Raw), agent.ErrCertificate)
		}
		if err := s.verify(cert, append(certs, issuers...), at); err != nil {
			return nil, err
		}
		return cert, nil
	}
	return nil, fmt.Errorf("the certificate is for another key: %w", agent.ErrCertificate)
}

// maxRSA is the size of the largest RSA modulus of a CA, in bits: that of crypto/tls. With
// one as large as an answer may be a signature is computed for minutes, and nothing ends it.
const maxRSA = 8192

func tooLarge(ca *x509.Certificate) bool {
	k, ok := ca.PublicKey.(*rsa.PublicKey)
	return ok && k.N.BitLen() > maxRSA
}

// verify returns nil for a certificate that the bank's CA, or one below it, issued.
func (s site) verify(cert *x509.Certificate, issuers []*x509.Certificate, at time.Time) error {
	issuers = slices.DeleteFunc(slices.Clone(issuers), tooLarge)
	err := s.chain(cert, issuers, at)
	if err == nil {
		return nil
	}
	if invalid, ok := errors.AsType[x509.CertificateInvalidError](err); ok && invalid.Reason == x509.Expired {
		return fmt.Errorf("%w: %w", agent.ErrCertificate, err)
	}
	// crypto/x509 says of an issuer that ended only that it knows none.
	for _, issuer := range issuers {
		if at.After(issuer.NotAfter) && gost.CheckSignature(cert, issuer) == nil {
			return fmt.Errorf("the CA's certificate %q has ended: %w", issuer.Subject, agent.ErrCertificate)
		}
	}
	return fmt.Errorf("%w: %w", agent.ErrBankForeign, err)
}

// chain looks for a way to one of the roots. Extended key usages are not looked at:
// clients' differ by bank.
func (s site) chain(cert *x509.Certificate, issuers []*x509.Certificate, at time.Time) error {
	if cert.SignatureAlgorithm == x509.UnknownSignatureAlgorithm {
		_, err := gost.Verify(cert, gost.VerifyOptions{Roots: s.roots, Intermediates: issuers, Time: at})
		return err
	}
	pool := x509.NewCertPool()
	for _, issuer := range issuers {
		pool.AddCert(issuer)
	}
	_, err := cert.Verify(x509.VerifyOptions{
		Roots: s.pool, Intermediates: pool, CurrentTime: at,
		KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny},
	})
	return err
}

// How long Submit and Renew wait by themselves for a CA that is slow: for one answer,
// and in all.
const (
	patience = 30 * time.Second
	waitAll  = 2 * time.Minute
)

// await waits as long as the CA wants, and takes that from what is left; it returns a
// PendingError at once when that is too long.
func await(ctx context.Context, left *time.Duration, after time.Duration) error {
	if after > min(patience, *left) {
		return &agent.PendingError{After: after}
	}
	*left -= after
	select {
	case <-time.After(after):
		return nil
	case <-ctx.Done():
		return fmt.Errorf("waiting for the CA: %w", context.Cause(ctx))
	}
}
