package store

import (
	"context"
	"crypto"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"qoltanba/agent/otp"
)

// ErrCode means that a login or an order was refused as its code is wrong, was used
// before, or is of a token that is blocked or not the client's. It wraps the error of
// package otp for the log; a person is told one sentence for all of them.
var ErrCode = errors.New("code refused")

// ReasonCode is the reason for which ConfirmByCode refuses.
const ReasonCode = "code"

// A SpectraToken is a SpectraNet token as the bank knows it.
type SpectraToken struct {
	Serial   string
	UserID   string
	Codes    otp.CodeState // Blocked is for ever: then a new serial number is due
	Locks    otp.LockState
	Replaced bool // the client has a new one
	Issued   time.Time

	seed []byte // sealed
}

const spectraColumns = `serial, user_id, seed, last_step, drift, lean, wrong, blocked, locks, misfits, replaced, issued`

func scanSpectra(row *sql.Row) (t SpectraToken, err error) {
	var issued int64
	err = row.Scan(&t.Serial, &t.UserID, &t.seed, &t.Codes.Last, &t.Codes.Drift, &t.Codes.Lean, &t.Codes.Wrong, &t.Codes.Blocked,
		&t.Locks.Count, &t.Locks.Misfits, &t.Replaced, &issued)
	if err != nil {
		return SpectraToken{}, fmt.Errorf("reading a token: %w", found(err))
	}
	t.Issued = fromMillis(issued)
	return t, nil
}

// save writes what a verdict changes.
func (t SpectraToken) save(ctx context.Context, tx *sql.Tx) error {
	_, err := tx.ExecContext(ctx, `
		UPDATE spectranet_tokens SET last_step = ?, drift = ?, lean = ?, wrong = ?, blocked = ?, locks = ?, misfits = ?
		WHERE serial = ?`,
		t.Codes.Last, t.Codes.Drift, t.Codes.Lean, t.Codes.Wrong, t.Codes.Blocked, t.Locks.Count, t.Locks.Misfits, t.Serial)
	return err
}

// keys opens the seed; wipe ends the keys.
func (s *Store) spectraKeys(t SpectraToken) (keys otp.SpectraKeys, wipe func(), err error) {
	seed, err := s.openSeed(t.Serial, t.seed)
	if err != nil {
		return keys, nil, err
	}
	keys, wipeDerived, err := otp.SeedKeys(crypto.SHA256, seed, t.Serial)
	if err != nil {
		clear(seed)
		return keys, nil, err
	}
	return keys, func() { wipeDerived(); clear(seed) }, nil
}

