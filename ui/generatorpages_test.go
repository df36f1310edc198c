package ui

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"qoltanba/agent"
	"qoltanba/agent/otp"
	"qoltanba/ui/text"
)

// typed fills the entry behind a caption.
func (p *codeHolder) typed(k text.Key, s string) {
	p.t.Helper()
	found := false
	for _, o := range find[fyne.CanvasObject](p.win) {
		if l, ok := o.(*widget.Label); ok && l.Text == text.EN.T(k) {
			found = true
		}
		if e, ok := o.(interface {
			fyne.Focusable
			SetText(string)
		}); ok && found {
			e.SetText(s)
			return
		}
	}
	p.t.Fatalf("no entry %q in %q", text.EN.T(k), words(p.win))
}

func TestAddGenerator(t *testing.T) {
	_ = atGenerators(t, generatorsOf(), func(p *codeHolder) {
		if !p.says(text.EN.T(text.GeneratorNone)) {
			t.Errorf("without a device the window says %q", words(p.win))
		}
		p.keys(fyne.KeyReturn) // the button that adds has the focus
		p.keys(fyne.KeyReturn) // from a file
		p.tap(text.GeneratorAddDo)
		p.asked() // no file yet
		test.Type(p.win.Canvas().Focused(), "/tmp/token.xml")
		p.typed(text.GeneratorPassword, "qwerty")
		p.typed(text.GeneratorStart, "2580")
		p.typed(text.GeneratorSerial, "4077132209")
		p.tap(text.GeneratorAddDo)
		p.asked("add-file 4077132209 4077132209 /tmp/token.xml qwerty 2580")
		if !p.says(text.EN.T("generator.done.add-file")) {
			t.Errorf("afterwards the window says %q", words(p.win))
		}
		v := spectraView(otp.SpectraState{})
		p.shows(v)
		if !p.says(v.Name) {
			t.Errorf("the new device is not shown: %q", words(p.win))
		}

		p.tap(text.GeneratorAdd)
		p.tap(text.GeneratorTyped)
		p.typed(text.GeneratorKey, "JBSWY3DPEHPK3PXP")
		p.typed(text.GeneratorName, "Office")
		p.tap(text.GeneratorAddDo)
		p.asked() // no start PIN
		if !p.says(text.EN.T(text.MobiPINForm)) {
			t.Errorf("without a start PIN the window says %q", words(p.win))
		}
		p.typed(text.GeneratorStart, "2580")
		p.answer = agent.ErrVault
		p.tap(text.GeneratorAddDo)
		p.asked("add-typed Office 2580 JBSWY3DPEHPK3PXP")
		if !p.says(text.EN.T(text.GeneratorVault)) {
			t.Errorf("without a keyring the window says %q", words(p.win))
		}
		if got := find[*password](p.win)[0].Text; got != "" {
			t.Errorf("the key is still there: %q", got)
		}
		p.answer = nil
		p.keys(fyne.KeyEscape)

		p.state.Banks = []string{"Demo Bank", "Other Bank"}
		p.shows(v)
		p.tap(text.GeneratorAdd)
		p.tap(text.GeneratorMobi)
		find[*choice](p.win)[1].SetSelectedIndex(1)
		p.tap(text.GeneratorAddDo)
		if a := p.done[0]; a.Kind != agent.GeneratorAddMobi || a.Bank != "Other Bank" || a.Name != "MobiPass" {
			t.Errorf("asked %+v", a)
		}
		p.shows(v, mobiView(otp.MobiMenuEmpty))
		if got := p.items(); len(got) != 2 {
			t.Errorf("the new MobiPass is not shown: %q", words(p.win))
		}
		press(p.win, fyne.KeyEscape)
	})
}

// A picture is picked in the system's own way, by its path.
func TestAddGeneratorBrowses(t *testing.T) {
	path := filepath.Join(t.TempDir(), "qr.png")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_ = atGenerators(t, generatorsOf(), func(p *codeHolder) {
		p.keys(fyne.KeyReturn, fyne.KeyReturn)
		p.tap(text.DriverBrowse)
		if p.win.Canvas().Overlays().Top() == nil {
			t.Fatal("no file is asked for")
		}
		p.win.Canvas().Overlays().Top().Hide()
		p.typed(text.GeneratorPath, path)
		p.tap(text.GeneratorAddDo)
		p.asked("add-file " + path)
		press(p.win, fyne.KeyEscape)
	})
}

