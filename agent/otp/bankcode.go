package otp

import (
	"crypto/subtle"
	"errors"
	"time"
)

// The bank's half. Its states are values: read one in a transaction, ask, and store
// the one that comes back, also with an error, before the answer is given. Then a
// verdict is never lost and a code never accepted twice, by whichever server it came.

// Limits of the verdicts about codes.
const (
	// CodeWindow is how many steps before and after the token's own time a code is
	// accepted. With one, a code lives 90 seconds at most ("ungefähr 30 sec", L2).
	CodeWindow = 1
	// CodeTries is how many wrong codes in a row block a token (RFC 4226 section 7.3):
	// codes of somebody who is logged in, or whom the clerk identified. Those of a login
	// are counted by who sends them; see CheckLogin.
	CodeTries = 10
	// DriftAfter is how many codes in a row on the same side of the token's own time
	// move it by a step. One is not enough: a person who types slowly looks like a slow
	// clock, and the window would leave the codes that are typed at once behind.
	DriftAfter = 3
)

// CodeState is what the bank keeps of a token's codes.
type CodeState struct {
	Last    uint64 // the step of the last code accepted; no code of it or before is
	Drift   int    // steps that the token's clock is ahead
	Lean    int    // codes in a row that were ahead of that, or, negative, behind
	Wrong   int    // wrong codes in a row, without those of logins
	Blocked bool   // by wrong codes, or by the bank when the token is lost (L35)
	Told    Steps  // whose codes somebody was told of before their time; see ClockError
}

// Check is the verdict about a code for an order (L3), and the state to store. Errors:
// ErrWrongCode, a ClockError, which is one, ErrUsedCode, ErrBlocked, and that of the MAC,
// which leaves the state as it was. A code is accepted once (L2; RFC 6238 section 5.2),
// and the drift follows the token's clock (section 6).
func (s CodeState) Check(mac MAC, code string, at time.Time) (CodeState, error) {
	next, err := s.judge(mac, code, at)
	if !errors.Is(err, ErrWrongCode) || next.Blocked { // when it is blocked the clock is no matter any more
		return next, err
	}
	told, off, err := next.findClock(mac, code, at)
	if err != nil {
		return s, err
	}
	if off == nil {
		return next, ErrWrongCode
	}
	return told, off
}

// judge is Check without a look at the clock.
func (s CodeState) judge(mac MAC, code string, at time.Time) (CodeState, error) {
	if s.Blocked {
		return s, ErrBlocked
	}
	now := Step(at, SpectraInterval)
	fit, found, err := fits(mac, code, shift(now, s.Drift-CodeWindow), 2*CodeWindow+1)
	switch {
	case err != nil:
		return s, err
	case found && fit > s.Last && !s.Told.has(fit):
		s.Last, s.Wrong = fit, 0
		return s.follow(int(int64(fit)-int64(now)) - s.Drift), nil
	}
	s.Wrong++
	s.Blocked = s.Wrong >= CodeTries
	if found {
		return s, ErrUsedCode
	}
	return s, ErrWrongCode
}

// CheckLogin is Check for a login, where a wrong code leaves the state as it was: anybody
// who knows the User ID can send one, so it says nothing of the token and must not block
// it for its owner. The bank makes those wait who send wrong codes, longer each time (RFC
// 4226 section 7.3 allows a delay in place of a lock).
//
// It returns no ClockError: a stranger who is told that his guess is right in five minutes
// comes back in five minutes, and would have twenty steps to hit in place of three. The
// state cannot take that back as Check does, as his guesses must leave it as it was. What
// is not looked for is not given away, by an answer, a log or the time that it takes.
func (s CodeState) CheckLogin(mac MAC, code string, at time.Time) (CodeState, error) {
	next, err := s.judge(mac, code, at)
	if err != nil {
		return s, err
	}
	return next, nil
}

// follow notes by how many steps a code was off the token's own time.
func (s CodeState) follow(off int) CodeState {
	switch {
	case off == 0:
		s.Lean = 0
	case off > 0:
		s.Lean = max(s.Lean, 0) + 1
	default:
		s.Lean = min(s.Lean, 0) - 1
	}
	if s.Lean >= DriftAfter || s.Lean <= -DriftAfter {
		s.Drift, s.Lean = s.Drift+off, 0
	}
	return s
}

// FindDrift looks for two successive codes of a token whose clock is off, up to most steps
// before and after, and returns the state with the drift found: the resynchronization of
// RFC 6238 section 6, by the clerk or by the client. Two codes, as RFC 4226 section 7.4
// asks, since one alone would fit one of so many steps by chance. Neither code, nor any
// before, can be used any more. The count of wrong codes is not set back; that is the next
// right code's to do.
func (s CodeState) FindDrift(mac MAC, first, second string, at time.Time, most int) (CodeState, error) {
	if s.Blocked {
		return s, ErrBlocked
	}
	now := Step(at, SpectraInterval)
	from := shift(now, -most)
	for step := max(from, s.Last+1); step <= now+uint64(most); step++ {
		_, ok, err := fits(mac, first, step, 1)
		if err != nil {
			return s, err
		}
		if !ok {
			continue
		}
		if _, ok, err = fits(mac, second, step+1, 1); err != nil {
			return s, err
		}
		if ok {
			s.Last, s.Drift, s.Lean = step+1, int(int64(step)+1-int64(now)), 0
			return s, nil
		}
	}
	s.Wrong++
	s.Blocked = s.Wrong >= CodeTries
	return s, ErrWrongCode
}

// fits looks through count steps for the last that has the code. All are computed,
// whichever fits, and compared in constant time.
func fits(mac MAC, code string, from uint64, count int) (step uint64, found bool, err error) {
	for n := range uint64(count) {
		want, err := HOTP(mac, SpectraDigits, from+n)
		if err != nil {
			return 0, false, err
		}
		if subtle.ConstantTimeCompare([]byte(want), []byte(code)) == 1 {
			step, found = from+n, true
		}
	}
	return step, found, nil
}

func shift(step uint64, by int) uint64 {
	if by < 0 && uint64(-by) > step {
		return 0
	}
	return step + uint64(by)
}
