//go:build !demo

package agent_test

import (
	"errors"
	"testing"

	"qoltanba/agent"
	"qoltanba/agent/agenttest"
)

// Pages of this computer are refused without a question in every binary that
// is not made for the demo.
func TestReleaseRefusesThisComputer(t *testing.T) {
	d := newDesk(t)
	for _, o := range thisComputer {
		if got, err := d.agent.Admit(t.Context(), o); !errors.Is(err, agent.ErrOrigin) {
			t.Errorf("Admit(%q) = %v, %v, want ErrOrigin", o, got, err)
		}
	}
	if n := len(agenttest.Asked[agent.SiteQuestion](d.person)); n != 0 {
		t.Errorf("%d questions, want none", n)
	}
}
