package ui

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
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

// spectraView is a token that shows a screen, as its state machine has it.
func spectraView(s otp.SpectraState) agent.GeneratorView {
	label, field := s.Display("049281", "4071338")
	v := agent.GeneratorView{ID: "s", Kind: agent.GeneratorSpectra, Name: "SpectraNet 4077132209", Bank: "UniCredit Bank",
		Spectra: s.Screen, Label: label, Field: field, Serial: "4077132209", Help: bankHelp}
	if s.Screen == otp.SpectraCode {
		v.Left = 22
	}
	return v
}

// mobiView is a MobiPass on a page.
func mobiView(screen otp.MobiScreen) agent.GeneratorView {
	v := agent.GeneratorView{ID: "m", Kind: agent.GeneratorMobi, Name: "MobiPass", Bank: "Demo Bank",
		Mobi: otp.MobiState{Screen: screen, Stored: screen != otp.MobiMenuEmpty}, Parts: []int{8, 7, 8, 8}, Help: bankHelp}
	switch screen {
	case otp.MobiResult:
		v.Answer = "067204"
	case otp.MobiKeyBad:
		v.BadPart = 2
	}
	return v
}

func generatorsOf(views ...agent.GeneratorView) agent.GeneratorPanel {
	return agent.GeneratorPanel{Devices: views, Help: bankHelp}
}

// bankHelp is whom to call where one bank's descriptor tells, and banksHelp where two do.
var (
	bankHelp  = []agent.Support{{Phones: []string{"+7 727 244-30-30"}}}
	banksHelp = []agent.Support{{Phones: []string{"+7 727 244-30-30", "+7 717 255-10-10"}, Text: "Day and night", Bank: "Demo Bank"},
		{Phones: []string{"+36 1 325-3200"}, Bank: "UniCredit Bank"}}
)

// generatorScreens are what the goldens show: a state, a page, and what is done.
func generatorScreens() map[string]func(*generatorWindow) {
	at := func(page generatorPage, s agent.GeneratorPanel, then ...func(*generatorWindow)) func(*generatorWindow) {
		return func(g *generatorWindow) {
			g.state, g.page, g.since = s, page, time.Now()
			g.settle()
			g.draw()
			for _, f := range then {
				f(g)
			}
		}
	}
	spectra := func(s otp.SpectraState) func(*generatorWindow) {
		return at(pageDevice, generatorsOf(spectraView(s), mobiView(otp.MobiMenu)))
	}
	start := spectraView(otp.SpectraState{Screen: otp.SpectraPIN, Entered: 2})
	start.StartPIN = true
	startCode := spectraView(otp.SpectraState{Screen: otp.SpectraCode})
	startCode.StartPIN = true
	banks := spectraView(otp.SpectraState{Screen: otp.SpectraLockNumber, Fails: 3})
	banks.Help = banksHelp
	damaged := spectraView(otp.SpectraState{})
	damaged.Problem = "vault"
	locked := generatorsOf()
	locked.Problem = "vault"
	all := map[string]func(*generatorWindow){
		"none":           at(pageDevice, generatorsOf()),
		"no-keyring":     at(pageDevice, locked),
		"problem":        at(pageDevice, generatorsOf(damaged, mobiView(otp.MobiMenu))),
		"add":            at(pageAdd, generatorsOf(mobiView(otp.MobiMenu))),
		"add-file":       at(pageAddFile, generatorsOf()),
		"add-typed":      at(pageAddTyped, generatorsOf()),
		"add-mobi":       at(pageAddMobi, generatorsOf()),
		"rename":         at(pageRename, generatorsOf(mobiView(otp.MobiMenu))),
		"remove":         at(pageRemove, generatorsOf(spectraView(otp.SpectraState{}))),
		"help-spectra":   at(pageHelp, generatorsOf(spectraView(otp.SpectraState{}))),
		"help-banks":     at(pageHelp, generatorsOf(banks)),
		"help-mobi":      at(pageHelp, generatorsOf(mobiView(otp.MobiMenu))),
		"safety":         at(pageSafety, generatorsOf()),
		"spectra-off":    spectra(otp.SpectraState{}),
		"spectra-pin":    at(pageDevice, generatorsOf(start)),
		"spectra-start":  at(pageDevice, generatorsOf(startCode)),
		"spectra-banks":  at(pageDevice, generatorsOf(banks)),
		"spectra-fail":   spectra(otp.SpectraState{Screen: otp.SpectraFail, Fails: 1}),
		"spectra-locked": spectra(otp.SpectraState{Screen: otp.SpectraFail, Fails: 3}),
		"spectra-code":   spectra(otp.SpectraState{Screen: otp.SpectraCode}),
		"spectra-new":    spectra(otp.SpectraState{Screen: otp.SpectraNewPIN}),
		"spectra-conf":   spectra(otp.SpectraState{Screen: otp.SpectraConfirm, Entered: 3}),
		"spectra-done":   spectra(otp.SpectraState{Screen: otp.SpectraChanged}),
		"spectra-number": spectra(otp.SpectraState{Screen: otp.SpectraLockNumber, Fails: 3}),
		"spectra-unlock": spectra(otp.SpectraState{Screen: otp.SpectraUnlock, Fails: 3, Entered: 5}),
		"spectra-unfail": spectra(otp.SpectraState{Screen: otp.SpectraUnlockFail, Fails: 3, UnlockFails: 1}),
		"spectra-back": at(pageDevice, generatorsOf(spectraView(otp.SpectraState{})), func(g *generatorWindow) {
			g.spectra.turn(true)
		}),
		"working": at(pageDevice, generatorsOf(mobiView(otp.MobiSign)), func(g *generatorWindow) {
			g.do(agent.GeneratorAction{Kind: agent.GeneratorSign})
		}),
		"failed": at(pageDevice, generatorsOf(mobiView(otp.MobiSign)), func(g *generatorWindow) {
			g.finished(agent.GeneratorAction{Kind: agent.GeneratorSign}, agent.ErrVault)
		}),
	}
	for name, f := range heldScreens() {
		all["held-"+name] = at(f.page, f.state, f.then)
	}
	for name, screen := range map[string]otp.MobiScreen{
		"closed": otp.MobiClosed, "empty": otp.MobiMenuEmpty, "menu": otp.MobiMenu, "pin": otp.MobiPIN,
		"pin-differs": otp.MobiPINDiffers, "pin-bad": otp.MobiPINBad, "forgotten": otp.MobiKey, "key-bad": otp.MobiKeyBad, "sign": otp.MobiSign,
		"result": otp.MobiResult, "change": otp.MobiChange, "change-differs": otp.MobiChangeDiffers,
		"change-bad": otp.MobiChangeBad, "changed": otp.MobiChanged, "delete": otp.MobiDelete, "help": otp.MobiHelp,
	} {
		all["mobi-"+name] = at(pageDevice, generatorsOf(mobiView(screen)))
	}
	all["mobi-key"] = func(g *generatorWindow) {
		g.draft = mobiDraft{device: "m", pin: agent.NewSecret([]byte("2580"))}
		at(pageDevice, generatorsOf(mobiView(otp.MobiKey)))(g)
	}
	return all
}

