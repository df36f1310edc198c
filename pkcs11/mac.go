package pkcs11

import (
	"bytes"
	"context"
	"crypto"
	"crypto/hmac"
	"crypto/rand"
	"crypto/subtle"
	"fmt"

	p11 "github.com/miekg/pkcs11"

	"qoltanba/agent"
)

var _ agent.MACs = (*Token)(nil)

// macs are the hashes of HMAC and their mechanisms (PKCS #11 2.40, sections 2.20 to
// 2.24).
var macs = map[crypto.Hash]uint{
	crypto.SHA1:   p11.CKM_SHA_1_HMAC,
	crypto.SHA256: p11.CKM_SHA256_HMAC,
	crypto.SHA512: p11.CKM_SHA512_HMAC,
}

// ImportMACKey implements agent.MACs. What the token computes with the key is compared
// before it stays: one that pads or cuts keys in a way of its own would give codes that
// the bank refuses.
func (t *Token) ImportMACKey(ctx context.Context, spec agent.MACKeySpec, key *agent.Secret) error {
	key = key.Clone()
	undo := func() { _ = t.deleteMAC(spec.ID) }
	_, err := call(ctx, t.writing, func() (nothing, error) {
		// When ctx ends the call inside goes on after this one, which wipes key.
		own := key.Clone()
		return call(ctx, t.turn, func() (nothing, error) { return nothing{}, t.importMAC(spec, own.Bytes()) }, undo, own)
	}, func() { // ctx ended just after the call inside had
		_, _ = call(context.Background(), t.turn, func() (nothing, error) { undo(); return nothing{}, nil }, nil)
	}, key)
	if err != nil {
		return t.fail("importing a key", full(err))
	}
	return nil
}

// MAC implements agent.MACs.
func (t *Token) MAC(ctx context.Context, id []byte, hash crypto.Hash, message []byte) ([]byte, error) {
	message = bytes.Clone(message)
	return do(ctx, t, "computing a code", func() ([]byte, error) {
		if err := t.open(); err != nil {
			return nil, err
		}
		mechanism, err := t.canMAC(hash)
		if err != nil {
			return nil, err
		}
		all, err := t.secrets(id)
		switch {
		case err != nil:
			return nil, err
		case len(all) != 1: // of several nothing tells which one is meant
			return nil, fmt.Errorf("%d secret keys %x: %w", len(all), id, agent.ErrNoKey)
		}
		return t.mac(all[0], mechanism, hash, message)
	}, nil)
}

// DeleteMACKey implements agent.MACs.
func (t *Token) DeleteMACKey(ctx context.Context, id []byte) error {
	_, err := do(ctx, t, "deleting a key", func() (nothing, error) {
		if err := t.open(); err != nil {
			return nothing{}, err
		}
		return nothing{}, t.deleteMAC(id)
	}, nil)
	return err
}

// open returns an error unless the token is alive and unlocked. The turn is held.
func (t *Token) open() error {
	if _, err := t.alive(); err != nil {
		return err
	}
	if t.login.Load() == 0 {
		return agent.ErrLocked
	}
	return nil
}

// canMAC asks the token for the mechanism of a hash. The turn is held.
func (t *Token) canMAC(hash crypto.Hash) (mechanism uint, err error) {
	mechanism, known := macs[hash]
	if !known {
		return 0, fmt.Errorf("HMAC with hash %d: %w", hash, agent.ErrMechanism)
	}
	info, err := t.m.lib.GetMechanismInfo(t.slot, []*p11.Mechanism{p11.NewMechanism(mechanism, nil)})
	if err == nil && info.Flags&p11.CKF_SIGN == 0 {
		err = fmt.Errorf("HMAC with %v: %w", hash, agent.ErrMechanism)
	}
	return mechanism, err
}

