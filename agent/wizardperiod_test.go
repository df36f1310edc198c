package agent_test

import (
	"errors"
	"testing"

	"qoltanba/agent"
)

// The page asked for a period that the contract has not.
func TestWizardPeriod(t *testing.T) {
	o := newOffice(t)
	o.open()
	o.wizard(func(c *clerk) {
		wants(t, "to the applicant", c.to(agent.WizardApplicant), nil)
		wants(t, "K56 a period of 36 months", c.do(c.apply()), agent.ErrPeriod)
		c.s = c.next(func(s agent.WizardState) bool { return len(s.Periods) == 2 && s.Months == 0 })
		again := agent.WizardAction{Kind: agent.WizardAgree}
		wants(t, "a file that is not there", c.do(c.apply(func(a *agent.WizardAction) { a.KeyFile += ".gone" })), agent.ErrKeyFileGone)
		wants(t, "what was entered before it", c.do(again), agent.ErrLocked)
		wants(t, "the contract's instead", c.register(), nil)
	})
	if err := o.page().Enroll(t.Context(), 36); err != nil {
		t.Fatalf("Enroll() = %v", err)
	}
	o.wantOne()
	if err := o.page().Enroll(t.Context(), 1000); !errors.Is(err, agent.ErrInvalid) {
		t.Errorf("Enroll(1000 months) = %v", err)
	}
}

// K56: after that the bank is asked again with what was entered, and no PIN is typed anew.
func TestWizardPeriodAgain(t *testing.T) {
	o := newOffice(t)
	o.open()
	o.wizard(func(c *clerk) {
		wants(t, "to the applicant", c.to(agent.WizardApplicant), nil)
		wants(t, "nothing was entered yet", c.do(agent.WizardAction{Kind: agent.WizardAgree}), agent.ErrLocked)
		wants(t, "K56 a period of 36 months", c.do(c.apply()), agent.ErrPeriod)
		wants(t, "the contract's instead", c.act(agent.WizardAction{Kind: agent.WizardAgree}), nil)
		if c.s.Step != agent.WizardPassword {
			t.Errorf("the page is %q", c.s.Step)
		}
		wants(t, "the rest", c.register(), nil)
	})
	if err := o.page().Enroll(t.Context(), 36); err != nil {
		t.Fatalf("Enroll() = %v", err)
	}
	o.wantOne()
}
