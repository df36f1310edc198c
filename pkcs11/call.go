package pkcs11

import (
	"context"
	"sync/atomic"
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

// call takes the turn and runs f, which calls into the library, in a goroutine
// of its own. When ctx ends, call returns at once; f then goes on and keeps the
// turn until it returns, and if it succeeded, undo is run, unless nil.
func call[T any](ctx context.Context, t turn, f func() (T, error), undo func()) (T, error) {
	type result struct {
		value T
		err   error
	}
	var none T
	if err := ctx.Err(); err != nil {
		return none, err
	}
	select {
	case t <- struct{}{}:
	case <-ctx.Done():
		return none, ctx.Err()
	}
	var settled atomic.Bool // by f, or by ctx: whoever comes first
	done := make(chan result, 1)
	go func() { // ends with the call into the library
		defer t.give()
		v, err := f()
		if settled.CompareAndSwap(false, true) {
			done <- result{v, err}
		} else if err == nil && undo != nil {
			undo()
		}
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
