package agent_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"qoltanba/agent"
)

// forgotten leaves the keys of a generator on the desk's token, which is back then and
// locked.
func (d *desk) forgotten() {
	d.t.Helper()
	d.atCodes(func(c *codes) {
		c.mustHold(d.token.ID(), serial)
		d.remove(d.token)
		c.ails("no-token")
		if err := c.do(0, agent.GeneratorAction{Kind: agent.GeneratorRemove, Forget: true}); err != nil {
			d.t.Fatal(err)
		}
	})
	d.insert(d.token)
	if keys := d.token.MACKeys(); len(keys) != 4 || d.token.Unlocked() {
		d.t.Fatalf("keys on the token: %q, unlocked %v, want 4 and locked", keys, d.token.Unlocked())
	}
}

// The history has it before left-over keys are destroyed, and what came of it. Without a
// record nothing is destroyed, and it is tried again at the next unlocking.
func TestSweepIsInHistory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newCodesDesk(t)
		d.forgotten()
		before := d.noted()
		d.atCodes(func(c *codes) {
			d.history.FailWith(errors.New("disk full"))
			if err := c.unlock(d.token.ID(), "1234"); err != nil {
				t.Fatalf("unlock = %v", err)
			}
			if keys := d.token.MACKeys(); len(keys) != 4 || len(d.stored()) == 0 {
				t.Errorf("without a record: %q on the token, %q on the disk, want 4 keys and whose they are", keys, d.stored())
			}
			d.history.FailWith(nil)
			if err := c.unlock(d.token.ID(), "1234"); err != nil {
				t.Fatalf("unlock again = %v", err)
			}
		})
		if keys := d.token.MACKeys(); len(keys) != 0 || len(d.stored()) != 0 {
			t.Errorf("left: %q on the token, %q on the disk", keys, d.stored())
		}
		sweep := `,"bank":"Refbank","serial":"` + serial + `","token":"A1","result":`
		want := append(before, note("sweep", "spectranet", sweep+`"begun"`), note("sweep", "spectranet", sweep+`"done"`))
		if got := d.noted(); !slices.Equal(got, want) {
			t.Errorf("history = %q, want %q", got, want)
		}
	})
}

// Whatever a token is unlocked for, its left-over keys go: nobody may look at the code
// generators again. A wrong password destroys nothing.
func TestSweepAtAnyUnlocking(t *testing.T) {
	for name, unlock := range map[string]func(*desk) error{
		"login at a page": func(d *desk) error {
			_, err := d.page().OpenSession(d.t.Context(), "")
			return err
		},
		"token panel": func(d *desk) (err error) {
			d.atBench(func(b *bench) {
				_, wrong := errors.AsType[*agent.PINError](b.act(agent.TokenEnterPIN, "9999", ""))
				if keys := d.token.MACKeys(); !wrong || len(keys) != 4 {
					d.t.Errorf("wrong password = %v, keys on the token: %q, want 4", wrong, keys)
				}
				err = b.act(agent.TokenEnterPIN, "1234", "")
			})
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			d := newCodesDesk(t)
			d.forgotten()
			if err := unlock(d); err != nil {
				t.Fatal(err)
			}
			if keys := d.token.MACKeys(); len(keys) != 0 || len(d.stored()) != 0 {
				t.Errorf("left: %q on the token, %q on the disk", keys, d.stored())
			}
		})
	}
}

// A device whose folder somebody has put on another disk, which is not there now, has not
// left its keys.
func TestSweepSparesTheKeysOfAFolderElsewhere(t *testing.T) {
	d := newCodesDesk(t)
	d.forgotten()
	for _, name := range d.stored() {
		name, unready := strings.CutSuffix(name, ".new")
		if !unready {
			continue
		}
		device := filepath.Join(d.dir, "generators", name)
		if err := os.Symlink(filepath.Join(t.TempDir(), "not mounted"), device); err != nil {
			t.Fatal(err)
		}
	}
	d.session()
	if keys := d.token.MACKeys(); len(keys) != 4 {
		t.Errorf("keys on the token: %q, want 4", keys)
	}
}

// Who has no code generators gets no file of theirs when a token is unlocked.
func TestUnlockingWithoutGenerators(t *testing.T) {
	d := newDesk(t)
	d.session()
	if _, err := os.Stat(filepath.Join(d.dir, "generators.lock")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("generators.lock after a login: %v, want none", err)
	}
}
