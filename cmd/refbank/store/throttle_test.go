package store_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"qoltanba/agent/otp"
	"qoltanba/cmd/refbank/store"
)

// A guesser sends wrong codes as fast as he is looked at.
type guesser struct {
	*store.Store
	t      *testing.T
	at     time.Time
	looked int
}

// guess sends one wrong code, after the wait that the bank asks for.
func (g *guesser) guess(userID, caller string) {
	g.t.Helper()
	for range 2 {
		_, err := g.LoginByCode(g.t.Context(), store.CodeLogin{UserID: userID, Code: "none", Caller: caller}, g.at)
		if wait, ok := errors.AsType[*store.WaitError](err); ok {
			g.at = wait.Until
			continue
		}
		if !errors.Is(err, store.ErrCode) {
			g.t.Fatalf("LoginByCode(wrong) = %v, want ErrCode", err)
		}
		g.looked++
		return
	}
	g.t.Fatal("the bank asks to wait after the wait")
}

// right is what the bank says to the right code of the client at that time.
func right(t *testing.T, s *store.Store, caller string, at time.Time) error {
	t.Helper()
	login := codeLogin(client.UserID, code(t, int(at.Sub(now)/otp.SpectraInterval)))
	login.Caller = caller
	_, err := s.LoginByCode(t.Context(), login, at)
	return err
}

// TestStrangersDoNotBlock has somebody who knows a User ID and no code send wrong ones
// for a month: he gets few looked at, and the owner, who is elsewhere, never waits.
func TestStrangersDoNotBlock(t *testing.T) {
	s, _ := openCodes(t)
	g := &guesser{Store: s, t: t, at: now}
	month := now.Add(30 * 24 * time.Hour)
	inTwoDays := 0
	for g.at.Before(month) {
		g.guess(client.UserID, "198.51.100.7")
		if g.at.Before(now.Add(48 * time.Hour)) {
			inTwoDays = g.looked
		}
	}
	if inTwoDays > 35 || g.looked > 65 {
		t.Errorf("S9 %d wrong codes were looked at in two days, %d in a month, want at most 35 and 65", inTwoDays, g.looked)
	}
	if token, err := s.SpectraTokenOf(t.Context(), client.UserID); err != nil || token.Codes.Blocked {
		t.Errorf("S9 SpectraTokenOf = %+v, %v, want not blocked", token.Codes, err)
	}
	g.guess(client.UserID, "192.0.2.1") // mistyped
	if err := right(t, s, "192.0.2.1", g.at); err != nil {
		t.Errorf("S8 LoginByCode(right, of the owner) = %v", err)
	}
	// The owner's login gives the stranger no new guesses.
	g.guess(client.UserID, "198.51.100.7")
	wait, ok := errors.AsType[*store.WaitError](right(t, s, "198.51.100.7", g.at.Add(time.Hour)))
	if !ok || wait.Until.Sub(g.at) != 24*time.Hour {
		t.Errorf("LoginByCode(of the stranger) = %v, want to wait a day from %v", wait, g.at)
	}
}

// TestManyCallers guesses from as many addresses as it takes. The owner waits for them
// where he never was, and not where he was.
func TestManyCallers(t *testing.T) {
	s, _ := openCodes(t)
	if err := right(t, s, "the office", now); err != nil {
		t.Fatal(err)
	}
	g := &guesser{Store: s, t: t, at: now}
	for n := range 100 {
		g.guess(client.UserID, fmt.Sprint("caller ", n))
	}
	if days := g.at.Sub(now).Hours() / 24; days < 30 {
		t.Errorf("S9 100 wrong codes took %.1f days, want more than 30", days)
	}
	err := right(t, s, "a hotel", g.at.Add(time.Minute))
	if _, ok := errors.AsType[*store.WaitError](err); !ok {
		t.Errorf("LoginByCode(right, meanwhile, from elsewhere) = %v, want a WaitError", err)
	}
	if err := right(t, s, "the office", g.at.Add(time.Minute)); err != nil {
		t.Errorf("S8 LoginByCode(right, meanwhile, from the office) = %v", err)
	}
	if err := right(t, s, "a hotel", g.at.Add(24*time.Hour)); err != nil {
		t.Errorf("S8 LoginByCode(right, a day later) = %v", err)
	}
	// The office is known for three months, and guesses from there wait all the same.
	for range 5 {
		g.guess(client.UserID, "the office")
	}
	if _, ok := errors.AsType[*store.WaitError](right(t, s, "the office", g.at.Add(25*time.Second))); !ok {
		t.Error("wrong codes from the office make nobody wait there")
	}
	g.at = g.at.Add(91 * 24 * time.Hour)
	for n := range 70 {
		g.guess(client.UserID, fmt.Sprint("caller ", 100+n))
	}
	if _, ok := errors.AsType[*store.WaitError](right(t, s, "the office", g.at.Add(time.Minute))); !ok {
		t.Error("the office is known after three months")
	}
}

