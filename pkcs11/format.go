package pkcs11

import (
	"context"
	"fmt"
	"sync/atomic"

	p11 "github.com/miekg/pkcs11"

	"qoltanba/agent"
)

// Format implements agent.Admin. It is C_InitToken, for which no session may be
// open, and C_InitPIN.
func (t *Token) Format(ctx context.Context, admin *agent.Secret, f agent.Format) error {
	return t.m.formatToken(ctx, t.id, &t.gone, admin, f)
}

// formatToken formats a token whose session, which ends, is gone by that flag.
func (m *Module) formatToken(ctx context.Context, id agent.TokenID, gone *atomic.Bool, admin *agent.Secret, f agent.Format) error {
	if err := agent.CheckLabel(f.Label); err != nil {
		return fmt.Errorf("formatting: %w", err)
	}
	admin, pin := admin.Clone(), f.PIN.Clone()
	_, err := call(ctx, m.turn, func() (nothing, error) {
		if gone.Swap(true) {
			return nothing{}, agent.ErrTokenLost
		}
		return nothing{}, m.format(ctx, id, letters(admin), f.Label, letters(pin))
	}, nil, admin, pin)
	if err != nil {
		return fmt.Errorf("formatting: %w", translate(err))
	}
	return nil
}

// format does it with the turn held.
func (m *Module) format(ctx context.Context, id agent.TokenID, admin, label, pin string) error {
	for o := range m.open {
		if o.id == id {
			o.gone.Store(true)
			m.shut(o)
		}
	}
	if err := m.ready(false); err != nil {
		return err
	}
	f, err := m.alone(id)
	if err != nil {
		return err
	}
	if err := takes(f.raw, pin); err != nil {
		return err
	}
	if admin == "" && !pinPad(f.raw) {
		return adminPINError(f.raw)
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	defer m.forget(id)
	if err := m.lib.InitToken(f.slot, admin, label); err != nil {
		if lost(err) { // the token was at work when it went
			return fmt.Errorf("%w: %w", agent.ErrFormatUnknown, translate(err))
		}
		return m.adminRefused(f.slot, err)
	}
	if err := m.firstPIN(f, admin, pin); err != nil {
		return fmt.Errorf("%w: %w", agent.ErrFormatErased, translate(err))
	}
	return nil
}

// alone looks once more and returns the token when it is there and no other is.
// Unlike look it passes over nothing: what is in a slot and cannot be read now
// may be somebody's token, and so may a second one without a serial number.
func (m *Module) alone(id agent.TokenID) (found, error) {
	slots, err := m.lib.GetSlotList(true)
	if err != nil {
		return found{}, err
	}
	var all []found
	others := false
	for _, slot := range slots {
		info, err := m.lib.GetTokenInfo(slot)
		if isCode(err, p11.CKR_TOKEN_NOT_PRESENT, p11.CKR_TOKEN_NOT_RECOGNIZED) {
			continue
		}
		s, slotErr := m.lib.GetSlotInfo(slot)
		switch {
		case err != nil || slotErr != nil:
			others = true
		case !counts(s.Flags, info.Flags):
		case identity(info) != id, len(all) > 0 && id.Serial == "":
			others = true
		default: // a device may have several slots
			all = append(all, found{slot: slot, id: id, raw: info})
		}
	}
	switch {
	case len(all) == 0:
		return found{}, agent.ErrTokenLost
	case others:
		return found{}, agent.ErrManyTokens
	}
	return all[0], nil
}

// firstPIN sets the user PIN of a token that was just erased.
func (m *Module) firstPIN(f found, admin, pin string) error {
	info, err := m.lib.GetTokenInfo(f.slot)
	if err != nil {
		return err
	}
	// A token that was never formatted may get its serial number only now.
	if identity(info) != f.id && !f.blank() {
		return agent.ErrTokenLost
	}
	session, err := m.lib.OpenSession(f.slot, p11.CKF_SERIAL_SESSION|p11.CKF_RW_SESSION)
	if err != nil {
		return err
	}
	defer m.lib.CloseSession(session) // logs out as well: it is the only one
	if err := m.lib.Login(session, p11.CKU_SO, admin); err != nil {
		return err
	}
	return m.lib.InitPIN(session, pin)
}
