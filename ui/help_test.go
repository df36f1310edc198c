package ui

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"qoltanba/agent"
	"qoltanba/ui/text"
)

// explains fails for each of the words and meanings that the window does not show.
func explains(t *testing.T, win fyne.Window, l text.Lang) {
	t.Helper()
	for _, w := range l.Words() {
		if all := words(win); !slices.Contains(all, w.Name) || !slices.Contains(all, w.Meaning) {
			t.Errorf("K4 %q is not explained: %q", w.Name, all)
		}
	}
}

// tabTo presses Tab until the button has the focus.
func tabTo(t *testing.T, win fyne.Window, b *button) {
	t.Helper()
	for range 20 {
		if win.Canvas().Focused() == fyne.Focusable(b) {
			return
		}
		win.Canvas().FocusNext()
	}
	t.Errorf("Tab does not come to %q", b.Text)
}

func TestK4HelpInTheWizard(t *testing.T) {
	err := atWizard(t, atStep(agent.WizardWelcome), func(p *registrant) {
		for name, back := range map[string]fyne.KeyName{"Escape": fyne.KeyEscape, "Back": fyne.KeyReturn} {
			tabTo(t, p.win, p.button(text.Help))
			p.press(fyne.KeyReturn)
			explains(t, p.win, text.EN)
			if p.says(text.EN.T(text.WizardHave)) {
				t.Errorf("Help is beside the page: %q", words(p.win))
			}
			if o := p.win.Canvas().Focused(); o != fyne.Focusable(p.button(text.TokenBack)) {
				t.Errorf("the focus is on %T, want the button back", o)
			}
			p.press(back)
			p.must(map[string]string{"back by " + name: text.EN.T(text.WizardHave)})
		}
		p.tap(text.Help)
		p.update(atStep(agent.WizardWelcome, func(s *agent.WizardState) { s.Raise++ }))
		explains(t, p.win, text.EN) // nothing has happened that a person must see
		p.update(atStep(agent.WizardProfile))
		p.must(map[string]string{"the token was pulled": text.EN.T(text.WizardAgain)})
		p.update(atStep(agent.WizardWelcome))
		if len(p.done) != 0 {
			t.Errorf("Help asked the agent %+v", p.done)
		}
		p.press(fyne.KeyReturn)
		p.last(1, agent.WizardAgree, "", "")
		p.press(fyne.KeyEscape)
	})
	if !errors.Is(err, agent.ErrDenied) {
		t.Errorf("Wizard = %v, want ErrDenied", err)
	}
}

func TestK4HelpInTheMainWindow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := testApp(t)
		type answer struct {
			a   agent.PanelAction
			err error
		}
		show := func(s agent.PanelState) chan answer {
			c := make(chan answer, 1)
			go func() { // ends with its answer
				a, err := w.Panel(context.Background(), s)
				c <- answer{a, err}
			}()
			synctest.Wait()
			return c
		}
		s := panelScreens()["normal"]
		s.Status.Language = "en"
		show(s)
		win := opened(w)[0]
		named := func(k text.Key) *button { return buttonNamed(t, win, text.EN.T(k)) }
		for name, back := range map[string]fyne.KeyName{"Escape": fyne.KeyEscape, "Back": fyne.KeyReturn} {
			tabTo(t, win, named(text.Help))
			press(win, fyne.KeyReturn)
			explains(t, win, text.EN)
			press(win, back)
			if win.Canvas().Focused() != fyne.Focusable(named(text.Help)) {
				t.Errorf("after %s the focus is on %T, want Help", name, win.Canvas().Focused())
			}
			named(text.PanelLock)
		}

		test.Tap(named(text.Help))
		s.Status.Token, s.Status.Sessions = agent.TokenLocked, nil
		show(s)
		explains(t, win, text.EN) // it stays, and what it was opened from is up to date
		if o := win.Canvas().Focused(); o != fyne.Focusable(named(text.TokenBack)) {
			t.Errorf("after an update the focus is on %T, want the button back", o)
		}
		test.Tap(named(text.TokenBack))
		if !named(text.PanelLock).Disabled() || !slices.Contains(words(win), text.EN.T(text.StatusLocked)) {
			t.Errorf("the main window shows an old state: %q", words(win))
		}
		test.Tap(named(text.Help))
		s.Status.Language = "ru"
		last := show(s)
		explains(t, win, text.RU)
		press(win, fyne.KeyEscape)
		press(win, fyne.KeyEscape)
		if a := <-last; !errors.Is(a.err, agent.ErrDenied) {
			t.Errorf("Panel = %+v, want ErrDenied", a)
		}
		if n := len(opened(w)); n != 0 {
			t.Errorf("%d windows are left", n)
		}
	})
}

func TestHelpScreens(t *testing.T) {
	for _, l := range text.Languages() {
		t.Run(string(l), func(t *testing.T) {
			consentTestApp(t)
			test.AssertRendersToMarkup(t, fmt.Sprintf("panel-help-%s.xml", l),
				consentShow(t, panelHelp(l, newButton(l.T(text.TokenBack), nil, nil))))
		})
	}
}
