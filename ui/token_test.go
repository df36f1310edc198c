package ui

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"qoltanba/agent"
	"qoltanba/ui/text"
)

// emptyToken is a token as it comes from formatting.
func emptyToken() agent.TokenView {
	return agent.TokenView{
		Info: agent.TokenInfo{ID: agent.TokenID{Manufacturer: "KAZTOKEN", Serial: "3b4c5d6e"}, Name: "KAZTOKEN", Model: "KAZTOKEN 2",
			Initialized: true, MinPIN: 6, MaxPIN: 32},
		Name: "KAZTOKEN <no label> -?", Content: agent.ContentEmpty, State: agent.TokenLocked,
		Details: &agent.Details{Driver: "KAZTOKEN PKCS#11 1.2", Module: "/usr/lib/libkaztoken.so", Hardware: "1.0", Firmware: "2.1",
			Mechanisms: []string{"CKM_ECDSA", "CKM_RSA_PKCS"}},
	}
}

// fullToken holds a profile, and a key that belongs to nothing.
func fullToken() agent.TokenView {
	v := emptyToken()
	v.Name, v.Info.Label, v.Content, v.Checked, v.UserChecked = "KAZTOKEN Бухгалтерия", "Бухгалтерия", agent.ContentProfile, true, true
	v.Objects = []agent.Object{
		{Kind: agent.ObjectPrivateKey, ID: []byte("1"), Label: "Qoltanba Бухгалтерия", Algorithm: "RSA-2048", Private: true},
		{Kind: agent.ObjectCertificate, ID: []byte("1"), Label: "Qoltanba Бухгалтерия"},
		{Kind: agent.ObjectPrivateKey, ID: []byte("2"), Label: "old", Algorithm: "P-256", Private: true},
	}
	v.Losing = []agent.Certificate{{Subject: "ОМАРОВА ӘЙГЕРІМ", Issuer: "Demo Bank CA", NotAfter: "2027-11-22T00:00:00Z"}}
	v.Refusal, v.Registration, v.Confirm = "registered", "not-empty", "Бухгалтерия"
	return v
}

func panelOf(views ...agent.TokenView) agent.TokenPanel {
	s := agent.TokenPanel{Page: agent.PageToken, Tokens: views,
		Drivers: []agent.Driver{{Path: "/usr/lib/libkaztoken.so", Name: "KAZTOKEN"}},
		Help:    agent.DriverHelp{Name: "KAZTOKEN", Download: "https://kaztoken.kz/downloads/", Phones: []string{"+7 727 244-30-30"}}}
	return s
}

