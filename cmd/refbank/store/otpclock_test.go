package store_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"qoltanba/agent/otp"
	"qoltanba/cmd/refbank/store"
)

func TestFindClock(t *testing.T) {
	s, path := openCodes(t)
	later := func(steps int) time.Time { return now.Add(time.Duration(steps) * otp.SpectraInterval) }
	sig, err := s.ConfirmByCode(t.Context(), client.UserID, "A", code(t, 10), now)
	if off, ok := errors.AsType[*otp.ClockError](err); !errors.Is(err, store.ErrCode) || !ok || off.Steps != 10 || sig.Reason != store.ReasonClock {
		t.Fatalf("ConfirmByCode ten steps off = %+v, %v, want a ClockError", sig, err)
	}
	if _, err := s.FindClock(t.Context(), "nobody", code(t, 10), code(t, 11), later(1)); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("FindClock of nobody = %v, want ErrNotFound", err)
	}
	if _, err := s.FindClock(t.Context(), client.UserID, code(t, 10), code(t, 12), later(1)); !errors.Is(err, otp.ErrWrongCode) {
		t.Errorf("FindClock(not one after the other) = %v, want ErrWrongCode", err)
	}
	if _, err := s.FindClock(t.Context(), client.UserID, code(t, 24), code(t, 25), later(1)); !errors.Is(err, otp.ErrWrongCode) {
		t.Errorf("FindClock(farther off than ever told) = %v, want ErrWrongCode", err)
	}
	if drift, err := s.FindClock(t.Context(), client.UserID, code(t, 10), code(t, 11), later(1)); err != nil || drift != 10 {
		t.Fatalf("FindClock = %d, %v, want 10", drift, err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = reopen(t, path)
	step := otp.Step(now, otp.SpectraInterval)
	token, err := s.SpectraTokenOf(t.Context(), client.UserID)
	want := otp.CodeState{Last: step + 11, Drift: 10, Wrong: 3, Told: otp.Steps{From: step + 10, To: step + 10}}
	if err != nil || token.Codes != want {
		t.Errorf("the bank keeps %+v, %v, want %+v", token.Codes, err, want)
	}
	if sig, err := s.ConfirmByCode(t.Context(), client.UserID, "A", code(t, 12), later(2)); err != nil || sig.Verdict != store.SignatureAccepted {
		t.Errorf("S12 ConfirmByCode by the clock that was found = %+v, %v", sig, err)
	}

	if err := s.BlockSpectra(t.Context(), serial, now); err != nil {
		t.Fatal(err)
	}
	for range 3 { // and the log does not grow
		if _, err := s.FindClock(t.Context(), client.UserID, code(t, 13), code(t, 14), later(4)); !errors.Is(err, otp.ErrBlocked) {
			t.Errorf("S69 FindClock of a blocked token = %v, want ErrBlocked", err)
		}
	}
	got := column(t, path, `SELECT action || ' ' || identified FROM desk_log WHERE device = '`+serial+`' ORDER BY id`)
	if want := "issue token branch\nresynchronize clock, refused key\nresynchronize clock, refused key\nresynchronize clock key\nblock token "; strings.Join(got, "\n") != want {
		t.Errorf("the log says\n%s\nwant\n%s", strings.Join(got, "\n"), want)
	}
}
