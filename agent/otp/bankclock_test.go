package otp_test

import (
	"crypto"
	"errors"
	"testing"
	"time"

	"qoltanba/agent/otp"
)

// clockCode is the code of so many steps after noon.
func clockCode(t *testing.T, steps int) string {
	t.Helper()
	c, err := otp.TOTP(otp.HMAC(crypto.SHA1, seed(20)), otp.SpectraDigits, otp.SpectraInterval, after(steps))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func after(steps int) time.Time { return noon.Add(time.Duration(steps) * otp.SpectraInterval) }

func TestCodeOfAnotherTime(t *testing.T) {
	mac := otp.HMAC(crypto.SHA1, seed(20))
	for steps := -30; steps <= 30; steps++ {
		before := otp.CodeState{Wrong: 3}
		got, err := before.Check(mac, clockCode(t, steps), noon)
		off, isClock := errors.AsType[*otp.ClockError](err)
		right, near := steps >= -1 && steps <= 1, steps >= -20 && steps <= 20
		switch {
		case right && err != nil:
			t.Errorf("S12 %d steps off: %v, want no error", steps, err)
		case !right && (!errors.Is(err, otp.ErrWrongCode) || got.Wrong != 4 || got.Last != 0 || got.Drift != 0):
			t.Errorf("S9 S10 %d steps off: %+v %v, want a wrong code like others", steps, got, err)
		case !right && near != isClock:
			t.Errorf("%d steps off: %v, want a ClockError: %t", steps, err, near)
		case isClock && off.Steps != steps:
			t.Errorf("%d steps off: told %d", steps, off.Steps)
		}
		// A stranger is told nothing, and his guess leaves no trace.
		got, err = before.CheckLogin(mac, clockCode(t, steps), noon)
		if _, isClock := errors.AsType[*otp.ClockError](err); isClock || !right && (got != before || !errors.Is(err, otp.ErrWrongCode)) {
			t.Errorf("S9 login %d steps off: %+v %v, want a wrong code and the state as it was", steps, got, err)
		}
	}
	if _, err := (otp.CodeState{Last: otp.Step(noon, otp.SpectraInterval)}).Check(mac, clockCode(t, -8), noon); errors.As(err, new(*otp.ClockError)) {
		t.Errorf("S3 a code of before the last one: %v, which tells nothing of the clock", err)
	}
	got, err := otp.CodeState{Wrong: otp.CodeTries - 1}.Check(mac, clockCode(t, 10), noon)
	if errors.As(err, new(*otp.ClockError)) || !errors.Is(err, otp.ErrWrongCode) || !got.Blocked {
		t.Errorf("the last try: %+v %v, want blocked by a wrong code", got, err)
	}
	// A clock that was set right after the bank had learned how wrong it was.
	_, err = otp.CodeState{Drift: 10}.Check(mac, clockCode(t, 0), noon)
	if off, ok := errors.AsType[*otp.ClockError](err); !ok || off.Steps != 0 {
		t.Errorf("right clock, bank expects ten steps: %v, want a ClockError of none", err)
	}
	// The bank's MAC fails in the second look.
	calls, gone := 0, errors.New("HSM is gone")
	before := otp.CodeState{Wrong: 3}
	got, err = before.Check(func(b []byte) ([]byte, error) {
		if calls++; calls > 2*otp.CodeWindow+1 {
			return nil, gone
		}
		return mac(b)
	}, "000000", noon)
	if !errors.Is(err, gone) || got != before {
		t.Errorf("Check = %+v %v, want the state as it was", got, err)
	}
}

// TestToldCodeIsWorthNothing has a guesser hit the code of each step that a ClockError
// tells of. He gives it again at each step until its time is long over, alone, and in an
// order for a login: it is never accepted. So his guess is right with three codes in a
// million, told or not.
func TestToldCodeIsWorthNothing(t *testing.T) {
	mac := otp.HMAC(crypto.SHA1, seed(20))
	for _, drift := range []int{-otp.ClockWindow, -3, 0, 1, otp.ClockWindow} {
		accepted := 0
		for steps := -otp.ClockWindow; steps <= otp.ClockWindow; steps++ {
			guess := clockCode(t, steps)
			told, err := otp.CodeState{Drift: drift}.Check(mac, guess, noon)
			if err == nil {
				accepted++
				continue
			}
			for later := 0; later <= 3*otp.ClockWindow; later++ {
				if _, err := told.Check(mac, guess, after(later)); err == nil {
					t.Fatalf("drift %d, code %d steps off, %d steps later: accepted", drift, steps, later)
				}
				if _, err := told.CheckLogin(mac, guess, after(later)); err == nil {
					t.Fatalf("drift %d, code %d steps off, %d steps later: logs in", drift, steps, later)
				}
			}
		}
		// At the edge a part of the window lies beyond what is looked through here.
		if want := 2*otp.CodeWindow + 1; accepted != want && (drift*drift != otp.ClockWindow*otp.ClockWindow || accepted != want-1) {
			t.Errorf("drift %d: %d codes are accepted, want %d", drift, accepted, want)
		}
	}
}

// The bank goes by a clock that is an hour behind, and the token's was set right since: what
// its owner is told of his codes does not make the bank forget the one that a guesser hit.
func TestToldCodeOfASlowClock(t *testing.T) {
	mac := otp.HMAC(crypto.SHA1, seed(20))
	s, err := otp.CodeState{Drift: -120}.Check(mac, clockCode(t, 5), noon)
	if !errors.As(err, new(*otp.ClockError)) {
		t.Fatalf("guess: %v, want a ClockError", err)
	}
	if s, err = s.Check(mac, clockCode(t, 50), after(50)); !errors.As(err, new(*otp.ClockError)) {
		t.Fatalf("code of the owner: %v, want a ClockError", err)
	}
	for later := 51; later <= 200; later++ {
		if _, err := s.Check(mac, clockCode(t, 5), after(later)); err == nil {
			t.Errorf("the guess is accepted %d steps later", later)
		}
	}
}

// What was told costs the owner those codes alone.
func TestToldCodesAreFew(t *testing.T) {
	mac := otp.HMAC(crypto.SHA1, seed(20))
	s, _ := otp.CodeState{}.Check(mac, clockCode(t, 10), noon)
	s, err := s.Check(mac, clockCode(t, 12), after(1))
	if !errors.As(err, new(*otp.ClockError)) {
		t.Fatalf("second code: %v, want a ClockError", err)
	}
	if first := otp.Step(after(10), otp.SpectraInterval); s.Told != (otp.Steps{From: first, To: first + 2}) {
		t.Fatalf("told are %+v, want %d and two more", s.Told, first)
	}
	for later := 2; later <= 20; later++ { // the clock is set right, and each code used
		next, err := s.Check(mac, clockCode(t, later), after(later))
		if told := later >= 10 && later <= 12; told != errors.Is(err, otp.ErrUsedCode) || !told && err != nil {
			t.Errorf("code of step %d: %v, told %t", later, err, told)
		}
		s = next
	}
	s, err = s.Check(mac, clockCode(t, 1015), after(1000))
	if step := otp.Step(after(1015), otp.SpectraInterval); !errors.As(err, new(*otp.ClockError)) || s.Told != (otp.Steps{From: step, To: step}) {
		t.Errorf("long after: %+v %v, want the newest alone", s.Told, err)
	}
}

// A token minutes off: told, found by two codes, and accepted. No code is good twice, also
// not one of before its clock was found, whichever way the clock went.
func TestClockFoundAndTaken(t *testing.T) {
	mac := otp.HMAC(crypto.SHA1, seed(20))
	for _, off := range []int{-20, -10, 10, 20} {
		s, err := otp.CodeState{}.Check(mac, clockCode(t, off), noon)
		if told, ok := errors.AsType[*otp.ClockError](err); !ok || told.Steps != off {
			t.Fatalf("%d steps off: %v, want a ClockError", off, err)
		}
		if s, err = s.FindDrift(mac, clockCode(t, off), clockCode(t, off+1), after(1), otp.ClockWindow+2); err != nil || s.Drift != off {
			t.Fatalf("FindDrift %d steps off = %+v %v", off, s, err)
		}
		for n := -30; n <= off+1; n++ {
			if _, err := s.Check(mac, clockCode(t, n), after(1)); err == nil {
				t.Errorf("S3 clock %d steps off: the code of step %d is accepted, which was over", off, n)
			}
		}
		if s, err = s.Check(mac, clockCode(t, off+2), after(2)); err != nil || s.Wrong != 0 {
			t.Fatalf("%d steps off: the next code = %+v %v", off, s, err)
		}
		// The clock is set right: what was accepted stays used up.
		for n := -30; n <= off+2; n++ {
			if _, err := s.FindDrift(mac, clockCode(t, n), clockCode(t, n+1), after(3), otp.ClockWindow+2); err == nil {
				t.Errorf("S3 clock %d steps off: the used code of step %d finds another clock", off, n)
			}
		}
	}
}

func TestClockMinutes(t *testing.T) {
	for steps, want := range map[int]int{0: 0, 1: 0, -1: 0, 2: 1, -2: -1, 9: 5, 10: 5, -10: -5, -11: -5, 20: 10, -20: -10, 2881: 1441} {
		if got := otp.ClockMinutes(steps); got != want {
			t.Errorf("ClockMinutes(%d) = %d, want %d", steps, got, want)
		}
	}
}
