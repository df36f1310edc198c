package otp

import (
	"bytes"
	"crypto"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// unlockKey is held beside the record, as by a token.
var unlockKey = HMAC(crypto.SHA256, make([]byte, 32))

// TestMain is also the process that is killed: it guesses PINs of a SpectraNet token or,
// where the token is locked, unlock codes, and says each verdict that it got.
func TestMain(m *testing.M) {
	dir, ok := os.LookupEnv("OTP_DIR")
	if !ok {
		os.Exit(m.Run())
	}
	var save, at int
	if _, err := fmt.Sscan(os.Getenv("OTP_KILL"), &save, &at); err != nil {
		panic(err)
	}
	must := func(err error) {
		if err != nil {
			panic(err)
		}
	}
	store, err := OpenFileStore(dir)
	must(err)
	store.disk = hooked{do: func(step string, op func() error) error {
		err := op()
		if step == saving[0] {
			save--
		}
		if save == 0 && step == saving[at] {
			self, err := os.FindProcess(os.Getpid())
			must(err)
			must(self.Kill())
			select {} // until the kill arrives
		}
		return err
	}}
	var d *Spectra
	// An unlock code is computed to be compared, and for nothing else.
	unlock := func(message []byte) ([]byte, error) {
		fmt.Println("judged", d.State().Locks)
		return unlockKey(message)
	}
	d, err = OpenSpectra(store, make([]byte, DeviceKeyLen), SpectraKeys{Unlock: unlock}, false)
	must(err)
	must(d.Press(SpectraPower))
	locked := d.State().Locked()
	for range 5 {
		must(d.Press(SpectraClear))
		if d.State().Screen == SpectraLockNumber { // after FAIL3
			must(d.Press(SpectraClear))
		}
		for range d.State().Want() {
			must(d.Digit('1'))
		}
		switch d.State().Screen {
		case SpectraFail:
			fmt.Println("judged", d.State().Locks)
		case SpectraUnlockFail:
		default:
			panic(fmt.Sprintf("at %+v", d.State()))
		}
		if d.State().Locked() != locked {
			return
		}
	}
}

// TestKilledTries kills 210 processes with SIGKILL at each step of each write of a count, on
// one token after the other. No token gives more than three verdicts about PINs (S35),
// and no lock number more than three about unlock codes (S58, S59); the count on the
// disk is never less than those that were given.
func TestKilledTries(t *testing.T) {
	t.Run("S35 PINs", func(t *testing.T) { killTries(t, 105, false) })
	t.Run("S58 S59 unlock codes", func(t *testing.T) { killTries(t, 105, true) })
}

// killTries kills so many guessing processes.
func killTries(t *testing.T, runs int, locked bool) {
	var dir string
	var s SpectraState       // on the disk
	var given map[uint64]int // verdicts, by the count of locks
	verdicts, tokens := 0, 0
	fresh := func() {
		dir, given = folder(t), map[uint64]int{}
		tokens++
		newTries(t, dir, locked)
		s = triesLeft(t, dir)
	}
	fresh()
	for run := range runs {
		saves := 3 // of which one is the last
		if !locked {
			saves = SpectraTries - s.Fails // there are no more
		}
		c := exec.Command(os.Args[0])
		// A process that is built with -race and ends by itself would sleep for a second.
		c.Env = append(os.Environ(), "GORACE=atexit_sleep_ms=0", "OTP_DIR="+dir, fmt.Sprintf("OTP_KILL=%d %d", saves-run/len(saving)%saves, run%len(saving)))
		var stderr bytes.Buffer
		c.Stderr = &stderr
		out, err := c.Output()
		if _, ended := errors.AsType[*exec.ExitError](err); !ended || stderr.Len() > 0 {
			t.Fatalf("run %d: child ended with %v, want it killed: %s", run, err, &stderr)
		}
		for line := range strings.Lines(string(out)) {
			var locks uint64
			if _, err := fmt.Sscanf(line, "judged %d", &locks); err != nil {
				t.Fatalf("child said %q", line)
			}
			given[locks]++
			verdicts++
		}
		s = triesLeft(t, dir)
		counted := s.Fails
		if locked {
			counted = s.UnlockFails
		}
		if given[s.Locks] > SpectraTries || counted < given[s.Locks] {
			t.Fatalf("run %d: %d verdicts were given for lock %d, %d tries are counted", run, given[s.Locks], s.Locks, counted)
		}
		for locks, n := range given {
			if locks > s.Locks || n > SpectraTries {
				t.Fatalf("run %d: %d verdicts were given for lock %d, the disk is at %d", run, n, locks, s.Locks)
			}
		}
		if locked != s.Locked() || s.Locks == 3 {
			fresh()
		}
	}
	t.Logf("%d killed processes had %d verdicts of %d tokens", runs, verdicts, tokens)
	if verdicts < runs/4 {
		t.Errorf("%d verdicts of %d processes: they do not guess", verdicts, runs)
	}
}

// newTries makes a token in dir, locked by three wrong PINs if it says so.
func newTries(t *testing.T, dir string, locked bool) {
	t.Helper()
	store := openFiles(t, dir)
	defer store.Close()
	key := make([]byte, 32)
	err := CreateSpectra(store, key, SpectraIssue{
		Serial: "AB12345", Hash: crypto.SHA1, Code: key, Lock: key, StartPIN: []byte("7391"), Cost: cheap,
	})
	if err != nil {
		t.Fatal(err)
	}
	if !locked {
		return
	}
	d, err := OpenSpectra(store, key, SpectraKeys{Unlock: unlockKey}, false)
	if err != nil {
		t.Fatal(err)
	}
	press(t, d, SpectraPower)
	for range SpectraTries {
		press(t, d, SpectraClear)
		typed(t, d, "1111")
	}
}

// triesLeft is what the disk has of a token whose process is dead.
func triesLeft(t *testing.T, dir string) SpectraState {
	t.Helper()
	store := openFiles(t, dir) // the lock ended with the process
	defer store.Close()
	d, err := OpenSpectra(store, make([]byte, DeviceKeyLen), SpectraKeys{Unlock: unlockKey}, false)
	if err != nil {
		t.Fatal(err)
	}
	return d.State()
}
