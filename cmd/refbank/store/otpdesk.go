package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"qoltanba/agent/otp"
)

// An Entry is what the log of the clerk's desk says about an action, beside the device
// and what was done.
type Entry struct {
	At         time.Time
	Identified string // how the owner was, "key" for by himself (FindClock), "" where nobody needs to be
}

func (e Entry) add(ctx context.Context, tx *sql.Tx, userID, device, action string) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO desk_log (at, user_id, device, action, identified) VALUES (?, ?, ?, ?, ?)`,
		millis(e.At), userID, device, action, e.Identified)
	return err
}

// How far the clerk's resynchronization looks.
const (
	locksAhead = 1000
	stepsOff   = 2 * 24 * 120 // two days of half minutes, each way
)

// Unlock returns the eight-digit code for the seven digits that the locked token with
// that serial number shows. It returns ErrNotFound, or the errors of
// otp.LockState.Unlock; a token that is blocked is not unlocked.
func (s *Store) Unlock(ctx context.Context, serial, number string, entry Entry) (code string, err error) {
	err = s.atDesk(ctx, serial, "unlock", entry, func(t *SpectraToken, keys otp.SpectraKeys) (err error) {
		t.Locks, code, err = t.Locks.Unlock(keys, serial, number)
		return err
	})
	return code, err
}

// ResyncLocks finds a locked token that is far ahead by two lock numbers, one after
// the other, and returns the code for the second one. Errors are those of Unlock.
func (s *Store) ResyncLocks(ctx context.Context, serial, first, second string, entry Entry) (code string, err error) {
	err = s.atDesk(ctx, serial, "resynchronize locks", entry, func(t *SpectraToken, keys otp.SpectraKeys) (err error) {
		if t.Locks, err = t.Locks.Resync(keys, serial, first, second, locksAhead); err != nil {
			return err
		}
		t.Locks, code, err = t.Locks.Unlock(keys, serial, second)
		return err
	})
	return code, err
}

// ResyncClock finds by how many steps a token's clock is off, by two codes, one after
// the other. It returns ErrNotFound, or the errors of otp.CodeState.FindDrift.
func (s *Store) ResyncClock(ctx context.Context, serial, first, second string, entry Entry) (drift int, err error) {
	return s.resyncClock(ctx, serial, first, second, stepsOff, entry)
}

func (s *Store) resyncClock(ctx context.Context, serial, first, second string, most int, entry Entry) (drift int, err error) {
	err = s.atDesk(ctx, serial, "resynchronize clock", entry, func(t *SpectraToken, keys otp.SpectraKeys) (err error) {
		t.Codes, err = t.Codes.FindDrift(keys.Code, first, second, entry.At, most)
		drift = t.Codes.Drift
		return err
	})
	return drift, err
}

// atDesk lets f judge what the clerk was told, and writes the token's new state and the
// verdict into the log, also when it is a refusal.
func (s *Store) atDesk(ctx context.Context, serial, action string, entry Entry, f func(*SpectraToken, otp.SpectraKeys) error) error {
	var refused error
	err := s.change(ctx, func(tx *sql.Tx) error {
		t, err := scanSpectra(tx.QueryRowContext(ctx, `SELECT `+spectraColumns+` FROM spectranet_tokens WHERE serial = ?`, serial))
		if err != nil {
			return err
		}
		if t.Codes.Blocked {
			refused = otp.ErrBlocked
		} else {
			keys, wipe, err := s.spectraKeys(t)
			if err != nil {
				return err
			}
			defer wipe()
			if refused = f(&t, keys); t.Codes.Blocked {
				if err := endSessions(ctx, tx, t.UserID); err != nil {
					return err
				}
			}
		}
		switch {
		case refused == nil:
		case errors.Is(refused, otp.ErrWrongNumber), errors.Is(refused, otp.ErrWrongCode), errors.Is(refused, otp.ErrBlocked):
			action += ", refused"
		default:
			return refused
		}
		if err := t.save(ctx, tx); err != nil {
			return err
		}
		return entry.add(ctx, tx, t.UserID, serial, action)
	})
	if err := errors.Join(err, refused); err != nil {
		return fmt.Errorf("token %s: %w", serial, err)
	}
	return nil
}

// BlockSpectra blocks a token for ever and ends its owner's sessions.
func (s *Store) BlockSpectra(ctx context.Context, serial string, now time.Time) error {
	return s.block(ctx, serial, "block token", now,
		`UPDATE spectranet_tokens SET blocked = 1 WHERE serial = ? RETURNING user_id`, endSessions)
}

// BlockMobiPass blocks a MobiPass key for ever. The open code numbers are worth nothing
// then.
func (s *Store) BlockMobiPass(ctx context.Context, envelope string, now time.Time) error {
	return s.block(ctx, envelope, "block MobiPass", now,
		`UPDATE mobipass_keys SET blocked = 1 WHERE envelope = ? RETURNING user_id`, nil)
}

func (s *Store) block(ctx context.Context, device, action string, now time.Time, update string, then func(context.Context, *sql.Tx, string) error) error {
	err := s.change(ctx, func(tx *sql.Tx) error {
		var userID string
		if err := tx.QueryRowContext(ctx, update, device).Scan(&userID); err != nil {
			return found(err)
		}
		if then != nil {
			if err := then(ctx, tx, userID); err != nil {
				return err
			}
		}
		return Entry{At: now}.add(ctx, tx, userID, device, action)
	})
	if err != nil {
		return fmt.Errorf("blocking device %s: %w", device, err)
	}
	return nil
}
