// Package server is the reference bank's web site for legal entities: login with a
// key or a code, payment orders, and verdicts on their signatures and codes.
//
// Decisions a new engineer needs; they are what a bank should copy:
//
//   - The origin is configured, never taken from a request. A login token and a
//     signature count only when they were made for it.
//   - A challenge belongs to the browser that asked for it (by cookie) and is
//     used up by the first attempt, so a token can neither be replayed nor be
//     slipped into another person's browser.
//   - The bank writes the document, keeps its bytes, and accepts a signature over
//     those bytes alone. What a page sends back is never parsed as an order.
//   - A verdict is written down before it is answered; see Server.judge.
//   - Who is logged in is told by how much the clock of a token is wrong, and with the
//     key also sets the bank to it, by two codes; who is not is told nothing of it. See
//     otpclock.go.
//   - No inline script, no foreign resource, no text outside texts.go.
package server

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"net/url"
	"path/filepath"

	"qoltanba/agent/bank"
	"qoltanba/cmd/refbank/store"
)

// Config is what a Server works with. All members but the last two are demanded.
type Config struct {
	// Origin is the site's web origin as a browser serializes it, such as
	// "https://ib.refbank.test" or "http://localhost:8080".
	Origin        string
	Roots         []*x509.Certificate // of the clients' certificates, GOST among them
	Intermediates []*x509.Certificate
	Store         *store.Store
	SignedDir     string // signed orders are written there, for checks from outside
	SDK           fs.FS  // the modules of @qoltanba/client, client.js among them
	Logger        *slog.Logger

	// Descriptor is the JSON by which agents know this bank. The site hands it out, and
	// offers the installer that it names to those who do not have the agent yet.
	Descriptor []byte
	// Installer is the file that the site has at InstallerAddress, "" for none. A new one
	// takes a new Server.
	Installer string
}

// A Server answers the requests of browsers.
type Server struct {
	Config
	host      string
	secure    bool       // https
	offered   string     // the descriptor's installer
	installer *installer // nil for none
	tokens    tokenVerifier
	pages     *pages
	handler   http.Handler
}

// New checks the configuration and writes the files of accepted orders that a
// kill kept it from writing.
func New(ctx context.Context, c Config) (*Server, error) {
	u, err := url.Parse(c.Origin)
	if err != nil || u.Scheme+"://"+u.Host != c.Origin {
		return nil, fmt.Errorf("origin %q: not of the form https://host[:port]", c.Origin)
	}
	if u.Scheme != "https" && (u.Scheme != "http" || !loopback(u.Hostname())) {
		return nil, fmt.Errorf("origin %q: browsers hand keys to https pages, and to http pages of localhost, only", c.Origin)
	}
	s := &Server{
		Config: c,
		host:   u.Host,
		secure: u.Scheme == "https",
		tokens: tokenVerifier{origin: c.Origin, roots: c.Roots, intermediates: c.Intermediates},
	}
	if c.Descriptor != nil {
		d, err := bank.Parse(c.Descriptor)
		if err != nil {
			return nil, err
		}
		s.offered = d.Installer
	}
	if s.pages, err = newPages(); err != nil {
		return nil, err
	}
	if err := c.Store.EachSigned(ctx, s.export); err != nil {
		return nil, err
	}
	if c.Installer != "" {
		if s.installer, err = openInstaller(c.Installer); err != nil {
			return nil, err
		}
	}
	if s.handler, err = s.routes(); err != nil {
		return nil, err
	}
	return s, nil
}

func (s *Server) routes() (http.Handler, error) {
	static, err := fs.Sub(assets, "static")
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /static/{file}", files(static))
	mux.HandleFunc("GET /sdk/{file}", files(s.SDK))

	if s.Descriptor != nil {
		mux.HandleFunc("GET /descriptor.json", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.Write(s.Descriptor)
		})
	}
	if s.Installer != "" {
		mux.HandleFunc("GET "+installerPath+url.PathEscape(filepath.Base(s.Installer)), s.sendInstaller)
	}
	mux.HandleFunc("GET /{$}", s.home)
	mux.HandleFunc("GET /orders/new", s.forClient(s.newOrderPage))
	mux.HandleFunc("GET /orders/{id}", s.forClient(s.orderPage))
	mux.HandleFunc("GET /orders/{id}/mobipass", s.forClient(s.mobiPassPage))
	mux.HandleFunc("GET /batch", s.forClient(s.batchPage))
	mux.HandleFunc("GET /unsigned", s.forClient(s.unsignedPage))
	mux.HandleFunc("GET /payments", s.forClient(s.paymentsPage))

	mux.HandleFunc("POST /api/login/challenge", s.challenge)
	mux.HandleFunc("POST /api/login", s.login)
	mux.HandleFunc("POST /api/login/code", s.loginByCode)
	mux.HandleFunc("POST /api/logout", s.logout)
	mux.HandleFunc("POST /api/orders", s.forClient(s.addOrders))
	mux.HandleFunc("POST /api/orders/withdraw", s.forClient(s.withdraw))
	mux.HandleFunc("GET /api/orders/{id}/document", s.forClient(s.document))
	mux.HandleFunc("POST /api/orders/{id}/signature", s.forClient(s.addSignature))
	mux.HandleFunc("POST /api/signatures", s.forClient(s.addSignatures))
	mux.HandleFunc("POST /api/orders/{id}/code", s.forClient(s.confirmByCode))
	mux.HandleFunc("POST /api/orders/{id}/mobipass", s.forClient(s.issueNumber))
	mux.HandleFunc("POST /api/orders/{id}/mobipass/value", s.forClient(s.confirmByValue))
	mux.HandleFunc("POST /api/orders/{id}/mobipass/void", s.forClient(s.voidNumber))
	mux.HandleFunc("POST /api/clock", s.forClient(s.findClock))
	return mux, nil
}

// files serves the files of one folder, without lists of them.
func files(folder fs.FS) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		http.ServeFileFS(w, r, folder, r.PathValue("file"))
	}
}

// contentSecurityPolicy lets a page load this site's files and talk to this site
// and to the agent's two ports; nothing else.
const contentSecurityPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; " +
	"connect-src 'self' ws://127.0.0.1:13591 ws://127.0.0.1:13592; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// ServeHTTP sets the security headers and refuses what does not come from a page
// of this site, before any route.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Security-Policy", contentSecurityPolicy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
	if s.secure && !loopback(hostname(s.host)) {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}

	read := r.Method == http.MethodGet || r.Method == http.MethodHead
	switch {
	case r.Host != s.host && read && r.URL.Opaque == "": // "x:.evil" would go on with the origin
		// Under another name of this computer no login could succeed.
		http.Redirect(w, r, s.Origin+r.URL.RequestURI(), http.StatusTemporaryRedirect)
	case r.Host != s.host:
		s.refuse(w, http.StatusMisdirectedRequest, "host")
	case !read && r.Header.Get("Origin") != s.Origin:
		s.refuse(w, http.StatusForbidden, "origin") // request forged by another site
	default:
		s.handler.ServeHTTP(w, r)
	}
}

// forClient calls f with the client who is logged in. Others are sent to the home
// page, or told that there is no session.
func (s *Server) forClient(f func(http.ResponseWriter, *http.Request, store.Client)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		client, err := s.session(r)
		switch {
		case err == nil:
			f(w, r, client)
		case !errors.Is(err, store.ErrNotFound):
			s.fail(w, r, err)
		case isAPI(r):
			s.refuse(w, http.StatusUnauthorized, "no-session")
		default:
			http.Redirect(w, r, "/", http.StatusSeeOther)
		}
	}
}
