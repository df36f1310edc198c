package otp

import (
	"fmt"
	"time"
)

// ClockWindow is how many steps before and after the bank's own time a wrong code is
// looked for, to tell its owner that the token's clock is wrong: ten minutes each way.
const ClockWindow = 20

// A ClockError is a wrong code that is right at another time: the token's clock is wrong,
// or it was right and the bank went by another drift, or the code was entered late. Errors.Is
// tells that it is ErrWrongCode, and it is counted like any other.
//
// It says that a guess was right, and for a code ahead of the window that would be a second
// chance, in a few minutes. So what it was said of is written into the state as Told and is
// never accepted: a guesser is left with the steps of the window, as before.
type ClockError struct {
	Steps int // that the code is ahead of the bank's time or, negative, behind it
}

func (e *ClockError) Error() string {
	return fmt.Sprintf("%v: it is that of %d steps later", ErrWrongCode, e.Steps)
}

// Unwrap returns ErrWrongCode.
func (e *ClockError) Unwrap() error { return ErrWrongCode }

// ClockMinutes is by how many minutes a clock is ahead, or, negative, behind, whose code
// is so many steps off. It takes half of a step as the time for typing the code, and
// nothing for a code that a right clock shows.
func ClockMinutes(steps int) int {
	if -CodeWindow <= steps && steps <= CodeWindow {
		return 0
	}
	return (steps + 1) >> 1 // rounds down, also below zero
}

// Steps are those from the one to the other, both among them.
type Steps struct{ From, To uint64 }

func (r Steps) has(step uint64) bool { return r.From <= step && step <= r.To }

// with is the shortest run that has a step as well. A run whose codes are over, those of
// before that step, is forgotten.
func (r Steps) with(step, over uint64) Steps {
	if r.To < over {
		return Steps{step, step}
	}
	return Steps{min(r.From, step), max(r.To, step)}
}

// findClock looks for a code that was refused in the steps around the bank's time, and
// returns the state to store if it was found; off is nil if not. A step of before the last
// code that was accepted tells nothing of the clock: that code is an old one.
func (s CodeState) findClock(mac MAC, code string, at time.Time) (told CodeState, off *ClockError, err error) {
	now := Step(at, SpectraInterval)
	fit, found, err := fits(mac, code, shift(now, -ClockWindow), 2*ClockWindow+1)
	if err != nil || !found || fit <= s.Last {
		return s, nil, err
	}
	if fit > shift(now, s.Drift) {
		// A clock that is hours behind comes to the codes in as many hours.
		s.Told = s.Told.with(fit, shift(now, min(s.Drift, 0)-2*ClockWindow))
	}
	return s, &ClockError{int(int64(fit) - int64(now))}, nil
}
