package ui

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"qoltanba/agent"
	"qoltanba/agent/otp"
	"qoltanba/ui/text"
)

// heldView is a SpectraNet token whose keys lie in a token.
func heldView(s otp.SpectraState, problem string) agent.GeneratorView {
	v := spectraView(s)
	v.Token, v.TokenName, v.Problem = &agent.TokenID{Manufacturer: "Aktiv", Serial: "3c1d5e00"}, "KAZTOKEN Accounts (3c1d5e00)", problem
	return v
}

// heldOf is the window with such a token, which is connected or not.
func heldOf(unlocked bool, views ...agent.GeneratorView) agent.GeneratorPanel {
	s := generatorsOf(views...)
	s.Tokens = []agent.GeneratorToken{{ID: agent.TokenID{Manufacturer: "Aktiv", Serial: "3c1d5e00"}, Name: "KAZTOKEN Accounts (3c1d5e00)", Unlocked: unlocked}}
	return s
}

// padOf is heldOf for a token whose password is entered on the token itself.
func padOf(views ...agent.GeneratorView) agent.GeneratorPanel {
	s := heldOf(false, views...)
	s.Tokens[0].PINPad = true
	return s
}

// longNamed are a device and a token with names as long as they come: nothing may be cut
// off or pushed out of the window.
func longNamed() agent.GeneratorPanel {
	v := heldView(otp.SpectraState{}, "locked")
	v.Name, v.Bank = "Бухгалтерия филиала в Усть-Каменогорске, второй платёжный ящик", "Акционерное общество «Банк развития малого и среднего предпринимательства»"
	v.TokenName = "KAZTOKEN Buhgalteriya_Ust-Kamenogorsk_01 (0123456789ABCDEF)"
	s := heldOf(false, v)
	s.Tokens[0].Name = v.TokenName
	return s
}

type heldScreen struct {
	page  generatorPage
	state agent.GeneratorPanel
	then  func(*generatorWindow)
}

// heldScreens are the goldens about keys in a token.
func heldScreens() map[string]heldScreen {
	none := func(*generatorWindow) {}
	choose := func(g *generatorWindow) { g.where.choice.SetSelectedIndex(1) }
	absent := heldView(otp.SpectraState{}, "no-token")
	locked := heldView(otp.SpectraState{}, "locked")
	return map[string]heldScreen{
		"add-here":      {pageAddFile, heldOf(false), none},
		"add-file":      {pageAddFile, heldOf(false), choose},
		"add-typed":     {pageAddTyped, heldOf(true), choose},
		"locked":        {pageDevice, heldOf(false, locked), none},
		"absent":        {pageDevice, generatorsOf(absent), none},
		"gone":          {pageDevice, heldOf(true, heldView(otp.SpectraState{}, "generator-gone")), none},
		"code":          {pageDevice, heldOf(true, heldView(otp.SpectraState{Screen: otp.SpectraCode}, "")), none},
		"remove":        {pageRemove, heldOf(true, heldView(otp.SpectraState{}, "")), none},
		"remove-locked": {pageRemove, heldOf(false, locked), none},
		"remove-absent": {pageRemove, generatorsOf(absent), none},
		"pad":           {pageDevice, padOf(locked), none},
		"pad-add":       {pageAddTyped, padOf(), choose},
		"pad-remove":    {pageRemove, padOf(locked), none},
		"pad-working": {pageDevice, padOf(locked), func(g *generatorWindow) {
			g.unlock(g.state.Tokens[0].ID, &newPassword(nil).Entry)
		}},
		"long":        {pageDevice, longNamed(), none},
		"long-add":    {pageAddFile, longNamed(), choose},
		"long-remove": {pageRemove, longNamed(), none},
	}
}

