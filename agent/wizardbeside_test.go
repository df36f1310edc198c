package agent_test

import (
	"cmp"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"qoltanba/agent"
)

var obtain = agent.WizardAction{Kind: agent.WizardObtain, Flag: true, Months: 12}

// Two agents with a journal each stand before the same token, which has the chosen
// password already. What one finished the other does not begin anew.
func TestWizardBesideAnotherAgent(t *testing.T) {
	one, two := newOffice(t), newOffice(t)
	one.newPassword()
	two.token, two.tokens, two.bank, two.who = one.token, one.tokens, one.bank, one.who
	one.open()
	two.open()
	review := func(c *clerk) {
		wants(t, "unlock", c.act(c.unlock(newPassword)), nil)
		wants(t, "to the review", c.to(agent.WizardReview), nil)
	}
	wants(t, "Enroll", one.enroll(func(c *clerk) {
		review(c)
		wants(t, "Enroll of the other agent", two.enroll(func(c *clerk) {
			review(c)
			wants(t, "obtain of the other agent", c.act(obtain), nil)
		}), nil)
		wants(t, "obtain", c.do(obtain), agent.ErrNotEmpty)
	}), agent.ErrDenied)
	two.wantOne()
}

// Another agent makes a key while this one is at work. This one's goes again, and with it
// what the journal has, so that nothing is in the way of another token.
func TestWizardBesideAnotherKey(t *testing.T) {
	for _, when := range []string{"before the work", "before the key", "at the same time"} {
		t.Run(when, func(t *testing.T) {
			o := newOffice(t)
			other := func() { o.token.AddOrphan(agent.P256, agent.LabelPrefix+"Other") }
			o.open()
			o.at(agent.WizardReview, func(c *clerk) {
				o.fuse.after, o.fuse.pull = true, other
				switch when {
				case "before the work":
					other()
				case "before the key":
					o.fuse.at = 1 // SetPIN
				default:
					o.fuse.at = 3 // GenerateKey
				}
				wants(t, "obtain", c.do(obtain), agent.ErrOtherProgram)
			})
			if objects := o.objects(); len(objects) != 1 || objects[0].Label != agent.LabelPrefix+"Other" {
				t.Errorf("Objects() = %v, want the public half of the other agent's key alone", objects)
			}
			if o.bank.Issued() != 0 {
				t.Errorf("%d certificates were issued", o.bank.Issued())
			}
			if when == "before the work" {
				return // and before the journal
			}
			if j := o.journal(); strings.Contains(j, o.token.ID().Serial) {
				t.Errorf("the journal still has %s", j)
			}
			if aside := o.enrollments("set-aside"); len(aside) != 2 {
				t.Errorf("the history has %v of the registration set aside", aside)
			}
		})
	}
}

// A token that does not tell whether another agent made a key meanwhile is asked again,
// before anything is asked for with this one's.
func TestWizardBesideAnotherKeyAskedAgain(t *testing.T) {
	o := newOffice(t)
	tokens := &muteTokens{Tokens: fusedTokens{o.tokens, o.fuse}}
	o.fuse.at, o.fuse.after = 3, true // GenerateKey
	o.fuse.pull = func() {
		o.token.AddOrphan(agent.P256, agent.LabelPrefix+"Other")
		tokens.mute = agent.ErrToken
	}
	o.open(func(c *agent.Config) { c.Tokens = tokens })
	o.at(agent.WizardReview, func(c *clerk) {
		wants(t, "obtain", c.do(obtain), agent.ErrToken)
		tokens.mute = nil
		wants(t, "obtain again", c.do(obtain), agent.ErrOtherProgram)
	})
	if objects := o.objects(); len(objects) != 1 || objects[0].Label != agent.LabelPrefix+"Other" {
		t.Errorf("Objects() = %v, want the public half of the other agent's key alone", objects)
	}
	if o.bank.Issued() != 0 {
		t.Errorf("%d certificates were issued", o.bank.Issued())
	}
}

// Likewise when the program was ended in between: the journal tells that nobody asked.
func TestWizardBesideAnotherKeyAfterRestart(t *testing.T) {
	o := newOffice(t)
	o.fuse.at, o.fuse.after, o.fuse.err = 3, true, agent.ErrTokenLost // GenerateKey
	stop := o.open()
	o.at(agent.WizardReview, func(c *clerk) { wants(t, "obtain", c.do(obtain), agent.ErrTokenLost) })
	stop()
	o.fuse.mend()
	o.token.AddOrphan(agent.P256, agent.LabelPrefix+"Other")
	again := make(chan error, 1)
	o.wizard(func(c *clerk) { again <- cmp.Or(c.to(agent.WizardReview), c.do(obtain)) })
	o.open() // which offers to continue
	wants(t, "obtain again", <-again, agent.ErrOtherProgram)
	if objects := o.objects(); len(objects) != 1 || objects[0].Label != agent.LabelPrefix+"Other" || o.bank.Issued() != 0 {
		t.Errorf("%v and %d certificates, want the public half of the other agent's key alone", objects, o.bank.Issued())
	}
}

// A key whose journal was lost is not taken away though another one is beside it: a
// certificate may have been issued for it.
func TestWizardAdoptsBesideAnotherKey(t *testing.T) {
	o := newOffice(t)
	o.fuse.at, o.fuse.err = 4, agent.ErrBank // Submit
	stop := o.open()
	o.at(agent.WizardReview, func(c *clerk) { wants(t, "obtain", c.do(obtain), agent.ErrBank) })
	stop()
	o.fuse.mend()
	if err := os.Remove(filepath.Join(o.dir, "registrations.json")); err != nil {
		t.Fatal(err)
	}
	o.token.AddOrphan(agent.P256, agent.LabelPrefix+"Other")
	o.open()
	o.at(agent.WizardReview, func(c *clerk) { wants(t, "K53 obtain", c.act(obtain), nil) })
	if o.bank.Issued() != 1 {
		t.Errorf("%d certificates were issued", o.bank.Issued())
	}
}

// muteTokens do not list what is on them while they are mute.
type muteTokens struct {
	agent.Tokens
	mute error
}

func (m *muteTokens) Open(ctx context.Context, id agent.TokenID) (agent.Token, error) {
	t, err := m.Tokens.Open(ctx, id)
	if err != nil {
		return nil, err
	}
	return muteToken{t, t.(agent.Admin), m}, nil
}

type muteToken struct {
	agent.Token
	agent.Admin
	all *muteTokens
}

func (m muteToken) Objects(ctx context.Context) ([]agent.Object, error) {
	if m.all.mute != nil {
		return nil, m.all.mute
	}
	return m.Admin.Objects(ctx)
}
