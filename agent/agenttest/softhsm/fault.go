package softhsm

import (
	"embed"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"qoltanba/agent/agenttest/need"
)

// Fault is a PKCS #11 module between the caller and SoftHSM2 that behaves like
// USB tokens on a bad day. Its orders are files, described in
// testdata/fault/fault.c, that a running process obeys at its next call, so a
// module in another process is commanded as well. C functions are named like
// "C_Login".
type Fault struct {
	Module string // path of the library

	dir string // of the library and its orders
}

// Fault puts the module before the Store, whose Module it is from then on. Its
// slots are those of removable devices and the spare one is hidden. Without a
// C compiler it skips the test, or fails it when REQUIRE_ALL=1.
func (s *Store) Fault(t testing.TB) *Fault {
	t.Helper()
	need.Program(t, "gcc")
	library, err := build()
	if err != nil {
		t.Fatal(err)
	}
	// Beside softhsm2.conf, which the module hands to SoftHSM. Every store has
	// a copy, as a process loads one file once.
	f := &Fault{dir: filepath.Dir(s.Config)}
	f.Module = filepath.Join(f.dir, "fault.so")
	if err := os.WriteFile(f.Module, library, 0o700); err != nil {
		t.Fatal(err)
	}
	f.order(t, "target", s.library)
	s.Module = f.Module
	return f
}

//go:embed testdata/fault
var source embed.FS

// build compiles the module once for all tests.
var build = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "fault")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	if err := os.CopyFS(dir, source); err != nil {
		return nil, err
	}
	headers, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/miekg/pkcs11").Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w", err)
	}
	files, err := filepath.Glob(filepath.Join(dir, "testdata/fault/*.c"))
	if err != nil {
		return nil, err
	}
	so := filepath.Join(dir, "fault.so")
	args := append([]string{"-std=gnu11", "-O1", "-g", "-Wall", "-Wextra", "-Werror",
		"-shared", "-fPIC", "-fvisibility=hidden", "-pthread",
		"-isystem", strings.TrimSpace(string(headers)), "-o", so}, files...)
	if out, err := exec.Command("gcc", append(args, "-ldl")...).CombinedOutput(); err != nil {
		return nil, fmt.Errorf("gcc: %w\n%s", err, out)
	}
	return os.ReadFile(so)
})

// Hide pulls the token with that serial number out. Its sessions are dead from
// then on, also after Show.
func (f *Fault) Hide(t testing.TB, serial string) { t.Helper(); f.plug(t, "-"+serial) }

// Show puts it in again.
func (f *Fault) Show(t testing.TB, serial string) { t.Helper(); f.plug(t, "+"+serial) }

func (f *Fault) plug(t testing.TB, line string) {
	t.Helper()
	p, err := os.OpenFile(filepath.Join(f.dir, "plug"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err == nil {
		_, err = p.WriteString(line + "\n")
		p.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
}

// Hang makes calls of the function hang until release is called, or the test
// ends. hanging waits until one does.
func (f *Fault) Hang(t testing.TB, function string) (hanging, release func()) {
	t.Helper()
	f.order(t, "hang-"+function, "")
	hanging = func() {
		t.Helper()
		tick := time.NewTicker(2 * time.Millisecond) // the other side is a C library, maybe in another process
		defer tick.Stop()
		for end := time.Now().Add(time.Minute); time.Now().Before(end); <-tick.C {
			if _, err := os.Stat(filepath.Join(f.dir, "hanging-"+function)); err == nil {
				return
			}
		}
		t.Fatalf("no call of %s hangs", function)
	}
	release = func() { t.Helper(); f.revoke(t, "hang-"+function) }
	t.Cleanup(release) // before whatever was opened earlier is closed
	return hanging, release
}

// Crash makes the next call of the function end the process with SIGSEGV.
func (f *Fault) Crash(t testing.TB, function string) { t.Helper(); f.order(t, "crash-"+function, "") }

// Late makes calls of the function take so much longer; 0 ends that.
func (f *Fault) Late(t testing.TB, function string, d time.Duration) {
	t.Helper()
	f.order(t, "late-"+function, strconv.FormatInt(d.Milliseconds(), 10))
}

// Fail makes calls of the function answer that code; CKR_OK ends that.
func (f *Fault) Fail(t testing.TB, function string, code uint) {
	t.Helper()
	f.order(t, "fail-"+function, strconv.FormatUint(uint64(code), 16))
}

// Unplug pulls the token out at the next call of the function: before anything
// of it reached the token, or when the token did it and had not answered yet.
func (f *Fault) Unplug(t testing.TB, function string, before bool) {
	t.Helper()
	if before {
		f.order(t, "unplug-before-"+function, "")
	} else {
		f.order(t, "unplug-during-"+function, "")
	}
}

// Tries makes so many wrong PINs lock the user, and as many the administrator.
func (f *Fault) Tries(t testing.TB, n int) { t.Helper(); f.order(t, "tries", strconv.Itoa(n)) }

// ToBeChanged makes the token demand that the person changes a PIN that the
// administrator has set.
func (f *Fault) ToBeChanged(t testing.TB) { t.Helper(); f.order(t, "to-be-changed", "") }

// Blank makes the token with that serial number one that was never initialized
// and has SOPIN as the administrator's PIN, until it is initialized.
func (f *Fault) Blank(t testing.TB, serial string) { t.Helper(); f.order(t, "blank-"+serial, "") }

// Spare shows SoftHSM's spare slot as a new device. It has no serial number
// before it is initialized and takes any administrator's PIN.
func (f *Fault) Spare(t testing.TB) { t.Helper(); f.order(t, "spare", "") }

// GOST512 makes the token's GOST keys ones of 512 bits, under the names that TC 26 gave
// them. The token must have GOST (NewGOST) and keys of that size only.
func (f *Fault) GOST512(t testing.TB) { t.Helper(); f.order(t, "gost512", "") }

// Reversed makes signatures come with the last byte first.
func (f *Fault) Reversed(t testing.TB) { t.Helper(); f.order(t, "reversed", "") }

// Spoilt makes every signature wrong, or ends that.
func (f *Fault) Spoilt(t testing.TB, spoilt bool) {
	t.Helper()
	if spoilt {
		f.order(t, "spoilt", "")
	} else {
		f.revoke(t, "spoilt")
	}
}

// Pad is what the person types at a PIN pad when asked for the user's PIN, the
// administrator's, and a new one. For "" they press Cancel.
type Pad struct{ User, SO, New string }

// PINPad gives the tokens a PIN pad. They then refuse a PIN from the caller.
func (f *Fault) PINPad(t testing.TB, typed Pad) {
	t.Helper()
	for name, pin := range map[string]string{"pinpad-user": typed.User, "pinpad-so": typed.SO, "pinpad-new": typed.New} {
		if pin == "" {
			f.revoke(t, name)
		} else {
			f.order(t, name, pin)
		}
	}
	f.order(t, "pinpad", "")
}

// order writes an order as a whole, as the module may look at any time.
func (f *Fault) order(t testing.TB, name, content string) {
	t.Helper()
	next := filepath.Join(f.dir, "next-order")
	if err := os.WriteFile(next, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(next, filepath.Join(f.dir, name)); err != nil {
		t.Fatal(err)
	}
}

func (f *Fault) revoke(t testing.TB, name string) {
	t.Helper()
	if err := os.Remove(filepath.Join(f.dir, name)); err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
}
