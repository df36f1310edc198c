package agent

import (
	"sync"
	"testing"
)

// Of two who ask for a window at once, one while it closes, neither is left unheard.
func TestSoleWindowLosesNoCall(t *testing.T) {
	for n := range 20_000 {
		w := newSoleWindow[int]()
		var group sync.WaitGroup
		for i := range 2 {
			group.Go(func() { _ = w.show(i, func(int) error { return nil }) })
		}
		group.Wait()
		if len(w.call) != 0 {
			t.Fatalf("round %d: a call is left and nobody shows the window", n)
		}
	}
}
