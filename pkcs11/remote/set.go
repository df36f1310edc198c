package remote

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"qoltanba/agent"
	"qoltanba/agent/child"
)

var (
	_ agent.Tokens  = (*Set)(nil)
	_ agent.Drivers = (*Set)(nil)
)

// SetConfig says which modules there are and how to start them. All fields but
// Check and Plugged are required.
type SetConfig struct {
	// Find looks for modules, in the order in which they are to be asked, and
	// says of each why it may not be used, if so. It may ask the person.
	Find    func(context.Context) []agent.Driver
	Command func(agent.Driver) child.Command
	// Check is asked before each start of a helper whether its module is still
	// the file that Find found; nil trusts it. It does not wait for anybody.
	Check   func(agent.Driver) error
	Plugged func() bool // nil where that cannot be told
	Options Options     // of every Module
}

// Set is all the modules of this computer. It implements agent.Tokens, in which a
// device that several modules see is there once, and agent.Drivers.
type Set struct {
	config SetConfig

	scanning chan struct{} // holds one while somebody looks for modules
	telling  sync.Mutex    // makes the calls to changed follow each other; taken before mu
	settled  chan struct{} // closed when every module has answered or failed
	settle   func()        // closes it

	mu       sync.Mutex
	scanned  bool
	members  []*member
	watching context.Context // of Watch, nil while nobody watches
	group    *sync.WaitGroup // of Watch
	changed  func([]agent.TokenInfo)
	watchers map[int]func()
	next     int
}

// member is one module, whether it can be used or not.
type member struct {
	driver agent.Driver
	module *Module // nil with a Problem of the driver

	stop   context.CancelFunc // ends its watch, nil when it has none
	tokens []agent.TokenInfo  // as its watch saw them
	looked bool
	said   string // its problem, as subscribers know it
}

// NewSet returns a Set that has not looked for modules yet. Close it.
func NewSet(c SetConfig) *Set {
	settled := make(chan struct{})
	return &Set{config: c, scanning: make(chan struct{}, 1), watchers: make(map[int]func()),
		settled: settled, settle: sync.OnceFunc(func() { close(settled) })}
}

// Settled is closed when Watch has told of the tokens of every module that was
// found, or that one cannot be asked. One that hangs is waited for until it is
// ended.
func (s *Set) Settled() <-chan struct{} { return s.settled }

// Close ends every helper and returns when they are gone. Watch has ended before.
func (s *Set) Close() error {
	s.mu.Lock()
	members := s.members
	s.members = nil
	s.mu.Unlock()
	closeAll(members)
	return nil
}

// closeAll ends the helpers of members and returns when they are gone.
func closeAll(members []*member) {
	var group sync.WaitGroup
	for _, m := range members {
		if m.module != nil {
			group.Go(func() { _ = m.module.Close() }) // always nil
		}
	}
	group.Wait()
}

// Rescan implements agent.Drivers.
func (s *Set) Rescan(ctx context.Context) error { return s.scan(ctx, true) }

// scan looks for modules, once unless again.
func (s *Set) scan(ctx context.Context, again bool) error {
	select {
	case s.scanning <- struct{}{}:
		defer func() { <-s.scanning }()
	case <-ctx.Done():
		return ctx.Err()
	}
	s.mu.Lock()
	done := s.scanned && !again
	s.mu.Unlock()
	if done {
		return nil
	}
	found := s.config.Find(ctx)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	s.mu.Lock()
	s.scanned = true
	old := s.members
	s.members = nil
	for _, d := range found {
		m := &member{driver: d}
		if i := slices.IndexFunc(old, func(o *member) bool { return o.driver == d && o.module != nil }); i >= 0 {
			m = old[i] // its sessions stay
			m.module.retry()
			old = slices.Delete(slices.Clone(old), i, i+1)
		} else if d.Problem == "" {
			o := s.config.Options
			if s.config.Check != nil {
				o.check = func() error { return s.config.Check(d) }
			}
			m.module = NewModule(s.config.Command(d), o)
		}
		s.members = append(s.members, m)
		s.follow(m)
	}
	for _, m := range old {
		if m.stop != nil {
			m.stop()
		}
	}
	s.mu.Unlock()
	s.announce() // before tell: who waits for tokens asks then why there are none
	s.tell()
	closeAll(old)
	return nil
}

