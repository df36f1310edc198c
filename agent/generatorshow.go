package agent

import (
	"context"
	"errors"
	"reflect"
	"sync"
	"time"
)

// ShowGenerators shows the code generators, until the window is closed or ctx ends,
// and turns to the one with that id, if there is one. Where they are shown already
// the window comes to the front, and ShowGenerators returns at once.
func (a *Agent) ShowGenerators(ctx context.Context, id string) error {
	return a.codes.show(id, func(id string) error {
		return a.showGenerators(ctx, a.config.Prompter, id, a.codes.call)
	})
}

// ShowGenerators is the code generators for the command line: its prompter shows them
// and does what was asked for there.
func (c *Client) ShowGenerators(ctx context.Context) error {
	return c.a.showGenerators(ctx, c.prompter, "", nil)
}

// showGenerators shows the code generators at that prompter until they are closed;
// calls bring them to the front.
func (a *Agent) showGenerators(ctx context.Context, prompter Prompter, chosen string, calls <-chan string) error {
	g := &generatorDesk{a: a, opened: make(chan struct{}), changed: make(chan struct{}, 1), unlocked: map[TokenID]bool{}}
	defer g.close()
	defer a.Subscribe(func(Status) { nudge(g.changed) })() // tokens come and go, and are locked
	a.lockable(func() { a.codeDesks[g] = struct{}{} })
	defer a.lockable(func() { delete(a.codeDesks, g) })
	ctx, cancel := context.WithCancel(ctx)
	var group sync.WaitGroup
	defer group.Wait()
	defer cancel()

	updates := make(chan GeneratorPanel, 1)
	shown := GeneratorPanel{Chosen: chosen, Help: a.generatorHelp(""), Banks: a.mobiBanks()}
	// Ends with the window, or with ctx.
	group.Go(func() { g.follow(ctx, shown, calls, updates) })
	err := prompter.Generators(ctx, shown, updates, g.do)
	if errors.Is(err, ErrDenied) { // closing the window refuses nothing
		return nil
	}
	return err
}

// lockable changes what Lock switches off, and says so to whoever offers Lock.
func (a *Agent) lockable(change func()) {
	a.mu.Lock()
	change()
	a.mu.Unlock()
	a.announce()
}

// follow opens the stored devices and draws the panel anew after each change, at each
// second while a code is shown, and when a device has been idle, until ctx ends.
func (g *generatorDesk) follow(ctx context.Context, s GeneratorPanel, calls <-chan string, updates chan GeneratorPanel) {
	g.open(ctx)
	close(g.opened)
	first, last := true, s
	for {
		next := g.draw(ctx, &s)
		if first || !reflect.DeepEqual(s, last) { // much that changes in the agent is nothing here
			latest(updates, s)
			first, last = false, s
		}
		var again <-chan time.Time
		if !next.IsZero() {
			again = time.After(time.Until(next))
		}
		select {
		case <-g.changed:
		case <-again:
		case s.Chosen = <-calls:
			s.Raise++
		case <-ctx.Done():
			return
		}
	}
}
