package store_test

import (
	"bytes"
	"crypto"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"qoltanba/agent/otp"
	"qoltanba/cmd/refbank/store"
)

const serial = "1234567890"

var (
	seed  = []byte("seed of a token, thirty-two bytes")[:32]
	entry = store.Entry{At: now, Identified: "branch"}
)

func code(t *testing.T, steps int) string {
	t.Helper()
	c, err := otp.TOTP(otp.HMAC(crypto.SHA256, seed), 6, otp.SpectraInterval, now.Add(time.Duration(steps)*otp.SpectraInterval))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// codeLogin is a login from the address of the client.
func codeLogin(userID, code string) store.CodeLogin {
	return store.CodeLogin{UserID: userID, Code: code, Caller: "192.0.2.1", Cookie: "cookie of " + userID + code, Life: life}
}

// openCodes returns a store whose client has a token, a MobiPass and an order.
func openCodes(t *testing.T) (*store.Store, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "bank.db")
	s := reopen(t, path)
	if err := errors.Join(
		s.AddClient(t.Context(), client),
		s.AddSpectra(t.Context(), client.UserID, serial, seed, entry),
		s.AddMobiPass(t.Context(), client.UserID, "0987654321", seed, entry),
		s.AddOrders(t.Context(), []store.Order{order("A")}),
	); err != nil {
		t.Fatal(err)
	}
	return s, path
}

