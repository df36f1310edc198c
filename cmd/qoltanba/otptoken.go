package main

import (
	"context"
	"errors"
	"slices"
	"time"

	"qoltanba/agent"
	"qoltanba/ui/text"
)

// tokenReady is how long the devices of a token that was unlocked are waited for. Another
// program may lock the token again in between.
const tokenReady = 15 * time.Second

// tokenLate is how long a token that is not seen is waited for: an agent that has just
// started may not have looked yet.
const tokenLate = 3 * time.Second

// token returns the connected token that is meant.
func (c *codesDesk) token(ctx context.Context, is func(agent.TokenID) bool) (k agent.GeneratorToken, ok bool) {
	ctx, cancel := context.WithTimeout(ctx, tokenLate)
	defer cancel()
	err := c.until(ctx, func(s agent.GeneratorPanel) bool {
		i := slices.IndexFunc(s.Tokens, func(k agent.GeneratorToken) bool { return is(k.ID) })
		if i >= 0 {
			k = s.Tokens[i]
		}
		return i >= 0
	})
	return k, err == nil
}

// tokenNamed returns the connected token with that serial number.
func (c *codesDesk) tokenNamed(ctx context.Context, l text.Lang, serial string) (agent.GeneratorToken, error) {
	k, ok := c.token(ctx, func(id agent.TokenID) bool { return id.Serial == serial })
	switch {
	case ok:
		return k, nil
	case len(c.panel.Tokens) == 0:
		return agent.GeneratorToken{}, agent.ErrNoToken
	}
	return agent.GeneratorToken{}, saying(l.T(text.CLINoSuchToken, serial))
}

// unlock asks for the password of a token until it is right, unless it was entered.
func (c *codesDesk) unlock(ctx context.Context, t *terminal, k agent.GeneratorToken) error {
	for !k.Unlocked {
		act := agent.GeneratorAction{Kind: agent.GeneratorUnlock, Token: k.ID}
		if k.PINPad {
			t.say("%s\n", t.lang.T(text.CLIPINDevice))
		} else {
			var err error
			if act.Old, err = t.hidden(ctx, t.lang.T(text.GeneratorTokenPassword)+" "+k.Name); err != nil {
				return err
			}
		}
		err := c.act(ctx, act)
		if err == nil {
			break
		}
		if _, wrong := errors.AsType[*agent.PINError](err); !wrong {
			return err
		}
		sentence, hint := t.lang.TerminalError(err)
		t.say("%s %s\n", sentence, hint)
	}
	return nil
}

// ready unlocks the token that holds a device's keys, if one does, and returns the device
// as it is then.
func (c *codesDesk) ready(ctx context.Context, t *terminal, v agent.GeneratorView) (agent.GeneratorView, error) {
	if v.Token == nil || v.Problem == "" {
		return v, nil
	}
	k, ok := c.token(ctx, func(id agent.TokenID) bool { return id == *v.Token })
	if !ok {
		return v, errors.Join(saying(t.lang.T(text.GeneratorTokenAbsent, v.TokenName)), agent.ErrNoToken)
	}
	if err := c.unlock(ctx, t, k); err != nil {
		return v, err
	}
	waits := []string{agent.ErrorName(agent.ErrLocked), agent.ErrorName(agent.ErrNoToken)}
	late, cancel := context.WithTimeout(ctx, tokenReady)
	defer cancel()
	err := c.until(late, func(s agent.GeneratorPanel) bool {
		now, there := shown(s, v.ID)
		if there {
			v = now
		}
		return !there || !slices.Contains(waits, v.Problem)
	})
	if err != nil && ctx.Err() == nil {
		err = agent.ErrorNamed(v.Problem)
	}
	return v, err
}
