package bridge

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"

	"github.com/gorilla/websocket"

	"qoltanba/agent"
	"qoltanba/agent/jsonrpc"
)

const (
	protocol    = 1
	maxInFlight = 32 // requests of one connection under way
	maxID       = 1 << 10
	maxParams   = 64 << 10 // of a request that has no documents
	maxEvents   = 32       // events that wait to be written; a page that reads none for so long is let go
)

// A page is one connection.
type page struct {
	agent   *agent.Agent
	client  *agent.Client
	log     *slog.Logger
	uploads uploads
	events  chan agent.Event
	full    chan struct{} // closed when events had no room

	overflow sync.Once
	// known is set once the person has agreed to a session in this connection.
	// Events go to such pages only: when a token comes and goes is a trace of
	// the person's day, and a page that was merely admitted does not need it,
	// since session.open itself waits for a token.
	known atomic.Bool
}

// servePage speaks with a page until it goes or ctx ends, and returns when
// everything it started has returned.
func (s *Server) servePage(ctx context.Context, ws *websocket.Conn, o agent.Origin, v *visit) {
	log := s.log.With("origin", o.String())
	p := &page{
		agent:   s.agent,
		log:     log,
		uploads: uploads{visit: v},
		events:  make(chan agent.Event, maxEvents),
		full:    make(chan struct{}),
	}
	f := newFramer(ws, &p.uploads)
	conn := jsonrpc.NewConn(f, p.handle,
		jsonrpc.WithBinary(p.uploads.take),
		jsonrpc.WithMaxInFlight(maxInFlight),
		jsonrpc.WithErrorMapper(errorFor))
	p.client = s.agent.Connect(o, p.event)
	log.Info("page connected")

	// All three end with the connection.
	var group sync.WaitGroup
	ctx, cancel := context.WithCancel(ctx)
	group.Go(func() { f.ping(ctx) })
	group.Go(func() { p.tell(ctx, conn) })
	group.Go(func() {
		// The session is free for the site's next page at once, also while
		// this one's requests are still ending.
		<-conn.Done()
		p.client.Close()
	})
	err := conn.Serve(ctx)
	cancel()
	group.Wait()
	p.uploads.drop()
	log.Info("page gone", "err", err)
}

// handle answers a request. Notifications are not answered; the only one that
// means something, cancel, is the codec's.
func (p *page) handle(ctx context.Context, c *jsonrpc.Conn, r *jsonrpc.Request) (any, error) {
	if r.Notification {
		return nil, nil
	}
	defer func() { r.Params = nil }() // the answer may have to wait for the page
	if len(r.ID) > maxID || len(r.Params) > maxParams && r.Method != "sign" {
		return nil, agent.ErrTooLarge
	}
	switch r.Method {
	case "hello":
		return p.hello(r)
	case "session.open":
		return p.open(ctx, r)
	case "session.close":
		return p.close(r)
	case "authenticate":
		return p.authenticate(ctx, r)
	case "sign":
		return p.sign(ctx, c, r)
	case "enroll":
		return p.enroll(ctx, r)
	}
	return nil, newError(jsonrpc.CodeMethodNotFound, "no such method", errorData{Name: "method"})
}

func (p *page) hello(r *jsonrpc.Request) (any, error) {
	if err := decode(r, &helloParams{}, "hello takes client, a string"); err != nil {
		return nil, err
	}
	p.client.Hello()
	return helloResult{
		Agent:    "qoltanba",
		Version:  p.agent.Status().Version,
		Protocol: protocol,
		Limits: limits{
			DocumentBytes: agent.MaxDocumentBytes,
			Documents:     agent.MaxDocuments,
			RequestBytes:  agent.MaxRequestBytes,
			FrameBytes:    maxText,
		},
	}, nil
}

func (p *page) open(ctx context.Context, r *jsonrpc.Request) (any, error) {
	var in openParams
	if err := decode(r, &in, "session.open takes resume, a string"); err != nil {
		return nil, err
	}
	s, err := p.client.OpenSession(ctx, in.Resume)
	if err != nil {
		return nil, p.failed(r, err)
	}
	return p.session(s), nil
}

func (p *page) close(r *jsonrpc.Request) (any, error) {
	if err := decode(r, &noParams{}, "session.close takes nothing"); err != nil {
		return nil, err
	}
	p.client.CloseSession("page")
	return noParams{}, nil
}

func (p *page) authenticate(ctx context.Context, r *jsonrpc.Request) (any, error) {
	var in authenticateParams
	if err := decode(r, &in, "authenticate takes challenge, a string"); err != nil {
		return nil, err
	}
	token, s, err := p.client.Authenticate(ctx, in.Challenge)
	if err != nil {
		return nil, p.failed(r, err)
	}
	return loginResult{Token: token, sessionResult: p.session(s)}, nil
}

// enroll returns when a profile was created. Of the profile the page learns
// nothing before it is logged in with.
func (p *page) enroll(ctx context.Context, r *jsonrpc.Request) (any, error) {
	var in enrollParams
	if err := decode(r, &in, "enroll takes months, a number"); err != nil {
		return nil, err
	}
	if err := p.client.Enroll(ctx, in.Months); err != nil {
		return nil, p.failed(r, err)
	}
	return noParams{}, nil
}

// session is what the page learns of a session that was agreed to.
func (p *page) session(s agent.Session) sessionResult {
	p.known.Store(true)
	return sessionResult{Session: s.ID, Certificate: s.Certificate, Subject: s.Subject}
}

// failed logs the whole error, of which the page is told code and name only.
func (p *page) failed(r *jsonrpc.Request, err error) error {
	p.log.Info("request ended without a result", "method", r.Method, "err", err)
	return err
}

// event takes an event from the agent, whose goroutine must not wait.
func (p *page) event(e agent.Event) {
	select {
	case p.events <- e:
	default:
		p.overflow.Do(func() { close(p.full) })
	}
}

// tell writes events to the page until ctx ends.
func (p *page) tell(ctx context.Context, c *jsonrpc.Conn) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-p.full:
			c.Close()
			return
		case e := <-p.events:
			if !p.known.Load() {
				continue
			}
			var params any = noParams{}
			if e.Kind == agent.EventSessionClosed {
				params = closedParams{e.Reason}
			}
			if c.Notify(ctx, string(e.Kind), params) != nil {
				return // the connection has ended
			}
		}
	}
}
