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

	telling sync.Mutex // held while report runs; taken before mu
	told    bool       // failed, as report knows it
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
	head, err := h.append(records)
	h.tell()
	return head, err
}

func (h *history) append(records []audit.Record) (head audit.Head, err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	head, err = h.log.Append(records...)
	if errors.Is(err, audit.ErrFailed) {
		head, err = h.again(records)
	}
	h.failed = err != nil
	return head, err
}

// tell reports a failure, or that it is over, unless that was reported.
func (h *history) tell() {
	h.telling.Lock()
	defer h.telling.Unlock()
	h.mu.Lock()
	failed := h.failed
	h.mu.Unlock()
	if failed == h.told {
		return
	}
	h.told = failed
	if failed {
		h.report(agent.ErrHistory)
	} else {
		h.report(nil)
	}
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
