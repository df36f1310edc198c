package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// ErrTaken means that a message has come before.
var ErrTaken = errors.New("the message was taken before")

// TakeMessage writes down that the message with that ID is taken, or returns ErrTaken. It
// is forgotten after ends: by then its age alone must keep it from being taken again.
func (s *Store) TakeMessage(ctx context.Context, id []byte, ends, now time.Time) error {
	err := s.change(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM taken_messages WHERE ends < ?`, millis(now)); err != nil {
			return err
		}
		result, err := tx.ExecContext(ctx, `INSERT INTO taken_messages (id, ends) VALUES (?, ?) ON CONFLICT DO NOTHING`,
			digest(string(id)), millis(ends))
		if err != nil {
			return err
		}
		if n, err := result.RowsAffected(); err != nil || n == 0 {
			return errors.Join(ErrTaken, err)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("taking a message: %w", err)
	}
	return nil
}
