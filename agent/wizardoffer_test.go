package agent_test

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"qoltanba/agent"
	"qoltanba/agent/agenttest"
)

// However the wizard comes up, it offers to continue, and then says which password the
// token has.
func TestK117WizardOffersToContinue(t *testing.T) {
	for name, ask := range map[string]func(o *office) error{
		"from the page": func(o *office) error { return o.page().Enroll(t.Context(), 12) },
		"from the tray": func(o *office) error { return o.agent.ShowWizard(t.Context()) },
		"on insertion": func(o *office) error {
			o.remove(o.token)
			o.insert(o.token)
			return nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			o, _ := begun(t)
			done := make(chan error, 1)
			o.wizard(func(c *clerk) {
				if c.s.Step != agent.WizardResume || c.s.Token.ID.Token != o.token.ID() {
					t.Errorf("it begins with %q for %v", c.s.Step, c.s.Token.ID)
				}
				err := c.act(agent.WizardAction{Kind: agent.WizardAgree})
				if !c.s.Resumed || !c.s.PasswordChosen || c.s.PasswordUnsure {
					t.Errorf("resumed %t, password chosen %t, unsure %t", c.s.Resumed, c.s.PasswordChosen, c.s.PasswordUnsure)
				}
				o.fuse.mend()
				done <- errors.Join(err, c.register())
			})
			wants(t, "Enroll", ask(o), nil)
			wants(t, "continued", <-done, nil)
			o.wantOne()
		})
	}
}

// A page that goes while the offer is shown takes it along.
func TestWizardOfferGoesWithThePage(t *testing.T) {
	o, _ := begun(t)
	ctx, leave := context.WithCancel(t.Context())
	o.wizard(func(c *clerk) {
		leave()
		c.next(func(agent.WizardState) bool { return false }) // until the window ends
	})
	if err := o.page().Enroll(ctx, 12); !errors.Is(err, agent.ErrCanceled) {
		t.Errorf("Enroll() = %v, want ErrCanceled", err)
	}
}

// K110: what comes after Finish shows the new profile, unless a page goes on with it.
func TestK110PanelAfterFinish(t *testing.T) {
	for name, c := range map[string]struct {
		ask    func(o *office, ctx context.Context) error
		leaves bool
		panels int
	}{
		"from the tray":            {func(o *office, ctx context.Context) error { return o.agent.ShowWizard(ctx) }, false, 1},
		"from a page":              {func(o *office, ctx context.Context) error { return o.page().Enroll(ctx, 12) }, false, 0},
		"from a page that is gone": {func(o *office, ctx context.Context) error { return o.page().Enroll(ctx, 12) }, true, 1},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			stop := o.open()
			ctx, leave := context.WithCancel(t.Context())
			left := make(chan struct{})
			panel, held := agenttest.Hold(agenttest.Refuse())
			o.wizard(func(k *clerk) {
				err := k.to(agent.WizardReview)
				if c.leaves {
					leave()
					<-left
				}
				wants(t, "register", errors.Join(err, k.register()), nil)
			})
			o.person.Do(panel)
			asked := make(chan error, 1)
			go func() { asked <- c.ask(o, ctx) }()
			if c.leaves {
				wants(t, "the page", <-asked, agent.ErrCanceled)
				close(left)
			}
			if c.panels > 0 {
				<-held.Reached
				held.Release()
			}
			if !c.leaves {
				wants(t, "Enroll", <-asked, nil)
			}
			stop()
			panels := agenttest.Asked[agent.PanelState](o.person)
			if len(panels) != c.panels {
				t.Errorf("%d panels, want %d", len(panels), c.panels)
			}
			for _, s := range panels {
				if len(s.Status.Profiles) != 1 || s.Status.Profiles[0].Empty {
					t.Errorf("the panel shows %+v", s.Status.Profiles)
				}
			}
		})
	}
}

// K55: the period that the page asks for is the certificate's.
func TestK55PeriodOfThePage(t *testing.T) {
	o := newOffice(t)
	o.open()
	o.wizard(func(c *clerk) {
		wants(t, "to the review", c.to(agent.WizardReview), nil)
		if c.s.Months != 24 {
			t.Errorf("the review shows %d months", c.s.Months)
		}
		wants(t, "obtain", c.act(agent.WizardAction{Kind: agent.WizardObtain, Flag: true}), nil)
	})
	wants(t, "Enroll", o.page().Enroll(t.Context(), 24), nil)
	o.wantOne()
	tok, err := o.tokens.Open(t.Context(), o.token.ID())
	if err != nil {
		t.Fatal(err)
	}
	defer tok.Close()
	keys, err := tok.Keys(t.Context())
	if err != nil || len(keys) != 1 {
		t.Fatalf("Keys() = %d, %v", len(keys), err)
	}
	if end, want := keys[0].Certificate().NotAfter, time.Now().AddDate(0, 24, 0); want.Sub(end).Abs() > 72*time.Hour {
		t.Errorf("the certificate ends %v, want %v", end, want)
	}
}

// A generation that was cut off left a public half under the id that the journal has.
func TestK118HalfAKey(t *testing.T) {
	o := newOffice(t)
	o.fuse.at, o.fuse.err = 3, agent.ErrTokenLost
	stop := o.open()
	_ = o.enroll(func(c *clerk) { wants(t, "register", c.register(), agent.ErrTokenLost) })
	if ops := o.fuse.operations(); ops[len(ops)-1] != "GenerateKey" {
		t.Fatalf("it ended at %q", ops)
	}
	stop()
	var journal []struct{ Key string }
	if err := json.Unmarshal([]byte(o.journal()), &journal); err != nil || len(journal) != 1 {
		t.Fatalf("the journal has %d registrations, %v", len(journal), err)
	}
	id, err := hex.DecodeString(journal[0].Key)
	if err != nil {
		t.Fatal(err)
	}
	o.token.AddObject(agent.Object{Kind: agent.ObjectPublicKey, ID: id, Label: agent.LabelPrefix + "Accounts"})
	o.fuse = &fuse{}
	done := make(chan error, 1)
	o.wizard(func(c *clerk) { done <- c.register() })
	o.open()
	wants(t, "continued", <-done, nil)
	o.wantOne()
}
