package pkcs11

import (
	"context"
	"sync/atomic"

	"qoltanba/agent"
)

// turn lets so many goroutines at a time do something, mostly one. Unlike with
// a mutex, waiting for it can be given up.
type turn chan struct{}

func newTurn(n int) turn { return make(turn, n) }

func (t turn) take() { t <- struct{}{} }
func (t turn) give() { <-t }

// takeAll waits until nobody has the turn and keeps everybody out. Only one
// goroutine at a time may do so.
func (t turn) takeAll() {
	for range cap(t) {
		t.take()
	}
}

func (t turn) giveAll() {
	for range cap(t) {
		t.give()
	}
}

// wait takes the turn, unless ctx ends first.
func (t turn) wait(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case t <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func wipe(secrets []*agent.Secret) {
	for _, s := range secrets {
		s.Wipe()
	}
}

// call takes the turn and runs f, which calls into the library, in a goroutine
// of its own. When ctx ends, call returns at once; f then goes on and keeps the
// turn until it returns, and if it succeeded, undo is run, unless nil. The
// secrets are of use to f alone: they are wiped when f has returned, or will not
// run.
func call[T any](ctx context.Context, t turn, f func() (T, error), undo func(), secrets ...*agent.Secret) (T, error) {
	type result struct {
		value T
		err   error
	}
	var none T
	if err := t.wait(ctx); err != nil {
		wipe(secrets)
		return none, err
	}
	var settled atomic.Bool // by f, or by ctx: whoever comes first
	done := make(chan result, 1)
	go func() { // ends with the call into the library
		v, err := f()
		wipe(secrets)
		if settled.CompareAndSwap(false, true) {
			t.give() // first: whoever has the answer finds the turn free
			done <- result{v, err}
			return
		}
		if err == nil && undo != nil {
			undo()
		}
		t.give()
	}()
	select {
	case r := <-done:
		return r.value, r.err
	case <-ctx.Done():
		if settled.CompareAndSwap(false, true) {
			return none, ctx.Err()
		}
		r := <-done
		return r.value, r.err
	}
}
