package store_test

import (
	"crypto/x509"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"qoltanba/cmd/refbank/store"
)

const pin = "I0O1ABCD" // old cards have letters that look alike

var primary = &x509.Certificate{Raw: []byte("primary key of the client")}

// openCard returns a store with one client, who has a card.
func openCard(t *testing.T) (*store.Store, string) {
	t.Helper()
	s, path := open(t)
	addCard(t, s, client.UserID, pin, now)
	return s, path
}

func addCard(t *testing.T, s *store.Store, userID, pin string, at time.Time) {
	t.Helper()
	if err := s.AddCard(t.Context(), userID, pin, primary, at); err != nil {
		t.Fatal(err)
	}
}

func TestCheckCard(t *testing.T) {
	s, path := openCard(t)
	stranger := &x509.Certificate{Raw: []byte("primary key of somebody")}
	for _, test := range []struct {
		name    string
		user    string
		pin     string
		primary *x509.Certificate
		want    error
	}{
		{"right", client.UserID, pin, primary, nil},
		{"no primary key asked for", client.UserID, pin, nil, nil},
		{"K79 wrong PIN", client.UserID, "I0O1ABCE", primary, store.ErrCredentials},
		{"K72 K79 small letters", client.UserID, strings.ToLower(pin), primary, store.ErrCredentials},
		{"K82 one for I", client.UserID, "10O1ABCD", primary, store.ErrCredentials},
		{"K82 zero for O", client.UserID, "I001ABCD", primary, store.ErrCredentials},
		{"K79 foreign primary key", client.UserID, pin, stranger, store.ErrCredentials},
		{"K79 wrong User ID", "ag111111_qwertyui", pin, primary, store.ErrCredentials},
		{"no PIN", client.UserID, "", primary, store.ErrCredentials},
	} {
		card, err := s.CheckCard(t.Context(), test.user, test.pin, test.primary, now)
		if !errors.Is(err, test.want) || (err == nil) != (card.Client == client) || card.Used {
			t.Errorf("%s: CheckCard = %+v, %v, want %v", test.name, card, err, test.want)
		}
		card, err = s.CheckCardMAC(t.Context(), test.user, func(pin []byte) bool { return string(pin) == test.pin }, test.primary, now)
		if !errors.Is(err, test.want) || (err == nil) != (card.Client == client) || card.Used {
			t.Errorf("%s: CheckCardMAC = %+v, %v, want %v", test.name, card, err, test.want)
		}
		// The right one forgives; this loop is not about tries.
		if _, err := s.CheckCard(t.Context(), client.UserID, pin, primary, now); err != nil {
			t.Fatal(err)
		}
	}
	for _, suffix := range []string{"", "-wal"} {
		if data, err := os.ReadFile(path + suffix); err != nil || strings.Contains(string(data), pin) {
			t.Errorf("K119 the PIN is in the file (%v)", err)
		}
	}
	if err := s.AddCard(t.Context(), "nobody", pin, primary, now); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("AddCard(nobody) = %v, want ErrNotFound", err)
	}
}

// A card from before there was CMP has no PIN that a MAC could be checked with.
func TestCheckCardMACOfBefore(t *testing.T) {
	path := filepath.Join(t.TempDir(), "bank.db")
	s := reopen(t, path)
	if err := s.AddClient(t.Context(), client); err != nil {
		t.Fatal(err)
	}
	addCard(t, s, client.UserID, pin, now)
	execute(t, path, `UPDATE cards SET secret = NULL`)
	asked := 0
	right := func([]byte) bool { asked++; return true }
	for _, userID := range []string{client.UserID, "nobody"} {
		if _, err := s.CheckCardMAC(t.Context(), userID, right, primary, now); !errors.Is(err, store.ErrCredentials) {
			t.Errorf("CheckCardMAC(%s) = %v, want ErrCredentials", userID, err)
		}
	}
	if asked != 2 { // who is answered sooner is known to have no card
		t.Errorf("%d MACs were looked at, want 2", asked)
	}
	if _, err := s.CheckCard(t.Context(), client.UserID, pin, primary, now); err != nil {
		t.Errorf("CheckCard = %v", err)
	}
}

