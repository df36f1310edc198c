package agent

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"slices"

	"qoltanba/agent/otp"
	"qoltanba/agent/payment"
)

// The keys of a SpectraNet token may lie in a token (MACs), which computes its codes. The
// record on the disk then has none of them, and the keyring has no part in it: the record
// is sealed with a key that the token computes.
const (
	heldCode   = "code"
	heldLock   = "lock"
	heldUnlock = "unlock"
	// heldRecord is a fourth key, made here and known to nobody. A MAC with one of the
	// bank's three would do as well, kept apart by what it is over; but who has the
	// bank's letter has those, and could open the record and try PINs.
	heldRecord = "record"
)

var heldNames = []string{heldCode, heldLock, heldUnlock, heldRecord}

const heldIDLen = 16

// heldID is the CKA_ID of a key. It follows from the random id of the device: what was
// written down before an import names the keys that may have come of it, and no other
// computer's.
func heldID(id, name string) []byte {
	sum := sha256.Sum256([]byte("qoltanba-generator|" + id + "|" + name))
	return sum[:heldIDLen]
}

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

// heldKeys are the keys of one device in an unlocked token.
type heldKeys struct {
	a    *Agent
	on   *device
	macs MACs
	id   string // of the code generator

	over, sum []byte // the last message of the code key and its MAC: it is asked for each second
}

// held finds an unlocked token: ErrNoToken, ErrLocked, or ErrGeneratorMAC for one that
// keeps no secret keys.
func (a *Agent) held(token TokenID, id string) (*heldKeys, error) {
	a.mu.Lock()
	d := a.devices[token]
	there := connected(a.tokens, token)
	locked := d == nil || d.state != TokenUnlocked || a.overdue
	a.mu.Unlock()
	switch {
	case !there:
		return nil, ErrNoToken
	case locked:
		return nil, ErrLocked
	}
	macs, ok := d.token.(MACs)
	if !ok {
		return nil, ErrGeneratorMAC
	}
	return &heldKeys{a: a, on: d, macs: macs, id: id}, nil
}

// lost is why the keys cannot be used any more, nil while they can.
func (h *heldKeys) lost() error {
	now, err := h.a.held(h.on.id, h.id)
	if err == nil && now.on != h.on {
		err = ErrTokenLost
	}
	return err
}

// mac computes with a key, and waits no longer than a person would for a code.
func (h *heldKeys) mac(name string, hash crypto.Hash, message []byte) ([]byte, error) {
	ctx, cancel := context.WithTimeout(h.a.life, tokenPatience)
	defer cancel()
	sum, err := h.macs.MAC(ctx, heldID(h.id, name), hash, message)
	if errors.Is(err, context.DeadlineExceeded) {
		err = fmt.Errorf("%w: %w", ErrToken, err)
	}
	return sum, h.failed(err)
}

// failed gives an error of the token its name, and lets a lost session go.
func (h *heldKeys) failed(err error) error {
	switch {
	case errors.Is(err, ErrTokenLost):
		h.a.drop(h.on)
	case errors.Is(err, ErrNoKey):
		return fmt.Errorf("%w: %w", ErrGeneratorGone, err)
	case errors.Is(err, ErrMechanism):
		return fmt.Errorf("%w: %w", ErrGeneratorMAC, err)
	}
	return err
}

// recordKey is the key that the record is sealed with. The caller wipes it.
func (h *heldKeys) recordKey() ([]byte, error) {
	return h.mac(heldRecord, crypto.SHA256, []byte("qoltanba-generator-record|"+h.id))
}

// open opens the record.
func (h *heldKeys) open(store otp.Store) (*otp.Spectra, error) {
	key, err := h.recordKey()
	if err != nil {
		return nil, err
	}
	defer clear(key)
	var s *otp.Spectra
	keys := otp.SpectraKeys{
		Code:   func(m []byte) ([]byte, error) { return h.code(s.Hash(), m) },
		Lock:   func(m []byte) ([]byte, error) { return h.mac(heldLock, crypto.SHA256, m) },
		Unlock: func(m []byte) ([]byte, error) { return h.mac(heldUnlock, crypto.SHA256, m) },
	}
	s, err = otp.OpenSpectra(store, key, keys, true)
	return s, err
}

// code is mac for the code key, once for each half minute.
func (h *heldKeys) code(hash crypto.Hash, message []byte) ([]byte, error) {
	if h.sum != nil && slices.Equal(h.over, message) {
		return slices.Clone(h.sum), nil
	}
	clear(h.sum)
	sum, err := h.mac(heldCode, hash, message)
	h.over, h.sum = slices.Clone(message), slices.Clone(sum)
	return sum, err
}

// create puts the keys of an issue on the token and stores the record. What a failure
// leaves on the token is for remove.
func (h *heldKeys) create(ctx context.Context, store otp.Store, issue otp.SpectraIssue) error {
	own := make([]byte, otp.DeviceKeyLen)
	defer clear(own)
	rand.Read(own)
	for _, k := range []struct {
		name string
		hash crypto.Hash
		key  []byte
	}{{heldCode, issue.Hash, issue.Code}, {heldLock, crypto.SHA256, issue.Lock}, {heldUnlock, crypto.SHA256, issue.Unlock}, {heldRecord, crypto.SHA256, own}} {
		key := NewSecret(slices.Clone(k.key))
		spec := MACKeySpec{ID: heldID(h.id, k.name), Label: LabelPrefix + issue.Serial + " " + k.name, Hash: k.hash}
		err := h.macs.ImportMACKey(ctx, spec, key)
		key.Wipe()
		if err != nil {
			return h.failed(err)
		}
	}
	key, err := h.recordKey()
	if err != nil {
		return err
	}
	defer clear(key)
	issue.Code, issue.Lock, issue.Unlock = nil, nil, nil
	return otp.CreateSpectra(store, key, issue)
}

// remove takes the keys off the token: those of this device, by their CKA_ID, and none
// of anybody else's. Keys that are not there are no error.
func (h *heldKeys) remove(ctx context.Context) error {
	for _, name := range heldNames {
		if err := h.macs.DeleteMACKey(ctx, heldID(h.id, name)); err != nil {
			return h.failed(err)
		}
	}
	return nil
}

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
		g.sweepHeld(ctx, act.Token)
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
	a.children.Go(func() { // ends with the request that has the turn, or with the agent
		_ = a.turn.do(a.life, "", func(ctx context.Context) error {
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
	g.sweepLocked(ctx, *m.Token)
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
