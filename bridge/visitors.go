package bridge

import (
	"errors"
	"sync"

	"qoltanba/agent"
)

const (
	maxPages   = 128 // connections, those held while the person is asked included
	maxPagesOf = 24  // of one origin
	// How many bytes are held for one origin, over all its connections:
	// documents that were uploaded and requests to sign that wait, the largest
	// request beside others; and with them the messages that are being read.
	maxKeptOf = agent.MaxRequestBytes + maxText
	maxHeldOf = maxKeptOf + 2*maxText
)

var errCrowded = errors.New("too many connections")

// visitors counts requests and connections, so that one site cannot use up
// what the others need, and so that Serve can wait for all of them.
type visitors struct {
	mu     sync.Mutex
	closed bool
	group  sync.WaitGroup
	pages  int
	sites  map[agent.Origin]*site
}

// A site is what all connections of one origin share. It is guarded by the
// mutex of its visitors.
type site struct {
	pages int
	held  int // bytes, see maxKeptOf
}

// enter is false once wait was called.
func (v *visitors) enter() bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.closed {
		return false
	}
	v.group.Add(1)
	return true
}

func (v *visitors) leave() { v.group.Done() }

// wait lets nobody in any more and returns when everybody has left.
func (v *visitors) wait() {
	v.mu.Lock()
	v.closed = true
	v.mu.Unlock()
	v.group.Wait()
}

// from counts a connection of an origin in, or returns errCrowded.
func (v *visitors) from(o agent.Origin) (*visit, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	s := v.sites[o]
	if s == nil {
		s = new(site)
	}
	if v.pages >= maxPages || s.pages >= maxPagesOf {
		return nil, errCrowded
	}
	if v.sites == nil {
		v.sites = map[agent.Origin]*site{}
	}
	v.sites[o] = s
	v.pages++
	s.pages++
	return &visit{all: v, origin: o, site: s}, nil
}

// A visit is one connection's place among the visitors.
type visit struct {
	all    *visitors
	origin agent.Origin
	site   *site
}

func (v *visit) leave() {
	v.all.mu.Lock()
	defer v.all.mu.Unlock()
	v.all.pages--
	if v.site.pages--; v.site.pages == 0 {
		delete(v.all.sites, v.origin)
	}
}

// reserve takes n bytes of the site's room; false when more than limit would be
// held.
func (v *visit) reserve(n, limit int) bool {
	v.all.mu.Lock()
	defer v.all.mu.Unlock()
	if v.site.held+n > limit {
		return false
	}
	v.site.held += n
	return true
}

// release gives n bytes back.
func (v *visit) release(n int) {
	v.all.mu.Lock()
	defer v.all.mu.Unlock()
	v.site.held -= n
}