// TestOneCallerForAll tries a few codes for each of many User IDs, known or not, and logs
// in with a token of his own meanwhile.
func TestOneCallerForAll(t *testing.T) {
	s, _ := openCodes(t)
	g := &guesser{Store: s, t: t, at: now}
	for n := range 19 {
		g.guess(fmt.Sprint("user ", n/4), "192.0.2.1")
	}
	for n := range 3 {
		g.guess(client.UserID, "192.0.2.1")
		g.at = g.at.Add(time.Minute)
		if err := right(t, s, "192.0.2.1", g.at); err != nil {
			t.Fatalf("S8 login %d = %v", n, err)
		}
	}
	before := g.at
	for n := range 20 {
		g.guess(fmt.Sprint("other ", n), "192.0.2.1")
	}
	if d := g.at.Sub(before); d < 5*24*time.Hour {
		t.Errorf("20 further wrong codes took %v, want more than five days", d)
	}
	// Others are not held up.
	if err := right(t, s, "192.0.2.2", g.at); err != nil {
		t.Errorf("S8 LoginByCode(right, from elsewhere) = %v", err)
	}
}

// TestSharedAddress has colleagues mistype until their address waits: who logged in there
// before does not, but is held by mistakes of his own; who never did waits.
func TestSharedAddress(t *testing.T) {
	s, _ := openCodes(t)
	const office, newOffice = "192.0.2.1", "192.0.2.2"
	at := now.Add(time.Minute)
	if err := right(t, s, office, at); err != nil {
		t.Fatal(err)
	}
	g := &guesser{Store: s, t: t, at: at}
	for n := range 22 {
		g.guess(fmt.Sprint("colleague ", n), office)
	}
	if err := right(t, s, office, g.at); err != nil {
		t.Errorf("S8 LoginByCode(right, where he was before) = %v", err)
	}
	for n := range 22 {
		g.guess(fmt.Sprint("other ", n), newOffice)
	}
	if err := right(t, s, newOffice, g.at.Add(time.Second)); !errors.As(err, new(*store.WaitError)) {
		t.Errorf("LoginByCode(right, where he never was) = %v, want a WaitError", err)
	}
	for range 5 {
		g.guess(client.UserID, office)
	}
	if err := right(t, s, office, g.at); !errors.As(err, new(*store.WaitError)) {
		t.Errorf("LoginByCode(right, after five wrong ones there) = %v, want a WaitError", err)
	}
}

func TestRightCodeForgivesItsCaller(t *testing.T) {
	s, path := openCodes(t)
	g := &guesser{Store: s, t: t, at: now}
	for day := range 30 {
		for range 4 {
			g.guess(client.UserID, "192.0.2.1")
		}
		g.at = now.Add(time.Duration(day+1) * time.Hour)
		if err := right(t, s, "192.0.2.1", g.at); err != nil {
			t.Fatalf("S8 LoginByCode(right) after %d wrong ones = %v", g.looked, err)
		}
	}
	if got := column(t, path, `SELECT count(*) FROM code_tries WHERE failed > 0`); got[0] != "0" {
		t.Errorf("%s counts are kept, want none", got[0])
	}
}

