package ui

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"qoltanba/agent"
	"qoltanba/ui/text"
)

// A person at the wizard: the window, and what it asked the agent to do.
type registrant struct {
	t       *testing.T
	win     fyne.Window
	updates chan agent.WizardState
	done    []agent.WizardAction
	answer  func() error // of the agent; nil: it does what it is asked
}

// atWizard opens the wizard with a state and lets work use it by keyboard and
// mouse.
func atWizard(t *testing.T, s agent.WizardState, work func(p *registrant)) error {
	t.Helper()
	p := &registrant{t: t}
	return question(t, func(ctx context.Context, w *Windows) error {
		p.updates = make(chan agent.WizardState, 1)
		return w.Wizard(ctx, s, p.updates, func(_ context.Context, a agent.WizardAction) error {
			kept := a
			kept.Old, kept.New = a.Old.Clone(), a.New.Clone()
			a.Wipe()
			p.done = append(p.done, kept)
			if p.answer != nil {
				return p.answer()
			}
			return nil
		})
	}, func(w *Windows, win fyne.Window) {
		p.win = win
		work(p)
	})
}

func (p *registrant) update(s agent.WizardState) {
	p.updates <- s
	synctest.Wait()
}

func (p *registrant) button(k text.Key) *button {
	p.t.Helper()
	return buttonNamed(p.t, p.win, text.EN.T(k))
}

func (p *registrant) tap(k text.Key) {
	p.t.Helper()
	test.Tap(p.button(k))
	synctest.Wait()
}

func (p *registrant) press(keys ...fyne.KeyName) {
	for _, k := range keys {
		press(p.win, k)
		synctest.Wait()
	}
}

// types types where the focus is.
func (p *registrant) types(s string) { test.Type(p.win.Canvas().Focused(), s) }

func (p *registrant) says(part string) bool {
	return strings.Contains(strings.Join(words(p.win), "\n"), part)
}

// must fails for every item that the window does not say.
func (p *registrant) must(items map[string]string) {
	p.t.Helper()
	for item, part := range items {
		if !p.says(part) {
			p.t.Errorf("%s: the window does not say %q: %q", item, part, words(p.win))
		}
	}
}

// last is what was asked of the agent last; n is how many things were.
func (p *registrant) last(n int, kind agent.WizardActionKind, old, new string) agent.WizardAction {
	p.t.Helper()
	if len(p.done) != n {
		p.t.Fatalf("%d things were asked of the agent, want %d; the window says %q", len(p.done), n, words(p.win))
	}
	a := p.done[n-1]
	if a.Kind != kind || string(a.Old.Bytes()) != old || string(a.New.Bytes()) != new {
		p.t.Errorf("asked %s with %q and %q, want %s with %q and %q", a.Kind, a.Old.Bytes(), a.New.Bytes(), kind, old, new)
	}
	return a
}

