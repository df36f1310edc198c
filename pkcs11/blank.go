package pkcs11

import (
	"context"
	"crypto/x509"
	"fmt"
	"sync/atomic"

	"qoltanba/agent"
)

var (
	_ agent.Token = (*blank)(nil)
	_ agent.Admin = (*blank)(nil)
)

// blank is a token that was never formatted. No session can be opened with it:
// all that it does is to tell of itself and to be formatted.
type blank struct {
	m    *Module
	id   agent.TokenID
	gone atomic.Bool
}

// slot finds the token, as long as it is blank. The module's turn is held.
func (b *blank) slot() (found, error) {
	if b.gone.Load() {
		return found{}, agent.ErrTokenLost
	}
	now, err := b.m.look()
	if err != nil {
		return found{}, err
	}
	for _, f := range now {
		if f.id == b.id && f.blank() {
			return f, nil
		}
	}
	b.gone.Store(true)
	return found{}, agent.ErrTokenLost
}

// Info implements agent.Token.
func (b *blank) Info(ctx context.Context) (agent.TokenInfo, error) {
	return atSlot(ctx, b, func(f found) (agent.TokenInfo, error) { return b.m.describe(f.raw, nil), nil })
}

// Details implements agent.Admin.
func (b *blank) Details(ctx context.Context) (agent.Details, error) {
	return atSlot(ctx, b, func(f found) (agent.Details, error) { return b.m.details(f.slot, f.raw) })
}

func atSlot[T any](ctx context.Context, b *blank, f func(found) (T, error)) (T, error) {
	v, err := call(ctx, b.m.turn, func() (T, error) {
		var none T
		if err := b.m.ready(false); err != nil {
			return none, err
		}
		at, err := b.slot()
		if err != nil {
			return none, err
		}
		return f(at)
	}, nil)
	if err != nil {
		return v, fmt.Errorf("reading the token: %w", translate(err))
	}
	return v, nil
}

// Format implements agent.Admin.
func (b *blank) Format(ctx context.Context, admin *agent.Secret, f agent.Format) error {
	return b.m.formatToken(ctx, b.id, &b.gone, admin, f)
}

// Objects implements agent.Admin.
func (b *blank) Objects(ctx context.Context) ([]agent.Object, error) {
	_, err := b.Info(ctx)
	return nil, err
}

// Keys implements agent.Token.
func (b *blank) Keys(ctx context.Context) ([]agent.Key, error) {
	_, err := b.Info(ctx)
	return nil, err
}

// Logout implements agent.Token.
func (b *blank) Logout(ctx context.Context) error {
	_, err := b.Info(ctx)
	return err
}

// Close implements agent.Token.
func (b *blank) Close() error {
	b.gone.Store(true)
	return nil
}

// Login implements agent.Token, and so do those below: they need a session.
func (b *blank) Login(ctx context.Context, _ *agent.Secret) error { return b.refuse(ctx) }

func (b *blank) SetPIN(ctx context.Context, _, _ *agent.Secret) error { return b.refuse(ctx) }

func (b *blank) Key(ctx context.Context, _ []byte) (agent.Key, error) { return nil, b.refuse(ctx) }

func (b *blank) GenerateKey(ctx context.Context, _ agent.KeySpec) (agent.Key, error) {
	return nil, b.refuse(ctx)
}

func (b *blank) StoreCertificate(ctx context.Context, _ []byte, _ string, _ *x509.Certificate) error {
	return b.refuse(ctx)
}

func (b *blank) CheckAdminPIN(ctx context.Context, _ *agent.Secret) error { return b.refuse(ctx) }

func (b *blank) SetAdminPIN(ctx context.Context, _, _ *agent.Secret) error { return b.refuse(ctx) }

func (b *blank) Unblock(ctx context.Context, _, _ *agent.Secret) error { return b.refuse(ctx) }

func (b *blank) Delete(ctx context.Context, _ agent.Object) error { return b.refuse(ctx) }

// refuse is ErrBlank, or why the token cannot even tell that.
func (b *blank) refuse(ctx context.Context) error {
	if _, err := b.Info(ctx); err != nil {
		return err
	}
	return agent.ErrBlank
}