// follow watches a member, if anybody watches the Set. s.mu is held.
func (s *Set) follow(m *member) {
	if s.watching == nil || m.module == nil || m.stop != nil {
		return
	}
	ctx, stop := context.WithCancel(s.watching)
	m.stop = stop
	s.group.Go(func() { // ends with the Set's Watch, or when the module is gone
		_ = m.module.Watch(ctx, func(now []agent.TokenInfo) {
			s.mu.Lock()
			m.tokens, m.looked = now, true
			problem := agent.ErrorName(m.module.problem())
			news := problem != m.said
			m.said = problem
			s.mu.Unlock()
			if news {
				s.announce()
			}
			s.tell()
		})
	})
}

// tell tells whoever watches what is there, as soon as one module has answered.
func (s *Set) tell() {
	s.telling.Lock()
	defer s.telling.Unlock()
	s.mu.Lock()
	changed := s.changed
	looked := s.scanned && !slices.ContainsFunc(s.members, func(m *member) bool { return m.module != nil })
	all := s.scanned
	var lists [][]agent.TokenInfo
	for _, m := range s.members {
		looked = looked || m.looked
		all = all && (m.looked || m.module == nil)
		lists = append(lists, m.tokens)
	}
	s.mu.Unlock()
	if looked && changed != nil {
		changed(once(lists))
		if all {
			s.settle()
		}
	}
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

// Watch implements agent.Tokens. It is called by one at a time. It does not wait
// for a module that hangs.
func (s *Set) Watch(ctx context.Context, changed func([]agent.TokenInfo)) error {
	var group sync.WaitGroup
	s.mu.Lock()
	scanned := s.scanned
	s.watching, s.group, s.changed = ctx, &group, changed
	for _, m := range s.members {
		s.follow(m)
	}
	s.mu.Unlock()
	if scanned {
		s.tell() // what is known, or that there are no modules
	}
	err := s.scan(ctx, false)
	<-ctx.Done()
	s.mu.Lock()
	s.watching, s.changed = nil, nil
	s.mu.Unlock()
	group.Wait()
	s.mu.Lock()
	for _, m := range s.members {
		m.stop, m.looked = nil, false
	}
	s.mu.Unlock()
	return fmt.Errorf("watching tokens: %w", errors.Join(ctx.Err(), err))
}

// usable returns the modules that can be asked, after they were looked for.
func (s *Set) usable(ctx context.Context) ([]*Module, error) {
	if err := s.scan(ctx, false); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []*Module
	for _, m := range s.members {
		if m.module != nil {
			all = append(all, m.module)
		}
	}
	return all, nil
}

// List implements agent.Tokens. It returns an error only when every module
// failed.
func (s *Set) List(ctx context.Context) ([]agent.TokenInfo, error) {
	modules, err := s.usable(ctx)
	if err != nil {
		return nil, fmt.Errorf("listing tokens: %w", err)
	}
	lists := make([][]agent.TokenInfo, len(modules))
	errs := make([]error, len(modules))
	var group sync.WaitGroup
	for i, m := range modules {
		group.Go(func() { lists[i], errs[i] = m.List(ctx) })
	}
	group.Wait()
	if len(modules) > 0 && !slices.Contains(errs, nil) {
		return nil, errors.Join(errs...)
	}
	return once(lists), nil
}

// Open implements agent.Tokens: the first module that sees the token opens it.
func (s *Set) Open(ctx context.Context, id agent.TokenID) (agent.Token, error) {
	modules, err := s.usable(ctx)
	if err != nil {
		return nil, fmt.Errorf("opening token %q: %w", id.Serial, err)
	}
	var errs []error
	for _, m := range modules {
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

// Drivers implements agent.Drivers.
func (s *Set) Drivers() []agent.Driver {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []agent.Driver
	for _, m := range s.members {
		d := m.driver
		if m.module != nil {
			d.Problem = agent.ErrorName(m.module.problem())
		}
		all = append(all, d)
	}
	return all
}

// Changed implements agent.Drivers.
func (s *Set) Changed(ctx context.Context, f func()) {
	s.mu.Lock()
	n := s.next
	s.next++
	s.watchers[n] = f
	s.mu.Unlock()
	context.AfterFunc(ctx, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.watchers, n)
	})
}

// announce tells whoever follows the drivers.
func (s *Set) announce() {
	s.mu.Lock()
	var all []func()
	for _, f := range s.watchers {
		all = append(all, f)
	}
	s.mu.Unlock()
	for _, f := range all {
		f()
	}
}

// Plugged implements agent.Drivers.
func (s *Set) Plugged() bool { return s.config.Plugged != nil && s.config.Plugged() }
