package pkcs11_test

import (
	"testing"

	p11 "github.com/miekg/pkcs11"

	"qoltanba/agent"
	"qoltanba/agent/agenttest/softhsm"
)

// These tests drive the module with faults past package pkcs11: what it does
// to PINs and formatting has to be right before anything is tested with it.

// rawSlot initializes the store's module and returns the slot of the token.
func rawSlot(t *testing.T, s *softhsm.Store) (*p11.Ctx, uint) {
	t.Helper()
	lib := p11.New(s.Module)
	if err := lib.Initialize(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = lib.Finalize() })
	slots, err := lib.GetSlotList(true)
	if err != nil || len(slots) != 1 {
		t.Fatalf("GetSlotList() = %v, %v, want one", slots, err)
	}
	return lib, slots[0]
}

func rawSession(t *testing.T, lib *p11.Ctx, slot uint) p11.SessionHandle {
	t.Helper()
	s, err := lib.OpenSession(slot, p11.CKF_SERIAL_SESSION|p11.CKF_RW_SESSION)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func wantCode(t *testing.T, what string, got error, want uint) {
	t.Helper()
	if want == p11.CKR_OK && got == nil {
		return
	}
	if got != p11.Error(want) {
		t.Errorf("%s = %v, want %v", what, got, p11.Error(want))
	}
}

// pinFlags are the flags about PINs that are not constant.
func pinFlags(t *testing.T, lib *p11.Ctx, slot uint) uint {
	t.Helper()
	i, err := lib.GetTokenInfo(slot)
	if err != nil {
		t.Fatal(err)
	}
	return i.Flags & (p11.CKF_USER_PIN_COUNT_LOW | p11.CKF_USER_PIN_FINAL_TRY | p11.CKF_USER_PIN_LOCKED | p11.CKF_USER_PIN_TO_BE_CHANGED |
		p11.CKF_SO_PIN_COUNT_LOW | p11.CKF_SO_PIN_FINAL_TRY | p11.CKF_SO_PIN_LOCKED)
}

func TestFaultLadder(t *testing.T) {
	for _, c := range []struct {
		name                   string
		user                   uint
		right                  string
		low, final, lockedFlag uint
	}{
		{"user", p11.CKU_USER, "1234", p11.CKF_USER_PIN_COUNT_LOW, p11.CKF_USER_PIN_FINAL_TRY, p11.CKF_USER_PIN_LOCKED},
		{"administrator", p11.CKU_SO, softhsm.SOPIN, p11.CKF_SO_PIN_COUNT_LOW, p11.CKF_SO_PIN_FINAL_TRY, p11.CKF_SO_PIN_LOCKED},
	} {
		t.Run(c.name, func(t *testing.T) {
			store, _, fault := usb(t)
			fault.Tries(t, 3)
			lib, slot := rawSlot(t, store)
			s := rawSession(t, lib, slot)
			step := func(pin string, want, flags uint) {
				t.Helper()
				wantCode(t, "C_Login("+pin+")", lib.Login(s, c.user, pin), want)
				if got := pinFlags(t, lib, slot); got != flags {
					t.Errorf("after C_Login(%s) the flags are %#x, want %#x", pin, got, flags)
				}
			}
			step("9999", p11.CKR_PIN_INCORRECT, c.low)
			step("9999", p11.CKR_PIN_INCORRECT, c.final)
			step(c.right, p11.CKR_OK, 0)
			if err := lib.Logout(s); err != nil {
				t.Fatal(err)
			}
			step("9999", p11.CKR_PIN_INCORRECT, c.low)
			step("9999", p11.CKR_PIN_INCORRECT, c.final)
			step("9999", p11.CKR_PIN_INCORRECT, c.lockedFlag)
			step(c.right, p11.CKR_PIN_LOCKED, c.lockedFlag)
			if c.user == p11.CKU_SO {
				if err := lib.CloseSession(s); err != nil {
					t.Fatal(err)
				}
				wantCode(t, "C_InitToken with the administrator locked", lib.InitToken(slot, c.right, "x"), p11.CKR_PIN_LOCKED)
				return
			}
			wantCode(t, "C_SetPIN", lib.SetPIN(s, c.right, "12345"), p11.CKR_PIN_LOCKED)
			wantCode(t, "C_Login(SO)", lib.Login(s, p11.CKU_SO, softhsm.SOPIN), p11.CKR_OK)
			wantCode(t, "C_InitPIN", lib.InitPIN(s, c.right), p11.CKR_OK)
			if err := lib.Logout(s); err != nil {
				t.Fatal(err)
			}
			step(c.right, p11.CKR_OK, 0)
		})
	}
}

// A new device is formatted, and its first PIN has to be changed.
func TestFaultFormat(t *testing.T) {
	store, token, fault := usb(t)
	fault.Blank(t, token.ID.Serial)
	fault.ToBeChanged(t)
	fault.Tries(t, 10)
	m := open(t, store)
	all, err := m.List(t.Context())
	if err != nil || len(all) != 1 || all[0].Initialized || all[0].ID != token.ID || all[0].Label != "" {
		t.Errorf("K19 List() with a new device = %+v, %v, want it without a label", all, err)
	}
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	lib, slot := rawSlot(t, store)
	_, err = lib.OpenSession(slot, p11.CKF_SERIAL_SESSION)
	wantCode(t, "C_OpenSession on a new device", err, p11.CKR_TOKEN_NOT_RECOGNIZED)
	wantCode(t, "C_InitToken(wrong)", lib.InitToken(slot, "12345678", "New"), p11.CKR_PIN_INCORRECT)
	if got := pinFlags(t, lib, slot); got != p11.CKF_SO_PIN_COUNT_LOW {
		t.Errorf("the flags after it are %#x, want that the administrator's tries are low", got)
	}
	wantCode(t, "C_InitToken", lib.InitToken(slot, softhsm.SOPIN, "New"), p11.CKR_OK)
	if i, err := lib.GetTokenInfo(slot); err != nil || i.Label != "New" || i.SerialNumber != token.ID.Serial {
		t.Errorf("C_GetTokenInfo after it = %+v, %v, want the label New and the serial number as before", i, err)
	}
	s := rawSession(t, lib, slot)
	wantCode(t, "C_Login before C_InitPIN", lib.Login(s, p11.CKU_USER, "1234"), p11.CKR_USER_PIN_NOT_INITIALIZED)
	wantCode(t, "C_Login(SO)", lib.Login(s, p11.CKU_SO, softhsm.SOPIN), p11.CKR_OK)
	wantCode(t, "C_InitPIN", lib.InitPIN(s, "12345678"), p11.CKR_OK)
	wantCode(t, "C_Logout", lib.Logout(s), p11.CKR_OK)
	if got := pinFlags(t, lib, slot); got != p11.CKF_USER_PIN_TO_BE_CHANGED {
		t.Errorf("the flags after C_InitPIN are %#x, want that the PIN has to be changed", got)
	}
	wantCode(t, "C_SetPIN", lib.SetPIN(s, "12345678", "1234"), p11.CKR_OK)
	if got := pinFlags(t, lib, slot); got != 0 {
		t.Errorf("the flags after C_SetPIN are %#x, want none", got)
	}
}

// The token goes during formatting: before, it keeps what it had; after, it is
// erased although nobody says so.
func TestFaultUnplugFormat(t *testing.T) {
	for _, before := range []bool{true, false} {
		store, token, fault := usb(t)
		lib, slot := rawSlot(t, store)
		fault.Unplug(t, "C_InitToken", before)
		wantCode(t, "C_InitToken", lib.InitToken(slot, softhsm.SOPIN, "New"), p11.CKR_DEVICE_REMOVED)
		wantCode(t, "C_InitToken without the token", lib.InitToken(slot, softhsm.SOPIN, "New"), p11.CKR_TOKEN_NOT_PRESENT)
		if slots, err := lib.GetSlotList(true); err != nil || len(slots) != 0 {
			t.Errorf("before %v: C_GetSlotList = %v, %v, want none", before, slots, err)
		}
		fault.Show(t, token.ID.Serial)
		want := map[bool]string{true: token.Label, false: "New"}[before]
		if i, err := lib.GetTokenInfo(slot); err != nil || i.Label != want {
			t.Errorf("before %v: the token is %q, %v, want %q", before, i.Label, err, want)
		}
		if err := lib.Finalize(); err != nil {
			t.Fatal(err)
		}
	}
}

// Sessions and the login end when the token is pulled out.
func TestFaultSessions(t *testing.T) {
	store, token, fault := usb(t)
	lib, slot := rawSlot(t, store)
	old := rawSession(t, lib, slot)
	wantCode(t, "C_Login", lib.Login(old, p11.CKU_USER, token.PIN), p11.CKR_OK)
	state := func(s p11.SessionHandle) error { _, err := lib.GetSessionInfo(s); return err }

	fault.Hide(t, token.ID.Serial)
	wantCode(t, "C_GetSessionInfo without the token", state(old), p11.CKR_DEVICE_REMOVED)
	_, err := lib.OpenSession(slot, p11.CKF_SERIAL_SESSION)
	wantCode(t, "C_OpenSession without the token", err, p11.CKR_TOKEN_NOT_PRESENT)
	_, err = lib.GetTokenInfo(slot)
	wantCode(t, "C_GetTokenInfo without the token", err, p11.CKR_TOKEN_NOT_PRESENT)
	if i, err := lib.GetSlotInfo(slot); err != nil || i.Flags != p11.CKF_REMOVABLE_DEVICE {
		t.Errorf("C_GetSlotInfo without the token = %#x, %v, want an empty slot", i.Flags, err)
	}

	fault.Show(t, token.ID.Serial)
	wantCode(t, "C_GetSessionInfo of the old session", state(old), p11.CKR_SESSION_HANDLE_INVALID)
	fresh := rawSession(t, lib, slot)
	if i, err := lib.GetSessionInfo(fresh); err != nil || i.State != p11.CKS_RW_PUBLIC_SESSION {
		t.Errorf("a new session has the state %d, %v, want nobody logged in", i.State, err)
	}
	wantCode(t, "C_Login in the old session", lib.Login(old, p11.CKU_USER, token.PIN), p11.CKR_SESSION_HANDLE_INVALID)
	wantCode(t, "C_Login in the new session", lib.Login(fresh, p11.CKU_USER, token.PIN), p11.CKR_OK)
}

// SoftHSM's spare slot is shown when asked for: a device without a serial number.
func TestFaultSpare(t *testing.T) {
	store, token, fault := usb(t)
	m := open(t, store)
	list := func() []agent.TokenInfo {
		t.Helper()
		all, err := m.List(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	if all := list(); len(all) != 1 || all[0].ID != token.ID {
		t.Errorf("List() = %v, want the token", all)
	}
	fault.Spare(t)
	if all := list(); len(all) != 2 {
		t.Errorf("List() with the spare slot = %v, want two", all)
	}
}
