package agent_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"qoltanba/agent"
)

// The token really goes while the registration is at work, before each operation and
// after it. The page that waits for it keeps why, and it goes on where it was.
func TestK121WizardPulledAtWork(t *testing.T) {
	for at := 1; at <= 6; at++ {
		for _, after := range []bool{false, true} {
			t.Run(fmt.Sprintf("%d after=%t", at, after), func(t *testing.T) {
				t.Parallel()
				o := newOffice(t)
				o.fuse.at, o.fuse.after = at, after
				o.fuse.pull = func() { o.tokens.Remove(o.token.ID()) }
				o.open()
				wants(t, "Enroll", o.enroll(func(c *clerk) {
					err := c.to(agent.WizardDone)
					if err == nil { // nothing was left to do with the token
						o.tokens.Insert(o.token)
						wants(t, "finish", c.page(), nil)
						return
					}
					wants(t, "with the token pulled", err, agent.ErrTokenLost)
					waits := func(refusal string) func(agent.WizardState) bool {
						return func(s agent.WizardState) bool { return s.Step == agent.WizardProfile && s.Refusal == refusal }
					}
					for _, refusal := range []string{"no-token", ""} {
						if refusal == "" {
							o.tokens.Insert(o.token)
						}
						c.s = c.next(waits(refusal))
						if why := c.s.Failure.Err(); !errors.Is(why, agent.ErrTokenLost) {
							t.Errorf("%q: the page says %v", refusal, why)
						}
					}
					if !c.s.Resumed {
						t.Error("the page does not say that it goes on")
					}
					wants(t, "the rest", c.register(), nil)
				}), nil)
				o.wantOne()
			})
		}
	}
}

// Where the journal or the history cannot be written nothing is done that would have
// to be remembered.
func TestWizardDiskFull(t *testing.T) {
	t.Run("the history", func(t *testing.T) {
		o := newOffice(t)
		o.open()
		o.at(agent.WizardReview, func(c *clerk) {
			o.history.FailWith(errors.New("no space left on device"))
			wants(t, "obtain", c.page(), agent.ErrHistory)
			if ops := o.fuse.operations(); len(ops) != 0 {
				t.Errorf("done without a record: %q", ops)
			}
			o.history.FailWith(nil)
			c.s = c.next(func(s agent.WizardState) bool { return s.Failure != nil })
			wants(t, "once more", c.register(), nil)
		})
		o.wantOne()
	})
	t.Run("the journal", func(t *testing.T) {
		o := newOffice(t)
		o.open()
		o.at(agent.WizardReview, func(c *clerk) {
			journal := filepath.Join(o.dir, "registrations.json")
			if err := os.Mkdir(journal, 0o700); err != nil { // no file can take its place
				t.Fatal(err)
			}
			wants(t, "obtain", c.page(), agent.ErrJournal)
			if ops := o.fuse.operations(); len(ops) != 0 {
				t.Errorf("done without a journal: %q", ops)
			}
			if err := os.Remove(journal); err != nil {
				t.Fatal(err)
			}
			c.s = c.next(func(s agent.WizardState) bool { return s.Failure != nil })
			wants(t, "once more", c.register(), nil)
		})
		o.wantOne()
	})
	for at := 1; at <= 6; at++ {
		t.Run(fmt.Sprintf("the journal after operation %d", at), func(t *testing.T) {
			o := newOffice(t)
			journal := filepath.Join(o.dir, "registrations.json")
			o.fuse.at, o.fuse.after = at, true
			o.fuse.pull = func() {
				if err := errors.Join(os.Remove(journal), os.Mkdir(journal, 0o700)); err != nil {
					t.Error(err)
				}
			}
			o.open()
			wants(t, "Enroll", o.enroll(func(c *clerk) {
				err := c.to(agent.WizardDone)
				if err := os.Remove(journal); err != nil {
					t.Error(err)
				}
				if err != nil { // else nothing was left to write down
					wants(t, "register", err, agent.ErrJournal)
					c.s = c.next(func(s agent.WizardState) bool { return s.Failure != nil })
				}
				wants(t, "once more", c.register(), nil)
			}), nil)
			o.wantOne()
		})
	}
}
