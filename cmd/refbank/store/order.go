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
	Issued    State = "issued"    // waits for a signature
	Accepted  State = "accepted"  // signed, to be carried out
	Withdrawn State = "withdrawn" // taken back by the client before it was signed
)

// orderState is the State of an order, of its columns: a withdrawn one keeps the state that
// it had.
const orderState = `CASE WHEN withdrawn IS NULL THEN state ELSE 'withdrawn' END`

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
	Means    Means // by which it was accepted, "" while it is not
	Created  time.Time
}

// Means is by what a client confirms an order.
type Means string

// The means.
const (
	ByKey        Means = "signature"
	BySpectraNet Means = "spectranet" // a token's code
	ByMobiPass   Means = "mobipass"   // the value for a code number
)

// A Verdict is the bank's judgement on one signature or code.
type Verdict string

// The verdicts.
const (
	SignatureAccepted Verdict = "accepted"
	SignatureRefused  Verdict = "refused"
)

// The reasons for which Judge itself refuses.
const (
	AcceptedBefore = "accepted-before"
	ReasonSigner   = "signer" // not with the certificate that is in force now
)

// A Signature is one signature or code that a client handed in for an order.
type Signature struct {
	OrderID  string
	Means    Means  // "" is ByKey
	CMS      []byte // empty for a code
	Verdict  Verdict
	Reason   string // why it was refused: a short stable word; "" when accepted
	Signer   string // fingerprint of the certificate, or the device's number; "" when unknown
	Received time.Time
}

// A Payment is a signature with its order, for lists; Document and CMS are nil.
type Payment struct {
	Order     Order
	Signature Signature
}