func TestCodesOutliveTheStore(t *testing.T) {
	s, path := openCodes(t)
	if _, err := s.LoginByCode(t.Context(), codeLogin(client.UserID, "none"), now); !errors.Is(err, store.ErrCode) || !errors.Is(err, otp.ErrWrongCode) {
		t.Fatalf("S9 LoginByCode(wrong) = %v, want ErrCode for a wrong code", err)
	}
	if c, err := s.LoginByCode(t.Context(), codeLogin(client.UserID, code(t, 0)), now); err != nil || c.UserID != client.UserID {
		t.Fatalf("S8 LoginByCode = %+v, %v", c, err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = reopen(t, path)
	_, err := s.LoginByCode(t.Context(), codeLogin(client.UserID, code(t, 0)), now)
	if !errors.Is(err, store.ErrCode) || !errors.Is(err, otp.ErrUsedCode) || strings.Contains(err.Error(), client.UserID) {
		t.Errorf("S3 S12 LoginByCode(used) = %v, want ErrCode for a used code, without the User ID", err)
	}
	token, err := s.SpectraTokenOf(t.Context(), client.UserID)
	if err != nil || token.Serial != serial || token.Codes.Wrong != 0 || token.Codes.Last != otp.Step(now, otp.SpectraInterval) || !token.Issued.Equal(now) {
		t.Errorf("S12 SpectraTokenOf = %+v, %v", token, err)
	}
	if sig, err := s.ConfirmByCode(t.Context(), client.UserID, "A", "none", now); !errors.Is(err, store.ErrCode) || sig.Verdict != store.SignatureRefused || sig.Reason != store.ReasonCode {
		t.Errorf("S10 ConfirmByCode(wrong) = %+v, %v", sig, err)
	}
	sig, err := s.ConfirmByCode(t.Context(), client.UserID, "A", code(t, 1), now)
	if err != nil || sig.Verdict != store.SignatureAccepted || sig.Means != store.BySpectraNet || sig.Signer != serial {
		t.Errorf("S6 ConfirmByCode = %+v, %v", sig, err)
	}
	if o, err := s.Order(t.Context(), client.UserID, "A"); err != nil || o.State != store.Accepted || o.Means != store.BySpectraNet {
		t.Errorf("Order = %+v, %v, want accepted by SpectraNet", o, err)
	}
	list, err := s.Payments(t.Context(), client.UserID, 10)
	if err != nil || len(list) != 2 || list[0].Signature.Means != store.BySpectraNet || list[0].Signature.Signer != serial {
		t.Errorf("Payments = %+v, %v", list, err)
	}
	if err := s.EachSigned(t.Context(), func(id string, _, _ []byte) error {
		return errors.New("order " + id + " was not signed")
	}); err != nil {
		t.Error(err)
	}
}

// Of two requests at once the one that came first may be looked at last.
func TestEarlierRequestDoesNotWait(t *testing.T) {
	s, _ := openCodes(t)
	if _, err := s.LoginByCode(t.Context(), codeLogin(client.UserID, "none"), now); !errors.Is(err, store.ErrCode) {
		t.Fatalf("LoginByCode(wrong) = %v, want ErrCode", err)
	}
	if _, err := s.LoginByCode(t.Context(), codeLogin(client.UserID, code(t, 0)), now.Add(-time.Second)); err != nil {
		t.Errorf("LoginByCode of a second before = %v", err)
	}
}

func TestSeedsAreSealed(t *testing.T) {
	s, path := openCodes(t)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	keyFile := filepath.Join(filepath.Dir(path), "codes.key")
	info, err := os.Stat(keyFile)
	if err != nil || info.Mode().Perm() != 0o600 || info.Size() != 32 {
		t.Errorf("key file: %v, %v", info, err)
	}
	data, err := os.ReadFile(path)
	if err != nil || bytes.Contains(data, seed[:8]) {
		t.Errorf("a seed is in the database: %v", err)
	}
	// A seed in another token's place opens no more.
	s = reopen(t, path)
	execute(t, path, `INSERT INTO clients VALUES ('thief', 's', 'g', 'i', 'c', 'b', 'a', NULL)`,
		`INSERT INTO spectranet_tokens (serial, user_id, seed, issued) SELECT '5555555555', 'thief', seed, 0 FROM spectranet_tokens`)
	if _, err := s.LoginByCode(t.Context(), codeLogin("thief", code(t, 0)), now); err == nil || errors.Is(err, store.ErrCode) {
		t.Errorf("LoginByCode with a moved seed = %v, want that it does not open", err)
	}
	// Neither does any without the key, and no verdict makes a new one.
	if err := os.Remove(keyFile); err != nil {
		t.Fatal(err)
	}
	if _, err := s.LoginByCode(t.Context(), codeLogin(client.UserID, code(t, 0)), now); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("LoginByCode without the key file = %v, want ErrNotExist", err)
	}
	if _, err := os.Stat(keyFile); err == nil {
		t.Error("a lost key was made anew")
	}
}

func TestDeskLog(t *testing.T) {
	s, path := openCodes(t)
	keys, wipe, err := otp.SeedKeys(crypto.SHA256, seed, serial)
	if err != nil {
		t.Fatal(err)
	}
	defer wipe()
	number, err := keys.LockNumber(serial, 3)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Unlock(t.Context(), serial, "0000000", entry); !errors.Is(err, otp.ErrWrongNumber) {
		t.Errorf("S55 Unlock(does not fit) = %v, want ErrWrongNumber", err)
	}
	if got, err := s.Unlock(t.Context(), serial, number, store.Entry{At: now, Identified: "phone"}); err != nil || len(got) != otp.UnlockLen {
		t.Errorf("S54 Unlock = %q, %v", got, err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = reopen(t, path)
	if token, err := s.SpectraToken(t.Context(), serial); err != nil || token.Locks != (otp.LockState{Count: 3}) {
		t.Errorf("S64 SpectraToken = %+v, %v, want lock 3 answered", token, err)
	}
	if err := errors.Join(s.BlockSpectra(t.Context(), serial, now), s.BlockMobiPass(t.Context(), "0987654321", now)); err != nil {
		t.Error(err)
	}
	if err := s.BlockSpectra(t.Context(), "none", now); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("BlockSpectra(none) = %v, want ErrNotFound", err)
	}
	got := column(t, path, `SELECT device || ' ' || action || ' ' || identified FROM desk_log ORDER BY id`)
	if want := "1234567890 issue token branch\n0987654321 issue MobiPass branch\n1234567890 unlock, refused branch\n" +
		"1234567890 unlock phone\n1234567890 block token \n0987654321 block MobiPass "; strings.Join(got, "\n") != want {
		t.Errorf("S52 the log says\n%s\nwant\n%s", strings.Join(got, "\n"), want)
	}
}

// TestNumberIsForOneContent changes the bank's own bytes behind its back.
func TestNumberIsForOneContent(t *testing.T) {
	s, path := openCodes(t)
	number, err := s.IssueNumber(t.Context(), client.UserID, "A", now)
	if err != nil {
		t.Fatal(err)
	}
	value, err := otp.MobiResponse(seed, number)
	if err != nil {
		t.Fatal(err)
	}
	execute(t, path, `UPDATE orders SET document = X'00'`)
	if sig, err := s.ConfirmByValue(t.Context(), client.UserID, "A", value, now); !errors.Is(err, otp.ErrVoid) {
		t.Errorf("M40 ConfirmByValue for another content = %+v, %v, want ErrVoid", sig, err)
	}
	if o, err := s.Order(t.Context(), client.UserID, "A"); err != nil || o.State != store.Issued {
		t.Errorf("M40 Order = %+v, %v, want issued", o, err)
	}
}

func TestNumbersOfAKeyEnd(t *testing.T) {
	s, path := openCodes(t)
	execute(t, path, `UPDATE mobipass_keys SET numbers = 450000`)
	if _, err := s.IssueNumber(t.Context(), client.UserID, "A", now); !errors.Is(err, store.ErrNoMobiPass) || !errors.Is(err, otp.ErrExhausted) {
		t.Errorf("M40 IssueNumber of an old key = %v, want ErrExhausted", err)
	}
	if err := s.AddMobiPass(t.Context(), client.UserID, "1111111111", seed, entry); err != nil {
		t.Fatal(err)
	}
	if number, err := s.IssueNumber(t.Context(), client.UserID, "A", now); err != nil || otp.CheckCodeNumber(number) != nil {
		t.Errorf("M53 IssueNumber of a new key = %q, %v", number, err)
	}
	// What is in the table is not given out again, whatever the code above does.
	execute(t, path, `UPDATE mobipass_numbers SET void = 1`)
	var numbers []string
	for range 20 {
		number, err := s.IssueNumber(t.Context(), client.UserID, "A", now)
		if err != nil {
			t.Fatal(err)
		}
		numbers = append(numbers, number)
		if err := s.VoidNumber(t.Context(), client.UserID, "A"); err != nil {
			t.Fatal(err)
		}
	}
	if got := column(t, path, `SELECT number FROM mobipass_numbers`); len(got) != 21 {
		t.Errorf("M40 %d numbers are kept of %v, want 21", len(got), numbers)
	}
}

// TestAskingForNumbers has a session ask for one code number after the other, for orders
// that it makes and gives up: the key is not used up by it.
func TestAskingForNumbers(t *testing.T) {
	s, path := openCodes(t)
	var orders []store.Order
	for n := range otp.MaxUnanswered + 1 {
		orders = append(orders, order(fmt.Sprint("N", n)))
	}
	if err := s.AddOrders(t.Context(), orders); err != nil {
		t.Fatal(err)
	}
	given := map[string]bool{}
	for n := range otp.MaxUnanswered {
		id := orders[n/2].ID // half of them are given up, half are open
		number, err := s.IssueNumber(t.Context(), client.UserID, id, now)
		if err != nil || given[number] {
			t.Fatalf("M39 M40 IssueNumber %d = %s, %v, or given before", n, number, err)
		}
		given[number] = true
		if again, err := s.IssueNumber(t.Context(), client.UserID, id, now.Add(time.Hour)); err != nil || again != number {
			t.Fatalf("M39 IssueNumber again = %s, %v, want %s", again, err, number)
		}
		if n%2 == 0 {
			if err := s.VoidNumber(t.Context(), client.UserID, id); err != nil {
				t.Fatal(err)
			}
		}
	}
	next, late := orders[len(orders)-1].ID, now.Add(otp.NumberLife)
	_, err := s.IssueNumber(t.Context(), client.UserID, next, late.Add(-time.Millisecond))
	if !errors.Is(err, store.ErrManyNumbers) || errors.Is(err, store.ErrNoMobiPass) {
		t.Errorf("M40 IssueNumber of one more = %v, want ErrManyNumbers", err)
	}
	// One that is answered makes room.
	open, err := s.Number(t.Context(), client.UserID, orders[0].ID, now)
	if err != nil {
		t.Fatal(err)
	}
	if err := confirmValue(t, s, orders[0].ID, open, now); err != nil {
		t.Fatalf("M44 ConfirmByValue = %v", err)
	}
	number, err := s.IssueNumber(t.Context(), client.UserID, next, late.Add(-time.Millisecond))
	if err != nil || given[number] {
		t.Errorf("M40 IssueNumber after a right value = %s, %v, or given before", number, err)
	}
	// After a day all of them are void, and for the same document there is a new one.
	old, err := s.Number(t.Context(), client.UserID, orders[1].ID, late.Add(-time.Millisecond))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Number(t.Context(), client.UserID, orders[1].ID, late); !errors.Is(err, store.ErrNoNumber) {
		t.Errorf("M40 Number after a day = %v, want ErrNoNumber", err)
	}
	if err := confirmValue(t, s, orders[1].ID, old, late); !errors.Is(err, store.ErrNoNumber) {
		t.Errorf("M40 ConfirmByValue after a day = %v, want ErrNoNumber", err)
	}
	if fresh, err := s.IssueNumber(t.Context(), client.UserID, orders[1].ID, late); err != nil || given[fresh] {
		t.Errorf("M40 IssueNumber after a day = %s, %v, or given before", fresh, err)
	}
	if err := confirmValue(t, s, orders[1].ID, old, late); !errors.Is(err, store.ErrCode) {
		t.Errorf("M40 ConfirmByValue with the old value = %v, want ErrCode", err)
	}
	if got := column(t, path, `SELECT count(DISTINCT number) || ' ' || count(*) FROM mobipass_numbers`)[0]; got != "102 102" {
		t.Errorf("M40 numbers kept = %s, want 102, all of them different", got)
	}
}

// confirmValue confirms an order with the right value for a code number.
func confirmValue(t *testing.T, s *store.Store, order, number string, at time.Time) error {
	t.Helper()
	value, err := otp.MobiResponse(seed, number)
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.ConfirmByValue(t.Context(), client.UserID, order, value, at)
	return err
}

// column returns what a query of one column finds.
func column(t *testing.T, path, query string) []string {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var values []string
	for rows.Next() {
		var value string
		if err := rows.Scan(&value); err != nil {
			t.Fatal(err)
		}
		values = append(values, value)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return values
}
