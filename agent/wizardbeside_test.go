package agent_test

import (
	"context"
	"strings"
	"testing"

	"qoltanba/agent"
	"qoltanba/agent/agenttest"
)

var obtain = agent.WizardAction{Kind: agent.WizardObtain, Flag: true, Months: 12}

// Two agents with a journal each stand before the same token, which has the chosen
// password already. What one finished the other does not begin anew.
func TestWizardBesideAnotherAgent(t *testing.T) {
	one, two := newOffice(t), newOffice(t)
	one.token = agenttest.NewToken("C3", "", newPassword)
	one.tokens = agenttest.NewTokens(one.token)
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
			shared := &sharedTokens{Tokens: o.tokens}
			o.open(func(c *agent.Config) { c.Tokens = shared })
			o.at(agent.WizardReview, func(c *clerk) {
				switch when {
				case "before the work":
					other()
				case "before the key":
					shared.before = other
				default:
					shared.after = other
				}
				wants(t, "obtain", c.do(obtain), agent.ErrUnfinished)
			})
			tok, err := o.tokens.Open(t.Context(), o.token.ID())
			if err != nil {
				t.Fatal(err)
			}
			defer tok.Close()
			objects, err := tok.(agent.Admin).Objects(t.Context())
			if err != nil || len(objects) != 1 || objects[0].Label != agent.LabelPrefix+"Other" {
				t.Errorf("Objects() = %v, %v, want the public half of the other agent's key alone", objects, err)
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
	shared := &sharedTokens{Tokens: o.tokens}
	shared.after = func() {
		o.token.AddOrphan(agent.P256, agent.LabelPrefix+"Other")
		shared.mute = agent.ErrToken
	}
	o.open(func(c *agent.Config) { c.Tokens = shared })
	o.at(agent.WizardReview, func(c *clerk) {
		wants(t, "obtain", c.do(obtain), agent.ErrToken)
		shared.mute = nil
		wants(t, "obtain again", c.do(obtain), agent.ErrUnfinished)
	})
	if objects := o.objects(); len(objects) != 1 || objects[0].Label != agent.LabelPrefix+"Other" {
		t.Errorf("Objects() = %v, want the public half of the other agent's key alone", objects)
	}
	if o.bank.Issued() != 0 {
		t.Errorf("%d certificates were issued", o.bank.Issued())
	}
}

// sharedTokens tell when another agent is as fast: in the middle of the work, before the
// password is set, and when a key was made.
type sharedTokens struct {
	agent.Tokens
	before, after func()
	mute          error // of Objects
}

func (s *sharedTokens) Open(ctx context.Context, id agent.TokenID) (agent.Token, error) {
	t, err := s.Tokens.Open(ctx, id)
	if err != nil {
		return nil, err
	}
	return sharedToken{t, t.(agent.Admin), s}, nil
}

type sharedToken struct {
	agent.Token
	agent.Admin
	all *sharedTokens
}

func (s sharedToken) Objects(ctx context.Context) ([]agent.Object, error) {
	if s.all.mute != nil {
		return nil, s.all.mute
	}
	return s.Admin.Objects(ctx)
}

func (s sharedToken) SetPIN(ctx context.Context, old, new *agent.Secret) error {
	err := s.Token.SetPIN(ctx, old, new)
	if s.all.before != nil {
		s.all.before()
	}
	return err
}

func (s sharedToken) GenerateKey(ctx context.Context, spec agent.KeySpec) (agent.Key, error) {
	key, err := s.Token.GenerateKey(ctx, spec)
	if s.all.after != nil {
		s.all.after()
	}
	return key, err
}
