package agent_test

import (
	"cmp"
	"testing"

	"qoltanba/agent"
)

// Any program can put a key on a token that has the factory's password, and keep a copy
// of it. Under our label it is no registration that goes on: the bank's certificate would
// be for a key that others have. Nor is it deleted: tokens say so of each key.
func TestWizardAdoptsNoCopiedKey(t *testing.T) {
	o := newOffice(t)
	o.token.AddCopied([]byte("copied key"), agent.P256, agent.LabelPrefix+"Accounts")
	o.open()
	_ = o.enroll(func(c *clerk) {
		wants(t, "K6 K53 unlock", c.do(c.unlock(agent.DefaultPIN)), agent.ErrUnfinished)
	})
}

// A key that came under the CKA_ID of the journal before this program made its own gives way
// to that.
func TestWizardTakesNoCopiedKey(t *testing.T) {
	o := begunBeforeTheKey(t)
	o.token.AddCopied(o.keyID(), agent.P256, agent.LabelPrefix+"Accounts")
	again := make(chan error, 1)
	o.wizard(func(c *clerk) { again <- cmp.Or(c.to(agent.WizardReview), c.do(obtain)) })
	o.open() // which offers to continue
	wants(t, "K6 obtain again", <-again, nil)
	o.wantOne()
	for _, k := range o.objects() {
		if k.Copied {
			t.Errorf("K6 the bank certified %+v", k)
		}
	}
}
