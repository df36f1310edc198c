// Package bridge serves the agent to web pages over a WebSocket on localhost.
//
// A page speaks JSON-RPC 2.0 on ws://127.0.0.1:PORT/v1 (README of sdk has the
// methods, testdata/protocol has examples of every frame). What a new engineer
// needs to know:
//
//   - Everything that can be refused is refused before the upgrade, with an
//     empty body. A page that is not admitted cannot tell a refusal from a
//     program that has nothing to do with us.
//   - A site that is not known is held before the upgrade while the person is
//     asked. A browser keeps that site's other connections to the same address
//     back meanwhile (RFC 6455 section 4.1); Chromium does so for each site by
//     itself, so the bank's page is not kept waiting.
//   - The connection belongs to one OS user: the peer socket's owner is looked
//     up in /proc/net/tcp on Linux and with GetExtendedTcpTable on Windows. On
//     other systems there is no such look-up here and every page is refused.
//   - A program of the same user can forge an Origin header. The defence
//     against it is the window in which the person agrees, not this package.
//   - Nothing that a page sent is logged, but its origin.
package bridge

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/gorilla/websocket"

	"qoltanba/agent"
)

// defaultPorts are the ports that a page tries, in this order. The second is for the
// agent of another person at the same computer, and for a port that is taken.
var defaultPorts = []int{13591, 13592}

const (
	maxHeaderBytes    = 32 << 10 // cookies of other servers on localhost come along
	readHeaderTimeout = 5 * time.Second
)

// Config says what a Server serves.
type Config struct {
	Agent  *agent.Agent
	Ports  []int        // tried in this order; none means 13591, 13592
	Logger *slog.Logger // nil logs nothing
}

// Server is the agent's side of all pages.
type Server struct {
	agent    *agent.Agent
	ports    []int
	log      *slog.Logger
	upgrader websocket.Upgrader

	listener net.Listener
	port     int
	hosts    map[string]bool // the Host headers that are ours

	visitors visitors
	refusals refusals
}

// New returns a server that does not listen yet.
func New(c Config) *Server {
	s := &Server{agent: c.Agent, ports: c.Ports, log: c.Logger}
	if len(s.ports) == 0 {
		s.ports = defaultPorts
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	s.refusals.log = s.log
	s.upgrader = websocket.Upgrader{
		HandshakeTimeout: 10 * time.Second,
		ReadBufferSize:   32 << 10,
		WriteBufferSize:  32 << 10,
		// The origin was admitted before Upgrade is called.
		CheckOrigin: func(*http.Request) bool { return true },
		Error:       func(w http.ResponseWriter, _ *http.Request, _ int, _ error) { refuse(w, http.StatusForbidden) },
	}
	return s
}

// Listen takes the first port of the list that is free, on 127.0.0.1 only. It
// takes no more than one: the next is left to the agent of another person who
// is logged in at the same time. It returns agent.ErrPort when none is free.
func (s *Server) Listen() error {
	var all []error
	for _, port := range s.ports {
		l, err := net.Listen("tcp4", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
		if err != nil {
			all = append(all, err)
			continue
		}
		s.listener = l
		s.port = l.Addr().(*net.TCPAddr).Port
		p := strconv.Itoa(s.port)
		s.hosts = map[string]bool{"127.0.0.1:" + p: true, "localhost:" + p: true}
		return nil
	}
	return fmt.Errorf("listening for pages: %w: %w", agent.ErrPort, errors.Join(all...))
}

// Port is the port that Listen took, 0 before.
func (s *Server) Port() int { return s.port }

// Serve answers pages until ctx ends. It closes the port and every connection
// then, and returns when all that it started has returned. It returns nil when
// ctx ended, else what went wrong with the port.
func (s *Server) Serve(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	h := &http.Server{
		Handler:                      http.HandlerFunc(s.serveHTTP),
		ReadHeaderTimeout:            readHeaderTimeout,
		MaxHeaderBytes:               maxHeaderBytes,
		DisableGeneralOptionsHandler: true,
		BaseContext:                  func(net.Listener) context.Context { return ctx },
		ErrorLog:                     slog.NewLogLogger(s.log.Handler(), slog.LevelWarn),
	}
	stop := context.AfterFunc(ctx, func() { h.Close() })
	err := h.Serve(s.listener)
	stop()
	cancel() // ends what pages asked for, also when the port failed by itself
	h.Close()
	s.visitors.wait()
	s.refusals.end()
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return fmt.Errorf("serving pages: %w", err)
}