// importMAC is ImportMACKey with the turn held.
func (t *Token) importMAC(spec agent.MACKeySpec, key []byte) error {
	if t.gone.Load() {
		return agent.ErrTokenLost
	}
	if err := t.open(); err != nil {
		return err
	}
	if len(spec.ID) < minID || len(key) == 0 {
		return fmt.Errorf("a key of %d bytes with an identifier of %d: %w", len(key), len(spec.ID), agent.ErrInvalid)
	}
	mechanism, err := t.canMAC(spec.Hash)
	if err != nil {
		return err
	}
	same, err := objects(t.m.lib, t.session, []*p11.Attribute{p11.NewAttribute(p11.CKA_ID, spec.ID)})
	if err != nil {
		return err
	}
	if len(same) > 0 {
		return fmt.Errorf("identifier %x is on the token already: %w", spec.ID, agent.ErrInvalid)
	}
	value := macKey(spec.Hash, key)
	defer clear(value)
	h, err := t.m.lib.CreateObject(t.session, []*p11.Attribute{
		p11.NewAttribute(p11.CKA_CLASS, p11.CKO_SECRET_KEY),
		p11.NewAttribute(p11.CKA_KEY_TYPE, p11.CKK_GENERIC_SECRET),
		p11.NewAttribute(p11.CKA_TOKEN, true),
		p11.NewAttribute(p11.CKA_PRIVATE, true),
		p11.NewAttribute(p11.CKA_SENSITIVE, true),
		p11.NewAttribute(p11.CKA_EXTRACTABLE, false),
		p11.NewAttribute(p11.CKA_SIGN, true),
		p11.NewAttribute(p11.CKA_DERIVE, false), // a key derived from parts of it would give it away
		p11.NewAttribute(p11.CKA_ID, spec.ID),
		p11.NewAttribute(p11.CKA_LABEL, spec.Label),
		p11.NewAttribute(p11.CKA_VALUE, value), // copied to C memory, which is not wiped
	})
	if err != nil {
		return err
	}
	if err = t.proveMAC(h, mechanism, spec.Hash, value); err != nil && !lost(err) {
		_ = t.m.lib.DestroyObject(t.session, h)
	}
	return err
}

// macKey is the key as the token gets it. HMAC pads short keys with zeros and hashes
// long ones (RFC 2104, section 2); done here, the value is one that every token takes:
// some refuse a key shorter than the digest, or longer than a block.
func macKey(hash crypto.Hash, key []byte) []byte {
	h := hash.New()
	if len(key) > h.BlockSize() {
		h.Write(key)
		return h.Sum(nil)
	}
	value := make([]byte, max(len(key), h.Size()))
	copy(value, key)
	return value
}

// proveMAC returns an error unless the token keeps a new key to itself and computes with
// it what it should. The turn is held.
func (t *Token) proveMAC(h p11.ObjectHandle, mechanism uint, hash crypto.Hash, value []byte) error {
	a, err := t.m.lib.GetAttributeValue(t.session, h, []*p11.Attribute{
		p11.NewAttribute(p11.CKA_SENSITIVE, nil), p11.NewAttribute(p11.CKA_EXTRACTABLE, nil), p11.NewAttribute(p11.CKA_PRIVATE, nil)})
	if err != nil {
		return err
	}
	if !bytes.Equal(a[0].Value, []byte{1}) || !bytes.Equal(a[1].Value, []byte{0}) || !bytes.Equal(a[2].Value, []byte{1}) {
		return fmt.Errorf("the token would give the key out: %w", agent.ErrMechanism)
	}
	message := make([]byte, 16)
	rand.Read(message)
	got, err := t.mac(h, mechanism, hash, message)
	if err != nil {
		return err
	}
	want := hmac.New(hash.New, value)
	want.Write(message)
	if subtle.ConstantTimeCompare(got, want.Sum(nil)) != 1 {
		return fmt.Errorf("the token computes another HMAC: %w", agent.ErrMechanism)
	}
	return nil
}

// secrets finds the generic secret keys with that CKA_ID. The turn is held.
func (t *Token) secrets(id []byte) ([]p11.ObjectHandle, error) {
	if len(id) == 0 { // it would match every key
		return nil, nil
	}
	return objects(t.m.lib, t.session, []*p11.Attribute{
		p11.NewAttribute(p11.CKA_CLASS, p11.CKO_SECRET_KEY),
		p11.NewAttribute(p11.CKA_KEY_TYPE, p11.CKK_GENERIC_SECRET),
		p11.NewAttribute(p11.CKA_ID, id)})
}

// mac computes with a key. The turn is held.
func (t *Token) mac(h p11.ObjectHandle, mechanism uint, hash crypto.Hash, message []byte) ([]byte, error) {
	if err := t.m.lib.SignInit(t.session, []*p11.Mechanism{p11.NewMechanism(mechanism, nil)}, h); err != nil {
		return nil, err
	}
	sum, err := t.m.lib.Sign(t.session, message)
	if err == nil && len(sum) != hash.Size() {
		err = fmt.Errorf("an HMAC of %d bytes: %w", len(sum), agent.ErrToken)
	}
	return sum, err
}

// deleteMAC is DeleteMACKey with the turn held.
func (t *Token) deleteMAC(id []byte) error {
	all, err := t.secrets(id)
	if err != nil {
		return err
	}
	for _, h := range all {
		if err := t.m.lib.DestroyObject(t.session, h); err != nil && !isCode(err, p11.CKR_OBJECT_HANDLE_INVALID) {
			return err
		}
	}
	return nil
}
