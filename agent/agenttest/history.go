package agenttest

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"slices"
	"sync"

	"qoltanba/agent"
	"qoltanba/agent/audit"
)

var _ agent.History = (*History)(nil)

// History is a history in memory.
type History struct {
	mu      sync.Mutex
	failure error
	records []audit.Record
	appends int
	head    audit.Head
}

// NewHistory returns an empty history that works.
func NewHistory() *History { return &History{} }

// FailWith makes every Append fail with err and keep nothing, as a full disk
// does; nil ends that.
func (h *History) FailWith(err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.failure = err
}

// Append keeps the records. As in package audit each has a kind and data that
// JSON can hold, or nothing is kept.
func (h *History) Append(records ...audit.Record) (audit.Head, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.failure != nil {
		return audit.Head{}, fmt.Errorf("appending %d records: %w", len(records), h.failure)
	}
	if len(records) == 0 {
		return h.head, nil
	}
	head := h.head
	for i, r := range records {
		if r.Kind == "" {
			return audit.Head{}, fmt.Errorf("record %d: no kind", i)
		}
		data, err := json.Marshal(r.Data)
		if err != nil {
			return audit.Head{}, fmt.Errorf("record %d: %w", i, err)
		}
		chained := fmt.Appendf(head.Hash[:], "%s %s", r.Kind, data)
		head = audit.Head{N: head.N + 1, Hash: sha256.Sum256(chained)}
	}
	h.head = head
	h.records = append(h.records, records...)
	h.appends++
	return head, nil
}

// Records returns what was appended, in order.
func (h *History) Records() []audit.Record {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.records)
}

// Appends is the number of calls to Append that succeeded: how often a real
// history would have been synced.
func (h *History) Appends() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.appends
}