// TestHeldPictures draws some of the screens as a person sees them.
func TestHeldPictures(t *testing.T) {
	for _, name := range []string{"add-file", "locked", "pad", "remove-absent"} {
		for _, l := range text.GeneratorLanguages() {
			t.Run(fmt.Sprint(name, " ", l), func(t *testing.T) {
				g := generatorScreen(t, testApp(t), l)
				generatorScreens()["held-"+name](g)
				g.d.win.Resize(fyne.NewSize(generatorWidth, generatorHeight))
				test.AssertRendersToImage(t, fmt.Sprintf("generator-held-%s-%s.png", name, l), g.d.win.Canvas())
				g.w.unwatch(g.d)
			})
		}
	}
}

// did compares what the agent was asked to do: the kinds, and the secrets in Old.
func (p *codeHolder) did(want ...string) {
	p.t.Helper()
	var got []string
	for _, a := range p.done {
		got = append(got, fmt.Sprint(a.Kind, " ", a.Token.Serial, " ", string(a.Old.Bytes()), " ", a.Forget))
	}
	p.done = nil
	if fmt.Sprint(got) != fmt.Sprint(want) {
		p.t.Errorf("the agent was asked for %q, want %q", got, want)
	}
}

// taps is tap for a button that asks the agent for two things, one after the other: the
// first ends only when both are asked for, as it does on Fyne's goroutine.
func (p *codeHolder) taps(k text.Key) {
	p.t.Helper()
	p.both = make(chan struct{})
	p.tap(k)
	close(p.both)
	p.settle()
	p.both = nil
}

// A person adds a generator to a token, whose password is checked before anything is
// added.
func TestAddGeneratorToToken(t *testing.T) {
	_ = atGenerators(t, heldOf(false), func(p *codeHolder) {
		p.tap(text.GeneratorAdd)
		p.tap(text.GeneratorTyped)
		p.typed(text.GeneratorKey, "JBSWY3DPEHPK3PXP")
		p.typed(text.GeneratorStart, "2580")
		find[*choice](p.win)[1].SetSelectedIndex(1)
		p.typed(text.GeneratorTokenPassword, "wrong")
		p.answer = &agent.PINError{Retries: agent.RetriesUnknown}
		p.taps(text.GeneratorAddDo)
		p.did("unlock 3c1d5e00 wrong false")
		if !p.says(text.EN.T("error.pin") + " " + text.EN.T("error.pin.hint")) {
			t.Errorf("after a wrong password the window says %q", words(p.win))
		}
		p.answer = nil
		p.typed(text.GeneratorKey, "JBSWY3DPEHPK3PXP")
		p.typed(text.GeneratorStart, "2580")
		p.typed(text.GeneratorTokenPassword, "12345678")
		p.taps(text.GeneratorAddDo)
		p.did("unlock 3c1d5e00 12345678 false", "add-typed 3c1d5e00 2580 false")
		press(p.win, fyne.KeyEscape)
	})
}

// A device asks for its token, then for the token's password; the page follows what is
// plugged in.
func TestGeneratorAsksForToken(t *testing.T) {
	_ = atGenerators(t, generatorsOf(heldView(otp.SpectraState{}, "no-token")), func(p *codeHolder) {
		if !p.says(text.EN.T(text.GeneratorTokenAbsent, "KAZTOKEN Accounts (3c1d5e00)")) {
			t.Errorf("without the token the window says %q", words(p.win))
		}
		p.tap(text.GeneratorRemove)
		time.Sleep(armDelay)
		synctest.Wait()
		p.tap(text.GeneratorRemoveDo)
		p.did()
		if !p.says(text.EN.T(text.GeneratorRemoveFirst)) {
			t.Errorf("without the tick the window says %q", words(p.win))
		}
		find[*check](p.win)[0].SetChecked(true)
		p.tap(text.GeneratorRemoveDo)
		p.did("remove   true")

		p.state = heldOf(false, heldView(otp.SpectraState{}, "locked"))
		p.shows(p.state.Devices...)
		p.typed(text.GeneratorTokenPassword, "12345678")
		p.tap(text.GeneratorUnlockDo)
		p.did("unlock 3c1d5e00 12345678 false")

		p.state = heldOf(true, heldView(otp.SpectraState{Screen: otp.SpectraCode}, ""))
		p.shows(p.state.Devices...)
		if got := find[*spectraFace](p.win); len(got) != 1 {
			t.Errorf("unlocked, the window shows %q", words(p.win))
		}
		press(p.win, fyne.KeyEscape)
	})
}

