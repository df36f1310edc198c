package server_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"qoltanba/cmd/refbank/server"
)

// A stuck writer takes nothing until it is let go.
type stuck struct {
	*httptest.ResponseRecorder
	begun, let chan struct{}
	once       sync.Once
}

func (s *stuck) Write(p []byte) (int, error) {
	s.once.Do(func() { close(s.begun) })
	<-s.let
	return s.ResponseRecorder.Write(p)
}

// TestInstallerHoldsNoFiles has many readers who take nothing, of whom one connection of
// HTTP/2 can have hundreds: they hold no file each, so the bank does not run out of them.
func TestInstallerHoldsNoFiles(t *testing.T) {
	b := newBank(t)
	file := filepath.Join(t.TempDir(), "q.deb")
	if err := os.WriteFile(file, make([]byte, 1<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	c := b.Config
	c.Installer = file
	s, err := server.New(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	let := make(chan struct{})
	var readers sync.WaitGroup
	answers := make([]*stuck, 50)
	for i := range answers {
		answers[i] = &stuck{ResponseRecorder: httptest.NewRecorder(), begun: make(chan struct{}), let: let}
		readers.Go(func() { s.ServeHTTP(answers[i], httptest.NewRequest("GET", origin+"/installer/q.deb", nil)) })
	}
	for _, a := range answers {
		<-a.begun
	}
	held := 0
	open, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range open {
		if name, err := os.Readlink("/proc/self/fd/" + f.Name()); err == nil && name == file {
			held++
		}
	}
	close(let)
	readers.Wait()
	if held > 1 {
		t.Errorf("K125 50 readers hold %d files, want one at most", held)
	}
	for i, a := range answers {
		if a.Code != http.StatusOK || a.Body.Len() != 1<<20 {
			t.Errorf("K125 reader %d got %d and %d bytes", i, a.Code, a.Body.Len())
		}
	}
}