func TestPeriods(t *testing.T) {
	s, _ := open(t)
	for _, want := range [][]int{{}, {12, 24}, {6}} {
		if err := s.SetPeriods(t.Context(), client.UserID, append(want, want...)...); err != nil {
			t.Fatal(err)
		}
		if got, err := s.Periods(t.Context(), client.UserID); err != nil || !slices.Equal(got, want) {
			t.Errorf("K56 Periods = %v, %v, want %v", got, err, want)
		}
	}
	if err := s.SetPeriods(t.Context(), "nobody", 12); err == nil {
		t.Error("SetPeriods(nobody) was written")
	}
}

func TestWrongPINsWait(t *testing.T) {
	for _, user := range []string{client.UserID, "nobody"} {
		t.Run("K86 "+user, func(t *testing.T) {
			s, _ := openCard(t)
			at := now
			for i, want := range []time.Duration{0, 0, 0, 0, 30 * time.Second, time.Minute, 2 * time.Minute} {
				if _, err := s.CheckCard(t.Context(), user, "wrong", primary, at); !errors.Is(err, store.ErrCredentials) {
					t.Fatalf("try %d: CheckCard = %v, want ErrCredentials", i, err)
				}
				if want == 0 {
					continue
				}
				_, err := s.CheckCard(t.Context(), user, pin, primary, at.Add(want-time.Millisecond))
				wait, ok := errors.AsType[*store.WaitError](err)
				if !ok || !wait.Until.Equal(at.Add(want)) {
					t.Fatalf("try %d: CheckCard(right, too early) = %v, want to wait %v", i, err, want)
				}
				at = at.Add(want)
			}
			_, err := s.CheckCard(t.Context(), user, pin, primary, at)
			if user == client.UserID && err != nil {
				t.Errorf("CheckCard(right) = %v after the wait", err)
			}
			if _, err := s.CheckCard(t.Context(), user, "wrong", primary, at); user == client.UserID && !errors.Is(err, store.ErrCredentials) {
				t.Errorf("CheckCard(wrong) = %v after a right one, want ErrCredentials", err)
			}
		})
	}
}

func TestTriesAreCountedBeforeTheyAreLookedAt(t *testing.T) {
	s, _ := openCard(t)
	looked := 0
	for _, err := range atOnce(12, func(int) error {
		_, err := s.CheckCard(t.Context(), client.UserID, "wrong", primary, now)
		return err
	}) {
		if errors.Is(err, store.ErrCredentials) {
			looked++
		} else if _, ok := errors.AsType[*store.WaitError](err); !ok {
			t.Errorf("CheckCard = %v, want a WaitError", err)
		}
	}
	if looked != 5 {
		t.Errorf("%d wrong PINs were looked at, want 5", looked)
	}
}

func TestNewCardForgives(t *testing.T) {
	s, _ := openCard(t)
	for range 5 {
		if _, err := s.CheckCard(t.Context(), client.UserID, "wrong", primary, now); !errors.Is(err, store.ErrCredentials) {
			t.Fatalf("CheckCard(wrong) = %v, want ErrCredentials", err)
		}
	}
	addCard(t, s, client.UserID, "NEWPIN77", now)
	if _, err := s.CheckCard(t.Context(), client.UserID, "NEWPIN77", primary, now); err != nil {
		t.Errorf("CheckCard(new card) = %v", err)
	}
}

