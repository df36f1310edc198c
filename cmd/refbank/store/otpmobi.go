package store

import (
	"context"
	"crypto"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"qoltanba/agent/otp"
)

// What can be wrong with a MobiPass.
var (
	// ErrNoMobiPass: the client has none, or it is blocked or used up.
	ErrNoMobiPass = errors.New("no MobiPass that can be used")
	// ErrNoNumber: there is no code number for the order now.
	ErrNoNumber = errors.New("no code number for this order")
	// ErrManyNumbers: too many code numbers of the client wait for their values, or were
	// given up within a day. Waiting helps.
	ErrManyNumbers = errors.New("too many code numbers without a value")
	// ErrAccepted: the order needs no confirmation any more.
	ErrAccepted = errors.New("order was accepted before")
)

// The reasons for which ConfirmByValue refuses.
const (
	ReasonValue   = "value"   // wrong, and may be entered again
	ReasonBlocked = "blocked" // wrong for the third time in a row
)

// A MobiPass is a client's MobiPass key as the bank knows it.
type MobiPass struct {
	Envelope string // its number
	UserID   string
	State    otp.SignState // Blocked is for ever: then a new envelope is due
	Replaced bool          // the client has a new envelope
	Issued   time.Time

	key []byte // sealed
}

const mobiColumns = `envelope, user_id, key, numbers, wrong, blocked, replaced, issued`

const mobiInForce = `SELECT ` + mobiColumns + ` FROM mobipass_keys WHERE user_id = ? AND replaced = 0`

func scanMobi(row *sql.Row) (m MobiPass, err error) {
	var issued int64
	err = row.Scan(&m.Envelope, &m.UserID, &m.key, &m.State.Issued, &m.State.Wrong, &m.State.Blocked, &m.Replaced, &issued)
	if err != nil {
		return MobiPass{}, fmt.Errorf("reading a MobiPass: %w", found(err))
	}
	m.Issued = fromMillis(issued)
	return m, nil
}

func (m MobiPass) save(ctx context.Context, tx *sql.Tx) error {
	_, err := tx.ExecContext(ctx, `UPDATE mobipass_keys SET numbers = ?, wrong = ?, blocked = ? WHERE envelope = ?`,
		m.State.Issued, m.State.Wrong, m.State.Blocked, m.Envelope)
	return err
}

// AddMobiPass writes down the key of an envelope as the client's. The key before is
// refused from then on, and its code numbers are void.
func (s *Store) AddMobiPass(ctx context.Context, userID, envelope string, key []byte, entry Entry) error {
	err := s.change(ctx, func(tx *sql.Tx) error {
		box, err := s.sealSeed(envelope, key)
		if err != nil {
			return err
		}
		for _, step := range []string{
			`UPDATE mobipass_numbers SET void = 1 WHERE done = 0 AND envelope IN (SELECT envelope FROM mobipass_keys WHERE user_id = ?)`,
			`UPDATE mobipass_keys SET replaced = 1, blocked = 1 WHERE user_id = ? AND replaced = 0`,
		} {
			if _, err := tx.ExecContext(ctx, step, userID); err != nil {
				return err
			}
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO mobipass_keys (envelope, user_id, key, issued) VALUES (?, ?, ?, ?)`,
			envelope, userID, box, millis(entry.At)); err != nil {
			return err
		}
		return entry.add(ctx, tx, userID, envelope, "issue MobiPass")
	})
	if err != nil {
		return fmt.Errorf("adding a MobiPass for %s: %w", userID, err)
	}
	return nil
}

// MobiPassOf returns the MobiPass that a client has now, or ErrNotFound.
func (s *Store) MobiPassOf(ctx context.Context, userID string) (MobiPass, error) {
	return scanMobi(s.db.QueryRowContext(ctx, mobiInForce, userID))
}

// usable is MobiPassOf without those that are blocked: ErrNoMobiPass.
func usable(ctx context.Context, tx *sql.Tx, userID string) (MobiPass, error) {
	m, err := scanMobi(tx.QueryRowContext(ctx, mobiInForce, userID))
	switch {
	case errors.Is(err, ErrNotFound):
		return m, ErrNoMobiPass
	case err == nil && m.State.Blocked:
		return m, fmt.Errorf("%w: %s: %w", ErrNoMobiPass, m.Envelope, otp.ErrBlocked)
	}
	return m, err
}

// IssueNumber returns the code number for an order of the client: the one that waits
// for its value, or a new one. Errors: ErrNotFound, ErrAccepted, ErrWithdrawn,
// ErrNoMobiPass, ErrManyNumbers.
func (s *Store) IssueNumber(ctx context.Context, userID, orderID string, now time.Time) (number string, err error) {
	err = s.change(ctx, func(tx *sql.Tx) error {
		o, err := orderOf(ctx, tx, userID, orderID)
		if err != nil {
			return err
		}
		if o.State == Accepted {
			return ErrAccepted
		}
		if o.State == Withdrawn {
			return ErrWithdrawn
		}
		m, err := usable(ctx, tx, userID)
		if err != nil {
			return err
		}
		c, err := openNumber(ctx, tx, m.Envelope, orderID, now)
		if err == nil {
			number = c.Number
			return nil
		}
		if !errors.Is(err, ErrNoNumber) {
			return err
		}
		var unanswered int
		if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM mobipass_numbers WHERE envelope = ? AND given > ? AND done = 0`,
			m.Envelope, millis(now.Add(-otp.NumberLife))).Scan(&unanswered); err != nil {
			return err
		}
		document := sha256.Sum256(o.Document)
		take := func(number string) (bool, error) {
			result, err := tx.ExecContext(ctx, `
				INSERT INTO mobipass_numbers (envelope, number, order_id, document, given) VALUES (?, ?, ?, ?, ?)
				ON CONFLICT (envelope, number) DO NOTHING`, m.Envelope, number, orderID, document[:], millis(now))
			if err != nil {
				return false, err
			}
			n, err := result.RowsAffected()
			return n == 1, err
		}
		m.State, c, err = m.State.Issue(document, unanswered, take)
		switch {
		case errors.Is(err, otp.ErrExhausted):
			return fmt.Errorf("%w: %s: %w", ErrNoMobiPass, m.Envelope, err)
		case errors.Is(err, otp.ErrUnanswered):
			return fmt.Errorf("%w: %s: %w", ErrManyNumbers, m.Envelope, err)
		case err != nil:
			return err
		}
		number = c.Number
		return m.save(ctx, tx)
	})
	if err != nil {
		return "", fmt.Errorf("issuing a code number for order %s: %w", orderID, err)
	}
	return number, nil
}