func TestWizardProfile(t *testing.T) {
	err := atWizard(t, atStep(agent.WizardProfile), func(p *registrant) {
		if p.win.Title() != "Profile Creation Wizard" {
			t.Errorf("K67 the title is %q", p.win.Title())
		}
		p.must(map[string]string{"K61 profile": "Profile", "K61 password": "Password",
			"K62 empty": "The profile is empty: registration may continue", "K63": "12345678"})
		if got := find[*choice](p.win)[0].Options; !slices.Equal(got, []string{"KAZTOKEN <no label> -?"}) {
			t.Errorf("K62 profiles %q", got)
		}
		p.press(fyne.KeyReturn)
		if len(p.done) != 0 {
			t.Errorf("without a password the agent was asked %+v", p.done)
		}
		p.answer = func() error { return &agent.PINError{Retries: 2} }
		p.types("00000000")
		p.press(fyne.KeyReturn)
		p.last(1, agent.WizardUnlock, "00000000", "")
		p.must(map[string]string{"K64 wrong": "Wrong password", "K64 tries": "2 tries left"})
		if e := find[*password](p.win)[0]; e.Text != "" || p.win.Canvas().Focused() != fyne.Focusable(e) {
			t.Errorf("after a wrong password the entry holds %q, the focus is on %T", e.Text, p.win.Canvas().Focused())
		}
		p.answer = nil
		p.types("12345678")
		p.press(fyne.KeyReturn)
		if a := p.last(2, agent.WizardUnlock, "12345678", ""); a.Token != newToken().ID.Token {
			t.Errorf("K63 unlocked %v", a.Token)
		}
		p.update(atStep(agent.WizardConfirm))
		p.must(map[string]string{"K65": "Create a new profile?", "K66": "If you cancel, the token stays as it was"})
		p.press(fyne.KeyEscape)
		p.last(3, agent.WizardReturn, "", "") // K66
		p.press(fyne.KeyReturn)
		p.last(4, agent.WizardAgree, "", "") // K65
		p.update(atStep(agent.WizardWelcome))
		p.must(map[string]string{"K67 welcome": "Welcome", "K67 button": "Next"})
		p.tap(text.WizardNext)
		p.last(5, agent.WizardAgree, "", "")
		p.press(fyne.KeyEscape)
	})
	if !errors.Is(err, agent.ErrDenied) {
		t.Errorf("Wizard() = %v, want ErrDenied", err)
	}
}

// What keeps a registration from going on is said, and the window goes on by
// itself, with what was typed.
func TestWizardRefusals(t *testing.T) {
	_ = atWizard(t, atStep(agent.WizardProfile), func(p *registrant) {
		p.types("1234")
		for refusal, part := range map[string]string{
			"no-token": "Connect the token", "many-tokens": "only one may be", "not-empty": "on an empty one only",
			"other-token": "K122 This registration belongs to token 77aa88bb",
		} {
			p.update(atStep(agent.WizardProfile, func(s *agent.WizardState) {
				s.Refusal, s.Other.Serial = refusal, "77aa88bb"
				if refusal == "no-token" {
					s.Profiles = nil
				}
			}))
			p.must(map[string]string{refusal: strings.TrimPrefix(part, "K122 "), refusal + " goes on": text.EN.T(text.WizardGoesOn)})
			if !p.button(text.OK).Disabled() {
				t.Errorf("%s: OK works", refusal)
			}
		}
		p.update(atStep(agent.WizardProfile))
		p.types("5678")
		p.press(fyne.KeyReturn)
		p.last(1, agent.WizardUnlock, "12345678", "")
		p.press(fyne.KeyEscape)
	})
}

// A token that is not empty must be formatted first: the token panel can be had in the
// wizard's place, whether that is seen at once or only with the password.
func TestK25K26K29WizardTokenPanel(t *testing.T) {
	held := func(s *agent.WizardState) { s.Profiles, s.Refusal = accounts[:1], "not-empty" }
	for name, see := range map[string]func(p *registrant){
		"at once": func(p *registrant) { p.update(atStep(agent.WizardProfile, held)) },
		"with the password": func(p *registrant) {
			p.answer = func() error { return agent.ErrNotEmpty }
			p.types("12345678")
			p.press(fyne.KeyReturn)
			p.answer, p.done = nil, nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			err := atWizard(t, atStep(agent.WizardProfile), func(p *registrant) {
				if p.says(text.EN.T(text.TrayToken)) {
					t.Error("an empty token is sent to the token panel")
				}
				see(p)
				p.must(map[string]string{"why": "Format the token first"})
				if p.says(text.EN.T(text.WizardEmpty)) {
					t.Errorf("beside it the window says that the registration may continue: %q", words(p.win))
				}
				p.tap(text.TrayToken)
				p.last(1, agent.WizardTokenPanel, "", "")
			})
			if !errors.Is(err, agent.ErrDenied) {
				t.Errorf("Wizard() = %v, want that it closes itself", err)
			}
		})
	}
}

