package desk

import (
	"context"
	"time"

	"qoltanba/cmd/refbank/store"
)

// ManyWrongCodes is how many wrong codes of logins in one hour, of all callers for all User
// IDs, are too many for people who mistype. Each is right by chance for 3 in a million.
const ManyWrongCodes = 100

// Guessing tells whether somebody may be guessing across the bank, where the throttle of
// one User ID or one sender sees little: when more than ManyWrongCodes came within an hour
// of the last week. It returns how many came in the worst hour, and when that ended.
func (d Desk) Guessing(ctx context.Context) (count int, end time.Time, guessing bool, err error) {
	count, end, err = d.Store.WrongCodes(ctx, time.Now())
	return count, end, count > ManyWrongCodes, err
}

// EndWait forgives the wrong codes of logins that are counted for a client's User ID, and
// unless caller is "" those of that one for all User IDs, when the person who asks is the
// client; see store.Store.EndWait. Errors: ErrOwner, store.ErrNotFound, store.ErrNoWait.
func (d Desk) EndWait(ctx context.Context, userID, caller string, owner Owner) ([]store.Wait, error) {
	entry, err := d.entry(ctx, userID, owner)
	if err != nil {
		return nil, err
	}
	return d.Store.EndWait(ctx, userID, caller, entry)
}
