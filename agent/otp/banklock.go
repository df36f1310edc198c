package otp

import "crypto/subtle"

// Limits of the clerk's answers.
const (
	// LockWindow is how many locks ahead of the bank's own count a lock number may be:
	// locks that were lifted never, or numbers that three wrong codes made void. A
	// typing error is taken for a number with probability 21 in 10^7.
	LockWindow = 20
	// LockMisfits is how many numbers that do not fit end the clerk's tries.
	LockMisfits = 5
)

// LockState is what the bank keeps of a token's locks.
type LockState struct {
	Count   uint64 // the lock that was answered last: earlier numbers get no answer
	Misfits int    // numbers in a row that did not fit
}

// Unlock is the eight-digit code for the seven digits under LOCK PIN (L25), and the
// state to store. The owner was identified before (L23). The same number gets the same
// code, as a call may break off; an older one gets none. Errors: ErrWrongNumber,
// ErrBlocked after LockMisfits numbers, and that of the MAC.
func (s LockState) Unlock(keys SpectraKeys, serial, number string) (LockState, string, error) {
	if s.Misfits >= LockMisfits {
		return s, "", ErrBlocked
	}
	n, found, err := findLock(keys, serial, number, s.Count, LockWindow+1)
	if err != nil {
		return s, "", err
	}
	if !found {
		s.Misfits++
		return s, "", ErrWrongNumber
	}
	code, err := keys.UnlockCode(serial, n, number)
	if err != nil {
		return s, "", err
	}
	return LockState{Count: n}, code, nil
}

// Resync finds a token that is further ahead than the window by two successive lock
// numbers, within ahead locks; the second one is made by three wrong unlock codes. The
// state returned answers the second number. It is tried once for LockMisfits numbers
// as well, so that two numbers are not guessed at length.
func (s LockState) Resync(keys SpectraKeys, serial, first, second string, ahead int) (LockState, error) {
	if s.Misfits >= LockMisfits {
		return s, ErrBlocked
	}
	for from, left := s.Count, ahead; left > 0; {
		n, found, err := findLock(keys, serial, first, from, left)
		if err != nil {
			return s, err
		}
		if !found {
			break
		}
		if _, next, err := findLock(keys, serial, second, n+1, 1); err != nil {
			return s, err
		} else if next {
			return LockState{Count: n + 1}, nil
		}
		left -= int(n + 1 - from)
		from = n + 1
	}
	s.Misfits++
	return s, ErrWrongNumber
}

// findLock is the first of count locks that shows the number. All are computed.
func findLock(keys SpectraKeys, serial, number string, from uint64, count int) (lock uint64, found bool, err error) {
	for n := range uint64(count) {
		want, err := keys.LockNumber(serial, from+n)
		if err != nil {
			return 0, false, err
		}
		if subtle.ConstantTimeCompare([]byte(want), []byte(number)) == 1 && !found {
			lock, found = from+n, true
		}
	}
	return lock, found, nil
}
