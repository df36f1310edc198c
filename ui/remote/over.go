package remote

import (
	"context"
	"crypto/rand"
	"fmt"

	"qoltanba/agent"
	"qoltanba/agent/jsonrpc"
)

var _ agent.Prompter = (*over)(nil)

// Over returns a Prompter that asks over conn, whose other side has a [Server].
// Its questions return agent.ErrCanceled once conn has ended.
func Over(conn *jsonrpc.Conn) agent.Prompter { return &over{conn} }

type over struct{ conn *jsonrpc.Conn }

func (o *over) Site(ctx context.Context, q agent.SiteQuestion) error {
	return translate(ctx, "asking about a site", o.conn.Call(ctx, methodSite, q, nil))
}

func (o *over) Driver(ctx context.Context, q agent.DriverQuestion) error {
	return translate(ctx, "asking about a driver", o.conn.Call(ctx, methodDriver, q, nil))
}

func (o *over) Panel(ctx context.Context, s agent.PanelState) (agent.PanelAction, error) {
	var a agent.PanelAction
	err := o.conn.Call(ctx, methodPanel, s, &a)
	return a, translate(ctx, "showing the main window", err)
}

func (o *over) Notify(ctx context.Context, n agent.Notice) error {
	return translate(ctx, "telling the person", o.conn.Call(ctx, methodNotify, n, nil))
}

// Prepare has nothing to do: whoever made the connection is ready.
func (o *over) Prepare() {}

func (o *over) Consent(ctx context.Context, q agent.ConsentQuestion, openCopy func(i int) error) error {
	d := dialog{conn: o.conn, doing: "asking for consent"}
	d.answer = func(_ context.Context, r reply, secret []byte) (bool, error) {
		clear(secret) // nobody asked for one
		if r.Agreed {
			return true, nil
		}
		return false, openCopy(r.Copy)
	}
	d.stays = func(error) bool { return true }
	return d.run(ctx, question{Consent: &q})
}

func (o *over) PIN(ctx context.Context, q agent.PINQuestion, try func(ctx context.Context, p agent.ProfileID, pin *agent.Secret) error) error {
	d := dialog{conn: o.conn, doing: "asking for the password"}
	d.answer = func(ctx context.Context, r reply, secret []byte) (bool, error) {
		err := try(ctx, r.Profile, agent.NewSecret(secret))
		return err == nil, err
	}
	d.stays = agent.AsksAgain
	return follow(ctx, d, question{PIN: &q}, q.Updates, func(u *update, all []agent.Profile) { u.Profiles = all })
}

func (o *over) ChangePIN(ctx context.Context, q agent.PINQuestion, try func(ctx context.Context, p agent.ProfileID, old, new *agent.Secret) error) error {
	d := dialog{conn: o.conn, doing: "asking for a new password"}
	d.answer = func(ctx context.Context, r reply, secret []byte) (bool, error) {
		old, new, err := splitPair(secret)
		if err != nil {
			return false, err
		}
		err = try(ctx, r.Profile, old, new)
		return err == nil, err
	}
	d.stays = agent.AsksAgain
	return follow(ctx, d, question{Change: &q}, q.Updates, func(u *update, all []agent.Profile) { u.Profiles = all })
}

func (o *over) Token(ctx context.Context, s agent.TokenPanel, updates <-chan agent.TokenPanel, do func(ctx context.Context, a agent.TokenAction) error) error {
	d := panel(o.conn, "showing the token panel", do,
		func(r reply) *agent.TokenAction { return r.Action },
		func(a *agent.TokenAction, old, new *agent.Secret) { a.Old, a.New = old, new })
	return follow(ctx, d, question{Token: &s}, updates, func(u *update, s agent.TokenPanel) { u.Token = &s })
}

func (o *over) Wizard(ctx context.Context, s agent.WizardState, updates <-chan agent.WizardState, do func(ctx context.Context, a agent.WizardAction) error) error {
	d := panel(o.conn, "showing the wizard", do,
		func(r reply) *agent.WizardAction { return r.Wizard },
		func(a *agent.WizardAction, old, new *agent.Secret) { a.Old, a.New = old, new })
	return follow(ctx, d, question{Wizard: &s}, updates, func(u *update, s agent.WizardState) { u.Wizard = &s })
}

func (o *over) Generators(ctx context.Context, s agent.GeneratorPanel, updates <-chan agent.GeneratorPanel, do func(ctx context.Context, a agent.GeneratorAction) error) error {
	d := panel(o.conn, "showing the code generators", do,
		func(r reply) *agent.GeneratorAction { return r.Codes },
		func(a *agent.GeneratorAction, old, new *agent.Secret) { a.Old, a.New = old, new })
	return follow(ctx, d, question{Codes: &s}, updates, func(u *update, s agent.GeneratorPanel) { u.Codes = &s })
}

