package agent_test

import (
	"crypto"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"qoltanba/agent"
	"qoltanba/agent/agenttest"
	"qoltanba/agent/otp"
)

// unlock enters the password of the desk's token.
func (c *codes) unlock(id agent.TokenID, pin string) error {
	return c.act(agent.GeneratorAction{Kind: agent.GeneratorUnlock, Token: id, Old: text(pin)})
}

// addHeld adds a token with its keys in the desk's token.
func (c *codes) addHeld(id agent.TokenID, serial string) error {
	return c.act(agent.GeneratorAction{Kind: agent.GeneratorAddFile, Path: pskc(c.t, otp.Transport{}, pskcKeys(serial)...), Token: id})
}

func (c *codes) mustHold(id agent.TokenID, serial string) {
	c.t.Helper()
	if err := errors.Join(c.unlock(id, "1234"), c.addHeld(id, serial)); err != nil {
		c.t.Fatal(err)
	}
	c.until(func(s agent.GeneratorPanel) bool {
		return slices.ContainsFunc(s.Devices, func(v agent.GeneratorView) bool { return v.Serial == serial && v.Problem == "" })
	})
}

// ails waits until the first device has that problem.
func (c *codes) ails(name string) {
	c.t.Helper()
	c.until(func(s agent.GeneratorPanel) bool { return len(s.Devices) > 0 && s.Devices[0].Problem == name })
}

// A generator in a token needs no keyring, and works again after the program was started
// anew and the token unlocked.
func TestGeneratorInToken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newCodesDesk(t)
		d.vault.SetAbsent(true)
		id := d.token.ID()
		d.atCodes(func(c *codes) {
			if len(c.s.Tokens) != 1 || c.s.Tokens[0].ID != id || c.s.Tokens[0].Unlocked {
				t.Errorf("tokens = %+v, want the locked one", c.s.Tokens)
			}
			if err := c.addHeld(id, serial); !errors.Is(err, agent.ErrLocked) {
				t.Errorf("add to a locked token = %v, want ErrLocked", err)
			}
			if _, wrong := errors.AsType[*agent.PINError](c.unlock(id, "9999")); !wrong {
				t.Error("a wrong password unlocks")
			}
			c.mustHold(id, serial)
			if v := c.view(0); v.Token == nil || *v.Token != id || !strings.Contains(v.TokenName, "A1") || c.s.Problem != "" {
				t.Errorf("device = %+v, problem %q, want one in the token", v, c.s.Problem)
			}
			c.newPIN(0, "2580")
			c.shows(0, "", code(t, time.Now()))
			first := c.view(0).Field
			c.until(func(s agent.GeneratorPanel) bool { return s.Devices[0].Field != first })
			c.shows(0, "", code(t, time.Now()))
			if err := c.addHeld(id, serial); !errors.Is(err, agent.ErrGeneratorTwice) {
				t.Errorf("add again = %v, want ErrGeneratorTwice", err)
			}
		})
		synctest.Wait()
		if d.token.Unlocked() {
			t.Error("the token is unlocked after the window was closed")
		}
		if got := d.token.MACKeys(); len(got) != 4 {
			t.Errorf("keys on the token: %q, want 4", got)
		}
		d.atCodes(func(c *codes) {
			c.ails("locked")
			if err := c.do(0, agent.GeneratorAction{Kind: agent.GeneratorPress, Press: otp.SpectraPower}); !errors.Is(err, agent.ErrLocked) {
				t.Errorf("a key while the token is locked = %v, want ErrLocked", err)
			}
			if err := c.unlock(id, "1234"); err != nil {
				t.Fatal(err)
			}
			c.ails("")
			c.keys(0, "p2580")
			c.shows(0, "", code(t, time.Now()))
			d.agent.Lock()
			c.ails("locked")
		})
	})
}

// S37, S51, S58: the lock number and the unlock code come from the token too.
func TestGeneratorInTokenIsUnlocked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newCodesDesk(t)
		keys, wipe, err := otp.SeedKeys(crypto.SHA256, seed(32), serial)
		if err != nil {
			t.Fatal(err)
		}
		defer wipe()
		number, err1 := keys.LockNumber(serial, 0)
		unlock, err2 := keys.UnlockCode(serial, 0, number)
		if err := errors.Join(err1, err2); err != nil {
			t.Fatal(err)
		}
		d.atCodes(func(c *codes) {
			c.mustHold(d.token.ID(), serial)
			c.keys(0, "p1111c1111c1111pp")
			c.shows(0, "LOCK PIN", number)
			c.keys(0, "c"+unlock+"25802580c")
			c.shows(0, "", code(t, time.Now()))
		})
	})
}

