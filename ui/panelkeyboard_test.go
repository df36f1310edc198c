package ui

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"qoltanba/agent"
	"qoltanba/ui/text"
)

// panelChosen is what a call of Panel came to.
type panelChosen struct {
	a   agent.PanelAction
	err error
}

// inPanel shows the main window in English, and lets work show it in other states. It
// is called in a bubble.
func inPanel(t *testing.T, s agent.PanelState, work func(win fyne.Window, show func(agent.PanelState) <-chan panelChosen)) {
	t.Helper()
	w := testApp(t)
	ctx, cancel := context.WithCancel(t.Context())
	show := func(s agent.PanelState) <-chan panelChosen {
		s.Status.Language = "en"
		c := make(chan panelChosen, 1)
		go func() { // ends with its answer, or with ctx
			a, err := w.Panel(ctx, s)
			c <- panelChosen{a, err}
		}()
		synctest.Wait()
		return c
	}
	show(s)
	work(opened(w)[0], show)
	show(s) // a call that waits, to be ended
	cancel()
	synctest.Wait()
	if n := len(opened(w)); n != 0 {
		t.Errorf("%d windows are left", n)
	}
}

// Tab goes through the window from top to bottom, and Return does what each button says.
func TestPanelKeyboard(t *testing.T) {
	for name, want := range map[string]struct{ tab, does string }{
		"newcomer": {"Profile Creation Wizard…, choice, choice, Do not ask for the password again while the token is unlocked, Help, Code generators…, Token panel…, Drivers…, Change password…",
			"wizard, codes, token, drivers, change-pin"},
		"unfinished": {"Continue registration…, choice, choice, Do not ask for the password again while the token is unlocked, Help, Code generators…, Token panel…, Drivers…, Change password…",
			"wizard, codes, token, drivers, change-pin"},
		"due": {"Renew certificate: 12 days left…, choice, choice, Do not ask for the password again while the token is unlocked, Help, Profile Creation Wizard…, Code generators…, Token panel…, Drivers…, Change password…",
			"renew 0001, wizard, codes, token, drivers, change-pin"},
		"renewing": {"choice, choice, Do not ask for the password again while the token is unlocked, Help, Code generators…, Token panel…, Drivers…", "codes, token, drivers"},
		"normal": {"Renew certificate…, Forget, Forget, Forget, choice, choice, Do not ask for the password again while the token is unlocked, Help, Profile Creation Wizard…, Code generators…, Token panel…, Drivers…, Lock now, Change password…",
			"renew 0001, forget-site https://ib.demobank.kz, forget-site https://pay.example.kz:8443, forget-site evil.example, wizard, codes, token, drivers, lock, change-pin"},
		"no-token": {"choice, choice, Do not ask for the password again while the token is unlocked, Help, Code generators…, Token panel…, Drivers…", "codes, token, drivers"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := panelScreens()[name]
				inPanel(t, s, func(win fyne.Window, show func(agent.PanelState) <-chan panelChosen) {
					c := win.Canvas()
					if begins := c.Focused() != nil; begins != s.Status.NeedsProfile() {
						t.Errorf("the focus begins on something: %t", begins)
					}
					if c.Focused() == nil {
						press(win, fyne.KeyReturn) // by accident
						c.FocusNext()
					}
					if got := strings.Join(tabs(c), ", "); got != want.tab {
						t.Errorf("Tab goes through\n%s, want\n%s", got, want.tab)
					}
					var done []string
					for range strings.Count(want.tab, ", ") + 1 {
						if b, ok := c.Focused().(*button); ok && b.Text != text.EN.T(text.Help) {
							chosen := show(s)
							press(win, fyne.KeyReturn)
							a := <-chosen
							does := strings.TrimSpace(string(a.a.Kind) + " " + a.a.Value + a.a.Profile.Token.Serial)
							done = append(done, does)
						}
						c.FocusNext()
					}
					if got := strings.Join(done, ", "); got != want.does {
						t.Errorf("Return does\n%s, want\n%s", got, want.does)
					}
				})
			})
		})
	}
}

// The window is drawn anew with each state, and the focus stays where the person is.
func TestPanelFocusStays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := panelScreens()["no-token"]
		s.Status.Enrolls = true
		inPanel(t, s, func(win fyne.Window, show func(agent.PanelState) <-chan panelChosen) {
			on := func(when, want string) {
				t.Helper()
				if o := win.Canvas().Focused(); want == "" && o != nil || want != "" && focusName(o) != want {
					t.Errorf("%s the focus is on %s, want %q", when, focusName(o), want)
				}
			}
			on("at first", "")
			token := panelScreens()["newcomer"]
			show(token)
			on("with an empty token", "Profile Creation Wizard…")
			show(panelScreens()["unfinished"])
			on("when a registration was begun", "Continue registration…")
			tabTo(t, win, buttonNamed(t, win, text.EN.T(text.TrayCodes)))
			show(panelScreens()["normal"])
			on("with another token", "Code generators…")
			win.Canvas().Focus(find[*choice](win)[1])
			show(panelScreens()["due"])
			if win.Canvas().Focused() != fyne.Focusable(find[*choice](win)[1]) {
				t.Errorf("the focus is on %s, want the choice of the language", focusName(win.Canvas().Focused()))
			}
			tabTo(t, win, buttonNamed(t, win, "Renew certificate: 12 days left…"))
			chosen := show(panelScreens()["due"])
			press(win, fyne.KeyReturn)
			if a := <-chosen; a.a.Kind != agent.PanelRenew {
				t.Errorf("Return did %+v", a)
			}
			chosen = show(panelScreens()["renewing"])
			on("while it is renewed", "")
			test.Tap(buttonNamed(t, win, "Renew certificate: 12 days left…"))
			test.Tap(buttonNamed(t, win, text.EN.T(text.PanelChangePIN)))
			synctest.Wait()
			select {
			case a := <-chosen:
				t.Errorf("pressed once more it did %+v", a)
			default:
			}
			if all := words(win); !slices.Contains(all, text.EN.T(text.TrayBusy)) {
				t.Errorf("the window does not say that it works: %q", all)
			}
			show(panelScreens()["due"])
			on("when that has ended", "Renew certificate: 12 days left…")
		})
	})
}

// The page stays where it was scrolled to when something about it is new.
func TestPanelScrollStays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := panelScreens()["normal"]
		for i := range 30 {
			s.Sites = append(s.Sites, fmt.Sprintf("https://site%d.example.kz", i))
		}
		inPanel(t, s, func(win fyne.Window, show func(agent.PanelState) <-chan panelChosen) {
			win.Resize(fyne.NewSize(700, 640))
			win.Canvas().Unfocus()
			press(win, fyne.KeyPageDown)
			at := longest(win.Content()).Offset.Y
			s.Status.Busy = !s.Status.Busy
			show(s)
			if now := longest(win.Content()).Offset.Y; now != at || at <= 0 {
				t.Errorf("it was at %v and is at %v", at, now)
			}
		})
	})
}
