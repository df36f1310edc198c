package agent

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
)

// What starts while the agent ends is waited for, or does not start.
func TestChildrenStartWhileTheAgentEnds(t *testing.T) {
	for range 200 {
		c := newChildren()
		var alive atomic.Int32
		var starters sync.WaitGroup
		for range 4 {
			starters.Go(func() {
				alive.Add(1)
				started := c.start(func(life context.Context) {
					<-life.Done()
					alive.Add(-1)
				})
				if !started {
					alive.Add(-1)
				}
			})
		}
		c.end()
		c.wait()
		if c.start(func(context.Context) {}) {
			t.Fatal("start after wait = true")
		}
		starters.Wait()
		if n := alive.Load(); n != 0 {
			t.Fatalf("%d goroutines are alive after wait", n)
		}
	}
}