// The token is pulled between two codes; two devices come back with it.
func TestGeneratorTokenPulled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newCodesDesk(t)
		id := d.token.ID()
		d.atCodes(func(c *codes) {
			c.mustHold(id, serial)
			c.mustHold(id, "CD12345678")
			c.newPIN(0, "2580")
			c.keys(1, "p")
			d.remove(d.token)
			c.until(func(s agent.GeneratorPanel) bool {
				return s.Devices[0].Problem == "no-token" && s.Devices[1].Problem == "no-token" && s.Devices[0].Field == "" && len(s.Tokens) == 0
			})
			if err := c.do(0, agent.GeneratorAction{Kind: agent.GeneratorPress, Press: otp.SpectraPower}); !errors.Is(err, agent.ErrNoToken) {
				t.Errorf("a key without the token = %v, want ErrNoToken", err)
			}
			d.insert(d.token)
			c.ails("locked")
			if err := c.unlock(id, "1234"); err != nil {
				t.Fatal(err)
			}
			c.until(func(s agent.GeneratorPanel) bool { return s.Devices[0].Problem+s.Devices[1].Problem == "" })
			c.keys(0, "p2580")
			c.shows(0, "", code(t, time.Now()))
			c.keys(1, "p"+startPIN)
			c.shows(1, "NEW PIN", "----")
		})
	})
}

// Somebody else destroys the keys: no code is shown, and the device can be removed.
func TestGeneratorKeysGone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newCodesDesk(t)
		d.atCodes(func(c *codes) {
			c.mustHold(d.token.ID(), serial)
			c.newPIN(0, "2580")
			d.token.DropMACKeys(func(label string) bool { return strings.HasSuffix(label, " code") })
			c.ails("generator-gone")
			if v := c.view(0); v.Field != "" {
				t.Errorf("display %q without its key", v.Field)
			}
			if err := c.act(agent.GeneratorAction{Kind: agent.GeneratorRemove, Device: c.view(0).ID}); err != nil {
				t.Errorf("remove = %v", err)
			}
			c.until(func(s agent.GeneratorPanel) bool { return len(s.Devices) == 0 })
			if got := d.token.MACKeys(); len(got) != 0 {
				t.Errorf("left on the token: %q", got)
			}
		})
	})
}

// A token that cannot, is full, or fails in the middle keeps nothing, and neither does
// the disk.
func TestGeneratorNotHeld(t *testing.T) {
	for name, c := range map[string]struct {
		make func(*agenttest.Token)
		want error
	}{
		"no HMAC":              {func(t *agenttest.Token) { t.SetMACs() }, agent.ErrGeneratorMAC},
		"not that of codes":    {func(t *agenttest.Token) { t.SetMACs(crypto.SHA1, crypto.SHA512) }, agent.ErrGeneratorMAC},
		"full":                 {func(t *agenttest.Token) { t.SetRoom(0) }, agent.ErrTokenFull},
		"full after three":     {func(t *agenttest.Token) { t.SetRoom(3) }, agent.ErrTokenFull},
		"computes nothing":     {func(t *agenttest.Token) { t.FailAfter(0, agent.ErrToken) }, agent.ErrToken},
		"not of the lock keys": {func(t *agenttest.Token) { t.SetMACs(crypto.SHA512) }, agent.ErrGeneratorMAC},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := newCodesDesk(t)
				c.make(d.token)
				d.atCodes(func(codes *codes) {
					if err := codes.unlock(d.token.ID(), "1234"); err != nil {
						t.Fatal(err)
					}
					if err := codes.addHeld(d.token.ID(), serial); !errors.Is(err, c.want) {
						t.Errorf("add = %v, want %v", err, c.want)
					}
				})
				if keys := d.token.MACKeys(); len(keys) != 0 || len(d.stored()) != 0 || len(d.noted()) != 0 {
					t.Errorf("left: %q on the token, %q on the disk, %q in the history", keys, d.stored(), d.noted())
				}
			})
		})
	}
}

// The token goes while its third key is imported: what is on it is taken off when it is
// unlocked the next time, and nothing of another home's.
func TestGeneratorImportCutOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		other := newCodesDesk(t)
		d := newCodesDesk(t)
		id := d.token.ID()
		other.atCodes(func(c *codes) { c.mustHold(other.token.ID(), serial) })
		d.remove(d.token)
		other.tokens.Remove(other.token.ID())
		d.token = other.token // the same stick at another computer
		d.insert(d.token)
		id = d.token.ID()
		d.atCodes(func(c *codes) {
			if err := c.unlock(id, "1234"); err != nil {
				t.Fatal(err)
			}
			h := d.token.Hold(agenttest.OpMAC) // after all four were imported
			done := make(chan error, 1)
			go func() { done <- c.addHeld(id, serial) }()
			<-h.Reached
			if keys := d.token.MACKeys(); len(keys) != 8 {
				t.Fatalf("%d keys on the token, want two times four", len(keys))
			}
			d.remove(d.token)
			h.Release()
			if err := <-done; !errors.Is(err, agent.ErrTokenLost) {
				t.Errorf("add = %v, want ErrTokenLost", err)
			}
			if left := d.stored(); len(left) == 0 || len(c.s.Devices) != 0 {
				t.Errorf("%q on the disk, %d devices, want what says whose keys are left and no device", left, len(c.s.Devices))
			}
		})
		d.insert(d.token)
		d.atCodes(func(c *codes) {
			if len(c.s.Devices) != 0 {
				t.Errorf("half a device: %+v", c.s.Devices)
			}
			c.mustHold(id, serial)
		})
		if keys := d.token.MACKeys(); len(keys) != 8 {
			t.Errorf("keys on the token: %q, want four of each home", keys)
		}
		d.remove(d.token)
		other.insert(other.token)
		other.atCodes(func(c *codes) {
			if err := c.unlock(id, "1234"); err != nil {
				t.Fatal(err)
			}
			c.ails("")
			c.newPIN(0, "2580")
			c.shows(0, "", code(t, time.Now()))
		})
	})
}

