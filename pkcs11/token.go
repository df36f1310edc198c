package pkcs11

import (
	"context"
	"fmt"
	"sync/atomic"

	"github.com/ThalesIgnite/crypto11"
	p11 "github.com/miekg/pkcs11"

	"qoltanba/agent"
)

var _ agent.Token = (*Token)(nil)

// Token is a session with one token. It implements agent.Token.
type Token struct {
	m    *Module
	id   agent.TokenID
	slot uint
	keys *crypto11.Context

	turn    turn              // of session, which one goroutine may use at a time
	session p11.SessionHandle // for the PIN and certificates
	writing turn              // of those who write objects; taken before turn
	signing turn              // of those who sign, as many as Options.Sessions; taken all, after turn, to log out
	logins  uint64            // counts, with the turn

	login atomic.Uint64 // the number of the login that holds, 0 while locked
	gone  atomic.Bool   // lost or closed

	kazakh atomic.Bool // the byte order of the last GOST signature
}

// do takes the token's own session and runs f. When ctx ends while f runs, f
// goes on and undo follows if it succeeded. The secrets are wiped as by call.
func do[T any](ctx context.Context, t *Token, doing string, f func() (T, error), undo func(), secrets ...*agent.Secret) (T, error) {
	v, err := call(ctx, t.turn, func() (T, error) {
		if t.gone.Load() {
			var none T
			return none, agent.ErrTokenLost
		}
		return f()
	}, undo, secrets...)
	if err != nil {
		return v, t.fail(doing, err)
	}
	return v, nil
}

// nothing is the result of those who only have an error.
type nothing struct{}

// fail translates an error, and notes when the session is lost.
func (t *Token) fail(doing string, err error) error {
	err = fmt.Errorf("%s: %w", doing, translate(err))
	if lost(err) {
		t.gone.Store(true)
	}
	return err
}

// alive asks whether the token is still the one that was opened and our
// session with it works. It notes when somebody else in this process has
// logged the token out. The turn is held.
func (t *Token) alive() (p11.TokenInfo, error) {
	info, err := t.m.lib.GetTokenInfo(t.slot)
	if err != nil {
		return info, err
	}
	if identity(info) != t.id {
		return info, fmt.Errorf("another token in the slot: %w", agent.ErrTokenLost)
	}
	s, err := t.m.lib.GetSessionInfo(t.session)
	if err != nil {
		return info, err
	}
	if s.State != p11.CKS_RO_USER_FUNCTIONS && s.State != p11.CKS_RW_USER_FUNCTIONS {
		t.login.Store(0)
	}
	return info, nil
}

// Info implements agent.Token.
func (t *Token) Info(ctx context.Context) (agent.TokenInfo, error) {
	return do(ctx, t, "reading the token", func() (agent.TokenInfo, error) {
		info, err := t.alive()
		if err != nil {
			return agent.TokenInfo{}, err
		}
		all, err := certificates(t.m.lib, t.session, p11.NewAttribute(p11.CKA_PRIVATE, false))
		if err != nil {
			return agent.TokenInfo{}, err
		}
		return t.m.describe(info, infos(all)), nil
	}, nil)
}

// Keys implements agent.Token. Before login a certificate stands for its key;
// after it, certificates without a private key are left out. Keys that are
// neither RSA nor ECDSA nor GOST are left out.
func (t *Token) Keys(ctx context.Context) ([]agent.Key, error) {
	return do(ctx, t, "listing keys", func() ([]agent.Key, error) {
		if _, err := t.alive(); err != nil {
			return nil, err
		}
		all, err := certificates(t.m.lib, t.session)
		if err != nil {
			return nil, err
		}
		unlocked := t.login.Load() != 0
		var private map[string]bool
		if unlocked {
			if private, err = t.privateIDs(); err != nil {
				return nil, err
			}
		}
		var keys []agent.Key
		for _, c := range all {
			if supported(c.cert.PublicKey) && (!unlocked || private[string(c.id)]) {
				keys = append(keys, &key{t: t, id: c.id, label: c.label, public: c.cert.PublicKey, cert: c.cert})
			}
		}
		return keys, nil
	}, nil)
}

// privateIDs is every CKA_ID that a private key has, by one search: crypto11
// would search once for each key. That a key is its certificate's is seen when it
// is found for the first signature.
func (t *Token) privateIDs() (map[string]bool, error) {
	handles, err := objects(t.m.lib, t.session, []*p11.Attribute{p11.NewAttribute(p11.CKA_CLASS, p11.CKO_PRIVATE_KEY)})
	if err != nil {
		return nil, err
	}
	ids := make(map[string]bool, len(handles))
	for _, h := range handles {
		a, err := t.m.lib.GetAttributeValue(t.session, h, []*p11.Attribute{p11.NewAttribute(p11.CKA_ID, nil)})
		if lost(err) {
			return nil, err
		}
		if err == nil {
			ids[string(a[0].Value)] = true
		}
	}
	return ids, nil
}

// Close implements agent.Token. It waits for calls into the library that use
// the token.
func (t *Token) Close() error {
	t.m.turn.take()
	defer t.m.turn.give()
	if !t.m.open[t] {
		t.gone.Store(true)
		return nil
	}
	if !t.gone.Swap(true) { // a lost token may be back in a session of its own
		t.turn.take()
		_ = t.logout()
		t.turn.give()
	}
	t.m.shut(t)
	return nil
}
