package agent

import (
	"context"
	"errors"
)

// ChangePIN asks for a profile, its password and a new one, and changes it. It returns
// nil at once while such a question, or that of ShowRenewal, is open.
func (a *Agent) ChangePIN(ctx context.Context) error {
	_, err := a.askOnce(func() error { return a.changePIN(ctx) })
	return err
}

func (a *Agent) changePIN(ctx context.Context) error {
	return a.turn.do(ctx, "", func(ctx context.Context) error {
		now, updates, stop := a.follow(func(Profile) bool { return true })
		defer stop()
		q := PINQuestion{Purpose: PurposeChange, Profiles: now, Updates: updates}
		return a.config.Prompter.ChangePIN(ctx, q, func(ctx context.Context, p ProfileID, old, new *Secret) error {
			defer old.Wipe()
			defer new.Wipe()
			if a.tokenInfo(p.Token).KeyFile {
				return ErrReadOnly
			}
			if old.Len() > 0 && old.Equal(new) { // a PIN pad asks for both itself
				return ErrPINSame
			}
			if err := a.checkPassword(p.Token, new); err != nil {
				return err
			}
			d, err := a.device(ctx, p.Token)
			if err != nil {
				return err
			}
			if err := d.token.SetPIN(ctx, old, new); err != nil {
				if _, wrong := errors.AsType[*PINError](err); wrong || errors.Is(err, ErrPINLocked) {
					a.step(d, TokenLoggedOut)
					a.refresh(ctx)
				} else if !errors.Is(err, ErrPINLength) {
					a.failed(d, err)
				}
				return err
			}
			a.noteDefault(d.id, func(n *defaults) { n.user = false })
			a.logout(ctx, d)
			return nil
		})
	})
}
