package server

import (
	"errors"
	"net/http"
	"time"

	"qoltanba/cmd/refbank/store"
)

// unsignedPage shows what waits for a signature: a client has store.MaxUnsigned of them at
// the most, and the bank takes none away by itself.
func (s *Server) unsignedPage(w http.ResponseWriter, r *http.Request, client store.Client) {
	orders, err := s.Store.Unsigned(r.Context(), client.UserID)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.show(w, r, http.StatusOK, "unsigned", view{Client: &client, Unsigned: orders})
}

// withdraw takes back orders that wait for a signature, all or none:
//
//	{"orders": ["id", ...]}
//	200 {}
//	404 {"error": "not-found"}; 409 {"error": "accepted"}
func (s *Server) withdraw(w http.ResponseWriter, r *http.Request, client store.Client) {
	var request struct {
		Orders []string `json:"orders"`
	}
	if !s.readJSON(w, r, idsBody, &request) {
		return
	}
	if n := len(request.Orders); n == 0 || n > store.MaxUnsigned {
		s.refuse(w, http.StatusUnprocessableEntity, "invalid")
		return
	}
	err := s.Store.Withdraw(r.Context(), client.UserID, request.Orders, time.Now())
	if errors.Is(err, store.ErrAccepted) {
		s.Logger.Info("not withdrawn", "err", err)
		s.refuse(w, http.StatusConflict, "accepted")
		return
	}
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.writeJSON(w, http.StatusOK, map[string]string{})
}
