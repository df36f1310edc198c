package agent_test

import (
	"context"
	"crypto"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"qoltanba/agent"
	"qoltanba/agent/agenttest"
	"qoltanba/agent/otp"
)

func TestSpectraCode(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newCodesDesk(t)
		d.atCodes(func(c *codes) {
			c.addToken()
			if v := c.view(0); v.Kind != agent.GeneratorSpectra || v.Serial != serial || v.Name != serial || v.Bank != "Refbank" || !v.StartPIN || v.Spectra != otp.SpectraOff {
				t.Errorf("S14: new device is %+v", v)
			}
			c.keys(0, "p")
			c.shows(0, "PIN", "----") // S20
			c.keys(0, "73")
			c.shows(0, "PIN", "__--") // S21
			c.keys(0, "c"+startPIN)
			c.shows(0, "NEW PIN", "----") // S22, S29
			c.keys(0, "25802580")
			c.shows(0, "NEW-PIN-CONF", "") // S47
			c.keys(0, "c")
			c.shows(0, "", code(t, time.Now())) // S25
			if v := c.view(0); v.StartPIN || v.Left != 30 {
				t.Errorf("start PIN %v, %d seconds left, want 30 of the first", v.StartPIN, v.Left)
			}
		})
	})
}

// S29: the administrator says whether the start PIN shows codes, with a reminder, or leads
// to a new one first; wherever the keys are.
func TestS29StartPIN(t *testing.T) {
	for name, keep := range map[string]bool{"must be changed": false, "may be kept": true} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := newCodesDesk(t, func(c *agent.Config) { c.KeepStartPIN = keep })
				d.atCodes(func(c *codes) {
					c.addToken()
					c.mustHold(d.token.ID(), "CD12345678")
					for i := range 2 {
						c.keys(i, "p"+startPIN)
						if keep {
							c.shows(i, "", code(t, time.Now()))
							c.keys(i, "h")
						}
						c.shows(i, "NEW PIN", "----")
						if v := c.view(i); !v.StartPIN {
							t.Errorf("device %d has no start PIN: %+v", i, v)
						}
						c.keys(i, "25802580c")
						c.shows(i, "", code(t, time.Now()))
						if v := c.view(i); v.StartPIN {
							t.Errorf("device %d has the start PIN still: %+v", i, v)
						}
					}
				})
			})
		})
	}
}

// S15: the seconds left and the next code come by themselves, at their moment.
func TestS15CodeFollowsTheTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newCodesDesk(t)
		time.Sleep(17*time.Second + 400*time.Millisecond)
		d.atCodes(func(c *codes) {
			c.addToken()
			c.newPIN(0, "2580")
			first := code(t, time.Now())
			if v := c.view(0); v.Left != 13 || v.Field != first {
				t.Errorf("%d seconds left of %q, want 13 of %q", v.Left, v.Field, first)
			}
			began := time.Now()
			for left := 12; left > 0; left-- {
				c.until(func(s agent.GeneratorPanel) bool { return s.Devices[0].Left == left })
				if v := c.view(0); v.Field != first {
					t.Errorf("%d seconds left: %q, want %q", left, v.Field, first)
				}
			}
			c.until(func(s agent.GeneratorPanel) bool { return s.Devices[0].Left == 30 })
			if v := c.view(0); v.Field == first || v.Field != code(t, time.Now()) {
				t.Errorf("the next code is %q after %q", v.Field, first)
			}
			if took := time.Since(began); took != 12600*time.Millisecond {
				t.Errorf("the next code came after %v, want 12.6s", took)
			}
		})
	})
}

// S17, S18, S19: two minutes without a key switch the token off, from every state.
func TestS17S18S19TwoMinutes(t *testing.T) {
	for name, keys := range map[string]string{
		"PIN": "p", "S19 digits": "p73", "FAIL1": "p1111", "NEW PIN": "p" + startPIN, "S49 PIN-CONF": "p" + startPIN + "2580",
		"NEW-PIN-CONF": "p" + startPIN + "25802580", "code": "p" + startPIN + "25802580c", "FAIL3": "p1111c1111c1111",
		"LOCK PIN": "p1111c1111c1111pp", "unlock": "p1111c1111c1111ppc123",
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				newCodesDesk(t).atCodes(func(c *codes) {
					c.addToken()
					c.keys(0, keys[:len(keys)-1])
					time.Sleep(119 * time.Second)
					c.keys(0, keys[len(keys)-1:]) // S18: every key starts the two minutes anew
					pressed := time.Now()
					if v := c.view(0); v.Spectra == otp.SpectraOff {
						t.Fatal("it is off before")
					}
					c.until(func(s agent.GeneratorPanel) bool { return s.Devices[0].Spectra == otp.SpectraOff })
					if took := time.Since(pressed); took != 2*time.Minute {
						t.Errorf("off after %v, want 2m", took)
					}
					if v := c.view(0); v.Label+v.Field != "" || v.Left != 0 {
						t.Errorf("off shows %+v", v)
					}
				})
			})
		})
	}
}

// drawings counts how often a window is drawn.
type drawings struct {
	*agenttest.Person
	n atomic.Int64
}

func (p *drawings) Generators(ctx context.Context, s agent.GeneratorPanel, updates <-chan agent.GeneratorPanel, do func(context.Context, agent.GeneratorAction) error) error {
	counted := make(chan agent.GeneratorPanel, 1)
	go func() { // ends with ctx
		for {
			select {
			case s := <-updates:
				p.n.Add(1)
				select { // one that nobody has taken is out of date
				case <-counted:
				default:
				}
				counted <- s
			case <-ctx.Done():
				return
			}
		}
	}()
	return p.Person.Generators(ctx, s, counted, do)
}