// The holder of another primary key makes the owner of a card wait no moment, and waits
// himself as he would for his own.
func TestTriesOfAnotherPrimaryKey(t *testing.T) {
	path := filepath.Join(t.TempDir(), "bank.db")
	s := reopen(t, path)
	if err := s.AddClient(t.Context(), client); err != nil {
		t.Fatal(err)
	}
	addCard(t, s, client.UserID, pin, now)
	another := &x509.Certificate{Raw: []byte("primary key of another client")}
	var err error
	for range 6 {
		_, err = s.CheckCard(t.Context(), client.UserID, "wrong", another, now)
	}
	if _, ok := errors.AsType[*store.WaitError](err); !ok {
		t.Errorf("CheckCard(another primary key) = %v, want a WaitError", err)
	}
	if _, err := s.CheckCard(t.Context(), client.UserID, pin, primary, now); err != nil {
		t.Errorf("CheckCard(owner) = %v", err)
	}
	for n := range 20 {
		_, err = s.CheckCard(t.Context(), fmt.Sprint("user", n), "wrong", another, now)
		if _, ok := errors.AsType[*store.WaitError](err); !ok {
			t.Fatalf("CheckCard(another primary key, for the User ID after) = %v, want a WaitError", err)
		}
	}
	if kept := column(t, path, `SELECT user_id FROM tries`); len(kept) != 1 {
		t.Errorf("%d counts of tries were written for one primary key, want one", len(kept))
	}
	if _, err := s.CheckCard(t.Context(), strings.Repeat("x", 100_000), pin, another, now); !errors.Is(err, store.ErrCredentials) {
		t.Errorf("CheckCard(long User ID) = %v, want ErrCredentials", err)
	}
	if kept := column(t, path, `SELECT user_id FROM tries WHERE length(user_id) > 1000`); len(kept) > 0 {
		t.Error("a long User ID was written down")
	}
}

// TestPINCost keeps a guess expensive: OWASP asks Argon2id for two passes over 19 MiB.
func TestPINCost(t *testing.T) {
	path := filepath.Join(t.TempDir(), "bank.db")
	s := reopen(t, path)
	if err := s.AddClient(t.Context(), client); err != nil {
		t.Fatal(err)
	}
	addCard(t, s, client.UserID, pin, now)
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var sealed string
	if err := db.QueryRow(`SELECT pin FROM cards`).Scan(&sealed); err != nil || !strings.HasPrefix(sealed, "argon2id 2 19456 ") {
		t.Errorf("a PIN is kept as %q, %v", sealed, err)
	}
}

func TestNewPIN(t *testing.T) {
	seen := map[rune]bool{}
	for range 200 {
		p := store.NewPIN()
		if len(p) != 8 || strings.Trim(p, "23456789ABCDEFGHJKLMNPQRSTUVWXYZ") != "" {
			t.Fatalf("NewPIN = %q", p)
		}
		for _, r := range p {
			seen[r] = true
		}
	}
	if len(seen) != 32 {
		t.Errorf("1600 letters are of %d kinds, want 32", len(seen))
	}
}

// TestOldDatabase opens a file from before there were migrations.
func TestOldDatabase(t *testing.T) {
	path := filepath.Join(t.TempDir(), "bank.db")
	site, err := os.ReadFile("migrations/1-site.sql")
	if err != nil {
		t.Fatal(err)
	}
	execute(t, path, string(site), `INSERT INTO clients VALUES ('old', 's', 'g', 'i', 'c', 'b', 'a', 'f')`)
	for range 2 {
		s := reopen(t, path)
		if c, err := s.Client(t.Context(), "old"); err != nil || c.Fingerprint != "f" {
			t.Fatalf("Client(old) = %+v, %v", c, err)
		}
		addCard(t, s, "old", pin, now)
	}
	execute(t, path, `PRAGMA user_version = 99`)
	if _, err := store.Open(path); err == nil {
		t.Error("a database of a newer program was opened")
	}
}

func execute(t *testing.T, path string, statements ...string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, statement := range statements {
		if _, err := db.Exec(statement); err != nil {
			t.Fatal(err)
		}
	}
}
