package agent

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"

	"qoltanba/agent/otp"
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

// heldKeys are the keys of one device in an unlocked token.
type heldKeys struct {
	a    *Agent
	on   *device
	macs MACs
	id   string // of the code generator

	// The last message of the code key and its MAC, which is asked for each second while
	// the code is shown.
	over, sum []byte
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
	ctx, cancel := context.WithTimeout(h.a.children.life, tokenPatience)
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
	s, err = otp.OpenSpectra(store, key, keys, !h.a.config.KeepStartPIN)
	return s, err
}

// code is mac for the code key, once for each half minute.
func (h *heldKeys) code(hash crypto.Hash, message []byte) ([]byte, error) {
	if h.sum != nil && slices.Equal(h.over, message) {
		return slices.Clone(h.sum), nil
	}
	h.forget()
	sum, err := h.mac(heldCode, hash, message)
	if err != nil {
		return nil, err
	}
	h.over, h.sum = slices.Clone(message), slices.Clone(sum)
	return sum, nil
}

// forget wipes what is kept of a code (S19). Without keys in a token nothing is.
func (h *heldKeys) forget() {
	if h == nil {
		return
	}
	clear(h.over)
	clear(h.sum)
	h.over, h.sum = nil, nil
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
