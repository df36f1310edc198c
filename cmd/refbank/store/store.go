// Package store keeps the reference bank's clients, cards, certificates, code
// generators, logins, orders and verdicts in one SQLite file.
//
// Decisions a new engineer needs:
//
//   - What must not happen twice is a rule of the database, not of the code
//     around it: a nonce is used by one UPDATE that matches unused rows only,
//     and an order has at most one accepted signature by a unique index.
//   - Every change is one immediate transaction, synced to the disk before the
//     method returns: what the bank has answered survives a kill.
//   - Cookies are kept as SHA-256 digests, and keys of code generators under a key
//     that lies in a file beside. A copy of the database opens no session.
//   - A wrong code of a login blocks no token, for anybody who knows a User ID can send
//     one. Who sends wrong ones waits, longer each time, or until the clerk ends it; see
//     throttle.go and waits.go. Ten wrong codes for orders, which take a session, block
//     the token, and three wrong values in a row a MobiPass.
//   - What a stranger or a client can hand in as often as he likes is kept up to a limit:
//     wrong tries end by themselves, refused signatures and withdrawn orders make room for
//     newer ones, and orders that wait for a signature do not: the client makes room.
//   - Times come from the caller, in UTC and whole milliseconds.
package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"time"

	_ "modernc.org/sqlite" // registers the driver "sqlite", which needs no cgo
)

// ErrNotFound means that there is no such client, session or order, or that it
// belongs to somebody else.
var ErrNotFound = errors.New("not found")

// A Store is an open database. It is safe for concurrent use, also by several
// processes.
type Store struct {
	db  *sql.DB
	dir string // of the database, and of codeKeyFile
}

// maxConns is how many connections to the database there are; who finds none free waits
// for his turn. Each has three files open. Without a limit each request of a stranger would
// have one, and as SQLite hands the write lock to whoever asks at the right moment, 1,200
// at once had others wait for ten seconds and then fail (busy_timeout). So no method asks
// for a second one while it has one.
const maxConns = 8

// Open opens the database file and makes it, for this user alone, when it is not
// there.
func Open(path string) (*Store, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if err := f.Close(); err != nil {
		return nil, err
	}
	query := url.Values{
		"_txlock": {"immediate"},
		"_pragma": {"journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(1)", "busy_timeout(10000)"},
	}
	db, err := sql.Open("sqlite", (&url.URL{Scheme: "file", Path: path, RawQuery: query.Encode()}).String())
	if err != nil {
		return nil, fmt.Errorf("opening %s: %w", path, err)
	}
	db.SetMaxOpenConns(maxConns)
	db.SetMaxIdleConns(maxConns)
	s := &Store{db: db, dir: filepath.Dir(path)}
	steps, err := fs.Sub(migrations, "migrations")
	if err == nil {
		err = s.migrate(context.Background(), steps)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("opening %s: %w", path, err), db.Close())
	}
	return s, nil
}

// Close closes the database.
func (s *Store) Close() error { return s.db.Close() }

// change runs f in one transaction, which it commits unless f fails.
func (s *Store) change(ctx context.Context, f func(*sql.Tx) error) error {
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() // does nothing after Commit
	if err := f(tx); err != nil {
		return err
	}
	return tx.Commit()
}

// found turns the database's word for "no row" into ours.
func found(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return ErrNotFound
	}
	return err
}

// digest is what is kept of a text that is secret, or may be long.
func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

func millis(t time.Time) int64 { return t.UnixMilli() }

func fromMillis(ms int64) time.Time { return time.UnixMilli(ms).UTC() }
