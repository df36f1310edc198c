package pkcs11

import (
	"bytes"
	"context"
	"crypto"
	"errors"
	"fmt"

	p11 "github.com/miekg/pkcs11"

	"qoltanba/agent"
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

// keyOf finds a key pair and its certificate. The turn is held.
func (t *Token) keyOf(id []byte) (*key, error) {
	if len(id) == 0 {
		return nil, agent.ErrNoKey
	}
	n := t.login.Load()
	private, err := objects(t.m.lib, t.session, []*p11.Attribute{
		p11.NewAttribute(p11.CKA_CLASS, p11.CKO_PRIVATE_KEY), p11.NewAttribute(p11.CKA_ID, id)})
	switch {
	case err != nil:
		return nil, err
	case len(private) == 0 && n == 0:
		return nil, agent.ErrLocked // it may be there
	case len(private) == 0:
		return nil, agent.ErrNoKey
	}
	signer, err := t.find(id, nil)
	if err != nil {
		return nil, err
	}
	if signer == nil {
		return nil, fmt.Errorf("no public half: %w", agent.ErrNoKey)
	}
	k := &key{t: t, id: bytes.Clone(id), public: signer.Public()}
	if n != 0 {
		k.handle.Store(&handle{login: n, signer: signer})
	}
	if a, err := t.m.lib.GetAttributeValue(t.session, private[0], []*p11.Attribute{p11.NewAttribute(p11.CKA_LABEL, nil)}); err == nil {
		k.label = text(string(a[0].Value))
	}
	all, err := certificates(t.m.lib, t.session, p11.NewAttribute(p11.CKA_ID, id))
	if err != nil {
		return nil, err
	}
	for _, c := range all {
		if agent.SamePublicKey(c.cert.PublicKey, k.public) && (k.cert == nil || c.cert.NotAfter.After(k.cert.NotAfter)) {
			k.cert, k.label = c.cert, c.label
		}
	}
	return k, nil
}

// find returns the key pair with that CKA_ID and public key, nil for any, or nil
// when there is none. Errors that do not come from the library (crypto11 cannot
// read that kind of key) are taken as not found.
func (t *Token) find(id []byte, public crypto.PublicKey) (crypto.Signer, error) {
	pairs, err := t.keys.FindKeyPairs(id, nil)
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
