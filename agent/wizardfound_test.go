package agent_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"qoltanba/agent"
	"qoltanba/agent/agenttest"
)

const secondHost = "ca.second.test"

// foundToken is an office whose registration ended at that operation of its fuse, and
// was set aside with its token. The program was started anew since, and the token is back.
func foundToken(t *testing.T, at int) *office {
	t.Helper()
	o := newOffice(t)
	o.fuse.at, o.fuse.err = at, agent.ErrBank
	stop := o.open()
	_ = o.enroll(func(c *clerk) { wants(t, "the registration", c.register(), agent.ErrBank) })
	lost := o.token
	o.tokens.Remove(lost.ID())
	o.token = agenttest.NewToken("D4", "", agent.DefaultPIN)
	o.tokens.Insert(o.token)
	stop()
	o.fuse = &fuse{}
	stop = o.open()
	_ = o.enroll(func(c *clerk) {
		wants(t, "miss", c.act(agent.WizardAction{Kind: agent.WizardMiss}), nil)
		wants(t, "set aside", c.act(setAside("C3")), nil)
		if c.s.Refusal != "" {
			t.Errorf("the other token is refused: %q", c.s.Refusal)
		}
	})
	stop()
	o.tokens.Remove(o.token.ID())
	o.token = lost
	o.tokens.Insert(lost)
	return o
}

// second puts another bank beside that of the office.
func second(c *agent.Config) {
	c.Banks = append(c.Banks, agent.Bank{Names: map[string]string{"en": "Second"}, Trusted: true, Enroller: agenttest.NewBank(), Host: secondHost})
}

// A token that was set aside as lost and is found holds the key of its own registration,
// and of no other.
func TestWizardTokenFound(t *testing.T) {
	for name, at := range map[string]int{
		"K118 with its key":                        4, // Submit
		"K118 with its certificate":                6, // Confirm
		"K118 with its certificate not written":    5, // StoreCertificate
		"K117 before its key was made, with a new": 3, // GenerateKey
	} {
		t.Run(name, func(t *testing.T) {
			o := foundToken(t, at)
			o.open()
			wants(t, "Enroll", o.enroll(func(c *clerk) {
				if c.s.Step != agent.WizardProfile || c.s.Refusal != "" {
					t.Errorf("page %q with refusal %q, want the first one", c.s.Step, c.s.Refusal)
				}
				wants(t, "to the applicant", c.to(agent.WizardApplicant), nil)
				if known := at > 3; c.s.Resumed != known || (c.s.UserID == aUserID) != known {
					t.Errorf("resumed %t for User ID %q, want %t", c.s.Resumed, c.s.UserID, known)
				}
				wants(t, "the rest", c.register(), nil)
			}), nil)
			o.wantOne()
			if journal := o.journal(); strings.Contains(journal, `"aside"`) || strings.Count(journal, `"key"`) != 1 {
				t.Errorf("the journal has %s", journal)
			}
		})
	}
	t.Run("K116 another User ID is asked about", func(t *testing.T) {
		o := foundToken(t, 4)
		apply := colleague(o)
		o.open()
		wants(t, "Enroll", o.enroll(func(c *clerk) {
			wants(t, "to the applicant", c.to(agent.WizardApplicant), nil)
			wants(t, "apply", c.act(c.apply(apply)), nil)
			if c.s.Step != agent.WizardOtherUser || c.s.Other.UserID != aUserID || o.bank.Issued() != 0 {
				t.Errorf("page %q, begun for %q, %d certificates, want to be asked", c.s.Step, c.s.Other.UserID, o.bank.Issued())
			}
			wants(t, "begin anew", c.act(agent.WizardAction{Kind: agent.WizardAgree}), nil)
			wants(t, "the rest", c.register(), nil)
		}), nil)
		o.wantOneOf(secondID)
	})
	t.Run("the bank may have registered it for the first User ID", func(t *testing.T) {
		o := foundToken(t, 6)
		apply := colleague(o)
		o.open()
		_ = o.enroll(func(c *clerk) {
			wants(t, "to the applicant", c.to(agent.WizardApplicant), nil)
			wants(t, "apply", c.act(c.apply(apply)), nil)
			wants(t, "begin anew", c.do(agent.WizardAction{Kind: agent.WizardAgree}), agent.ErrUnfinished)
		})
	})
	t.Run("at another bank it is refused", func(t *testing.T) {
		o := foundToken(t, 4)
		o.open(second)
		before := o.journal()
		done := make(chan error, 1)
		o.wizard(func(c *clerk) {
			if len(c.s.Banks) != 2 {
				t.Errorf("banks %+v", c.s.Banks)
			}
			a := c.unlock(newPassword)
			a.Bank = 1
			err := c.do(a)
			if other, ok := errors.AsType[*agent.OtherBankError](err); !ok || other.Host != caHost {
				t.Errorf("unlock at another bank = %v, want that it was begun at %s", err, caHost)
			}
			if o.journal() != before {
				t.Errorf("the journal was changed: %s", o.journal())
			}
			done <- c.register() // at the first
		})
		wants(t, "ShowWizard", o.agent.ShowWizard(t.Context()), nil)
		wants(t, "at its own bank", <-done, nil)
		o.wantOne()
	})
	t.Run("K123 erased elsewhere it is as good as new", func(t *testing.T) {
		o := foundToken(t, 4)
		o.tokens.Remove(o.token.ID())
		o.token = agenttest.NewToken("C3", "", agent.DefaultPIN)
		o.tokens.Insert(o.token)
		apply := colleague(o)
		o.open()
		wants(t, "Enroll", o.enroll(func(c *clerk) {
			wants(t, "to the applicant", c.to(agent.WizardApplicant), nil)
			wants(t, "apply", c.act(c.apply(apply)), nil)
			if c.s.Step != agent.WizardPassword || c.s.Resumed {
				t.Errorf("page %q, resumed %t, want a new registration", c.s.Step, c.s.Resumed)
			}
			wants(t, "the rest", c.register(), nil)
		}), nil)
		o.wantOneOf(secondID)
	})
	t.Run("it is in nobody's way and not offered by itself", func(t *testing.T) {
		o := foundToken(t, 4)
		o.open()
		if s := o.agent.Status(); s.Unfinished {
			t.Error("a registration that was set aside counts as unfinished")
		}
		o.atBench(func(b *bench) {
			b.wants("K49 K53 Format", b.act(agent.TokenFormat, agent.DefaultAdminPIN, ""), agent.ErrUnfinished)
		})
	})
	t.Run("formatted it is forgotten", func(t *testing.T) {
		o := foundToken(t, 3)
		o.open()
		o.atBench(func(b *bench) {
			b.wants("Format", b.act(agent.TokenFormat, agent.DefaultAdminPIN, "", format), nil)
		})
		if data, err := os.ReadFile(filepath.Join(o.dir, "registrations.json")); err != nil || strings.Contains(string(data), "C3") {
			t.Errorf("the journal has %s, %v", data, err)
		}
	})
}
