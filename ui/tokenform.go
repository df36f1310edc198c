package ui

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"qoltanba/agent"
	"qoltanba/ui/text"
)

// tokenForm is a page of the token panel with entries. What was typed stays while
// the page does; passwords are emptied with each try. It is used on Fyne's
// goroutine alone.
type tokenForm struct {
	lang    text.Lang
	content fyne.CanvasObject
	ok      *button
	send    func() // what OK does once the entries are filled in

	box     *fyne.Container
	fields  *fyne.Container // captions and entries that follow each other in box
	entries []fyne.Focusable
	needed  []*password // that may not be empty
	hints   *hints
	said    func(string) // shows why the last try failed
	focus   func(fyne.Focusable)
}

func (t *tokenWindow) newForm() *tokenForm {
	f := &tokenForm{lang: t.lang, box: container.New(consentColumn{}),
		said:  func(s string) { t.said, t.failed = s, true; t.top.Objects = t.notices(); t.d.win.Content().Refresh() },
		focus: func(o fyne.Focusable) { t.d.win.Canvas().Focus(o) }}
	f.ok = newButton(t.lang.T(text.OK), nil, f.submit)
	f.ok.Importance = widget.HighImportance
	v := t.view()
	title := func(k text.Key) {
		f.box.Add(consentBold(v.Name, theme.SizeNameHeadingText))
		f.box.Add(consentBold(strings.TrimSuffix(t.lang.T(k), "…"), theme.SizeNameSubHeadingText))
	}
	switch t.page {
	case pagePIN:
		title(text.TokenEnterPIN)
		t.pinForm(f, v)
	case pageChangePIN:
		title(text.TokenChangePIN)
		t.changeForm(f, v, agent.TokenChangePIN, text.ChangeOld, v.UserChecked)
	case pageChangeAdmin:
		title(text.TokenChangeAdmin)
		t.changeForm(f, v, agent.TokenChangeAdminPIN, text.CLIAdminPIN, v.AdminChecked)
	case agent.PageUnblock:
		title(text.TokenUnblock)
		t.changeForm(f, v, agent.TokenUnblock, text.CLIAdminPIN, v.AdminChecked)
	case agent.PageFormat:
		title(text.FormatTitle)
		t.formatForm(f, v)
	}
	f.content = f.box
	return f
}

// first is where the focus begins.
func (f *tokenForm) first() fyne.Focusable {
	if len(f.entries) == 0 {
		return f.ok
	}
	return f.entries[0]
}

// row adds an entry under its caption.
func (f *tokenForm) row(caption string, entry fyne.CanvasObject) {
	if f.fields == nil {
		f.fields = container.New(consentForm{})
		f.box.Add(f.fields)
	}
	f.fields.Add(widget.NewLabel(caption))
	f.fields.Add(entry)
	if o, ok := entry.(fyne.Focusable); ok {
		f.entries = append(f.entries, o)
	}
}

// note adds a sentence, after which a row begins anew.
func (f *tokenForm) note(o fyne.CanvasObject) {
	f.fields = nil
	f.box.Add(o)
}

// password adds an entry for a PIN. Return goes on to the next entry, and from the
// last to OK.
func (f *tokenForm) password(caption string) *password {
	at := len(f.entries)
	p := newPassword(func() {
		if at+1 < len(f.entries) {
			f.focus(f.entries[at+1])
			return
		}
		f.submit()
	})
	f.row(caption, p)
	f.needed = append(f.needed, p)
	return p
}

// submit does what the form is for once every entry is filled in.
func (f *tokenForm) submit() {
	if f.ok.Disabled() {
		return
	}
	for _, p := range f.needed {
		if p.Text == "" && !p.Disabled() {
			f.focus(p)
			return
		}
	}
	f.send()
}

// take reads a password entry and empties it. What Fyne has kept of it as Go
// strings cannot be wiped. A nil entry is an empty PIN.
func take(p *password) *agent.Secret {
	if p == nil {
		return nil
	}
	s := agent.NewSecret([]byte(p.Text))
	p.SetText("")
	return s
}

// tell says why the last try failed.
func (f *tokenForm) tell(s string) {
	f.said(s)
	f.focus(f.first())
}

// working shows that the token is at work.
func (f *tokenForm) working(on bool) {
	if on {
		f.ok.Disable()
	} else {
		f.ok.Enable()
	}
	for _, e := range f.entries {
		if d, ok := e.(fyne.Disableable); ok && on {
			d.Disable()
		} else if ok {
			d.Enable()
		}
	}
}

// follow takes in what the token tells anew.
func (f *tokenForm) follow(v agent.TokenView) {
	if f.hints != nil {
		f.hints.limit(v.Info.MinPIN, v.Info.MaxPIN, f.needed[len(f.needed)-2].Text)
	}
}

// pad says that PINs are entered on the device itself.
func (f *tokenForm) pad() { f.note(consentLabel(f.lang.T(text.PINDevice))) }

