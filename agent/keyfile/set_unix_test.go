//go:build unix

package keyfile_test

import (
	"path/filepath"
	"syscall"
	"testing"
)

// Reading a pipe would wait for ever.
func TestPipeIsLeftAlone(t *testing.T) {
	dir := drive(t, map[string][]byte{"Key.pfx": usual(t, p256(), modern...)})
	if err := syscall.Mkfifo(filepath.Join(dir, "pipe.p12"), 0o600); err != nil {
		t.Fatal(err)
	}
	s := set(dir)
	if got := labels(t, s); len(got) != 1 {
		t.Errorf("List() = %q, want Key.pfx alone", got)
	}
}
