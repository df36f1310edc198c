package main

import (
	"bytes"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"qoltanba/cmd/refbank/desk"
	"qoltanba/cmd/refbank/store"
)

// TestLogins is the clerk's side of wrong codes, with real processes.
func TestLogins(t *testing.T) {
	dir, user := filepath.Join(t.TempDir(), "bank"), desk.DemoClient().UserID
	run(t, "init", "--dir", dir)
	s, err := store.Open(filepath.Join(dir, "bank.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	wrong := func(userID, caller string) {
		t.Helper()
		if _, err := s.LoginByCode(t.Context(), store.CodeLogin{UserID: userID, Code: "none", Caller: caller}, time.Now()); !errors.Is(err, store.ErrCode) {
			t.Fatalf("LoginByCode(wrong) = %v, want ErrCode", err)
		}
	}
	const home = "2001:db8:1:200::/56"
	for range 5 {
		wrong(user, home)
	}
	wrong("somebody", home)
	for n := range desk.ManyWrongCodes - 6 {
		wrong(fmt.Sprint("somebody ", n), fmt.Sprint("192.0.2.", n))
	}
	// logins returns what a command prints, and what it says beside.
	logins := func(args ...string) (out, beside string, err error) {
		c := command(t, append([]string{"logins", "--dir", dir}, args...)...)
		var stderr bytes.Buffer
		c.Stderr = &stderr
		printed, err := c.Output()
		return string(printed), stderr.String(), err
	}
	out, beside, err := logins("show")
	if lines := strings.Count(out, "\n"); err != nil || lines != 3 || beside != "" ||
		!strings.Contains(out, "user from everywhere wrong-codes 5\n") || !strings.Contains(out, "user from "+home+" wrong-codes 5 waits-until ") ||
		!strings.Contains(out, "all-users from "+home+" wrong-codes 6\n") {
		t.Errorf("logins show = %q %q, %v", out, beside, err)
	}

	// One more: whatever the clerk does next, he reads of it.
	wrong("somebody else", "198.51.100.7")
	for _, args := range [][]string{{"show"}, {"show", "--user", "nobody"}} {
		_, beside, err := logins(args...)
		if want := fmt.Sprintf("guessing codes across the bank: %d wrong ones", desk.ManyWrongCodes+1); err != nil || strings.Count(beside, want) != 1 || strings.Count(beside, "\n") != 1 {
			t.Errorf("logins %v says %q, %v, want a line with %q", args, beside, err, want)
		}
	}

	for name, args := range map[string][]string{
		"nobody looked":  {"end-wait", "--from", home},
		"another person": {"end-wait", "--from", home, "--identified", "phone", "--iin", "900101300459"},
		"no address":     {"end-wait", "--from", "home", "--identified", "phone", "--iin", desk.DemoClient().IIN},
	} {
		if out, _, err := logins(args...); err == nil || strings.Contains(out, "wrong-codes") {
			t.Errorf("%s: logins end-wait = %q, %v, want an error", name, out, err)
		}
	}
	end := []string{"end-wait", "--from", "2001:db8:1:2ff::1", "--identified", "phone", "--iin", desk.DemoClient().IIN}
	if out, _, err := logins(end...); err != nil || strings.Count(out, "\n") != 3 || !strings.Contains(out, "all-users from "+home+" wrong-codes 6\n") {
		t.Errorf("logins end-wait = %q, %v, want the three counts", out, err)
	}
	if out, _, err := logins("show", "--from", home); err != nil || out != "" {
		t.Errorf("logins show afterwards = %q, %v, want nothing", out, err)
	}
	if _, beside, err := logins(end...); err == nil || !strings.Contains(beside, store.ErrNoWait.Error()) {
		t.Errorf("logins end-wait again says %q, %v, want %q", beside, err, store.ErrNoWait)
	}
}
