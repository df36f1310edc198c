package agent

import (
	"context"
	"errors"
	"sync"
	"time"
)

// A turnstile lets one request at a time before the person, and keeps a site
// from filling the queue or from asking again and again.
type turnstile struct {
	free chan struct{} // holds one token while nobody has the turn

	mu      sync.Mutex
	waiting map[string]int     // per origin
	temper  map[string]*temper // per origin
	cancel  context.CancelCauseFunc
	holder  string // the origin that has the turn
	busy    bool
	changed func()
}

// temper counts how often in a row a site's prompts came to nothing.
type temper struct {
	refusals int
	last     time.Time
}

const (
	maxWaiting   = 64              // requests of one origin in the queue
	maxRefusals  = 3               // prompts refused or abandoned in a row …
	coolDown     = time.Minute     // … then this long none is shown
	refusalsLast = 5 * time.Minute // a refusal older than this is forgotten
)

func newTurnstile(changed func()) *turnstile {
	t := &turnstile{free: make(chan struct{}, 1), waiting: map[string]int{}, temper: map[string]*temper{}, changed: changed}
	t.free <- struct{}{}
	return t
}

// do waits for the turn and runs f with a context that also ends at interrupt.
// It returns ErrBusy when too many of the origin wait already, ErrTooOften
// while its prompts are held back, and the cause when ctx ended, ErrCanceled
// without one.
func (t *turnstile) do(ctx context.Context, origin string, f func(context.Context) error) error {
	if err := t.enter(origin); err != nil {
		return err
	}
	select {
	case <-t.free:
	case <-ctx.Done():
		t.leave(origin)
		return canceled(ctx)
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	t.set(true, origin, cancel)
	defer func() {
		t.set(false, "", nil)
		t.leave(origin)
		t.free <- struct{}{}
	}()
	// The wait may have been long: the site's prompts before this one may
	// have been refused meanwhile, and ctx may have ended.
	if err := t.patient(origin); err != nil {
		return err
	}
	if ctx.Err() != nil {
		return canceled(ctx)
	}
	err := f(ctx)
	if ctx.Err() != nil && err != nil {
		err = canceled(ctx)
	}
	t.judge(origin, err)
	return err
}

// try runs f when nobody has the turn, and tells whether it did.
func (t *turnstile) try(f func()) bool {
	select {
	case <-t.free:
		f()
		t.free <- struct{}{}
		return true
	default:
		return false
	}
}

// interrupt ends the request that has the turn, if any.
func (t *turnstile) interrupt(cause error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.cancel != nil {
		t.cancel(cause)
	}
}

// evict ends the request of an origin that has the turn.
func (t *turnstile) evict(origin string, cause error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.cancel != nil && t.holder == origin {
		t.cancel(cause)
	}
}

func (t *turnstile) taken() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.busy
}

func (t *turnstile) set(busy bool, holder string, cancel context.CancelCauseFunc) {
	t.mu.Lock()
	t.busy, t.holder, t.cancel = busy, holder, cancel
	t.mu.Unlock()
	t.changed()
}

func (t *turnstile) enter(origin string) error {
	if err := t.patient(origin); err != nil {
		return err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.waiting[origin] >= maxWaiting {
		return ErrBusy
	}
	t.waiting[origin]++
	return nil
}

func (t *turnstile) leave(origin string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.waiting[origin]--; t.waiting[origin] == 0 {
		delete(t.waiting, origin)
	}
}

// patient returns ErrTooOften while the origin's prompts are held back.
func (t *turnstile) patient(origin string) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if p := t.temper[origin]; p != nil && p.refusals >= maxRefusals && time.Since(p.last) < coolDown {
		return ErrTooOften
	}
	return nil
}

// forgive forgets a site's refusals, as the person has just agreed to something
// that it asked.
func (t *turnstile) forgive(origin string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.temper, origin)
}

// judge counts prompts that came to nothing. The command line ("") is the
// person's own doing and is never held back.
func (t *turnstile) judge(origin string, err error) {
	if origin == "" || !errors.Is(err, ErrDenied) && !errors.Is(err, ErrCanceled) && !errors.Is(err, ErrNoWindow) {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	p := t.temper[origin]
	if p == nil || time.Since(p.last) > refusalsLast || p.refusals >= maxRefusals {
		p = &temper{}
		t.temper[origin] = p
	}
	p.refusals++
	p.last = time.Now()
}

// canceled gives the reason why ctx ended: the cause when it is one of our
// sentinels, else ErrCanceled.
func canceled(ctx context.Context) error {
	if cause := context.Cause(ctx); ErrorName(cause) != "" {
		return cause
	}
	return ErrCanceled
}
