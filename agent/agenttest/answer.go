package agenttest

import (
	"context"
	"fmt"
	"sync"

	"qoltanba/agent"
)

// Answer is what a Person does with one question. An answer that does not fit
// the question ends it with an error that says so.
type Answer func(ctx context.Context, q *asked) error

// asked is a question with what can be done about it.
type asked struct {
	question any
	openCopy func(int) error
	pins     *agent.PINQuestion
	try      func(context.Context, agent.ProfileID, *agent.Secret) error
	change   func(context.Context, agent.ProfileID, *agent.Secret, *agent.Secret) error

	panel  *window[agent.TokenPanel, agent.TokenAction]
	wizard *window[agent.WizardState, agent.WizardAction]
	codes  *window[agent.GeneratorPanel, agent.GeneratorAction]

	tries  []error
	action agent.PanelAction
}

func (q *asked) misfit(answer string) error {
	return fmt.Errorf("agenttest: the script has %s for a %T", answer, q.question)
}

// Agree approves a site or a driver, or consents to a signature.
func Agree() Answer {
	return func(_ context.Context, q *asked) error {
		switch q.question.(type) {
		case agent.SiteQuestion, agent.DriverQuestion, agent.ConsentQuestion:
			return nil
		}
		return q.misfit("Agree")
	}
}

// Refuse says no, or closes the window.
func Refuse() Answer { return Fail(agent.ErrDenied) }

// Fail ends the question with err, as a window does that cannot be shown
// (agent.ErrNoWindow) or ends by itself (agent.ErrCanceled).
func Fail(err error) Answer {
	return func(context.Context, *asked) error { return err }
}

// OpenCopy opens copies of the documents with those indexes and then answers.
func OpenCopy(then Answer, documents ...int) Answer {
	return func(ctx context.Context, q *asked) error {
		if q.openCopy == nil {
			return q.misfit("OpenCopy")
		}
		for _, i := range documents {
			if err := q.openCopy(i); err != nil {
				return err
			}
		}
		return then(ctx, q)
	}
}

// PIN chooses the first profile and types those PINs one after the other,
// each after the window has shown why the one before was refused. After the
// last one the window is closed. While no token is connected it waits.
func PIN(pins ...string) Answer { return ProfilePIN(0, pins...) }

// ProfilePIN is PIN with the profile of that index.
func ProfilePIN(profile int, pins ...string) Answer {
	return func(ctx context.Context, q *asked) error {
		if q.try == nil {
			return q.misfit("PIN")
		}
		id, err := q.profile(ctx, profile)
		if err != nil {
			return err
		}
		for _, pin := range pins {
			err := q.try(ctx, id, agent.NewSecret([]byte(pin)))
			q.tries = append(q.tries, err)
			if !agent.AsksAgain(err) {
				return err
			}
		}
		return agent.ErrDenied
	}
}

// NewPIN chooses the first profile and changes its PIN.
func NewPIN(old, new string) Answer {
	return func(ctx context.Context, q *asked) error {
		if q.change == nil {
			return q.misfit("NewPIN")
		}
		id, err := q.profile(ctx, 0)
		if err != nil {
			return err
		}
		err = q.change(ctx, id, agent.NewSecret([]byte(old)), agent.NewSecret([]byte(new)))
		q.tries = append(q.tries, err)
		if agent.AsksAgain(err) {
			return agent.ErrDenied // nothing else to try: the window is closed
		}
		return err
	}
}

// profile is the choice in a password window; it waits until there are enough.
func (q *asked) profile(ctx context.Context, i int) (agent.ProfileID, error) {
	choice := q.pins.Profiles
	for i >= len(choice) {
		if q.pins.Updates == nil {
			return agent.ProfileID{}, fmt.Errorf("agenttest: profile %d of %d was to be chosen", i, len(choice))
		}
		select {
		case choice = <-q.pins.Updates:
		case <-ctx.Done():
			return agent.ProfileID{}, ctx.Err()
		}
	}
	return choice[i].ID, nil
}

// A window stays open whatever comes of what the person does in it.
type window[S, A any] struct {
	newest  S
	updates <-chan S
	do      func(context.Context, A) error
}

func windowOf[S, A any](s S, updates <-chan S, do func(context.Context, A) error) *window[S, A] {
	return &window[S, A]{s, updates, do}
}

// Work is what a person does in a window that stays: s is the state that it opened
// with, do acts, from several goroutines at once if need be, and next waits for a newer
// state.
type Work[S, A any] func(s S, do func(A) error, next func(until func(S) bool) S)

// Panel works the token panel. When work returns the window is closed.
func Panel(work Work[agent.TokenPanel, agent.TokenAction]) Answer {
	return func(ctx context.Context, q *asked) error { return work.in(ctx, q, q.panel, "Panel") }
}

// Wizard works the Profile Creation Wizard. When work returns the window is closed.
func Wizard(work Work[agent.WizardState, agent.WizardAction]) Answer {
	return func(ctx context.Context, q *asked) error { return work.in(ctx, q, q.wizard, "Wizard") }
}

// Generators works the code generators. When work returns the window is closed.
func Generators(work Work[agent.GeneratorPanel, agent.GeneratorAction]) Answer {
	return func(ctx context.Context, q *asked) error { return work.in(ctx, q, q.codes, "Generators") }
}

func (work Work[S, A]) in(ctx context.Context, q *asked, w *window[S, A], answer string) error {
	if w == nil {
		return q.misfit(answer)
	}
	var mu sync.Mutex // over q.tries
	work(w.newest, func(a A) error {
		err := w.do(ctx, a)
		mu.Lock()
		defer mu.Unlock()
		q.tries = append(q.tries, err)
		return err
	}, func(until func(S) bool) S {
		for !until(w.newest) {
			select {
			case w.newest = <-w.updates:
			case <-ctx.Done():
				return w.newest
			}
		}
		return w.newest
	})
	return agent.ErrDenied
}

// Choose does something in the main window.
func Choose(action agent.PanelAction) Answer {
	return func(_ context.Context, q *asked) error {
		if _, ok := q.question.(agent.PanelState); !ok {
			return q.misfit("Choose")
		}
		q.action = action
		return nil
	}
}

// Hold shows the question and waits until the test releases it before it
// answers.
func Hold(then Answer) (Answer, *Held) {
	h := newHeld()
	return func(ctx context.Context, q *asked) error {
		if err := h.wait(ctx); err != nil {
			return err
		}
		return then(ctx, q)
	}, h
}
