package ui

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"qoltanba/agent"
	"qoltanba/agent/payment"
	"qoltanba/ui/text"
)

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

// Windows are as high as a screen of 1366 by 768 has room for beside a task bar and a title.
func TestWindowsFitASmallScreen(t *testing.T) {
	const most = 700
	for name, ask := range map[string]func(ctx context.Context, w *Windows) error{
		"site": site, "one document": consent,
		"batch": func(ctx context.Context, w *Windows) error {
			return w.Consent(ctx, consentQuestion(consentSample(20)...), func(int) error { return nil })
		},
		"change": func(ctx context.Context, w *Windows) error {
			return w.ChangePIN(ctx, agent.PINQuestion{Profiles: accounts}, nil)
		},
		"main window": func(ctx context.Context, w *Windows) error {
			_, err := w.Panel(ctx, panelScreens()["normal"])
			return err
		},
	} {
		err := question(t, ask, func(_ *Windows, win fyne.Window) {
			if got := win.Canvas().Size().Height; got > most {
				t.Errorf("%s: %v high, want %d at most", name, got, most)
			}
			press(win, fyne.KeyEscape)
		})
		if !errors.Is(err, agent.ErrDenied) {
			t.Errorf("%s: %v, want ErrDenied", name, err)
		}
	}
	for name, size := range map[string]fyne.Size{"wizard": wizardSize, "token panel": tokenSize, "generators": fyne.NewSize(generatorWidth, generatorHeight)} {
		if size.Height > most {
			t.Errorf("%s: %v high, want %d at most", name, size.Height, most)
		}
	}
}
