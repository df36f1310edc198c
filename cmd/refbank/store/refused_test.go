package store_test

import (
	"bytes"
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"qoltanba/cmd/refbank/store"
)

// TestRefusedMakeRoom hands in wrong signatures without end: what is kept of them is
// bounded, the newest stay, and neither an accepted one nor another client's goes.
func TestRefusedMakeRoom(t *testing.T) {
	for name, test := range map[string]struct {
		size, keeps int // bytes of a signature; how many of 605
		stored      int // bytes of the newest one
	}{
		"by number":  {1 << 10, 500, 1 << 10},
		"by bytes":   {32 << 10, 64, 32 << 10},
		"one by one": {32 << 20, 500, 0}, // of one that is so large the verdict alone is kept
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "bank.db")
			s := reopen(t, path)
			other, foreign := client, order("B")
			other.UserID, foreign.UserID = "qq222222_asdfghjk", "qq222222_asdfghjk"
			if err := errors.Join(s.AddClient(t.Context(), client), s.AddClient(t.Context(), other), s.AddOrders(t.Context(), []store.Order{order("A"), foreign})); err != nil {
				t.Fatal(err)
			}
			signature := store.Signature{OrderID: "B", CMS: []byte{1}, Verdict: store.SignatureRefused, Reason: "format", Received: now}
			signer := putInForce(t, s, "certificate")
			for _, sig := range []store.Signature{signature, {OrderID: "A", CMS: bytes.Repeat([]byte{1}, 3<<20), Verdict: store.SignatureAccepted, Signer: signer, Received: now}} {
				if got, err := s.Judge(t.Context(), sig); err != nil || got.Verdict != sig.Verdict {
					t.Fatalf("Judge = %s, %v", got.Verdict, err)
				}
			}
			signature.OrderID, signature.CMS = "A", make([]byte, test.size)
			execute(t, path, fmt.Sprintf(`WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 599)
				INSERT INTO signatures (order_id, user_id, cms, verdict, reason, signer, received)
				SELECT 'A', '%s', zeroblob(%d), 'refused', 'format', '', %d + 1000 * i FROM n`, client.UserID, test.stored, now.UnixMilli()))
			for n := 600; n < 605; n++ {
				signature.Received = now.Add(time.Duration(n) * time.Second)
				if got, err := s.Judge(t.Context(), signature); err != nil || got.Verdict != store.SignatureRefused {
					t.Fatalf("Judge = %s, %v", got.Verdict, err)
				}
			}
			kept := column(t, path, `SELECT count(*) FROM signatures WHERE verdict = 'refused' AND order_id = 'A'`)[0]
			oldest := column(t, path, `SELECT min(received) FROM signatures WHERE verdict = 'refused' AND order_id = 'A'`)[0]
			stored := column(t, path, `SELECT length(cms) FROM signatures ORDER BY id DESC LIMIT 1`)[0]
			want := now.Add(time.Duration(605-test.keeps) * time.Second).UnixMilli()
			if kept != strconv.Itoa(test.keeps) || oldest != strconv.FormatInt(want, 10) || stored != strconv.Itoa(test.stored) {
				t.Errorf("%s refused ones are kept from %s on, the newest with %s bytes; want %d from %d on, %d bytes",
					kept, oldest, stored, test.keeps, want, test.stored)
			}
			if got := column(t, path, `SELECT count(*) || ' ' || max(length(cms)) FROM signatures WHERE verdict = 'accepted' OR order_id = 'B'`)[0]; got != "2 3145728" {
				t.Errorf("accepted and another client's = %s, want 2 3145728", got)
			}
			if list, err := s.Payments(t.Context(), client.UserID, 1000); err != nil || len(list) != test.keeps+1 {
				t.Errorf("Payments = %d, %v, want %d", len(list), err, test.keeps+1)
			}
		})
	}
}

// Codes and values that are refused are kept like signatures.
func TestRefusedValuesMakeRoom(t *testing.T) {
	s, path := openCodes(t)
	execute(t, path, `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500)
		INSERT INTO signatures (order_id, user_id, means, cms, verdict, reason, signer, received)
		SELECT 'A', 'qq111111_qwertyui', 'mobipass', X'', 'refused', 'value', '', 0 FROM n`)
	if _, err := s.ConfirmByCode(t.Context(), client.UserID, "A", "none", now); !errors.Is(err, store.ErrCode) {
		t.Fatalf("ConfirmByCode(wrong) = %v, want ErrCode", err)
	}
	if got := column(t, path, `SELECT count(*) || ' ' || max(means) FROM signatures`)[0]; got != "500 spectranet" {
		t.Errorf("kept are %s, want 500 and the newest", got)
	}
}
