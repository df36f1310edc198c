package agent

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// wizardPlace holds the one wizard that the windows show.
type wizardPlace struct {
	mu  sync.Mutex
	run *wizardRun // nil while none is shown
}

// A wizardRun is one wizard from its first page to its end.
type wizardRun struct {
	e     *enrollment
	gone  <-chan struct{} // closed when it is to end
	end   context.CancelFunc
	raise chan struct{} // asks it to come to the front; room for one
	ended chan struct{} // closed when err is set
	err   error         // nil when a profile was created

	waiting atomic.Int32 // pages that will be told of its end
}

// closing tells that the window is on its way out.
func (r *wizardRun) closing() bool {
	select {
	case <-r.gone:
		return true
	default:
		return false
	}
}

// wizardCall is what a wizard is asked for with.
type wizardCall struct {
	bank   int      // index into Config.Banks, -1 where the person chooses
	months int      // period of the certificate, 0 for the bank's own
	origin string   // of the page that asks, "" for the person
	resume *TokenID // whose registration is offered to be continued, nil for none
}

// ShowWizard shows the Profile Creation Wizard and does what the person does
// there, until a profile was created, the window is closed, or ctx ends. Where it
// is shown already it comes to the front, and ShowWizard returns at once.
func (a *Agent) ShowWizard(ctx context.Context) error {
	return a.showWizard(ctx, a.unfinished(-1))
}

// showWizard is ShowWizard, which begins with the offer to continue the registration
// of a token.
func (a *Agent) showWizard(ctx context.Context, resume *TokenID) error {
	run, mine := a.wizard(ctx, wizardCall{bank: -1, resume: resume})
	if !mine {
		nudge(run.raise)
		return nil
	}
	<-run.ended
	switch {
	case errors.Is(run.err, ErrDenied): // closing it refuses nothing
		return nil
	case run.err == nil:
		return a.ShowPanel(ctx) // where the new profile is listed
	}
	return run.err
}

// ShowWizard is the wizard for the command line: its prompter shows it. It begins
// with the offer to continue the registration of the connected token, if it was begun,
// and returns nil when a profile was created, ErrDenied when it was closed before.
func (c *Client) ShowWizard(ctx context.Context) error {
	call := wizardCall{bank: -1, resume: c.a.unfinished(-1)}
	return c.a.runWizard(ctx, c.prompter, c.a.newEnrollment(call), nil)
}

// unfinished is the connected token, if it is the only one and a registration was
// begun with it, at that bank unless it is -1; nil otherwise.
func (a *Agent) unfinished(bank int) *TokenID {
	a.mu.Lock()
	all := a.cryptoTokens()
	a.mu.Unlock()
	if len(all) != 1 {
		return nil
	}
	r, begun := a.journal.begun(all[0].ID)
	if !begun || bank >= 0 && r.Bank != a.config.Banks[bank].Host {
		return nil
	}
	return &all[0].ID
}

// Enroll shows the wizard on behalf of a page of a bank, with the period that was
// chosen there, in months, 0 for none. It returns when a profile was created; without a
// window with ErrNoToken when no token is connected, ErrModule when none could be seen as
// no driver works, ErrBusy when another registration is under way, and ErrNoEnrollment when
// the site's bank issues no certificates; and with ErrDenied when the person closed the
// window. Right after the agent's start it waits until the tokens have been looked at.
//
// The page that asked may go: a wizard in which the person has come further than
// the first page stays.
func (c *Client) Enroll(ctx context.Context, months int) error {
	a := c.a
	if c.barred() {
		return ErrOrigin
	}
	bank := a.enrollingBank(c.origin)
	if bank < 0 {
		return ErrNoEnrollment
	}
	if months < 0 || months > maxMonths {
		return ErrInvalid
	}
	if err := a.awaitToken(ctx); err != nil {
		return err
	}
	// The wizard takes the turn for each of its steps, and the site's patience here.
	if err := c.turn(ctx, func(context.Context) error { return nil }); err != nil {
		return err
	}
	run, mine := a.wizard(a.children.life, wizardCall{bank: bank, months: months, origin: c.name(), resume: a.unfinished(bank)})
	if !mine && !run.e.isOf(bank) {
		return ErrBusy // with somebody else's, of which this page learns nothing, and which it does not raise
	}
	if !mine {
		nudge(run.raise)
	}
	run.waiting.Add(1)
	defer run.waiting.Add(-1)
	select {
	case <-run.ended:
		a.turn.judge(c.name(), run.err)
		return run.err
	case <-ctx.Done():
		if step := run.e.step(); step == WizardProfile || step == WizardResume {
			run.end()
		}
		// A page that asks and goes, again and again, would else open the window, or
		// bring it to the front, as often as it likes.
		err := canceled(ctx)
		a.turn.judge(c.name(), err)
		return err
	}
}

// firstLook is how long awaitToken waits for the tokens to be looked at for the first time: a
// module takes its time, and the keyring may have to be opened before.
const firstLook = 15 * time.Second

// awaitToken is why no token can be registered with, nil when one is connected. Right after
// the start it waits until all have been looked at, but no longer than firstLook.
func (a *Agent) awaitToken(ctx context.Context) error {
	changed := make(chan struct{}, 1)
	defer a.Subscribe(func(Status) { nudge(changed) })()
	late := time.NewTimer(firstLook)
	defer late.Stop()
	var settled <-chan struct{} // nil where nobody knows
	if s, ok := a.config.Tokens.(settler); ok {
		settled = s.Settled()
	}
	for all := settled == nil; ; {
		a.mu.Lock()
		err, looked := a.noToken(), a.looked
		a.mu.Unlock()
		if err == nil || looked && all {
			return err
		}
		select {
		case <-changed:
		case <-settled:
			all, settled = true, nil
		case <-late.C:
			return err
		case <-ctx.Done():
			return canceled(ctx)
		}
	}
}