// AddOrders keeps new orders, all or none. It returns ErrManyOrders when a client has too
// many that wait for a signature.
func (s *Store) AddOrders(ctx context.Context, orders []Order) error {
	added := map[string]int{} // by client
	for _, o := range orders {
		added[o.UserID]++
	}
	err := s.change(ctx, func(tx *sql.Tx) error {
		for userID, n := range added {
			if err := makeRoom(ctx, tx, userID, n); err != nil {
				return err
			}
		}
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
	return orderOf(ctx, s.db, userID, id)
}

// orderOf is Order by the database or within a transaction of it.
func orderOf(ctx context.Context, db interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}, userID, id string) (Order, error) {
	o := Order{ID: id, UserID: userID}
	var created int64
	err := db.QueryRowContext(ctx, `
		SELECT payee, iban, amount, currency, purpose, document, `+orderState+`, created,
			coalesce((SELECT means FROM signatures WHERE order_id = orders.id AND verdict = 'accepted'), '')
		FROM orders WHERE id = ? AND user_id = ?`, id, userID).
		Scan(&o.Payee, &o.IBAN, &o.Amount, &o.Currency, &o.Purpose, &o.Document, &o.State, &created, &o.Means)
	if err != nil {
		return Order{}, fmt.Errorf("reading order %s: %w", id, found(err))
	}
	o.Created = fromMillis(created)
	return o, nil
}

// Judge writes down a verdict and moves the order with it, in one transaction, and
// returns the signature with the verdict that holds: where another signature of
// the order was accepted before, or the order was withdrawn, or the signer's certificate
// was replaced since it was looked at, an acceptance becomes a refusal. Of a client's
// refusals the newest are kept.
func (s *Store) Judge(ctx context.Context, sig Signature) (Signature, error) {
	err := s.change(ctx, func(tx *sql.Tx) (err error) {
		sig, err = judge(ctx, tx, sig)
		return err
	})
	if err != nil {
		return Signature{}, fmt.Errorf("writing down the verdict on order %s: %w", sig.OrderID, err)
	}
	return sig, nil
}

func judge(ctx context.Context, tx *sql.Tx, sig Signature) (Signature, error) {
	if sig.Means == "" {
		sig.Means = ByKey
	}
	if sig.Verdict == SignatureAccepted {
		var state State
		var inForce string
		if err := tx.QueryRowContext(ctx, `SELECT `+orderState+`, coalesce(fingerprint, '') FROM orders JOIN clients USING (user_id) WHERE id = ?`,
			sig.OrderID).Scan(&state, &inForce); err != nil {
			return sig, found(err)
		}
		if state == Accepted {
			sig.Verdict, sig.Reason = SignatureRefused, AcceptedBefore
		} else if state == Withdrawn {
			sig.Verdict, sig.Reason = SignatureRefused, ReasonWithdrawn
		} else if sig.Means == ByKey && sig.Signer != inForce {
			sig.Verdict, sig.Reason = SignatureRefused, ReasonSigner
		} else if _, err := tx.ExecContext(ctx, `UPDATE orders SET state = ? WHERE id = ?`, Accepted, sig.OrderID); err != nil {
			return sig, err
		}
	}
	if sig.Verdict == SignatureRefused && len(sig.CMS) > maxRefusedCMS {
		sig.CMS = []byte{}
	}
	var userID string
	err := tx.QueryRowContext(ctx, `
		INSERT INTO signatures (order_id, user_id, means, cms, verdict, reason, signer, received)
		VALUES (?, (SELECT user_id FROM orders WHERE id = ?), ?, ?, ?, ?, ?, ?) RETURNING coalesce(user_id, '')`,
		sig.OrderID, sig.OrderID, sig.Means, sig.CMS, sig.Verdict, sig.Reason, sig.Signer, millis(sig.Received)).Scan(&userID)
	if err != nil || sig.Verdict != SignatureRefused {
		return sig, err
	}
	return sig, dropRefused(ctx, tx, userID)
}

// How much is kept of what was refused to a client, who can hand in as much as he likes.
// A signature that carries its order has eight kilobytes or so.
const (
	maxRefused      = 500      // verdicts, as many as the list of payments shows
	maxRefusedBytes = 2 << 20  // of their signatures
	maxRefusedCMS   = 64 << 10 // of a signature; of a larger one the verdict alone is kept
)

// dropRefused drops a client's oldest refusals beyond those limits. What was accepted is
// never dropped.
func dropRefused(ctx context.Context, tx *sql.Tx, userID string) error {
	_, err := tx.ExecContext(ctx, `
		DELETE FROM signatures WHERE id IN (SELECT id FROM (
			SELECT id, row_number() OVER newest AS count, sum(length(cms)) OVER newest AS bytes
			FROM signatures WHERE user_id = ? AND verdict = 'refused' WINDOW newest AS (ORDER BY id DESC))
		WHERE count > ? OR bytes > ?)`, userID, maxRefused, maxRefusedBytes)
	return err
}

// Payments returns the newest signatures of a client's orders, newest first, at
// most limit.
func (s *Store) Payments(ctx context.Context, userID string, limit int) ([]Payment, error) {
	rows, err := s.db.QueryContext(ctx, `
		SELECT orders.id, payee, iban, amount, currency, purpose, `+orderState+`, created, means, verdict, reason, signer, received
		FROM signatures JOIN orders ON orders.id = order_id
		WHERE orders.user_id = ? ORDER BY signatures.id DESC LIMIT ?`, userID, limit)
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
			&sig.Means, &sig.Verdict, &sig.Reason, &sig.Signer, &received); err != nil {
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

// EachSigned calls f with every order that was accepted by its signature, its document
// and the signature, and stops at the first error.
func (s *Store) EachSigned(ctx context.Context, f func(id string, document, cms []byte) error) error {
	rows, err := s.db.QueryContext(ctx, `
		SELECT orders.id, document, cms FROM signatures JOIN orders ON orders.id = order_id
		WHERE verdict = ? AND means = ? ORDER BY signatures.id`, SignatureAccepted, ByKey)
	if err != nil {
		return fmt.Errorf("reading signed orders: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var id string
		var document, cms []byte
		if err := rows.Scan(&id, &document, &cms); err != nil {
			return fmt.Errorf("reading signed orders: %w", err)
		}
		if err := f(id, document, cms); err != nil {
			return err
		}
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return fmt.Errorf("reading signed orders: %w", err)
	}
	return nil
}
