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
	select { // a call that was not taken yet is out of date
	case <-a.call:
	default:
	}
	select {
	case a.call <- deskCall{page, id}:
	default: // somebody else's is newer
	}
	// Whoever has the desk takes the call. One that comes just as the panel closes
	// is found by looking once more when the desk is free.
	for {
		select {
		case a.desk <- struct{}{}:
		default:
			return nil
		}
		var err error
		again := true
		select {
		case call := <-a.call:
			err = a.showDesk(ctx, a.config.Prompter, call, a.call)
		default:
			again = false
		}
		<-a.desk
		if !again || err != nil {
			return err
		}
	}
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
	send := func() {
		s := t.state(call, raise)
		select { // one that nobody has taken is out of date
		case <-updates:
		default:
		}
		updates <- s // room for one, and nobody else sends
	}
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
