package ui

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"qoltanba/agent"
	"qoltanba/agent/payment"
	"qoltanba/ui/text"
)

// A question runs in a bubble: after synctest.Wait the window is as it stays,
// and time passes at once.
func question(t *testing.T, ask func(ctx context.Context, w *Windows) error, work func(w *Windows, win fyne.Window)) error {
	t.Helper()
	var err error
	synctest.Test(t, func(t *testing.T) {
		w := testApp(t)
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		done := make(chan error, 1)
		go func() { done <- ask(ctx, w) }()
		synctest.Wait()
		all := opened(w)
		if len(all) != 1 {
			t.Fatalf("%d windows, want 1", len(all))
		}
		work(w, all[0])
		synctest.Wait()
		select {
		case err = <-done:
		default:
			t.Error("the question is still open")
			cancel()
			err = <-done
		}
		if n := len(opened(w)); n != 0 {
			t.Errorf("%d windows are left", n)
		}
	})
	return err
}

// press types a key where the focus is, as the desktop driver does.
func press(win fyne.Window, key fyne.KeyName) {
	e := &fyne.KeyEvent{Name: key}
	c := win.Canvas()
	if f := c.Focused(); f != nil {
		if k, ok := f.(desktop.Keyable); ok {
			k.KeyDown(e)
		}
		if key == fyne.KeyTab {
			c.FocusNext()
		} else {
			f.TypedKey(e)
		}
		if k, ok := f.(desktop.Keyable); ok {
			k.KeyUp(e)
		}
		return
	}
	if c.OnTypedKey() != nil {
		c.OnTypedKey()(e)
	}
}

func site(ctx context.Context, w *Windows) error {
	return w.Site(ctx, agent.SiteQuestion{Origin: "https://ib.refbank.test"})
}

func consent(ctx context.Context, w *Windows) error {
	return w.Consent(ctx, agent.ConsentQuestion{
		Origin:    "https://ib.refbank.test",
		Documents: []payment.Document{payment.Read("order.txt", "text/plain", []byte("Pay 100 tenge"))},
	}, func(int) error { return nil })
}

// The agreeing button never has the first focus, and nothing that is pressed
// before the window had the focus for 700 ms agrees to anything.
func TestAgreeingTakesTime(t *testing.T) {
	for name, ask := range map[string]func(context.Context, *Windows) error{"site": site, "consent": consent} {
		t.Run(name, func(t *testing.T) {
			err := question(t, ask, func(w *Windows, win fyne.Window) {
				agree := buttonNamed(t, win, text.EN.T(text.SiteAllow), text.EN.T(text.ConsentSign))
				if win.Canvas().Focused() == fyne.Focusable(agree) {
					t.Error("the agreeing button has the first focus")
				}
				still := func(when string) {
					t.Helper()
					test.Tap(agree)
					synctest.Wait()
					if len(opened(w)) == 0 {
						t.Fatalf("agreed %s", when)
					}
				}
				time.Sleep(time.Hour)
				still("without the focus")
				w.focus(true)
				time.Sleep(armDelay - time.Millisecond)
				still("a moment too early")
				press(win, fyne.KeyA) // somebody is typing
				time.Sleep(armDelay - time.Millisecond)
				still("a moment after a key")
				win.Canvas().Focus(agree)
				time.Sleep(armDelay)
				synctest.Wait()
				press(win, fyne.KeyReturn)
			})
			if err != nil {
				t.Errorf("%s = %v, want agreement", name, err)
			}
		})
	}
}

func TestFocusLostDisarms(t *testing.T) {
	err := question(t, site, func(w *Windows, win fyne.Window) {
		agree := buttonNamed(t, win, text.EN.T(text.SiteAllow))
		w.focus(true)
		time.Sleep(armDelay)
		synctest.Wait()
		w.focus(false)
		test.Tap(agree)
		w.focus(true)
		test.Tap(agree)
		press(win, fyne.KeyEscape)
	})
	if !errors.Is(err, agent.ErrDenied) {
		t.Errorf("Site = %v, want ErrDenied", err)
	}
}

// Escape refuses from every widget, Return presses the button that has the
// focus, and closing the window refuses too.
func TestRefusing(t *testing.T) {
	for name, work := range map[string]func(*Windows, fyne.Window){
		"Escape": func(_ *Windows, win fyne.Window) { press(win, fyne.KeyEscape) },
		"Escape on another widget": func(_ *Windows, win fyne.Window) {
			press(win, fyne.KeyTab)
			press(win, fyne.KeyEscape)
		},
		"Escape without focus": func(_ *Windows, win fyne.Window) {
			win.Canvas().Unfocus()
			press(win, fyne.KeyEscape)
		},
		"Return on Cancel": func(_ *Windows, win fyne.Window) { press(win, fyne.KeyReturn) },
		"Space on Cancel":  func(_ *Windows, win fyne.Window) { press(win, fyne.KeySpace) },
		"closed":           func(_ *Windows, win fyne.Window) { win.Close() },
	} {
		t.Run(name, func(t *testing.T) {
			if err := question(t, consent, work); !errors.Is(err, agent.ErrDenied) {
				t.Errorf("Consent = %v, want ErrDenied", err)
			}
		})
	}
}

