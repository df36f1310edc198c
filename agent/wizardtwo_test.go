package agent_test

import (
	"errors"
	"testing"

	"qoltanba/agent"
	"qoltanba/agent/agenttest"
)

// terminal works a wizard beside the one in the window, in a terminal, until it is closed.
func (o *office) terminal(work func(c *clerk)) {
	o.t.Helper()
	person := agenttest.NewPerson(newPassword)
	person.Do(agenttest.Wizard(func(s agent.WizardState, do func(agent.WizardAction) error, next func(func(agent.WizardState) bool) agent.WizardState) {
		work(&clerk{o, s, do, next})
	}))
	client := o.agent.Local(person)
	defer client.Close()
	wants(o.t, "the wizard in the terminal", client.ShowWizard(o.t.Context()), agent.ErrDenied)
}

// While this wizard was at its last page another one has begun at another bank. What that
// bank may have a certificate of is not registered at this one.
func TestWizardOtherBankMeanwhile(t *testing.T) {
	o := newOffice(t)
	o.newPassword()
	there := &fuse{at: 1, err: agent.ErrBank} // Submit
	o.open(second, func(c *agent.Config) { c.Banks[1].Enroller = fusedBank{o.bank, there} })
	o.at(agent.WizardReview, func(c *clerk) {
		o.terminal(func(beside *clerk) {
			unlock := beside.unlock(newPassword)
			unlock.Bank = 1
			wants(t, "unlock for the second bank", beside.act(unlock), nil)
			wants(t, "to the review", beside.to(agent.WizardReview), nil)
			wants(t, "obtain from the second bank", beside.page(), agent.ErrBank)
		})
		before, made := o.journal(), o.objects()
		wants(t, "obtain in the window", c.do(obtain), agent.ErrOtherBank)
		if o.journal() != before || len(o.objects()) != len(made) {
			t.Errorf("the journal has %s, the token %v, want what was there", o.journal(), o.objects())
		}
	})
	if o.bank.Issued() != 0 {
		t.Errorf("%d certificates were issued", o.bank.Issued())
	}
}

// The person stands before beginning anew for a second User ID, as another wizard asks
// the bank to register the first: nobody knows whether it did, so the key is the first's.
func TestWizardConfirmingMeanwhile(t *testing.T) {
	o := newOffice(t)
	other := colleague(o)
	bank := &answering{Bank: o.bank}
	o.fuse.at, o.fuse.after, o.fuse.err = 3, true, agent.ErrTokenLost // GenerateKey
	o.open(func(c *agent.Config) { c.Banks[0].Enroller = bank })
	o.at(agent.WizardReview, func(c *clerk) { wants(t, "obtain", c.do(obtain), agent.ErrTokenLost) })
	o.fuse.mend()
	bank.confirm = func(do func() error) error {
		wants(t, "the registration at the bank", do(), nil)
		return agent.ErrBank
	}
	_ = o.enroll(func(c *clerk) {
		wants(t, "to the applicant", c.to(agent.WizardApplicant), nil)
		wants(t, "apply for the second", c.act(c.apply(other)), nil)
		wants(t, "begin anew", c.act(agent.WizardAction{Kind: agent.WizardAgree}), nil)
		if c.s.Step != agent.WizardReview || c.s.UserID != secondID {
			t.Errorf("page %q for %q, want the review for %q", c.s.Step, c.s.UserID, secondID)
		}
		o.terminal(func(beside *clerk) {
			wants(t, "to the review of the first", beside.to(agent.WizardReview), nil)
			wants(t, "obtain for the first", beside.page(), agent.ErrBank)
		})
		before := o.journal()
		wants(t, "obtain for the second", c.do(obtain), agent.ErrUnfinished)
		if o.journal() != before {
			t.Errorf("the journal was changed: %s", o.journal())
		}
	})
	bank.confirm = nil
	wants(t, "Enroll", o.enroll(func(c *clerk) { wants(t, "the first", c.register(), nil) }), nil)
	o.wantOne()
}

// A registration goes on at the bank where it was begun, and that is the one that the person
// has seen and chosen: User ID and PIN go there.
func TestWizardGoesOnAtTheBankThatIsShown(t *testing.T) {
	o, stop := begun(t)
	stop()
	o.fuse = &fuse{}
	done := make(chan error, 1)
	o.wizard(func(c *clerk) {
		wants(t, "continue", c.act(agent.WizardAction{Kind: agent.WizardAgree}), nil)
		if c.s.Step != agent.WizardProfile || c.s.Bank != 1 || c.s.Banks[c.s.Bank].Host != caHost {
			t.Errorf("the page %q shows bank %d of %+v, want that of %s", c.s.Step, c.s.Bank, c.s.Banks, caHost)
		}
		elsewhere := c.unlock(newPassword)
		elsewhere.Bank = 0
		err := c.do(elsewhere)
		if other, ok := errors.AsType[*agent.OtherBankError](err); !ok || other.Host != caHost {
			t.Errorf("unlock for another bank = %v, want that it was begun at %s", err, caHost)
			done <- nil
			return
		}
		here := c.unlock(newPassword)
		here.Bank = 1
		wants(t, "unlock", c.act(here), nil)
		done <- c.register()
	})
	o.open(func(c *agent.Config) { // as a file of that name would have it
		second(c)
		c.Banks[0], c.Banks[1] = c.Banks[1], c.Banks[0]
	})
	wants(t, "the registration", <-done, nil)
	if !t.Failed() {
		o.wantOne()
	}
}
