package agent

import (
	"context"
	"errors"
	"slices"
	"sync"
)

// JoinTokens returns the tokens of several sources as one, in that order. Each token
// belongs to one source.
func JoinTokens(sources ...Tokens) Tokens {
	settled := make(chan struct{})
	return &joined{sources: sources, lists: make([][]TokenInfo, len(sources)), looked: make([]bool, len(sources)),
		settled: settled, settle: sync.OnceFunc(func() { close(settled) })}
}

type joined struct {
	sources []Tokens
	settled chan struct{}
	settle  func() // closes settled, once

	telling sync.Mutex // makes the calls of Watch's changed follow each other; taken before mu

	mu     sync.Mutex
	lists  [][]TokenInfo // as each source told them last
	looked []bool        // which have told since the start of Watch
	told   bool          // whether Watch has told of anything
}

// List implements Tokens. It returns an error only when every source failed.
func (j *joined) List(ctx context.Context) ([]TokenInfo, error) {
	lists := make([][]TokenInfo, len(j.sources))
	errs := make([]error, len(j.sources))
	var group sync.WaitGroup
	for i, s := range j.sources {
		group.Go(func() { lists[i], errs[i] = s.List(ctx) }) // waited for below
	}
	group.Wait()
	if !slices.Contains(errs, nil) {
		return nil, errors.Join(errs...)
	}
	return slices.Concat(lists...), nil
}

// Watch implements Tokens. It is called by one at a time. A token is reported as soon as
// its source reports it; that there is none is reported once every source has looked. A
// source that hangs does not hide the tokens of another. A source that fails has no tokens
// from then on; Watch returns when all have ended.
func (j *joined) Watch(ctx context.Context, changed func([]TokenInfo)) error {
	errs := make([]error, len(j.sources))
	var group sync.WaitGroup
	group.Go(func() { // ends with ctx, or when all have settled
		for _, s := range j.sources {
			if s, ok := s.(settler); ok {
				select {
				case <-s.Settled():
				case <-ctx.Done():
					return
				}
			}
		}
		j.settle()
	})
	for i, s := range j.sources {
		group.Go(func() { // ends with ctx, or when the source fails
			errs[i] = s.Watch(ctx, func(now []TokenInfo) { j.tell(i, now, changed) })
			if ctx.Err() == nil {
				j.tell(i, nil, changed)
			}
		})
	}
	group.Wait()
	j.mu.Lock()
	clear(j.looked)
	clear(j.lists)
	j.told = false
	j.mu.Unlock()
	return errors.Join(errs...)
}

// settler is Tokens that know when they have looked everywhere. Before, they tell of what they
// have found so far.
type settler interface {
	// Settled is closed when Watch has told of all that was there at its start.
	Settled() <-chan struct{}
}

// Settled implements settler: it is closed when every source that is one has settled.
func (j *joined) Settled() <-chan struct{} { return j.settled }

// tell takes in what a source tells.
func (j *joined) tell(i int, now []TokenInfo, changed func([]TokenInfo)) {
	j.telling.Lock()
	defer j.telling.Unlock()
	j.mu.Lock()
	j.lists[i], j.looked[i] = now, true
	all := slices.Concat(j.lists...)
	j.told = j.told || len(all) > 0 || !slices.Contains(j.looked, false)
	told := j.told
	j.mu.Unlock()
	if told {
		changed(all)
	}
}

// Open implements Tokens. The source that told of the token is asked first: another
// may be slow to say that it does not have it.
func (j *joined) Open(ctx context.Context, id TokenID) (Token, error) {
	j.mu.Lock()
	var order []Tokens
	for i, s := range j.sources {
		if connected(j.lists[i], id) {
			order = append(order, s)
		}
	}
	for i, s := range j.sources {
		if !connected(j.lists[i], id) {
			order = append(order, s)
		}
	}
	j.mu.Unlock()
	failure := ErrNoToken
	for _, s := range order {
		t, err := s.Open(ctx, id)
		if err == nil {
			return t, nil
		}
		if errors.Is(failure, ErrNoToken) {
			failure = err // not to have it says less than any other reason
		}
	}
	return nil, failure
}
