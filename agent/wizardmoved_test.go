package agent_test

import (
	"strings"
	"testing"

	"qoltanba/agent"
)

// A registration whose bank has moved to other hosts meanwhile goes on at the bank that the
// person chooses; else nothing could go on with the token, which must not be formatted. While
// its own bank is known no other one will do.
func TestWizardGoesOnAtABankThatMoved(t *testing.T) {
	const moved = "ca2.refbank.test, cmp.refbank.test"
	o, stop := begun(t)
	stop()
	o.fuse = &fuse{}
	done := make(chan error, 1)
	o.wizard(func(c *clerk) { done <- c.register() })
	o.open(func(c *agent.Config) { c.Banks[0].Host = moved })
	wants(t, "the registration", <-done, nil)
	o.wantOne()
	if j := o.journal(); !strings.Contains(j, `"bank": "`+moved+`"`) {
		t.Errorf("the journal has %s", j)
	}
	if got := o.enrollments("moved"); len(got) != 1 || got[0]["bank"] != moved || got[0]["userID"] != aUserID {
		t.Errorf("the history has %v", got)
	}
}

// Likewise one that was set aside with its token, which is found.
func TestWizardTokenFoundAtABankThatMoved(t *testing.T) {
	o := foundToken(t, 4)
	o.open(func(c *agent.Config) { c.Banks[0].Host = "ca2.refbank.test" })
	wants(t, "Enroll", o.enroll(func(c *clerk) { wants(t, "the registration", c.register(), nil) }), nil)
	o.wantOne()
}