// An empty token whose password is locked cannot be registered: nothing says that it can.
func TestK62K63WizardLockedToken(t *testing.T) {
	_ = atWizard(t, atStep(agent.WizardProfile, func(s *agent.WizardState) { s.Profiles[0].Locked, s.Profiles[0].Retries = true, 0 }), func(p *registrant) {
		p.must(map[string]string{"K112 locked": text.EN.T("error.pin-locked")})
		for _, k := range []text.Key{text.WizardEmpty, text.WizardDefault} {
			if p.says(text.EN.T(k)) {
				t.Errorf("the window says %q", text.EN.T(k))
			}
		}
		if !p.button(text.OK).Disabled() {
			t.Error("OK works")
		}
		p.press(fyne.KeyEscape)
	})
}

func TestWizardBanksAndPads(t *testing.T) {
	s := atStep(agent.WizardProfile, func(s *agent.WizardState) {
		s.Banks = append(s.Banks, agent.WizardBank{Name: "Other Bank", Host: "ca.other.test"})
		pad := newToken()
		pad.ID.Token.Serial, pad.Name, pad.PINPad = "99", "PINPAD <no label> -?", true
		s.Profiles = append(s.Profiles, pad)
		s.PasswordUnsure = true
	})
	_ = atWizard(t, s, func(p *registrant) {
		p.must(map[string]string{"K117": "The password may be the new one you chose"})
		c := find[*choice](p.win)
		c[0].SetSelectedIndex(1)
		c[1].SetSelectedIndex(1)
		p.must(map[string]string{"host": "ca.other.test", "pad": "on the device itself"})
		if e := find[*password](p.win); len(e) != 0 {
			t.Error("a token with a PIN pad has an entry for its password")
		}
		p.tap(text.OK)
		if a := p.last(1, agent.WizardUnlock, "", ""); a.Bank != 1 || a.Token.Serial != "99" {
			t.Errorf("asked for bank %d and token %q", a.Bank, a.Token.Serial)
		}
		p.update(atStep(agent.WizardPassword, entered, func(s *agent.WizardState) { s.Token.PINPad = true }))
		p.must(map[string]string{"new password on the pad": text.EN.T(text.WizardNewOnDevice)})
		p.press(fyne.KeyReturn)
		if a := p.last(2, agent.WizardChoose, "", ""); a.Name != "Accounts" {
			t.Errorf("name %q", a.Name)
		}
		p.update(atStep(agent.WizardWelcome))
		p.press(fyne.KeyEscape)
	})
}

func TestWizardResumesAndRestarts(t *testing.T) {
	err := atWizard(t, atStep(agent.WizardResume), func(p *registrant) {
		p.must(map[string]string{"K117": "A registration with this token is not finished", "K121": "cannot be formatted"})
		p.press(fyne.KeyReturn)
		p.last(1, agent.WizardAgree, "", "")
		p.update(atStep(agent.WizardRestart))
		p.must(map[string]string{"K123": "The key of the registration is not on the token any more", "K123 anew": "only after you confirm"})
		if b := p.button(text.WizardRestart); p.win.Canvas().Focused() == fyne.Focusable(b) {
			t.Error("K123 the button that starts anew has the focus")
		}
		p.tap(text.WizardRestart)
		p.last(2, agent.WizardAgree, "", "")
		p.update(atStep(agent.WizardResume))
		p.tap(text.WizardLater)
	})
	if !errors.Is(err, agent.ErrDenied) {
		t.Errorf("Later: Wizard() = %v, want ErrDenied", err)
	}
}

