package remote

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"qoltanba/agent"
	"qoltanba/agent/child"
	"qoltanba/agent/jsonrpc"
)

var _ agent.Tokens = (*Module)(nil)

// Options adjust a Module. The zero value is good.
type Options struct {
	Poll     time.Duration // between two looks; 0 is one second
	Patience time.Duration // of a call; 0 is 30 seconds
	Log      *slog.Logger  // nil throws it away

	check func() error // before each start; nil for none
}

// Module is one PKCS#11 module in a helper process, which is started when it is
// needed. It implements agent.Tokens. A helper that dies takes its sessions along
// (agent.ErrTokenLost) and is started anew by the next use, after a pause that
// grows to half a minute.
type Module struct {
	command child.Command
	opts    Options

	mu       sync.Mutex
	closed   bool
	current  *helper
	failures int // helpers in a row that did not come up or died
	failed   error
	again    time.Time
	group    sync.WaitGroup
}

const (
	firstPause = time.Second
	maxDoubled = 5
)

// NewModule returns a Module whose helper is started by that command. Close it.
func NewModule(c child.Command, o Options) *Module {
	if o.Poll <= 0 {
		o.Poll = time.Second
	}
	if o.Patience <= 0 {
		o.Patience = patience
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Module{command: c, opts: o}
}

// Close ends the helper and returns when it is gone.
func (m *Module) Close() error {
	m.mu.Lock()
	m.closed = true
	h := m.current
	m.mu.Unlock()
	if h != nil {
		h.end(errEnded)
	}
	m.group.Wait()
	return nil
}

var errEnded = fmt.Errorf("%w: the program ends", agent.ErrModule)

// helper is one helper process, from its start to its end.
type helper struct {
	conn    *jsonrpc.Conn
	process *child.Process
	ready   chan struct{} // closed when it has answered, or never will
	failure error         // why it never will; set before ready is closed

	// Calls under way that may keep others waiting: without a deadline, and with
	// one that is later than patience.
	unbounded, long atomic.Int32

	buried bool // its end was taken in; guarded by the Module

	once  sync.Once
	cause error // why it ended; set before conn ends
}

// end closes the pipe and remembers why, unless it is closed already.
func (h *helper) end(cause error) {
	h.once.Do(func() { h.cause = cause })
	h.conn.Close()
}

// died is why a helper is gone.
func (h *helper) died() error {
	h.once.Do(func() { h.cause = fmt.Errorf("%w: %w", agent.ErrModuleCrashed, agent.ErrModule) })
	return h.cause
}

func (h *helper) gone() bool {
	select {
	case <-h.conn.Done():
		return true
	default:
		return false
	}
}

// helper returns the process that runs and has answered, or starts one.
func (m *Module) helper(ctx context.Context) (*helper, error) {
	m.mu.Lock()
	h := m.current
	if h != nil && h.gone() {
		m.bury(h)
	}
	if h == nil || h.gone() {
		switch {
		case m.closed:
			m.mu.Unlock()
			return nil, errEnded
		case time.Now().Before(m.again):
			defer m.mu.Unlock()
			return nil, m.failed
		}
		var err error
		if h, err = m.start(); err != nil {
			err = fmt.Errorf("%w: starting its process: %w", agent.ErrModule, err)
			m.fail(err)
			m.mu.Unlock()
			return nil, err
		}
		m.current = h
	}
	m.mu.Unlock()
	select {
	case <-h.ready:
		return h, h.failure
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// fail puts off the next start. m.mu is held.
func (m *Module) fail(err error) {
	m.failed = err
	m.again = time.Now().Add(firstPause << min(m.failures, maxDoubled))
	m.failures++
}

// bury takes in that a helper has ended, once. m.mu is held.
func (m *Module) bury(h *helper) {
	if h.buried || m.closed {
		return
	}
	h.buried = true
	if h.failure == nil { // else that was said already
		m.opts.Log.Error("module process ended", "err", h.died())
		m.fail(h.died())
	}
}

// retry lets the next use start a helper at once.
func (m *Module) retry() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.again, m.failures = time.Time{}, 0
}

// problem is why the last helper failed, nil while one works or none was needed.
func (m *Module) problem() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.failed
}

// start starts a process. Its goroutines end with it. m.mu is held.
func (m *Module) start() (*helper, error) {
	if m.opts.check != nil {
		if err := m.opts.check(); err != nil {
			return nil, err
		}
	}
	p, err := m.command.Start()
	if err != nil {
		return nil, err
	}
	h := &helper{process: p, ready: make(chan struct{})}
	h.conn = jsonrpc.NewConn(jsonrpc.Stream(p, frameLimit), nil)
	m.group.Go(func() { m.accompany(h) })
	return h, nil
}

// accompany lives as long as the process does.
func (m *Module) accompany(h *helper) {
	served := make(chan struct{})
	go func() { // ends with the pipe, and is waited for
		defer close(served)
		_ = h.conn.Serve(context.Background()) // why it ended is what the calls return
	}()
	go func() { // ends with the process, which is waited for below
		<-h.process.Exited()
		select { // what it said before it ended still counts
		case <-h.conn.Done():
		case <-time.After(child.DrainGrace):
			h.conn.Close()
		}
	}()
	var v hello
	err := m.ask(context.Background(), h, methodHello, nothing{}, nil, &v, m.opts.Patience)
	if err == nil && v.Protocol != protocol {
		err = fmt.Errorf("%w: its process is of another version", agent.ErrModule)
	}
	m.mu.Lock()
	if err == nil {
		m.failures, m.failed = 0, nil
	} else {
		h.failure = err
		m.fail(err)
	}
	m.mu.Unlock()
	close(h.ready)
	if err != nil {
		h.end(err)
	}
	<-h.conn.Done()
	m.mu.Lock()
	m.bury(h)
	m.mu.Unlock()
	grace := child.EndGrace
	if cause := h.died(); errors.Is(cause, agent.ErrModuleHangs) {
		grace = 0
	}
	h.process.End(grace)
	<-served
}

// ask calls the helper. A call that misses its limit ends the helper; but while one
// is under way that may take longer, the driver may be making the others wait.
func (m *Module) ask(ctx context.Context, h *helper, method string, params any, secret []byte, result any, limit time.Duration) error {
	back, err := m.askSecret(ctx, h, method, params, secret, result, limit)
	clear(back) // nobody asked for one
	return err
}

// askSecret is ask for what is answered with a secret, which the caller wipes.
func (m *Module) askSecret(ctx context.Context, h *helper, method string, params any, secret []byte, result any, limit time.Duration) ([]byte, error) {
	switch {
	case limit == unbounded:
		h.unbounded.Add(1)
		defer h.unbounded.Add(-1)
	case limit > m.opts.Patience:
		h.long.Add(1)
		defer h.long.Add(-1)
	}
	if limit != unbounded {
		defer m.watch(h, method, limit)()
	}
	back, err := h.conn.CallSecret(ctx, method, params, secret, result)
	if err == nil {
		return back, nil
	}
	if e, ok := errors.AsType[*jsonrpc.Error](err); ok {
		var note agent.ErrorNote
		if e.Code == codeNamed && json.Unmarshal(e.Data, &note) == nil {
			return nil, fmt.Errorf("%w: %s", note.Err(), e.Message)
		}
		if e.Code == jsonrpc.CodeCancelled && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, fmt.Errorf("%w: %w", agent.ErrToken, err)
	}
	if errors.Is(err, jsonrpc.ErrClosed) {
		return nil, h.died()
	}
	return nil, err // ctx ended, or what was asked was too large
}

// watch ends the helper unless stop is called within the limit.
func (m *Module) watch(h *helper, method string, limit time.Duration) (stop func() bool) {
	var mu sync.Mutex // the first timer may fire before it is assigned
	var timer *time.Timer
	mu.Lock()
	defer mu.Unlock()
	timer = time.AfterFunc(limit, func() {
		mu.Lock()
		defer mu.Unlock()
		if h.unbounded.Load() > 0 || limit <= m.opts.Patience && h.long.Load() > 0 {
			timer.Reset(limit)
			return
		}
		m.opts.Log.Error("module does not answer", "call", method)
		h.end(fmt.Errorf("%w: %w", agent.ErrModuleHangs, agent.ErrModule))
		h.process.Kill()
	})
	return timer.Stop
}

// List implements agent.Tokens.
func (m *Module) List(ctx context.Context) ([]agent.TokenInfo, error) {
	h, err := m.helper(ctx)
	if err != nil {
		return nil, fmt.Errorf("listing tokens: %w", err)
	}
	var all tokenList
	if err := m.ask(ctx, h, methodList, nothing{}, nil, &all, m.opts.Patience); err != nil {
		return nil, fmt.Errorf("listing tokens: %w", err)
	}
	return all.Tokens, nil
}

// Watch implements agent.Tokens. While the helper is down there are no tokens.
func (m *Module) Watch(ctx context.Context, changed func([]agent.TokenInfo)) error {
	ticker := time.NewTicker(m.opts.Poll)
	defer ticker.Stop()
	var from *helper // whose list is known
	version, first, failing := 0, true, false
	for {
		h, err := m.helper(ctx)
		var list tokenList
		if err == nil {
			if h != from {
				from, version = h, 0
			}
			err = m.ask(ctx, h, methodLook, tokenList{Version: version}, nil, &list, m.opts.Patience)
		}
		switch {
		case ctx.Err() != nil:
			return fmt.Errorf("watching tokens: %w", ctx.Err())
		case err != nil && (first || !failing):
			version, first, failing = 0, false, true
			changed(nil)
		case err == nil && (first || failing || list.Changed):
			version, first, failing = list.Version, false, false
			changed(list.Tokens)
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return fmt.Errorf("watching tokens: %w", ctx.Err())
		}
	}
}

// Open implements agent.Tokens.
func (m *Module) Open(ctx context.Context, id agent.TokenID) (agent.Token, error) {
	h, err := m.helper(ctx)
	if err != nil {
		return nil, fmt.Errorf("opening token %q: %w", id.Serial, err)
	}
	var s session
	if err := m.ask(ctx, h, methodOpen, tokenParams{id}, nil, &s, m.opts.Patience); err != nil {
		return nil, fmt.Errorf("opening token %q: %w", id.Serial, err)
	}
	return &token{m: m, h: h, session: s}, nil
}
