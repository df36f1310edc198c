package est

import (
	"net/http"
	"strconv"
	"time"
)

// Faults are what goes wrong on purpose, for tests of agents. What happens once
// happens once for each request, so that asking again helps.
type Faults struct {
	LostAnswer bool          // once: everything is done, then the connection breaks
	Pending    time.Duration // once: 202 with that Retry-After, and nothing is done
	Slow       time.Duration // before a certificate is issued
	RefuseCSR  bool          // every request for a certificate
}

// faultBefore strikes before a certificate is issued; done means that it answered.
func (s *Server) faultBefore(w http.ResponseWriter, r *http.Request, q *request) (done bool, err error) {
	if s.Faults.RefuseCSR {
		return false, refused(http.StatusForbidden, "refused", "the CA refuses the request")
	}
	if s.Faults.Slow > 0 {
		select {
		case <-time.After(s.Faults.Slow):
		case <-r.Context().Done():
			return false, r.Context().Err()
		}
	}
	if s.Faults.Pending > 0 && s.first("202", r, string(q.RawSubjectPublicKeyInfo)) {
		// RFC 7030, 4.2.3: the client asks again with the same request.
		w.Header().Set("Retry-After", strconv.Itoa(int((s.Faults.Pending+time.Second-1)/time.Second)))
		w.WriteHeader(http.StatusAccepted)
		return true, nil
	}
	return false, nil
}

// faultAfter strikes when everything is done and nothing is answered yet.
func (s *Server) faultAfter(r *http.Request, what string) {
	if s.Faults.LostAnswer && s.first("lost", r, what) {
		panic(http.ErrAbortHandler)
	}
}

// first tells whether a fault has not struck this request yet.
func (s *Server) first(fault string, r *http.Request, what string) bool {
	key := fault + r.URL.Path + what
	s.mu.Lock()
	defer s.mu.Unlock()
	again := s.seen[key]
	s.seen[key] = true
	return !again
}