// pinForm asks for the role and the PIN.
func (t *tokenWindow) pinForm(f *tokenForm, v agent.TokenView) {
	role := newChoice([]string{t.lang.T(text.TokenUser), t.lang.T(text.TokenAdmin)}, nil)
	role.SetSelectedIndex(t.role)
	role.OnChanged = func(string) { t.role = role.SelectedIndex() }
	f.row(t.lang.T(text.TokenRole), role)
	var pin *password
	if v.Info.PINPad {
		f.pad()
	} else {
		pin = f.password(t.lang.T(text.TokenPIN))
		f.entries[0], f.entries[1] = f.entries[1], f.entries[0] // the focus begins in the PIN
	}
	f.note(consentLabel(t.lang.T(text.TokenRoles)))
	f.send = func() {
		kind := agent.TokenEnterPIN
		if t.role == 1 {
			kind = agent.TokenEnterAdminPIN
		}
		t.do(agent.TokenAction{Kind: kind, Old: take(pin)})
	}
}

// changeForm asks for the PIN that allows it, unless the panel holds it, and twice
// for the new one.
func (t *tokenWindow) changeForm(f *tokenForm, v agent.TokenView, kind agent.TokenActionKind, old text.Key, held bool) {
	if v.Info.PINPad {
		f.pad()
		f.send = func() { t.do(agent.TokenAction{Kind: kind}) }
		return
	}
	var before *password
	if !held {
		before = f.password(t.lang.T(old))
	}
	caption := text.ChangeNew
	if kind == agent.TokenChangeAdminPIN {
		caption = text.CLINewAdminPIN
	}
	fresh := f.password(t.lang.T(caption))
	repeat := f.password(t.lang.T(text.ChangeRepeat))
	if kind != agent.TokenChangeAdminPIN {
		f.hints = newHints(t.lang)
		f.hints.limit(v.Info.MinPIN, v.Info.MaxPIN, "")
		fresh.OnChanged = f.hints.show
		f.note(f.hints.content)
	}
	f.send = func() {
		if fresh.Text != repeat.Text {
			f.tell(t.lang.T(text.ChangeMismatch))
			f.focus(fresh)
			return
		}
		if f.hints != nil && !agent.PasswordMet(agent.CheckPassword([]byte(fresh.Text), v.Info.MinPIN, v.Info.MaxPIN)) {
			sentence, hint := t.lang.Error(agent.ErrPINRule)
			f.tell(sentence + " " + hint)
			f.focus(fresh)
			return
		}
		repeat.SetText("")
		typed := take(fresh) // empties the hints too
		t.do(agent.TokenAction{Kind: kind, Old: take(before), New: typed})
	}
}

// formatForm asks for the token's name, and for a token with a profile for its name
// typed in.
func (t *tokenWindow) formatForm(f *tokenForm, v agent.TokenView) {
	l := t.lang
	f.ok.SetText(l.T(text.FormatStart))
	count := consentLabel(l.T(text.FormatBytes, 0, agent.MaxLabel))
	name := newLine(func(s string) {
		count.SetText(l.T(text.FormatBytes, len(s), agent.MaxLabel))
		count.Importance = widget.MediumImportance
		if agent.CheckLabel(s) != nil {
			count.Importance = widget.DangerImportance
		}
		count.Refresh()
	}, f.submit)
	f.row(l.T(text.FormatName), name)
	f.note(count)
	by := widget.NewRadioGroup([]string{l.T(text.FormatByUser), l.T(text.FormatByAdmin), l.T(text.FormatByBoth)}, nil)
	by.SetSelected(l.T(text.FormatByUser))
	by.Required = true
	by.Disable() // no PKCS#11 module can be told
	f.note(consentBold(l.T(text.FormatBy), theme.SizeNameText))
	f.box.Add(by)
	f.box.Add(consentLabel(l.T(text.FormatPolicy)))
	var admin, repeat *password
	if !v.AdminChecked && !v.Info.PINPad {
		admin = f.password(l.T(text.CLIAdminPIN))
		if v.Content == agent.ContentBlank { // it takes any, which is its PIN from then on
			repeat = f.password(l.T(text.ChangeRepeat))
		}
	}
	for _, g := range v.Generators {
		f.note(consentWarnings([]string{l.Losing(g)}))
	}
	var typed *line
	again := v.Refusal == agent.ErrorName(agent.ErrRegistered)
	if again {
		sentence, hint := l.Error(agent.ErrRegistered)
		f.box.Add(consentWarnings([]string{sentence + " " + hint, l.T(text.FormatAgain)}))
		for _, c := range v.Losing {
			f.box.Add(consentLabel(l.T(text.FormatLosing, c.Subject, c.Issuer, l.Date(c.NotAfter))))
		}
		typed = newLine(nil, f.submit)
		f.row(l.T(text.FormatType, v.Confirm), typed)
	}
	f.send = func() {
		a := agent.TokenAction{Kind: agent.TokenFormat, Label: name.Text, Reregister: again}
		if err := agent.CheckLabel(a.Label); err != nil {
			sentence, hint := l.Error(err)
			f.tell(sentence + " " + hint)
			return
		}
		if again {
			if a.Confirm = typed.Text; a.Confirm != v.Confirm {
				sentence, hint := l.Error(agent.ErrConfirmation)
				f.tell(sentence + " " + hint)
				f.focus(typed)
				return
			}
		}
		if repeat != nil && repeat.Text != admin.Text {
			f.tell(l.T(text.ChangeMismatch))
			return
		}
		take(repeat).Wipe()
		a.Old = take(admin)
		t.confirmFormat(a)
	}
}