func TestContextClosesTheWindow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := testApp(t)
		for _, ask := range []func(context.Context, *Windows) error{site, consent, login(nil)} {
			ctx, cancel := context.WithCancel(t.Context())
			done := make(chan error, 1)
			go func() { done <- ask(ctx, w) }()
			synctest.Wait()
			cancel()
			if err := <-done; !errors.Is(err, agent.ErrCanceled) {
				t.Errorf("question = %v, want ErrCanceled", err)
			}
			synctest.Wait()
			if n := len(opened(w)); n != 0 {
				t.Errorf("%d windows are left", n)
			}
		}
	})
}

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

func TestPanelCalls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := testApp(t)
		type answer struct {
			a   agent.PanelAction
			err error
		}
		show := func(ctx context.Context, s agent.PanelState) chan answer {
			c := make(chan answer, 1)
			go func() {
				a, err := w.Panel(ctx, s)
				c <- answer{a, err}
			}()
			synctest.Wait()
			return c
		}
		first := show(t.Context(), agent.PanelState{IdleMinutes: 15, Raise: true})
		second := show(t.Context(), agent.PanelState{IdleMinutes: 15, Status: agent.Status{Token: agent.TokenUnlocked}})
		if a := <-first; !errors.Is(a.err, agent.ErrCanceled) {
			t.Errorf("the earlier call = %v, want ErrCanceled", a.err)
		}
		win := opened(w)[0]
		test.Tap(buttonNamed(t, win, text.EN.T(text.PanelLock)))
		test.Tap(buttonNamed(t, win, text.EN.T(text.PanelChangePIN))) // nobody waits now
		if a := <-second; a.err != nil || a.a.Kind != agent.PanelLock {
			t.Errorf("Panel = %+v, want lock", a)
		}
		if a := <-show(t.Context(), agent.PanelState{}); a.err != nil || a.a.Kind != agent.PanelChangePIN {
			t.Errorf("Panel = %+v, want what was pressed meanwhile", a)
		}
		third := show(t.Context(), agent.PanelState{})
		press(win, fyne.KeyEscape)
		if a := <-third; !errors.Is(a.err, agent.ErrDenied) {
			t.Errorf("closed: %v, want ErrDenied", a.err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		fourth := show(ctx, agent.PanelState{})
		cancel()
		if a := <-fourth; !errors.Is(a.err, agent.ErrCanceled) {
			t.Errorf("ctx ended: %v, want ErrCanceled", a.err)
		}
		synctest.Wait()
		if n := len(opened(w)); n != 0 {
			t.Errorf("%d windows are left", n)
		}
	})
}

func TestOpenCopyFails(t *testing.T) {
	ask := func(ctx context.Context, w *Windows) error {
		return w.Consent(ctx, agent.ConsentQuestion{Documents: []payment.Document{payment.Read("a", "", []byte{0, 1})}},
			func(i int) error { return agent.ErrToken })
	}
	err := question(t, ask, func(w *Windows, win fyne.Window) {
		test.Tap(buttonNamed(t, win, text.EN.T(text.ConsentOpen)))
		synctest.Wait()
		sentence, _ := text.EN.Error(agent.ErrToken)
		if !strings.Contains(strings.Join(words(win), "\n"), sentence) {
			t.Errorf("the window does not say that the copy failed: %q", words(win))
		}
		press(win, fyne.KeyEscape)
	})
	if !errors.Is(err, agent.ErrDenied) {
		t.Errorf("Consent = %v", err)
	}
}

// opened returns the windows that ask something; the test driver has one of its
// own besides.
func opened(w *Windows) []fyne.Window {
	return slices.DeleteFunc(slices.Clone(w.app.Driver().AllWindows()), func(win fyne.Window) bool { return win.Title() == "" })
}

// sight calls f with every object that can be seen.
func sight(o fyne.CanvasObject, f func(fyne.CanvasObject)) {
	if !o.Visible() {
		return
	}
	f(o)
	switch o := o.(type) {
	case *fyne.Container:
		for _, child := range o.Objects {
			sight(child, f)
		}
	case fyne.Widget:
		for _, child := range test.WidgetRenderer(o).Objects() {
			sight(child, f)
		}
	}
}

// find returns the widgets of a kind that can be seen.
func find[T fyne.CanvasObject](win fyne.Window) []T {
	var all []T
	sight(win.Canvas().Content(), func(o fyne.CanvasObject) {
		if found, ok := o.(T); ok {
			all = append(all, found)
		}
	})
	return all
}

// words returns what can be read in a window.
func words(win fyne.Window) []string {
	var all []string
	sight(win.Canvas().Content(), func(o fyne.CanvasObject) {
		if t, ok := o.(*canvas.Text); ok && t.Text != "" {
			all = append(all, t.Text)
		}
		if l, ok := o.(*widget.Label); ok && l.Text != "" {
			all = append(all, l.Text) // also where it is drawn in several lines
		}
	})
	return all
}

func buttonNamed(t *testing.T, win fyne.Window, labels ...string) *button {
	t.Helper()
	for _, b := range find[*button](win) {
		if slices.Contains(labels, b.Text) {
			return b
		}
	}
	t.Fatalf("no button %q in %q", labels, words(win))
	return nil
}