// AddSpectra writes down a token with that serial number and seed as the client's. The
// token before is refused from then on, and what was opened with it ends.
func (s *Store) AddSpectra(ctx context.Context, userID, serial string, seed []byte, entry Entry) error {
	err := s.change(ctx, func(tx *sql.Tx) error {
		box, err := s.sealSeed(serial, seed)
		if err != nil {
			return err
		}
		result, err := tx.ExecContext(ctx, `UPDATE spectranet_tokens SET replaced = 1, blocked = 1 WHERE user_id = ? AND replaced = 0`, userID)
		if err != nil {
			return err
		}
		if n, err := result.RowsAffected(); err != nil {
			return err
		} else if n > 0 {
			if err := endSessions(ctx, tx, userID); err != nil {
				return err
			}
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO spectranet_tokens (serial, user_id, seed, issued) VALUES (?, ?, ?, ?)`,
			serial, userID, box, millis(entry.At)); err != nil {
			return err
		}
		return entry.add(ctx, tx, userID, serial, "issue token")
	})
	if err != nil {
		return fmt.Errorf("adding a token for %s: %w", userID, err)
	}
	return nil
}

// SpectraToken returns the token with that serial number, or ErrNotFound.
func (s *Store) SpectraToken(ctx context.Context, serial string) (SpectraToken, error) {
	return scanSpectra(s.db.QueryRowContext(ctx, `SELECT `+spectraColumns+` FROM spectranet_tokens WHERE serial = ?`, serial))
}

// SpectraTokenOf returns the token that a client has now, or ErrNotFound.
func (s *Store) SpectraTokenOf(ctx context.Context, userID string) (SpectraToken, error) {
	return scanSpectra(s.db.QueryRowContext(ctx, spectraInForce, userID))
}

const spectraInForce = `SELECT ` + spectraColumns + ` FROM spectranet_tokens WHERE user_id = ? AND replaced = 0`

// A CodeLogin is a login by the code of a token.
type CodeLogin struct {
	UserID, Code string
	Caller       string // who asks, as far as the network tells: wrong codes are counted by it
	Before       string // cookie of the session that the same browser had, which ends; "" for none
	Cookie       string // of the session to open
	Life         Life
}

// LoginByCode opens a session for the client whose token shows the code, which it uses
// up, and returns the client. It returns ErrCode, also for who is no client, or a
// WaitError, also for the right code; see throttle.go.
//
// Verdict and session are one transaction: a token that is blocked or replaced before it
// opens nothing, and one that is afterwards takes the session along.
func (s *Store) LoginByCode(ctx context.Context, l CodeLogin, now time.Time) (client Client, err error) {
	// Errors here are without the User ID: people type codes into the wrong field, and
	// errors are logged.
	if len(l.UserID) > maxUserID {
		return Client{}, fmt.Errorf("checking a code: %w: no User ID", ErrCode) // nobody's
	}
	var refused error
	err = s.change(ctx, func(tx *sql.Tx) error {
		counts, err := readThrottle(ctx, tx, l.UserID, l.Caller, now)
		if err != nil {
			return err
		}
		if _, refused, err = s.takeCode(ctx, tx, l.UserID, l.Code, now, otp.CodeState.CheckLogin); err != nil {
			return err
		}
		if refused != nil {
			return counts.wrong(ctx, tx, now)
		}
		if client, err = scanClient(tx.QueryRowContext(ctx, `SELECT `+clientColumns+` FROM clients WHERE user_id = ?`, l.UserID)); err != nil {
			return err
		}
		if err := counts.right(ctx, tx, now); err != nil {
			return err
		}
		return addSession(ctx, tx, l.Before, l.Cookie, client, now, l.Life)
	})
	if err := errors.Join(err, refused); err != nil {
		return Client{}, fmt.Errorf("checking a code: %w", err)
	}
	return client, nil
}

// ConfirmByCode accepts an order of the client by a code of his token, which it uses
// up, in one transaction, and returns the verdict that was written down. With a
// refusal for the code's sake it returns ErrCode as well. A code for an order that was
// accepted before, or withdrawn, is not looked at.
func (s *Store) ConfirmByCode(ctx context.Context, userID, orderID, code string, now time.Time) (Signature, error) {
	sig := Signature{OrderID: orderID, Means: BySpectraNet, CMS: []byte{}, Verdict: SignatureAccepted, Received: now}
	var refused error
	err := s.change(ctx, func(tx *sql.Tx) error {
		o, err := orderOf(ctx, tx, userID, orderID)
		if err != nil {
			return err
		}
		if o.State == Issued {
			if sig.Signer, refused, err = s.takeCode(ctx, tx, userID, code, now, otp.CodeState.Check); err != nil {
				return err
			}
			if refused != nil {
				sig.Verdict, sig.Reason = SignatureRefused, ReasonCode
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

// takeCode has check judge a code, and writes the token's new state. refused wraps ErrCode.
// A token that this blocks ends its owner's sessions, as when the clerk blocks it.
func (s *Store) takeCode(ctx context.Context, tx *sql.Tx, userID, code string, now time.Time,
	check func(otp.CodeState, otp.MAC, string, time.Time) (otp.CodeState, error)) (serial string, refused, err error) {
	t, err := scanSpectra(tx.QueryRowContext(ctx, spectraInForce, userID))
	if errors.Is(err, ErrNotFound) {
		return "", fmt.Errorf("%w: no token", ErrCode), nil
	}
	if err != nil {
		return "", nil, err
	}
	keys, wipe, err := s.spectraKeys(t)
	if err != nil {
		return "", nil, err
	}
	defer wipe()
	before := t.Codes.Blocked
	t.Codes, err = check(t.Codes, keys.Code, code, now)
	if refused, err = verdict(t.Serial, err); err != nil {
		return "", nil, err
	}
	if t.Codes.Blocked && !before {
		if err := endSessions(ctx, tx, userID); err != nil {
			return "", nil, err
		}
	}
	return t.Serial, refused, t.save(ctx, tx)
}

// verdict tells a refusal, as ErrCode, from an error that leaves no verdict.
func verdict(device string, err error) (refused, failed error) {
	for _, e := range []error{otp.ErrWrongCode, otp.ErrUsedCode, otp.ErrBlocked} {
		if errors.Is(err, e) {
			return fmt.Errorf("%w: device %s: %w", ErrCode, device, err), nil
		}
	}
	return nil, err
}
