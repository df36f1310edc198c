package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// State is what became of an order.
type State string

// The states of an order.
const (
	Issued   State = "issued"   // waits for a signature
	Accepted State = "accepted" // signed, to be carried out
)

// An Order is a payment order as the bank issued it.
type Order struct {
	ID       string
	UserID   string // of the client who made it
	Payee    string
	IBAN     string
	Amount   int64 // hundredths of the currency
	Currency string
	Purpose  string
	Document []byte // pain.001.001.09, the bytes to be signed
	State    State
	Created  time.Time
}

// A Verdict is the bank's judgement on one signature.
type Verdict string

// The verdicts.
const (
	SignatureAccepted Verdict = "accepted"
	SignatureRefused  Verdict = "refused"
)

// AcceptedBefore is the reason for which Judge itself refuses.
const AcceptedBefore = "accepted-before"

// A Signature is one signature that a client handed in for an order.
type Signature struct {
	OrderID  string
	CMS      []byte
	Verdict  Verdict
	Reason   string // why it was refused: a short stable word; "" when accepted
	Signer   string // fingerprint of the signer's certificate, "" when unknown
	Received time.Time
}

// A Payment is a signature with its order, for lists; Document and CMS are nil.
type Payment struct {
	Order     Order
	Signature Signature
}

// AddOrders keeps new orders, all or none.
func (s *Store) AddOrders(ctx context.Context, orders []Order) error {
	err := s.change(ctx, func(tx *sql.Tx) error {
		for _, o := range orders {
			if _, err := tx.ExecContext(ctx, `
				INSERT INTO orders (id, user_id, payee, iban, amount, currency, purpose, document, state, created)
				VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
				o.ID, o.UserID, o.Payee, o.IBAN, o.Amount, o.Currency, o.Purpose, o.Document, Issued, millis(o.Created),
			); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("keeping %d orders: %w", len(orders), err)
	}
	return nil
}

// Order returns an order of that client, or ErrNotFound.
func (s *Store) Order(ctx context.Context, userID, id string) (Order, error) {
	o := Order{ID: id, UserID: userID}
	var created int64
	err := s.db.QueryRowContext(ctx, `
		SELECT payee, iban, amount, currency, purpose, document, state, created
		FROM orders WHERE id = ? AND user_id = ?`, id, userID).
		Scan(&o.Payee, &o.IBAN, &o.Amount, &o.Currency, &o.Purpose, &o.Document, &o.State, &created)
	if err != nil {
		return Order{}, fmt.Errorf("reading order %s: %w", id, found(err))
	}
	o.Created = fromMillis(created)
	return o, nil
}

// Judge writes down a verdict and moves the order with it, in one transaction, and
// returns the signature with the verdict that holds: where another signature of
// the order was accepted before, an acceptance becomes a refusal.
func (s *Store) Judge(ctx context.Context, sig Signature) (Signature, error) {
	err := s.change(ctx, func(tx *sql.Tx) error {
		if sig.Verdict == SignatureAccepted {
			var state State
			if err := tx.QueryRowContext(ctx, `SELECT state FROM orders WHERE id = ?`, sig.OrderID).Scan(&state); err != nil {
				return found(err)
			}
			if state == Accepted {
				sig.Verdict, sig.Reason = SignatureRefused, AcceptedBefore
			} else if _, err := tx.ExecContext(ctx, `UPDATE orders SET state = ? WHERE id = ?`, Accepted, sig.OrderID); err != nil {
				return err
			}
		}
		_, err := tx.ExecContext(ctx, `
			INSERT INTO signatures (order_id, cms, verdict, reason, signer, received) VALUES (?, ?, ?, ?, ?, ?)`,
			sig.OrderID, sig.CMS, sig.Verdict, sig.Reason, sig.Signer, millis(sig.Received))
		return err
	})
	if err != nil {
		return Signature{}, fmt.Errorf("writing down the verdict on order %s: %w", sig.OrderID, err)
	}
	return sig, nil
}

// Payments returns the newest signatures of a client's orders, newest first, at
// most limit.
func (s *Store) Payments(ctx context.Context, userID string, limit int) ([]Payment, error) {
	rows, err := s.db.QueryContext(ctx, `
		SELECT orders.id, payee, iban, amount, currency, purpose, state, created, verdict, reason, signer, received
		FROM signatures JOIN orders ON orders.id = order_id
		WHERE user_id = ? ORDER BY signatures.id DESC LIMIT ?`, userID, limit)
	if err != nil {
		return nil, fmt.Errorf("listing payments: %w", err)
	}
	defer rows.Close()
	var list []Payment
	for rows.Next() {
		var p Payment
		var created, received int64
		o, sig := &p.Order, &p.Signature
		if err := rows.Scan(&o.ID, &o.Payee, &o.IBAN, &o.Amount, &o.Currency, &o.Purpose, &o.State, &created,
			&sig.Verdict, &sig.Reason, &sig.Signer, &received); err != nil {
			return nil, fmt.Errorf("listing payments: %w", err)
		}
		o.UserID, o.Created = userID, fromMillis(created)
		sig.OrderID, sig.Received = o.ID, fromMillis(received)
		list = append(list, p)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("listing payments: %w", err)
	}
	return list, nil
}

// EachAccepted calls f with every accepted order, its document and its signature,
// and stops at the first error.
func (s *Store) EachAccepted(ctx context.Context, f func(id string, document, cms []byte) error) error {
	rows, err := s.db.QueryContext(ctx, `
		SELECT orders.id, document, cms FROM signatures JOIN orders ON orders.id = order_id
		WHERE verdict = ? ORDER BY signatures.id`, SignatureAccepted)
	if err != nil {
		return fmt.Errorf("reading accepted orders: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var id string
		var document, cms []byte
		if err := rows.Scan(&id, &document, &cms); err != nil {
			return fmt.Errorf("reading accepted orders: %w", err)
		}
		if err := f(id, document, cms); err != nil {
			return err
		}
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return fmt.Errorf("reading accepted orders: %w", err)
	}
	return nil
}
