package agent

import (
	"context"
	"sync"
)

// children are the goroutines that no request owns. They run under life, which ends with
// the agent, and the agent waits for them.
type children struct {
	life context.Context
	end  context.CancelFunc // ends life

	mu     sync.Mutex // the last lock to take
	closed bool
	group  sync.WaitGroup
}

func newChildren() *children {
	c := &children{}
	c.life, c.end = context.WithCancel(context.Background())
	return c
}

// start runs f in a goroutine, and tells whether it does: not once wait was called.
func (c *children) start(f func(life context.Context)) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return false
	}
	c.group.Go(func() { f(c.life) })
	return true
}

// wait lets nothing start any more and returns when everything has ended.
func (c *children) wait() {
	c.mu.Lock()
	c.closed = true
	c.mu.Unlock()
	c.group.Wait()
}
