package agent_test

import (
	"testing"

	"qoltanba/agent"
	"qoltanba/agent/agenttest"
)

// What is left on a token of a key that is gone, its public half, is no other program's
// key: who agreed to start anew gets another key at once (K123).
func TestWizardKeyGoneInPart(t *testing.T) {
	o, stop := begun(t)
	stop()
	objects := o.objects()
	id := o.token.ID()
	o.tokens.Remove(id)
	o.token = agenttest.NewToken(id.Serial, "", newPassword)
	for _, obj := range objects {
		if obj.Kind == agent.ObjectPublicKey {
			o.token.AddObject(obj)
		}
	}
	o.tokens.Insert(o.token)
	o.fuse = &fuse{}
	done := make(chan error, 1)
	o.wizard(func(c *clerk) {
		if err := c.act(agent.WizardAction{Kind: agent.WizardAgree}); err != nil { // the offer to continue
			done <- err
			return
		}
		if err := c.act(c.unlock(newPassword)); err != nil {
			done <- err
			return
		}
		if c.s.Step != agent.WizardRestart {
			t.Errorf("page %q, want to be told that the key is gone", c.s.Step)
		}
		done <- c.register()
	})
	o.open()
	wants(t, "after the confirmation", <-done, nil)
	o.wantOne()
}

// objects lists what the office's token has that can be seen without its password.
func (o *office) objects() []agent.Object {
	o.t.Helper()
	tok, err := o.tokens.Open(o.t.Context(), o.token.ID())
	if err != nil {
		o.t.Fatal(err)
	}
	defer tok.Close()
	objects, err := tok.(agent.Admin).Objects(o.t.Context())
	if err != nil {
		o.t.Fatal(err)
	}
	return objects
}
