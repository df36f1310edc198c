package otp

import (
	"bytes"
	"context"
	"io/fs"
	"sync"
)

// Store holds the record of one device. When Save returns nil the record is on the
// disk, also if the power goes the next moment; if it returns an error the old
// record or the new one is there. Load returns fs.ErrNotExist when there is none.
// Removing what is not there is no error.
type Store interface {
	Load() ([]byte, error)
	Save(record []byte) error
	Remove() error
}

// DeviceKeys is the keyring's part for one device: it keeps two named keys at most.
// Get returns ErrNoKey when there is no such key; deleting what is not there is no
// error. The caller of Get wipes what it returns.
type DeviceKeys interface {
	Get(ctx context.Context, name string) ([]byte, error)
	Set(ctx context.Context, name string, key []byte) error
	Delete(ctx context.Context, name string) error
}

// MemStore is a Store in memory, for a bank's tests and for ours. Its zero value is
// empty and ready for use.
type MemStore struct {
	mu     sync.Mutex
	record []byte
}

var _ Store = (*MemStore)(nil)

// Load returns a copy of the record.
func (m *MemStore) Load() ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.record == nil {
		return nil, fs.ErrNotExist
	}
	return bytes.Clone(m.record), nil
}

// Save keeps a copy of record.
func (m *MemStore) Save(record []byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.record = bytes.Clone(record)
	return nil
}

// Remove forgets the record.
func (m *MemStore) Remove() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.record = nil
	return nil
}
