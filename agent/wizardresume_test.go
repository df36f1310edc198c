package agent_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"qoltanba/agent"
	"qoltanba/agent/agenttest"
	"qoltanba/agent/gost"
)

// begun is an office whose registration ended when the key was made.
func begun(t *testing.T) (o *office, stop func()) {
	t.Helper()
	o = newOffice(t)
	o.fuse.at, o.fuse.err = 4, agent.ErrBank // Submit
	stop = o.open()
	if err := o.enroll(func(c *clerk) { wants(t, "the registration", c.register(), agent.ErrBank) }); !errors.Is(err, agent.ErrDenied) {
		t.Fatalf("Enroll() = %v", err)
	}
	return o, stop
}

// begunBeforeTheKey is an office whose registration ended right before the key was made, and
// whose agent has ended.
func begunBeforeTheKey(t *testing.T) *office {
	t.Helper()
	o := newOffice(t)
	o.fuse.at, o.fuse.err = 3, agent.ErrTokenLost // GenerateKey
	stop := o.open()
	o.at(agent.WizardReview, func(c *clerk) { wants(t, "obtain", c.do(obtain), agent.ErrTokenLost) })
	stop()
	o.fuse.mend()
	return o
}

func TestWizardContinues(t *testing.T) {
	t.Run("K122 another token", func(t *testing.T) {
		o, stop := begun(t)
		stop()
		mine := o.token
		o.tokens.Remove(mine.ID())
		o.token = agenttest.NewToken("D4", "", agent.DefaultPIN)
		o.tokens.Insert(o.token)
		o.fuse = &fuse{}
		o.open()
		_ = o.enroll(func(c *clerk) {
			if c.s.Refusal != "other-token" || c.s.Other.Serial != "C3" {
				t.Errorf("refusal %q, of %+v", c.s.Refusal, c.s.Other)
			}
			wants(t, "unlock", c.do(c.unlock(agent.DefaultPIN)), agent.ErrOtherToken)
		})
	})
	t.Run("K123 the key is gone", func(t *testing.T) {
		o, stop := begun(t)
		stop()
		id := o.token.ID()
		o.tokens.Remove(id)
		o.token = agenttest.NewToken(id.Serial, "", agent.DefaultPIN) // formatted elsewhere
		o.tokens.Insert(o.token)
		o.fuse = &fuse{}
		done := make(chan error, 1)
		o.wizard(func(c *clerk) {
			if err := c.to(agent.WizardRestart); err != nil {
				done <- err
				return
			}
			if ops := o.fuse.operations(); slices.Contains(ops, "GenerateKey") {
				t.Errorf("before it was confirmed: %q", ops)
			}
			done <- c.register()
		})
		o.open()
		wants(t, "after the confirmation", <-done, nil)
		o.wantOne()
	})
	t.Run("K53 the journal was lost", func(t *testing.T) {
		o, stop := begun(t)
		stop()
		if err := os.Remove(filepath.Join(o.dir, "registrations.json")); err != nil {
			t.Fatal(err)
		}
		o.fuse = &fuse{}
		o.open()
		wants(t, "Enroll", o.enroll(func(c *clerk) { wants(t, "K118 register", c.register(), nil) }), nil)
		o.wantOne()
	})
	t.Run("K116 with other data", func(t *testing.T) {
		o := newOffice(t)
		o.fuse.at, o.fuse.err = 4, agent.ErrCredentials // the bank takes the card back meanwhile
		o.open()
		wants(t, "Enroll", o.enroll(func(c *clerk) {
			wants(t, "the registration", c.register(), agent.ErrCredentials)
			c.s = c.next(func(s agent.WizardState) bool { return s.Step == agent.WizardApplicant })
			wants(t, "K121 why it stopped", c.s.Failure.Err(), agent.ErrCredentials)
			o.fuse.mend()
			wants(t, "the right data", c.page(), nil)
			wants(t, "K121 why it had stopped, afterwards", c.s.Failure.Err(), nil)
			wants(t, "with the right data", c.register(), nil)
		}), nil)
		o.wantOne()
	})
	t.Run("K117 while the password was being set", func(t *testing.T) {
		o := newOffice(t)
		o.fuse.at, o.fuse.after, o.fuse.err = 1, true, agent.ErrCanceled // SetPIN
		stop := o.open()
		_ = o.enroll(func(c *clerk) { wants(t, "the registration", c.register(), agent.ErrCanceled) })
		stop()
		o.fuse = &fuse{}
		done := make(chan error, 1)
		o.wizard(func(c *clerk) {
			err := c.to(agent.WizardProfile)
			if c.s = c.next(func(s agent.WizardState) bool { return len(s.Profiles) > 0 }); !c.s.PasswordUnsure {
				t.Error("the window does not say that the password may be the new one")
			}
			done <- errors.Join(err, c.register())
		})
		o.open()
		wants(t, "continued", <-done, nil)
		o.wantOne()
	})
	t.Run("K49 it is not formatted meanwhile", func(t *testing.T) {
		o, _ := begun(t)
		o.atBench(func(b *bench) {
			if v := b.view(); v.Content != agent.ContentUnfinished {
				t.Errorf("the panel shows %s", v.Content)
			}
			b.wants("Format", b.act(agent.TokenFormat, agent.DefaultAdminPIN, ""), agent.ErrUnfinished)
		})
	})
}

