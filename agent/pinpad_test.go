package agent_test

import (
	"context"
	"errors"
	"testing"

	"qoltanba/agent"
	"qoltanba/agent/agenttest"
)

// pads gives every token a PIN pad.
type pads struct{ agent.Tokens }

func (p pads) Watch(ctx context.Context, changed func([]agent.TokenInfo)) error {
	return p.Tokens.Watch(ctx, func(all []agent.TokenInfo) {
		for i := range all {
			all[i].PINPad = true
		}
		changed(all)
	})
}

// Both passwords of a token with a PIN pad are empty here.
func TestChangePINAtAPINPad(t *testing.T) {
	d := newBenchDesk(t, func(c *agent.Config) { c.Tokens = pads{c.Tokens} })
	d.person.Do(agenttest.NewPIN("", ""))
	if err := d.agent.ChangePIN(t.Context()); errors.Is(err, agent.ErrPINSame) {
		t.Errorf("ChangePIN() = %v, want the token to be asked", err)
	}
	for _, s := range d.person.Shown() {
		for _, err := range s.Tries {
			if errors.Is(err, agent.ErrPINSame) {
				t.Errorf("the window was told %v, want the token to be asked", err)
			}
		}
	}
}