// A code is drawn once a second; where nothing is shown no timer runs.
func TestNothingIsDrawnWhileNothingIsShown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var p drawings
		newCodesDesk(t, func(c *agent.Config) {
			p.Person = c.Prompter.(*agenttest.Person)
			c.Prompter = &p
		}).atCodes(func(c *codes) {
			c.addToken()
			synctest.Wait()
			before := p.n.Load()
			time.Sleep(time.Hour)
			synctest.Wait()
			if n := p.n.Load() - before; n != 0 {
				t.Errorf("drawn %d times in an hour", n)
			}
			c.newPIN(0, "2580")
			synctest.Wait()
			before = p.n.Load()
			time.Sleep(time.Minute)
			synctest.Wait()
			if n := p.n.Load() - before; n != 60 {
				t.Errorf("drawn %d times in a minute, want 60", n)
			}
		})
	})
}

// S31 to S65, with the bank's half, and the window closed and opened between.
func TestSpectraLockAndUnlock(t *testing.T) {
	d := newCodesDesk(t)
	d.atCodes(func(c *codes) {
		c.addToken()
		c.newPIN(0, "2580")
		c.keys(0, "pp1111")
		c.shows(0, "FAIL1", "") // S31
	})
	var number string
	d.atCodes(func(c *codes) {
		c.keys(0, "p")
		c.shows(0, "FAIL1", "") // S34
		c.keys(0, "c1111")
		c.shows(0, "FAIL2", "") // S33
		c.keys(0, "c1111")
		c.shows(0, "FAIL3", "") // S37
		c.keys(0, "ch2580")
		c.shows(0, "FAIL3", "") // S38
		c.keys(0, "pp")
		number = c.view(0).Field
		c.shows(0, "LOCK PIN", number) // S40
	})
	keys, wipe, err := otp.SeedKeys(crypto.SHA256, seed(32), serial)
	if err != nil {
		t.Fatal(err)
	}
	defer wipe()
	_, unlock, err := otp.LockState{}.Unlock(keys, serial, number)
	if err != nil || len(number) != 7 || len(unlock) != 8 {
		t.Fatalf("S54 Unlock(%q) = %q, %v", number, unlock, err)
	}
	d.atCodes(func(c *codes) {
		c.keys(0, "p")
		c.shows(0, "LOCK PIN", number) // S41
		c.keys(0, "c")
		c.shows(0, "LOCK PIN", "--------") // S56
		c.keys(0, "00000000")
		c.shows(0, "FAIL1", "") // S58
		c.keys(0, "c"+unlock)
		c.shows(0, "NEW PIN", "----") // S60
		c.keys(0, "p")                // S61
	})
	d.atCodes(func(c *codes) {
		c.keys(0, "p")
		c.shows(0, "LOCK PIN", number)
		c.keys(0, "c"+unlock+"48264826")
		c.shows(0, "NEW-PIN-CONF", "")
		c.keys(0, "pp4826")
		c.shows(0, "", code(t, time.Now()))
	})
	rest := `,"bank":"Refbank","serial":"` + serial + `"`
	want := []string{note("add", "spectranet", rest), note("lock", "spectranet", rest), note("unlock", "spectranet", rest)}
	if got := d.noted(); !slices.Equal(got, want) {
		t.Errorf("history has %v, want %v", got, want)
	}
	for _, r := range d.noted() {
		if strings.Contains(r, number) || strings.Contains(r, unlock) {
			t.Errorf("history tells %s", r)
		}
	}
}

func TestDevicesSideBySide(t *testing.T) {
	d := newCodesDesk(t)
	d.atCodes(func(c *codes) {
		both := append(pskcKeys(serial), pskcKeys("CD12345678")...)
		c.add(agent.GeneratorAction{Kind: agent.GeneratorAddFile, Path: pskc(t, otp.Transport{}, both...), Name: "one for two"}, 2)
		if a, b := c.view(0), c.view(1); a.Name != serial || b.Name != "CD12345678" || a.ID == b.ID {
			t.Errorf("devices %+v and %+v", a, b)
		}
		c.keys(1, "p1111")
		c.keys(0, "p")
		c.shows(0, "PIN", "----")
		c.shows(1, "FAIL1", "")
		if err := c.do(0, agent.GeneratorAction{Kind: agent.GeneratorRename, Name: "  Salary\u202e card "}); err != nil || c.view(0).Name != "Salary⟨U+202E⟩ card" {
			t.Errorf("Rename = %v, %q", err, c.view(0).Name)
		}
		if err := c.do(0, agent.GeneratorAction{Kind: agent.GeneratorRename, Name: " "}); agent.ErrorName(err) != "invalid" {
			t.Errorf("Rename to nothing = %v", err)
		}
	})
	d.atCodes(func(c *codes) {
		if c.view(0).Name != "Salary⟨U+202E⟩ card" || c.view(1).Serial != "CD12345678" {
			t.Errorf("opened again: %+v", c.s.Devices)
		}
		if err := c.do(0, agent.GeneratorAction{Kind: agent.GeneratorRemove}); err != nil || len(c.s.Devices) != 1 || c.view(0).Serial != "CD12345678" {
			t.Errorf("Remove = %v, %d left", err, len(c.s.Devices))
		}
	})
}
