package store

import (
	"context"
	"database/sql"
	"errors"
	"net/netip"
	"time"
)

// callerBits are those of an IPv6 address that tell one subscriber from another: providers
// give each home 256 networks of 64 bits (RIPE-690, 4.2.2). Who has more is several callers.
const callerBits = 56

// CallerOf is by what wrong codes from an address are counted: itself, or callerBits of it.
func CallerOf(ip netip.Addr) string {
	ip = ip.Unmap().WithZone("")
	if ip.Is6() {
		return netip.PrefixFrom(ip, callerBits).Masked().String()
	}
	return ip.String()
}

// firstWait is how long the first wait is. Each wrong try after it doubles it.
const firstWait = 30 * time.Second

// A limit is how many wrong tries cost no wait, and how long the longest wait is.
type limit struct {
	free    int
	longest time.Duration
}

// wait is how long nothing is looked at after so many wrong tries.
func (l limit) wait(failed int) time.Duration {
	if failed < l.free {
		return 0
	}
	w := firstWait
	for range failed - l.free {
		if w *= 2; w >= l.longest {
			return l.longest
		}
	}
	return w
}

// Wrong codes of logins are counted three times. A guess is right with a chance of 3 in
// a million, one for each step that is accepted.
//
//   - Those of one caller for one User ID: who mistypes waits as for a card's PIN.
//   - Those of one caller for all User IDs: he gets 32 guesses within the first day and a
//     half, and then one a day, whomever they are for.
//   - Those of all callers for one User ID: 62 guesses, and then one a day, from however
//     many addresses. One caller alone never reaches the waits, as one try is forgiven
//     each day. Several together do, for as long as they go on.
//
// Whoever gave a right code within the last three months is held, where he gave it, by the
// first count alone: not by the guesses of others, and not by the mistakes of colleagues
// who share his address. So a stranger makes the owner of a token wait only where the
// owner was not lately; he blocks no token, and no login with a key.
var (
	pairLimit   = limit{5, time.Hour}
	callerLimit = limit{20, 24 * time.Hour}
	userLimit   = limit{50, 24 * time.Hour}
)

const (
	forgiven = 24 * time.Hour      // the time for one wrong try to be forgiven
	known    = 90 * 24 * time.Hour // and for a caller who gave a right code to be forgotten
)

// tries is one of these counts. A row that is not there is a count of nothing.
type tries struct {
	limit
	who          string
	user, caller string // by which the clerk finds it
	failed       int
	until        time.Time
}

func pairTries(userID, caller string) *tries {
	return &tries{limit: pairLimit, who: digest("pair\n" + userID + "\n" + caller), user: digest(userID), caller: caller}
}

func callerTries(caller string) *tries {
	return &tries{limit: callerLimit, who: digest("caller\n" + caller), caller: caller}
}

func userTries(userID string) *tries {
	return &tries{limit: userLimit, who: digest("user\n" + userID)}
}

// load reads the count as it is now, and tells whether one waits for it.
func (t *tries) load(ctx context.Context, tx *sql.Tx, now time.Time) (waits bool, err error) {
	var ms int64
	err = tx.QueryRowContext(ctx, `SELECT failed, until FROM code_tries WHERE who = ?`, t.who).Scan(&t.failed, &ms)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	t.until = fromMillis(ms)
	// Of requests at once, one that came earlier may be looked at later.
	waits = t.failed >= t.free && now.Before(t.until)
	if days := now.Sub(t.until) / forgiven; days > 0 {
		t.failed, t.until = max(0, t.failed-int(days)), t.until.Add(days*forgiven)
	}
	return waits, nil
}

// throttle is what a login by code is held against.
type throttle struct {
	pair, caller, user *tries
	place              string // who of the row that tells that the caller gave a right code for the User ID
}

func (h throttle) all() []*tries { return []*tries{h.pair, h.caller, h.user} }

// readThrottle returns the counts as they are now, or a WaitError until the last of their
// waits is over.
func readThrottle(ctx context.Context, tx *sql.Tx, userID, caller string, now time.Time) (throttle, error) {
	h := throttle{
		pair:   pairTries(userID, caller),
		caller: callerTries(caller),
		user:   userTries(userID),
		place:  digest("place\n" + userID + "\n" + caller),
	}
	if _, err := tx.ExecContext(ctx, `DELETE FROM code_tries WHERE gone <= ?`, millis(now)); err != nil {
		return h, err
	}
	var isKnown bool
	if err := tx.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM code_tries WHERE who = ?)`, h.place).Scan(&isKnown); err != nil {
		return h, err
	}
	var until time.Time
	for _, t := range h.all() {
		waits, err := t.load(ctx, tx, now)
		if err != nil {
			return h, err
		}
		if waits && until.Before(t.until) && (t == h.pair || !isKnown) {
			until = t.until
		}
	}
	if !until.IsZero() {
		return h, &WaitError{until}
	}
	return h, nil
}

// wrong counts a wrong code, for the throttle and for the clerk.
func (h throttle) wrong(ctx context.Context, tx *sql.Tx, now time.Time) error {
	for _, t := range h.all() {
		t.failed++
		t.until = now.Add(t.wait(t.failed))
		if err := t.save(ctx, tx); err != nil {
			return err
		}
	}
	return countWrong(ctx, tx, now)
}

// right forgives the wrong codes of the same caller for the same User ID, and notes that
// he is known. All others stay: a client who logs in gets no new guesses at another's
// token, and the owner's login gives none to a stranger.
func (h throttle) right(ctx context.Context, tx *sql.Tx, now time.Time) error {
	if own := h.pair.failed; own > 0 {
		for _, t := range h.all() {
			t.failed = max(0, t.failed-own)
			if err := t.save(ctx, tx); err != nil {
				return err
			}
		}
	}
	_, err := tx.ExecContext(ctx, `INSERT OR REPLACE INTO code_tries (who, failed, until, gone) VALUES (?, 0, 0, ?)`,
		h.place, millis(now.Add(known)))
	return err
}

func (t *tries) save(ctx context.Context, tx *sql.Tx) error {
	if t.failed == 0 {
		_, err := tx.ExecContext(ctx, `DELETE FROM code_tries WHERE who = ?`, t.who)
		return err
	}
	_, err := tx.ExecContext(ctx, `INSERT OR REPLACE INTO code_tries (who, failed, until, gone, user, caller) VALUES (?, ?, ?, ?, ?, ?)`,
		t.who, t.failed, millis(t.until), millis(t.until.Add(time.Duration(t.failed)*forgiven)), t.user, t.caller)
	return err
}
