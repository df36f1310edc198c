package server_test

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"qoltanba/agent/otp"
	"qoltanba/cmd/refbank/desk"
	"qoltanba/cmd/refbank/devicetest"
	"qoltanba/cmd/refbank/store"
)

// TestLockAndClerk is the life of a locked token at the bank's desk, with the device.
func TestLockAndClerk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBank(t)
		d, owner := b.desk(), ownerOf(b.asel)
		token := b.spectra(t, b.asel)
		number := token.Lock()
		code, err := d.Unlock(t.Context(), token.Serial(), owner, number)
		if err != nil || len(code) != otp.UnlockLen {
			t.Fatalf("S54 Unlock = %q, %v", code, err)
		}
		if again, err := d.Unlock(t.Context(), token.Serial(), owner, number); err != nil || again != code {
			t.Errorf("S64 the same number again = %q, %v, want the same code", again, err)
		}
		if !token.Unlock(code) {
			t.Fatal("S54 the token does not take the code")
		}
		nextStep(t)
		w := newBrowser(t, b)
		if got := loginByCode(w, b.asel.UserID, token.Code(0)); got != "" {
			t.Errorf("login after unlocking = %s, want no error", got)
		}

		// The clerk's answers go on when the token is far ahead.
		for range 30 {
			token.Lock()
		}
		first, second := token.Lock(), token.Lock()
		if _, err := d.Unlock(t.Context(), token.Serial(), owner, first); !errors.Is(err, otp.ErrWrongNumber) {
			t.Errorf("S55 number far ahead = %v, want ErrWrongNumber", err)
		}
		code, err = d.ResyncLocks(t.Context(), token.Serial(), owner, first, second)
		if err != nil || !token.Unlock(code) {
			t.Errorf("resynchronization by two lock numbers = %q, %v", code, err)
		}
		if _, err := d.Unlock(t.Context(), token.Serial(), owner, number); !errors.Is(err, otp.ErrWrongNumber) {
			t.Errorf("S64 an older number = %v, want ErrWrongNumber", err)
		}

		// A clock that is a day off is found by two codes, which are used up by it.
		const day = 24 * 60 * 2
		if got := loginByCode(newBrowser(t, b), b.asel.UserID, token.Code(day)); got != "code" {
			t.Fatalf("login with a clock a day off = %q, want code", got)
		}
		drift, err := d.ResyncClock(t.Context(), token.Serial(), owner, token.Code(day), token.Code(day+1))
		if err != nil || drift != day+1 {
			t.Errorf("ResyncClock = %d, %v, want %d", drift, err, day+1)
		}
		if got := loginByCode(newBrowser(t, b), b.asel.UserID, token.Code(day+1)); got != "code" {
			t.Errorf("S3 login by a code that found the clock = %q, want code", got)
		}
		if got := loginByCode(newBrowser(t, b), b.asel.UserID, token.Code(day+2)); got != "" {
			t.Errorf("S12 login by the code after = %s, want no error", got)
		}
		if _, err := d.ResyncClock(t.Context(), token.Serial(), owner, "000000", "000000"); !errors.Is(err, otp.ErrWrongCode) {
			t.Errorf("ResyncClock(wrong) = %v, want ErrWrongCode", err)
		}

		// Whoever is not the owner gets nothing, and the number is not looked at.
		number = token.Lock()
		for name, bad := range map[string]desk.Owner{
			"nobody looked": {IIN: b.asel.IIN}, "other person": {How: desk.Phone, IIN: "900101300459"},
			"no number": {How: desk.Branch}, "other way": {How: "e-mail", IIN: b.asel.IIN},
		} {
			for range otp.LockMisfits + 1 {
				if _, err := d.Unlock(t.Context(), token.Serial(), bad, "0000000"); !errors.Is(err, desk.ErrOwner) {
					t.Errorf("S51 S52 %s: Unlock = %v, want ErrOwner", name, err)
				}
			}
		}
		if code, err = d.Unlock(t.Context(), token.Serial(), desk.Owner{How: desk.Phone, IIN: b.asel.IIN}, number); err != nil || !token.Unlock(code) {
			t.Errorf("S52 the owner, by telephone = %q, %v", code, err)
		}

		// Numbers that do not fit come to an end.
		other := b.spectra(t, b.daniyar)
		for n := range otp.LockMisfits {
			if _, err := d.Unlock(t.Context(), other.Serial(), ownerOf(b.daniyar), number); !errors.Is(err, otp.ErrWrongNumber) {
				t.Fatalf("S55 S63 number %d of another token = %v, want ErrWrongNumber", n, err)
			}
		}
		if _, err := d.Unlock(t.Context(), other.Serial(), ownerOf(b.daniyar), other.Lock()); !errors.Is(err, otp.ErrBlocked) {
			t.Errorf("S55 the right number after %d wrong ones = %v, want ErrBlocked", otp.LockMisfits, err)
		}
		if _, err := d.Unlock(t.Context(), "0000000000", owner, number); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("S55 unknown serial number = %v, want ErrNotFound", err)
		}
	})
}

// TestUnlockCodes has the bank's codes entered wrongly, late and elsewhere.
func TestUnlockCodes(t *testing.T) {
	b := newBank(t)
	d, owner := b.desk(), ownerOf(b.asel)
	token, other := b.spectra(t, b.asel), b.spectra(t, b.daniyar)
	unlock := func(number string) string {
		t.Helper()
		code, err := d.Unlock(t.Context(), token.Serial(), owner, number)
		if err != nil {
			t.Fatalf("Unlock(%s) = %v", number, err)
		}
		return code
	}
	token.Do("pp7c73c739c") // three entries that were not finished
	token.Do(devicetest.PIN)
	if got := loginByCode(newBrowser(t, b), b.asel.UserID, token.Code(0)); got != "" {
		t.Errorf("S23 S13 login after cleared entries = %s, want no error", got)
	}

	first := unlock(token.Lock())
	token.Do("c" + first + "73" + "pp") // the power goes before the new PIN
	if !token.Unlock(first) {
		t.Error("S61 the code does not work after the power was lost")
	}
	second := token.Lock()
	token.Do("c" + first)
	if label, _, err := token.Display(time.Now()); err != nil || label != "FAIL1" {
		t.Errorf("S58 S62 the code of the lock before shows %q, %v, want FAIL1", label, err)
	}
	token.Do("c" + wrong(first) + "c" + wrong(wrong(first)))
	token.Do("c")
	third := token.Lock() // three further wrong codes
	if third == second {
		t.Error("S59 the number stays after three wrong codes")
	}
	old := unlock(third)
	if other.Lock(); other.Unlock(old) {
		t.Error("S63 the code unlocks another token")
	}
	if !token.Unlock(old) {
		t.Error("S59 S60 the code for the new number does not work")
	}
	if got := loginByCode(newBrowser(t, b), b.asel.UserID, token.Code(1)); got != "" {
		t.Errorf("S60 S65 login after unlocking = %s, want no error", got)
	}
}
