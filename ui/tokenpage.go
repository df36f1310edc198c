package ui

import (
	"cmp"
	"errors"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"qoltanba/agent"
	"qoltanba/agent/payment"
	"qoltanba/ui/text"
)

// tokenPage is the panel's first page: the token's state, and what can be done
// with it.
func (t *tokenWindow) tokenPage() (fyne.CanvasObject, fyne.Focusable, []fyne.CanvasObject) {
	l := t.lang
	drivers := newButton(l.T(text.TokenDrivers), theme.SettingsIcon(), func() { t.turn(agent.PageDriver) })
	if len(t.state.Tokens) == 0 {
		return tokenMissing(l), drivers, []fyne.CanvasObject{drivers}
	}
	v := t.view()
	column := container.New(consentColumn{})
	if len(t.state.Tokens) > 1 {
		column.Add(t.tokenChoice())
	}
	column.Add(tokenState(l, v))
	enter := newButton(l.T(text.TokenEnterPIN), theme.LoginIcon(), func() { t.turn(pagePIN) })
	page := func(k text.Key, p agent.TokenPage, works bool) *button {
		b := newButton(l.T(k), nil, func() { t.turn(p) })
		if !works || t.busy {
			b.Disable()
		}
		return b
	}
	initialized := v.Info.Initialized
	enter.Importance = widget.HighImportance
	if t.busy || !initialized {
		enter.Disable()
	}
	lock := newButton(l.T(text.TokenLock), nil, func() { t.do(agent.TokenAction{Kind: agent.TokenLock}) })
	if t.busy || !v.UserChecked && !v.AdminChecked && v.State != agent.TokenUnlocked {
		lock.Disable()
	}
	column.Add(container.NewGridWithColumns(2,
		enter, page(text.TokenFormat, agent.PageFormat, mayFormat(v)),
		page(text.TokenChangePIN, pageChangePIN, initialized && !v.Info.PINLocked && !v.Info.PINUnset),
		page(text.TokenUnblock, agent.PageUnblock, initialized && !v.Info.AdminPINLocked),
		page(text.TokenChangeAdmin, pageChangeAdmin, initialized && !v.Info.AdminPINLocked),
		page(text.TokenObjects, agent.PageCertificate, true),
		page(text.TokenDetails, pageDetails, v.Details != nil), lock))
	if !v.AdminChecked && v.Refusal == "" && initialized {
		column.Add(consentLabel(l.T(text.TokenAdminFirst)))
	}
	return column, enter, []fyne.CanvasObject{drivers}
}

// mayFormat tells whether the format page can be opened: after the administrator's
// PIN, and for a token with a profile only to name what will be lost. A token that
// was never formatted has no session to check a PIN in; its form asks for it.
func mayFormat(v agent.TokenView) bool {
	return (v.AdminChecked || v.Content == agent.ContentBlank) && (v.Refusal == "" || v.Refusal == agent.ErrorName(agent.ErrRegistered))
}

// tokenMissing asks for a token.
func tokenMissing(l text.Lang) fyne.CanvasObject {
	return container.New(consentColumn{},
		consentBold(l.T(text.TokenPlugIn), theme.SizeNameHeadingText),
		consentLabel(l.T(text.TokenLooks)), consentLabel(l.T(text.TokenWaiting)))
}

// tokenChoice lets the person choose among several tokens.
func (t *tokenWindow) tokenChoice() fyne.CanvasObject {
	var names []string
	at := 0
	for i, v := range t.state.Tokens {
		names = append(names, v.Name+" ("+payment.Visible(v.Info.ID.Serial)+")")
		if v.Info.ID == t.chosen {
			at = i
		}
	}
	c := newChoice(distinct(names), nil)
	c.SetSelectedIndex(at)
	c.OnChanged = func(string) {
		if i := c.SelectedIndex(); i >= 0 && i < len(t.state.Tokens) && t.state.Tokens[i].Info.ID != t.chosen {
			t.chosen = t.state.Tokens[i].Info.ID
			t.turn(agent.PageToken)
		}
	}
	return container.New(consentColumn{},
		consentWarnings([]string{t.lang.T(text.TokenOnlyOne)}),
		container.New(consentForm{}, widget.NewLabel(t.lang.T(text.TokenChoose)), c))
}