func TestRenameAndRemove(t *testing.T) {
	v := spectraView(otp.SpectraState{})
	_ = atGenerators(t, generatorsOf(v), func(p *codeHolder) {
		p.tap(text.GeneratorRename)
		e := find[*line](p.win)[0]
		e.SetText("Office")
		p.keys(fyne.KeyReturn)
		p.asked("rename Office")

		p.tap(text.GeneratorRemove)
		remove := p.button(text.GeneratorRemoveDo)
		if p.win.Canvas().Focused() == fyne.Focusable(remove) {
			t.Error("the button that removes has the focus")
		}
		find[*check](p.win)[0].SetChecked(true)
		test.Tap(remove)
		synctest.Wait()
		p.asked() // nobody has read it yet
		time.Sleep(armDelay)
		synctest.Wait()
		find[*check](p.win)[0].SetChecked(false)
		test.Tap(remove)
		synctest.Wait()
		p.asked()
		if !p.says(text.EN.T(text.GeneratorRemoveFirst)) {
			t.Errorf("without the tick the window says %q", words(p.win))
		}
		find[*check](p.win)[0].SetChecked(true)
		test.Tap(remove)
		synctest.Wait()
		if a := p.done[0]; a.Kind != agent.GeneratorRemove || a.Device != v.ID {
			t.Errorf("asked %+v", a)
		}
		p.shows()
		if !p.says(text.EN.T(text.GeneratorNone)) {
			t.Errorf("afterwards the window says %q", words(p.win))
		}
		press(p.win, fyne.KeyEscape)
	})
}

// A device that goes while its page is open takes the page along.
func TestRemovedElsewhere(t *testing.T) {
	s, m := spectraView(otp.SpectraState{}), mobiView(otp.MobiMenu)
	_ = atGenerators(t, generatorsOf(s, m), func(p *codeHolder) {
		p.tap(text.GeneratorRemove)
		p.shows(m)
		for _, b := range find[*button](p.win) {
			if b.Text == text.EN.T(text.GeneratorRemoveDo) {
				t.Error("the other device is offered to be removed")
			}
		}
		press(p.win, fyne.KeyEscape)
	})
}

func TestSeveralGenerators(t *testing.T) {
	s, m := spectraView(otp.SpectraState{Screen: otp.SpectraPIN}), mobiView(otp.MobiMenu)
	_ = atGenerators(t, generatorsOf(s, m), func(p *codeHolder) {
		p.win.Canvas().Focus(find[*lines](p.win)[0])
		p.keys(fyne.KeyDown, fyne.KeySpace)
		if len(p.items()) != 4 {
			t.Fatalf("the second device is not shown: %q", words(p.win))
		}
		p.keys(fyne.KeyReturn)
		if a := p.done[0]; a.Device != m.ID || a.Event != otp.MobiChooseSign {
			t.Errorf("asked %+v, want it of the second device", a)
		}
		p.state.Raise, p.state.Chosen = 1, s.ID // from the tray
		p.shows(s, m)
		p.displays("the one that was asked for", "PIN|----")
		press(p.win, fyne.KeyEscape)
	})
}

func TestGeneratorProblems(t *testing.T) {
	s, m := spectraView(otp.SpectraState{}), mobiView(otp.MobiMenu)
	s.Problem = "vault"
	_ = atGenerators(t, generatorsOf(s, m), func(p *codeHolder) {
		if !p.says(text.EN.T(text.GeneratorVault)) || len(find[*spectraFace](p.win)) != 0 {
			t.Errorf("without a keyring the window says %q", words(p.win))
		}
		p.answer = agent.ErrVault
		p.keys(fyne.KeyReturn) // Try again has the focus
		p.asked("press clear")
		p.answer = nil
		s.Problem = ""
		p.shows(s, m)
		p.displays("the keyring is there", "off")
		p.state.Problem = "vault" // of another device
		p.shows(s, m)
		if !p.says(text.EN.T(text.GeneratorVault)) {
			t.Errorf("the window says %q", words(p.win))
		}
		p.displays("and this one works all the same", "off")
		press(p.win, fyne.KeyEscape)
	})
}

