package remote

import (
	"context"
	"crypto"
	"crypto/x509"
	"errors"
	"fmt"
	"time"

	"qoltanba/agent"
	"qoltanba/agent/jsonrpc"
)

var (
	_ agent.Token = (*token)(nil)
	_ agent.Admin = (*token)(nil)
	_ agent.MACs  = (*token)(nil)
)

// token is an open token in a helper. It implements agent.Token, agent.Admin and agent.MACs.
// With its helper it is lost for ever.
type token struct {
	m *Module
	h *helper
	session
}

// do asks the helper for something about the token.
func (t *token) do(ctx context.Context, doing, method string, params any, secret []byte, result any, limit time.Duration) error {
	return t.lost(doing, t.m.ask(ctx, t.h, method, params, secret, result, limit))
}

// lost says what was being done, and that the token went with its helper.
func (t *token) lost(doing string, err error) error {
	switch {
	case err == nil:
		return nil
	case t.h.gone() && errors.Is(err, agent.ErrModule):
		return fmt.Errorf("%s: %w: %w", doing, agent.ErrTokenLost, err)
	}
	return fmt.Errorf("%s: %w", doing, err)
}

// pair asks for something with two PINs.
func (t *token) pair(ctx context.Context, doing, method string, params any, first, second *agent.Secret, limit time.Duration) error {
	pair, err := jsonrpc.PackPair(first.Bytes(), second.Bytes())
	if err != nil {
		return fmt.Errorf("%s: %w: %w", doing, agent.ErrPINLength, err)
	}
	defer clear(pair)
	return t.do(ctx, doing, method, params, pair, nil, limit)
}

// one asks for something with one PIN, which may be empty but is there.
func (t *token) one(ctx context.Context, doing, method string, pin *agent.Secret) error {
	return t.with(ctx, doing, method, t.session, pin, unbounded)
}

// with asks for something with one secret.
func (t *token) with(ctx context.Context, doing, method string, params any, secret *agent.Secret, limit time.Duration) error {
	s := secret.Clone().Bytes()
	if s == nil {
		s = []byte{}
	}
	defer clear(s)
	return t.do(ctx, doing, method, params, s, nil, limit)
}

func (t *token) Info(ctx context.Context) (i agent.TokenInfo, err error) {
	err = t.do(ctx, "reading the token", methodInfo, t.session, nil, &i, t.m.opts.Patience)
	return i, err
}

// Login waits as long as the person does, who may be typing at the device.
func (t *token) Login(ctx context.Context, pin *agent.Secret) error {
	return t.one(ctx, "logging in", methodLogin, pin)
}

func (t *token) Logout(ctx context.Context) error {
	return t.do(ctx, "logging out", methodLogout, t.session, nil, nil, t.m.opts.Patience)
}

func (t *token) Keys(ctx context.Context) ([]agent.Key, error) {
	var list keyList
	if err := t.do(ctx, "listing keys", methodKeys, t.session, nil, &list, t.m.opts.Patience); err != nil {
		return nil, err
	}
	var keys []agent.Key
	for _, w := range list.Keys {
		k, err := t.key(w)
		if err != nil {
			return nil, fmt.Errorf("listing keys: %w", err)
		}
		keys = append(keys, k)
	}
	return keys, nil
}

func (t *token) Key(ctx context.Context, id []byte) (agent.Key, error) {
	return t.ask(ctx, "finding a key", methodKey, keyParams{t.session, id}, t.m.opts.Patience)
}

// GenerateKey takes as long as the token does, which may be minutes.
func (t *token) GenerateKey(ctx context.Context, spec agent.KeySpec) (agent.Key, error) {
	return t.ask(ctx, "generating a key", methodGenerate, generateParams{t.session, spec}, unbounded)
}

// ask asks for one key.
func (t *token) ask(ctx context.Context, doing, method string, params any, limit time.Duration) (agent.Key, error) {
	var w wireKey
	if err := t.do(ctx, doing, method, params, nil, &w, limit); err != nil {
		return nil, err
	}
	k, err := t.key(w)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", doing, err)
	}
	return k, nil
}

