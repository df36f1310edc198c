package pkcs11

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"qoltanba/agent"
)

// Join makes one agent.Tokens of several. A device that several of them see
// (through its vendor's module and through OpenSC, say) is there once, as the
// first of them describes it. One that fails does not hide the others.
func Join(modules ...agent.Tokens) agent.Tokens { return joined(modules) }

type joined []agent.Tokens

// List implements agent.Tokens. It returns an error only when every module
// failed.
func (j joined) List(ctx context.Context) ([]agent.TokenInfo, error) {
	lists := make([][]agent.TokenInfo, len(j))
	errs := make([]error, len(j))
	failed := 0
	for i, m := range j {
		if lists[i], errs[i] = m.List(ctx); errs[i] != nil {
			failed++
		}
	}
	if len(j) > 0 && failed == len(j) {
		return nil, errors.Join(errs...)
	}
	return once(lists), nil
}

// once puts lists together and keeps the first of those with the same identity.
func once(lists [][]agent.TokenInfo) []agent.TokenInfo {
	var all []agent.TokenInfo
	seen := make(map[agent.TokenID]bool)
	for _, list := range lists {
		for _, i := range list {
			if !seen[i.ID] {
				seen[i.ID] = true
				all = append(all, i)
			}
		}
	}
	return all
}

// Watch implements agent.Tokens. It calls changed as soon as the first module
// has answered, and does not wait for one that hangs. Without modules it tells
// once that there are no tokens.
func (j joined) Watch(ctx context.Context, changed func([]agent.TokenInfo)) error {
	if len(j) == 0 {
		changed(nil)
	}
	var mu sync.Mutex // makes the calls to changed follow each other
	lists := make([][]agent.TokenInfo, len(j))
	errs := make([]error, len(j))
	var all sync.WaitGroup
	for i, m := range j {
		all.Go(func() { // ends with ctx
			errs[i] = m.Watch(ctx, func(list []agent.TokenInfo) {
				mu.Lock()
				defer mu.Unlock()
				lists[i] = list
				changed(once(lists))
			})
		})
	}
	all.Wait()
	<-ctx.Done() // also without modules
	if err := errors.Join(errs...); err != nil {
		return err
	}
	return fmt.Errorf("watching tokens: %w", ctx.Err())
}

// Open implements agent.Tokens: the first module that sees the token opens it.
func (j joined) Open(ctx context.Context, id agent.TokenID) (agent.Token, error) {
	var errs []error
	for _, m := range j {
		t, err := m.Open(ctx, id)
		if err == nil || !errors.Is(err, agent.ErrNoToken) && !errors.Is(err, agent.ErrModule) {
			return t, err
		}
		errs = append(errs, err)
	}
	if len(errs) == 0 {
		return nil, fmt.Errorf("opening token %q: %w", id.Serial, agent.ErrNoToken)
	}
	return nil, errors.Join(errs...)
}