func TestTriesAreForgotten(t *testing.T) {
	s, path := openCodes(t)
	g := &guesser{Store: s, t: t, at: now}
	for n := range 10 {
		g.guess(fmt.Sprint("made up ", n), "198.51.100.7")
	}
	g.at = g.at.Add(11 * 24 * time.Hour)
	g.guess(client.UserID, "192.0.2.1")
	if got := column(t, path, `SELECT count(*) FROM code_tries`); got[0] != "3" {
		t.Errorf("%s counts are kept, want 3", got[0])
	}
	long := store.CodeLogin{UserID: string(make([]byte, 200)), Code: "none"}
	if _, err := s.LoginByCode(t.Context(), long, g.at); !errors.Is(err, store.ErrCode) {
		t.Errorf("LoginByCode of a long User ID = %v, want ErrCode", err)
	}
	if got := column(t, path, `SELECT count(*) FROM code_tries`); got[0] != "3" {
		t.Errorf("%s counts are kept after it, want 3", got[0])
	}
}

// TestBlockedWhileLoggingIn blocks a token while its code is looked at, by another process:
// whichever comes first, no session is left.
func TestBlockedWhileLoggingIn(t *testing.T) {
	for round := range 20 {
		s, path := openCodes(t)
		desk := reopen(t, path)
		login := codeLogin(client.UserID, code(t, 0))
		for n, err := range atOnce(2, func(i int) error {
			if i == 0 {
				return desk.BlockSpectra(t.Context(), serial, now)
			}
			_, err := s.LoginByCode(t.Context(), login, now)
			return err
		}) {
			if err != nil && (n == 0 || !errors.Is(err, otp.ErrBlocked)) {
				t.Fatal(err)
			}
		}
		if _, err := s.Session(t.Context(), login.Cookie, now, time.Hour); !errors.Is(err, store.ErrNotFound) {
			t.Fatalf("S69 round %d: Session = %v, want ErrNotFound", round, err)
		}
	}
}

// Verdict and session are one change: a session that can not be opened leaves the code
// unused, as nobody can come between the two.
func TestNoSessionNoVerdict(t *testing.T) {
	s, path := openCodes(t)
	login := codeLogin(client.UserID, code(t, 0))
	execute(t, path, `CREATE TRIGGER full BEFORE INSERT ON sessions BEGIN SELECT raise(ABORT, 'full'); END`)
	if _, err := s.LoginByCode(t.Context(), login, now); err == nil || errors.Is(err, store.ErrCode) {
		t.Fatalf("LoginByCode = %v, want the error of the database", err)
	}
	if token, err := s.SpectraTokenOf(t.Context(), client.UserID); err != nil || token.Codes != (otp.CodeState{}) {
		t.Errorf("S3 the token's state = %+v, %v, want as before", token.Codes, err)
	}
	execute(t, path, `DROP TRIGGER full`)
	if _, err := s.LoginByCode(t.Context(), login, now); err != nil {
		t.Errorf("S3 LoginByCode with the same code = %v", err)
	}
}

// Wrong codes for orders, for which one is logged in, block the token and end what was
// opened with it.
func TestWrongOrderCodesBlock(t *testing.T) {
	s, _ := openCodes(t)
	login := codeLogin(client.UserID, code(t, 0))
	if _, err := s.LoginByCode(t.Context(), login, now); err != nil {
		t.Fatal(err)
	}
	for n := range otp.CodeTries {
		if _, err := s.Session(t.Context(), login.Cookie, now, time.Hour); err != nil {
			t.Fatalf("Session after %d wrong codes = %v", n, err)
		}
		if _, err := s.ConfirmByCode(t.Context(), client.UserID, "A", "none", now); !errors.Is(err, store.ErrCode) {
			t.Fatalf("S10 ConfirmByCode(wrong) = %v, want ErrCode", err)
		}
	}
	if _, err := s.Session(t.Context(), login.Cookie, now, time.Hour); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("S69 Session of a token that was blocked = %v, want ErrNotFound", err)
	}
	if _, err := s.ConfirmByCode(t.Context(), client.UserID, "A", code(t, 1), now); !errors.Is(err, otp.ErrBlocked) {
		t.Errorf("S10 ConfirmByCode(right) = %v, want ErrBlocked", err)
	}
	if err := right(t, s, "192.0.2.1", now.Add(time.Hour)); !errors.Is(err, otp.ErrBlocked) {
		t.Errorf("S9 LoginByCode(right) = %v, want ErrBlocked", err)
	}
}