// key is what the helper described.
func (t *token) key(w wireKey) (agent.Key, error) {
	public, err := parsePublicKey(w.Public)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", agent.ErrToken, err)
	}
	k := &key{t: t, wire: w, public: public}
	if w.Certificate != nil {
		if k.cert, err = parseCertificate(w.Certificate); err != nil {
			return nil, fmt.Errorf("%w: %w", agent.ErrToken, err)
		}
		// A certificate of another key would be put into signatures that it does not
		// verify. It keeps the key that it names.
		if !agent.SamePublicKey(k.cert.PublicKey, public) {
			return nil, fmt.Errorf("%w: the key %x has another one's certificate", agent.ErrToken, w.ID)
		}
	}
	return k, nil
}

func (t *token) StoreCertificate(ctx context.Context, id []byte, label string, cert *x509.Certificate) error {
	return t.do(ctx, "storing a certificate", methodStore, storeParams{t.session, id, label, cert.Raw}, nil, nil, t.m.opts.Patience)
}

func (t *token) SetPIN(ctx context.Context, old, new *agent.Secret) error {
	return t.pair(ctx, "changing the PIN", methodSetPIN, t.session, old, new, unbounded)
}

// Close does not wait longer than any other call: a helper that hangs is ended.
func (t *token) Close() error {
	err := t.do(context.Background(), "closing the token", methodClose, t.session, nil, nil, t.m.opts.Patience)
	if errors.Is(err, agent.ErrTokenLost) {
		return nil
	}
	return err
}

func (t *token) CheckAdminPIN(ctx context.Context, pin *agent.Secret) error {
	return t.one(ctx, "checking the administrator's PIN", methodCheckSO, pin)
}

func (t *token) SetAdminPIN(ctx context.Context, old, new *agent.Secret) error {
	return t.pair(ctx, "changing the administrator's PIN", methodSetSO, t.session, old, new, unbounded)
}

func (t *token) Unblock(ctx context.Context, admin, pin *agent.Secret) error {
	return t.pair(ctx, "setting the user PIN", methodUnblock, t.session, admin, pin, unbounded)
}

func (t *token) Format(ctx context.Context, admin *agent.Secret, f agent.Format) error {
	if err := agent.CheckLabel(f.Label); err != nil { // JSON would mend what is not UTF-8
		return fmt.Errorf("formatting: %w", err)
	}
	return t.pair(ctx, "formatting", methodFormat, formatParams{t.session, f.Label}, admin, f.PIN, formatPatience)
}

func (t *token) Objects(ctx context.Context) ([]agent.Object, error) {
	var list objectList
	err := t.do(ctx, "listing objects", methodObjects, t.session, nil, &list, t.m.opts.Patience)
	return list.Objects, err
}

func (t *token) Delete(ctx context.Context, o agent.Object) error {
	return t.do(ctx, "deleting an object", methodDelete, deleteParams{t.session, o}, nil, nil, t.m.opts.Patience)
}

func (t *token) Details(ctx context.Context) (d agent.Details, err error) {
	err = t.do(ctx, "reading the token", methodDetails, t.session, nil, &d, t.m.opts.Patience)
	return d, err
}

func (t *token) ImportMACKey(ctx context.Context, spec agent.MACKeySpec, key *agent.Secret) error {
	if err := agent.CheckLabel(spec.Label); err != nil { // JSON would mend what is not UTF-8
		return fmt.Errorf("importing a key: %w", err)
	}
	return t.with(ctx, "importing a key", methodImport, importParams{t.session, spec}, key, t.m.opts.Patience)
}

func (t *token) MAC(ctx context.Context, id []byte, hash crypto.Hash, message []byte) ([]byte, error) {
	sum, err := t.m.askSecret(ctx, t.h, methodMAC, macParams{t.session, id, hash, message}, nil, nil, t.m.opts.Patience)
	return sum, t.lost("computing a code", err)
}

func (t *token) DeleteMACKey(ctx context.Context, id []byte) error {
	return t.do(ctx, "deleting a key", methodDrop, keyParams{t.session, id}, nil, nil, t.m.opts.Patience)
}
