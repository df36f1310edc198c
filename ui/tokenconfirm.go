package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"

	"qoltanba/agent"
	"qoltanba/ui/text"
)

// confirmation asks once more before something that cannot be taken back.
type confirmation struct {
	title    string
	warnings []string
	named    []string // warnings that are never scrolled out of sight by those before them
	label    string   // of the button that agrees
	agreed   func()
	secret   *agent.Secret // wiped when the person goes back
}

func (t *tokenWindow) confirm(c confirmation) {
	t.turn(pageConfirm)
	t.ask = c
	t.draw()
}

// drop forgets what was to be confirmed.
func (t *tokenWindow) drop() {
	t.ask.secret.Wipe()
	t.ask = confirmation{}
}

func (t *tokenWindow) confirmContent() fyne.CanvasObject {
	column := container.New(consentColumn{},
		consentBold(t.view().Name, theme.SizeNameHeadingText), consentBold(t.ask.title, theme.SizeNameSubHeadingText))
	column.Add(consentWarnings(t.ask.warnings))
	for _, w := range t.ask.named {
		column.Add(consentWarnings([]string{w}))
	}
	return column
}

func (t *tokenWindow) confirmDelete(o agent.Object, name string) {
	t.confirm(confirmation{
		title: t.lang.T(text.DeleteAsk, name), label: t.lang.T(text.DeleteConfirm),
		agreed: func() {
			t.page = agent.PageCertificate
			t.do(agent.TokenAction{Kind: agent.TokenDelete, Object: &o})
		},
	})
}

// confirmFormat is the separate confirmation of formatting. The PIN that a blank
// token's form asked for goes along, and is wiped when the person goes back.
func (t *tokenWindow) confirmFormat(a agent.TokenAction) {
	l := t.lang
	var named []string
	warnings := []string{l.T(text.FormatWarning)}
	if v := t.view(); !v.Checked && v.Content != agent.ContentBlank {
		warnings = append(warnings, l.T(text.FormatUnseen))
	}
	for _, c := range t.view().Losing {
		warnings = append(warnings, l.T(text.FormatLosing, c.Subject, c.Issuer, l.Date(c.NotAfter)))
	}
	for _, g := range t.view().Generators {
		named = append(named, l.Losing(g))
	}
	t.confirm(confirmation{
		title: l.T(text.FormatTitle), warnings: warnings, named: named, label: l.T(text.FormatConfirm), secret: a.Old,
		agreed: func() { t.do(a) },
	})
}
