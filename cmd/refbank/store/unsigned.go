package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// MaxUnsigned is how many orders of a client wait for a signature at the most: two of the
// largest requests.
const MaxUnsigned = 2000

// maxWithdrawn is how many orders that a client withdrew are kept, the newest ones. Those
// with a code number of MobiPass are kept beside, as numbers never come twice.
const maxWithdrawn = 1000

var (
	// ErrManyOrders: MaxUnsigned. Nothing makes room by itself: the client signs or withdraws.
	ErrManyOrders = errors.New("too many orders wait for a signature")
	// ErrWithdrawn: the client withdrew the order.
	ErrWithdrawn = errors.New("order was withdrawn")
)

// ReasonWithdrawn is the reason for which Judge refuses to accept an order that was
// withdrawn.
const ReasonWithdrawn = "withdrawn"

// isUnsigned is the condition for an order that waits for a signature.
const isUnsigned = `state = 'issued' AND withdrawn IS NULL`

// makeRoom returns ErrManyOrders when a client would have more orders than MaxUnsigned with
// so many new ones.
func makeRoom(ctx context.Context, tx *sql.Tx, userID string, added int) error {
	var there int
	if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM orders WHERE user_id = ? AND `+isUnsigned, userID).Scan(&there); err != nil {
		return err
	}
	if there+added > MaxUnsigned {
		return fmt.Errorf("%w: %d and %d new ones", ErrManyOrders, there, added)
	}
	return nil
}

// Unsigned returns the orders of a client that wait for a signature, the oldest first,
// without their documents.
func (s *Store) Unsigned(ctx context.Context, userID string) ([]Order, error) {
	rows, err := s.db.QueryContext(ctx, `
		SELECT id, payee, iban, amount, currency, purpose, created FROM orders
		WHERE user_id = ? AND `+isUnsigned+` ORDER BY created, rowid`, userID)
	if err != nil {
		return nil, fmt.Errorf("listing unsigned orders: %w", err)
	}
	defer rows.Close()
	var list []Order
	for rows.Next() {
		o := Order{UserID: userID, State: Issued}
		var created int64
		if err := rows.Scan(&o.ID, &o.Payee, &o.IBAN, &o.Amount, &o.Currency, &o.Purpose, &created); err != nil {
			return nil, fmt.Errorf("listing unsigned orders: %w", err)
		}
		o.Created = fromMillis(created)
		list = append(list, o)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("listing unsigned orders: %w", err)
	}
	return list, nil
}

// Withdraw takes back orders of a client that wait for a signature, all or none: nothing
// confirms them any more, and their code numbers are void. One that was withdrawn before is
// no error. Errors: ErrNotFound, ErrAccepted.
func (s *Store) Withdraw(ctx context.Context, userID string, ids []string, now time.Time) error {
	err := s.change(ctx, func(tx *sql.Tx) error {
		for _, id := range ids {
			if err := withdraw(ctx, tx, userID, id, now); err != nil {
				return fmt.Errorf("order %s: %w", id, err)
			}
		}
		return dropWithdrawn(ctx, tx, userID)
	})
	if err != nil {
		return fmt.Errorf("withdrawing: %w", err)
	}
	return nil
}

func withdraw(ctx context.Context, tx *sql.Tx, userID, id string, now time.Time) error {
	var state State
	err := tx.QueryRowContext(ctx, `SELECT `+orderState+` FROM orders WHERE id = ? AND user_id = ?`, id, userID).Scan(&state)
	if err != nil {
		return found(err)
	}
	switch state {
	case Accepted:
		return ErrAccepted
	case Withdrawn:
		return nil
	}
	if _, err := tx.ExecContext(ctx, `UPDATE orders SET withdrawn = ? WHERE id = ?`, millis(now), id); err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `UPDATE mobipass_numbers SET void = 1 WHERE order_id = ? AND done = 0`, id)
	return err
}

// dropWithdrawn drops the oldest orders that a client withdrew, beyond maxWithdrawn, and
// what was refused for them.
func dropWithdrawn(ctx context.Context, tx *sql.Tx, userID string) error {
	const old = ` IN (SELECT id FROM orders WHERE user_id = ? AND withdrawn IS NOT NULL
		AND NOT EXISTS (SELECT 1 FROM mobipass_numbers WHERE order_id = orders.id)
		ORDER BY withdrawn DESC, rowid DESC LIMIT -1 OFFSET ?)`
	for _, step := range []string{`DELETE FROM signatures WHERE order_id` + old, `DELETE FROM orders WHERE id` + old} {
		if _, err := tx.ExecContext(ctx, step, userID, maxWithdrawn); err != nil {
			return err
		}
	}
	return nil
}
