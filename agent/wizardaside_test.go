package agent_test

import (
	"context"
	"crypto"
	"crypto/x509"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"qoltanba/agent"
	"qoltanba/agent/agenttest"
)

// lostToken is an office whose token was lost in the middle of its registration; another
// one is connected in its place.
func lostToken(t *testing.T) (o *office, lost *agenttest.Token) {
	t.Helper()
	o, stop := begun(t)
	stop()
	lost = o.token
	o.tokens.Remove(lost.ID())
	o.token = agenttest.NewToken("D4", "", agent.DefaultPIN)
	o.tokens.Insert(o.token)
	o.fuse = &fuse{}
	o.open()
	return o, lost
}

// enrollments are the history's records of registrations with that step.
func (o *office) enrollments(step string) (all []map[string]string) {
	o.t.Helper()
	for _, r := range o.history.Records() {
		var v map[string]string
		b, err := json.Marshal(r.Data)
		if err == nil && r.Kind == "enrollment" {
			err = json.Unmarshal(b, &v)
		}
		if err != nil {
			o.t.Fatal(err)
		}
		if v["step"] == step {
			all = append(all, v)
		}
	}
	return all
}

func (o *office) journal() string {
	o.t.Helper()
	data, err := os.ReadFile(filepath.Join(o.dir, "registrations.json"))
	if err != nil {
		o.t.Fatal(err)
	}
	return string(data)
}

func setAside(serial string) agent.WizardAction {
	return agent.WizardAction{Kind: agent.WizardSetAside, Serial: serial}
}

// A token that was lost with its registration does not keep others from being
// registered: that one is set aside once its serial number was typed.
func TestWizardTokenLost(t *testing.T) {
	t.Run("K122 it is set aside", func(t *testing.T) {
		o, _ := lostToken(t)
		wants(t, "Enroll", o.enroll(func(c *clerk) {
			if c.s.Refusal != "other-token" {
				t.Errorf("refusal %q", c.s.Refusal)
			}
			wants(t, "unlock before", c.do(c.unlock(agent.DefaultPIN)), agent.ErrOtherToken)
			wants(t, "set aside on the first page", c.do(setAside("C3")), agent.ErrInvalid)
			wants(t, "miss", c.act(agent.WizardAction{Kind: agent.WizardMiss}), nil)
			if want := (agent.OtherRegistration{Serial: "C3", UserID: aUserID, Bank: caHost}); c.s.Step != agent.WizardMissing || c.s.Other != want {
				t.Errorf("page %q, %+v, want %+v", c.s.Step, c.s.Other, want)
			}
			for _, typed := range []string{"", "D4", "C"} {
				wants(t, "set aside with "+typed, c.do(setAside(typed)), agent.ErrConfirmation)
			}
			if n := len(o.enrollments("set-aside")); n != 0 || !strings.Contains(o.journal(), `"C3"`) {
				t.Errorf("without the number %d records were written; the journal has %s", n, o.journal())
			}
			wants(t, "set aside", c.act(setAside(" c3 ")), nil)
			wants(t, "register the other one", c.register(), nil)
		}), nil)
		got := o.enrollments("set-aside")
		if len(got) != 2 || got[0]["result"] != "begun" || got[1]["result"] != "done" {
			t.Fatalf("records %v, want one before and one after", got)
		}
		if r := got[0]; r["serial"] != "C3" || r["userID"] != aUserID || r["bank"] != caHost || r["reason"] != "token lost or broken" || r["public"] == "" {
			t.Errorf("the history has %v", r)
		}
		o.wantOne()
	})
	t.Run("K122 it comes back", func(t *testing.T) {
		o, lost := lostToken(t)
		_ = o.enroll(func(c *clerk) {
			wants(t, "miss", c.act(agent.WizardAction{Kind: agent.WizardMiss}), nil)
			o.tokens.Remove(o.token.ID())
			o.tokens.Insert(lost)
			c.s = c.next(func(s agent.WizardState) bool {
				return s.Step == agent.WizardProfile && s.Refusal == "" && len(s.Profiles) == 1 && s.Profiles[0].ID.Token == lost.ID()
			})
			wants(t, "set aside what is there", c.do(setAside("C3")), agent.ErrInvalid)
			wants(t, "miss what is there", c.do(agent.WizardAction{Kind: agent.WizardMiss}), agent.ErrInvalid)
			o.token = lost
			wants(t, "continue it", c.register(), nil)
		})
		o.wantOne()
	})
	t.Run("going back leaves it", func(t *testing.T) {
		o, _ := lostToken(t)
		_ = o.enroll(func(c *clerk) {
			wants(t, "miss", c.act(agent.WizardAction{Kind: agent.WizardMiss}), nil)
			wants(t, "back", c.act(agent.WizardAction{Kind: agent.WizardReturn}), nil)
			if c.s.Step != agent.WizardProfile || c.s.Refusal != "other-token" {
				t.Errorf("page %q with refusal %q", c.s.Step, c.s.Refusal)
			}
		})
	})
	t.Run("no record, nothing set aside", func(t *testing.T) {
		o, _ := lostToken(t)
		_ = o.enroll(func(c *clerk) {
			wants(t, "miss", c.act(agent.WizardAction{Kind: agent.WizardMiss}), nil)
			before := o.journal()
			o.history.FailWith(errors.New("no space left on device"))
			wants(t, "set aside", c.do(setAside("C3")), agent.ErrHistory)
			o.history.FailWith(nil)
			if after := o.journal(); after != before {
				t.Errorf("the journal was changed: %s", after)
			}
			if s := c.next(func(agent.WizardState) bool { return true }); s.Step != agent.WizardMissing {
				t.Errorf("the page is %q", s.Step)
			}
		})
	})
	t.Run("K123 a key that is gone is recorded too", func(t *testing.T) {
		o, stop := begun(t)
		stop()
		id := o.token.ID()
		o.tokens.Remove(id)
		o.token = agenttest.NewToken(id.Serial, "", agent.DefaultPIN) // formatted elsewhere
		o.tokens.Insert(o.token)
		o.fuse = &fuse{}
		done := make(chan error, 1)
		o.wizard(func(c *clerk) { done <- c.register() })
		o.open()
		wants(t, "after the confirmation", <-done, nil)
		if got := o.enrollments("set-aside"); len(got) != 2 || got[0]["reason"] != "key gone from the token" {
			t.Errorf("records %v", got)
		}
	})
}

