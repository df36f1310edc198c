package agenttest

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"sync"
	"sync/atomic"

	"qoltanba/agent"
)

var _ agent.Tokens = (*Tokens)(nil)

// Tokens is agent.Tokens in memory: a row of ports into which tokens are
// inserted.
type Tokens struct {
	mu       sync.Mutex
	inserted []*Token
	count    atomic.Int64 // of inserted, for those who hold a token's lock
	watchers map[chan struct{}]bool
}

// NewTokens returns a Tokens with those tokens inserted.
func NewTokens(tokens ...*Token) *Tokens {
	s := &Tokens{watchers: make(map[chan struct{}]bool)}
	for _, t := range tokens {
		s.Insert(t)
	}
	return s
}

// Insert connects a token. It panics when one with the same identity is
// connected already.
func (s *Tokens) Insert(t *Token) {
	s.mu.Lock()
	if slices.ContainsFunc(s.inserted, func(o *Token) bool { return o.ID() == t.ID() }) {
		s.mu.Unlock()
		panic("agenttest: inserted twice: " + t.ID().Serial)
	}
	s.inserted = append(s.inserted, t)
	s.count.Store(int64(len(s.inserted)))
	s.mu.Unlock()
	t.plug(s.wake, func() int { return int(s.count.Load()) })
}

// Remove disconnects a token: its sessions are lost and stay so, also when it
// is inserted again. Removing what is not there does nothing.
func (s *Tokens) Remove(id agent.TokenID) {
	s.mu.Lock()
	i := slices.IndexFunc(s.inserted, func(t *Token) bool { return t.ID() == id })
	if i < 0 {
		s.mu.Unlock()
		return
	}
	t := s.inserted[i]
	s.inserted = slices.Delete(s.inserted, i, i+1)
	s.count.Store(int64(len(s.inserted)))
	s.mu.Unlock()
	t.unplug()
	s.wake()
}

// wake tells every watcher to look again.
func (s *Tokens) wake() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for w := range s.watchers {
		select {
		case w <- struct{}{}:
		default: // it has not looked since the last time: one look is enough
		}
	}
}

// List returns the tokens that are inserted.
func (s *Tokens) List(ctx context.Context) ([]agent.TokenInfo, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("listing tokens: %w", err)
	}
	s.mu.Lock()
	inserted := slices.Clone(s.inserted)
	s.mu.Unlock()
	infos := make([]agent.TokenInfo, len(inserted))
	for i, t := range inserted {
		infos[i] = t.Info()
	}
	return infos, nil
}

// Look is List.
func (s *Tokens) Look(ctx context.Context) ([]agent.TokenInfo, error) { return s.List(ctx) }

// Watch calls changed as agent.Tokens has it. Changes that follow each other
// quickly may come as one call.
func (s *Tokens) Watch(ctx context.Context, changed func([]agent.TokenInfo)) error {
	w := make(chan struct{}, 1)
	s.mu.Lock()
	s.watchers[w] = true
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		delete(s.watchers, w)
		s.mu.Unlock()
	}()
	var last []agent.TokenInfo
	for first := true; ; first = false {
		now, err := s.List(ctx)
		if err != nil {
			return err
		}
		if first || !reflect.DeepEqual(now, last) {
			changed(now)
			last = now
		}
		select {
		case <-w:
		case <-ctx.Done():
			return fmt.Errorf("watching tokens: %w", ctx.Err())
		}
	}
}

// Open opens a session with an inserted token.
func (s *Tokens) Open(ctx context.Context, id agent.TokenID) (agent.Token, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("opening token %q: %w", id.Serial, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, t := range s.inserted {
		if t.ID() == id {
			return t.open(), nil
		}
	}
	return nil, fmt.Errorf("opening token %q: %w", id.Serial, agent.ErrNoToken)
}