// The token is pulled, or nobody does anything for long: the window says why the
// first page is back.
func TestWizardSaysThatThePasswordIsLost(t *testing.T) {
	_ = atWizard(t, atStep(agent.WizardReview, entered), func(p *registrant) {
		p.update(atStep(agent.WizardProfile))
		p.must(map[string]string{"why": text.EN.T(text.WizardAgain)})
		p.update(atStep(agent.WizardConfirm))
		p.update(atStep(agent.WizardProfile)) // by Cancel
		if p.says(text.EN.T(text.WizardAgain)) {
			t.Error("Cancel looks like a token that went")
		}
		p.press(fyne.KeyEscape)
	})
}

// bankFolder is a folder as a bank's flash drive has it.
func bankFolder(t *testing.T) string {
	folder := t.TempDir()
	for _, name := range []string{"a.p12", "Key.pfx", "gost.PFX", "readme.txt", ".hidden.pfx"} {
		if err := os.WriteFile(filepath.Join(folder, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(folder, "Archive"), 0o700); err != nil {
		t.Fatal(err)
	}
	return folder
}

func TestWizardChoosesAKeyFile(t *testing.T) {
	folder := bankFolder(t)
	s := atStep(agent.WizardApplicant, func(s *agent.WizardState) { s.KeyFile = filepath.Join(folder, "a.p12") })
	_ = atWizard(t, s, func(p *registrant) {
		p.tap(text.WizardReview)
		var names []string
		for _, r := range find[*fileRow](p.win) {
			names = append(names, r.label.Text)
		}
		if want := []string{"Up", "gost.PFX", "Key.pfx", "a.p12", "Archive"}; !slices.Equal(names, want) {
			t.Errorf("K74 files %q, want %q", names, want)
		}
		p.press(fyne.KeyDown, fyne.KeyReturn)
		if got, want := find[*line](p.win)[1].Text, filepath.Join(folder, "Key.pfx"); got != want {
			t.Errorf("K74 chose %q, want %q", got, want)
		}
		if o := p.win.Canvas().Focused(); o != fyne.Focusable(find[*line](p.win)[1]) {
			t.Errorf("after the choice the focus is on %T", o)
		}
		p.tap(text.WizardReview)
		rows := find[*fileRow](p.win)
		test.Tap(rows[4])
		test.Tap(rows[4]) // twice: into the folder
		synctest.Wait()
		p.must(map[string]string{"folder": filepath.Join(folder, "Archive"), "nothing": text.EN.T(text.FileNothing)})
		p.press(fyne.KeyReturn) // up again
		p.must(map[string]string{"up": "gost.PFX"})
		p.press(fyne.KeyEscape)
		p.must(map[string]string{"back": text.EN.T(text.WizardApplicant)})
		if err := os.RemoveAll(folder); err != nil {
			t.Fatal(err)
		}
		p.tap(text.WizardReview)
		p.must(map[string]string{"K75 gone": text.EN.T(text.FileUnread)})
		p.press(fyne.KeyEscape, fyne.KeyEscape)
		p.last(1, agent.WizardReturn, "", "") // the second goes to the page before
		p.update(atStep(agent.WizardWelcome))
		p.press(fyne.KeyEscape)
	})
}

// On drives that were plugged in, the files that banks hand out are found.
func TestK74K75FoundOnDrives(t *testing.T) {
	folder := bankFolder(t)
	var found []string
	places := []keyFile{{name: "BANK", path: folder, folder: true, drive: true}, {name: "gone", path: folder + "-gone", folder: true}, {name: "Desktop", path: folder, folder: true}}
	row := newFileRow(&fileChoice{t: &wizardWindow{lang: text.EN}, rows: foundIn(places)})
	for i := range row.choice.rows {
		row.put(i)
		found = append(found, row.label.Text)
	}
	if want := []string{`gost.PFX on the drive "BANK"`, `Key.pfx on the drive "BANK"`, `gost.PFX in the folder "Desktop"`, `Key.pfx in the folder "Desktop"`}; !slices.Equal(found, want) {
		t.Errorf("found %q, want %q", found, want)
	}
}