// tokenState says what a token is and holds, and what is wrong with it.
func tokenState(l text.Lang, v agent.TokenView) fyne.CanvasObject {
	column := container.New(consentColumn{}, consentBold(v.Name, theme.SizeNameHeadingText))
	content := l.Content(v.Content)
	if v.Content == agent.ContentEmpty && len(v.Generators) > 0 { // which are keys
		content = l.T(text.TokenNoProfile)
	}
	if !v.Checked && v.Content != agent.ContentBlank {
		content += " " + l.T(text.TokenSeen)
	}
	column.Add(consentLabel(content))
	for _, g := range v.Generators {
		column.Add(consentLabel(l.Keeps(g)))
	}
	column.Add(consentWarnings(tokenWarnings(l, v)))
	if refusal := agent.ErrorNamed(v.Refusal); refusal != nil && !errors.Is(refusal, agent.ErrManyTokens) { // which stands above
		sentence, hint := l.Error(refusal)
		label := consentLabel(sentence + " " + hint)
		label.Importance = widget.DangerImportance
		column.Add(label)
	}
	if v.Registration == "" && v.Content == agent.ContentEmpty {
		register := l.T(text.TokenRegister)
		if v.PINDefault && !v.Info.PINUnset {
			register += " " + l.T(text.TokenPINFresh)
		}
		column.Add(consentLabel(register))
	}
	return column
}

// tokenWarnings are the sentences about a token's PINs.
func tokenWarnings(l text.Lang, v agent.TokenView) []string {
	var all []string
	add := func(is bool, k text.Key) {
		if is {
			all = append(all, l.T(k))
		}
	}
	i := v.Info
	add(i.PINLocked, text.TokenPINLocked)
	add(i.PINFinal && !i.PINLocked, text.TokenPINLast)
	add(i.PINLow && !i.PINFinal && !i.PINLocked, text.TokenPINLow)
	add(i.PINUnset && i.Initialized, text.TokenPINUnset)
	add(v.PINDefault && !i.PINUnset && v.Content != agent.ContentEmpty, text.TokenPINDefault)
	add(i.AdminPINLocked, text.TokenAdminLocked)
	add(i.AdminPINFinal && !i.AdminPINLocked, text.TokenAdminLast)
	add(i.AdminPINLow && !i.AdminPINFinal && !i.AdminPINLocked, text.TokenAdminLow)
	add(v.AdminDefault, text.TokenAdminDefault)
	return all
}

// detailsContent shows what a support clerk asks for.
func detailsContent(l text.Lang, v agent.TokenView) fyne.CanvasObject {
	form := container.New(consentForm{})
	add := func(k text.Key, value string) {
		if value != "" {
			consentField(form, l.T(k), consentLabel(payment.Visible(value)))
		}
	}
	add(text.TokenMaker, v.Info.ID.Manufacturer)
	add(text.TokenModel, v.Info.Model)
	add(text.TokenSerial, v.Info.ID.Serial)
	if d := v.Details; d != nil {
		add(text.TokenVersions, d.Hardware+" / "+d.Firmware)
		add(text.TokenDriver, strings.Join([]string{d.Driver, d.Module}, "\u2002"))
		add(text.TokenCan, strings.Join(d.Mechanisms, ", "))
	}
	return container.New(consentColumn{}, consentBold(v.Name, theme.SizeNameHeadingText), form)
}

// objectsContent lists keys and certificates, with a button to delete what belongs
// to nothing.
func (t *tokenWindow) objectsContent() fyne.CanvasObject {
	l, v := t.lang, t.view()
	column := container.New(consentColumn{}, consentBold(v.Name+" — "+l.T(text.TokenObjects), theme.SizeNameSubHeadingText))
	if !v.Checked {
		column.Add(consentLabel(l.T(text.TokenSeen)))
	}
	if len(v.Objects) == 0 {
		column.Add(consentLabel(l.T(text.TokenNothing)))
	}
	for _, o := range v.Objects {
		name := objectName(l, o)
		label := consentLabel(name)
		var button fyne.CanvasObject
		if v.Orphan(o) {
			label.SetText(name + " — " + l.T(text.TokenOrphan))
			label.Importance = widget.WarningImportance
			remove := newButton(l.T(text.TokenDelete), theme.DeleteIcon(), func() { t.confirmDelete(o, name) })
			if t.busy || !v.UserChecked {
				remove.Disable()
			}
			button = remove
		}
		column.Add(container.NewBorder(nil, widget.NewSeparator(), nil, button, label))
	}
	return column
}

// objectName is one line about an object.
func objectName(l text.Lang, o agent.Object) string {
	parts := []string{l.Object(o.Kind)}
	if label := payment.Visible(o.Label); label != "" {
		parts = append(parts, label)
	}
	if o.Algorithm != "" {
		parts = append(parts, o.Algorithm)
	}
	if o.Kind == agent.ObjectCertificate {
		if c := agent.ReadCertificate(o.Certificate); c.NotAfter != "" {
			parts = append(parts, l.T(text.ProfileDetails, cmp.Or(c.Subject, "—"), l.Date(c.NotAfter)))
		}
	}
	return strings.Join(parts, " · ")
}