// panel is a question whose window stays, whatever became of an action. A reply must
// have the action that of takes out of it; hold puts the secrets into it, which are
// wiped when do has returned.
func panel[A any](conn *jsonrpc.Conn, doing string, do func(ctx context.Context, a A) error, of func(r reply) *A, hold func(a *A, old, new *agent.Secret)) dialog {
	return dialog{conn: conn, doing: doing, stays: func(error) bool { return true },
		answer: func(ctx context.Context, r reply, secret []byte) (bool, error) {
			old, new, err := splitPair(secret)
			if err != nil {
				return false, err
			}
			defer old.Wipe()
			defer new.Wipe()
			a := of(r)
			if a == nil {
				return false, agent.ErrInvalid
			}
			hold(a, old, new)
			return false, do(ctx, *a)
		}}
}

func splitPair(b []byte) (old, new *agent.Secret, err error) {
	first, second, err := jsonrpc.SplitPair(b)
	if err != nil {
		return nil, nil, fmt.Errorf("%w: %w", agent.ErrInvalid, err)
	}
	return agent.NewSecret(first), agent.NewSecret(second), nil
}

// dialog is the agent's side of one question with tries.
type dialog struct {
	conn  *jsonrpc.Conn
	doing string // for errors

	// answer does what the person answered; true ends the question. It takes
	// over the secret.
	answer func(ctx context.Context, r reply, secret []byte) (bool, error)
	// stays tells the errors that are shown in the open window from those that
	// end the question.
	stays func(error) bool
}

// run asks until the question is settled, and says then that it is.
func (d *dialog) run(ctx context.Context, q question) error {
	return follow[struct{}](ctx, *d, q, nil, nil)
}

// follow is run for a question whose window follows updates, if there are any;
// put puts one into the notification.
func follow[U any](ctx context.Context, d dialog, q question, updates <-chan U, put func(*update, U)) error {
	q.ID, q.Updates = rand.Text(), updates != nil
	err := ctx.Err()
	if err == nil {
		err = d.conn.Notify(ctx, methodOpen, q)
	}
	if err != nil {
		return translate(ctx, d.doing, err)
	}
	stop := forward(ctx, d.conn, q.ID, updates, put)
	answered, err := d.ask(ctx, q.ID)
	stop()
	// The window closes also, and all the more, when ctx has ended.
	end := done{ID: q.ID, Failed: agent.NoteError(err), Canceled: !answered}
	_ = d.conn.Notify(context.WithoutCancel(ctx), methodDone, end)
	return err
}

// ask returns how the question ended, and whether that is the verdict on an
// answer of the person.
func (d *dialog) ask(ctx context.Context, id string) (answered bool, err error) {
	next := verdict{ID: id}
	for {
		var r reply
		secret, err := d.conn.CallSecret(ctx, methodNext, next, nil, &r)
		if err != nil {
			return false, translate(ctx, d.doing, err)
		}
		settled, err := d.try(ctx, id, r, secret)
		switch {
		case settled:
			return true, nil
		case ctx.Err() != nil:
			return false, fmt.Errorf("%s: %w: %w", d.doing, agent.ErrCanceled, context.Cause(ctx))
		case err != nil && !d.stays(err):
			return true, err
		}
		next.Failed = agent.NoteError(err)
	}
}

// try runs answer while it watches the window: a person who closes it during a
// login that hangs must be heard. What was done by then counts.
func (d *dialog) try(ctx context.Context, id string, r reply, secret []byte) (settled bool, err error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	watching, stop := context.WithCancel(ctx)
	gone := make(chan error, 1)
	go func() { // ends by stop, which is waited for below
		err := d.conn.Call(watching, methodWatch, questionID{id}, nil)
		if watching.Err() != nil {
			err = nil
		}
		if err != nil {
			err = translate(ctx, d.doing, err)
			cancel(err)
		}
		gone <- err
	}()
	settled, err = d.answer(ctx, r, secret)
	stop()
	if closed := <-gone; closed != nil && !settled {
		return false, closed
	}
	return settled, err
}

// forward sends on what updates brings until stop is called, which waits for it.
func forward[U any](ctx context.Context, conn *jsonrpc.Conn, id string, updates <-chan U, put func(*update, U)) (stop func()) {
	if updates == nil {
		return func() {}
	}
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for {
			select {
			case newest := <-updates:
				u := update{ID: id}
				put(&u, newest)
				if conn.Notify(ctx, methodUpdate, u) != nil {
					return // the question ends by the same cause
				}
			case <-ctx.Done():
				return
			}
		}
	}()
	return func() {
		cancel()
		<-ended
	}
}
