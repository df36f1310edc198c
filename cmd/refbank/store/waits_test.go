package store_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"qoltanba/cmd/refbank/store"
)

// waits writes counts as "whose from whom: how many", with "*" while one waits.
func waits(list []store.Wait) string {
	var lines []string
	for _, w := range list {
		line := map[bool]string{true: "user", false: "all"}[w.ForUser] + " from " + w.Caller + ": " + fmt.Sprint(w.Failed)
		if !w.Until.IsZero() {
			line += "*"
		}
		lines = append(lines, line)
	}
	slices.Sort(lines)
	return strings.Join(lines, ", ")
}

// seen is Waits in the words of waits.
func seen(t *testing.T, s *store.Store, caller string, at time.Time) string {
	t.Helper()
	list, err := s.Waits(t.Context(), client.UserID, caller, at)
	if err != nil {
		t.Fatal(err)
	}
	return waits(list)
}

// TestClerkEndsWait has a client mistype, at home and at work, until she waits; the clerk
// sees that, and ends it.
func TestClerkEndsWait(t *testing.T) {
	s, path := openCodes(t)
	logged := len(column(t, path, `SELECT id FROM desk_log`))
	g := &guesser{Store: s, t: t, at: now}
	for range 5 {
		g.guess(client.UserID, "home")
	}
	g.guess(client.UserID, "work")
	g.guess("somebody else", "home")
	if got, want := seen(t, s, "", g.at), "all from home: 6, all from work: 1, user from : 6, user from home: 5*, user from work: 1"; got != want {
		t.Errorf("Waits = %s, want %s", got, want)
	}
	if err := right(t, s, "home", g.at); !errors.As(err, new(*store.WaitError)) {
		t.Fatalf("LoginByCode(right) = %v, want a WaitError", err)
	}
	ended, err := s.EndWait(t.Context(), client.UserID, "", store.Entry{At: g.at, Identified: "phone"})
	if want := "user from : 6, user from home: 5*, user from work: 1"; err != nil || waits(ended) != want {
		t.Errorf("EndWait = %s, %v, want %s", waits(ended), err, want)
	}
	if got := seen(t, s, "home", g.at); got != "all from home: 6" {
		t.Errorf("Waits after it = %s, want what the address sent for all", got)
	}
	if err := right(t, s, "home", g.at); err != nil {
		t.Errorf("S8 LoginByCode(right) after it = %v", err)
	}
	log := column(t, path, `SELECT at || ' ' || user_id || ' ' || device || ' ' || action || ' ' || identified FROM desk_log ORDER BY id`)[logged:]
	want := []string{"  forgive wrong codes for the User ID: 6 phone", " home forgive wrong codes for the User ID: 5 phone", " work forgive wrong codes for the User ID: 1 phone"}
	for i, w := range want {
		want[i] = fmt.Sprint(g.at.UnixMilli(), " ", client.UserID, w)
	}
	if !slices.Equal(log, want) {
		t.Errorf("the log has %q, want %q", log, want)
	}
}

// TestClerkEndsWaitOfCaller has colleagues mistype until their address waits, and a new one
// asks the clerk, who ends it for all of them; strangers elsewhere wait on.
func TestClerkEndsWaitOfCaller(t *testing.T) {
	s, path := openCodes(t)
	logged := len(column(t, path, `SELECT id FROM desk_log`))
	g := &guesser{Store: s, t: t, at: now}
	for n := range 22 {
		g.guess(fmt.Sprint("colleague ", n), "office")
	}
	for n := range 22 {
		g.guess(fmt.Sprint("victim ", n), "elsewhere")
	}
	g.at = now.Add(time.Hour)
	for range 2 {
		for n := range 2 {
			g.guess(fmt.Sprint("colleague ", n), "office")
		}
	}
	if got := seen(t, s, "", g.at); got != "" {
		t.Errorf("Waits of the User ID = %s, want none", got)
	}
	if got := seen(t, s, "office", g.at); !strings.HasPrefix(got, "all from office: 2") || !strings.HasSuffix(got, "*") {
		t.Errorf("Waits at the address = %s, want more than 20 and a wait", got)
	}
	entry := store.Entry{At: g.at, Identified: "branch"}
	if _, err := s.EndWait(t.Context(), client.UserID, "", entry); !errors.Is(err, store.ErrNoWait) {
		t.Errorf("EndWait of the User ID = %v, want ErrNoWait", err)
	}
	if _, err := s.EndWait(t.Context(), "nobody", "office", entry); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("EndWait for nobody = %v, want ErrNotFound", err)
	}
	if err := right(t, s, "office", g.at); !errors.As(err, new(*store.WaitError)) {
		t.Fatalf("LoginByCode(right) = %v, want a WaitError", err)
	}
	ended, err := s.EndWait(t.Context(), client.UserID, "office", entry)
	if err != nil || len(ended) != 1 || ended[0].ForUser || ended[0].Caller != "office" || ended[0].Until.IsZero() {
		t.Errorf("EndWait = %+v, %v, want the count of the address", ended, err)
	}
	if err := right(t, s, "office", g.at); err != nil {
		t.Errorf("S8 LoginByCode(right) after it = %v", err)
	}
	if got := seen(t, s, "elsewhere", g.at); got == "" {
		t.Error("the count of another address is gone")
	}
	log := column(t, path, `SELECT user_id || ' ' || device || ' ' || action || ' ' || identified FROM desk_log ORDER BY id`)[logged:]
	if want := fmt.Sprintf("%s office forgive wrong codes for all User IDs: %d branch", client.UserID, ended[0].Failed); len(log) != 1 || log[0] != want {
		t.Errorf("the log has %q, want %q alone", log, want)
	}
}

