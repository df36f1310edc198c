package agent_test

import (
	"testing"

	"qoltanba/agent"
)

// Back goes one page back: what was entered for the bank stays where it is, and the PIN
// is not typed again. Where the password was set before, there is no page for it.
func TestWizardGoesBack(t *testing.T) {
	back := agent.WizardAction{Kind: agent.WizardReturn}
	o := newOffice(t)
	o.fuse.at, o.fuse.err = 4, agent.ErrCredentials // Submit
	o.open()
	wants(t, "Enroll", o.enroll(func(c *clerk) {
		wants(t, "to what was entered", c.to(agent.WizardReview), nil)
		wants(t, "back", c.act(back), nil)
		if c.s.Step != agent.WizardPassword || c.s.Name != "Accounts" {
			t.Errorf("back leads to the page %q with the name %q", c.s.Step, c.s.Name)
		}
		wants(t, "without a password", c.do(agent.WizardAction{Kind: agent.WizardChoose, Name: "Accounts", New: secret("")}), agent.ErrPINLength)
		wants(t, "name and password", c.page(), nil)
		wants(t, "the registration", c.register(), agent.ErrCredentials)
		c.s = c.next(func(s agent.WizardState) bool { return s.Step == agent.WizardApplicant })
		o.fuse.mend()
		wants(t, "to what was entered, with the password set", c.page(), nil)
		if c.s.Step != agent.WizardReview {
			t.Fatalf("the page is %q", c.s.Step)
		}
		wants(t, "back", c.act(back), nil)
		if c.s.Step != agent.WizardApplicant {
			t.Errorf("back leads to the page %q", c.s.Step)
		}
		wants(t, "the rest", c.register(), nil)
	}), nil)
	o.wantOne()
}
