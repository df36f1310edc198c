package ui

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"fyne.io/fyne/v2"

	"qoltanba/agent"
	"qoltanba/ui/text"
)

// focusName is what a person calls the widget that has the focus.
func focusName(o fyne.Focusable) string {
	switch w := o.(type) {
	case *button:
		return w.Text
	case *check:
		return w.Text
	case *choice:
		return "choice"
	case *password, *digits:
		return "secret"
	case *line, *capitals:
		return "line"
	case *lines:
		return "list"
	case *spectraFace:
		return "device"
	}
	return fmt.Sprintf("%T", o)
}

// tabs are the widgets of a window in the order of Tab, the first focus first. A list
// of buttons that every page has at its left is left out.
func tabs(c fyne.Canvas, without ...string) (order []string) {
	first := c.Focused()
	for o := first; o != nil; {
		if name := focusName(o); !slices.Contains(without, name) {
			order = append(order, name)
		}
		c.FocusNext()
		if o = c.Focused(); o == first {
			return order
		}
	}
	return []string{"no focus"}
}

// keyboardPage is a page as its keys have it: the order of Tab, and what was asked of
// the agent, or became of the window, by Return and by Escape where the focus begins.
type keyboardPage struct{ tab, enter, escape string }

func (want keyboardPage) check(t *testing.T, got keyboardPage) {
	t.Helper()
	if got != want {
		t.Errorf("the keys do\n%q, want\n%q", got, want)
	}
}

// keyed is what a key does on a fresh page.
func keyed(d *dialog, did *[]string, page func() string, key fyne.KeyName) string {
	before := page()
	press(d.win, key)
	if d.ended {
		return "closed"
	}
	if now := page(); len(*did) == 0 && now != before {
		return "to " + now
	}
	return strings.Join(*did, " ")
}

func TestWizardKeyboard(t *testing.T) {
	for name, want := range map[string]keyboardPage{
		"profile":       {"secret, Cancel, OK, choice", "", "closed"},
		"pad":           {"OK, choice, Cancel", "unlock", "closed"},
		"other-token":   {"Later, choice, That token is lost or broken…", "closed", "closed"},
		"resume":        {"Continue, Later", "agree", "closed"},
		"restart":       {"Cancel, Start anew", "closed", "closed"},
		"confirm":       {"OK, Cancel", "agree", "return"},
		"welcome":       {"Next, Help, Cancel", "agree", "closed"},
		"help":          {"Back", "to step", "to step"},
		"applicant":     {"line, line, Clear, line, Review..., Password matches PIN, Back, Next", "", "return"},
		"password":      {"line, secret, secret, Back, Next", "", "return"},
		"pad-password":  {"line, Back, Next", "", "return"},
		"review":        {"I confirm that the data are right, Back", "", "return"},
		"work":          {"Close", "to over", "to over"},
		"leave":         {"Wait, Close anyway", "to step", "to step"},
		"stopped":       {"Retry, Close", "obtain", "closed"},
		"done":          {"Finish", "finish", "closed"},
		"missing-token": {"line, Back, Set that registration aside", "", "return"},
		"other-user":    {"Go on with the first, Later, Begin anew for the second", "return", "return"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				open := func() (*wizardWindow, *[]string) {
					p, did := wizardScreen(t, text.EN), &[]string{}
					p.since = time.Now()
					p.d.done, p.d.hide = make(chan error, 1), func() {}
					p.run = func(a agent.WizardAction, _ func(error)) { *did = append(*did, string(a.Kind)) }
					wizardScreens()[name](p)
					p.d.win.Canvas().SetOnTypedKey(p.typed)
					p.stop()
					return p, did
				}
				does := func(key fyne.KeyName) string {
					p, did := open()
					where := func() string { return map[bool]string{true: "over", false: "step"}[p.over != nil] }
					defer p.stop()
					return keyed(p.d, did, where, key)
				}
				p, _ := open()
				want.check(t, keyboardPage{strings.Join(tabs(p.d.win.Canvas()), ", "), does(fyne.KeyReturn), does(fyne.KeyEscape)})
			})
		})
	}
}

