package store

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
	"time"
)

// However many ask at once while somebody writes, few connections are open, and all get
// their turn.
func TestManyAtOnce(t *testing.T) {
	s, err := Open(filepath.Join(t.TempDir(), "bank.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	const many = 10 * maxConns
	var all sync.WaitGroup
	err = s.change(t.Context(), func(*sql.Tx) error {
		for n := range many {
			all.Go(func() {
				name := fmt.Sprint("browser ", n)
				if err := s.AddNonce(t.Context(), name, name, time.Now(), time.Hour); err != nil {
					t.Error(err)
				}
			})
		}
		for { // until each has a connection or waits for one
			stats := s.db.Stats()
			if int64(stats.InUse)+stats.WaitCount > many {
				if stats.OpenConnections > maxConns {
					t.Errorf("%d connections are open, want at most %d", stats.OpenConnections, maxConns)
				}
				return nil
			}
			runtime.Gosched()
		}
	})
	if err != nil {
		t.Error(err)
	}
	all.Wait()
}