const secondID, secondPIN = "qq222222_qwertyui", "CD9XZ3KY"

// colleague is an office where another person has a card and a key file too.
func colleague(o *office) (apply func(*agent.WizardAction)) {
	who := o.bank.AddClient(secondID, secondPIN, 12, 24)
	first := o.who
	o.read = func(_ []byte, password *agent.Secret) (agent.PrimaryKey, error) {
		if string(password.Bytes()) == secondPIN {
			return who.Primary, nil
		}
		return first.Primary, nil
	}
	return func(a *agent.WizardAction) { a.UserID, a.Old = secondID, secret(secondPIN) }
}

// A registration that was begun for one User ID is not continued for another one
// without a word, and what was issued for each stays with it.
func TestWizardOtherUser(t *testing.T) {
	// resume continues it with an agent that is started, and ends that.
	resume := func(t *testing.T, o *office, shown string, work func(c *clerk)) {
		t.Helper()
		o.fuse = &fuse{}
		done := make(chan struct{})
		o.wizard(func(c *clerk) {
			defer close(done)
			wants(t, "to the applicant", c.to(agent.WizardApplicant), nil)
			if c.s.UserID != shown {
				t.Errorf("K117 the page shows User ID %q, want the journal's, %q", c.s.UserID, shown)
			}
			work(c)
		})
		stop := o.open()
		<-done
		stop()
	}
	t.Run("K116 begun anew, before the bank was asked for a certificate", func(t *testing.T) {
		o := newOffice(t)
		other := colleague(o)
		o.fuse.at, o.fuse.err = 4, agent.ErrBank // Submit
		stop := o.open()
		_ = o.enroll(func(c *clerk) { wants(t, "the registration", c.register(), agent.ErrBank) })
		stop()
		resume(t, o, aUserID, func(c *clerk) {
			wants(t, "apply", c.act(c.apply(other)), nil)
			if want := (agent.OtherRegistration{Serial: "C3", UserID: aUserID, Bank: caHost}); c.s.Step != agent.WizardOtherUser || c.s.Other != want || c.s.UserID != secondID {
				t.Errorf("page %q for %q, %+v, want %+v", c.s.Step, c.s.UserID, c.s.Other, want)
			}
			if n := o.bank.Tries(secondID); n != 0 {
				t.Errorf("K86 the bank was asked %d times before the person wanted it", n)
			}
			wants(t, "begin anew", c.act(agent.WizardAction{Kind: agent.WizardAgree}), nil)
			wants(t, "the rest", c.register(), nil)
		})
		o.wantOneOf(secondID)
	})
	t.Run("K117 gone on with the first", func(t *testing.T) {
		o, stop := begun(t)
		other := colleague(o)
		stop()
		resume(t, o, aUserID, func(c *clerk) {
			wants(t, "apply", c.act(c.apply(other)), nil)
			wants(t, "back", c.act(agent.WizardAction{Kind: agent.WizardReturn}), nil)
			if c.s.Step != agent.WizardApplicant || c.s.UserID != aUserID {
				t.Errorf("page %q with User ID %q", c.s.Step, c.s.UserID)
			}
			wants(t, "the first", c.register(), nil)
		})
		o.wantOne()
	})
	t.Run("K117 the token is pulled at the question", func(t *testing.T) {
		o, stop := begun(t)
		other := colleague(o)
		stop()
		resume(t, o, aUserID, func(c *clerk) {
			wants(t, "apply", c.act(c.apply(other)), nil)
			o.tokens.Remove(o.token.ID())
			c.s = c.next(func(s agent.WizardState) bool { return s.Step == agent.WizardProfile && s.Refusal == "no-token" })
			o.tokens.Insert(o.token)
			c.s = c.next(func(s agent.WizardState) bool { return s.Refusal == "" })
			wants(t, "to the applicant again", c.to(agent.WizardApplicant), nil)
			if c.s.UserID != aUserID {
				t.Errorf("the page shows User ID %q, want the journal's", c.s.UserID)
			}
			wants(t, "the first", c.register(), nil)
		})
		o.wantOne()
	})
	t.Run("a wrong card leads back to the data", func(t *testing.T) {
		o, stop := begun(t)
		other := colleague(o)
		stop()
		resume(t, o, aUserID, func(c *clerk) {
			wants(t, "apply", c.act(c.apply(other, func(a *agent.WizardAction) { a.UserID = "qq333333_nobody" })), nil)
			wants(t, "begin anew", c.do(agent.WizardAction{Kind: agent.WizardAgree}), agent.ErrCredentials)
			c.s = c.next(func(s agent.WizardState) bool { return s.Step == agent.WizardApplicant })
			wants(t, "the first", c.register(), nil)
		})
		o.wantOne()
	})
	t.Run("K118 the certificate of the first is kept for it", func(t *testing.T) {
		o := newOffice(t)
		other := colleague(o)
		o.fuse.at, o.fuse.err = 5, agent.ErrTokenLost // StoreCertificate
		stop := o.open()
		_ = o.enroll(func(c *clerk) { wants(t, "the registration", c.register(), agent.ErrTokenLost) })
		stop()
		// This bank gives a key to one client alone.
		resume(t, o, aUserID, func(c *clerk) {
			wants(t, "apply", c.act(c.apply(other)), nil)
			wants(t, "begin anew", c.act(agent.WizardAction{Kind: agent.WizardAgree}), nil)
			wants(t, "obtain", c.page(), agent.ErrRejected)
		})
		var all []struct {
			UserID      string
			Certificate []byte
			Issued      map[string][]byte
		}
		if err := json.Unmarshal([]byte(o.journal()), &all); err != nil || len(all) != 1 {
			t.Fatalf("the journal has %s: %v", o.journal(), err)
		}
		if r := all[0]; r.UserID != secondID || r.Certificate != nil || len(r.Issued[aUserID]) == 0 {
			t.Errorf("the journal has %+v", r)
		}
		resume(t, o, secondID, func(c *clerk) {
			wants(t, "apply for the first", c.act(c.apply()), nil)
			if c.s.Step != agent.WizardOtherUser || c.s.Other.UserID != secondID {
				t.Errorf("page %q, begun for %q", c.s.Step, c.s.Other.UserID)
			}
			wants(t, "go on for the first", c.act(agent.WizardAction{Kind: agent.WizardAgree}), nil)
			wants(t, "the rest", c.register(), nil)
		})
		o.wantOne()
	})
	t.Run("K118 the certificate of the first leaves the token", func(t *testing.T) {
		o := newOffice(t)
		other := colleague(o)
		bank := &sharingBank{Bank: o.bank}
		change := func(c *agent.Config) { c.Banks[0].Enroller = bank }
		bank.refuse = &agent.RejectedError{Text: "not today"}
		o.open(change)
		_ = o.enroll(func(c *clerk) { wants(t, "the registration", c.register(), agent.ErrRejected) })
		bank.refuse = nil
		wants(t, "Enroll", o.enroll(func(c *clerk) {
			wants(t, "to the applicant", c.to(agent.WizardApplicant), nil)
			wants(t, "apply", c.act(c.apply(other)), nil)
			wants(t, "begin anew", c.act(agent.WizardAction{Kind: agent.WizardAgree}), nil)
			wants(t, "the rest", c.register(), nil)
		}), nil)
		if info := o.token.Info(); len(info.Keys) != 1 {
			t.Errorf("%d certificates on the token, want one", len(info.Keys))
		}
		if !slices.Equal(bank.registered, []string{aUserID, secondID}) {
			t.Errorf("registrations asked for: %q", bank.registered)
		}
	})
	t.Run("K120 not where the bank may have registered the first", func(t *testing.T) {
		o := newOffice(t)
		other := colleague(o)
		o.fuse.at, o.fuse.after, o.fuse.err = 6, true, agent.ErrBank // Confirm
		stop := o.open()
		_ = o.enroll(func(c *clerk) { wants(t, "the registration", c.register(), agent.ErrBank) })
		stop()
		resume(t, o, aUserID, func(c *clerk) {
			wants(t, "apply", c.act(c.apply(other)), nil)
			if !c.s.Other.Confirming {
				t.Error("the page does not say that the bank may have registered the first")
			}
			wants(t, "begin anew", c.do(agent.WizardAction{Kind: agent.WizardAgree}), agent.ErrUnfinished)
			wants(t, "back", c.act(agent.WizardAction{Kind: agent.WizardReturn}), nil)
			wants(t, "the first", c.register(), nil)
		})
		o.wantOne()
	})
}

