package est

import (
	"net/http"
	"path"

	"qoltanba/cmd/refbank/enroll"
)

// caCerts is for everybody: a client trusts by its own copy of the root.
func (s *Server) caCerts(w http.ResponseWriter, _ *http.Request) error {
	if err := s.Lose("cacerts", ""); err != nil {
		return err
	}
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
	periods, err := s.Periods(r.Context(), card)
	if err != nil {
		return err
	}
	der, err := attributes(periods)
	if err != nil {
		return err
	}
	if err := s.Lose("csrattrs", card.Client.UserID); err != nil {
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
	cert, err := s.First(r.Context(), card, q.rules(r))
	if err != nil {
		return err
	}
	return s.writeCertificates(w, cert)
}

// reenroll issues the next certificate for the key of the one in force, which the
// client shows that it holds by both TLS and the request.
func (s *Server) reenroll(w http.ResponseWriter, r *http.Request) error {
	old, err := s.client(r)
	if err != nil {
		return err
	}
	holder, err := s.Holder(r.Context(), old)
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
	cert, err := s.Next(r.Context(), holder, old, q.Subject, q.rules(r))
	if err != nil {
		return err
	}
	return s.writeCertificates(w, cert)
}

// rules returns the request as package enroll has it.
func (q *request) rules(r *http.Request) enroll.Request {
	return enroll.Request{Operation: path.Base(r.URL.Path), PublicKey: q.PublicKey, SPKI: q.RawSubjectPublicKeyInfo, Months: q.months}
}
