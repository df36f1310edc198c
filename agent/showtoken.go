package agent

import (
	"context"
	"errors"
	"fmt"
	"sync"
)

// ShowToken shows the token panel with that page and does what the person
// chooses there, until the window is closed or ctx ends. Where it is shown
// already it turns to the page and comes to the front, and ShowToken returns at
// once. The zero TokenID leaves the choice of the token to the window.
func (a *Agent) ShowToken(ctx context.Context, page TokenPage, id TokenID) error {
	call := deskCall{page, id}
	select {
	case a.desk <- struct{}{}:
		defer func() { <-a.desk }()
	default:
		select { // one that was not taken yet is out of date
		case <-a.call:
		default:
		}
		select {
		case a.call <- call:
		default:
		}
		return nil
	}
	desk := a.newTokenDesk()
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
	// Both end with the window, or with ctx.
	group.Go(func() { desk.follow(ctx, call, changed, updates) })
	err := a.config.Prompter.Token(ctx, shown, updates, func(ctx context.Context, act TokenAction) error {
		err := desk.do(ctx, act)
		nudge(changed)
		return err
	})
	if errors.Is(err, ErrDenied) { // closing the panel refuses nothing
		return nil
	}
	return err
}

// follow draws the panel anew after each change until ctx ends.
func (t *tokenDesk) follow(ctx context.Context, call deskCall, changed <-chan struct{}, updates chan TokenPanel) {
	raise := 0
	for {
		if err := t.read(ctx); err != nil && ctx.Err() == nil {
			t.a.log.Warn("reading a token for the panel", "err", err)
		}
		s := t.state(call, raise)
		select { // one that nobody has taken is out of date
		case <-updates:
		default:
		}
		updates <- s // room for one, and nobody else sends
		select {
		case <-changed:
		case call = <-t.a.call:
			raise++
		case <-ctx.Done():
			return
		}
	}
}

// TokenPanel returns what the token panel would show, for the command line.
func (a *Agent) TokenPanel(ctx context.Context) (TokenPanel, error) {
	desk := a.newTokenDesk()
	defer desk.close()
	if err := desk.read(ctx); err != nil {
		return TokenPanel{}, fmt.Errorf("reading the tokens: %w", err)
	}
	return desk.state(deskCall{}, 0), nil
}

// DoToken does one thing of the token panel, for the command line: nothing is
// held, so every PIN that it needs comes with it. It takes over the secrets.
func (a *Agent) DoToken(ctx context.Context, act TokenAction) error {
	desk := a.newTokenDesk()
	defer desk.close()
	return desk.do(ctx, act)
}