// A token is tried with no empty password, which would cost a try, and once for all that
// is pressed meanwhile; a wrong one leaves the person on the page.
func TestGeneratorTokenPassword(t *testing.T) {
	_ = atGenerators(t, heldOf(false, heldView(otp.SpectraState{}, "locked")), func(p *codeHolder) {
		p.tap(text.GeneratorUnlockDo)
		p.did()
		if o := p.win.Canvas().Focused(); o != fyne.Focusable(find[*password](p.win)[0]) {
			t.Errorf("without a password the focus is on %T", o)
		}

		p.tap(text.GeneratorRemove)
		time.Sleep(armDelay)
		synctest.Wait()
		find[*check](p.win)[0].SetChecked(true)
		p.tap(text.GeneratorRemoveDo)
		p.did()
		entry := find[*password](p.win)[0]
		if o := p.win.Canvas().Focused(); o != fyne.Focusable(entry) {
			t.Errorf("without a password the focus is on %T", o)
		}
		p.typed(text.GeneratorTokenPassword, "wrong")
		p.keys(fyne.KeyReturn)
		p.did()
		if o := p.win.Canvas().Focused(); o != fyne.Focusable(find[*check](p.win)[0]) {
			t.Errorf("after Return in the password the focus is on %T", o)
		}
		p.answer = &agent.PINError{Retries: 2}
		p.taps(text.GeneratorRemoveDo)
		p.did("unlock 3c1d5e00 wrong false")
		if !p.says("2 tries left") || !p.says(text.EN.T(text.GeneratorRemoveTick)) {
			t.Errorf("after a wrong password the window says %q", words(p.win))
		}
		p.answer = nil
		p.typed(text.GeneratorTokenPassword, "12345678")
		p.taps(text.GeneratorRemoveDo)
		p.did("unlock 3c1d5e00 12345678 false", "remove   false")
		press(p.win, fyne.KeyEscape)
	})
}

// The password of a token is asked for where one is needed, after a failure too.
func TestGeneratorAddAsksForPassword(t *testing.T) {
	_ = atGenerators(t, heldOf(false), func(p *codeHolder) {
		p.tap(text.GeneratorAdd)
		p.tap(text.GeneratorTyped)
		fill := func() {
			p.typed(text.GeneratorKey, "JBSWY3DPEHPK3PXP")
			p.typed(text.GeneratorStart, "2580")
		}
		fill()
		p.answer = agent.ErrVault
		p.tap(text.GeneratorAddDo)
		p.did("add-typed  2580 false")
		entry := find[*password](p.win)[1]
		if !entry.Disabled() {
			t.Error("after a failure a token's password is asked for that nobody needs")
		}
		p.answer = nil
		fill()
		find[*choice](p.win)[1].SetSelectedIndex(1)
		p.tap(text.GeneratorAddDo)
		p.did()
		if o := p.win.Canvas().Focused(); o != fyne.Focusable(entry) {
			t.Errorf("without the token's password the focus is on %T", o)
		}
		press(p.win, fyne.KeyEscape)
		press(p.win, fyne.KeyEscape)
	})
}

// A token with a PIN pad asks itself, once, and the window says so meanwhile.
func TestGeneratorPINPad(t *testing.T) {
	g, asked := generatorScreen(t, testApp(t), text.EN), 0
	g.run = func(agent.GeneratorAction, func(error)) { asked++ }
	generatorScreens()["held-pad"](g)
	open := buttonNamed(t, g.d.win, text.EN.T(text.GeneratorUnlockDo))
	test.Tap(open)
	test.Tap(open)
	if asked != 1 || len(g.queue) != 1 {
		t.Errorf("the token was asked %d times, and %d things wait", asked, len(g.queue))
	}
	if s := strings.Join(words(g.d.win), "\n"); !strings.Contains(s, text.EN.T(text.GeneratorTokenNow)) {
		t.Errorf("while the token asks the window says %q", s)
	}
}
