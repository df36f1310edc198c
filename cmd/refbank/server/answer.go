package server

import (
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"strings"

	"qoltanba/cmd/refbank/store"
)

// The largest bodies that are read, in bytes. What asks for a session is read after the
// session was found, so a stranger sends loginBody at the most.
const (
	loginBody      = 16 << 10  // a login token: its certificate has two kilobytes, or four with a key of 4096 bits
	codeBody       = 1 << 10   // a code or a value
	signatureBody  = 1 << 20   // one attached signature of some kilobytes, with its chain
	idsBody        = 128 << 10 // store.MaxUnsigned numbers of orders, of 25 letters
	ordersBody     = 4 << 20   // maxOrders payments of two texts of maxText letters
	signaturesBody = 32 << 20  // maxOrders attached signatures
)

// isAPI tells whether a script waits for the answer, not a person.
func isAPI(r *http.Request) bool { return strings.HasPrefix(r.URL.Path, "/api/") }

// readJSON reads the body, of so many bytes at the most, into v. It answers and returns
// false when that fails.
func (s *Server) readJSON(w http.ResponseWriter, r *http.Request, most int64, v any) bool {
	d := json.NewDecoder(http.MaxBytesReader(w, r.Body, most))
	if err := d.Decode(v); err != nil {
		if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
			s.refuse(w, http.StatusRequestEntityTooLarge, "too-large")
		} else {
			s.refuse(w, http.StatusBadRequest, "invalid")
		}
		return false
	}
	return true
}

func (s *Server) writeJSON(w http.ResponseWriter, status int, v any) {
	s.giveTime(w, 0) // from now on: a thousand signatures may have taken the bank longer
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	if err := json.NewEncoder(w).Encode(v); err != nil {
		s.Logger.Info("answer not delivered", "err", err)
	}
}

// refuse tells a script why not. The word is found in the page's texts under
// "error." and the word.
func (s *Server) refuse(w http.ResponseWriter, status int, word string) {
	s.writeJSON(w, status, map[string]string{"error": word})
}

// fail answers an error that is not the client's fault, and logs it; one that is
// nobody's (an order that does not exist) is answered as such.
func (s *Server) fail(w http.ResponseWriter, r *http.Request, err error) {
	status, word := http.StatusInternalServerError, "internal"
	if errors.Is(err, store.ErrNotFound) {
		status, word = http.StatusNotFound, "not-found"
	} else {
		s.Logger.Error("request failed", "method", r.Method, "path", r.URL.Path, "err", err)
	}
	if isAPI(r) {
		s.refuse(w, status, word)
		return
	}
	s.show(w, r, status, "message", view{Word: word})
}

// hostname takes the port off a host.
func hostname(hostport string) string {
	if host, _, err := net.SplitHostPort(hostport); err == nil {
		return host
	}
	return strings.Trim(hostport, "[]")
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
