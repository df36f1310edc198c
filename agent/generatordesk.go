package agent

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"qoltanba/agent/otp"
)

// A generatorDesk is the code generators while their window is open: the stored
// devices, each locked against other programs. Nothing of it outlives the window: a
// SpectraNet token goes off with it.
//
// Whoever uses a device takes its turn. The desk's mutex is held for the list alone,
// never while the keyring is asked or a PIN is stretched.
type generatorDesk struct {
	a       *Agent
	opened  chan struct{} // closed when the stored devices were opened
	changed chan struct{} // room for one: the panel is to be drawn anew
	locks   atomic.Int64  // counts lock

	mu       sync.Mutex
	devices  []*generator     // by the time when they were added
	unlocked map[TokenID]bool // by a password that was entered here
	absent   bool             // the keyring could not be used when a device was last added or opened anew
}

// open opens what is stored. Whatever keeps a device from working stays with it.
func (g *generatorDesk) open(ctx context.Context) {
	// While somebody stores a device, what is not complete is theirs. What they are at
	// shows when the window is opened next.
	lock, busy := lockGenerators(g.a.config.Dir)
	stored, unready, err := loadGenerators(g.a.config.Dir)
	if busy == nil {
		for _, path := range unready {
			err = errors.Join(err, removeUnready(ctx, path, g.a.ring))
		}
		err = errors.Join(err, lock.Close())
	} else if !errors.Is(busy, otp.ErrInUse) {
		err = errors.Join(err, busy)
	}
	if err != nil {
		g.a.log.Error("code generators", "err", err)
	}
	for _, d := range stored { // nobody else knows them yet
		if err := d.open(ctx, g.a); err != nil {
			g.a.log.Warn("a code generator does not open", "id", d.id, "err", err)
		}
		g.add(d)
	}
}

// close wipes what the devices hold and gives them back.
func (g *generatorDesk) close() {
	for _, d := range g.list() {
		_ = d.turnFor(context.Background()) // whoever has it ends with the window
		d.shut()
		d.release()
	}
	g.lockTokens()
}

func (g *generatorDesk) list() []*generator {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Clone(g.devices)
}

// find returns a device, or nil.
func (g *generatorDesk) find(id string) *generator {
	all := g.list()
	if i := slices.IndexFunc(all, func(d *generator) bool { return d.id == id }); i >= 0 {
		return all[i]
	}
	return nil
}

// add takes a device in.
func (g *generatorDesk) add(d *generator) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.devices = append(g.devices, d)
}

// drop shows a device no more.
func (g *generatorDesk) drop(d *generator) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.devices = slices.DeleteFunc(g.devices, func(o *generator) bool { return o == d })
}

// noteVault notes whether the keyring could be used.
func (g *generatorDesk) noteVault(err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.absent = errors.Is(err, ErrVault)
}

// lock switches the devices off. One that somebody uses goes off when that is over.
func (g *generatorDesk) lock() {
	g.locks.Add(1)
	nudge(g.changed)
}

// obey switches a device off that was not yet since the last lock. The turn is the
// caller's.
func (g *generatorDesk) obey(d *generator) {
	if locks := g.locks.Load(); d.locks != locks {
		d.locks = locks
		d.off()
	}
}

// draw brings the panel up to date and returns when it will be out of date by itself,
// or zero. A device that somebody uses is drawn when that is over: it is told then.
func (g *generatorDesk) draw(ctx context.Context, s *GeneratorPanel) (next time.Time) {
	now := time.Now()
	all := g.list()
	s.Devices = make([]GeneratorView, len(all))
	for i, d := range all {
		if d.try() {
			g.obey(d)
			g.attend(ctx, d)
			d.rest(now)
			d.drawn, d.due = d.view(now)
			d.drawn.Help = g.a.generatorHelp(d.issuer())
			d.release()
		}
		s.Devices[i] = d.drawn
		if !d.due.IsZero() && (next.IsZero() || d.due.Before(next)) {
			next = d.due
		}
	}
	g.a.mu.Lock()
	s.Tokens = g.a.generatorTokens()
	g.a.mu.Unlock()
	g.mu.Lock()
	absent := g.absent
	g.mu.Unlock()
	s.Problem = ""
	vault := ErrorName(ErrVault)
	if absent || slices.ContainsFunc(s.Devices, func(v GeneratorView) bool { return v.Problem == vault }) {
		s.Problem = vault
	}
	return next
}
