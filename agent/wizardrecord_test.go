package agent_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"qoltanba/agent"
)

// wantRecord demands one record of that step, about the registration of the office.
func (o *office) wantRecord(step, userID string) {
	o.t.Helper()
	got := o.enrollments(step)
	if len(got) != 1 || got[0]["result"] != "begun" || got[0]["serial"] != "C3" || got[0]["bank"] != caHost || got[0]["userID"] != userID {
		o.t.Errorf("records of %q: %v, want one that has begun", step, got)
	}
}

// What the program finds and goes on with is in the history before, or it does not.
func TestWizardRecordsWhatItFinds(t *testing.T) {
	full := errors.New("no space left on device")
	t.Run("K122 a token that was set aside", func(t *testing.T) {
		o := foundToken(t, 4) // Submit
		o.open()
		wants(t, "Enroll", o.enroll(func(c *clerk) {
			before := o.journal()
			o.history.FailWith(full)
			wants(t, "unlock without a history", c.do(c.unlock(newPassword)), agent.ErrHistory)
			o.history.FailWith(nil)
			if o.journal() != before || !strings.Contains(before, `"aside": true`) {
				t.Errorf("taken back without a record: %s", o.journal())
			}
			if s := c.next(func(agent.WizardState) bool { return true }); s.Step != agent.WizardProfile {
				t.Errorf("the page is %q", s.Step)
			}
			wants(t, "unlock", c.act(c.unlock(newPassword)), nil)
			o.wantRecord("taken-back", aUserID)
			if strings.Contains(o.journal(), `"aside"`) {
				t.Errorf("it was not taken back: %s", o.journal())
			}
			wants(t, "the rest", c.register(), nil)
		}), nil)
		o.wantOne()
	})
	t.Run("K53 a key whose journal was lost", func(t *testing.T) {
		o, stop := begun(t)
		stop()
		journal := filepath.Join(o.dir, "registrations.json")
		if err := os.Remove(journal); err != nil {
			t.Fatal(err)
		}
		o.fuse.mend()
		o.open()
		wants(t, "Enroll", o.enroll(func(c *clerk) {
			o.history.FailWith(full)
			wants(t, "unlock without a history", c.do(c.unlock(newPassword)), agent.ErrHistory)
			o.history.FailWith(nil)
			if data, err := os.ReadFile(journal); !errors.Is(err, os.ErrNotExist) {
				t.Errorf("adopted without a record: %s, %v", data, err)
			}
			wants(t, "unlock", c.act(c.unlock(newPassword)), nil)
			o.wantRecord("adopted", "")
			wants(t, "the rest", c.register(), nil)
		}), nil)
		o.wantOne()
	})
}
