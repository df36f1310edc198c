package main

import (
	"context"

	"qoltanba/agent"
	"qoltanba/ui/text"
)

// pin asks for a PIN of a token. One with a PIN pad asks for it itself.
func (t *terminal) pin(ctx context.Context, v agent.TokenView, label text.Key) (*agent.Secret, error) {
	if v.Info.PINPad {
		t.say("%s\n", t.lang.T(text.CLIPINDevice))
		return nil, nil
	}
	return t.password(ctx, label)
}

// fresh asks for a new PIN until it was entered twice alike and, for a user's
// PIN, meets the rules.
func (t *terminal) fresh(ctx context.Context, v agent.TokenView, label text.Key, rules bool) (*agent.Secret, error) {
	if v.Info.PINPad {
		return nil, nil
	}
	for {
		first, err := t.password(ctx, label)
		if err != nil {
			return nil, err
		}
		if checks := agent.CheckPassword(first.Bytes(), v.Info.MinPIN, v.Info.MaxPIN); rules && !agent.PasswordMet(checks) {
			first.Wipe()
			sentence, _ := t.lang.Error(agent.ErrPINRule)
			t.say("%s\n", sentence)
			for _, c := range checks {
				if !c.Met {
					t.say("  - %s\n", t.lang.PasswordRule(c))
				}
			}
			continue
		}
		second, err := t.password(ctx, text.ChangeRepeat)
		same := first.Equal(second)
		second.Wipe()
		if err == nil && same {
			return first, nil
		}
		first.Wipe()
		if err != nil {
			return nil, err
		}
		t.say("%s\n", t.lang.T(text.ChangeMismatch))
	}
}
