package store

import (
	"cmp"
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"
)

// migrations are the steps from an empty database to the newest one, in the order of
// the numbers that their names begin with. A step that was released is never changed.
// The first one does no harm to a database from before there were numbers.
//
//go:embed migrations/*.sql
var migrations embed.FS

// A step is one migration.
type step struct {
	number int
	name   string
	sql    string
}

// readSteps reads the steps of a folder in the order of their numbers, 10 after 9. They
// are 1, 2, 3 and so on: one that is missing, or there twice, as after two branches were
// merged, is an error.
func readSteps(folder fs.FS) ([]step, error) {
	names, err := fs.Glob(folder, "*.sql")
	if err != nil {
		return nil, err
	}
	var steps []step
	for _, name := range names {
		prefix, _, _ := strings.Cut(name, "-")
		number, err := strconv.Atoi(prefix)
		if err != nil {
			return nil, fmt.Errorf("step %s: its name begins with no number", name)
		}
		text, err := fs.ReadFile(folder, name)
		if err != nil {
			return nil, err
		}
		steps = append(steps, step{number, name, string(text)})
	}
	slices.SortFunc(steps, func(a, b step) int { return cmp.Compare(a.number, b.number) })
	for i, s := range steps {
		if s.number != i+1 {
			return nil, fmt.Errorf("step %s is where number %d should be", s.name, i+1)
		}
	}
	return steps, nil
}

// migrate runs the steps of a folder that a database has not seen; its user_version is
// the number of the last one it has. Two processes that start at once do it one after
// the other, for a change begins with the write lock.
func (s *Store) migrate(ctx context.Context, folder fs.FS) error {
	steps, err := readSteps(folder)
	if err != nil {
		return err
	}
	return s.change(ctx, func(tx *sql.Tx) error {
		var version int
		if err := tx.QueryRowContext(ctx, `PRAGMA user_version`).Scan(&version); err != nil {
			return err
		}
		if version > len(steps) {
			return fmt.Errorf("it is of version %d, which is newer than this program", version)
		}
		for _, step := range steps[version:] {
			if _, err := tx.ExecContext(ctx, step.sql); err != nil {
				return fmt.Errorf("step %s: %w", step.name, err)
			}
		}
		_, err := tx.ExecContext(ctx, fmt.Sprintf(`PRAGMA user_version = %d`, len(steps)))
		return err
	})
}
