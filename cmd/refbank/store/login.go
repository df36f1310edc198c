package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// What can be wrong with a login nonce.
var (
	ErrNonceUnknown = errors.New("no challenge was issued to this browser")
	ErrNonceUsed    = errors.New("the challenge was used before")
	ErrNonceExpired = errors.New("the challenge is too old")
)

// AddNonce keeps the challenge for the browser that holds the cookie, in place of
// an earlier one of that browser. It forgets what has expired.
func (s *Store) AddNonce(ctx context.Context, cookie, nonce string, now time.Time, life time.Duration) error {
	err := s.change(ctx, func(tx *sql.Tx) error {
		// Expired rows stay for one more lifetime, to be told from unknown ones.
		if _, err := tx.ExecContext(ctx, `DELETE FROM nonces WHERE expires < ?`, millis(now.Add(-life))); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `INSERT OR REPLACE INTO nonces (browser, nonce, expires) VALUES (?, ?, ?)`,
			digest(cookie), nonce, millis(now.Add(life)))
		return err
	})
	if err != nil {
		return fmt.Errorf("keeping a challenge: %w", err)
	}
	return nil
}

// TakeNonce returns the challenge of the browser that holds the cookie and uses it
// up, whatever becomes of the login: of any number of calls one succeeds. The
// others get ErrNonceUnknown, ErrNonceUsed or ErrNonceExpired.
func (s *Store) TakeNonce(ctx context.Context, cookie string, now time.Time) (string, error) {
	var nonce string
	err := s.change(ctx, func(tx *sql.Tx) error {
		var used bool
		var expires int64
		row := tx.QueryRowContext(ctx, `SELECT nonce, used, expires FROM nonces WHERE browser = ?`, digest(cookie))
		if err := row.Scan(&nonce, &used, &expires); errors.Is(err, sql.ErrNoRows) {
			return ErrNonceUnknown
		} else if err != nil {
			return err
		}
		if used {
			return ErrNonceUsed
		}
		if millis(now) >= expires {
			return ErrNonceExpired
		}
		_, err := tx.ExecContext(ctx, `UPDATE nonces SET used = 1 WHERE browser = ?`, digest(cookie))
		return err
	})
	if err != nil {
		return "", fmt.Errorf("taking a challenge: %w", err)
	}
	return nonce, nil
}

// A Life is how long a session lives.
type Life struct {
	Idle time.Duration // without a request
	Most time.Duration // from the login on, whatever is done in it
}

// AddSession opens a session of the client for the browser that holds the cookie, and
// ends the one that the same browser had before, by its cookie, "" for none: whoever else
// has that one gets no further. It returns ErrNotFound, and the one before lives on, when
// the client's certificate was replaced since it was read: the sessions that were opened
// with it have been ended already.
func (s *Store) AddSession(ctx context.Context, before, cookie string, client Client, now time.Time, life Life) error {
	err := s.change(ctx, func(tx *sql.Tx) error { return addSession(ctx, tx, before, cookie, client, now, life) })
	if err != nil {
		return fmt.Errorf("opening a session: %w", err)
	}
	return nil
}

// addSession is AddSession in a transaction. It forgets what has ended.
func addSession(ctx context.Context, tx *sql.Tx, before, cookie string, client Client, now time.Time, life Life) error {
	if _, err := tx.ExecContext(ctx, `DELETE FROM sessions WHERE expires < ? OR token = ?`, millis(now), digest(before)); err != nil {
		return err
	}
	result, err := tx.ExecContext(ctx, `INSERT INTO sessions (token, user_id, expires, ends)
		SELECT ?, user_id, ?, ? FROM clients WHERE user_id = ? AND coalesce(fingerprint, '') = ?`,
		digest(cookie), millis(now.Add(min(life.Idle, life.Most))), millis(now.Add(life.Most)), client.UserID, client.Fingerprint)
	if err != nil {
		return err
	}
	if n, err := result.RowsAffected(); err != nil || n == 1 {
		return err
	}
	return ErrNotFound
}

// sessionStep is by how much a session's end must move to be written anew, so that a
// page that asks for a thousand documents does not cause a thousand writes.
const sessionStep = time.Minute

// Session returns the client whose session it is and lets the session live on from
// now, to the minute, but not beyond its end; or it returns ErrNotFound.
func (s *Store) Session(ctx context.Context, cookie string, now time.Time, idle time.Duration) (Client, error) {
	c, err := scanClient(s.db.QueryRowContext(ctx, `SELECT `+clientColumns+`
		FROM sessions JOIN clients USING (user_id) WHERE token = ? AND expires > ?`, digest(cookie), millis(now)))
	if err != nil {
		return Client{}, fmt.Errorf("looking up a session: %w", err)
	}
	_, err = s.db.ExecContext(ctx, `UPDATE sessions SET expires = min(?, ends) WHERE token = ? AND expires <= ? AND expires < ends`,
		millis(now.Add(idle)), digest(cookie), millis(now.Add(idle-sessionStep)))
	if err != nil {
		return Client{}, fmt.Errorf("extending a session: %w", err)
	}
	return c, nil
}

// EndSession ends the session. It is no error when there is none.
func (s *Store) EndSession(ctx context.Context, cookie string) error {
	if _, err := s.db.ExecContext(ctx, `DELETE FROM sessions WHERE token = ?`, digest(cookie)); err != nil {
		return fmt.Errorf("ending a session: %w", err)
	}
	return nil
}

// endSessions ends all sessions of a client.
func endSessions(ctx context.Context, tx *sql.Tx, userID string) error {
	_, err := tx.ExecContext(ctx, `DELETE FROM sessions WHERE user_id = ?`, userID)
	return err
}
