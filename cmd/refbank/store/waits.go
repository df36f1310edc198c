package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// ErrNoWait means that no wrong codes are counted, so nobody waits.
var ErrNoWait = errors.New("no wrong codes are counted")

// A Wait is one count of wrong codes of logins; see throttle.go for what they are.
type Wait struct {
	ForUser bool      // for the User ID that was asked for; else for all
	Caller  string    // of whom, "" for all callers together
	Failed  int       // codes that are not forgiven yet
	Until   time.Time // no code is looked at before; zero while nobody waits
}

// Waits returns what is counted for a User ID: of all callers together, and of each; and
// what is counted for those callers, and for another one unless that is "", for all User
// IDs. Who gave a right code at an address lately waits there for the count of both alone.
func (s *Store) Waits(ctx context.Context, userID, caller string, now time.Time) (list []Wait, err error) {
	err = s.change(ctx, func(tx *sql.Tx) error {
		counts, err := countsOf(ctx, tx, userID, caller)
		if err != nil {
			return err
		}
		list, err = loadWaits(ctx, tx, counts, now)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("reading waits: %w", err)
	}
	return list, nil
}

// EndWait forgives, at the clerk's desk, what is counted for a client's User ID, of all
// callers, and unless caller is "" what is counted of that one for all User IDs; and returns
// what it forgave. Errors: ErrNotFound for a client who is unknown, ErrNoWait.
func (s *Store) EndWait(ctx context.Context, userID, caller string, entry Entry) (ended []Wait, err error) {
	err = s.change(ctx, func(tx *sql.Tx) error {
		var there bool
		if err := tx.QueryRowContext(ctx, `SELECT 1 FROM clients WHERE user_id = ?`, userID).Scan(&there); err != nil {
			return found(err)
		}
		all, err := countsOf(ctx, tx, userID, caller)
		if err != nil {
			return err
		}
		var counts []*tries
		for _, t := range all {
			if t.limit != callerLimit || t.caller == caller { // those of other callers stay
				counts = append(counts, t)
			}
		}
		if ended, err = loadWaits(ctx, tx, counts, entry.At); err != nil {
			return err
		}
		if len(ended) == 0 {
			return ErrNoWait
		}
		for _, t := range counts {
			t.failed = 0
			if err := t.save(ctx, tx); err != nil {
				return err
			}
		}
		return logEnded(ctx, tx, userID, ended, entry)
	})
	if err != nil {
		return nil, fmt.Errorf("ending a wait: %w", err)
	}
	return ended, nil
}

// logEnded writes into the log of the desk which counts the clerk ended, with the caller in
// the place of a device.
func logEnded(ctx context.Context, tx *sql.Tx, userID string, ended []Wait, entry Entry) error {
	for _, w := range ended {
		whose := "all User IDs"
		if w.ForUser {
			whose = "the User ID"
		}
		if err := entry.add(ctx, tx, userID, w.Caller, fmt.Sprintf("forgive wrong codes for %s: %d", whose, w.Failed)); err != nil {
			return err
		}
	}
	return nil
}

// countsOf returns the counts that Waits tells of, none of them loaded.
func countsOf(ctx context.Context, tx *sql.Tx, userID, caller string) ([]*tries, error) {
	rows, err := tx.QueryContext(ctx, `SELECT caller FROM code_tries WHERE user = ? AND user <> '' ORDER BY caller`, digest(userID))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	counts := []*tries{userTries(userID)}
	seen := caller == ""
	for rows.Next() {
		var c string
		if err := rows.Scan(&c); err != nil {
			return nil, err
		}
		counts = append(counts, pairTries(userID, c), callerTries(c))
		seen = seen || c == caller
	}
	if !seen {
		counts = append(counts, pairTries(userID, caller), callerTries(caller))
	}
	return counts, errors.Join(rows.Err(), rows.Close())
}

// loadWaits loads counts, and returns those that count something.
func loadWaits(ctx context.Context, tx *sql.Tx, counts []*tries, now time.Time) (list []Wait, err error) {
	for _, t := range counts {
		waits, err := t.load(ctx, tx, now)
		if err != nil {
			return nil, err
		}
		if t.failed == 0 {
			continue
		}
		w := Wait{ForUser: t.limit != callerLimit, Caller: t.caller, Failed: t.failed}
		if waits {
			w.Until = t.until
		}
		list = append(list, w)
	}
	return list, nil
}

// wrongCodesKept is how long it is known when wrong codes came: the clerk may come back
// after a weekend.
const wrongCodesKept = 7 * 24 * time.Hour

// countWrong counts a wrong code among those of all callers for all User IDs.
func countWrong(ctx context.Context, tx *sql.Tx, now time.Time) error {
	if _, err := tx.ExecContext(ctx, `DELETE FROM wrong_codes WHERE minute <= ?`, minute(now.Add(-wrongCodesKept))); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO wrong_codes (minute, count) VALUES (?, 1)
		ON CONFLICT (minute) DO UPDATE SET count = count + 1`, minute(now))
	return err
}

// WrongCodes returns how many wrong codes of logins came, of all callers for all User IDs,
// in the worst hour of the last week, and when that hour ended, to the minute.
func (s *Store) WrongCodes(ctx context.Context, now time.Time) (count int, end time.Time, err error) {
	var last int64
	err = s.db.QueryRowContext(ctx, `
		SELECT minute, total FROM (
			SELECT minute, sum(count) OVER (ORDER BY minute RANGE BETWEEN 59 PRECEDING AND CURRENT ROW) AS total
			FROM wrong_codes WHERE minute > ?)
		ORDER BY total DESC, minute DESC LIMIT 1`, minute(now.Add(-wrongCodesKept))).Scan(&last, &count)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, time.Time{}, nil
	}
	if err != nil {
		return 0, time.Time{}, fmt.Errorf("counting wrong codes: %w", err)
	}
	return count, time.Unix((last+1)*60, 0).UTC(), nil
}

func minute(t time.Time) int64 { return t.Unix() / 60 }
