package agent

import (
	"context"
	"errors"
	"sync"
	"time"
)

// askEvery is how long after a question about an unknown site no other site
// is asked about; siteAsks is how often within it one site is asked about in
// all, when its pages go away before the answer.
const (
	askEvery = 10 * time.Minute
	siteAsks = 3
)

// door holds the question about an unknown site that is open or was the last.
type door struct {
	mu    sync.Mutex
	site  string // registrable domain
	since time.Time
	asked int
	open  *knock
}

// knock is one question and everybody who waits for its answer.
type knock struct {
	origin  Origin
	waiting int
	cancel  context.CancelFunc
	done    chan struct{}
	err     error // set before done is closed
}

// Admit decides whether a page of that origin, given as the Origin header came,
// may talk to the agent. For an https site that is not known it blocks until
// the person has answered. Every refusal is ErrOrigin; the reason is joined to it
// where nobody could be asked.
func (a *Agent) Admit(ctx context.Context, header string) (Origin, error) {
	o, err := ParseOrigin(header)
	if err != nil {
		return Origin{}, err
	}
	if !o.askable() {
		return Origin{}, ErrOrigin
	}
	if a.approved(ctx, o) {
		return o, nil
	}
	if a.config.Managed || a.trust.refused(ctx, a.config.Site(o.Host)) {
		return Origin{}, ErrOrigin
	}
	if a.resembles(ctx, o) {
		a.log.Warn("look-alike site refused", "origin", o.String())
		return Origin{}, ErrOrigin
	}
	if ctx.Err() != nil { // the page went while the keyring was asked
		return Origin{}, errors.Join(ErrOrigin, ErrCanceled)
	}
	if err := a.knock(ctx, o); err != nil {
		if a.approved(ctx, o) {
			return o, nil // another page of the site got the answer between the two looks
		}
		if errors.Is(err, ErrOrigin) || errors.Is(err, ErrDenied) {
			return Origin{}, ErrOrigin
		}
		return Origin{}, errors.Join(ErrOrigin, err)
	}
	return o, nil
}

// approved tells whether the administrator or the person allowed the origin.
func (a *Agent) approved(ctx context.Context, o Origin) bool {
	if _, trusted := a.bankOf(o); trusted {
		return true
	}
	return !a.config.Managed && a.trust.allowed(ctx, o)
}

// resembles tells whether the origin looks like a known site but is none.
func (a *Agent) resembles(ctx context.Context, o Origin) bool {
	known, _ := a.trust.sites(ctx)
	for _, b := range a.config.Banks {
		if b.Trusted { // anybody can put a descriptor into the person's folder
			known = append(known, b.Origins...)
		}
	}
	for _, s := range known {
		if k, err := ParseOrigin(s); err == nil && !k.loopback() && lookalike(o.Host, k.Host, a.config.Site) {
			return true
		}
	}
	return false
}

// knock joins the open question about the origin, or opens one, and waits.
// The question is closed when nobody waits for it any more.
func (a *Agent) knock(ctx context.Context, o Origin) error {
	d, site := &a.door, a.config.Site(o.Host)
	d.mu.Lock()
	k := d.open
	if k == nil || k.origin != o {
		fresh := time.Since(d.since) >= askEvery
		if k != nil || !fresh && (d.site != site || d.asked >= siteAsks) {
			d.mu.Unlock()
			return ErrOrigin
		}
		if fresh {
			d.asked = 0
		}
		if d.asked == 0 {
			d.since = time.Now()
		}
		d.site = site
		d.asked++
		kctx, cancel := context.WithCancel(a.children.life)
		k = &knock{origin: o, cancel: cancel, done: make(chan struct{})}
		// Ends when the person answers, when nobody waits any more, or with the agent.
		if !a.children.start(func(context.Context) { a.askSite(kctx, k) }) {
			cancel()
			d.mu.Unlock()
			return ErrCanceled
		}
		d.open = k
	}
	k.waiting++
	d.mu.Unlock()

	select {
	case <-k.done:
		return k.err
	case <-ctx.Done():
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if k.waiting--; k.waiting == 0 {
		k.cancel()
		// A page that comes back before this question has closed opens a
		// new one instead of joining what is ending.
		if d.open == k {
			d.open = nil
		}
	}
	return ErrCanceled
}

// askSite asks the person and remembers the answer.
func (a *Agent) askSite(ctx context.Context, k *knock) {
	defer k.cancel()
	q := SiteQuestion{Origin: k.origin.String(), Kept: a.trust.kept(ctx)}
	err := a.turn.do(ctx, "", func(ctx context.Context) error { return a.config.Prompter.Site(ctx, q) })
	if err == nil || errors.Is(err, ErrDenied) {
		if lost := a.trust.answer(a.children.life, k.origin, a.config.Site(k.origin.Host), err == nil); lost != nil {
			a.log.Error("answer about a site not kept", "origin", q.Origin, "err", lost)
		}
	}
	a.log.Info("unknown site asked about", "origin", q.Origin, "allowed", err == nil)
	d := &a.door
	d.mu.Lock()
	k.err = err
	if !errors.Is(err, ErrCanceled) {
		d.asked = siteAsks // answered: no other page of the site asks again so soon
	}
	if d.open == k {
		d.open = nil
	}
	d.mu.Unlock()
	close(k.done)
}

// forgetSite takes back an answer: about an origin that was allowed, whose
// sessions and requests end, or about a domain that was refused.
func (a *Agent) forgetSite(ctx context.Context, name string) error {
	err := a.trust.forget(ctx, name)
	a.mu.Lock()
	for c := range a.clients {
		if c.name() == name {
			c.revoked = true
		}
	}
	a.mu.Unlock()
	a.turn.evict(name, ErrOrigin)
	a.endSessions("lock", func(s *session) bool { return s.origin.String() == name })
	a.announce()
	return err
}
