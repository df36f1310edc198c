package agent_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"qoltanba/agent"
	"qoltanba/agent/agenttest"
	"qoltanba/agent/otp"
)

// press is what a person does to look at a device: whatever keeps it from working comes
// back.
func (c *codes) press(i int) error {
	c.t.Helper()
	return c.do(i, agent.GeneratorAction{Kind: agent.GeneratorPress, Press: otp.SpectraPower})
}

func (c *codes) problem(i int, want string) {
	c.t.Helper()
	if v := c.view(i); v.Problem != want {
		c.t.Errorf("device %d has the problem %q, want %q", i, v.Problem, want)
	}
}

// Without a keyring nothing is stored, and what is stored waits for it.
func TestGeneratorsWithoutKeyring(t *testing.T) {
	r := newRing()
	d := newCodesDesk(t, r.on)
	r.SetAbsent(true)
	d.atCodes(func(c *codes) {
		for _, a := range []agent.GeneratorAction{
			{Kind: agent.GeneratorAddFile, Path: pskc(t, otp.Transport{}, pskcKeys(serial)...)},
			{Kind: agent.GeneratorAddMobi},
		} {
			if err := c.act(a); !errors.Is(err, agent.ErrVault) {
				t.Errorf("%s = %v, want ErrVault", a.Kind, err)
			}
			c.until(func(s agent.GeneratorPanel) bool { return s.Problem == "vault" })
		}
		if len(d.stored()) != 0 {
			t.Errorf("stored = %v, want nothing", d.stored())
		}
		r.SetAbsent(false)
		c.addToken()
		if c.s.Problem != "" {
			t.Errorf("problem %q with a keyring", c.s.Problem)
		}
		c.add(agent.GeneratorAction{Kind: agent.GeneratorAddMobi}, 1)
	})
	r.SetAbsent(true)
	d.atCodes(func(c *codes) { // locked, say
		c.problem(0, "vault")
		if v := c.view(0); v.Serial != serial || c.s.Problem != "vault" {
			t.Errorf("device = %+v, problem %q; want token %s, vault", v, c.s.Problem, serial)
		}
		if err := c.press(0); !errors.Is(err, agent.ErrVault) {
			t.Errorf("power = %v, want ErrVault", err)
		}
		if err := c.do(0, agent.GeneratorAction{Kind: agent.GeneratorRemove}); !errors.Is(err, agent.ErrVault) {
			t.Errorf("Remove = %v, want ErrVault: its key would stay", err)
		}
		r.SetAbsent(false)
		if err := c.press(0); err != nil {
			t.Errorf("power = %v", err)
		}
		c.shows(0, "PIN", "----")
		if c.s.Problem != "" {
			t.Errorf("problem = %q, want none", c.s.Problem)
		}
	})
}

// The keyring goes away while a PIN is changed: nothing is lost.
func TestKeyringGoesDuringAChange(t *testing.T) {
	r := newRing()
	newCodesDesk(t, r.on).atCodes(func(c *codes) {
		c.addMobi()
		key := c.activate("2580")
		c.turn(otp.MobiChoosePIN)
		r.SetAbsent(true)
		if err := c.do(0, agent.GeneratorAction{Kind: agent.GeneratorChangePIN, Old: text("2580"), New: text("4826")}); !errors.Is(err, agent.ErrVault) {
			t.Errorf("change = %v, want ErrVault", err)
		}
		c.problem(0, "vault")
		r.SetAbsent(false)
		c.turn(otp.MobiOpen)
		if got, want := c.answer("2580", number), response(t, key, number); got != want {
			t.Errorf("answer with the old PIN = %s, want %s", got, want)
		}
		if len(r.entries()) != 1 {
			t.Errorf("M66 keys = %v, want one", r.entries())
		}
	})
}