// Nobody sits at the wizard: what was entered is wiped, and asked for again.
func TestWizardForgets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newOffice(t)
		stop := o.open()
		defer stop()
		o.at(agent.WizardReview, func(c *clerk) {
			time.Sleep(9 * time.Minute)
			synctest.Wait()
			if s := c.next(func(agent.WizardState) bool { return true }); s.Step != agent.WizardReview {
				t.Errorf("after nine minutes the page is %q", s.Step)
			}
			time.Sleep(2 * time.Minute)
			c.s = c.next(func(s agent.WizardState) bool { return s.Step == agent.WizardProfile })
			if c.s.UserID != aUserID {
				t.Error("the User ID has to be typed again")
			}
			wants(t, "the rest", c.register(), nil)
		})
	})
}

// A page that asks for the wizard and goes, again and again, is held back.
func TestWizardPageAsksAndGoes(t *testing.T) {
	o := newOffice(t)
	o.open()
	page := o.page()
	for range 3 {
		ctx, leave := context.WithCancel(t.Context())
		o.wizard(func(c *clerk) {
			leave()
			c.next(func(s agent.WizardState) bool { return s.Step == agent.WizardDone })
		})
		wants(t, "Enroll", page.Enroll(ctx, 12), agent.ErrCanceled)
	}
	wants(t, "Enroll once more", page.Enroll(t.Context(), 12), agent.ErrTooOften)
}

// A page that has no part in the wizard does not bring it to the front.
func TestWizardIsNotRaisedByOthers(t *testing.T) {
	o := newOffice(t)
	o.open()
	o.wizard(func(c *clerk) {
		page := o.page()
		for range 3 {
			wants(t, "Enroll beside the person's own wizard", page.Enroll(t.Context(), 12), agent.ErrBusy)
		}
		wants(t, "agree", c.to(agent.WizardConfirm), nil)
		if c.s.Raise != 0 {
			t.Errorf("the wizard was raised %d times", c.s.Raise)
		}
	})
	wants(t, "ShowWizard", o.agent.ShowWizard(t.Context()), nil)
}

// Two wizards, one in a window and one in a terminal, stand before the same token.
// What one finished the other does not begin anew.
func TestWizardBesideAnother(t *testing.T) {
	o := newOffice(t)
	o.open()
	o.at(agent.WizardReview, func(c *clerk) {
		terminal := agenttest.NewPerson(newPassword)
		terminal.Do(agenttest.Wizard(func(s agent.WizardState, do func(agent.WizardAction) error, next func(func(agent.WizardState) bool) agent.WizardState) {
			wants(t, "register in the terminal", (&clerk{o, s, do, next}).register(), nil)
		}))
		client := o.agent.Local(terminal)
		defer client.Close()
		wants(t, "the wizard in the terminal", client.ShowWizard(t.Context()), nil)
		wants(t, "obtain in the window", c.do(agent.WizardAction{Kind: agent.WizardObtain, Flag: true, Months: 12}), agent.ErrNotEmpty)
	})
	o.wantOne()
	if p := o.profile(); !p.Renewable {
		t.Error("the journal has lost the profile")
	}
}

