package server

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"net/http"
	"time"

	"qoltanba/cmd/refbank/store"
)

const nonceLife = 5 * time.Minute

// sessionLife ends a session that is idle, and one that is busy after a working day: a
// cookie that was stolen, or a page that asks by itself, is worth no more than that.
var sessionLife = store.Life{Idle: 30 * time.Minute, Most: 8 * time.Hour}

// The cookies: one for the browser that asked for a challenge, one for the session.
const (
	challengeCookie = "challenge"
	sessionCookie   = "session"
)

// challenge issues a login nonce of 32 random bytes: 44 characters of base64, as
// the Web eID specification asks at least.
func (s *Server) challenge(w http.ResponseWriter, r *http.Request) {
	nonce := make([]byte, 32)
	rand.Read(nonce) // never fails
	challenge, browser := base64.StdEncoding.EncodeToString(nonce), rand.Text()
	if err := s.Store.AddNonce(r.Context(), browser, challenge, time.Now(), nonceLife); err != nil {
		s.fail(w, r, err)
		return
	}
	s.setCookie(w, challengeCookie, browser, nonceLife)
	s.writeJSON(w, http.StatusOK, map[string]string{"challenge": challenge})
}

// login opens a session for the client whose certificate made the token.
func (s *Server) login(w http.ResponseWriter, r *http.Request) {
	var token LoginToken
	if !s.readJSON(w, r, loginBody, &token) {
		return
	}
	now := time.Now()
	client, err := s.authenticate(r, token, now)
	if err == nil {
		err = s.openSession(w, r, client, now)
	}
	if word := loginWord(err); word != "" {
		s.Logger.Info("login refused", "err", err)
		s.refuse(w, http.StatusUnauthorized, word)
		return
	}
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.setCookie(w, challengeCookie, "", -1)
	s.writeJSON(w, http.StatusOK, map[string]string{"company": client.Company})
}

// openSession opens a session under a new cookie: one that somebody planted before the
// login stays worthless, and one that somebody knows from before is worthless from now on.
func (s *Server) openSession(w http.ResponseWriter, r *http.Request, client store.Client, now time.Time) error {
	cookie := rand.Text()
	if err := s.Store.AddSession(r.Context(), s.cookie(r, sessionCookie), cookie, client, now, sessionLife); err != nil {
		return err
	}
	s.setCookie(w, sessionCookie, cookie, 0)
	return nil
}

// authenticate takes this browser's challenge, checks the token against it, and
// finds whose certificate it is.
func (s *Server) authenticate(r *http.Request, token LoginToken, now time.Time) (store.Client, error) {
	nonce, err := s.Store.TakeNonce(r.Context(), s.cookie(r, challengeCookie), now)
	if err != nil {
		return store.Client{}, err
	}
	cert, err := s.tokens.verify(token, nonce, now)
	if err != nil {
		return store.Client{}, err
	}
	return s.Store.ClientByCertificate(r.Context(), cert)
}

// loginWord gives the reason for a refused login, "" for what is none.
func loginWord(err error) string {
	for _, w := range []struct {
		err  error
		word string
	}{
		{store.ErrNonceUnknown, "nonce-unknown"},
		{store.ErrNonceUsed, "nonce-used"},
		{store.ErrNonceExpired, "nonce-expired"},
		{errTokenFormat, "token-format"},
		{errTokenAlgorithm, "token-algorithm"},
		{errTokenSignature, "token-signature"},
		{errTokenCertificate, "token-certificate"},
		{store.ErrNotFound, "not-a-client"},
	} {
		if errors.Is(err, w.err) {
			return w.word
		}
	}
	return ""
}

func (s *Server) logout(w http.ResponseWriter, r *http.Request) {
	if err := s.Store.EndSession(r.Context(), s.cookie(r, sessionCookie)); err != nil {
		s.fail(w, r, err)
		return
	}
	s.setCookie(w, sessionCookie, "", -1)
	s.writeJSON(w, http.StatusOK, map[string]string{})
}

// session returns the client who is logged in, or store.ErrNotFound.
func (s *Server) session(r *http.Request) (store.Client, error) {
	return s.Store.Session(r.Context(), s.cookie(r, sessionCookie), time.Now(), sessionLife.Idle)
}

// cookieName has the prefix by which browsers keep other hosts and http pages
// from setting the cookie; it exists for https alone.
func (s *Server) cookieName(name string) string {
	if s.secure {
		return "__Host-" + name
	}
	return name
}

func (s *Server) cookie(r *http.Request, name string) string {
	c, err := r.Cookie(s.cookieName(name))
	if err != nil {
		return ""
	}
	return c.Value
}

// setCookie sets a cookie for a time, for the life of the browser (0), or takes it
// away (below 0).
func (s *Server) setCookie(w http.ResponseWriter, name, value string, life time.Duration) {
	maxAge := int(life.Seconds())
	if life < 0 {
		maxAge = -1
	}
	http.SetCookie(w, &http.Cookie{
		Name: s.cookieName(name), Value: value, Path: "/", MaxAge: maxAge,
		Secure: s.secure, HttpOnly: true, SameSite: http.SameSiteStrictMode,
	})
}
