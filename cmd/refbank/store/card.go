package store

import (
	"context"
	"crypto/x509"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// ErrCredentials means that User ID, PIN and primary key do not belong together.
// Which of them is wrong is not told.
var ErrCredentials = errors.New("wrong User ID, PIN or primary initialization key")

// A WaitError means that too many wrong PINs or codes came: none is looked at before that
// time, the right one neither.
type WaitError struct{ Until time.Time }

func (e *WaitError) Error() string {
	return "too many wrong tries, wait until " + e.Until.Format(time.RFC3339)
}

// cardLimit is how long the holder of a primary key waits after wrong PINs.
var cardLimit = limit{5, time.Hour}

// SetPeriods writes down for how many months a client's certificates may be valid, by
// Appendix 2 to the Agreement. They replace what was there.
func (s *Store) SetPeriods(ctx context.Context, userID string, periods ...int) error {
	err := s.change(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM periods WHERE user_id = ?`, userID); err != nil {
			return err
		}
		for _, months := range periods {
			if _, err := tx.ExecContext(ctx, `INSERT OR IGNORE INTO periods (user_id, months) VALUES (?, ?)`, userID, months); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("writing the periods of %s: %w", userID, err)
	}
	return nil
}

// AddCard writes down the card with that PIN and the primary key that a client was
// handed. The card before, its primary key and its wrong tries are forgotten; a
// certificate in force stays.
func (s *Store) AddCard(ctx context.Context, userID, pin string, primary *x509.Certificate, now time.Time) error {
	sealed := sealPIN(pin)
	err := s.change(ctx, func(tx *sql.Tx) error {
		var there bool
		if err := tx.QueryRowContext(ctx, `SELECT 1 FROM clients WHERE user_id = ?`, userID).Scan(&there); err != nil {
			return found(err)
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM tries WHERE user_id IN (?, ?)`, userID, tryOf(userID, primary)); err != nil {
			return err
		}
		secret, err := s.sealSeed(cardOf(userID), []byte(pin))
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `INSERT OR REPLACE INTO cards (user_id, pin, secret, primary_key, issued) VALUES (?, ?, ?, ?, ?)`,
			userID, sealed, secret, Fingerprint(primary), millis(now))
		return err
	})
	if err != nil {
		return fmt.Errorf("adding a card for %s: %w", userID, err)
	}
	return nil
}

// cardOf names a card among what is kept under the key of codekey.go.
func cardOf(userID string) string { return "card of " + userID }

// Periods returns how many months a client's certificates may be valid for, the
// shortest first.
func (s *Store) Periods(ctx context.Context, userID string) ([]int, error) {
	rows, err := s.db.QueryContext(ctx, `SELECT months FROM periods WHERE user_id = ? ORDER BY months`, userID)
	if err != nil {
		return nil, fmt.Errorf("reading periods: %w", err)
	}
	defer rows.Close()
	var periods []int
	for rows.Next() {
		var months int
		if err := rows.Scan(&months); err != nil {
			return nil, fmt.Errorf("reading periods: %w", err)
		}
		periods = append(periods, months)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("reading periods: %w", err)
	}
	return periods, nil
}

// A Card is an OTP card of which the PIN was given.
type Card struct {
	Client Client
	Issued time.Time
	Used   bool // a certificate was registered with it
}

// CheckCard returns the card of a client when PIN and primary key are those that were
// handed out with it. Else it returns ErrCredentials or a WaitError. primary is nil
// where none is asked for, and must have proved itself elsewhere otherwise.
//
// The try is counted before the PIN is looked at, so that neither a kill nor many
// requests at once give a free one.
func (s *Store) CheckCard(ctx context.Context, userID, pin string, primary *x509.Certificate, now time.Time) (Card, error) {
	return s.checkCard(ctx, userID, primary, now, func(c kept) (bool, error) { return isPIN(c.pin, pin) })
}

