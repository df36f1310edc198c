package agenttest

import (
	"context"
	"fmt"
	"sync"

	"qoltanba/agent"
)

var _ agent.Vault = (*Vault)(nil)

// Vault is a keyring in memory.
type Vault struct {
	mu     sync.Mutex
	absent bool
	values map[string]*agent.Secret
}

// NewVault returns an empty keyring that works.
func NewVault() *Vault { return &Vault{values: make(map[string]*agent.Secret)} }

// SetAbsent makes the keyring behave as if none ran: every call returns
// ErrVault. What it holds is there again afterwards.
func (v *Vault) SetAbsent(absent bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.absent = absent
}

// Get returns a copy of the entry.
func (v *Vault) Get(ctx context.Context, name string) (*agent.Secret, error) {
	var value *agent.Secret
	err := v.do(ctx, name, func() error {
		s, ok := v.values[name]
		if !ok {
			return agent.ErrNoKey
		}
		value = s.Clone()
		return nil
	})
	return value, err
}

// Set keeps a copy of value.
func (v *Vault) Set(ctx context.Context, name string, value *agent.Secret) error {
	return v.do(ctx, name, func() error {
		v.values[name] = value.Clone()
		return nil
	})
}

// Delete removes the entry, if there is one.
func (v *Vault) Delete(ctx context.Context, name string) error {
	return v.do(ctx, name, func() error {
		delete(v.values, name)
		return nil
	})
}

func (v *Vault) do(ctx context.Context, name string, f func() error) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	err := ctx.Err()
	if err == nil && v.absent {
		err = agent.ErrVault
	}
	if err == nil {
		err = f()
	}
	if err != nil {
		return fmt.Errorf("keyring entry %q: %w", name, err)
	}
	return nil
}