// The focus goes where a person goes on as tokens come and go.
func TestWizardFocusFollows(t *testing.T) {
	_ = atWizard(t, atStep(agent.WizardProfile, func(s *agent.WizardState) { s.Refusal, s.Profiles = "no-token", nil }), func(p *registrant) {
		on := func(want fyne.Focusable) {
			t.Helper()
			if o := p.win.Canvas().Focused(); o != want {
				t.Errorf("the focus is on %s, want %s", focusName(o), focusName(want))
			}
		}
		on(p.button(text.Cancel))
		p.update(atStep(agent.WizardProfile, padToken))
		on(p.button(text.OK))
		p.update(atStep(agent.WizardProfile))
		on(find[*password](p.win)[0])
		press(p.win, fyne.KeyEscape)
	})
}

func TestTokenKeyboard(t *testing.T) {
	for name, want := range map[string]keyboardPage{
		"generators":    {"Enter PIN Code …, Format…, Change password…, Unblock…, Change administrator's PIN…, Keys and certificates, Details, Lock the token, Drivers…", "to pin", "closed"},
		"pin":           {"secret, Back, OK, choice", "", "to token"},
		"format-codes":  {"line, Back, Start", "to confirm", "to token"},
		"confirm-codes": {"Back, Yes, delete everything", "to token", "to token"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				open := func() (*tokenWindow, *[]string) {
					p, did := tokenScreen(t, text.EN), &[]string{}
					p.d.done, p.d.hide = make(chan error, 1), func() {}
					p.run = func(a agent.TokenAction, _ func(error)) { *did = append(*did, string(a.Kind)) }
					tokenScreens()[name](p)
					p.d.win.Canvas().SetOnTypedKey(p.typed)
					return p, did
				}
				does := func(key fyne.KeyName) string {
					p, did := open()
					defer p.w.unwatch(p.d)
					return keyed(p.d, did, func() string { return string(p.page) }, key)
				}
				p, _ := open()
				defer p.w.unwatch(p.d)
				want.check(t, keyboardPage{strings.Join(tabs(p.d.win.Canvas()), ", "), does(fyne.KeyReturn), does(fyne.KeyEscape)})
			})
		})
	}
}

func TestGeneratorTokenKeyboard(t *testing.T) {
	pages := map[generatorPage]string{pageDevice: "device", pageAddFile: "add-file", pageAddTyped: "add-typed", pageRemove: "remove"}
	side := []string{"list", "Add…", "Rename…", "Remove…", "Help", "Safety"}
	for name, want := range map[string]keyboardPage{
		"locked":        {"secret, Unlock the token, choice", "", "closed"},
		"pad":           {"Unlock the token, choice", "unlock", "closed"},
		"gone":          {"Try again, choice", "press", "closed"},
		"code":          {"device, Copy, Change PIN, Switch off, Turn over, choice", "press", "closed"},
		"add-file":      {"line, Browse…, secret, line, secret, line, choice, secret, Back, Add, choice", "", "to device"},
		"add-typed":     {"secret, line, secret, line, choice, Back, Add, choice", "", "to device"},
		"remove":        {"Back, Remove for good, choice, I understand that it is gone for good", "to device", "to device"},
		"remove-locked": {"Back, Remove for good, choice, secret, I understand that it is gone for good", "to device", "to device"},
		"remove-absent": {"Back, Remove for good, choice, The token is lost or broken: remove the generator without it", "to device", "to device"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				open := func() (*generatorWindow, *[]string) {
					g, did := generatorScreen(t, testApp(t), text.EN), &[]string{}
					g.d.done, g.d.hide = make(chan error, 1), func() {}
					g.run = func(a agent.GeneratorAction, _ func(error)) { *did = append(*did, string(a.Kind)) }
					generatorScreens()["held-"+name](g)
					g.d.win.Canvas().SetOnTypedKey(g.typed)
					return g, did
				}
				does := func(key fyne.KeyName) string {
					g, did := open()
					defer g.w.unwatch(g.d)
					return keyed(g.d, did, func() string { return pages[g.page] }, key)
				}
				g, _ := open()
				defer g.w.unwatch(g.d)
				want.check(t, keyboardPage{strings.Join(tabs(g.d.win.Canvas(), side...), ", "), does(fyne.KeyReturn), does(fyne.KeyEscape)})
			})
		})
	}
}
