package agent_test

import (
	"testing"

	"qoltanba/agent"
	"qoltanba/agent/agenttest"
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

// K25 K29: a token that is not empty is formatted in the token panel, which comes in the
// wizard's place. The page that waits learns that the wizard was closed.
func TestWizardTurnsToTheTokenPanel(t *testing.T) {
	panel := agent.WizardAction{Kind: agent.WizardTokenPanel}
	for name, ask := range map[string]struct {
		ask  func(o *office) error
		want error
	}{
		"a page's":     {func(o *office) error { return o.page().Enroll(t.Context(), 12) }, agent.ErrDenied},
		"the person's": {func(o *office) error { return o.agent.ShowWizard(t.Context()) }, nil},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			o.token.AddKey(agent.P256, "Old", "Aigerim")
			stop := o.open()
			o.wizard(func(c *clerk) { wants(t, "the token panel", c.do(panel), nil) })
			shown := make(chan agent.TokenPage, 1)
			o.person.Do(agenttest.Panel(func(s agent.TokenPanel, _ func(agent.TokenAction) error, _ func(func(agent.TokenPanel) bool) agent.TokenPanel) {
				shown <- s.Page
			}))
			wants(t, "the wizard", ask.ask(o), ask.want)
			if page := <-shown; page != agent.PageToken {
				t.Errorf("the token panel shows %q", page)
			}
			stop()
		})
	}
	t.Run("K9 without a driver to how one is had", func(t *testing.T) {
		o := newOffice(t)
		o.open()
		o.remove(o.token)
		o.agent.SetProblem(agent.ErrNoDriver)
		o.wizard(func(c *clerk) { wants(t, "the token panel", c.do(panel), nil) })
		shown := make(chan agent.TokenPage, 1)
		o.person.Do(agenttest.Panel(func(s agent.TokenPanel, _ func(agent.TokenAction) error, _ func(func(agent.TokenPanel) bool) agent.TokenPanel) {
			shown <- s.Page
		}))
		wants(t, "the wizard", o.agent.ShowWizard(t.Context()), nil)
		if page := <-shown; page != agent.PageDriver {
			t.Errorf("the token panel shows %q", page)
		}
	})
	t.Run("not from a later page", func(t *testing.T) {
		o := newOffice(t)
		o.open()
		o.at(agent.WizardConfirm, func(c *clerk) { wants(t, "the token panel", c.do(panel), agent.ErrInvalid) })
	})
}
