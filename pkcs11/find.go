package pkcs11

import (
	"bytes"
	"context"
	"crypto"
	"errors"
	"fmt"

	"github.com/ThalesIgnite/crypto11"
	p11 "github.com/miekg/pkcs11"

	"qoltanba/agent"
	"qoltanba/agent/gost"
)

// Key implements agent.Token. A private half whose public half is neither on the
// token nor in a certificate counts as none.
func (t *Token) Key(ctx context.Context, id []byte) (agent.Key, error) {
	return do(ctx, t, "finding a key", func() (agent.Key, error) {
		if _, err := t.alive(); err != nil {
			return nil, err
		}
		k, err := t.keyOf(id)
		if err != nil {
			return nil, err
		}
		return k, nil
	}, nil)
}

// keyOf finds a key pair and its certificate. known are public halves of which the
// key's may be one, as certificates have them. The turn is held.
func (t *Token) keyOf(id []byte, known ...crypto.PublicKey) (*key, error) {
	n := t.login.Load()
	private, err := t.private(id)
	switch {
	case err != nil:
		return nil, err
	case len(private) == 0 && n == 0 && len(id) > 0:
		return nil, agent.ErrLocked // it may be there
	case len(private) == 0:
		return nil, agent.ErrNoKey
	}
	certs, err := certificates(t.m.lib, t.session, p11.NewAttribute(p11.CKA_ID, id))
	if err != nil {
		return nil, err
	}
	var points []*gost.PublicKey
	for _, c := range certs {
		known = append(known, c.cert.PublicKey)
	}
	for _, k := range known {
		if p, ok := k.(*gost.PublicKey); ok {
			points = append(points, p)
		}
	}
	for _, p := range private {
		signer, err := t.pair(p, id, points)
		if err != nil {
			return nil, err
		}
		if signer == nil {
			continue
		}
		k := &key{t: t, id: bytes.Clone(id), label: p.label, public: signer.Public()}
		if n != 0 {
			k.handle.Store(&handle{login: n, signer: signer})
		}
		for _, c := range certs {
			if agent.SamePublicKey(c.cert.PublicKey, k.public) && (k.cert == nil || c.cert.NotAfter.After(k.cert.NotAfter)) {
				k.cert, k.label = c.cert, c.label
			}
		}
		return k, nil
	}
	return nil, fmt.Errorf("a private key without its public half: %w", agent.ErrNoKey)
}

// private is a CKO_PRIVATE_KEY object.
type private struct {
	handle  p11.ObjectHandle
	keyType uint
	label   string
}

// private finds the private keys with that CKA_ID. The turn is held.
func (t *Token) private(id []byte) ([]private, error) {
	if len(id) == 0 { // it would match every key
		return nil, nil
	}
	handles, err := objects(t.m.lib, t.session, []*p11.Attribute{
		p11.NewAttribute(p11.CKA_CLASS, p11.CKO_PRIVATE_KEY), p11.NewAttribute(p11.CKA_ID, id)})
	if err != nil {
		return nil, err
	}
	var all []private
	for _, h := range handles {
		a, err := t.m.lib.GetAttributeValue(t.session, h, []*p11.Attribute{
			p11.NewAttribute(p11.CKA_KEY_TYPE, nil), p11.NewAttribute(p11.CKA_LABEL, nil)})
		if err != nil {
			return nil, err
		}
		all = append(all, private{handle: h, keyType: number(a[0].Value), label: text(string(a[1].Value))})
	}
	return all, nil
}

// pair completes a private key, or returns nil when its public half is not known.
// The turn is held.
func (t *Token) pair(p private, id []byte, points []*gost.PublicKey) (crypto.Signer, error) {
	if _, ok := gostTypeOf(p.keyType); !ok {
		return t.find(id, p.keyType, nil)
	}
	k, err := t.gostPair(p, id, points...)
	if k == nil || err != nil {
		return nil, err
	}
	return k, nil
}

// find returns the key pair with that CKA_ID, type and public key, nil for any, or
// nil when there is none. crypto11 is not asked for other types, as it cannot read
// all of them; errors that do not come from the library are taken as not found.
func (t *Token) find(id []byte, keyType uint, public crypto.PublicKey) (crypto.Signer, error) {
	match, err := crypto11.NewAttributeSetWithID(id)
	if err != nil {
		return nil, err
	}
	match.AddIfNotPresent([]*p11.Attribute{p11.NewAttribute(p11.CKA_KEY_TYPE, keyType)})
	pairs, err := t.keys.FindKeyPairsWithAttributes(match)
	if err != nil {
		if _, ok := errors.AsType[p11.Error](err); ok {
			return nil, err
		}
		return nil, nil
	}
	for _, p := range pairs {
		if public == nil || agent.SamePublicKey(p.Public(), public) {
			return p, nil
		}
	}
	return nil, nil
}