// openNumber returns the order's code number that waits for its value, or ErrNoNumber.
// One that has waited for too long is void.
func openNumber(ctx context.Context, tx *sql.Tx, envelope, orderID string, now time.Time) (c otp.CodeNumber, err error) {
	var document []byte
	var given int64
	err = tx.QueryRowContext(ctx, `
		SELECT number, document, given FROM mobipass_numbers
		WHERE envelope = ? AND order_id = ? AND done = 0 AND void = 0`, envelope, orderID).Scan(&c.Number, &document, &given)
	if errors.Is(err, sql.ErrNoRows) {
		return c, ErrNoNumber
	}
	if err != nil {
		return c, err
	}
	if given <= millis(now.Add(-otp.NumberLife)) {
		if _, err := tx.ExecContext(ctx, `UPDATE mobipass_numbers SET void = 1 WHERE envelope = ? AND number = ?`, envelope, c.Number); err != nil {
			return c, err
		}
		return c, ErrNoNumber
	}
	copy(c.Document[:], document)
	return c, nil
}

// Number returns the code number that waits for its value for an order of the client,
// or ErrNoNumber, also when the MobiPass is blocked.
func (s *Store) Number(ctx context.Context, userID, orderID string, now time.Time) (number string, err error) {
	err = s.db.QueryRowContext(ctx, `
		SELECT number FROM mobipass_numbers JOIN mobipass_keys USING (envelope)
		WHERE order_id = ? AND user_id = ? AND given > ? AND done = 0 AND void = 0 AND blocked = 0`,
		orderID, userID, millis(now.Add(-otp.NumberLife))).Scan(&number)
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrNoNumber
	}
	if err != nil {
		return "", fmt.Errorf("reading the code number of order %s: %w", orderID, err)
	}
	return number, nil
}

// VoidNumber makes the order's code number void, as the client goes back to the
// document. It is no error when there is none.
func (s *Store) VoidNumber(ctx context.Context, userID, orderID string) error {
	_, err := s.db.ExecContext(ctx, `
		UPDATE mobipass_numbers SET void = 1 WHERE done = 0 AND order_id = (SELECT id FROM orders WHERE id = ? AND user_id = ?)`, orderID, userID)
	if err != nil {
		return fmt.Errorf("voiding the code number of order %s: %w", orderID, err)
	}
	return nil
}

// ConfirmByValue accepts an order of the client by the value for its code number, in
// one transaction, and returns the verdict that was written down. With a refusal for
// the value's sake it returns ErrCode as well. Errors without a verdict: ErrNotFound,
// ErrNoNumber, ErrNoMobiPass.
func (s *Store) ConfirmByValue(ctx context.Context, userID, orderID, value string, now time.Time) (Signature, error) {
	sig := Signature{OrderID: orderID, Means: ByMobiPass, CMS: []byte{}, Verdict: SignatureAccepted, Received: now}
	var refused error
	err := s.change(ctx, func(tx *sql.Tx) error {
		o, err := orderOf(ctx, tx, userID, orderID)
		if err != nil {
			return err
		}
		if o.State == Issued {
			if refused, err = s.takeValue(ctx, tx, o, value, now, &sig); err != nil {
				return err
			}
		}
		sig, err = judge(ctx, tx, sig)
		return err
	})
	if err != nil {
		return Signature{}, fmt.Errorf("confirming order %s: %w", orderID, err)
	}
	return sig, refused
}

// takeValue judges a value, writes the new states of key and number, and fills in the
// signature. refused wraps ErrCode.
func (s *Store) takeValue(ctx context.Context, tx *sql.Tx, o Order, value string, now time.Time, sig *Signature) (refused, err error) {
	m, err := usable(ctx, tx, o.UserID)
	if err != nil {
		return nil, err
	}
	c, err := openNumber(ctx, tx, m.Envelope, o.ID, now)
	if err != nil {
		return nil, err
	}
	key, err := s.openSeed(m.Envelope, m.key)
	if err != nil {
		return nil, err
	}
	defer clear(key)
	m.State, c, err = m.State.Confirm(otp.HMAC(crypto.SHA256, key), c, sha256.Sum256(o.Document), value)
	if refused, err = verdict(m.Envelope, err); err != nil {
		return nil, err
	}
	sig.Signer = m.Envelope
	if refused != nil {
		sig.Verdict, sig.Reason = SignatureRefused, ReasonValue
		if m.State.Blocked {
			sig.Reason = ReasonBlocked
		}
	}
	if _, err := tx.ExecContext(ctx, `UPDATE mobipass_numbers SET done = ? WHERE envelope = ? AND number = ?`,
		c.Done, m.Envelope, c.Number); err != nil {
		return nil, err
	}
	return refused, m.save(ctx, tx)
}