// The record was changed, or its key is gone. Other devices work, and this one can be
// taken away.
func TestDamagedGenerators(t *testing.T) {
	r := newRing()
	d := newCodesDesk(t, r.on)
	add := func(c *codes, serial string) {
		c.add(agent.GeneratorAction{Kind: agent.GeneratorAddFile, Path: pskc(t, otp.Transport{}, pskcKeys(serial)...)}, 1)
	}
	var ids []string
	d.atCodes(func(c *codes) {
		for _, s := range []string{"DAMAGED1", "NOKEY111", "NORECORD1", "NOMETA11", "WORKS111"} {
			add(c, s)
		}
		c.addMobiAt(5)
		for _, v := range c.s.Devices {
			ids = append(ids, v.ID)
		}
	})
	path := func(i int, name ...string) string {
		return filepath.Join(append([]string{d.dir, "generators", ids[i]}, name...)...)
	}
	record := must(os.ReadFile(path(0, "record", "record")))
	record[len(record)-1] ^= 1
	for _, err := range []error{
		os.WriteFile(path(0, "record", "record"), record, 0o600),
		r.Delete(t.Context(), "generator-"+ids[1]+"-device"),
		os.Remove(path(2, "record", "record")),
		os.WriteFile(path(3, "device.json"), []byte(`{"kind":"other"}`), 0o600),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	d.atCodes(func(c *codes) {
		at := func(id string) int {
			return slices.IndexFunc(c.s.Devices, func(v agent.GeneratorView) bool { return v.ID == id })
		}
		for i, want := range []string{"damaged", "device-key", "damaged", "damaged", "", ""} {
			c.problem(at(ids[i]), want)
		}
		if err := c.press(at(ids[0])); !errors.Is(err, agent.ErrGeneratorDamaged) {
			t.Errorf("power = %v", err)
		}
		if err := c.press(at(ids[1])); !errors.Is(err, agent.ErrGeneratorKey) {
			t.Errorf("power = %v", err)
		}
		if err := c.press(at(ids[4])); err != nil {
			t.Errorf("power = %v", err)
		}
		for i, id := range ids {
			if err := c.do(at(id), agent.GeneratorAction{Kind: agent.GeneratorRemove}); err != nil {
				t.Errorf("Remove of device %d = %v", i, err)
			}
		}
		if len(d.stored()) != 0 || len(r.entries()) != 0 {
			t.Errorf("left behind: %v, %v", d.stored(), r.entries())
		}
	})
}

// addMobiAt adds a MobiPass with a key behind i devices.
func (c *codes) addMobiAt(i int) {
	c.t.Helper()
	c.add(agent.GeneratorAction{Kind: agent.GeneratorAddMobi}, 1)
	if v := c.view(i); v.Kind != agent.GeneratorMobi {
		c.t.Fatalf("device %d is a %s", i, v.Kind)
	}
}

// Two windows, or two agents, on one record: the second is told, and counts no tries.
func TestGeneratorsInUse(t *testing.T) {
	d := newCodesDesk(t)
	d.atCodes(func(c *codes) {
		c.addToken()
		c.keys(0, "p1111")
		for name, show := range map[string]func(work func(*codes)) error{
			"the command line": func(work func(*codes)) error {
				p := agenttest.NewPerson("")
				p.Do(answerCodes(t, work))
				client := d.agent.Local(p)
				defer client.Close()
				return client.ShowGenerators(t.Context())
			},
			"another agent": func(work func(*codes)) error {
				other := newDeskStopped(t)
				other.dir, other.vault = d.dir, d.vault
				other.start()
				other.person.Do(answerCodes(t, work))
				return other.agent.ShowGenerators(t.Context(), "")
			},
		} {
			err := show(func(second *codes) {
				second.problem(0, "in-use")
				if err := second.press(0); !errors.Is(err, agent.ErrGeneratorInUse) {
					t.Errorf("%s: power = %v", name, err)
				}
				if err := second.do(0, agent.GeneratorAction{Kind: agent.GeneratorRemove}); !errors.Is(err, agent.ErrGeneratorInUse) {
					t.Errorf("%s: Remove = %v", name, err)
				}
			})
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		c.keys(0, "c1111")
		c.shows(0, "FAIL2", "")
	})
}

// What was being added when the program ended is taken away, with its key.
func TestUnfinishedGenerator(t *testing.T) {
	r := newRing()
	d := newCodesDesk(t, r.on)
	left := filepath.Join(d.dir, "generators", "LEFT.new", "record")
	if err := os.MkdirAll(left, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.WriteFile(filepath.Join(left, "record"), []byte("x"), 0o600), r.Set(t.Context(), "generator-LEFT-device", text("key"))); err != nil {
		t.Fatal(err)
	}
	d.atCodes(func(c *codes) {
		if len(c.s.Devices) != 0 || len(d.stored()) != 0 || len(r.entries()) != 0 {
			t.Errorf("left: %v, %v, %v", c.s.Devices, d.stored(), r.entries())
		}
	})
}

// A device.json that cannot be read may be all that names keys in a token.
func TestUnfinishedGeneratorDamaged(t *testing.T) {
	r := newRing()
	d := newCodesDesk(t, r.on)
	left := filepath.Join(d.dir, "generators", "LEFT.new")
	if err := os.MkdirAll(left, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.WriteFile(filepath.Join(left, "device.json"), []byte("{"), 0o600), r.Set(t.Context(), "generator-LEFT-device", text("key"))); err != nil {
		t.Fatal(err)
	}
	d.atCodes(func(c *codes) {
		if len(c.s.Devices) != 0 || len(d.stored()) != 2 || len(r.entries()) != 1 {
			t.Errorf("left: %v, %v, %v, want the folder with its file, and the key", c.s.Devices, d.stored(), r.entries())
		}
	})
}

// A full disk, or a folder that cannot be written: nothing is half there.
func TestGeneratorNotStored(t *testing.T) {
	r := newRing()
	d := newCodesDesk(t, r.on)
	if err := os.WriteFile(filepath.Join(d.dir, "generators"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	d.atCodes(func(c *codes) {
		err := c.act(agent.GeneratorAction{Kind: agent.GeneratorAddFile, Path: pskc(t, otp.Transport{}, pskcKeys(serial)...)})
		if !errors.Is(err, agent.ErrGeneratorDamaged) || len(r.entries()) != 0 {
			t.Errorf("add = %v with keys %v", err, r.entries())
		}
	})
	if len(d.noted()) != 0 {
		t.Errorf("history = %v, want nothing", d.noted())
	}
}

// The keyring asks the person, who takes their time: pages go on, what is done with a
// device waits, and the window can be closed.
func TestGeneratorsHoldNobodyUp(t *testing.T) {
	r := newRing()
	d := newCodesDesk(t, r.on)
	var id string
	d.atCodes(func(c *codes) {
		c.addToken()
		id = c.view(0).ID
	})
	page := d.session()
	for _, answers := range []bool{true, false} {
		hold := make(chan struct{})
		r.mu.Lock()
		r.hold = hold
		r.mu.Unlock()
		d.person.Do(agenttest.Generators(func(s agent.GeneratorPanel, act func(agent.GeneratorAction) error, _ func(func(agent.GeneratorPanel) bool) agent.GeneratorPanel) {
			if len(s.Devices) != 0 {
				t.Errorf("devices %v before the keyring has answered", s.Devices)
			}
			if _, err := page.Sign(t.Context(), order("100 KZT"), nil); err != nil {
				t.Errorf("Sign() = %v while the keyring asks", err)
			}
			if !answers {
				return
			}
			done := make(chan error)
			go func() { done <- act(agent.GeneratorAction{Kind: agent.GeneratorPress, Device: id}) }() // ends once hold is closed
			select {
			case err := <-done:
				t.Errorf("power = %v before the keyring has answered", err)
			case <-time.After(50 * time.Millisecond):
				close(hold)
				if err := <-done; err != nil {
					t.Errorf("power = %v", err)
				}
			}
		}))
		if err := d.agent.ShowGenerators(t.Context(), ""); err != nil {
			t.Errorf("ShowGenerators() = %v", err)
		}
	}
}

// Asked for again, the window turns to the device and comes to the front.
func TestShowGeneratorsAgain(t *testing.T) {
	d := newCodesDesk(t)
	d.atCodes(func(c *codes) {
		c.addToken()
		for n := 1; n < 3; n++ {
			if err := d.agent.ShowGenerators(t.Context(), c.view(0).ID); err != nil {
				t.Errorf("ShowGenerators() = %v", err)
			}
			c.until(func(s agent.GeneratorPanel) bool { return s.Raise == n })
			if c.s.Chosen != c.view(0).ID {
				t.Errorf("chosen = %q, want %q", c.s.Chosen, c.view(0).ID)
			}
		}
	})
	if shown := agenttest.Asked[agent.GeneratorPanel](d.person); len(shown) != 1 {
		t.Errorf("%d windows", len(shown))
	}
	d.person.Do(agenttest.Fail(agent.ErrNoWindow))
	if err := d.agent.ShowGenerators(t.Context(), ""); !errors.Is(err, agent.ErrNoWindow) {
		t.Errorf("ShowGenerators() = %v, want ErrNoWindow", err)
	}
}

// What lies on the disk and in the history tells no key and no PIN.
func TestGeneratorsTellNoSecret(t *testing.T) {
	var log strings.Builder
	d := newCodesDesk(t, logTo(&log))
	d.atCodes(func(c *codes) {
		c.addToken()
		c.newPIN(0, "2580")
	})
	all := log.String() + strings.Join(d.noted(), "")
	for _, f := range d.stored() {
		content, _ := os.ReadFile(filepath.Join(d.dir, "generators", f))
		all += string(content)
	}
	if !strings.Contains(all, serial) {
		t.Error("nothing was read")
	}
	for _, secret := range []string{startPIN, "2580", string(seed(32)), base32Seed} {
		if strings.Contains(all, secret) {
			t.Errorf("%q is told", secret)
		}
	}
}
