package pkcs11

import (
	"context"
	"unsafe"

	p11 "github.com/miekg/pkcs11"

	"qoltanba/agent"
)

// Login implements agent.Token. When ctx ends while the token checks the PIN,
// the token is logged out as soon as it has answered.
//
// For a token with a PIN pad (TokenInfo.PINPad) the PIN is empty.
func (t *Token) Login(ctx context.Context, pin *agent.Secret) error {
	// The caller may wipe pin as soon as Login returned, while a call that ctx
	// gave up on still runs: it must not offer zeros to the token.
	pin = pin.Clone()
	_, err := do(ctx, t, "logging in", func() (nothing, error) { return nothing{}, t.check(ctx, letters(pin)) },
		func() { _ = t.logout() }, pin)
	return err
}

// letters is the secret as the binding wants it. It copies nothing: the string
// is gone when the secret is wiped. The binding makes a copy in C memory, which
// it frees and does not wipe.
func letters(s *agent.Secret) string { return unsafe.String(unsafe.SliceData(s.Bytes()), s.Len()) }

// check is Logout and Login on our session: see the package comment. The turn
// is held.
func (t *Token) check(ctx context.Context, pin string) error {
	if err := t.offer(ctx, pin, pinError); err != nil {
		return err
	}
	err := t.m.lib.Login(t.session, p11.CKU_USER, pin)
	switch {
	case err == nil:
		t.logins++
		t.login.Store(t.logins)
		return nil
	case isCode(err, p11.CKR_PIN_INCORRECT):
		if info, err := t.m.lib.GetTokenInfo(t.slot); err == nil {
			return pinError(info)
		}
		return err
	}
	return err // also CKR_USER_ALREADY_LOGGED_IN, where the PIN was not checked
}

// offer makes ready for a PIN of the user or the administrator: it logs out, makes
// sure of the token, and refuses, by what wrong says, a PIN that needs no try. The
// turn is held.
func (t *Token) offer(ctx context.Context, pin string, wrong func(p11.TokenInfo) error) error {
	if err := t.logout(); err != nil {
		return err
	}
	info, err := t.alive()
	if err != nil {
		return err
	}
	if pin == "" && !pinPad(info) {
		return wrong(info) // it is wrong and shall not cost a try
	}
	return ctx.Err() // nobody waits: the try is not spent
}

// pinError tells what the token's flags say after a wrong PIN.
func pinError(i p11.TokenInfo) error {
	switch {
	case i.Flags&p11.CKF_USER_PIN_LOCKED != 0:
		return agent.ErrPINLocked
	case i.Flags&p11.CKF_USER_PIN_FINAL_TRY != 0:
		return &agent.PINError{Retries: 1}
	case i.Flags&p11.CKF_USER_PIN_COUNT_LOW != 0:
		return &agent.PINError{Retries: agent.RetriesLow}
	}
	return &agent.PINError{Retries: agent.RetriesUnknown}
}

// logout locks the private keys, which may be locked already. It waits for the
// signatures that are being made: a logout between C_SignInit and C_Sign leaves
// crypto11 with a session that answers CKR_OPERATION_ACTIVE for ever. The turn
// is held.
func (t *Token) logout() error {
	t.lock()
	t.signing.takeAll()
	defer t.signing.giveAll()
	if err := t.m.lib.Logout(t.session); err != nil && !isCode(err, p11.CKR_USER_NOT_LOGGED_IN) {
		return err
	}
	return nil
}

// lock notes that the token is locked, also for others who have opened it: to
// log out is to log out all sessions. OpenSC does not see to that itself; it
// signs with the handles of another session and a card that has no command for
// logging out.
func (t *Token) lock() {
	t.login.Store(0)
	t.m.mu.Lock()
	defer t.m.mu.Unlock()
	for other := range t.m.open {
		if other.id == t.id {
			other.login.Store(0)
		}
	}
}

// Logout implements agent.Token. From its beginning no signature is started;
// it waits for those that are being made.
func (t *Token) Logout(ctx context.Context) error {
	if ctx.Err() == nil {
		t.lock()
	}
	_, err := do(ctx, t, "logging out", func() (nothing, error) { return nothing{}, t.logout() }, nil)
	return err
}

// SetPIN implements agent.Token. It also returns ErrPINSame. The old PIN is
// checked by a login first; afterwards the token is locked. When ctx ends while
// the token works, the PIN may have been changed or not.
func (t *Token) SetPIN(ctx context.Context, old, new *agent.Secret) error {
	old, new = old.Clone(), new.Clone()
	o, n := letters(old), letters(new)
	_, err := do(ctx, t, "changing the PIN", func() (nothing, error) {
		info, err := t.alive()
		if err != nil {
			return nothing{}, err
		}
		if err := takes(info, n); err != nil {
			return nothing{}, err
		}
		if n == o && !pinPad(info) {
			return nothing{}, agent.ErrPINSame
		}
		if err := t.check(ctx, o); err != nil {
			return nothing{}, err
		}
		err = t.m.lib.SetPIN(t.session, o, n)
		// Where the PIN was changed it is, also if the token went right after.
		_ = t.logout()
		return nothing{}, err
	}, nil, old, new)
	return err
}