// A token that was registered here and erased elsewhere gets a new password.
func TestWizardErasedElsewhere(t *testing.T) {
	o, _ := registered(t)
	o.remove(o.token)
	o.token = agenttest.NewToken("C3", "", agent.DefaultPIN)
	o.insert(o.token)
	const second = "qq222222_qwertyui"
	o.who = o.bank.AddClient(second, cardPIN, 12)
	err := o.enroll(func(c *clerk) {
		wants(t, "go to the applicant", c.to(agent.WizardApplicant), nil)
		wants(t, "apply", c.act(c.apply(func(a *agent.WizardAction) { a.UserID = second })), nil)
		if c.s.Step != agent.WizardPassword {
			t.Errorf("the page after the applicant's is %q, want the password's", c.s.Step)
		}
		wants(t, "the rest", c.register(), nil)
	})
	wants(t, "Enroll", err, nil)
}

// A key that the token does not find is not made unusable.
func TestWizardKeyNotFound(t *testing.T) {
	o := newOffice(t)
	o.fuse.at, o.fuse.after, o.fuse.err = 3, true, agent.ErrTokenLost // GenerateKey
	stop := o.open()
	if err := o.enroll(func(c *clerk) { wants(t, "the registration", c.register(), agent.ErrTokenLost) }); !errors.Is(err, agent.ErrDenied) {
		t.Fatalf("Enroll() = %v", err)
	}
	stop()
	o.fuse = &fuse{}
	tokens := &blindTokens{Tokens: fusedTokens{o.tokens, o.fuse}}
	tokens.blind.Store(true)
	done := make(chan error, 1)
	o.wizard(func(c *clerk) {
		wants(t, "while the key is not found", c.register(), agent.ErrToken)
		tokens.blind.Store(false)
		c.s = c.next(func(s agent.WizardState) bool { return s.Failure != nil || s.Step == agent.WizardProfile })
		done <- c.register()
	})
	o.open(func(c *agent.Config) { c.Tokens = tokens })
	wants(t, "the registration", <-done, nil)
	o.wantOne()
}

// blindTokens find no key while they are blind.
type blindTokens struct {
	agent.Tokens
	blind atomic.Bool
}

func (b *blindTokens) Open(ctx context.Context, id agent.TokenID) (agent.Token, error) {
	t, err := b.Tokens.Open(ctx, id)
	if err != nil {
		return nil, err
	}
	return blindToken{t, t.(agent.Admin), b}, nil
}

type blindToken struct {
	agent.Token
	agent.Admin
	all *blindTokens
}

func (b blindToken) Key(ctx context.Context, id []byte) (agent.Key, error) {
	if b.all.blind.Load() {
		return nil, agent.ErrNoKey
	}
	return b.Token.Key(ctx, id)
}

// A primary GOST key is wiped when the window closes, and when the token goes.
func TestWizardForgetsPrimaryKey(t *testing.T) {
	for _, pulled := range []bool{false, true} {
		t.Run(fmt.Sprintf("pulled %t", pulled), func(t *testing.T) {
			key := gost.GenerateKey(gost.Kazakh2015)
			wiped := func() bool {
				_, err := key.Sign(rand.Reader, make([]byte, gost.Kazakh2015.Hash().Size()), gost.Kazakh2015.Hash())
				return errors.Is(err, gost.ErrKey)
			}
			o := newOffice(t)
			o.who.Primary.Signer = key
			o.open()
			o.at(agent.WizardPassword, func(c *clerk) {
				if wiped() {
					t.Error("the key is wiped before it is needed")
				}
				if pulled {
					o.tokens.Remove(o.token.ID())
					c.s = c.next(func(s agent.WizardState) bool { return s.Step == agent.WizardProfile })
					if !wiped() {
						t.Error("the key is not wiped when the token went")
					}
				}
			})
			if !wiped() {
				t.Error("the key is not wiped when the window closed")
			}
		})
	}
}