// generatorScreen is a window of the size that a person sees.
func generatorScreen(t *testing.T, w *Windows, l text.Lang) *generatorWindow {
	win := test.NewTempWindow(t, nil)
	win.Resize(fyne.NewSize(generatorWidth, generatorHeight))
	return &generatorWindow{w: w, lang: l, d: &dialog{win: win}, run: func(agent.GeneratorAction, func(error)) {}}
}

// TestGeneratorScreens draws all screens of a language with one app, which reads its
// fonts once, in a bubble, in which the clock on the back stands still.
func TestGeneratorScreens(t *testing.T) {
	for _, l := range text.GeneratorLanguages() {
		t.Run(string(l), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := testApp(t)
				for name, put := range generatorScreens() {
					g := generatorScreen(t, w, l)
					put(g)
					g.d.win.Resize(fyne.NewSize(generatorWidth, generatorHeight))
					test.AssertRendersToMarkup(t, fmt.Sprintf("generator-%s-%s.xml", name, l), g.d.win.Canvas())
					w.unwatch(g.d)
				}
			})
		})
	}
}

// TestGeneratorScreensAreGerman compares the screens with the English ones: no words are
// in both but names and what is the device's own.
func TestGeneratorScreensAreGerman(t *testing.T) {
	same := regexp.MustCompile(`^(MobiPass( · .*)?|SpectraNet|Name|Deutsch|[^a-z]*)$`)
	synctest.Test(t, func(t *testing.T) {
		w := testApp(t)
		seen := func(l text.Lang, put func(*generatorWindow)) (said []string, state string) {
			g := generatorScreen(t, w, l)
			put(g)
			defer w.unwatch(g.d)
			data, err := json.Marshal(g.state)
			if err != nil {
				t.Fatal(err)
			}
			return words(g.d.win), string(data)
		}
		for name, put := range generatorScreens() {
			english, state := seen(text.EN, put)
			german, _ := seen(text.DE, put)
			for _, s := range german {
				what, whose, _ := strings.Cut(strings.TrimSuffix(s, ")"), " (") // of that bank
				own := strings.Contains(state, s) || strings.Contains(state, what) && strings.Contains(state, whose)
				if slices.Contains(english, s) && !same.MatchString(s) && !own {
					t.Errorf("%s: %q is in English too", name, s)
				}
			}
		}
	})
}

