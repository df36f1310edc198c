package ui

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"qoltanba/agent"
	"qoltanba/ui/text"
)

var accounts = []agent.Profile{
	{ID: agent.ProfileID{Token: agent.TokenID{Serial: "A1"}, Key: "01"}, Name: "KAZTOKEN Accounts", Subject: "Aigerim Serikova",
		NotAfter: "2027-11-22T00:00:00Z", Retries: agent.RetriesUnknown},
	{ID: agent.ProfileID{Token: agent.TokenID{Serial: "B2"}, Key: "02"}, Name: "KAZTOKEN Director", Subject: "Nurlan Abenov",
		NotAfter: "2027-11-22T00:00:00Z", Retries: agent.RetriesUnknown},
	{ID: agent.ProfileID{Token: agent.TokenID{Serial: "C3"}}, Name: "KAZTOKEN <no label> -?", Empty: true, Retries: agent.RetriesUnknown},
}

// login asks for a password; try answers each one.
func login(try func(p agent.ProfileID, pin string) error) func(context.Context, *Windows) error {
	q := agent.PINQuestion{Purpose: agent.PurposeLogin, Origin: "https://ib.refbank.test", Profiles: accounts}
	return func(ctx context.Context, w *Windows) error {
		return w.PIN(ctx, q, func(_ context.Context, p agent.ProfileID, s *agent.Secret) error {
			defer s.Wipe()
			return try(p, string(s.Bytes()))
		})
	}
}

func TestK61K111Password(t *testing.T) {
	var got string
	err := question(t, login(func(p agent.ProfileID, pin string) error {
		got = p.Token.Serial + " " + pin
		return nil
	}), func(w *Windows, win fyne.Window) {
		for _, label := range []string{"Profile", "Password", "OK", "Cancel"} {
			if !slices.Contains(words(win), label) {
				t.Errorf("%q is not in the window: %q", label, words(win))
			}
		}
		test.Type(win.Canvas().Focused(), "12345678") // the focus is in the password from the start
		press(win, fyne.KeyReturn)
	})
	if err != nil || got != "A1 12345678" {
		t.Errorf("PIN = %v, tried %q, want the first profile with what was typed", err, got)
	}
}

func TestK113EveryProfileIsOffered(t *testing.T) {
	var got string
	err := question(t, login(func(p agent.ProfileID, pin string) error {
		got = p.Token.Serial
		return nil
	}), func(w *Windows, win fyne.Window) {
		c := find[*choice](win)[0]
		if want := []string{"KAZTOKEN Accounts", "KAZTOKEN Director", "KAZTOKEN <no label> -?"}; !slices.Equal(c.Options, want) {
			t.Errorf("profiles %q, want %q", c.Options, want)
		}
		c.SetSelectedIndex(2) // the empty one: OK does not work
		p := find[*password](win)[0]
		p.SetText("12345678")
		p.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
		synctest.Wait()
		c.SetSelectedIndex(1)
		p.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	})
	if err != nil || got != "B2" {
		t.Errorf("PIN = %v, profile %q, want the one chosen", err, got)
	}
}

func TestK64K112WrongPassword(t *testing.T) {
	answers := []error{&agent.PINError{Retries: 2}, agent.ErrTokenLost, nil}
	var tried []string
	err := question(t, login(func(_ agent.ProfileID, pin string) error {
		tried = append(tried, pin)
		return answers[len(tried)-1]
	}), func(w *Windows, win fyne.Window) {
		p := find[*password](win)[0]
		enter := func(s string) {
			test.Type(p, s)
			press(win, fyne.KeyReturn)
			synctest.Wait()
		}
		enter("wrong")
		if all := strings.Join(words(win), "\n"); !strings.Contains(all, "Wrong password") || !strings.Contains(all, "2") {
			t.Errorf("after a wrong password the window says:\n%s", all)
		}
		if p.Text != "" || win.Canvas().Focused() != fyne.Focusable(p) {
			t.Errorf("the password entry holds %q, focus on %T", p.Text, win.Canvas().Focused())
		}
		enter("lost")
		enter("right")
	})
	if want := []string{"wrong", "lost", "right"}; err != nil || !slices.Equal(tried, want) {
		t.Errorf("PIN = %v, tried %q, want %q", err, tried, want)
	}
}

// A token tells its tries after a wrong password, and so is offered anew.
func TestK112WrongPasswordOutlivesTheTokensAnswer(t *testing.T) {
	var updates chan []agent.Profile // made in the bubble
	err := question(t, func(ctx context.Context, w *Windows) error {
		updates = make(chan []agent.Profile)
		q := agent.PINQuestion{Purpose: agent.PurposeLogin, Origin: "https://ib.refbank.test", Profiles: accounts, Updates: updates}
		return w.PIN(ctx, q, func(_ context.Context, _ agent.ProfileID, s *agent.Secret) error {
			s.Wipe()
			return &agent.PINError{Retries: agent.RetriesLow}
		})
	}, func(w *Windows, win fyne.Window) {
		test.Type(find[*password](win)[0], "wrong")
		press(win, fyne.KeyReturn)
		synctest.Wait()
		low := slices.Clone(accounts)
		low[0].Retries = agent.RetriesLow
		updates <- low
		synctest.Wait()
		if all := strings.Join(words(win), "\n"); !strings.Contains(all, "Wrong password") {
			t.Errorf("after the token was offered anew the window says:\n%s", all)
		}
		find[*choice](win)[0].SetSelectedIndex(1)
		if all := strings.Join(words(win), "\n"); strings.Contains(all, "Wrong password") {
			t.Errorf("of a profile that was not tried the window says:\n%s", all)
		}
		press(win, fyne.KeyEscape)
	})
	if !errors.Is(err, agent.ErrDenied) {
		t.Errorf("PIN = %v, want ErrDenied", err)
	}
}