// tokenScreens are what the goldens show: a state, a page, and what is typed.
func tokenScreens() map[string]func(*tokenWindow) {
	at := func(page agent.TokenPage, s agent.TokenPanel, then ...func(*tokenWindow)) func(*tokenWindow) {
		return func(t *tokenWindow) {
			t.state, t.page = s, page
			t.settle()
			t.draw()
			for _, f := range then {
				f(t)
			}
		}
	}
	with := func(v agent.TokenView, change func(*agent.TokenView)) agent.TokenView {
		change(&v)
		return v
	}
	admin := with(emptyToken(), func(v *agent.TokenView) { v.AdminChecked, v.AdminDefault, v.PINDefault = true, true, true })
	locked := with(fullToken(), func(v *agent.TokenView) {
		v.Info.PINLocked, v.State, v.Checked, v.UserChecked = true, agent.TokenBlocked, false, false
		v.Info.AdminPINFinal, v.Info.AdminPINLow = true, true
	})
	generators := with(admin, func(v *agent.TokenView) {
		v.Generators = []agent.TokenGenerator{{Name: "Касса", Serial: "AB12345678"}, {Name: "CD87654321", Serial: "CD87654321"}, {Serial: "EF11223344"}}
	})
	long := with(generators, func(v *agent.TokenView) {
		v.Name = "KAZTOKEN Buhgalteriya_Ust-Kamenogorsk_filial2 0123456789ABCDEF -?"
		v.Generators = []agent.TokenGenerator{{Name: "Бухгалтерия филиала в Усть-Каменогорске, второй платёжный ящик", Serial: "0123456789ABCDEF0123456789ABCDEF"}}
	})
	pad := with(emptyToken(), func(v *agent.TokenView) { v.Info.PINPad = true })
	unfinished := with(emptyToken(), func(v *agent.TokenView) { v.Content, v.Refusal = agent.ContentUnfinished, "unfinished" })
	two := with(emptyToken(), func(v *agent.TokenView) { v.Refusal, v.Registration = "many-tokens", "many-tokens" })
	other := with(fullToken(), func(v *agent.TokenView) { v.Info.ID.Serial = "99"; v.Refusal = "many-tokens" })
	noDriver := panelOf()
	noDriver.Page, noDriver.Plugged = agent.PageDriver, true
	noDriver.Drivers = []agent.Driver{{Path: "/opt/old/libkaztoken.so", Own: true, Problem: "module-architecture"}}
	return map[string]func(*tokenWindow){
		"none":       at(agent.PageToken, panelOf()),
		"empty":      at(agent.PageToken, panelOf(emptyToken())),
		"admin":      at(agent.PageToken, panelOf(admin)),
		"full":       at(agent.PageToken, panelOf(fullToken())),
		"locked":     at(agent.PageToken, panelOf(locked)),
		"unfinished": at(agent.PageToken, panelOf(unfinished)),
		"two":        at(agent.PageToken, panelOf(two, other)),
		"pin":        at(pagePIN, panelOf(emptyToken())),
		"change": at(pageChangePIN, panelOf(emptyToken()), func(t *tokenWindow) {
			t.form.needed[1].SetText("Пароль12")
		}),
		"unblock": at(agent.PageUnblock, panelOf(locked)),
		"format":  at(agent.PageFormat, panelOf(admin)),
		"reformat": at(agent.PageFormat, panelOf(with(fullToken(), func(v *agent.TokenView) { v.AdminChecked = true })), func(t *tokenWindow) {
			t.form.send()
		}),
		"confirm":       at(agent.PageFormat, panelOf(admin), func(t *tokenWindow) { t.confirmFormat(agent.TokenAction{}) }),
		"generators":    at(agent.PageToken, panelOf(generators)),
		"format-codes":  at(agent.PageFormat, panelOf(generators)),
		"confirm-codes": at(agent.PageFormat, panelOf(generators), func(t *tokenWindow) { t.confirmFormat(agent.TokenAction{}) }),
		"long":          at(agent.PageToken, panelOf(long)),
		"confirm-long":  at(agent.PageFormat, panelOf(long), func(t *tokenWindow) { t.confirmFormat(agent.TokenAction{}) }),
		"pad-working":   at(pagePIN, panelOf(pad), func(t *tokenWindow) { t.form.submit() }),
		"objects":       at(agent.PageCertificate, panelOf(fullToken())),
		"details":       at(pageDetails, panelOf(fullToken())),
		"driver":        at(agent.PageDriver, noDriver),
		"working":       at(agent.PageToken, panelOf(admin), func(t *tokenWindow) { t.do(agent.TokenAction{Kind: agent.TokenFormat}) }),
		"done": at(agent.PageToken, panelOf(admin), func(t *tokenWindow) {
			t.said = t.lang.T(text.TokenFormatted)
			t.draw()
		}),
	}
}

// tokenScreen is a window of the size that a person sees.
func tokenScreen(t *testing.T, l text.Lang) *tokenWindow {
	w := testApp(t)
	win := test.NewTempWindow(t, nil)
	win.Resize(tokenSize)
	return &tokenWindow{w: w, lang: l, d: &dialog{win: win}, run: func(agent.TokenAction, func(error)) {}}
}

func TestTokenScreens(t *testing.T) {
	for name, put := range tokenScreens() {
		for _, l := range text.Languages() {
			t.Run(fmt.Sprintf("%s %s", name, l), func(t *testing.T) {
				p := tokenScreen(t, l)
				put(p)
				p.d.win.Resize(tokenSize)
				test.AssertRendersToMarkup(t, fmt.Sprintf("token-%s-%s.xml", name, l), p.d.win.Canvas())
				if s := longest(p.d.win.Content()); s != nil {
					t.Errorf("%v of the page are out of sight", hidden(s))
				}
				p.w.unwatch(p.d)
			})
		}
	}
}

func TestDriverQuestionScreen(t *testing.T) {
	q := agent.DriverQuestion{Path: "/usr/lib/libkaztoken.so", Name: "KAZTOKEN", SHA256: strings.Repeat("0123abcd", 8), Kept: true}
	for _, l := range text.Languages() {
		t.Run(string(l), func(t *testing.T) {
			testApp(t)
			w := test.NewTempWindow(t, driverQuestion(l, q))
			w.Resize(w.Content().MinSize())
			test.AssertRendersToMarkup(t, fmt.Sprintf("driver-question-%s.xml", l), w.Canvas())
		})
	}
}

// A person at the token panel: the window, and what it asked the agent to do.
type panelist struct {
	t       *testing.T
	win     fyne.Window
	updates chan agent.TokenPanel
	done    []agent.TokenAction
	answer  error
}

