package agent

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"qoltanba/agent/otp"
)

// A generatorRing is the person's keyring as the code generators use it. A call into a
// keyring cannot be taken back: it may ask the person, and what it was to do is done
// when they answer, also when nobody waits any more. A key that is set so late must not
// take the place of a newer one. So a device whose call is late stays locked, for this
// program and every other, until the call has ended; whoever opens it here waits.
type generatorRing struct {
	vault Vault

	mu   sync.Mutex
	late map[string]chan struct{} // by the device's id: closed when its record was given back
}

func newGeneratorRing(v Vault) *generatorRing {
	return &generatorRing{vault: v, late: map[string]chan struct{}{}}
}

func (r *generatorRing) keys(id string) *generatorKeys { return &generatorKeys{ring: r, id: id} }

// wait waits until no call of the device is late, giving up when ctx ends.
func (r *generatorRing) wait(ctx context.Context, id string) error {
	r.mu.Lock()
	late := r.late[id]
	r.mu.Unlock()
	if late == nil {
		return nil
	}
	select {
	case <-late:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("%w: %w", ErrVault, ctx.Err())
	}
}

// generatorKeys is the keyring's part for one device. It belongs to whoever has the
// device's turn.
type generatorKeys struct {
	ring *generatorRing
	id   string
	late chan struct{} // of the call that nobody waited for: closed when it has ended; or nil
}

var _ otp.DeviceKeys = (*generatorKeys)(nil)

// spectraKey names the device key of a SpectraNet token; MobiPass has names of its own.
const spectraKey = "device"

func (k *generatorKeys) entry(name string) string { return "generator-" + k.id + "-" + name }

// do makes a call into the keyring once the one before has ended. When ctx ends first,
// the call goes on alone, and drop does away with what comes of it.
func (k *generatorKeys) do(ctx context.Context, call func(context.Context) error, drop func()) error {
	if k.late != nil {
		select {
		case <-k.late:
			k.late = nil
		case <-ctx.Done():
			return fmt.Errorf("%w: %w", ErrVault, ctx.Err())
		}
	}
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("%w: %w", ErrVault, err)
	}
	answer := make(chan error)
	ended := make(chan struct{})
	go func() { // ends with the keyring's answer
		defer close(ended)
		err := call(context.WithoutCancel(ctx))
		select {
		case answer <- err:
		case <-ctx.Done():
			drop()
		}
	}()
	select {
	case err := <-answer:
		return err
	case <-ctx.Done():
		k.late = ended
		return fmt.Errorf("%w: %w", ErrVault, ctx.Err())
	}
}

// giveBack calls f, which gives the device's record back, as soon as no call of the
// device is late.
func (k *generatorKeys) giveBack(f func()) {
	if k.late == nil {
		f()
		return
	}
	r, ended, back := k.ring, k.late, make(chan struct{})
	r.mu.Lock()
	r.late[k.id] = back
	r.mu.Unlock()
	go func() { // ends with the keyring's answer
		<-ended
		f()
		r.mu.Lock()
		delete(r.late, k.id)
		r.mu.Unlock()
		close(back)
	}()
}

// Get implements otp.DeviceKeys.
func (k *generatorKeys) Get(ctx context.Context, name string) ([]byte, error) {
	var key *Secret
	err := k.do(ctx, func(ctx context.Context) (err error) {
		key, err = k.ring.vault.Get(ctx, k.entry(name))
		return err
	}, func() { key.Wipe() })
	if errors.Is(err, ErrNoKey) {
		return nil, otp.ErrNoKey
	}
	if err != nil {
		return nil, err
	}
	return key.Bytes(), nil
}

// Set implements otp.DeviceKeys.
func (k *generatorKeys) Set(ctx context.Context, name string, key []byte) error {
	s := NewSecret(slices.Clone(key))
	return k.do(ctx, func(ctx context.Context) error {
		defer s.Wipe()
		return k.ring.vault.Set(ctx, k.entry(name), s)
	}, func() {})
}

// Delete implements otp.DeviceKeys.
func (k *generatorKeys) Delete(ctx context.Context, name string) error {
	return k.do(ctx, func(ctx context.Context) error { return k.ring.vault.Delete(ctx, k.entry(name)) }, func() {})
}
