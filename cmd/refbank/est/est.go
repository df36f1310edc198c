// Package est is the reference bank's server for enrollment: EST (RFC 7030, with the
// corrections of RFC 8951) for certificates, and the registration of a certificate
// with the bank.
//
//	GET  /.well-known/est/cacerts         issuing CA and root
//	GET  /.well-known/est/csrattrs        are User ID, PIN and primary key right?
//	POST /.well-known/est/simpleenroll    the first certificate for a key
//	POST /.well-known/est/simplereenroll  the next one for the same key
//	PUT  /registration/USER               puts a certificate into force
//	PUT  /registration                    puts one into force that renews the TLS client's own
//
// Decisions a new engineer needs; they are what a bank should copy:
//
//   - A client proves three things at once: the primary initialization key, by TLS
//     client authentication; User ID and PIN of the OTP card, by HTTP Basic; and the
//     new key, by the request's own signature. Which of User ID, PIN and primary key
//     is wrong is not told.
//   - The request is bound to the TLS connection (RFC 7030, 3.5), so nobody in the
//     middle can pass on what was not meant for this server: challengePassword holds
//     tls-unique for TLS 1.2, and that with extended master secret alone (RFC 7627),
//     and tls-exporter for TLS 1.3 (RFC 9266).
//   - csrattrs demands what simpleenroll demands, against the advice of RFC 7030, 4.5.
//     So an agent learns before it makes a key pair whether the bank will take it. It
//     issues nothing and uses nothing up; it names the periods of the contract.
//   - Who comes to another computer with the token may not know the User ID, so a renewed
//     certificate is registered without one, too. Where a card is used up it is demanded.
//
// The rules behind are those of package enroll.
//
// A refusal is one line of plain text: a word, a colon, a sentence.
//
//	400  request, binding, subject, key    the agent made a mistake
//	401  credentials                       wrong User ID, PIN or primary key
//	403  period                            not in the contract
//	403  card, key, certificate, refused   nothing to be had with this one
//	409  card, certificate                 another certificate is in force
//	413  size   415  type
//	429  wait                              too many wrong PINs; Retry-After says how long
package est

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"qoltanba/cmd/refbank/ca"
	"qoltanba/cmd/refbank/enroll"
	"qoltanba/cmd/refbank/store"
)

// Config is what a Server works with.
type Config struct {
	enroll.Config

	// Foreign serves EST clients such as strongSwan 5.9.8: it takes requests that are
	// not bound to the connection, and those without a primary key, and answers in
	// base64 of one line. It is for tests with such clients; no option of the program
	// sets it.
	Foreign bool
}

// A Server answers agents. It is safe for concurrent use.
type Server struct {
	*enroll.Rules
	foreign bool
	handler http.Handler
}

// New returns a Server.
func New(c Config) *Server {
	s := &Server{Rules: enroll.New(c.Config), foreign: c.Foreign}
	mux := http.NewServeMux()
	for pattern, h := range map[string]func(http.ResponseWriter, *http.Request) error{
		"GET /.well-known/est/cacerts":         s.caCerts,
		"GET /.well-known/est/csrattrs":        s.check,
		"POST /.well-known/est/simpleenroll":   s.enroll,
		"POST /.well-known/est/simplereenroll": s.reenroll,
		"PUT /registration/{user}":             s.register,
		"PUT /registration":                    s.register,
	} {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			if err := h(w, r); err != nil {
				s.refuse(w, r, err)
			}
		})
	}
	s.handler = mux
	return s
}

// Attach makes a server of net/http the one that agents reach the Server through, with
// its own certificate. A client's certificate is asked for and looked at by the
// handlers, so that a wrong one gets an answer. Sessions are not resumed: each
// connection has a binding of its own.
func (s *Server) Attach(h *http.Server, own tls.Certificate) {
	acceptable := s.CA.Intermediates()
	acceptable.AddCert(s.Primary.Certificate())
	h.Handler = s
	h.Protocols = new(http.Protocols)
	h.Protocols.SetHTTP1(true) // what RFC 7030 was written for
	h.TLSConfig = &tls.Config{
		MinVersion:             tls.VersionTLS12,
		Certificates:           []tls.Certificate{own},
		ClientAuth:             tls.RequestClientCert,
		ClientCAs:              acceptable,
		SessionTicketsDisabled: true,
		// An answer is one record: strongSwan reads twice and no more.
		DynamicRecordSizingDisabled: true,
	}
}

