package agent_test

import (
	"bytes"
	"testing"
	"testing/synctest"

	"qoltanba/agent"
	"qoltanba/agent/otp"
)

// S19: however a code goes from the display, the MAC that it was made of is wiped.
func TestS19HeldCodeIsWiped(t *testing.T) {
	off := func(s agent.GeneratorPanel) bool { return s.Devices[0].Spectra == otp.SpectraOff }
	for name, end := range map[string]func(*desk, *codes){
		"power":       func(_ *desk, c *codes) { c.keys(0, "p") },
		"new PIN":     func(_ *desk, c *codes) { c.keys(0, "h") },
		"two minutes": func(_ *desk, c *codes) { c.until(off) },
		"next code": func(_ *desk, c *codes) {
			first := c.view(0).Field
			c.until(func(s agent.GeneratorPanel) bool { return s.Devices[0].Field != first })
		},
		"locked": func(d *desk, c *codes) {
			d.agent.Lock()
			c.ails("locked")
		},
		"token pulled": func(d *desk, c *codes) {
			d.remove(d.token)
			c.ails("no-token")
		},
		"removed": func(_ *desk, c *codes) {
			if err := c.do(0, agent.GeneratorAction{Kind: agent.GeneratorRemove}); err != nil {
				t.Errorf("remove = %v", err)
			}
		},
		"window closed": func(*desk, *codes) {},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := newCodesDesk(t)
				var id string
				var over, sum []byte
				d.atCodes(func(c *codes) {
					c.mustHold(d.token.ID(), serial)
					c.newPIN(0, "2580")
					id = c.view(0).ID
					if over, sum = d.agent.HeldCode(id); len(over) != 8 || len(sum) != 32 || bytes.Count(sum, []byte{0}) == 32 {
						t.Fatalf("while the code is shown %x with the MAC %x is kept, want 8 and 32 bytes", over, sum)
					}
					end(d, c)
					if o, s := d.agent.HeldCode(id); name != "window closed" && name != "next code" && (o != nil || s != nil) {
						t.Errorf("afterwards %x with the MAC %x is kept, want nothing", o, s)
					}
				})
				if n := bytes.Count(append(over, sum...), []byte{0}); n != 40 {
					t.Errorf("%d of the 40 bytes are wiped: %x, %x", n, over, sum)
				}
			})
		})
	}
}
