package bank

import (
	"context"
	"crypto"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"net/http"
	"net/url"
	"time"

	"qoltanba/agent"
)

// An est is EST (RFC 7030, RFC 8951). An applicant is proved three times over: the
// primary key in TLS, User ID and PIN in HTTP Basic, and the new key by the request's
// signature, which also covers the channel binding (see binding).
type est struct {
	site
	base *url.URL
}

// check is authenticated csrattrs, which a CA answers without issuing anything.
func (e *est) check(ctx context.Context, a agent.Applicant) (agent.Terms, error) {
	got, err := e.exchange(ctx, e.base.JoinPath("csrattrs"), primaryIdentity(a.Primary), func(func() ([]byte, error)) (message, error) {
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

// submit is simpleenroll.
func (e *est) submit(ctx context.Context, a agent.Applicant, key crypto.Signer) (*x509.Certificate, error) {
	subject, err := asn1.Marshal(pkix.Name{CommonName: a.UserID}.ToRDNSequence())
	if err != nil {
		return nil, err
	}
	return e.enroll(ctx, "simpleenroll", primaryIdentity(a.Primary), request{subject: subject, months: a.Months}, key, a)
}

func (e *est) confirm(ctx context.Context, a agent.Applicant, certificate *x509.Certificate) error {
	return e.register(ctx, primaryIdentity(a.Primary), a, certificate)
}

// renew is simplereenroll, with the names of the certificate (RFC 7030, 4.2.2).
func (e *est) renew(ctx context.Context, key agent.Key) (*x509.Certificate, error) {
	old := key.Certificate()
	r := request{subject: old.RawSubject}
	for _, extension := range old.Extensions {
		if extension.Id.Equal(oidSubjectAltName) {
			r.altName = extension.Value
		}
	}
	return e.enroll(ctx, "simplereenroll", keyIdentity(key), r, key, agent.Applicant{})
}

// confirmRenewal is confirm with the key in the place of PIN and primary key, and in that
// of the User ID where it is "".
func (e *est) confirmRenewal(ctx context.Context, userID string, key agent.Key, certificate *x509.Certificate) error {
	return e.register(ctx, keyIdentity(key), agent.Applicant{UserID: userID}, certificate)
}

// issuers returns what cacerts has, unchecked.
func (e *est) issuers(ctx context.Context) ([]*x509.Certificate, error) {
	got, err := e.exchange(ctx, e.base.JoinPath("cacerts"), identity{}, func(func() ([]byte, error)) (message, error) {
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

// enroll asks for a certificate until the CA has made one.
func (e *est) enroll(ctx context.Context, operation string, who identity, r request, key crypto.Signer, a agent.Applicant) (*x509.Certificate, error) {
	issuers, err := e.issuers(ctx)
	if err != nil {
		return nil, err
	}
	for left := waitAll; ; {
		got, err := e.exchange(ctx, e.base.JoinPath(operation), who, func(binding func() ([]byte, error)) (message, error) {
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
			return e.pick(certs, issuers, key.Public())
		}
		pending, ok := errors.AsType[*agent.PendingError](err)
		if !ok || got.status != http.StatusAccepted {
			return nil, err
		}
		if err := await(ctx, &left, pending.After); err != nil {
			return nil, err
		}
	}
}