// CheckCardMAC is CheckCard for somebody who did not send the PIN but has shown to know
// it: right looks at that with the PIN of the card, which it must not keep. It is called
// once, also for a User ID that does not exist.
func (s *Store) CheckCardMAC(ctx context.Context, userID string, right func(pin []byte) bool, primary *x509.Certificate, now time.Time) (Card, error) {
	return s.checkCard(ctx, userID, primary, now, func(c kept) (bool, error) {
		pin := []byte(NewPIN()) // takes as long and is wrong
		if c.secret != nil {
			var err error
			if pin, err = s.openSeed(cardOf(userID), c.secret); err != nil {
				return false, err
			}
		}
		defer clear(pin)
		return right(pin) && c.secret != nil, nil
	})
}

// kept is what the database has of a card's PIN: for comparing, and for a MAC.
type kept struct {
	pin    string
	secret []byte
}

func (s *Store) checkCard(ctx context.Context, userID string, primary *x509.Certificate, now time.Time, check func(kept) (bool, error)) (Card, error) {
	card, err := s.findCard(ctx, userID, primary, now, check)
	if err != nil {
		// Without the User ID: people type PINs into the wrong field, and errors are logged.
		return Card{}, fmt.Errorf("checking a card: %w", err)
	}
	return card, nil
}

func (s *Store) findCard(ctx context.Context, userID string, primary *x509.Certificate, now time.Time, check func(kept) (bool, error)) (Card, error) {
	if len(userID) > maxUserID {
		return Card{}, ErrCredentials // nobody's, and not to be kept
	}
	try := tryOf(userID, primary)
	if err := s.takeTry(ctx, try, now); err != nil {
		return Card{}, err
	}
	var of kept
	var fingerprint string
	var issued int64
	var card Card
	err := s.db.QueryRowContext(ctx, `SELECT pin, secret, primary_key, issued, used IS NOT NULL FROM cards WHERE user_id = ?`, userID).
		Scan(&of.pin, &of.secret, &fingerprint, &issued, &card.Used)
	unknown := errors.Is(err, sql.ErrNoRows)
	if unknown {
		of.pin = sealPIN(NewPIN()) // takes as long and is wrong
	} else if err != nil {
		return Card{}, err
	}
	right, err := check(of)
	if err != nil {
		return Card{}, err
	}
	if unknown || !right || primary != nil && Fingerprint(primary) != fingerprint {
		return Card{}, ErrCredentials
	}
	if _, err := s.db.ExecContext(ctx, `DELETE FROM tries WHERE user_id = ?`, try); err != nil {
		return Card{}, err
	}
	card.Issued = fromMillis(issued)
	card.Client, err = s.Client(ctx, userID)
	return card, err
}

// maxUserID is the length of the longest User ID, in bytes.
const maxUserID = 128

// tryOf is what tries are counted by: the primary key that was shown, or the User ID where
// none was. Who has another primary key than the card's can find out no PIN, and makes
// nobody wait but himself, for whichever User IDs he tries: a row for each would let him
// fill the database, and have a PIN of each looked at. No User ID has a space.
func tryOf(userID string, primary *x509.Certificate) string {
	if primary == nil {
		return userID
	}
	return "key " + Fingerprint(primary)
}

// takeTry counts one try, or returns a WaitError.
func (s *Store) takeTry(ctx context.Context, try string, now time.Time) error {
	return s.change(ctx, func(tx *sql.Tx) error { return countTry(ctx, tx, try, now) })
}

// countTry is takeTry in a transaction. It forgets those that nobody waits for any more.
func countTry(ctx context.Context, tx *sql.Tx, try string, now time.Time) error {
	if _, err := tx.ExecContext(ctx, `DELETE FROM tries WHERE until < ?`, millis(now.Add(-24*time.Hour))); err != nil {
		return err
	}
	var failed int
	var until int64
	err := tx.QueryRowContext(ctx, `SELECT failed, until FROM tries WHERE user_id = ?`, try).Scan(&failed, &until)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	// Of requests at once, one that came earlier may be looked at later.
	if failed >= cardLimit.free && millis(now) < until {
		return &WaitError{fromMillis(until)}
	}
	failed++
	_, err = tx.ExecContext(ctx, `INSERT OR REPLACE INTO tries (user_id, failed, until) VALUES (?, ?, ?)`,
		try, failed, millis(now.Add(cardLimit.wait(failed))))
	return err
}
