package ui

import (
	"errors"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"qoltanba/agent"
	"qoltanba/agent/payment"
	"qoltanba/ui/text"
)

// profileForm is the page with the token and its password. The choice and what
// was typed stay while tokens come and go.
type profileForm struct {
	t        *wizardWindow
	page     *wizardPage
	bank     *choice
	choice   *choice
	password *password
	missing  *button // the token that a registration belongs to is lost
	about    *widget.Label
	box      *fyne.Container
	chosen   agent.ProfileID
}

func (t *wizardWindow) profilePage() *wizardPage {
	f := &profileForm{t: t, page: t.plainPage(t.title(text.WizardChoose)), about: consentLabel("")}
	f.box = container.New(consentColumn{})
	f.bank = newChoice(nil, nil)
	f.choice = newChoice(nil, func(string) {
		if i := f.choice.SelectedIndex(); i >= 0 && i < len(t.state.Profiles) {
			f.chosen = t.state.Profiles[i].ID
			f.fill()
			t.refresh()
		}
	})
	f.choice.PlaceHolder = t.lang.T(text.PINChoose)
	f.password = newPassword(func() { f.page.submit() })
	var names []string
	for _, b := range t.state.Banks {
		names = append(names, payment.Visible(b.Name))
	}
	f.bank.SetOptions(distinct(names))
	if t.state.Bank >= 0 && t.state.Bank < len(names) {
		f.bank.SetSelectedIndex(t.state.Bank)
	}
	f.bank.OnChanged = func(string) { f.fill(); t.refresh() }
	f.missing = newButton(t.lang.T(text.WizardMiss), nil, func() { t.do(agent.WizardAction{Kind: agent.WizardMiss}) })
	p := f.page
	p.instead = newButton(t.lang.T(text.TrayToken), nil, func() { t.do(agent.WizardAction{Kind: agent.WizardTokenPanel}) })
	if t.state.Origin != "" { // the site that asks, as it is shown before a signature
		site := consentSite(t.lang, agent.ConsentQuestion{Origin: t.state.Origin})
		p.content = append([]fyne.CanvasObject{site, consentLabel(t.lang.T(text.WizardAsks))}, p.content...)
	}
	p.content = append(p.content, f.box)
	p.inputs = []fyne.Disableable{f.bank, f.choice, f.password, f.missing, p.instead}
	p.closing(t.lang.T(text.Cancel), t.leave)
	p.next(t.lang.T(text.OK), f.submit)
	p.ready = f.ready
	p.follow = f.follow
	f.offer()
	return p
}

// follow takes in the tokens that are there now.
func (f *profileForm) follow() {
	before := f.page.first
	f.offer()
	if f.page.first != before {
		f.page.work(f.t.doing != "") // what cannot be pressed yet takes no focus
		f.t.focus(f.page.first)
	}
}

// first is where the focus begins: at what a person does next here.
func (f *profileForm) first() fyne.Focusable {
	cancel, ok := f.page.buttons[0], f.page.buttons[1]
	switch p, _ := f.profile(); {
	case !f.ready():
		return cancel
	case p.PINPad:
		return ok
	}
	return f.password
}

// offer shows the profiles and keeps the one that was chosen while it is there.
func (f *profileForm) offer() {
	all := f.t.state.Profiles
	if !slices.ContainsFunc(all, func(p agent.Profile) bool { return p.ID == f.chosen }) && len(all) > 0 {
		f.chosen = all[max(0, slices.IndexFunc(all, func(p agent.Profile) bool { return p.Preferred }))].ID
	}
	var names []string
	for _, p := range all {
		names = append(names, payment.Visible(p.Name))
	}
	changed := f.choice.OnChanged
	f.choice.OnChanged = nil
	f.choice.SetOptions(distinct(names))
	f.choice.SetSelectedIndex(slices.IndexFunc(all, func(p agent.Profile) bool { return p.ID == f.chosen }))
	f.choice.OnChanged = changed
	f.fill()
}

// profile is the chosen one.
func (f *profileForm) profile() (agent.Profile, bool) {
	i := slices.IndexFunc(f.t.state.Profiles, func(p agent.Profile) bool { return p.ID == f.chosen })
	if i < 0 {
		return agent.Profile{}, false
	}
	return f.t.state.Profiles[i], true
}

// fill shows what belongs to the state and the choice.
func (f *profileForm) fill() {
	s, l := f.t.state, f.t.lang
	f.box.RemoveAll()
	if s.Resumed {
		f.box.Add(consentLabel(l.T(text.WizardResumed)))
	}
	p, there := f.profile()
	if there {
		f.box.Add(f.form(p))
	}
	f.box.Add(f.refusal(there))
	if there && s.Refusal == "" {
		if s := f.describe(p); s != "" {
			f.about.SetText(s)
			f.box.Add(f.about)
		}
		f.box.Add(f.warnings(p))
	}
	close := text.Cancel
	if s.Resumed {
		close = text.WizardLater
	}
	if f.t.stopped() != nil { // the token went while the registration was at work
		close = text.WizardLater
		goOn := text.WizardGoOnToken
		if there && s.Refusal == "" {
			goOn = text.WizardGoOnUnlock
		}
		for _, o := range f.t.advice(goOn) {
			f.box.Add(o)
		}
	}
	f.page.buttons[0].SetText(l.T(close))
	f.page.first = f.first()
}

