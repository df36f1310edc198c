package est

import (
	"crypto/x509"
	"errors"
	"net/http"

	"qoltanba/cmd/refbank/store"
)

// register puts a certificate, DER of type application/pkix-cert, into force for the
// client in the path. With HTTP Basic it is the first one of a card, which that uses
// up; without, it renews the one in force, and the TLS client has its key. Without a
// client in the path it is the TLS client that is meant, and HTTP Basic is refused.
//
//	201 done   204 was done before   409 another one is in force
func (s *Server) register(w http.ResponseWriter, r *http.Request) error {
	user := r.PathValue("user")
	body, err := readBody(w, r, "application/pkix-cert")
	if err != nil {
		return err
	}
	cert, err := x509.ParseCertificate(body)
	if err != nil {
		return refused(http.StatusBadRequest, "request", "not a certificate: %v", err)
	}
	var changed bool
	if _, _, card := r.BasicAuth(); card && user == "" {
		return refused(http.StatusBadRequest, "request", "a card registers a certificate of the User ID that is in the path")
	} else if card {
		changed, err = s.registerFirst(r, user, cert)
	} else {
		changed, err = s.registerRenewed(r, user, cert)
	}
	if err != nil {
		return err
	}
	status := http.StatusNoContent
	if changed {
		status = http.StatusCreated
	}
	w.WriteHeader(status)
	return nil
}

func (s *Server) registerFirst(r *http.Request, user string, cert *x509.Certificate) (bool, error) {
	card, err := s.card(r)
	if err != nil {
		return false, err
	}
	if card.Client.UserID != user {
		return false, store.ErrCredentials
	}
	return s.Register(r.Context(), card, cert)
}

func (s *Server) registerRenewed(r *http.Request, user string, cert *x509.Certificate) (bool, error) {
	own, err := s.client(r)
	if err != nil {
		return false, err
	}
	if user == "" {
		// The client's certificate need not be in force: the answer to the same request
		// may have got lost.
		if user, err = s.Store.IssuedTo(r.Context(), own); errors.Is(err, store.ErrNotFound) {
			err = store.ErrNotIssued
		}
		if err != nil {
			return false, err
		}
	}
	return s.RegisterRenewed(r.Context(), user, own, cert)
}
