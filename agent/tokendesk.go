package agent

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"
)

// A tokenDesk is the token panel or the wizard while it is open: what was read from the
// tokens and the PINs that a later step needs again. A PIN is held by the desk alone,
// as one Secret, and wiped when the window closes, when the token goes, and
// after a while without a step.
type tokenDesk struct {
	a *Agent

	mu    sync.Mutex
	known map[TokenID]*knownToken
	idle  *time.Timer
	rests time.Duration // without a step, before PINs are wiped
	steps int           // under way
}

// knownToken is what the panel knows of one token.
type knownToken struct {
	user, admin *Secret // nil when not held
	card, next  *Secret // of the wizard: the OTP card's PIN, the user PIN to be
	objects     []Object
	checked     bool // objects were read from the unlocked token
	details     *Details
	read        bool      // objects and details were read since the token came
	again       time.Time // when to try once more, as they could not be read
}

// readAgain is how long a token that could not be read is left alone.
const readAgain = 5 * time.Second

// pinsHeld is how long the panel holds a PIN without a step.
const pinsHeld = 2 * time.Minute

// deskCall asks the open panel to come to the front with that page.
type deskCall struct {
	page TokenPage
	id   TokenID
}

func (a *Agent) newTokenDesk(rests time.Duration) *tokenDesk {
	t := &tokenDesk{a: a, rests: rests, known: map[TokenID]*knownToken{}}
	t.idle = time.AfterFunc(rests, t.rest)
	a.mu.Lock()
	a.desks[t] = struct{}{}
	a.mu.Unlock()
	return t
}

// close wipes what is held.
func (t *tokenDesk) close() {
	t.a.mu.Lock()
	delete(t.a.desks, t)
	t.a.mu.Unlock()
	t.idle.Stop()
	t.forgetPINs(func(TokenID) bool { return true })
}

// rest wipes the PINs when no step was made for a while.
func (t *tokenDesk) rest() {
	t.mu.Lock()
	busy := t.steps > 0
	t.mu.Unlock()
	if !busy && t.forgetPINs(func(TokenID) bool { return true }) {
		t.a.announce()
	}
}

// step counts a step, during which the PINs are not wiped, until done is called.
func (t *tokenDesk) step() (done func()) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.steps++
	t.idle.Stop()
	return func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		if t.steps--; t.steps == 0 {
			t.idle.Reset(t.rests)
		}
	}
}

// forgetPINs wipes the PINs of tokens that match, and tells whether any was held.
func (t *tokenDesk) forgetPINs(match func(TokenID) bool) (held bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for id, k := range t.known {
		if !match(id) {
			continue
		}
		for _, pin := range []**Secret{&k.user, &k.admin, &k.card, &k.next} {
			held = held || *pin != nil
			release(pin)
		}
	}
	return held
}

func (a *Agent) openDesks() []*tokenDesk {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Collect(maps.Keys(a.desks))
}

// forgetPINs wipes the PINs that open token panels hold of tokens that match.
func (a *Agent) forgetPINs(match func(TokenID) bool) {
	for _, t := range a.openDesks() {
		t.forgetPINs(match)
	}
}

// of returns what is known of a token. t.mu is held.
func (t *tokenDesk) of(id TokenID) *knownToken {
	if t.known[id] == nil {
		t.known[id] = &knownToken{}
	}
	return t.known[id]
}

// withToken changes what is known of a token.
func (t *tokenDesk) withToken(id TokenID, f func(*knownToken)) {
	t.mu.Lock()
	defer t.mu.Unlock()
	f(t.of(id))
}

// hold keeps a copy of a PIN in the place of another one.
func hold(place **Secret, pin *Secret) {
	(*place).Wipe()
	*place = pin.Clone()
}

// release wipes a PIN that is held.
func release(place **Secret) {
	(*place).Wipe()
	*place = nil
}

