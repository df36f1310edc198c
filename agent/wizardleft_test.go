package agent_test

import (
	"bytes"
	"slices"
	"testing"

	"qoltanba/agent"
	"qoltanba/agent/agenttest"
)

// What is left on a token of a key that is gone is no other program's key, and no profile:
// who agreed to start anew gets another key at once (K123), and keeps nothing of the old.
func TestWizardKeyGoneInPart(t *testing.T) {
	for name, at := range map[string]int{
		"its public half is left":                      4, // Submit
		"its public half and its certificate are left": 6, // Confirm
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			o.fuse.at, o.fuse.err = at, agent.ErrBank
			stop := o.open()
			_ = o.enroll(func(c *clerk) { wants(t, "the registration", c.register(), agent.ErrBank) })
			stop()
			objects := o.objects()
			id := o.token.ID()
			o.tokens.Remove(id)
			o.token = agenttest.NewToken(id.Serial, "", newPassword)
			for _, object := range objects {
				o.token.AddObject(object)
			}
			o.tokens.Insert(o.token)
			o.fuse = &fuse{}
			done := make(chan error, 1)
			o.wizard(func(c *clerk) {
				if err := c.to(agent.WizardRestart); err != nil {
					done <- err
					return
				}
				if left := o.objects(); len(left) != len(objects) {
					t.Errorf("before it was confirmed the token has %v", left)
				}
				done <- c.register()
			})
			o.open()
			wants(t, "after the confirmation", <-done, nil)
			left := o.objects()
			if len(left) != 2 || slices.ContainsFunc(left, func(x agent.Object) bool { return bytes.Equal(x.ID, objects[0].ID) }) {
				t.Errorf("the token has %v, want the public half and the certificate of the new key", left)
			}
		})
	}
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
