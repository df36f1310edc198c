package agent

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// A device is a token with an open session. The session stays open while the
// token is connected; what is locked and unlocked is the token.
type device struct {
	id    TokenID
	token Token
	state TokenState // guarded by Agent.mu
}

// device returns the open session with a token, opening one if needed.
// Callers have the turn, so that no token is opened twice.
func (a *Agent) device(ctx context.Context, id TokenID) (*device, error) {
	a.mu.Lock()
	d := a.devices[id]
	a.mu.Unlock()
	if d != nil {
		return d, nil
	}
	t, err := a.config.Tokens.Open(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("opening the token: %w", err)
	}
	d = &device{id: id, token: t, state: TokenAbsent.Next(TokenInserted)}
	a.mu.Lock()
	a.devices[id] = d
	a.mu.Unlock()
	return d, nil
}

// step moves the device's state machine.
func (a *Agent) step(d *device, e TokenEvent) {
	a.mu.Lock()
	was := d.state
	d.state = d.state.Next(e)
	moved := d.state != was
	a.mu.Unlock()
	if moved {
		a.announce()
	}
}

func (a *Agent) unlocked(d *device) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return d.state == TokenUnlocked
}

// login unlocks the device; the token checks the PIN each time. The caller has the turn.
func (a *Agent) login(ctx context.Context, d *device, pin *Secret) error {
	err := d.token.Login(ctx, pin)
	switch _, wrong := errors.AsType[*PINError](err); {
	case err == nil:
		a.mu.Lock()
		a.current, a.overdue = d.id, false
		a.mu.Unlock()
		a.noteDefault(d.id, func(n *defaults) { n.user = isPIN(pin, DefaultPIN) })
		a.step(d, TokenLoggedIn)
		a.active()
		a.sweepHeld(ctx, d.id)
	case errors.Is(err, ErrPINLocked):
		a.step(d, TokenPINBlocked)
	case wrong:
		a.step(d, TokenLoggedOut)
	default:
		a.failed(d, err)
	}
	return err
}

// logout locks the device, also when the request that it is for has ended.
func (a *Agent) logout(ctx context.Context, d *device) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), tokenPatience)
	defer cancel()
	if err := d.token.Logout(ctx); err != nil {
		// A token that cannot be locked is let go: closing logs out as well.
		a.log.Warn("locking the token", "err", err)
		a.drop(d)
		return
	}
	a.step(d, TokenLoggedOut)
}

// tokenPatience is how long the agent waits for a token to lock or to close. A
// driver that hangs must keep neither the turn nor the end of the program.
const tokenPatience = 5 * time.Second

// failed drops the device when err says that its session is lost, and locks it
// on any other error, as nobody knows what state it is in.
func (a *Agent) failed(d *device, err error) {
	switch {
	case errors.Is(err, ErrTokenLost), errors.Is(err, ErrNoToken):
		a.drop(d)
	case err != nil:
		a.logout(a.children.life, d)
	}
}

// drop ends the session with a token. The next use opens a new one.
func (a *Agent) drop(d *device) {
	a.step(d, TokenRemoved)
	a.mu.Lock()
	if a.devices[d.id] == d {
		delete(a.devices, d.id)
	}
	a.mu.Unlock()
	closed := make(chan struct{})
	go func() { // ends with the driver's answer, and is left to it after a while
		defer close(closed)
		if err := d.token.Close(); err != nil {
			a.log.Warn("closing the token", "err", err)
		}
	}()
	select {
	case <-closed:
	case <-time.After(tokenPatience):
		a.log.Error("the token's driver hangs while closing")
	}
	a.announce()
}

func (a *Agent) openDevices() []*device {
	a.mu.Lock()
	defer a.mu.Unlock()
	var all []*device
	for _, d := range a.devices {
		all = append(all, d)
	}
	return all
}

func (a *Agent) closeDevices() {
	for _, d := range a.openDevices() {
		a.drop(d)
	}
}

// tokensChanged takes in what Tokens.Watch saw: sessions of tokens that went
// are ended, open questions get the new choice, pages are told.
func (a *Agent) tokensChanged(now []TokenInfo) {
	a.mu.Lock()
	before := a.tokens
	a.tokens, a.looked = now, true
	var gone []*device
	for id, d := range a.devices {
		if !connected(now, id) {
			gone = append(gone, d)
			delete(a.devices, id)
		}
	}
	a.publish()
	a.mu.Unlock()

	for _, t := range a.openDesks() {
		t.forgetGone(now)
	}
	for _, d := range gone {
		// Ends with the driver's answer or its patience. Other tokens are not
		// kept waiting by a driver that hangs.
		a.children.start(func(context.Context) { a.drop(d) })
	}
	a.endSessions("token", func(s *session) bool { return !connected(now, s.profile.Token) })
	for _, t := range before {
		if !connected(now, t.ID) {
			a.broadcast(Event{Kind: EventTokenRemoved})
		}
	}
	for _, t := range now {
		if !connected(before, t.ID) {
			a.broadcast(Event{Kind: EventTokenInserted})
			if _, begun := a.journal.begun(t.ID); begun {
				a.children.start(func(context.Context) { a.offerResume(t.ID) }) // ends with its window, or with the agent
			}
		}
	}
	a.announce()
	a.findIssuers()
}

// publish gives every open question the choice of now. a.mu is held.
func (a *Agent) publish() {
	choice := a.profiles()
	for ch, offered := range a.updates {
		latest(ch, chosen(choice, offered)) // a.mu keeps other senders out
	}
}

// LockToken locks one token now and ends the sessions that were opened with it.
func (a *Agent) LockToken(id TokenID) {
	a.endSessions("lock", func(s *session) bool { return s.profile.Token == id })
	a.forgetPINs(func(t TokenID) bool { return t == id })
	a.mu.Lock()
	d := a.devices[id]
	a.mu.Unlock()
	if d != nil {
		a.logout(a.children.life, d)
	}
	a.announce()
}

func connected(tokens []TokenInfo, id TokenID) bool {
	return slices.ContainsFunc(tokens, func(t TokenInfo) bool { return t.ID == id })
}

// follow returns the profiles that are offered, and a channel that brings them anew each
// time the tokens change, until stop is called.
func (a *Agent) follow(offered func(Profile) bool) (now []Profile, updates chan []Profile, stop func()) {
	updates = make(chan []Profile, 1)
	a.mu.Lock()
	defer a.mu.Unlock()
	a.updates[updates] = offered
	return chosen(a.profiles(), offered), updates, func() {
		a.mu.Lock()
		defer a.mu.Unlock()
		delete(a.updates, updates)
	}
}

func chosen(all []Profile, offered func(Profile) bool) []Profile {
	return slices.DeleteFunc(slices.Clone(all), func(p Profile) bool { return !offered(p) })
}

// refresh reads the tokens anew after something was tried on one, so that the
// tries left are shown as the token has them. What is connected is left to
// Tokens.Watch: an answer of List may be older than what Watch saw meanwhile.
func (a *Agent) refresh(ctx context.Context) {
	infos, err := a.config.Tokens.List(ctx)
	if err != nil {
		a.log.Debug("listing tokens", "err", err)
		return
	}
	a.mu.Lock()
	a.tokens = slices.Clone(a.tokens)
	for i, t := range a.tokens {
		if j := slices.IndexFunc(infos, func(n TokenInfo) bool { return n.ID == t.ID }); j >= 0 {
			a.tokens[i] = infos[j]
		}
	}
	a.publish()
	a.mu.Unlock()
	a.announce()
}