// A person at the code generators: the window, and what it asked the agent to do.
type codeHolder struct {
	t       *testing.T
	w       *Windows
	win     fyne.Window
	updates chan agent.GeneratorPanel
	done    []agent.GeneratorAction
	answer  error
	both    chan struct{} // unless nil the agent's answer waits for its end
	state   agent.GeneratorPanel
	fresh   bool                                                     // state is to be shown
	serve   func(agent.GeneratorAction) (agent.GeneratorView, error) // the device, where a test has one
}

// atGenerators opens the window with a state and lets work use it.
func atGenerators(t *testing.T, s agent.GeneratorPanel, work func(p *codeHolder)) error {
	t.Helper()
	return atDevice(t, s, nil, work)
}

// atDevice is atGenerators with a device that does what it is asked to.
func atDevice(t *testing.T, s agent.GeneratorPanel, serve func(agent.GeneratorAction) (agent.GeneratorView, error), work func(p *codeHolder)) error {
	t.Helper()
	p := &codeHolder{t: t, state: s, serve: serve}
	return question(t, func(ctx context.Context, w *Windows) error {
		w.codes = text.EN // whatever the system speaks
		p.updates = make(chan agent.GeneratorPanel, 1)
		return w.Generators(ctx, s, p.updates, func(_ context.Context, a agent.GeneratorAction) error {
			kept := a
			kept.Old, kept.New = a.Old.Clone(), a.New.Clone()
			p.done = append(p.done, kept)
			defer a.Wipe()
			if p.both != nil {
				<-p.both
			}
			if p.serve == nil {
				return p.answer
			}
			v, err := p.serve(a)
			p.state.Devices, p.fresh = []agent.GeneratorView{v}, true
			return err
		})
	}, func(w *Windows, win fyne.Window) {
		w.focus(true)
		p.w, p.win = w, win
		// The test's driver runs what a timer does beside all else. So nothing of a test
		// happens at a whole second, at which the window ticks.
		time.Sleep(150 * time.Millisecond)
		p.settle()
		work(p)
	})
}

// settle waits until all is done, and then shows what the device made of it.
func (p *codeHolder) settle() {
	synctest.Wait()
	if p.fresh {
		p.fresh = false
		p.updates <- p.state
		synctest.Wait()
	}
}

func (p *codeHolder) button(k text.Key) *button {
	p.t.Helper()
	return buttonNamed(p.t, p.win, text.EN.T(k))
}

func (p *codeHolder) tap(k text.Key) {
	p.t.Helper()
	test.Tap(p.button(k))
	p.settle()
}

// keys presses keys where the focus is.
func (p *codeHolder) keys(names ...fyne.KeyName) {
	for _, k := range names {
		press(p.win, k)
		p.settle()
	}
}

// digits presses the keys of digits.
func (p *codeHolder) digits(s string) {
	for _, r := range s {
		p.keys(fyne.KeyName(string(r)))
	}
}

func (p *codeHolder) says(part string) bool {
	return strings.Contains(strings.Join(words(p.win), "\n"), part)
}

// shows sends a newer state.
func (p *codeHolder) shows(views ...agent.GeneratorView) {
	p.state.Devices = views
	p.updates <- p.state
	synctest.Wait()
}

// asked checks what was asked of the agent since the last call.
func (p *codeHolder) asked(want ...string) {
	p.t.Helper()
	var got []string
	for _, a := range p.done {
		parts := []string{string(a.Kind)}
		switch a.Kind {
		case agent.GeneratorPress:
			parts = append(parts, []string{"power", "clear", "hold"}[a.Press])
		case agent.GeneratorTurn:
			parts = append(parts, fmt.Sprint(a.Event))
		}
		for _, s := range []string{a.Number, a.Serial, a.Name, a.Path, string(a.Old.Bytes()), string(a.New.Bytes())} {
			if s != "" {
				parts = append(parts, s)
			}
		}
		got = append(got, strings.Join(parts, " "))
	}
	p.done = nil
	if !slices.Equal(got, want) {
		p.t.Errorf("asked of the agent:\n%q, want\n%q", got, want)
	}
}
