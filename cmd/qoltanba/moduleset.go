package main

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"sync/atomic"

	"qoltanba/agent"
	"qoltanba/pkcs11"
)

var (
	_ agent.Tokens  = (*moduleSet)(nil)
	_ agent.Drivers = (*moduleSet)(nil)
)

// moduleSessions is how many signatures a token makes at the same time.
const moduleSessions = 2

// moduleSet is the modules that this process has loaded. They are looked for
// when it is watched, not before, and again at Rescan. One that is not found any
// more stays loaded until Close, and has no tokens.
type moduleSet struct {
	body    *body
	looking chan struct{} // holds one while modules are looked for
	again   chan struct{} // tells Watch that there are others

	mu       sync.Mutex
	drivers  []agent.Driver
	loaded   map[string]*pkcs11.Module // by path
	watchers map[*func()]struct{}
}

func newModuleSet(b *body) *moduleSet {
	return &moduleSet{body: b, looking: make(chan struct{}, 1), again: make(chan struct{}, 1),
		loaded: map[string]*pkcs11.Module{}, watchers: map[*func()]struct{}{}}
}

// look finds modules and loads those that are new.
func (s *moduleSet) look(ctx context.Context) error {
	select {
	case s.looking <- struct{}{}:
		defer func() { <-s.looking }()
	case <-ctx.Done():
		return agent.ErrCanceled
	}
	all := s.body.find(ctx)
	if ctx.Err() != nil {
		return agent.ErrCanceled
	}
	for i := range all {
		d := &all[i]
		if d.Problem != "" || s.module(d.Path) != nil {
			continue
		}
		m, err := pkcs11.Open(d.Path, pkcs11.Options{Name: d.Name, Sessions: moduleSessions})
		if err != nil {
			s.body.log.Error("module not used", "path", d.Path, "err", err)
			d.Problem = cmp.Or(agent.ErrorName(err), agent.ErrorName(agent.ErrModule))
			continue
		}
		s.mu.Lock()
		s.loaded[d.Path] = m
		s.mu.Unlock()
	}
	s.mu.Lock()
	s.drivers = all
	watchers := slices.Collect(maps.Keys(s.watchers))
	s.mu.Unlock()
	for _, f := range watchers {
		(*f)()
	}
	return nil
}

func (s *moduleSet) module(path string) *pkcs11.Module {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.loaded[path]
}

// used returns the modules whose tokens are shown.
func (s *moduleSet) used() (all []agent.Tokens) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, d := range s.drivers {
		if d.Problem == "" {
			all = append(all, s.loaded[d.Path])
		}
	}
	return all
}

// List implements agent.Tokens.
func (s *moduleSet) List(ctx context.Context) ([]agent.TokenInfo, error) {
	return pkcs11.Join(s.used()...).List(ctx)
}

// Open implements agent.Tokens.
func (s *moduleSet) Open(ctx context.Context, id agent.TokenID) (agent.Token, error) {
	return pkcs11.Join(s.used()...).Open(ctx, id)
}

// Watch implements agent.Tokens.
func (s *moduleSet) Watch(ctx context.Context, changed func([]agent.TokenInfo)) error {
	looked := sync.OnceFunc(func() { close(s.body.looked) })
	defer looked()
	if err := s.look(ctx); err != nil {
		return err
	}
	for {
		watching, stop := context.WithCancel(ctx)
		done := make(chan error, 1)
		go func() { done <- s.watch(watching, changed, looked) }() // ended by stop and waited for below
		select {
		case <-s.again:
			stop()
			<-done
		case err := <-done:
			stop()
			return err
		}
	}
}

// watch watches the modules that are used now. It calls looked when each of them
// has answered once.
func (s *moduleSet) watch(ctx context.Context, changed func([]agent.TokenInfo), looked func()) error {
	all, problem := s.used(), s.body.driversProblem(s.Drivers())
	var answers atomic.Int32
	answered := func() {
		if answers.Add(1) >= int32(len(all)) {
			s.body.tell(func(p *problems) { p.drivers = problem })
			looked()
		}
	}
	if len(all) == 0 {
		answered()
	}
	for i := range all {
		all[i] = watched{all[i], answered}
	}
	return pkcs11.Join(all...).Watch(ctx, changed)
}

// watched is a module that tells of its first answer.
type watched struct {
	agent.Tokens
	first func()
}

// Watch implements agent.Tokens.
func (w watched) Watch(ctx context.Context, changed func([]agent.TokenInfo)) error {
	first := sync.OnceFunc(w.first)
	return w.Tokens.Watch(ctx, func(all []agent.TokenInfo) {
		changed(all)
		first()
	})
}

// Drivers implements agent.Drivers.
func (s *moduleSet) Drivers() []agent.Driver {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.drivers)
}

// Rescan implements agent.Drivers.
func (s *moduleSet) Rescan(ctx context.Context) error {
	err := s.look(ctx)
	if err == nil {
		select {
		case s.again <- struct{}{}:
		default:
		}
	}
	return err
}

// Changed implements agent.Drivers.
func (s *moduleSet) Changed(ctx context.Context, f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.watchers[&f] = struct{}{}
	context.AfterFunc(ctx, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.watchers, &f)
	})
}

// Plugged implements agent.Drivers.
func (s *moduleSet) Plugged() bool { return s.body.plugged() }

// Close lets the modules go. The agent has ended before.
func (s *moduleSet) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var errs []error
	for _, m := range s.loaded {
		errs = append(errs, m.Close())
	}
	return errors.Join(errs...)
}
