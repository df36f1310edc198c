package store_test

import (
	"bytes"
	"errors"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"qoltanba/cmd/refbank/store"
)

func TestTakeMessage(t *testing.T) {
	path := filepath.Join(t.TempDir(), "bank.db")
	s, err := store.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	one, other := []byte("one"), bytes.Repeat([]byte("other"), 1000)
	for _, id := range [][]byte{one, other} {
		if err := s.TakeMessage(t.Context(), id, now.Add(time.Hour), now); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil { // the bank is started anew
		t.Fatal(err)
	}
	if s, err = store.Open(path); err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for _, id := range [][]byte{one, other} {
		if err := s.TakeMessage(t.Context(), id, now.Add(time.Hour), now.Add(time.Hour)); !errors.Is(err, store.ErrTaken) {
			t.Errorf("TakeMessage(%.5s) again = %v, want ErrTaken", id, err)
		}
	}
	later := now.Add(time.Hour + time.Second)
	if err := s.TakeMessage(t.Context(), one, later.Add(time.Hour), later); err != nil {
		t.Errorf("TakeMessage after its end = %v", err)
	}
}

// Of the same message many times at once one is taken.
func TestTakeMessageAtOnce(t *testing.T) {
	s, err := store.Open(filepath.Join(t.TempDir(), "bank.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	var taken atomic.Int32
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			switch err := s.TakeMessage(t.Context(), []byte("id"), time.Now().Add(time.Hour), time.Now()); {
			case err == nil:
				taken.Add(1)
			case !errors.Is(err, store.ErrTaken):
				t.Errorf("TakeMessage = %v", err)
			}
		})
	}
	all.Wait()
	if n := taken.Load(); n != 1 {
		t.Errorf("%d were taken, want one", n)
	}
}
