package ui

import (
	"context"
	"sync"

	"fyne.io/fyne/v2"
)

// errands are what the agent does for an open question: trying a password,
// opening a copy. They run beside Fyne, and the question waits for them.
type errands struct {
	ctx   context.Context // ends with the question
	group sync.WaitGroup
}

func newErrands(ctx context.Context) *errands { return &errands{ctx: ctx} }

// do runs f in a goroutine of its own, which ends with f, and then gives its
// error to done on Fyne's goroutine.
func (e *errands) do(f func(context.Context) error, done func(error)) {
	e.group.Go(func() {
		err := f(e.ctx)
		fyne.Do(func() { done(err) })
	})
}

func (e *errands) wait() { e.group.Wait() }
