package agent

import (
	"context"
	"errors"
	"sync"
	"time"
)

// ShowToken shows the token panel with that page and does what the person
// chooses there, until the window is closed or ctx ends. Where it is shown
// already it turns to the page and comes to the front, and ShowToken returns at
// once. The zero TokenID leaves the choice of the token to the window.
func (a *Agent) ShowToken(ctx context.Context, page TokenPage, id TokenID) error {
	return a.desk.show(deskCall{page, id}, func(call deskCall) error {
		return a.showDesk(ctx, a.config.Prompter, call, a.desk.call)
	})
}

// ShowToken is the token panel for the command line: its prompter shows it and
// does what was asked for there.
func (c *Client) ShowToken(ctx context.Context) error {
	return c.a.showDesk(ctx, c.prompter, deskCall{}, nil)
}

// showDesk shows a token panel at that prompter until it is closed; calls bring
// it to the front.
func (a *Agent) showDesk(ctx context.Context, prompter Prompter, call deskCall, calls <-chan deskCall) error {
	desk := a.newTokenDesk(pinsHeld)
	defer desk.close()
	changed := make(chan struct{}, 1)
	defer a.Subscribe(func(Status) { nudge(changed) })()
	if d := a.config.Drivers; d != nil {
		watching, stop := context.WithCancel(ctx)
		defer stop()
		d.Changed(watching, func() { nudge(changed) })
	}
	ctx, cancel := context.WithCancel(ctx)
	var group sync.WaitGroup
	defer group.Wait()
	defer cancel()

	updates := make(chan TokenPanel, 1)
	shown := desk.state(call, 0)
	// Ends with the window, or with ctx.
	group.Go(func() { desk.follow(ctx, call, calls, changed, updates) })
	err := prompter.Token(ctx, shown, updates, func(ctx context.Context, act TokenAction) error {
		err := desk.do(ctx, act)
		nudge(changed)
		return err
	})
	if errors.Is(err, ErrDenied) { // closing the panel refuses nothing
		return nil
	}
	return err
}

// follow draws the panel anew after each change until ctx ends; the first time
// when the tokens have been read.
func (t *tokenDesk) follow(ctx context.Context, call deskCall, calls <-chan deskCall, changed <-chan struct{}, updates chan TokenPanel) {
	raise := 0
	var again <-chan time.Time
	send := func() { latest(updates, t.state(call, raise)) }
	for first := true; ; first = false {
		if !first { // reading waits for the turn, which a page may have for long
			send()
		}
		if err := t.read(ctx); err != nil && ctx.Err() == nil {
			t.a.log.Warn("reading a token for the panel", "err", err)
			again = time.After(readAgain)
		}
		send()
		select {
		case <-changed:
		case <-again:
		case call = <-calls:
			raise++
		case <-ctx.Done():
			return
		}
	}
}