// atPanel opens the panel with a state and lets work use it by keyboard and mouse.
func atPanel(t *testing.T, s agent.TokenPanel, work func(p *panelist)) error {
	t.Helper()
	p := &panelist{t: t}
	return question(t, func(ctx context.Context, w *Windows) error {
		p.updates = make(chan agent.TokenPanel, 1)
		return w.Token(ctx, s, p.updates, func(_ context.Context, a agent.TokenAction) error {
			kept := a
			kept.Old, kept.New = a.Old.Clone(), a.New.Clone()
			a.Wipe()
			p.done = append(p.done, kept)
			return p.answer
		})
	}, func(w *Windows, win fyne.Window) {
		w.focus(true)
		p.win = win
		work(p)
	})
}

func (p *panelist) button(k text.Key) *button {
	p.t.Helper()
	for _, b := range find[*button](p.win) {
		if b.Text == text.EN.T(k) {
			return b
		}
	}
	p.t.Fatalf("no button %q; the window says %q", text.EN.T(k), words(p.win))
	return nil
}

func (p *panelist) tap(k text.Key) {
	p.t.Helper()
	test.Tap(p.button(k))
	synctest.Wait()
}

func (p *panelist) says(part string) bool {
	return strings.Contains(strings.Join(words(p.win), "\n"), part)
}

// last is what was asked of the agent last.
func (p *panelist) last(kind agent.TokenActionKind, old, new string) agent.TokenAction {
	p.t.Helper()
	if len(p.done) == 0 {
		p.t.Fatalf("nothing was asked of the agent; the window says %q", words(p.win))
	}
	a := p.done[len(p.done)-1]
	if a.Kind != kind || string(a.Old.Bytes()) != old || string(a.New.Bytes()) != new {
		p.t.Errorf("asked %s with %q and %q, want %s with %q and %q", a.Kind, a.Old.Bytes(), a.New.Bytes(), kind, old, new)
	}
	return a
}

func (p *panelist) update(s agent.TokenPanel) {
	p.updates <- s
	synctest.Wait()
}

func (p *panelist) type_(s string) { test.Type(p.win.Canvas().Focused(), s) }

func TestPanelAsksForThePIN(t *testing.T) {
	err := atPanel(t, panelOf(emptyToken()), func(p *panelist) {
		if !p.button(text.TokenFormat).Disabled() {
			t.Error("K34 Format works before the administrator's PIN")
		}
		p.tap(text.TokenEnterPIN)
		if roles := find[*choice](p.win)[0].Options; !slices.Equal(roles, []string{"User", "Administrator"}) {
			t.Errorf("K31 roles %q", roles)
		}
		find[*choice](p.win)[0].SetSelectedIndex(1)
		p.answer = &agent.PINError{Retries: 2, Admin: true}
		p.type_("00000000")
		press(p.win, fyne.KeyReturn)
		synctest.Wait()
		p.last(agent.TokenEnterAdminPIN, "00000000", "")
		if !p.says("Wrong administrator's PIN") || !p.says("2 tries left") {
			t.Errorf("K35 after a wrong PIN the window says %q", words(p.win))
		}
		p.answer = nil
		p.type_("87654321")
		press(p.win, fyne.KeyReturn)
		synctest.Wait()
		p.last(agent.TokenEnterAdminPIN, "87654321", "")
		v := emptyToken()
		v.AdminChecked = true
		p.update(panelOf(v))
		if p.button(text.TokenFormat).Disabled() {
			t.Error("K34 Format does not work after the administrator's PIN")
		}
		press(p.win, fyne.KeyEscape)
	})
	if !errors.Is(err, agent.ErrDenied) {
		t.Errorf("Token() = %v, want ErrDenied", err)
	}
}

func TestPanelFormats(t *testing.T) {
	v := emptyToken()
	v.AdminChecked = true
	_ = atPanel(t, panelOf(v), func(p *panelist) {
		p.tap(text.TokenFormat)
		for _, item := range []struct {
			id  string
			key text.Key
		}{{"K36 the token's name", text.FormatName}, {"K39 who can change the PIN", text.FormatBy}, {"K41 what the driver cannot do", text.FormatPolicy}} {
			if !p.says(text.EN.T(item.key)) {
				t.Errorf("%s is not asked: %q", item.id, words(p.win))
			}
		}
		p.type_(strings.Repeat("қ", 17))
		p.tap(text.FormatStart)
		if !p.says("at most 32 bytes") || len(p.done) != 0 {
			t.Errorf("K38 a long name: %q", words(p.win))
		}
		name := find[*line](p.win)[0]
		name.SetText("Main")
		p.tap(text.FormatStart) // K42
		if !p.says(text.EN.T(text.FormatWarning)) {
			t.Errorf("K43 no warning: %q", words(p.win))
		}
		if b := p.button(text.FormatConfirm); p.win.Canvas().Focused() == fyne.Focusable(b) {
			t.Error("K43 the button that deletes has the focus")
		}
		p.tap(text.FormatConfirm)
		if len(p.done) != 0 {
			t.Error("K43 confirmed within the time in which nobody can read")
		}
		time.Sleep(armDelay)
		synctest.Wait()
		p.tap(text.FormatConfirm)
		if a := p.last(agent.TokenFormat, "", ""); a.Label != "Main" || a.Reregister {
			t.Errorf("asked %+v", a)
		}
		if !p.says("12345678") || !p.says("register at once") {
			t.Errorf("K46 K47 afterwards the window says %q", words(p.win))
		}
		press(p.win, fyne.KeyEscape)
	})
}

