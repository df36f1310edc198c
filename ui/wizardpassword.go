package ui

import (
	"unicode/utf8"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"qoltanba/agent"
	"qoltanba/agent/payment"
	"qoltanba/ui/text"
)

// passwordForm is the page with the token's name and its new password.
type passwordForm struct {
	t             *wizardWindow
	page          *wizardPage
	name          *line
	nameNote      *widget.Label
	fresh, repeat *password // nil for a token with a PIN pad
}

func (t *wizardWindow) passwordPage() *wizardPage {
	l, token := t.lang, t.state.Token
	f := &passwordForm{t: t, page: t.plainPage(t.title(text.WizardPasswordTitle))}
	p := f.page
	p.number = 3
	p.submit = func() {}
	form := container.New(consentForm{})
	row := func(k text.Key, o fyne.CanvasObject) {
		form.Add(widget.NewLabel(l.T(k)))
		form.Add(o)
	}
	f.nameNote = note("")
	f.name = newLine(func(string) { f.rule() }, func() { f.follow(f.fresh) })
	row(text.WizardName, f.name)
	form.Add(widget.NewLabel(""))
	form.Add(f.nameNote)
	p.content = append(p.content, form)
	p.first = f.name
	p.inputs = []fyne.Disableable{f.name}
	if token.PINPad {
		p.content = append(p.content, consentLabel(l.T(text.WizardNewOnDevice)), consentLabel(l.T(text.WizardPasswordFor)))
	} else {
		rules := newHints(l)
		rules.limit(token.MinPIN, token.MaxPIN, "")
		f.fresh = newPassword(func() { f.follow(f.repeat) })
		f.fresh.OnChanged = func(s string) {
			rules.show(s)
			t.fit()
		}
		f.repeat = newPassword(func() { p.submit() })
		row(text.WizardPassword, f.fresh)
		row(text.WizardConfirmation, f.repeat)
		p.content = append(p.content, consentLabel(l.T(text.WizardPasswordFor)), rules.content)
		p.inputs = append(p.inputs, f.fresh, f.repeat)
	}
	p.back(t)
	next := p.next(l.T(text.WizardNext), f.submit)
	p.follow = func() {}
	f.name.SetText(t.state.Name)
	f.rule()
	if t.state.Fixed {
		f.name.Disable()
		p.inputs = p.inputs[1:]
		p.first = next
		if f.fresh != nil {
			p.first = f.fresh
		}
	}
	return p
}

// follow goes to the next entry, or on from the last.
func (f *passwordForm) follow(next *password) {
	if next == nil {
		f.page.submit()
		return
	}
	f.t.focus(next)
}

// rule says what a name may hold, and while one is typed what is wrong with it.
func (f *passwordForm) rule() {
	l := f.t.lang
	f.nameNote.Importance = widget.LowImportance
	wrong := nameProblem(l, f.name.Text)
	switch {
	case f.t.state.Fixed:
		f.nameNote.SetText(l.T(text.WizardNameFixed))
	case wrong != "" && f.name.Text != "":
		f.nameNote.Importance = widget.DangerImportance
		f.nameNote.SetText(wrong)
	default:
		f.nameNote.SetText(l.T(text.WizardNameRule, agent.MaxLabel))
	}
	f.nameNote.Refresh()
	f.t.fit()
}

// nameProblem says why a Token Name is refused, "" when it is not.
func nameProblem(l text.Lang, name string) string {
	if agent.CheckTokenName(name) == nil {
		return ""
	}
	for _, r := range name {
		if !latinName(r) {
			return l.T(text.WizardNameSign, visibleRune(r))
		}
	}
	if len(name) > agent.MaxLabel {
		return l.T(text.WizardNameLong, agent.MaxLabel)
	}
	return l.T(text.WizardNameEmpty)
}

func latinName(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_' || r == ' '
}

func visibleRune(r rune) string { return payment.Visible(string(utf8.AppendRune(nil, r))) }

func (f *passwordForm) submit() {
	l := f.t.lang
	if wrong := nameProblem(l, f.name.Text); wrong != "" && !f.t.state.Fixed {
		f.t.tell(wrong, f.name)
		return
	}
	a := agent.WizardAction{Kind: agent.WizardChoose, Name: f.name.Text}
	if f.fresh != nil {
		token := f.t.state.Token
		switch met := agent.PasswordMet(agent.CheckPassword([]byte(f.fresh.Text), token.MinPIN, token.MaxPIN)); {
		case f.fresh.Text == "":
			f.t.tell(l.T(text.WizardFill), f.fresh)
			return
		case !met:
			sentence, hint := l.Error(agent.ErrPINRule)
			f.t.tell(sentence+" "+hint, f.fresh)
			return
		case f.repeat.Text == "":
			f.t.tell(l.T(text.WizardFill), f.repeat)
			return
		case f.repeat.Text != f.fresh.Text:
			f.t.tell(l.T(text.WizardDiffers), f.repeat)
			return
		}
		f.repeat.SetText("")
		a.New = take(f.fresh) // empties the rules too
	}
	f.t.do(a)
}
