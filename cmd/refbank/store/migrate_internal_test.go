package store

import (
	"database/sql"
	"errors"
	"io/fs"
	"path/filepath"
	"slices"
	"testing"
	"testing/fstest"
)

// TestStepsByNumber has a made-up set of twelve steps, of which the tenth can be made
// only after the ninth.
func TestStepsByNumber(t *testing.T) {
	made := fstest.MapFS{
		"1-first.sql":  {Data: []byte(`CREATE TABLE seen (n INTEGER NOT NULL) STRICT`)},
		"9-ninth.sql":  {Data: []byte(`CREATE TABLE ninth (n INTEGER) STRICT; INSERT INTO seen VALUES (9)`)},
		"10-tenth.sql": {Data: []byte(`DROP TABLE ninth; INSERT INTO seen VALUES (10)`)},
	}
	for _, name := range []string{"2-a", "3-a", "4-a", "5-a", "6-a", "7-a", "8-a", "11-a", "12-a"} {
		made[name+".sql"] = &fstest.MapFile{Data: []byte(`INSERT INTO seen VALUES (0)`)}
	}
	db, err := sql.Open("sqlite", filepath.Join(t.TempDir(), "made.db"))
	if err != nil {
		t.Fatal(err)
	}
	s := &Store{db: db}
	defer s.Close()
	for range 2 { // the second time there is nothing to do
		if err := s.migrate(t.Context(), made); err != nil {
			t.Fatal(err)
		}
	}
	var version, rows, last int
	if err := db.QueryRowContext(t.Context(), `SELECT (SELECT user_version FROM pragma_user_version), count(*),
		(SELECT n FROM seen WHERE n > 0 ORDER BY rowid DESC LIMIT 1) FROM seen`).Scan(&version, &rows, &last); err != nil {
		t.Fatal(err)
	}
	if version != 12 || rows != 11 || last != 10 {
		t.Errorf("version %d, %d steps after the first, the last named %d; want 12, 11, 10", version, rows, last)
	}
}

func TestStepsThatAreNoRow(t *testing.T) {
	for name, folder := range map[string]fstest.MapFS{
		"a gap":         {"1-a.sql": {}, "3-a.sql": {}},
		"one twice":     {"1-a.sql": {}, "2-a.sql": {}, "2-b.sql": {}},
		"not from one":  {"0-a.sql": {}, "1-a.sql": {}},
		"not a number":  {"1-a.sql": {}, "two-a.sql": {}},
		"no number":     {"1-a.sql": {}, "a.sql": {}},
		"only a number": {"1-a.sql": {}, "2.sql": {}},
	} {
		if steps, err := readSteps(folder); err == nil {
			t.Errorf("%s: readSteps = %v, want an error", name, steps)
		}
	}
	ours, err := fs.Sub(migrations, "migrations")
	if err != nil {
		t.Fatal(err)
	}
	if steps, err := readSteps(ours); err != nil || len(steps) < 5 {
		t.Errorf("readSteps of ours = %d steps, %v", len(steps), err)
	}
}

