package agent

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
)

func TestReadRegular(t *testing.T) {
	dir := t.TempDir()
	const limit = 8
	for _, c := range []struct{ size, want int }{{0, 0}, {1, 1}, {limit, limit}, {limit + 1, limit + 1}, {limit + 9, limit + 1}} {
		content := bytes.Repeat([]byte("k"), c.size)
		path := filepath.Join(dir, "file")
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := readRegular(path, limit)
		if err != nil || !bytes.Equal(got, content[:c.want]) {
			t.Errorf("readRegular of %d bytes = %q, %v, want %d bytes", c.size, got, err, c.want)
		}
	}
	for _, path := range []string{dir, filepath.Join(dir, "gone"), "/dev/zero"} {
		if got, err := readRegular(path, limit); err == nil {
			t.Errorf("readRegular(%s) = %q, nil", path, got)
		}
	}
	// It has no size, and content.
	if _, err := readRegular("/proc/self/status", limit); !errors.Is(err, errChanged) {
		t.Errorf("readRegular of a file that grew = %v, want errChanged", err)
	}
}

func TestAside(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	hangs, discarded := make(chan struct{}), make(chan string)
	done := make(chan error)
	go func() {
		_, err := aside(ctx, func() (string, error) { <-hangs; return "late", nil }, func(s string) { discarded <- s })
		done <- err
	}()
	stop()
	if err := <-done; !errors.Is(err, ErrCanceled) {
		t.Errorf("aside = %v, want ErrCanceled", err)
	}
	close(hangs)
	if got := <-discarded; got != "late" {
		t.Errorf("discarded %q, want what came late", got)
	}
}