// While this wizard was at its last page another one has begun for another User ID.
func TestWizardOtherUserMeanwhile(t *testing.T) {
	o := newOffice(t)
	other := colleague(o)
	o.open()
	o.at(agent.WizardReview, func(c *clerk) {
		terminal := agenttest.NewPerson(newPassword)
		terminal.Do(agenttest.Wizard(func(s agent.WizardState, do func(agent.WizardAction) error, next func(func(agent.WizardState) bool) agent.WizardState) {
			second := &clerk{o, s, do, next}
			wants(t, "to the applicant", second.to(agent.WizardApplicant), nil)
			wants(t, "apply", second.act(second.apply(other)), nil)
			wants(t, "the password", second.page(), nil)
			o.fuse.mu.Lock()
			o.fuse.at, o.fuse.err = len(o.fuse.log)+3, agent.ErrBank
			o.fuse.mu.Unlock()
			wants(t, "obtain", second.page(), agent.ErrBank)
		}))
		client := o.agent.Local(terminal)
		defer client.Close()
		wants(t, "the wizard in the terminal", client.ShowWizard(t.Context()), agent.ErrDenied)
		wants(t, "obtain in the window", c.do(agent.WizardAction{Kind: agent.WizardObtain, Flag: true, Months: 12}), agent.ErrUnfinished)
	})
	if o.bank.Issued() != 0 {
		t.Errorf("%d certificates issued", o.bank.Issued())
	}
}

// sharingBank is a bank that certifies a key for whoever asks, and refuses to register
// it while refuse is set.
type sharingBank struct {
	*agenttest.Bank
	refuse     error
	registered []string
}

func (b *sharingBank) Submit(_ context.Context, a agent.Applicant, key crypto.Signer) (*x509.Certificate, error) {
	return b.CA().Issue(key.Public(), a.UserID), nil
}

func (b *sharingBank) Confirm(_ context.Context, a agent.Applicant, _ *x509.Certificate) error {
	b.registered = append(b.registered, a.UserID)
	return b.refuse
}