// held returns a copy of a PIN: the one that was entered, else the one that the
// panel holds. A token with a PIN pad needs none.
func (t *tokenDesk) held(d *device, entered *Secret, which func(*knownToken) *Secret) (*Secret, error) {
	if entered.Len() > 0 || t.a.tokenInfo(d.id).PINPad {
		return entered.Clone(), nil
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if pin := which(t.of(d.id)); pin != nil {
		return pin.Clone(), nil
	}
	return nil, ErrLocked
}

// forgetGone drops what is known of tokens that are not connected any more.
func (t *tokenDesk) forgetGone(now []TokenInfo) {
	gone := func(id TokenID) bool { return !connected(now, id) }
	t.forgetPINs(gone)
	t.mu.Lock()
	defer t.mu.Unlock()
	for id := range t.known {
		if gone(id) {
			delete(t.known, id)
		}
	}
}

// read reads what tokens show without a PIN, those that were not read since they
// came, or one that changed. It waits for the turn.
func (t *tokenDesk) read(ctx context.Context) error {
	var missing []TokenID
	t.a.mu.Lock()
	now := devicesOnly(t.a.tokens)
	t.a.mu.Unlock()
	t.forgetGone(now) // a step may have ended after its token went
	t.mu.Lock()
	for _, i := range now {
		if k := t.of(i.ID); !k.read && !time.Now().Before(k.again) {
			missing = append(missing, i.ID)
		}
	}
	t.mu.Unlock()
	if len(missing) == 0 {
		return nil
	}
	return t.a.turn.do(ctx, "", func(ctx context.Context) error {
		var errs []error
		for _, id := range missing {
			err := t.readOne(ctx, id, false)
			if err != nil {
				t.withToken(id, func(k *knownToken) { k.again = time.Now().Add(readAgain) })
			}
			errs = append(errs, err)
		}
		return errors.Join(errs...)
	})
}

// readOne reads one token; checked says that it is unlocked. The caller has the
// turn.
func (t *tokenDesk) readOne(ctx context.Context, id TokenID, checked bool) error {
	d, err := t.a.device(ctx, id)
	if err != nil {
		return err
	}
	admin, ok := d.token.(Admin)
	if !ok {
		t.withToken(id, func(k *knownToken) { k.read = true })
		return nil
	}
	objects, err := admin.Objects(ctx)
	if err == nil {
		var details Details
		if details, err = admin.Details(ctx); err == nil {
			t.withToken(id, func(k *knownToken) { k.objects, k.checked, k.details, k.read = objects, checked, &details, true })
		}
	}
	if err != nil {
		t.a.failed(d, err)
	}
	return err
}

// state draws the panel. Key files are left out: nothing of it is for them.
func (t *tokenDesk) state(call deskCall, raise int) TokenPanel {
	a := t.a
	a.mu.Lock()
	now := devicesOnly(a.tokens)
	problem := a.problem
	a.mu.Unlock()
	s := TokenPanel{Page: call.page, Chosen: call.id, Raise: raise, Problem: ErrorName(problem), Help: a.help()}
	if d := a.config.Drivers; d != nil {
		s.Drivers = d.Drivers()
		if len(now) == 0 && !slices.ContainsFunc(s.Drivers, func(d Driver) bool { return d.Problem == "" }) {
			s.Page, s.Plugged = PageDriver, d.Plugged()
		}
	}
	for _, i := range now {
		t.mu.Lock()
		k := *t.of(i.ID)
		t.mu.Unlock()
		s.Tokens = append(s.Tokens, a.view(i, len(now), &k))
	}
	return s
}

// help is what the banks' descriptors say of their token: the first of the
// administrator's that says anything. Any program of the person could put its own
// telephone number and its own driver into another one.
func (a *Agent) help() DriverHelp {
	for _, b := range a.config.Banks {
		if b.Trusted && b.Help.Name != "" {
			return b.Help
		}
	}
	return DriverHelp{}
}

func (a *Agent) tokenInfo(id TokenID) TokenInfo {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.tokenNow(id)
}

// tokenNow is tokenInfo. a.mu is held.
func (a *Agent) tokenNow(id TokenID) TokenInfo {
	for _, t := range a.tokens {
		if t.ID == id {
			return t
		}
	}
	return TokenInfo{}
}