// What is forgiven by itself is not shown, and a wait that is over is none.
func TestWaitsEnd(t *testing.T) {
	s, _ := openCodes(t)
	g := &guesser{Store: s, t: t, at: now}
	for range 5 {
		g.guess(client.UserID, "home")
	}
	for after, want := range map[time.Duration]string{
		29 * time.Second:     "all from home: 5, user from : 5, user from home: 5*",
		31 * time.Second:     "all from home: 5, user from : 5, user from home: 5",
		49 * time.Hour:       "all from home: 3, user from : 3, user from home: 3",
		6 * 24 * time.Hour:   "",
		100 * 24 * time.Hour: "",
	} {
		if got := seen(t, s, "home", now.Add(after)); got != want {
			t.Errorf("Waits after %v = %s, want %s", after, got, want)
		}
	}
}

// TestWrongCodes counts wrong codes over all User IDs and callers by the hour.
func TestWrongCodes(t *testing.T) {
	s, path := openCodes(t)
	wrong := func(after time.Duration, n int) {
		t.Helper()
		for i := range n {
			l := store.CodeLogin{UserID: fmt.Sprint("user ", i), Code: "none", Caller: fmt.Sprint(after, i)}
			if _, err := s.LoginByCode(t.Context(), l, now.Add(after)); !errors.Is(err, store.ErrCode) {
				t.Fatal(err)
			}
		}
	}
	demand := func(after time.Duration, count int, end time.Duration) {
		t.Helper()
		got, at, err := s.WrongCodes(t.Context(), now.Add(after))
		if err != nil || got != count || count > 0 && !at.Equal(now.Add(end)) {
			t.Errorf("WrongCodes(after %v) = %d until %v, %v, want %d until %v", after, got, at, err, count, now.Add(end))
		}
	}
	demand(0, 0, 0)
	if err := right(t, s, "home", now); err != nil {
		t.Fatal(err)
	}
	demand(0, 0, 0)
	wrong(0, 7)
	wrong(59*time.Minute+59*time.Second, 5)
	demand(time.Hour, 12, time.Hour)
	wrong(60*time.Minute, 4) // the first ones are more than an hour ago
	demand(time.Hour, 12, time.Hour)
	wrong(61*time.Minute, 5)
	demand(2*time.Hour, 14, 62*time.Minute)
	demand(6*24*time.Hour, 14, 62*time.Minute)
	demand(8*24*time.Hour, 0, 0)
	for range 4 {
		wrong(3*time.Hour, 1) // of one User ID and caller
	}
	wrong(8*24*time.Hour, 1)
	if got := column(t, path, `SELECT count(*) || ' ' || sum(count) FROM wrong_codes`)[0]; got != "1 1" {
		t.Errorf("kept are %s, want the newest alone", got)
	}
}

// Codes that are not looked at are no guesses.
func TestWaitingCodesAreNotCounted(t *testing.T) {
	s, _ := openCodes(t)
	for range 20 {
		if _, err := s.LoginByCode(t.Context(), store.CodeLogin{UserID: client.UserID, Code: "none", Caller: "home"}, now); err == nil {
			t.Fatal("a wrong code was right")
		}
	}
	if got, _, err := s.WrongCodes(t.Context(), now); err != nil || got != 5 {
		t.Errorf("WrongCodes = %d, %v, want the 5 that were looked at", got, err)
	}
}
