package ui

import (
	"context"
	"errors"
	"strings"

	"fyne.io/fyne/v2"

	"qoltanba/agent"
	"qoltanba/ui/text"
)

// PIN implements agent.Prompter.
func (w *Windows) PIN(ctx context.Context, q agent.PINQuestion,
	try func(ctx context.Context, p agent.ProfileID, pin *agent.Secret) error) error {
	l := w.language()
	f := &pinForm{lang: l, purpose: pinPurpose(l, q), trying: l.T(text.PINTrying), renews: q.Purpose == agent.PurposeRenew}
	return w.askPIN(ctx, l.T(text.PINTitle), q, f, func(ctx context.Context, p agent.ProfileID, s []*agent.Secret) error {
		return try(ctx, p, s[0])
	})
}

// ChangePIN implements agent.Prompter.
func (w *Windows) ChangePIN(ctx context.Context, q agent.PINQuestion,
	try func(ctx context.Context, p agent.ProfileID, old, new *agent.Secret) error) error {
	l := w.language()
	f := &pinForm{lang: l, purpose: l.T(text.ChangePurpose), trying: l.T(text.ChangeTrying), change: true}
	return w.askPIN(ctx, l.T(text.ChangeTitle), q, f, func(ctx context.Context, p agent.ProfileID, s []*agent.Secret) error {
		if !s[1].Equal(s[2]) {
			s[0].Wipe()
			s[1].Wipe()
			s[2].Wipe()
			return errMismatch
		}
		s[2].Wipe()
		return try(ctx, p, s[0], s[1])
	})
}

// errMismatch: the two entries of a new password differ.
var errMismatch = errors.New("the new passwords differ")

// pinPurpose says what the password is for.
func pinPurpose(l text.Lang, q agent.PINQuestion) string {
	site := strings.TrimPrefix(q.Origin, "https://")
	switch {
	case q.Purpose == agent.PurposeLogin:
		return l.T(text.PINLogin, site)
	case q.Purpose == agent.PurposeRenew:
		return l.T(text.PINRenew)
	case site == "":
		return l.N(text.PINSignLocal, q.Count)
	}
	return l.N(text.PINSign, q.Count, site)
}

// askPIN runs the window of a form. send takes over the secrets, in the order
// of the entries.
func (w *Windows) askPIN(ctx context.Context, title string, q agent.PINQuestion, f *pinForm,
	send func(ctx context.Context, p agent.ProfileID, secrets []*agent.Secret) error) error {
	ctx, cancel := context.WithCancel(ctx)
	tries := newErrands(ctx)
	defer tries.wait()
	defer cancel()
	if q.Updates != nil {
		tries.group.Go(func() { // ends with the question
			for {
				select {
				case all := <-q.Updates:
					fyne.Do(func() { f.offer(all) })
				case <-ctx.Done():
					return
				}
			}
		})
	}
	return w.ask(ctx, title, func(d *dialog) {
		f.submit = func() {
			p, secrets, ok := f.take()
			if !ok {
				return
			}
			f.busy(true)
			tries.do(func(ctx context.Context) error { return send(ctx, p, secrets) }, func(err error) {
				if err == nil || !pinStays(err) {
					d.end(err)
					return
				}
				f.busy(false)
				f.failed(err)
			})
		}
		f.build()
		d.accept = f.submit
		d.show(f.content, f.entries[0], d.cancel(f.lang.T(text.Cancel)), f.ok)
		f.focus = func(o fyne.Focusable) { d.win.Canvas().Focus(o) }
		f.offer(q.Profiles)
	})
}

// pinStays tells whether the window shows err and asks again.
func pinStays(err error) bool { return agent.AsksAgain(err) || errors.Is(err, errMismatch) }
