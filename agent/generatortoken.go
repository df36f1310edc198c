package agent

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"qoltanba/agent/otp"
	"qoltanba/agent/payment"
)

// GeneratorToken is a connected token on which a SpectraNet token's keys can lie.
type GeneratorToken struct {
	ID       TokenID `json:"id"`
	Name     string  `json:"name"` // as people call it, with its serial number
	Unlocked bool    `json:"unlocked"`
	PINPad   bool    `json:"pinPad"` // the password is entered on the device
}

// generatorTokens are the tokens that are connected. a.mu is held.
func (a *Agent) generatorTokens() []GeneratorToken {
	var all []GeneratorToken
	for _, t := range devicesOnly(a.tokens) {
		if t.Initialized && !t.PINUnset {
			all = append(all, GeneratorToken{t.ID, heldName(t), a.stateOf(t) == TokenUnlocked && !a.overdue, t.PINPad})
		}
	}
	return all
}

func heldName(t TokenInfo) string { return displayName(t) + " (" + payment.Visible(t.ID.Serial) + ")" }

// unlockToken takes the password of a token, which then stays unlocked for its code
// generators as long as for anything else, at most until the window closes.
func (g *generatorDesk) unlockToken(ctx context.Context, act GeneratorAction) error {
	return g.a.turn.do(ctx, "", func(ctx context.Context) error {
		d, err := g.a.device(ctx, act.Token)
		if err != nil {
			return err
		}
		if _, ok := d.token.(MACs); !ok {
			return ErrGeneratorMAC
		}
		if err := g.a.login(ctx, d, act.Old); err != nil {
			g.a.refresh(ctx) // the tries left
			return err
		}
		g.mu.Lock()
		g.unlocked[act.Token] = true
		g.mu.Unlock()
		return nil
	})
}

// lockTokens locks what unlockToken unlocked, when nobody is at work with it and no other
// window of the code generators has it unlocked.
func (g *generatorDesk) lockTokens() {
	a := g.a
	g.mu.Lock()
	tokens := g.unlocked
	g.mu.Unlock()
	if len(tokens) == 0 {
		return
	}
	a.children.start(func(life context.Context) { // ends with the request that has the turn, or with the agent
		_ = a.turn.do(life, "", func(ctx context.Context) error {
			for id := range tokens {
				if !a.codesNeed(id) {
					a.relock(ctx, id)
				}
			}
			return nil
		})
	})
}

// codesNeed tells whether a token was unlocked in a window of the code generators that
// is open.
func (a *Agent) codesNeed(id TokenID) bool {
	a.mu.Lock()
	desks := slices.Collect(maps.Keys(a.codeDesks))
	a.mu.Unlock()
	return slices.ContainsFunc(desks, func(g *generatorDesk) bool {
		g.mu.Lock()
		defer g.mu.Unlock()
		return g.unlocked[id]
	})
}

// attend closes a device whose token went or was locked, and opens it when the token is
// back and unlocked. The turn is the caller's.
func (g *generatorDesk) attend(ctx context.Context, d *generator) {
	if d.meta.Token == nil || d.gone || d.unread {
		return
	}
	if d.held != nil {
		if err := d.held.lost(); err != nil {
			_ = d.fail(err)
		}
		return
	}
	waits := slices.ContainsFunc([]error{ErrNoToken, ErrLocked, ErrTokenLost}, func(e error) bool { return errors.Is(d.problem, e) })
	if !waits {
		return
	}
	if _, err := g.a.held(*d.meta.Token, d.id); err != nil {
		d.problem = err
		return
	}
	_ = d.open(ctx, g.a) // its problem is shown
}

// storeHeld stores a device whose keys go to an unlocked token. The history is told by
// the caller. While another program stores a device, whose keyring may ask the person, it
// waits without the turn: nobody else waits for that program.
func (g *generatorDesk) storeHeld(ctx context.Context, m generatorMeta, issue *otp.SpectraIssue) (d *generator, err error) {
	for {
		free, err := waitForGenerators(ctx, g.a.config.Dir)
		if err == nil {
			err = free.Close()
		}
		if err == nil {
			err = g.a.turn.do(ctx, "", func(ctx context.Context) (err error) {
				d, err = g.storeHeldNow(ctx, m, issue)
				return err
			})
		}
		if !errors.Is(err, otp.ErrInUse) { // else another one was faster
			return d, err
		}
	}
}

// storeHeldNow is storeHeld with the turn. It returns otp.ErrInUse while another program
// stores a device.
func (g *generatorDesk) storeHeldNow(ctx context.Context, m generatorMeta, issue *otp.SpectraIssue) (d *generator, err error) {
	lock, err := lockGenerators(g.a.config.Dir)
	if err != nil {
		return nil, fmt.Errorf("storing a code generator: %w", err)
	}
	defer func() { err = errors.Join(err, lock.Close()) }()
	h, err := g.a.held(*m.Token, "")
	if err != nil {
		return nil, err
	}
	g.a.sweepLocked(ctx, *m.Token)
	g.a.active()
	m.TokenName = heldName(g.a.tokenInfo(*m.Token))
	return storeLocked(g.a.config.Dir, m, func(id string, store *otp.FileStore) error {
		h.id = id
		return h.create(ctx, store, *issue)
	}, func(string) error { return h.remove(context.WithoutCancel(ctx)) })
}

// removeHeld takes a device's keys off its token. Where the token is not there and the
// person gives it up, they are taken off when it is unlocked here once more.
func (g *generatorDesk) removeHeld(ctx context.Context, d *generator, forget bool) (left bool, err error) {
	err = g.a.turn.do(ctx, "", func(ctx context.Context) error {
		h, err := g.a.held(*d.meta.Token, d.id)
		if err != nil {
			return err
		}
		return h.remove(ctx)
	})
	if forget && errors.Is(err, ErrNoToken) {
		return true, nil
	}
	return false, err
}
