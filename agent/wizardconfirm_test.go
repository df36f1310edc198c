package agent_test

import (
	"context"
	"crypto"
	"crypto/x509"
	"strings"
	"testing"
	"time"

	"qoltanba/agent"
	"qoltanba/agent/agenttest"
)

// answering is a bank whose answers may be other ones.
type answering struct {
	*agenttest.Bank
	months  []int // of the contract, if they are not the client's
	confirm func(do func() error) error
	submit  func(a agent.Applicant, key crypto.PublicKey) *x509.Certificate
}

func (b *answering) Check(ctx context.Context, a agent.Applicant) (agent.Terms, error) {
	terms, err := fusedBank{Bank: b.Bank}.Check(ctx, a)
	if b.months != nil {
		terms.Months = b.months
	}
	return terms, err
}

func (b *answering) Submit(ctx context.Context, a agent.Applicant, key crypto.Signer) (*x509.Certificate, error) {
	if b.submit != nil {
		return b.submit(a, key.Public()), nil
	}
	return b.Bank.Submit(ctx, a, key)
}

func (b *answering) Confirm(ctx context.Context, a agent.Applicant, c *x509.Certificate) error {
	do := func() error { return b.Bank.Confirm(ctx, a, c) }
	if b.confirm != nil {
		return b.confirm(do)
	}
	return do()
}

// confirming tells whether the journal has that the bank may have registered something.
func (o *office) confirming() bool {
	o.t.Helper()
	return strings.Contains(o.journal(), `"confirming": true`)
}

// What the bank was asked to register while its answer was lost it may have registered,
// whatever it says to the same later: its key is for no other User ID any more. What it
// refuses at once it has not registered.
func TestK120RegistrationRefused(t *testing.T) {
	for name, refusal := range map[string]error{
		"rejected":    &agent.RejectedError{Text: "not today"},
		"credentials": agent.ErrCredentials,
	} {
		t.Run(name+" after an answer that was lost", func(t *testing.T) {
			o := newOffice(t)
			other := colleague(o)
			bank := &answering{Bank: o.bank}
			o.open(func(c *agent.Config) { c.Banks[0].Enroller = bank })
			o.at(agent.WizardReview, func(c *clerk) {
				bank.confirm = func(do func() error) error {
					wants(t, "the registration at the bank", do(), nil)
					return agent.ErrBank
				}
				wants(t, "the answer is lost", c.page(), agent.ErrBank)
				bank.confirm = func(func() error) error { return refusal }
				wants(t, "the retry", c.do(obtain), refusal)
			})
			if !o.confirming() {
				t.Errorf("the journal has forgotten that the bank may have it: %s", o.journal())
			}
			_ = o.enroll(func(c *clerk) {
				wants(t, "to the applicant", c.to(agent.WizardApplicant), nil)
				wants(t, "apply for the second", c.act(c.apply(other)), nil)
				if c.s.Step != agent.WizardOtherUser || !c.s.Other.Confirming {
					t.Errorf("page %q about %+v, want that the bank may have registered the first", c.s.Step, c.s.Other)
				}
				wants(t, "begin anew", c.do(agent.WizardAction{Kind: agent.WizardAgree}), agent.ErrUnfinished)
			})
			bank.confirm = nil
			wants(t, "Enroll", o.enroll(func(c *clerk) { wants(t, "the first", c.register(), nil) }), nil)
			o.wantOne()
			if o.confirming() {
				t.Errorf("a registration that is done counts as not answered: %s", o.journal())
			}
		})
		t.Run(name+" at once", func(t *testing.T) {
			o := newOffice(t)
			other := colleague(o)
			bank := &answering{Bank: o.bank, confirm: func(func() error) error { return refusal }}
			bank.submit = func(a agent.Applicant, key crypto.PublicKey) *x509.Certificate {
				return o.bank.CA().Issue(key, a.UserID)
			}
			o.open(func(c *agent.Config) { c.Banks[0].Enroller = bank })
			o.at(agent.WizardReview, func(c *clerk) { wants(t, "the registration", c.page(), refusal) })
			if o.confirming() {
				t.Errorf("the journal has that the bank may have what it refused: %s", o.journal())
			}
			bank.confirm = func(func() error) error { return nil }
			wants(t, "Enroll", o.enroll(func(c *clerk) {
				wants(t, "to the applicant", c.to(agent.WizardApplicant), nil)
				wants(t, "apply for the second", c.act(c.apply(other)), nil)
				if c.s.Other.Confirming {
					t.Errorf("the page says that the bank may have registered the first: %+v", c.s.Other)
				}
				wants(t, "begin anew", c.act(agent.WizardAction{Kind: agent.WizardAgree}), nil)
				wants(t, "the rest", c.register(), nil)
			}), nil)
			if keys := o.token.Info().Keys; len(keys) != 1 {
				t.Errorf("%d certificates on the token, want that of the second alone", len(keys))
			}
		})
	}
}

// A bank that makes the person wait has registered nothing.
func TestWizardTooManyTriesAtTheEnd(t *testing.T) {
	o := newOffice(t)
	o.open(func(c *agent.Config) {
		c.Banks[0].Enroller = &answering{Bank: o.bank, confirm: func(func() error) error { return &agent.ManyTriesError{After: time.Minute} }}
	})
	o.at(agent.WizardReview, func(c *clerk) { wants(t, "the registration", c.page(), agent.ErrManyTries) })
	if o.confirming() {
		t.Error("the journal has that the bank may have registered it")
	}
}