// Help tells whom to call, and leads to what software cannot prevent.
func TestGeneratorHelp(t *testing.T) {
	_ = atGenerators(t, generatorsOf(spectraView(otp.SpectraState{}), mobiView(otp.MobiMenu)), func(p *codeHolder) {
		p.tap(text.GeneratorHelp)
		if !p.says(text.EN.T(text.SpectraHelpLoss)) {
			t.Errorf("help says %q", words(p.win))
		}
		p.tap(text.SafetyTitle)
		for _, k := range []text.Key{text.SafetyGuess, text.SafetyOlder, text.SafetyEqual} {
			if !p.says(text.EN.T(k)) {
				t.Errorf("the page about safety does not say %q", text.EN.T(k))
			}
		}
		p.keys(fyne.KeyEscape)
		m := mobiView(otp.MobiMenu)
		m.Help = nil
		p.shows(m)
		p.tap(text.GeneratorHelp)
		if !p.says(text.EN.T(text.GeneratorNumber)) || !p.says("In spite of the PIN code") {
			t.Errorf("M23 without telephone numbers help says %q", words(p.win))
		}
		p.keys(fyne.KeyEscape)
		press(p.win, fyne.KeyEscape)
	})
}

// Nobody is told to call another bank than the one whose device it is; where that is not
// known each bank is named.
func TestGeneratorHelpOfBanks(t *testing.T) {
	s, m := spectraView(otp.SpectraState{Screen: otp.SpectraFail, Fails: 3}), mobiView(otp.MobiMenu)
	s.Help = banksHelp
	_ = atGenerators(t, generatorsOf(s, m), func(p *codeHolder) {
		both := []string{"+7 727 244-30-30 (Demo Bank)", "+7 717 255-10-10 (Demo Bank)", "Day and night (Demo Bank)", "+36 1 325-3200 (UniCredit Bank)"}
		says := func(where string, want ...string) {
			t.Helper()
			for _, part := range want {
				if !p.says(part) {
					t.Errorf("%s: %q is not in %q", where, part, words(p.win))
				}
			}
		}
		says("S39 locked", both...)
		p.tap(text.GeneratorHelp)
		says("S53 S66 S68 help", both...)
		s.Help = bankHelp // the administrator's descriptors changed with the language, say
		p.shows(s, m)
		if p.says("UniCredit Bank)") {
			t.Errorf("help does not follow: %q", words(p.win))
		}
		p.keys(fyne.KeyEscape)
		find[*lines](p.win)[0].Select(1)
		p.settle()
		says("M23 MobiPass", "+7 727 244-30-30")
		if p.says("(Demo Bank)") || p.says("325-3200") {
			t.Errorf("MobiPass of one bank tells %q", words(p.win))
		}
		p.state.Help = banksHelp
		p.shows() // no device any more
		p.tap(text.GeneratorHelp)
		says("without a device", both...)
		p.keys(fyne.KeyEscape)
		press(p.win, fyne.KeyEscape)
	})
}

// The language is this window's own, and stays for the next time.
func TestGeneratorLanguage(t *testing.T) {
	_ = atGenerators(t, generatorsOf(spectraView(otp.SpectraState{})), func(p *codeHolder) {
		c := find[*choice](p.win)[0]
		if want := []string{"Қазақша", "Русский", "English", "Deutsch"}; !slices.Equal(c.Options, want) {
			t.Errorf("languages %q, want %q", c.Options, want)
		}
		c.SetSelectedIndex(3)
		synctest.Wait()
		if !p.says("Der Token ist aus.") {
			t.Errorf("in German the window says %q", words(p.win))
		}
		if got := p.w.generatorLanguage(); got != text.DE || p.w.language() != text.EN {
			t.Errorf("afterwards: %s for the generators, %s for all else", got, p.w.language())
		}
		press(p.win, fyne.KeyEscape)
	})
	w := &Windows{lang: text.EN}
	t.Setenv("LC_ALL", "de_AT.UTF-8")
	if got := w.generatorLanguage(); got != text.DE {
		t.Errorf("on a German system: %s", got)
	}
	w.lang = text.KK
	if got := w.generatorLanguage(); got != text.KK {
		t.Errorf("on a German system, with Kazakh chosen: %s", got)
	}
}

func TestGeneratorsEnd(t *testing.T) {
	err := atGenerators(t, generatorsOf(mobiView(otp.MobiMenu)), func(p *codeHolder) { p.win.Close() })
	if !errors.Is(err, agent.ErrDenied) {
		t.Errorf("closed: %v, want ErrDenied", err)
	}
}
