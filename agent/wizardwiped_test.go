package agent_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"qoltanba/agent"
	"qoltanba/agent/agenttest"
)

// waiting has a terminal's wizard hold the turn until release, and starts n registrations
// in this one, which wait for it. It is for a bubble of synctest.
func (c *clerk) waiting(n int) (results chan error, release func()) {
	held := c.o.token.Hold(agenttest.OpLogin)
	closed := make(chan struct{})
	go func() { // ends with release
		defer close(closed)
		c.o.terminal(func(beside *clerk) { _ = beside.do(beside.unlock(newPassword)) })
	}()
	<-held.Reached
	results = make(chan error, n)
	for range n {
		go func() { results <- c.do(obtain) }() // likewise
	}
	synctest.Wait()
	return results, func() {
		held.Release()
		<-closed
	}
}

// A token that was locked while the registration waited for its turn is left alone.
func TestWizardLockedBeforeItsTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newOffice(t)
		o.newPassword()
		stop := o.open()
		defer stop()
		o.at(agent.WizardReview, func(c *clerk) {
			results, release := c.waiting(1)
			o.agent.LockToken(o.token.ID())
			logins := o.token.Logins()
			release()
			wants(t, "obtain", <-results, agent.ErrLocked)
			if n := o.token.Logins() - logins; n != 1 { // the terminal's
				t.Errorf("%d passwords were tried, want one", n)
			}
			if ops := o.fuse.operations(); len(ops) != 0 {
				t.Errorf("done without a password: %q", ops)
			}
		})
		if o.bank.Issued() != 0 {
			t.Errorf("%d certificates were issued", o.bank.Issued())
		}
	})
}

// A password that the token has refused is not offered to it again by a click that came
// before: it would use up the tries.
func TestWizardPasswordRefusedBeforeItsTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newOffice(t)
		o.newPassword()
		stop := o.open()
		defer stop()
		o.at(agent.WizardReview, func(c *clerk) {
			results, release := c.waiting(2)
			o.elsewhere(func(ctx context.Context, k agent.Admin) error {
				return k.Unblock(ctx, secret(agent.DefaultAdminPIN), secret("other1234"))
			})
			logins := o.token.Logins()
			release()
			first, second := <-results, <-results
			if wrongPIN(second) {
				first, second = second, first
			}
			if !wrongPIN(first) {
				t.Errorf("obtain = %v, want a PINError", first)
			}
			wants(t, "obtain once more", second, agent.ErrLocked)
			if n := o.token.Logins() - logins; n != 2 { // the terminal's as well
				t.Errorf("%d passwords were tried, want two", n)
			}
		})
	})
}

// With a PIN pad no password is held, but the card's PIN is. It is wiped when nobody sits at
// the wizard, and entered again on the second page.
func TestWizardForgetsTheCardAtAPINPad(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newOffice(t)
		stop := o.open(func(c *agent.Config) { c.Tokens = pads{padTokens{c.Tokens}} })
		defer stop()
		o.at(agent.WizardProfile, func(c *clerk) {
			wants(t, "unlock", c.act(c.unlock("")), nil)
			wants(t, "to the password", c.to(agent.WizardPassword), nil)
			wants(t, "the name", c.act(agent.WizardAction{Kind: agent.WizardChoose, Name: "Accounts"}), nil)
			time.Sleep(11 * time.Minute)
			synctest.Wait()
			if s := c.next(func(agent.WizardState) bool { return true }); s.Step != agent.WizardReview {
				t.Errorf("after eleven minutes the page is %q", s.Step)
			}
			wants(t, "obtain", c.do(obtain), agent.ErrForgotten)
			if ops := o.fuse.operations(); len(ops) != 0 {
				t.Errorf("done without the PIN of the card: %q", ops)
			}
			if n := o.bank.Tries(aUserID); n != 1 {
				t.Errorf("K86 the bank counted %d tries, want that of the second page", n)
			}
			c.s = c.next(func(s agent.WizardState) bool { return s.Step == agent.WizardApplicant })
			for c.s.Step != agent.WizardDone { // it is entered again
				a := c.apply()
				switch c.s.Step {
				case agent.WizardPassword:
					a = agent.WizardAction{Kind: agent.WizardChoose, Name: "Accounts"}
				case agent.WizardReview:
					a = obtain
				}
				if err := c.act(a); err != nil {
					t.Errorf("on the page %q: %v", c.s.Step, err)
					return
				}
			}
		})
	})
}

// padTokens have their password typed at a pad: an empty one stands for it.
type padTokens struct{ agent.Tokens }

func (p padTokens) Open(ctx context.Context, id agent.TokenID) (agent.Token, error) {
	t, err := p.Tokens.Open(ctx, id)
	if err != nil {
		return nil, err
	}
	return padToken{t, t.(agent.Admin)}, nil
}

func (p padTokens) List(ctx context.Context) ([]agent.TokenInfo, error) {
	all, err := p.Tokens.List(ctx)
	for i := range all {
		all[i].PINPad = true
	}
	return all, err
}

type padToken struct {
	agent.Token
	agent.Admin
}

func (p padToken) Login(ctx context.Context, pin *agent.Secret) error {
	if pin.Len() != 0 {
		return errors.New("a password for a PIN pad")
	}
	return p.Token.Login(ctx, secret(agent.DefaultPIN))
}

// SetPIN is a person who types the password that the token has.
func (p padToken) SetPIN(_ context.Context, old, new *agent.Secret) error {
	if old.Len() != 0 || new.Len() != 0 {
		return errors.New("a password for a PIN pad")
	}
	return agent.ErrPINSame
}

// Nothing needs the secrets any more when the profile was created: they do not wait for the
// person to close the window.
func TestWizardHoldsNothingWhenDone(t *testing.T) {
	o := newOffice(t)
	o.open()
	o.at(agent.WizardReview, func(c *clerk) {
		if n := o.agent.HeldPINs(); n != 3 {
			t.Errorf("before the work %d are held, want password, PIN, and the new password", n)
		}
		wants(t, "obtain", c.act(obtain), nil)
		if n := o.agent.HeldPINs(); n != 0 {
			t.Errorf("%d are held when it is done", n)
		}
	})
}

// The token is pulled, or locked, while the key file is read: the card's PIN is neither kept
// nor sent to anybody.
func TestWizardTokenGoesWhileTheKeyFileIsRead(t *testing.T) {
	for name, goes := range map[string]func(*office){
		"pulled": func(o *office) { o.remove(o.token) },
		"locked": func(o *office) { o.agent.LockToken(o.token.ID()) },
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			o.read = func(file []byte, password *agent.Secret) (agent.PrimaryKey, error) {
				goes(o)
				return o.readPrimary(file, password)
			}
			o.open()
			o.at(agent.WizardApplicant, func(c *clerk) {
				wants(t, "apply", c.do(c.apply()), agent.ErrForgotten)
				if n := o.agent.HeldPINs(); n != 0 {
					t.Errorf("%d PINs are held", n)
				}
			})
			if n := o.bank.Tries(aUserID); n != 0 {
				t.Errorf("the bank was asked %d times", n)
			}
		})
	}
}