// noToken is why no token can be registered with, nil when one is connected. a.mu is held.
func (a *Agent) noToken() error {
	switch {
	case len(a.cryptoTokens()) > 0:
		return nil
	case errors.Is(a.problem, ErrModule):
		return a.problem
	case errors.Is(a.problem, ErrNoDriver):
		return fmt.Errorf("%w: %w", a.problem, ErrModule) // the one name that pages have for both
	}
	return ErrNoToken
}

// maxMonths bounds the period that a page may ask for: ten years.
const maxMonths = 120

// enrollingBank is the index of the bank with that origin where one can register,
// -1 when there is none. For a site of a trusted descriptor no other one says where. One
// of the person's own counts for others, as the page is here because the person approved
// its site.
func (a *Agent) enrollingBank(o Origin) int {
	_, ruled := a.bankOf(o)
	return slices.IndexFunc(a.config.Banks, func(b Bank) bool {
		return b.Enroller != nil && b.Trusted == ruled && b.has(o)
	})
}

// offerResume shows the wizard for a token that came with a registration that is
// not finished.
func (a *Agent) offerResume(id TokenID) {
	if err := a.showWizard(a.children.life, &id); err != nil && a.children.life.Err() == nil {
		a.log.Warn("offering to continue a registration", "err", err)
	}
}

// wizard returns the wizard that is shown, or starts one and tells that it did (mine). The
// wizard ends with ctx or with the agent.
func (a *Agent) wizard(ctx context.Context, call wizardCall) (run *wizardRun, mine bool) {
	a.wizards.mu.Lock()
	for a.wizards.run != nil && a.wizards.run.closing() {
		old := a.wizards.run
		a.wizards.mu.Unlock()
		<-old.ended
		a.wizards.mu.Lock()
	}
	defer a.wizards.mu.Unlock()
	if run := a.wizards.run; run != nil {
		return run, false
	}
	ctx, cancel := context.WithCancel(ctx)
	stop := context.AfterFunc(a.children.life, cancel)
	run = &wizardRun{e: a.newEnrollment(call), gone: ctx.Done(), end: cancel, raise: make(chan struct{}, 1), ended: make(chan struct{})}
	started := a.children.start(func(context.Context) { // ends with the window, which ends with ctx
		defer cancel()
		defer stop()
		run.err = a.runWizard(ctx, a.config.Prompter, run.e, run.raise)
		a.wizards.mu.Lock()
		a.wizards.run = nil
		a.wizards.mu.Unlock()
		deserted := call.bank >= 0 && run.waiting.Load() == 0
		close(run.ended)
		a.afterWizard(run, deserted)
	})
	if !started {
		stop()
		cancel()
		run.err = ErrCanceled
		close(run.ended)
		return run, true
	}
	a.wizards.run = run
	return run, true
}

// afterWizard shows what follows a wizard: the token panel where the person turned to it,
// and the new profile where the wizard was deserted, as no page goes on with that.
func (a *Agent) afterWizard(run *wizardRun, deserted bool) {
	if run.e.panel.Load() {
		page := PageToken
		a.mu.Lock()
		none := a.noToken()
		a.mu.Unlock()
		if errors.Is(none, ErrModule) {
			page = PageDriver
		}
		if err := a.ShowToken(a.children.life, page, TokenID{}); err != nil && a.children.life.Err() == nil {
			a.log.Warn("showing the token", "err", err)
		}
	}
	if run.err == nil && deserted {
		if err := a.ShowPanel(a.children.life); err != nil && a.children.life.Err() == nil {
			a.log.Warn("showing the new profile", "err", err)
		}
	}
}

// runWizard shows a wizard until it is finished or closed.
func (a *Agent) runWizard(ctx context.Context, prompter Prompter, e *enrollment, raise <-chan struct{}) error {
	defer e.desk.close()
	defer e.forgetPrimary()
	changed := make(chan struct{}, 1)
	defer a.Subscribe(func(Status) { nudge(changed) })()
	ctx, cancel := context.WithCancel(ctx)
	var group sync.WaitGroup
	defer group.Wait()
	defer cancel()
	e.close, e.notify = cancel, func() { nudge(changed) }

	updates := make(chan WizardState, 1)
	shown := e.state(0)
	group.Go(func() { // ends with the window, or with ctx
		for raised := 0; ; {
			select {
			case <-changed:
			case <-raise:
				raised++
			case <-ctx.Done():
				return
			}
			latest(updates, e.state(raised))
		}
	})
	err := prompter.Wizard(ctx, shown, updates, func(ctx context.Context, act WizardAction) error {
		err := e.do(ctx, act)
		nudge(changed)
		return err
	})
	if e.step() == WizardDone {
		return nil
	}
	if err == nil || e.panel.Load() { // which closes it, too
		err = ErrDenied
	}
	return err
}

// cryptoTokens are the connected tokens that a profile can be registered on. a.mu is
// held.
func (a *Agent) cryptoTokens() []TokenInfo { return devicesOnly(a.tokens) }

// tokenProfiles lists what a person can choose from in the wizard. a.mu is held.
func (a *Agent) tokenProfiles() []Profile {
	return slices.DeleteFunc(a.profiles(), func(p Profile) bool { return p.KeyFile })
}