// A generator goes with its keys; without the token only when the person gives it up, and
// then the keys go when the token is unlocked here again.
func TestGeneratorInTokenRemoved(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newCodesDesk(t)
		id := d.token.ID()
		d.atCodes(func(c *codes) {
			c.mustHold(id, serial)
			c.mustHold(id, "CD12345678")
			d.remove(d.token)
			c.ails("no-token")
			remove := agent.GeneratorAction{Kind: agent.GeneratorRemove}
			if err := c.do(0, remove); !errors.Is(err, agent.ErrNoToken) {
				t.Errorf("remove without the token = %v, want ErrNoToken", err)
			}
			remove.Forget = true
			if err := c.do(0, remove); err != nil {
				t.Errorf("forget = %v", err)
			}
			d.insert(d.token)
			c.ails("locked")
			remove.Forget = false
			if err := c.do(0, remove); !errors.Is(err, agent.ErrLocked) {
				t.Errorf("remove while locked = %v, want ErrLocked", err)
			}
			if keys := d.token.MACKeys(); len(keys) != 8 {
				t.Errorf("%d keys on the token, want 8", len(keys))
			}
			if err := c.unlock(id, "1234"); err != nil {
				t.Fatal(err)
			}
			if keys := d.token.MACKeys(); len(keys) != 4 || !strings.Contains(keys[0], "CD12345678") {
				t.Errorf("keys on the token: %q, want those of CD12345678", keys)
			}
			if err := c.do(0, remove); err != nil {
				t.Errorf("remove = %v", err)
			}
		})
		if keys := d.token.MACKeys(); len(keys) != 0 || len(d.stored()) != 0 {
			t.Errorf("left: %q on the token, %q on the disk", keys, d.stored())
		}
	})
}

// Storing holds everybody else off: another window neither takes the new folder for one
// that was left behind, nor stores the same serial number.
func TestGeneratorsStoredByTwo(t *testing.T) {
	r := newRing()
	d := newCodesDesk(t, r.on)
	d.atCodes(func(one *codes) {
		r.mu.Lock()
		r.hold = make(chan struct{})
		let := r.hold
		r.mu.Unlock()
		add := agent.GeneratorAction{Kind: agent.GeneratorAddFile, Path: pskc(t, otp.Transport{}, pskcKeys(serial)...)}
		errs := make(chan error, 2)
		go func() { errs <- one.act(add) }()
		<-r.held // the first has its key, and waits for the keyring's answer
		client := d.agent.Local(d.person)
		defer client.Close()
		d.person.Do(answerCodes(t, func(two *codes) {
			go func() { errs <- two.act(add) }()
			close(let)
			a, b := <-errs, <-errs
			if twice := errors.Join(a, b); (a == nil) == (b == nil) || !errors.Is(twice, agent.ErrGeneratorTwice) {
				t.Errorf("two adds = %v and %v, want one ErrGeneratorTwice", a, b)
			}
		}))
		if err := client.ShowGenerators(t.Context()); err != nil {
			t.Error(err)
		}
	})
	d.atCodes(func(c *codes) {
		if len(c.s.Devices) != 1 || c.s.Devices[0].Problem != "" || len(r.entries()) != 1 {
			t.Errorf("devices %+v, keys %q, want one that opens", c.s.Devices, r.entries())
		}
	})
}

// Between the end of a record's lock and the new name of its folder nobody removes it.
func TestUnfinishedIsLeftToWhoStores(t *testing.T) {
	r := newRing()
	d := newCodesDesk(t, r.on)
	lock, err := otp.Lock(filepath.Join(d.dir, "generators.lock"))
	if err != nil {
		t.Fatal(err)
	}
	left := filepath.Join(d.dir, "generators", "BEGUN.new", "record")
	if err := errors.Join(os.MkdirAll(left, 0o700), r.Set(t.Context(), "generator-BEGUN-device", text("key"))); err != nil {
		t.Fatal(err)
	}
	d.atCodes(func(c *codes) {
		if len(r.entries()) != 1 || len(d.stored()) == 0 {
			t.Errorf("keys %q, files %q, want those of whoever stores it", r.entries(), d.stored())
		}
	})
	if err := lock.Close(); err != nil {
		t.Fatal(err)
	}
	d.atCodes(func(*codes) {})
	if len(r.entries()) != 0 || len(d.stored()) != 0 {
		t.Errorf("left: %q, %q", r.entries(), d.stored())
	}
}
