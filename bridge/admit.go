package bridge

import (
	"errors"
	"net"
	"net/http"
	"strings"

	"qoltanba/agent"
)

// path is where pages connect; the protocol's version is part of it.
const path = "/v1"

var errHandshake = errors.New("not a WebSocket handshake")

// serveHTTP looks at a request in the order of what is known about it: the
// program that sends it, the address it was sent to, its form, its origin's
// form, how many there are already. None of this depends on which origins are
// approved; that is asked last, of the agent.
func (s *Server) serveHTTP(w http.ResponseWriter, r *http.Request) {
	if !s.visitors.enter() {
		refuse(w, http.StatusForbidden)
		return
	}
	defer s.visitors.leave()

	if status := s.check(r); status != 0 {
		refuse(w, status)
		return
	}
	origin, err := agent.ParseOrigin(r.Header.Get("Origin"))
	if err != nil {
		refuse(w, http.StatusForbidden)
		return
	}
	v, err := s.visitors.from(origin)
	if err != nil {
		s.refusals.add(origin.String(), err)
		refuse(w, http.StatusForbidden)
		return
	}
	defer v.leave()

	// Blocks while the person is asked. The context ends when the page goes.
	if _, err = s.agent.Admit(r.Context(), r.Header.Get("Origin")); err != nil {
		s.refusals.add(origin.String(), err)
		refuse(w, http.StatusForbidden)
		return
	}
	ws, err := s.upgrader.Upgrade(w, r, nil)
	if err != nil {
		s.refusals.add(origin.String(), errHandshake)
		return // Upgrade has answered
	}
	// net/http ends the request's context with this function and no sooner
	// once the connection is ours; it also ends with Serve.
	s.servePage(r.Context(), ws, origin, v)
}

// check returns 0, or the status with which the request is refused whoever
// its origin is.
func (s *Server) check(r *http.Request) int {
	local, _ := r.Context().Value(http.LocalAddrContextKey).(net.Addr)
	peer, err := net.ResolveTCPAddr("tcp", r.RemoteAddr) // an address, nothing is looked up
	if err != nil || local == nil {
		return http.StatusForbidden
	}
	if err := samePeer(peer, local); err != nil {
		s.refusals.add("", err)
		return http.StatusForbidden
	}
	switch {
	case !s.hosts[r.Host]: // a name that was made to point to this computer
		return http.StatusMisdirectedRequest
	case r.RequestURI != path: // as it was sent: no query, no other spelling
		return http.StatusNotFound
	case r.Method != http.MethodGet:
		return http.StatusMethodNotAllowed
	case !asksForWebSocket(r.Header), len(r.Header["Origin"]) != 1:
		return http.StatusForbidden
	}
	return 0
}

// asksForWebSocket tells whether the request is one for an upgrade (RFC 6455
// section 4.1). Upgrade checks the rest, but only after the person was asked.
func asksForWebSocket(h http.Header) bool {
	return hasToken(h["Connection"], "upgrade") && hasToken(h["Upgrade"], "websocket") &&
		h.Get("Sec-Websocket-Version") == "13" && h.Get("Sec-Websocket-Key") != ""
}

func hasToken(values []string, token string) bool {
	for _, v := range values {
		for t := range strings.SplitSeq(v, ",") {
			if strings.EqualFold(strings.TrimSpace(t), token) {
				return true
			}
		}
	}
	return false
}

// refuse answers with a status and nothing else: no body, no CORS header, no
// word about who answers.
func refuse(w http.ResponseWriter, status int) {
	w.Header().Set("Connection", "close")
	w.Header()["Date"] = nil
	w.WriteHeader(status)
}