// form has the fields.
func (f *profileForm) form(p agent.Profile) fyne.CanvasObject {
	s, l := f.t.state, f.t.lang
	form := container.New(consentForm{})
	if n := len(s.Banks); n > 0 {
		i := max(0, f.bank.SelectedIndex())
		bank := fyne.CanvasObject(f.bank)
		if n == 1 {
			bank = consentLabel(payment.Visible(s.Banks[0].Name))
		}
		form.Add(widget.NewLabel(l.T(text.WizardBank)))
		form.Add(bank)
		if host := s.Banks[min(i, n-1)].Host; host != "" {
			form.Add(widget.NewLabel(""))
			form.Add(note(l.T(text.WizardHost, payment.Visible(host))))
		}
	}
	form.Add(widget.NewLabel(l.T(text.Profile)))
	form.Add(f.choice)
	if s.Refusal == "" && !p.PINPad {
		form.Add(widget.NewLabel(l.T(text.Password)))
		form.Add(f.password)
	}
	return form
}

// note is a smaller remark below an entry.
func note(s string) *widget.Label {
	label := consentLabel(s)
	label.Importance = widget.LowImportance
	return label
}

// refusal says what keeps the registration from going on with these tokens.
func (f *profileForm) refusal(there bool) fyne.CanvasObject {
	s, l := f.t.state, f.t.lang
	column := container.New(consentColumn{})
	switch name := s.Refusal; {
	case name == "" && there:
		return column
	case name == "" || name == agent.ErrorName(agent.ErrNoToken):
		column.Add(consentBold(l.T(text.TokenConnect), theme.SizeNameText))
		column.Add(consentLabel(l.T(text.TokenLooks)))
	case name == agent.ErrorName(agent.ErrOtherToken):
		column.Add(consentWarnings([]string{l.T(text.WizardOther, s.Other.Serial)}))
	default:
		sentence, hint := l.ErrorNamed(name)
		column.Add(consentWarnings([]string{sentence + " " + hint}))
	}
	switch s.Refusal {
	case "", agent.ErrorName(agent.ErrNoToken), agent.ErrorName(agent.ErrManyTokens): // what to do is to be done at the computer
	case agent.ErrorName(agent.ErrOtherToken):
		column.Add(container.NewHBox(f.missing))
	default: // a token to be formatted, or a driver to be installed
		column.Add(container.NewHBox(f.page.instead))
	}
	column.Add(consentLabel(l.T(text.WizardGoesOn)))
	column.Add(widget.NewProgressBarInfinite())
	return column
}

// describe says what there is to know of a profile.
func (f *profileForm) describe(p agent.Profile) string {
	l := f.t.lang
	if p.Locked { // which the warnings are about: there is no way on
		return ""
	}
	var s string
	refused := errors.Is(f.t.failed, agent.ErrNotEmpty) || errors.Is(f.t.failed, agent.ErrOtherBank)
	if p.Empty && !f.t.state.Resumed && !refused {
		s = l.T(text.WizardEmpty) + " "
	}
	switch {
	case p.PINPad:
		s += l.T(text.PINDevice)
	case f.t.state.PasswordChosen:
		s += l.T(text.WizardChosen)
	case !f.t.state.PasswordUnsure: // which the warnings are about
		s += l.T(text.WizardDefault)
	}
	return s
}

// warnings are about the password.
func (f *profileForm) warnings(p agent.Profile) fyne.CanvasObject {
	l := f.t.lang
	var all []string
	if f.t.state.PasswordUnsure {
		all = append(all, l.T(text.WizardUnsure))
	}
	switch tries := l.Tries(p.Retries); {
	case p.Locked:
		sentence, hint := l.Error(agent.ErrPINLocked)
		all = append(all, sentence+" "+hint)
	case tries != "" && f.t.failed == nil: // a wrong password tells them itself
		all = append(all, tries)
	}
	return consentWarnings(all)
}

func (f *profileForm) ready() bool {
	p, there := f.profile()
	return there && f.t.state.Refusal == "" && !p.Locked
}

func (f *profileForm) submit() {
	p, _ := f.profile()
	a := agent.WizardAction{Kind: agent.WizardUnlock, Bank: max(0, f.bank.SelectedIndex()), Token: p.ID.Token}
	if !p.PINPad {
		if f.password.Text == "" {
			f.t.focus(f.password)
			return
		}
		a.Old = take(f.password)
	}
	f.t.do(a)
}
