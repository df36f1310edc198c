//go:build unix

package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"qoltanba/agent"
	"qoltanba/agent/audit"
)

// fullVariable tells a process that it is the one inOwnProcess started.
const fullVariable = "QOLTANBA_TEST_FULL"

// inOwnProcess tells whether t runs in a process of its own, and otherwise runs it in one.
// full needs it: its limit is on whatever the process writes, also on the log that "go test" has it keep.
func inOwnProcess(t *testing.T) bool {
	t.Helper()
	if os.Getenv(fullVariable) != "" {
		return true
	}
	c := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+t.Name()+"$")
	c.Env = append(os.Environ(), fullVariable+"=1")
	if out, err := c.CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, out)
	}
	return false
}

// full lets f run on a disk on which no file grows past limit bytes.
func full(t *testing.T, limit uint64, f func()) {
	t.Helper()
	var before unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_FSIZE, &before); err != nil {
		t.Fatal(err)
	}
	set := func(l unix.Rlimit) {
		if err := unix.Setrlimit(unix.RLIMIT_FSIZE, &l); err != nil {
			t.Fatal(err)
		}
	}
	set(unix.Rlimit{Cur: limit, Max: before.Max})
	defer set(before)
	f()
}

// A disk that was full once does not keep the agent from signing.
func TestHistoryAfterAFullDisk(t *testing.T) {
	if !inOwnProcess(t) {
		return
	}
	d := dirs{state: t.TempDir()}
	h, err := openHistory(d)
	if err != nil {
		t.Fatal(err)
	}
	var told []error
	h.report = func(err error) { told = append(told, err) }
	add := func(kind string) error {
		_, err := h.Append(audit.Record{Kind: kind})
		return err
	}
	if err := add("before"); err != nil {
		t.Fatal(err)
	}
	full(t, 300, func() {
		for range 3 {
			if add("full") == nil {
				t.Error("Append on a full disk = nil")
			}
		}
	})
	if len(told) != 1 || !errors.Is(told[0], agent.ErrHistory) {
		t.Errorf("told %v, want ErrHistory once", told)
	}
	for range 2 {
		if err := add("after"); err != nil {
			t.Fatalf("Append with room again = %v", err)
		}
	}
	if len(told) != 2 || told[1] != nil {
		t.Errorf("told %v, want nil at last", told)
	}
	if _, err := openHistory(d); !errors.Is(err, audit.ErrLocked) {
		t.Errorf("a second Open = %v, want ErrLocked", err)
	}
	if err := h.Close(); err != nil {
		t.Errorf("Close = %v", err)
	}
	f, err := os.Open(h.path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := audit.Verify(f); err != nil {
		t.Errorf("Verify = %v", err)
	}
	b, err := os.ReadFile(h.path)
	if err != nil || strings.Count(string(b), `"kind":"after"`) != 2 || strings.Contains(string(b), `"kind":"full"`) {
		t.Errorf("the history is %s, %v", b, err)
	}
}

// A signature that does not fit leaves no file that looks like one.
func TestSignatureOnAFullDisk(t *testing.T) {
	if !inOwnProcess(t) {
		return
	}
	path := filepath.Join(t.TempDir(), "doc.txt.p7s")
	full(t, 300, func() {
		if writeNew(path, make([]byte, 301)) == nil {
			t.Error("writeNew on a full disk = nil")
		}
	})
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the file is there: %v", err)
	}
	if err := writeNew(path, []byte("cms")); err != nil {
		t.Fatal(err)
	}
	if err := writeNew(path, []byte("another")); !errors.Is(err, os.ErrExist) {
		t.Errorf("writeNew over a file = %v, want ErrExist", err)
	}
	if b, err := os.ReadFile(path); err != nil || string(b) != "cms" {
		t.Errorf("the file has %q, %v", b, err)
	}
}