func TestLockedPasswordEndsTheQuestion(t *testing.T) {
	err := question(t, login(func(agent.ProfileID, string) error { return agent.ErrPINLocked }), func(w *Windows, win fyne.Window) {
		test.Type(win.Canvas().Focused(), "x")
		press(win, fyne.KeyReturn)
	})
	if !errors.Is(err, agent.ErrPINLocked) {
		t.Errorf("PIN = %v, want ErrPINLocked", err)
	}
}

// While there is no token the window says so, and goes on when one comes.
func TestTokenComesWhileWaiting(t *testing.T) {
	var got string
	synctest.Test(t, func(t *testing.T) {
		w := testApp(t)
		updates := make(chan []agent.Profile)
		q := agent.PINQuestion{Purpose: agent.PurposeSign, Count: 2, Origin: "https://ib.refbank.test", Updates: updates}
		done := make(chan error, 1)
		go func() {
			done <- w.PIN(t.Context(), q, func(_ context.Context, p agent.ProfileID, s *agent.Secret) error {
				got = p.Token.Serial + " " + string(s.Bytes())
				return nil
			})
		}()
		synctest.Wait()
		win := opened(w)[0]
		if !slices.Contains(words(win), text.EN.T(text.TokenConnect)) {
			t.Errorf("the window does not ask for a token: %q", words(win))
		}
		press(win, fyne.KeyReturn) // nothing to be sent
		updates <- accounts[:2]
		synctest.Wait()
		test.Type(win.Canvas().Focused(), "1234")
		updates <- accounts[1:2] // the first token is pulled: what was typed stays
		synctest.Wait()
		press(win, fyne.KeyReturn)
		if err := <-done; err != nil || got != "B2 1234" {
			t.Errorf("PIN = %v, tried %q, want B2 1234", err, got)
		}
	})
}

func TestChangePassword(t *testing.T) {
	var tried []string
	ask := func(ctx context.Context, w *Windows) error {
		return w.ChangePIN(ctx, agent.PINQuestion{Purpose: agent.PurposeChange, Profiles: accounts[:1]},
			func(_ context.Context, _ agent.ProfileID, old, new *agent.Secret) error {
				tried = append(tried, string(old.Bytes())+" "+string(new.Bytes()))
				if len(tried) == 1 {
					return agent.ErrPINLength
				}
				return nil
			})
	}
	err := question(t, ask, func(w *Windows, win fyne.Window) {
		fill := func(parts ...string) {
			for _, s := range parts { // Return goes from entry to entry, and from the last to OK
				test.Type(win.Canvas().Focused(), s)
				press(win, fyne.KeyReturn)
			}
			synctest.Wait()
		}
		fill("old", "new1", "new2")
		if len(tried) != 0 || !strings.Contains(strings.Join(words(win), "\n"), text.EN.T(text.ChangeMismatch)) {
			t.Errorf("two new passwords that differ: tried %q, window %q", tried, words(win))
		}
		fill("old", "x", "x")
		fill("old", "new1", "new1")
	})
	if want := []string{"old x", "old new1"}; err != nil || !slices.Equal(tried, want) {
		t.Errorf("ChangePIN = %v, tried %q, want %q", err, tried, want)
	}
}

// A wrong password of a key file can be a damaged file; of a token it cannot.
func TestWrongPasswordOfAKeyFile(t *testing.T) {
	file := accounts[0]
	file.ID, file.Name, file.KeyFile = agent.ProfileID{Token: agent.TokenID{Serial: "F1"}}, "Key.pfx", true
	both := []agent.Profile{file, accounts[1]}
	err := question(t, func(ctx context.Context, w *Windows) error {
		return w.PIN(ctx, agent.PINQuestion{Purpose: agent.PurposeLogin, Profiles: both}, func(_ context.Context, _ agent.ProfileID, s *agent.Secret) error {
			s.Wipe()
			return &agent.PINError{Retries: agent.RetriesUnknown}
		})
	}, func(w *Windows, win fyne.Window) {
		for i, p := range both {
			find[*choice](win)[0].SetSelectedIndex(i)
			test.Type(find[*password](win)[0], "wrong")
			press(win, fyne.KeyReturn)
			synctest.Wait()
			all := strings.Join(words(win), "\n")
			if !strings.Contains(all, "Wrong password") || strings.Contains(all, "the key file may be damaged") != p.KeyFile {
				t.Errorf("after a wrong password of %s the window says:\n%s", p.Name, all)
			}
		}
		press(win, fyne.KeyEscape)
	})
	if !errors.Is(err, agent.ErrDenied) {
		t.Errorf("PIN = %v, want ErrDenied", err)
	}
}
