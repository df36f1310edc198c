package store

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
)

// migrations are the steps from an empty database to the newest one, in the order
// of their numbers. A step that was released is never changed. The first one does no
// harm to a database from before there were numbers.
//
//go:embed migrations/*.sql
var migrations embed.FS

// migrate runs the steps that a database has not seen. Two processes that start at
// once do it one after the other, for a change begins with the write lock.
func (s *Store) migrate(ctx context.Context) error {
	files, err := migrations.ReadDir("migrations")
	if err != nil {
		return err
	}
	return s.change(ctx, func(tx *sql.Tx) error {
		var version int
		if err := tx.QueryRowContext(ctx, `PRAGMA user_version`).Scan(&version); err != nil {
			return err
		}
		if version > len(files) {
			return fmt.Errorf("it is of version %d, which is newer than this program", version)
		}
		for _, file := range files[version:] {
			step, err := migrations.ReadFile("migrations/" + file.Name())
			if err != nil {
				return err
			}
			if _, err := tx.ExecContext(ctx, string(step)); err != nil {
				return fmt.Errorf("step %s: %w", file.Name(), err)
			}
		}
		_, err := tx.ExecContext(ctx, fmt.Sprintf(`PRAGMA user_version = %d`, len(files)))
		return err
	})
}
