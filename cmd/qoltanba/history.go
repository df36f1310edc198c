package main

import (
	"errors"
	"os"
	"path/filepath"
	"sync"

	"qoltanba/agent"
	"qoltanba/agent/audit"
)

var _ agent.History = (*history)(nil)

// history is the agent's history. After a failure, such as a full disk, the
// next record opens the file again, so that signing goes on as soon as there
// is room.
type history struct {
	path   string
	report func(error) // told agent.ErrHistory at a failure, nil when records are written again

	mu     sync.Mutex
	log    *audit.Log
	failed bool
}

// openHistory opens the history of a home, and with it takes the home: it
// returns audit.ErrLocked while another process has it.
func openHistory(d dirs) (*history, error) {
	h := &history{path: filepath.Join(d.state, "history.jsonl"), report: func(error) {}}
	var err error
	if h.log, err = audit.Open(h.path); err != nil {
		return nil, err
	}
	return h, nil
}

// Append implements agent.History.
func (h *history) Append(records ...audit.Record) (audit.Head, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	head, err := h.log.Append(records...)
	if errors.Is(err, audit.ErrFailed) {
		head, err = h.again(records)
	}
	if failed := err != nil; failed != h.failed {
		h.failed = failed
		if failed {
			h.report(agent.ErrHistory)
		} else {
			h.report(nil)
		}
	}
	return head, err
}

// again opens the file anew. Where that fails the log stays the closed one,
// which answers ErrFailed once more.
func (h *history) again(records []audit.Record) (audit.Head, error) {
	h.log.Close() // it gives up file and lock, whatever it returns
	log, err := audit.Open(h.path)
	if err != nil {
		return audit.Head{}, err
	}
	h.log = log
	return log.Append(records...)
}

// Close gives up the home. Nothing is appended afterwards.
func (h *history) Close() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if err := h.log.Close(); !errors.Is(err, os.ErrClosed) {
		return err
	}
	return nil
}
