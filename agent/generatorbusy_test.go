package agent_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"qoltanba/agent/otp"
)

// Another program stores a device, and its keyring asks for a password: who adds one to a
// token waits for it, and nobody waits for him.
func TestGeneratorInTokenWaitsAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newCodesDesk(t)
		id := d.token.ID()
		d.atCodes(func(c *codes) {
			if err := c.unlock(id, "1234"); err != nil {
				t.Fatal(err)
			}
			lock, err := otp.Lock(filepath.Join(d.dir, "generators.lock"))
			if err != nil {
				t.Fatal(err)
			}
			added, unlocked := make(chan error, 1), make(chan error, 1)
			go func() { added <- c.addHeld(id, serial) }()
			synctest.Wait()
			go func() { unlocked <- c.unlock(id, "1234") }()
			select {
			case err := <-unlocked:
				if err != nil {
					t.Errorf("unlock while another program stores = %v", err)
				}
			case <-added:
				t.Error("a device is added while another program stores")
			case <-time.After(time.Minute):
				t.Error("a password waits for another program")
			}
			if err := errors.Join(lock.Close(), <-added); err != nil {
				t.Errorf("add = %v", err)
			}
		})
	})
}

// Any program of the person can write device.json: a terminal would obey what is in it.
func TestGeneratorTokenNameIsText(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newCodesDesk(t)
		d.atCodes(func(c *codes) { c.mustHold(d.token.ID(), serial) })
		files, err := filepath.Glob(filepath.Join(d.dir, "generators", "*", "device.json"))
		if err != nil || len(files) != 1 {
			t.Fatalf("files %q, %v", files, err)
		}
		var meta map[string]any
		data, err := os.ReadFile(files[0])
		if err = errors.Join(err, json.Unmarshal(data, &meta)); err != nil {
			t.Fatal(err)
		}
		meta["tokenName"] = "A1\x1b]0;owned\a\nyes"
		if data, err = json.Marshal(meta); err == nil {
			err = os.WriteFile(files[0], data, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
		d.atCodes(func(c *codes) {
			if name := c.view(0).TokenName; strings.ContainsAny(name, "\x1b\a\n") || !strings.HasPrefix(name, "A1") {
				t.Errorf("name of the token = %q", name)
			}
		})
	})
}
