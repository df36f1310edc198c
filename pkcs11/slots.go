package pkcs11

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"strings"
	"unicode/utf8"

	p11 "github.com/miekg/pkcs11"

	"qoltanba/agent"
)

// found is a token as a look at the slots found it.
type found struct {
	slot uint
	id   agent.TokenID
	raw  p11.TokenInfo
}

// blank tells whether it was never formatted.
func (f found) blank() bool { return f.raw.Flags&p11.CKF_TOKEN_INITIALIZED == 0 }

// sessions is how many sessions crypto11 may have at the most, one of which it
// keeps idle. A token that tells how many it has keeps two of them for us.
func (f found) sessions(wanted int) int {
	n := wanted + 1
	if has := f.raw.MaxRwSessionCount; has != p11.CK_EFFECTIVELY_INFINITE && has != p11.CK_UNAVAILABLE_INFORMATION {
		n = min(n, int(has)-2)
	}
	return max(n, 2)
}

// identity is what makes a token the same one again.
func identity(i p11.TokenInfo) agent.TokenID {
	return agent.TokenID{Manufacturer: text(i.ManufacturerID), Serial: text(i.SerialNumber)}
}

// text cleans a string of CK_TOKEN_INFO. It should be UTF-8 padded with spaces,
// but some vendors pad with NULs, and some write other encodings: those bytes
// are shown as \xHH.
func text(s string) string {
	s = strings.Trim(s, " \x00")
	if utf8.ValidString(s) {
		return s
	}
	var b strings.Builder
	for len(s) > 0 {
		r, n := utf8.DecodeRuneInString(s)
		if r == utf8.RuneError && n == 1 {
			fmt.Fprintf(&b, `\x%02x`, s[0])
		} else {
			b.WriteRune(r)
		}
		s = s[n:]
	}
	return b.String()
}

// counts tells whether what is in a slot is a token of a person. Slots that
// could hold one but do not (SoftHSM's spare slot) and read-only stores without
// login, which hold the system's trusted certificates (p11-kit), do not count.
func counts(slot, token uint) bool {
	if token&p11.CKF_TOKEN_INITIALIZED == 0 {
		return slot&p11.CKF_REMOVABLE_DEVICE != 0
	}
	return token&p11.CKF_WRITE_PROTECTED == 0 || token&p11.CKF_LOGIN_REQUIRED != 0
}

// look reads all slots, one device once. Tokens that were open and are not
// there any more are marked as lost. The turn is held.
func (m *Module) look() ([]found, error) {
	slots, err := m.lib.GetSlotList(true)
	if err != nil {
		return nil, fmt.Errorf("listing slots of %s: %w: %w", m.path, agent.ErrModule, err)
	}
	var now []found
	there := make(map[agent.TokenID]bool)
	add := func(f found) {
		if !there[f.id] {
			there[f.id] = true
			now = append(now, f)
		}
	}
	for _, slot := range slots {
		info, err := m.lib.GetTokenInfo(slot)
		last, known := m.last(slot)
		switch {
		case err == nil:
			s, err := m.lib.GetSlotInfo(slot)
			if err == nil && counts(s.Flags, info.Flags) && !m.cut(identity(info)) {
				add(found{slot: slot, id: identity(info), raw: info})
			}
		case !known:
		case !lost(err): // it is busy, say: what was known still holds
			add(last)
		case !isCode(err, p11.CKR_TOKEN_NOT_PRESENT):
			m.missing[last.id] = true
		}
	}
	maps.DeleteFunc(m.missing, func(id agent.TokenID, _ bool) bool { return there[id] })
	for t := range m.open {
		if !there[t.id] {
			t.gone.Store(true)
		}
	}
	m.seen = now
	return now, nil
}

// cut tells whether our session with a token that is there has died: it was
// pulled out and plugged in again between two looks. This look then passes over
// it, so that everybody hears that it went; the next one finds it anew.
func (m *Module) cut(id agent.TokenID) bool {
	for t := range m.open {
		if t.id != id || t.gone.Load() {
			continue
		}
		select {
		case t.turn <- struct{}{}:
			_, err := m.lib.GetSessionInfo(t.session)
			t.turn.give()
			if lost(err) {
				return true
			}
		default: // it is at work, and will find out itself
		}
	}
	return false
}

func (m *Module) last(slot uint) (found, bool) {
	for _, f := range m.seen {
		if f.slot == slot {
			return f, true
		}
	}
	return found{}, false
}

// describe makes a TokenInfo of what the token tells. Flags about the PIN mean
// something only once the token is initialized.
func (m *Module) describe(i p11.TokenInfo, keys []agent.KeyInfo) agent.TokenInfo {
	d := agent.TokenInfo{
		ID:     identity(i),
		Label:  text(i.Label),
		Model:  text(i.Model),
		PINPad: i.Flags&p11.CKF_PROTECTED_AUTHENTICATION_PATH != 0,
		MinPIN: int(i.MinPinLen),
		MaxPIN: int(i.MaxPinLen),
		Keys:   keys,
	}
	d.Name = cmp.Or(m.opts.Name, d.Model, d.ID.Manufacturer)
	if i.Flags&p11.CKF_TOKEN_INITIALIZED != 0 {
		d.Initialized = true
		d.PINLow = i.Flags&p11.CKF_USER_PIN_COUNT_LOW != 0
		d.PINFinal = i.Flags&p11.CKF_USER_PIN_FINAL_TRY != 0
		d.PINLocked = i.Flags&p11.CKF_USER_PIN_LOCKED != 0
		d.PINUnset = i.Flags&p11.CKF_USER_PIN_INITIALIZED == 0
		d.PINDefault = i.Flags&p11.CKF_USER_PIN_TO_BE_CHANGED != 0
		d.AdminPINLow = i.Flags&p11.CKF_SO_PIN_COUNT_LOW != 0
		d.AdminPINFinal = i.Flags&p11.CKF_SO_PIN_FINAL_TRY != 0
		d.AdminPINLocked = i.Flags&p11.CKF_SO_PIN_LOCKED != 0
		d.AdminPINDefault = i.Flags&p11.CKF_SO_PIN_TO_BE_CHANGED != 0
	}
	return d
}

// List implements agent.Tokens.
func (m *Module) List(ctx context.Context) ([]agent.TokenInfo, error) {
	all, err := call(ctx, m.turn, func() ([]agent.TokenInfo, error) { return m.list(len(m.missing) > 0, true) }, nil)
	if err != nil {
		return nil, fmt.Errorf("listing tokens: %w", translate(err))
	}
	return all, nil
}

// list looks at the slots and reads certificates: of every token, or only of
// those that are new since the last time. The turn is held.
func (m *Module) list(anew, reread bool) ([]agent.TokenInfo, error) {
	if err := m.ready(anew); err != nil {
		return nil, err
	}
	now, err := m.look()
	if err != nil {
		return nil, err
	}
	infos := make([]agent.TokenInfo, len(now))
	for i, f := range now {
		infos[i] = m.describe(f.raw, m.publicKeys(f, reread))
	}
	m.forgetAllBut(now)
	return infos, nil
}
