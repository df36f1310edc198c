package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"qoltanba/agent"
	"qoltanba/ui/text"
)

// hints is the list of rules for a new password, each with a mark that shows
// whether what was typed so far meets it.
type hints struct {
	lang        text.Lang
	least, most int // characters that the token takes
	rows        *fyne.Container
	content     fyne.CanvasObject
}

func newHints(l text.Lang) *hints {
	h := &hints{lang: l, rows: container.New(consentColumn{})}
	h.content = container.New(consentColumn{}, consentLabel(l.T(text.RuleIntro)), h.rows)
	h.show("")
	return h
}

// limit sets what the token itself takes.
func (h *hints) limit(least, most int, typed string) {
	h.least, h.most = least, most
	h.show(typed)
}

// show holds what was typed against the rules.
func (h *hints) show(typed string) {
	h.rows.RemoveAll()
	for _, c := range agent.CheckPassword([]byte(typed), h.least, h.most) {
		icon, importance := fyne.Resource(theme.RadioButtonIcon()), widget.MediumImportance
		switch {
		case c.Met:
			icon, importance = theme.NewSuccessThemedResource(theme.ConfirmIcon()), widget.SuccessImportance
		case typed != "":
			icon, importance = theme.NewErrorThemedResource(theme.CancelIcon()), widget.DangerImportance
		}
		rule := consentLabel(h.lang.PasswordRule(c))
		rule.Importance = importance
		h.rows.Add(marked(icon, rule))
	}
}