// openOlder opens a bank that has the steps up to that number, and rows of that time.
func openOlder(t *testing.T, last int, rows string) *Store {
	t.Helper()
	folder, err := fs.Sub(migrations, "migrations")
	if err != nil {
		t.Fatal(err)
	}
	steps, err := readSteps(folder)
	if err != nil {
		t.Fatal(err)
	}
	before := fstest.MapFS{}
	for _, step := range steps[:last] {
		before[step.name] = &fstest.MapFile{Data: []byte(step.sql)}
	}
	path := filepath.Join(t.TempDir(), "bank.db")
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	old := &Store{db: db}
	if err := old.migrate(t.Context(), before); err != nil {
		t.Fatal(err)
	}
	if _, err := db.ExecContext(t.Context(), rows); err != nil {
		t.Fatal(err)
	}
	if err := old.Close(); err != nil {
		t.Fatal(err)
	}
	s, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// TestStepsKeepWhatIsThere opens a bank of before there were limits.
func TestStepsKeepWhatIsThere(t *testing.T) {
	s := openOlder(t, 5, `
		INSERT INTO clients VALUES ('user', 's', 'g', 'i', 'c', 'b', 'a', NULL);
		INSERT INTO orders VALUES ('A', 'user', 'p', 'i', 1, 'KZT', 'p', X'01', 'issued', 1);
		INSERT INTO signatures (order_id, cms, verdict, reason, signer, received) VALUES ('A', X'01', 'refused', 'format', '', 1);
		INSERT INTO sessions VALUES ('token', 'user', 9000000000000);
		INSERT INTO tries VALUES ('code:user', 9, 9000000000000), ('user', 2, 1);
		INSERT INTO mobipass_keys (envelope, user_id, key, issued) VALUES ('1', 'user', X'01', 1);
		INSERT INTO mobipass_numbers (envelope, number, order_id, document) VALUES ('1', '123456', 'A', X'01');`)
	var got string
	if err := s.db.QueryRowContext(t.Context(), `SELECT (SELECT user_id FROM signatures) || ' ' || (SELECT count(*) FROM sessions) || ' ' ||
		(SELECT group_concat(user_id) FROM tries) || ' ' || (SELECT number || given FROM mobipass_numbers)`).Scan(&got); err != nil || got != "user 0 user 1234560" {
		t.Errorf("after the steps: %q, %v, want that the signature is the client's, no session, the card's tries, the number", got, err)
	}
}

// TestStepUnsigned opens a bank whose orders could not be withdrawn, and has more of them
// than a client may have now.
func TestStepUnsigned(t *testing.T) {
	s := openOlder(t, 7, `
		INSERT INTO clients VALUES ('user', 's', 'g', 'i', 'c', 'b', 'a', NULL);
		WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2500)
			INSERT INTO orders SELECT 'A' || i, 'user', 'p', 'i', 1, 'KZT', 'p', X'01', 'issued', i FROM n;
		INSERT INTO orders VALUES ('B', 'user', 'p', 'i', 1, 'KZT', 'p', X'01', 'accepted', 1);`)
	list, err := s.Unsigned(t.Context(), "user")
	if err != nil || len(list) != 2500 || list[0].ID != "A1" || list[2499].ID != "A2500" {
		t.Errorf("Unsigned = %d orders, %v, want all that were there", len(list), err)
	}
	if o, err := s.Order(t.Context(), "user", "B"); err != nil || o.State != Accepted {
		t.Errorf("Order(accepted) = %s, %v", o.State, err)
	}
	if err := s.AddOrders(t.Context(), []Order{{ID: "C", UserID: "user"}}); !errors.Is(err, ErrManyOrders) {
		t.Errorf("AddOrders = %v, want ErrManyOrders", err)
	}
}

// TestStepDesk opens a bank that counted wrong codes which the clerk could not see: they
// count on, and are seen where the clerk names the caller.
func TestStepDesk(t *testing.T) {
	s := openOlder(t, 8, `
		INSERT INTO clients VALUES ('user', 's', 'g', 'i', 'c', 'b', 'a', NULL);
		INSERT INTO code_tries VALUES ('`+digest("caller\nhome")+`', 21, 9000000000000, 9900000000000),
			('`+digest("pair\nuser\nhome")+`', 3, 1, 9900000000000);`)
	list, err := s.Waits(t.Context(), "user", "home", fromMillis(2))
	want := []Wait{{ForUser: true, Caller: "home", Failed: 3}, {Caller: "home", Failed: 21, Until: fromMillis(9000000000000)}}
	if err != nil || !slices.Equal(list, want) {
		t.Errorf("Waits = %+v, %v, want %+v", list, err, want)
	}
	if n, _, err := s.WrongCodes(t.Context(), fromMillis(2)); err != nil || n != 0 {
		t.Errorf("WrongCodes = %d, %v, want 0", n, err)
	}
}
