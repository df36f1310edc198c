package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"qoltanba/agent/otp"
)

// ReasonClock is the reason for which ConfirmByCode refuses a code of another time: the
// clock of the token is wrong. The error that comes with it wraps an otp.ClockError.
const ReasonClock = "clock"

// reasonOf is the reason for which a code was refused.
func reasonOf(refused error) string {
	if _, ok := errors.AsType[*otp.ClockError](refused); ok {
		return ReasonClock
	}
	return ReasonCode
}

// clockReach is how many steps off FindClock looks: as far as a clock is told to be
// wrong, and the two that pass until the second code was entered.
const clockReach = otp.ClockWindow + 2

// FindClock is ResyncClock by the client himself, whom his key identified, for the token
// that he has now. It looks no further than ClockError does: what is further off, and a
// token whose owner has no key at hand, is for the clerk. The desk's log has it as the
// clerk's work, with "key" for how the owner was identified. It returns ErrNotFound,
// otp.ErrBlocked or, counted like a wrong code for an order, otp.ErrWrongCode.
func (s *Store) FindClock(ctx context.Context, userID, first, second string, now time.Time) (drift int, err error) {
	t, err := s.SpectraTokenOf(ctx, userID)
	if err != nil {
		return 0, err
	}
	if t.Codes.Blocked { // or a client would fill the log without end
		return 0, fmt.Errorf("token %s: %w", t.Serial, otp.ErrBlocked)
	}
	return s.resyncClock(ctx, t.Serial, first, second, clockReach, Entry{At: now, Identified: "key"})
}