// ServeHTTP refuses what did not come over TLS, before any route.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	if r.TLS == nil {
		http.Error(w, "tls: this server is reached by TLS only", http.StatusForbidden)
		return
	}
	s.handler.ServeHTTP(w, r)
}

// A refusal is an error with an answer of its own.
type refusal struct {
	status     int
	word, text string
}

func (r *refusal) Error() string { return r.word + ": " + r.text }

func refused(status int, word, format string, args ...any) error {
	return &refusal{status, word, fmt.Sprintf(format, args...)}
}

func (s *Server) refuse(w http.ResponseWriter, r *http.Request, err error) {
	if errors.Is(err, enroll.ErrLost) {
		panic(http.ErrAbortHandler)
	}
	if pending, ok := errors.AsType[*enroll.PendingError](err); ok {
		// RFC 7030, 4.2.3: the client asks again with the same request.
		w.Header().Set("Retry-After", strconv.Itoa(int((pending.After+time.Second-1)/time.Second)))
		w.WriteHeader(http.StatusAccepted)
		return
	}
	s.Logger.Info("request refused", "path", r.URL.Path, "err", err)
	answer, ok := errors.AsType[*refusal](err)
	switch wait, throttled := errors.AsType[*store.WaitError](err); {
	case ok:
	case throttled:
		w.Header().Set("Retry-After", strconv.Itoa(int(time.Until(wait.Until)/time.Second)+1))
		answer = &refusal{http.StatusTooManyRequests, "wait", "too many wrong PINs"}
	default:
		answer = &refusal{http.StatusInternalServerError, "internal", "see the log of the bank"}
		if known := enroll.Refused(err); known != nil {
			answer = &refusal{status(err, r), known.Word, known.Text}
		}
	}
	if answer.status == http.StatusUnauthorized {
		// Spelled as in RFC 9110: Go would write Www-Authenticate, which libest does not know.
		w.Header()["WWW-Authenticate"] = []string{`Basic realm="OTP card", charset="UTF-8"`}
	}
	http.Error(w, answer.Error(), answer.status)
}

// status is that of the answer to an error of package enroll.
func status(err error, r *http.Request) int {
	switch {
	case errors.Is(err, store.ErrCredentials):
		return http.StatusUnauthorized
	case errors.Is(err, ca.ErrKey):
		return http.StatusBadRequest
	case errors.Is(err, store.ErrReplaced), errors.Is(err, store.ErrCardUsed) && r.Method == http.MethodPut:
		return http.StatusConflict
	}
	if known := enroll.Refused(err); known.Word == "subject" {
		return http.StatusBadRequest
	}
	return http.StatusForbidden
}

// card returns the OTP card whose User ID, PIN and primary key a request proves.
//
// The PIN stays in strings of net/http, which cannot be wiped.
func (s *Server) card(r *http.Request) (store.Card, error) {
	var primary *x509.Certificate
	if len(r.TLS.PeerCertificates) > 0 || !s.foreign {
		if len(r.TLS.PeerCertificates) == 0 {
			return store.Card{}, fmt.Errorf("no TLS client certificate: %w", store.ErrCredentials)
		}
		primary = r.TLS.PeerCertificates[0]
		if err := s.CheckPrimary(primary); err != nil {
			return store.Card{}, err
		}
	}
	user, pin, ok := r.BasicAuth()
	if !ok {
		return store.Card{}, fmt.Errorf("no HTTP Basic: %w", store.ErrCredentials)
	}
	return s.Store.CheckCard(r.Context(), user, pin, primary, time.Now())
}

// client returns the TLS client's certificate when the CA issued it.
func (s *Server) client(r *http.Request) (*x509.Certificate, error) {
	if len(r.TLS.PeerCertificates) == 0 {
		return nil, fmt.Errorf("no TLS client certificate: %w", store.ErrCredentials)
	}
	cert := r.TLS.PeerCertificates[0]
	return cert, s.CheckClient(cert)
}
