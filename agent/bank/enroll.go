package bank

import (
	"context"
	"crypto"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
	"net/http"
	"time"

	"qoltanba/agent"
)

// Submit is simpleenroll. The name in the request is the User ID alone: the CA
// has the rest in its contract.
func (c *Client) Submit(ctx context.Context, a agent.Applicant, key crypto.Signer) (*x509.Certificate, error) {
	cert, err := c.submit(ctx, a, key)
	if err != nil {
		return nil, fmt.Errorf("asking for a certificate: %w", err)
	}
	return cert, nil
}

func (c *Client) submit(ctx context.Context, a agent.Applicant, key crypto.Signer) (*x509.Certificate, error) {
	if err := complete(a); err != nil {
		return nil, err
	}
	subject, err := asn1.Marshal(pkix.Name{CommonName: a.UserID}.ToRDNSequence())
	if err != nil {
		return nil, err
	}
	return c.enroll(ctx, "simpleenroll", primaryIdentity(a.Primary), request{subject: subject, months: a.Months}, key, a)
}

// Confirm puts the certificate to the bank's register. The same again is no
// error there.
func (c *Client) Confirm(ctx context.Context, a agent.Applicant, certificate *x509.Certificate) error {
	err := complete(a)
	if err == nil {
		err = c.register(ctx, primaryIdentity(a.Primary), a, certificate)
	}
	if err != nil {
		return fmt.Errorf("registering the certificate: %w", err)
	}
	return nil
}

func (c *Client) register(ctx context.Context, who identity, a agent.Applicant, certificate *x509.Certificate) error {
	got, err := c.exchange(ctx, c.registration.JoinPath(a.UserID), who, func(func() ([]byte, error)) (message, error) {
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

// Renew is simplereenroll, with the names of the certificate (RFC 7030, 4.2.2).
func (c *Client) Renew(ctx context.Context, key agent.Key) (*x509.Certificate, error) {
	old := key.Certificate()
	if old == nil {
		return nil, fmt.Errorf("renewing a certificate: %w", agent.ErrNoKey)
	}
	r := request{subject: old.RawSubject}
	for _, e := range old.Extensions {
		if e.Id.Equal(oidSubjectAltName) {
			r.altName = e.Value
		}
	}
	cert, err := c.enroll(ctx, "simplereenroll", keyIdentity(key), r, key, agent.Applicant{})
	if err != nil {
		return nil, fmt.Errorf("renewing a certificate: %w", err)
	}
	return cert, nil
}

// ConfirmRenewal is Confirm with the key in the place of PIN and primary key.
func (c *Client) ConfirmRenewal(ctx context.Context, userID string, key agent.Key, certificate *x509.Certificate) error {
	if key.Certificate() == nil {
		return fmt.Errorf("registering a renewed certificate: %w", agent.ErrNoKey)
	}
	if err := c.register(ctx, keyIdentity(key), agent.Applicant{UserID: userID}, certificate); err != nil {
		return fmt.Errorf("registering a renewed certificate: %w", err)
	}
	return nil
}

// maxSkew is how far the CA's clock may be ahead of ours.
const maxSkew = 24 * time.Hour

// pick returns the certificate of the key, after it was checked: a certificate
// that does not fit must not come into a token.
func (c *Client) pick(certs, issuers []*x509.Certificate, public crypto.PublicKey) (*x509.Certificate, error) {
	ours, ok := public.(interface{ Equal(crypto.PublicKey) bool })
	for _, cert := range certs {
		if !ok || !ours.Equal(cert.PublicKey) {
			continue
		}
		at := time.Now()
		if cert.NotBefore.After(at) && cert.NotBefore.Sub(at) < maxSkew {
			at = cert.NotBefore
		}
		if cert.IsCA {
			return nil, fmt.Errorf("the certificate is that of a CA: %w", agent.ErrCertificate)
		}
		if err := c.verify(cert, append(certs, issuers...), at); err != nil {
			return nil, err
		}
		return cert, nil
	}
	return nil, fmt.Errorf("the certificate is for another key: %w", agent.ErrCertificate)
}

func (c *Client) verify(cert *x509.Certificate, issuers []*x509.Certificate, at time.Time) error {
	_, err := cert.Verify(c.options(pool(issuers), at))
	if err == nil {
		return nil
	}
	if invalid, ok := errors.AsType[x509.CertificateInvalidError](err); ok && invalid.Reason == x509.Expired {
		return fmt.Errorf("%w: %w", agent.ErrCertificate, err)
	}
	// crypto/x509 says of an issuer that ended only that it knows none.
	for _, issuer := range issuers {
		if at.After(issuer.NotAfter) && cert.CheckSignatureFrom(issuer) == nil {
			return fmt.Errorf("the CA's certificate %q has ended: %w", issuer.Subject, agent.ErrCertificate)
		}
	}
	return fmt.Errorf("%w: %w", agent.ErrBankForeign, err)
}

func (c *Client) options(issuers *x509.CertPool, at time.Time) x509.VerifyOptions {
	return x509.VerifyOptions{
		Roots: c.roots, Intermediates: issuers, CurrentTime: at,
		KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny}, // clients' differ by bank
	}
}

func pool(certs []*x509.Certificate) *x509.CertPool {
	p := x509.NewCertPool()
	for _, cert := range certs {
		p.AddCert(cert)
	}
	return p
}
