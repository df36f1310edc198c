package pkcs11

import (
	"context"

	p11 "github.com/miekg/pkcs11"

	"qoltanba/agent"
)

var _ agent.Admin = (*Token)(nil)

// CheckAdminPIN implements agent.Admin.
func (t *Token) CheckAdminPIN(ctx context.Context, pin *agent.Secret) error {
	pin = pin.Clone()
	_, err := do(ctx, t, "checking the administrator's PIN", func() (nothing, error) {
		return nothing{}, t.asAdmin(ctx, letters(pin), func() error { return nil })
	}, nil, pin)
	return err
}

// SetAdminPIN implements agent.Admin.
func (t *Token) SetAdminPIN(ctx context.Context, old, new *agent.Secret) error {
	old, new = old.Clone(), new.Clone()
	o, n := letters(old), letters(new)
	_, err := do(ctx, t, "changing the administrator's PIN", func() (nothing, error) {
		info, err := t.alive()
		if err == nil {
			err = takes(info, n)
		}
		if err == nil && n == o && !pinPad(info) {
			err = agent.ErrPINSame
		}
		if err != nil {
			return nothing{}, err
		}
		return nothing{}, t.asAdmin(ctx, o, func() error { return t.m.lib.SetPIN(t.session, o, n) })
	}, nil, old, new)
	return err
}

// Unblock implements agent.Admin.
func (t *Token) Unblock(ctx context.Context, admin, pin *agent.Secret) error {
	admin, pin = admin.Clone(), pin.Clone()
	n := letters(pin)
	_, err := do(ctx, t, "setting the user PIN", func() (nothing, error) {
		info, err := t.alive()
		if err == nil {
			err = takes(info, n)
		}
		if err != nil {
			return nothing{}, err
		}
		return nothing{}, t.asAdmin(ctx, letters(admin), func() error { return t.m.lib.InitPIN(t.session, n) })
	}, nil, admin, pin)
	return err
}

func pinPad(i p11.TokenInfo) bool { return i.Flags&p11.CKF_PROTECTED_AUTHENTICATION_PATH != 0 }

// takes returns ErrPINLength for a PIN that the token would not take. A PIN pad
// asks for it itself.
func takes(i p11.TokenInfo, pin string) error {
	n := uint(len(pin))
	if !pinPad(i) && (n == 0 || n < i.MinPinLen || i.MaxPinLen > 0 && n > i.MaxPinLen) {
		return agent.ErrPINLength
	}
	return nil
}

// asAdmin logs the user out and the administrator in on our session, runs f and
// logs out again. The turn is held.
func (t *Token) asAdmin(ctx context.Context, pin string, f func() error) error {
	if err := t.offer(ctx, pin, adminPINError); err != nil {
		return err
	}
	if err := t.m.lib.Login(t.session, p11.CKU_SO, pin); err != nil {
		return t.m.adminRefused(t.slot, err)
	}
	err := f()
	// What was done is done, also if the token went right after.
	_ = t.m.lib.Logout(t.session)
	return err
}

// adminRefused tells what an error means that came of the administrator's PIN.
func (m *Module) adminRefused(slot uint, err error) error {
	if isCode(err, p11.CKR_PIN_LOCKED) {
		return agent.ErrAdminPINLocked
	}
	if isCode(err, p11.CKR_PIN_INCORRECT, p11.CKR_PIN_LEN_RANGE, p11.CKR_PIN_INVALID) {
		info, infoErr := m.lib.GetTokenInfo(slot)
		if infoErr != nil {
			return infoErr
		}
		return adminPINError(info)
	}
	return err
}

// adminPINError is pinError for the administrator's PIN.
func adminPINError(i p11.TokenInfo) error {
	e := &agent.PINError{Retries: agent.RetriesUnknown, Admin: true}
	switch {
	case i.Flags&p11.CKF_SO_PIN_LOCKED != 0:
		return agent.ErrAdminPINLocked
	case i.Flags&p11.CKF_SO_PIN_FINAL_TRY != 0:
		e.Retries = 1
	case i.Flags&p11.CKF_SO_PIN_COUNT_LOW != 0:
		e.Retries = agent.RetriesLow
	}
	return e
}
