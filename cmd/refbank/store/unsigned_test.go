package store_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"qoltanba/cmd/refbank/store"
)

// insertOrders gives a client so many orders of a name and a number, the first one oldest.
func insertOrders(t *testing.T, path, userID, name string, count int, withdrawn bool) {
	t.Helper()
	when := "NULL"
	if withdrawn {
		when = "i"
	}
	execute(t, path, fmt.Sprintf(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)
		INSERT INTO orders (id, user_id, payee, iban, amount, currency, purpose, document, state, created, withdrawn)
		SELECT '%s' || i, '%s', 'p', 'i', 1, 'KZT', 'p', X'01', 'issued', i, %s FROM n`, count, name, userID, when))
}

// TestUnsignedAreBounded makes orders without end: new ones are refused, none that is
// there goes, and the client makes room by signing and by withdrawing.
func TestUnsignedAreBounded(t *testing.T) {
	path := filepath.Join(t.TempDir(), "bank.db")
	s := reopen(t, path)
	other := client
	other.UserID = "qq222222_asdfghjk"
	if err := errors.Join(s.AddClient(t.Context(), client), s.AddClient(t.Context(), other)); err != nil {
		t.Fatal(err)
	}
	insertOrders(t, path, client.UserID, "old ", store.MaxUnsigned-1, false)
	if err := s.AddOrders(t.Context(), []store.Order{order("A"), order("B")}); !errors.Is(err, store.ErrManyOrders) {
		t.Fatalf("AddOrders(two where one has room) = %v, want ErrManyOrders", err)
	}
	add := func(o store.Order, want error) {
		t.Helper()
		if err := s.AddOrders(t.Context(), []store.Order{o}); !errors.Is(err, want) {
			t.Fatalf("AddOrders(%s) = %v, want %v", o.ID, err, want)
		}
	}
	add(order("A"), nil)
	add(order("B"), store.ErrManyOrders)
	list, err := s.Unsigned(t.Context(), client.UserID)
	if err != nil || len(list) != store.MaxUnsigned || list[0].ID != "old 1" || list[store.MaxUnsigned-1].ID != "A" {
		t.Fatalf("Unsigned = %d orders, %v, want all that were taken, the oldest first", len(list), err)
	}
	foreign := order("foreign")
	foreign.UserID = other.UserID
	add(foreign, nil)

	signer := putInForce(t, s, "certificate")
	sig, err := s.Judge(t.Context(), store.Signature{OrderID: "A", CMS: []byte{1}, Verdict: store.SignatureAccepted, Signer: signer, Received: now})
	if err != nil || sig.Verdict != store.SignatureAccepted {
		t.Fatalf("Judge = %+v, %v", sig, err)
	}
	add(order("B"), nil)
	add(order("C"), store.ErrManyOrders)
	if err := s.Withdraw(t.Context(), client.UserID, []string{"old 7"}, now); err != nil {
		t.Fatal(err)
	}
	add(order("C"), nil)
	add(order("D"), store.ErrManyOrders)
}

// TestWithdraw: what is withdrawn nothing confirms any more; what was accepted stays so.
func TestWithdraw(t *testing.T) {
	s, path := openCodes(t)
	signer := putInForce(t, s, "certificate")
	other := client
	other.UserID = "qq222222_asdfghjk"
	if err := errors.Join(s.AddClient(t.Context(), other), s.AddOrders(t.Context(), []store.Order{order("B"), order("C")})); err != nil {
		t.Fatal(err)
	}
	accepted := store.Signature{OrderID: "B", CMS: []byte{1}, Verdict: store.SignatureAccepted, Signer: signer, Received: now}
	if sig, err := s.Judge(t.Context(), accepted); err != nil || sig.Verdict != store.SignatureAccepted {
		t.Fatalf("Judge = %+v, %v", sig, err)
	}
	if _, err := s.IssueNumber(t.Context(), client.UserID, "A", now); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		userID string
		ids    []string
		want   error
	}{
		{client.UserID, []string{"A", "B"}, store.ErrAccepted},
		{client.UserID, []string{"A", "none"}, store.ErrNotFound},
		{other.UserID, []string{"A"}, store.ErrNotFound},
	} {
		if err := s.Withdraw(t.Context(), test.userID, test.ids, now); !errors.Is(err, test.want) {
			t.Errorf("Withdraw(%s of %s) = %v, want %v", test.ids, test.userID, err, test.want)
		}
		if o, err := s.Order(t.Context(), client.UserID, "A"); err != nil || o.State != store.Issued {
			t.Fatalf("after it order A is %s, %v, want issued", o.State, err)
		}
	}
	for range 2 {
		if err := s.Withdraw(t.Context(), client.UserID, []string{"A", "A"}, now); err != nil {
			t.Fatal(err)
		}
	}
	if o, err := s.Order(t.Context(), client.UserID, "A"); err != nil || o.State != store.Withdrawn {
		t.Errorf("Order = %s, %v, want withdrawn", o.State, err)
	}
	if list, err := s.Unsigned(t.Context(), client.UserID); err != nil || len(list) != 1 || list[0].ID != "C" {
		t.Errorf("Unsigned = %+v, %v, want C", list, err)
	}
	if _, err := s.Number(t.Context(), client.UserID, "A", now); !errors.Is(err, store.ErrNoNumber) {
		t.Errorf("Number = %v, want ErrNoNumber", err)
	}
	if _, err := s.IssueNumber(t.Context(), client.UserID, "A", now); !errors.Is(err, store.ErrWithdrawn) {
		t.Errorf("IssueNumber = %v, want ErrWithdrawn", err)
	}
	accepted.OrderID = "A"
	byKey, errKey := s.Judge(t.Context(), accepted)
	byCode, errCode := s.ConfirmByCode(t.Context(), client.UserID, "A", code(t, 0), now)
	byValue, errValue := s.ConfirmByValue(t.Context(), client.UserID, "A", "123456", now)
	for means, got := range map[string]struct {
		store.Signature
		err error
	}{"key": {byKey, errKey}, "code": {byCode, errCode}, "value": {byValue, errValue}} {
		if got.err != nil || got.Verdict != store.SignatureRefused || got.Reason != store.ReasonWithdrawn {
			t.Errorf("confirmed by %s: %s %s, %v, want refused as withdrawn", means, got.Verdict, got.Reason, got.err)
		}
	}
	if sig, err := s.ConfirmByCode(t.Context(), client.UserID, "C", code(t, 0), now); err != nil || sig.Verdict != store.SignatureAccepted {
		t.Errorf("the same code for another order = %+v, %v, want accepted: it was not looked at", sig, err)
	}
	if list, err := s.Payments(t.Context(), client.UserID, 1); err != nil || list[0].Order.ID != "C" {
		t.Errorf("Payments = %+v, %v", list, err)
	}
	if got := column(t, path, `SELECT state || ' ' || withdrawn FROM orders WHERE id = 'A'`)[0]; got != fmt.Sprint("issued ", now.UnixMilli()) {
		t.Errorf("kept is %s, want when it was withdrawn", got)
	}
}

// TestWithdrawnMakeRoom makes and withdraws orders without end: of those that were
// withdrawn the newest are kept, and nothing else goes.
func TestWithdrawnMakeRoom(t *testing.T) {
	s, path := openCodes(t)
	other := client
	other.UserID = "qq222222_asdfghjk"
	if err := s.AddClient(t.Context(), other); err != nil {
		t.Fatal(err)
	}
	insertOrders(t, path, client.UserID, "gone ", 1005, true)
	insertOrders(t, path, other.UserID, "foreign ", 1005, true)
	insertOrders(t, path, client.UserID, "waits ", 3, false)
	execute(t, path, `INSERT INTO signatures (order_id, user_id, cms, verdict, reason, signer, received)
		SELECT id, user_id, X'01', 'refused', 'format', '', 1 FROM orders WHERE id IN ('gone 2', 'gone 1000', 'waits 1')`,
		`INSERT INTO mobipass_numbers (envelope, number, order_id, document, void) VALUES ('0987654321', '123456', 'gone 3', X'01', 1)`)
	if err := s.Withdraw(t.Context(), client.UserID, []string{"A"}, now.Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	for query, want := range map[string]string{
		`SELECT count(*) FROM orders WHERE user_id = 'qq111111_qwertyui' AND withdrawn IS NOT NULL`: "1001", // and the one with a number
		`SELECT group_concat(id) FROM orders WHERE id IN ('gone 3', 'gone 6', 'gone 7', 'A')`:       "A,gone 3,gone 7",
		`SELECT count(*) FROM orders WHERE id LIKE 'foreign%'`:                                      "1005",
		`SELECT count(*) FROM orders WHERE id LIKE 'waits%'`:                                        "3",
		`SELECT group_concat(order_id) FROM signatures`:                                             "gone 1000,waits 1",
	} {
		if got := column(t, path, query)[0]; got != want {
			t.Errorf("%s = %s, want %s", query, got, want)
		}
	}
}