// A token that was never formatted takes any administrator's PIN, which is its PIN
// from then on: a slip of the finger would be it.
func TestPanelFormatsABlankToken(t *testing.T) {
	v := emptyToken()
	v.Content, v.Info.Initialized, v.Registration = agent.ContentBlank, false, "blank"
	_ = atPanel(t, panelOf(v), func(p *panelist) {
		if !p.button(text.TokenEnterPIN).Disabled() {
			t.Error("Enter PIN works for a token without one")
		}
		p.tap(text.TokenFormat)
		e := find[*password](p.win)
		e[0].SetText("87654321")
		e[1].SetText("87654312")
		p.tap(text.FormatStart)
		if !p.says(text.EN.T(text.ChangeMismatch)) {
			t.Errorf("another repetition: %q", words(p.win))
		}
		e[1].SetText("87654321")
		p.tap(text.FormatStart)
		time.Sleep(armDelay)
		synctest.Wait()
		p.tap(text.FormatConfirm)
		p.last(agent.TokenFormat, "87654321", "")
		press(p.win, fyne.KeyEscape)
	})
}

func TestPanelFormatsAProfileByName(t *testing.T) {
	v := fullToken()
	v.AdminChecked = true
	_ = atPanel(t, panelOf(v), func(p *panelist) {
		if !p.says("RE-FORMATTING IS FORBIDDEN") || !p.says("contact the support service or your account manager") && !p.says("Contact the support service or your account manager") {
			t.Errorf("K50 the window says %q", words(p.win))
		}
		p.tap(text.TokenFormat)
		if !p.says("ОМАРОВА ӘЙГЕРІМ") {
			t.Errorf("K51 the certificate to be lost is not named: %q", words(p.win))
		}
		entries := find[*line](p.win)
		entries[1].SetText("бухгалтерия")
		p.tap(text.FormatStart)
		if !p.says(text.EN.T("error.confirmation")) {
			t.Errorf("K51 another name: %q", words(p.win))
		}
		entries[1].SetText("Бухгалтерия")
		p.tap(text.FormatStart)
		time.Sleep(armDelay)
		synctest.Wait()
		p.tap(text.FormatConfirm)
		if a := p.last(agent.TokenFormat, "", ""); !a.Reregister || a.Confirm != "Бухгалтерия" {
			t.Errorf("K51 asked %+v", a)
		}
		press(p.win, fyne.KeyEscape)
	})
}

func TestPanelUnblocks(t *testing.T) {
	v := fullToken()
	v.Info.PINLocked = true
	_ = atPanel(t, panelOf(v), func(p *panelist) {
		p.tap(text.TokenUnblock)
		p.type_("87654321")
		press(p.win, fyne.KeyReturn)
		p.type_("Пароль12")
		if !p.says("switch the keyboard to English") || !p.says("character 1 is Russian") {
			t.Errorf("K92 a Cyrillic password: %q", words(p.win))
		}
		press(p.win, fyne.KeyReturn)
		p.type_("Пароль12")
		press(p.win, fyne.KeyReturn)
		synctest.Wait()
		if len(p.done) != 0 || !p.says(text.EN.T("error.pin-rule")) {
			t.Errorf("K92 a Cyrillic password was sent: %q", words(p.win))
		}
		e := find[*password](p.win)
		e[1].SetText("Jana4kilt")
		e[2].SetText("Jana4kilt1")
		p.tap(text.OK)
		if !p.says(text.EN.T(text.ChangeMismatch)) {
			t.Errorf("K99 another repetition: %q", words(p.win))
		}
		e[2].SetText("Jana4kilt")
		p.tap(text.OK)
		p.last(agent.TokenUnblock, "87654321", "Jana4kilt")
		press(p.win, fyne.KeyEscape)
	})
}
