package remote

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"sync"

	"qoltanba/agent"
	"qoltanba/agent/jsonrpc"
)

// Serve shows with p what comes over rwc, until the agent closes it (nil) or ctx
// ends. It closes rwc and returns when every question has ended. setLanguage is
// told the language in which to speak ("kk", "ru", "en") at the start and each
// time it changes; it must not block.
//
// The agent takes the answer to its first message for the sign that windows can
// be shown: Serve is called when that is certain, and not at all otherwise.
func Serve(ctx context.Context, rwc io.ReadWriteCloser, p agent.Prompter, setLanguage func(code string)) error {
	s := NewServer(p, setLanguage)
	defer s.Wait()
	return jsonrpc.NewConn(jsonrpc.Stream(rwc, frameLimit), s.Handle).Serve(ctx)
}

// Server is the shown side of one connection.
type Server struct {
	prompter    agent.Prompter
	setLanguage func(code string)

	group sync.WaitGroup // of the open questions

	mu     sync.Mutex
	open   map[string]*dialogue
	opened chan struct{} // closed and replaced when a question was opened
}

// NewServer returns a Server that shows with p. setLanguage is as for [Serve].
func NewServer(p agent.Prompter, setLanguage func(code string)) *Server {
	return &Server{
		prompter: p, setLanguage: setLanguage,
		open: make(map[string]*dialogue), opened: make(chan struct{}),
	}
}

// Wait returns when every question has ended. They end with the connection, so
// it is called when the connection's Serve has returned.
func (s *Server) Wait() { s.group.Wait() }

// Handle is a [jsonrpc.Handler].
func (s *Server) Handle(ctx context.Context, _ *jsonrpc.Conn, r *jsonrpc.Request) (any, error) {
	switch r.Method {
	case methodHello:
		return handle(r, func(h hello) (any, error) {
			s.setLanguage(h.Language)
			s.prompter.Prepare()
			return protocolVersion{protocol}, nil
		})
	case methodLanguage:
		return handle(r, func(h hello) (any, error) { s.setLanguage(h.Language); return nil, nil })
	case methodSite:
		return handle(r, func(q agent.SiteQuestion) (any, error) { return empty{}, s.prompter.Site(ctx, q) })
	case methodDriver:
		return handle(r, func(q agent.DriverQuestion) (any, error) { return empty{}, s.prompter.Driver(ctx, q) })
	case methodPanel:
		return handle(r, func(p agent.PanelState) (any, error) { return s.prompter.Panel(ctx, p) })
	case methodNotify:
		return handle(r, func(n agent.Notice) (any, error) { return empty{}, s.prompter.Notify(ctx, n) })
	case methodOpen:
		return handle(r, func(q question) (any, error) { return nil, s.ask(ctx, q) })
	case methodUpdate:
		return handle(r, func(u update) (any, error) { s.update(u); return nil, nil })
	case methodDone:
		return handle(r, func(d done) (any, error) { s.done(d); return nil, nil })
	case methodNext:
		return handle(r, func(v verdict) (any, error) { return s.next(ctx, v) })
	case methodWatch:
		return handle(r, func(q questionID) (any, error) { return s.watch(ctx, q.ID) })
	}
	return nil, &jsonrpc.Error{Code: jsonrpc.CodeMethodNotFound, Message: "method not found"}
}

// empty is the result of what has none: an answer needs one.
type empty struct{}

// handle decodes the params of r and encodes the error of f.
func handle[P any](r *jsonrpc.Request, f func(P) (any, error)) (any, error) {
	var params P
	if err := json.Unmarshal(r.Params, &params); err != nil {
		return nil, &jsonrpc.Error{Code: jsonrpc.CodeInvalidParams, Message: err.Error()}
	}
	result, err := f(params)
	if err != nil {
		return answer(err)
	}
	return result, nil
}

// ask opens a question in a goroutine, which ends when the person has answered,
// with prompt.done, or with ctx, which is the connection's. Wait waits for it.
func (s *Server) ask(ctx context.Context, q question) error {
	ctx, cancel := context.WithCancel(ctx)
	d := &dialogue{
		closed: ctx.Done(), cancel: cancel,
		attempts: make(chan *attempt),
		settled:  make(chan struct{}),
		ended:    make(chan struct{}),
	}
	if q.Updates {
		d.updates, d.panels = make(chan []agent.Profile, 1), make(chan agent.TokenPanel, 1)
		d.wizards, d.codes = make(chan agent.WizardState, 1), make(chan agent.GeneratorPanel, 1)
	}
	var show func() error
	switch {
	case q.Consent != nil:
		d.consent = true
		show = func() error { return s.prompter.Consent(ctx, *q.Consent, d.openCopy) }
	case q.PIN != nil:
		q.PIN.Updates = d.updates
		show = func() error { return s.prompter.PIN(ctx, *q.PIN, d.tryPIN) }
	case q.Change != nil:
		q.Change.Updates = d.updates
		show = func() error { return s.prompter.ChangePIN(ctx, *q.Change, d.tryChange) }
	case q.Token != nil:
		show = func() error { return s.prompter.Token(ctx, *q.Token, d.panels, d.doAction) }
	case q.Wizard != nil:
		show = func() error { return s.prompter.Wizard(ctx, *q.Wizard, d.wizards, d.doWizard) }
	case q.Codes != nil:
		show = func() error { return s.prompter.Generators(ctx, *q.Codes, d.codes, d.doCodes) }
	default:
		cancel()
		return fmt.Errorf("%w: a question about nothing", agent.ErrInvalid)
	}
	s.mu.Lock()
	s.open[q.ID] = d
	close(s.opened)
	s.opened = make(chan struct{})
	s.mu.Unlock()
	s.group.Go(func() {
		defer cancel()
		d.err = show()
		close(d.ended)
	})
	return nil
}

// find returns an open question. A request may overtake the notification that
// opens what it is about, and waits for it.
func (s *Server) find(ctx context.Context, id string) (*dialogue, error) {
	for {
		s.mu.Lock()
		d, opened := s.open[id], s.opened
		s.mu.Unlock()
		if d != nil {
			return d, nil
		}
		select {
		case <-opened:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

func (s *Server) next(ctx context.Context, v verdict) (any, error) {
	d, err := s.find(ctx, v.ID)
	if err != nil {
		return nil, err
	}
	d.judge(v.Failed.Err())
	select {
	case a := <-d.attempts:
		return d.hand(a), nil
	case <-d.ended:
		if d.err == nil && d.consent {
			return reply{Agreed: true}, nil
		}
		return nil, d.failure()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (s *Server) watch(ctx context.Context, id string) (any, error) {
	d, err := s.find(ctx, id)
	if err != nil {
		return nil, err
	}
	select {
	case <-d.ended:
		return nil, d.failure()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (s *Server) update(u update) {
	s.mu.Lock()
	d := s.open[u.ID]
	s.mu.Unlock()
	switch {
	case d == nil || d.updates == nil:
	case u.Token != nil:
		renew(d.panels, *u.Token)
	case u.Wizard != nil:
		renew(d.wizards, *u.Wizard)
	case u.Codes != nil:
		renew(d.codes, *u.Codes)
	default:
		renew(d.updates, u.Profiles)
	}
}

func (s *Server) done(end done) {
	s.mu.Lock()
	d := s.open[end.ID]
	delete(s.open, end.ID)
	s.mu.Unlock()
	if d == nil {
		return
	}
	if end.Canceled {
		d.cancel()
	}
	d.settle(end.Failed.Err())
}
