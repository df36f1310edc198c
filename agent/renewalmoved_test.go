package agent_test

import (
	"strings"
	"testing"
	"testing/synctest"

	"qoltanba/agent"
)

// A bank that moves to other hosts, or gets one more, is found by its CA like one that the
// journal does not know, and what the journal has of the profile is kept.
func TestRenewAtABankThatMoved(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := due(t)
		const moved = "ca2.refbank.test, cmp.refbank.test"
		stop := o.open(func(c *agent.Config) { c.Banks[0].Host = moved })
		defer stop()
		wants(t, "Renew", o.renew(o.renewable()), nil)
		o.wantSole(2)
		if j := o.journal(); !strings.Contains(j, `"bank": "`+moved+`"`) || !strings.Contains(j, aUserID) || !strings.Contains(j, `"name": "Accounts"`) {
			t.Errorf("the journal has %s", j)
		}
	})
}
