//go:build demo

package agent_test

import (
	"testing"

	"qoltanba/agent"
	"qoltanba/agent/agenttest"
)

// In the demo's binary a page of this computer counts as unknown: it may be
// used once the person has agreed.
func TestDemoAsksAboutThisComputer(t *testing.T) {
	for _, o := range thisComputer {
		d := newDesk(t)
		if _, err := d.agent.Admit(t.Context(), o); err != nil {
			t.Errorf("Admit(%q) = %v, want it admitted", o, err)
		}
		if n := len(agenttest.Asked[agent.SiteQuestion](d.person)); n != 1 {
			t.Errorf("%q: %d questions, want 1", o, n)
		}
	}
}
