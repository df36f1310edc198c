package agent

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
)

// ShowPanel shows the main window and does what the person chooses there,
// until the window is closed or ctx ends. Where it is shown already it comes
// to the front, and ShowPanel returns at once.
func (a *Agent) ShowPanel(ctx context.Context) error {
	return a.panel.show(struct{}{}, func(struct{}) error { return a.showPanel(ctx) })
}

func (a *Agent) showPanel(ctx context.Context) error {
	changed := make(chan struct{}, 1)
	defer a.Subscribe(func(Status) { nudge(changed) })()
	ctx, cancel := context.WithCancel(ctx)
	var calls sync.WaitGroup
	defer calls.Wait()
	defer cancel()

	type answer struct {
		call   int
		action PanelAction
		err    error
	}
	answers := make(chan answer)
	call, open, again := 0, 0, false
	show := func(raise bool) {
		call++
		open++
		n, s := call, a.panelState(ctx)
		s.Raise = raise
		calls.Go(func() { // ends with the window, with the next call, or with ctx
			action, err := a.config.Prompter.Panel(ctx, s)
			select {
			case answers <- answer{n, action, err}:
			case <-ctx.Done():
			}
		})
	}
	show(true)
	for {
		select {
		case <-changed:
			again = false
			show(false)
		case <-a.panel.call:
			again = false
			show(true)
		case <-ctx.Done():
			return ErrCanceled
		case r := <-answers:
			open--
			if errors.Is(r.err, ErrCanceled) && open > 0 {
				// Replaced by another call. Two that follow at once may
				// arrive in either order: the newest state is shown once more.
				if r.call == call && !again {
					again = true
					show(false)
				}
				continue
			}
			if errors.Is(r.err, ErrDenied) || r.err == nil && r.action.Kind == PanelClose {
				return nil
			}
			if r.err != nil {
				return r.err
			}
			switch r.action.Kind {
			case PanelChangePIN, PanelToken, PanelDrivers, PanelWizard, PanelRenew, PanelCodes:
				// Other windows, which wait for the person and outlive this one. Each
				// ends with the person's answer, or with the agent.
				a.children.start(func(life context.Context) { a.doInPanel(life, r.action) })
			default:
				a.doInPanel(ctx, r.action)
			}
			show(false)
		}
	}
}

// doInPanel carries out what was chosen and tells the person when it failed.
func (a *Agent) doInPanel(ctx context.Context, p PanelAction) {
	err := a.panelAction(ctx, p)
	if err == nil || errors.Is(err, ErrDenied) || ctx.Err() != nil {
		return
	}
	a.log.Warn("main window", "action", p.Kind, "err", err)
	if err := a.Tell(ctx, err); err != nil {
		a.log.Warn("notice not shown", "err", err)
	}
}

// Tell tells the person of an error in words.
func (a *Agent) Tell(ctx context.Context, err error) error {
	return a.config.Prompter.Notify(ctx, Notice{Error: ErrorName(err), Note: NoteError(err)})
}

func (a *Agent) panelState(ctx context.Context) PanelState {
	s := PanelState{
		Status:        a.Status(),
		SitesKept:     a.trust.kept(ctx),
		WhileUnlocked: a.trust.whileUnlocked(ctx),
	}
	s.Sites, s.Refused = a.trust.sites(ctx)
	a.mu.Lock()
	defer a.mu.Unlock()
	s.IdleMinutes = a.settings.IdleMinutes
	return s
}

func (a *Agent) panelAction(ctx context.Context, p PanelAction) error {
	switch p.Kind {
	case PanelLock:
		a.Lock()
		return nil
	case PanelChangePIN:
		return a.ChangePIN(ctx)
	case PanelToken:
		return a.ShowToken(ctx, PageToken, TokenID{})
	case PanelDrivers:
		return a.ShowToken(ctx, PageDriver, TokenID{})
	case PanelWizard:
		if !a.Status().OffersWizard() {
			return fmt.Errorf("profile creation wizard: %w", ErrNoEnrollment)
		}
		return a.ShowWizard(ctx)
	case PanelRenew:
		return a.ShowRenewal(ctx, p.Profile)
	case PanelCodes:
		return a.ShowGenerators(ctx, "")
	case PanelForgetSite:
		return a.forgetSite(ctx, p.Value)
	case PanelWhileUnlocked:
		on, err := strconv.ParseBool(p.Value)
		if err != nil {
			return fmt.Errorf("setting %q: %w", p.Value, ErrInvalid)
		}
		err = a.trust.change(ctx, func(t *trustData) { t.WhileUnlocked = on })
		if !on {
			a.Lock()
		}
		return err
	case PanelIdleMinutes:
		n, err := strconv.Atoi(p.Value)
		if err != nil || n < 1 || n > maxIdle {
			return fmt.Errorf("idle lock after %q minutes: %w", p.Value, ErrInvalid)
		}
		return a.changeSettings(func(s *Settings) { s.IdleMinutes = n })
	case PanelLanguage:
		return a.SetLanguage(p.Value)
	}
	return fmt.Errorf("action %q: %w", p.Kind, ErrInvalid)
}
