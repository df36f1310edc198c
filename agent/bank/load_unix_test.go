//go:build unix

package bank_test

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"qoltanba/agent/bank"
)

// What is no file keeps the agent from starting no more than a bad file does: it would be
// waited for.
func TestLoadOfAPipe(t *testing.T) {
	dir := t.TempDir()
	pipe := filepath.Join(dir, "a.json")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "b.json"), []byte(good), 0o600); err != nil {
		t.Fatal(err)
	}
	type loaded struct {
		all []*bank.Descriptor
		err error
	}
	done := make(chan loaded, 1)
	go func() { // ends with Load, for which the pipe is opened below where it waits
		all, err := bank.Load(dir, true)
		done <- loaded{all, err}
	}()
	select {
	case l := <-done:
		if len(l.all) != 1 || l.err == nil {
			t.Errorf("Load = %d descriptors, %v, want the other one and an error", len(l.all), l.err)
		}
	case <-time.After(5 * time.Second):
		t.Error("Load waits for a pipe")
		if w, err := os.OpenFile(pipe, os.O_WRONLY, 0); err == nil {
			w.Close()
		}
		<-done
	}
}
