package ui

import (
	"fmt"
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
	}
}

// TestHeldPictures draws some of the screens as a person sees them.
func TestHeldPictures(t *testing.T) {
	for _, name := range []string{"add-file", "locked", "remove-absent"} {
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
		p.tap(text.GeneratorAddDo)
		p.did("unlock 3c1d5e00 wrong false")
		if !p.says(text.EN.T("error.pin") + " " + text.EN.T("error.pin.hint")) {
			t.Errorf("after a wrong password the window says %q", words(p.win))
		}
		p.answer = nil
		p.typed(text.GeneratorKey, "JBSWY3DPEHPK3PXP")
		p.typed(text.GeneratorStart, "2580")
		p.typed(text.GeneratorTokenPassword, "12345678")
		p.tap(text.GeneratorAddDo)
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
