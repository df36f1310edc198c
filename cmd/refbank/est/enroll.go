package est

import (
	"bytes"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"net/http"
	"slices"
	"time"

	"qoltanba/cmd/refbank/ca"
	"qoltanba/cmd/refbank/store"
)

// early is how long before its end a certificate is renewed. Until then renewing gives
// the same certificate again.
const early = 30 * 24 * time.Hour

// caCerts is for everybody: a client trusts by its own copy of the root.
func (s *Server) caCerts(w http.ResponseWriter, _ *http.Request) error {
	return s.writeCertificates(w, s.CA.Issuing(), s.CA.Root())
}

// check answers whether simpleenroll would take these User ID, PIN and primary key.
// A card that was used up passes, for a client that lost the last answer must be able
// to go on; as nothing new is issued for it, no period is named.
func (s *Server) check(w http.ResponseWriter, r *http.Request) error {
	card, err := s.card(r)
	if err != nil {
		return err
	}
	var periods []int
	if !card.Used {
		if periods, err = s.Store.Periods(r.Context(), card.Client.UserID); err != nil {
			return err
		}
	}
	der, err := attributes(periods)
	if err != nil {
		return err
	}
	return s.write(w, "application/csrattrs", der)
}

// enroll issues the first certificate for a key.
func (s *Server) enroll(w http.ResponseWriter, r *http.Request) error {
	card, err := s.card(r)
	if err != nil {
		return err
	}
	q, err := readRequest(w, r)
	if err != nil {
		return err
	}
	if err := s.checkBinding(r.TLS, q); err != nil {
		return err
	}
	months, err := s.period(r, card, q.months)
	if err != nil {
		return err
	}
	if done, err := s.faultBefore(w, r, q); done || err != nil {
		return err
	}
	now := time.Now()
	cert, err := s.Store.Issue(r.Context(), card, q.RawSubjectPublicKeyInfo, months, now, func() (*x509.Certificate, error) {
		return s.issue(card.Client, q, months, now)
	})
	if err != nil {
		return err
	}
	s.Logger.Info("certificate given", "fingerprint", store.Fingerprint(cert), "months", months)
	s.faultAfter(r, store.Fingerprint(cert))
	return s.writeCertificates(w, cert)
}

// reenroll issues the next certificate for the key of the one in force, which the
// client shows that it holds by both TLS and the request.
func (s *Server) reenroll(w http.ResponseWriter, r *http.Request) error {
	old, err := s.client(r)
	if err != nil {
		return err
	}
	client, err := s.Store.ClientByCertificate(r.Context(), old)
	if errors.Is(err, store.ErrNotFound) {
		return store.ErrReplaced
	}
	if err != nil {
		return err
	}
	q, err := readRequest(w, r)
	if err != nil {
		return err
	}
	if err := s.checkBinding(r.TLS, q); err != nil {
		return err
	}
	if !bytes.Equal(q.RawSubjectPublicKeyInfo, old.RawSubjectPublicKeyInfo) {
		return refused(http.StatusForbidden, "key", "a certificate is renewed for its own key only")
	}
	if !sameName(q.Subject, old.Subject) {
		return refused(http.StatusBadRequest, "subject", "not that of the certificate to be renewed")
	}
	if done, err := s.faultBefore(w, r, q); done || err != nil {
		return err
	}
	now := time.Now()
	cert, err := s.Store.Renew(r.Context(), old, early, now, func(months int) (*x509.Certificate, error) {
		return s.issue(client, q, months, now)
	})
	if err != nil {
		return err
	}
	s.Logger.Info("certificate renewed", "fingerprint", store.Fingerprint(cert))
	s.faultAfter(r, store.Fingerprint(cert))
	return s.writeCertificates(w, cert)
}

// period returns the period for a request that names one, or 0 for none.
func (s *Server) period(r *http.Request, card store.Card, named int) (int, error) {
	periods, err := s.Store.Periods(r.Context(), card.Client.UserID)
	if err != nil {
		return 0, err
	}
	switch {
	case len(periods) == 0:
		return 0, refused(http.StatusForbidden, "period", "the contract has no period")
	case named == 0:
		return periods[0], nil
	case !slices.Contains(periods, named):
		return 0, refused(http.StatusForbidden, "period", "the contract does not have %d months", named)
	}
	return named, nil
}

func (s *Server) issue(c store.Client, q *request, months int, now time.Time) (*x509.Certificate, error) {
	return s.CA.IssueClient(q.PublicKey, ca.Subject{
		Surname: c.Surname, GivenName: c.GivenName, IIN: c.IIN, Company: c.Company, BIN: c.BIN,
	}, now.AddDate(0, months, 0).Sub(now))
}

// sameName compares what two names say. The kind of a string does not matter: a client
// may have read and written the name anew.
func sameName(a, b pkix.Name) bool {
	return slices.EqualFunc(a.Names, b.Names, func(x, y pkix.AttributeTypeAndValue) bool {
		return x.Type.Equal(y.Type) && x.Value == y.Value
	})
}
