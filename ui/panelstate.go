package ui

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"qoltanba/agent"
	"qoltanba/ui/text"
)

// status says in one line how the token is, and below it what is wrong and what to do,
// if anything. Who has no profile yet is sent to the wizard first of all.
func (p *panelPage) status() fyne.CanvasObject {
	l, s := p.lang, p.state.Status
	key, ok := map[agent.TokenState]text.Key{
		agent.TokenLocked:   text.StatusLocked,
		agent.TokenUnlocked: text.StatusUnlocked,
		agent.TokenBlocked:  text.StatusBlocked,
	}[s.Token]
	if !ok {
		key = text.StatusAbsent
	}
	state := consentBold(l.T(key), theme.SizeNameHeadingText)
	switch s.Token {
	case agent.TokenUnlocked:
		state.Importance = widget.SuccessImportance
	case agent.TokenBlocked:
		state.Importance = widget.DangerImportance
	}
	status := container.New(consentColumn{}, state)
	if s.Busy {
		status.Add(consentLabel(l.T(text.TrayBusy)))
	}
	if len(s.Sessions) > 0 {
		status.Add(consentLabel(l.T(text.StatusSessions, strings.Join(s.Sessions, ", "))))
	}
	if s.Problem != "" {
		sentence, hint := l.ErrorNamed(s.Problem)
		status.Add(consentWarnings([]string{sentence}))
		status.Add(consentLabel(hint))
	}
	if s.NeedsProfile() {
		next := text.PanelCreate
		if s.Unfinished {
			next = text.PanelContinue
		}
		wizard := p.wizard()
		wizard.Importance = widget.HighImportance
		beside := panelBeside(consentBold(l.T(next), theme.SizeNameText), wizard)
		status.Add(container.New(layout.NewCustomPaddedLayout(0, theme.Padding(), 0, 0), beside))
	}
	return status
}

// wizard opens the Profile Creation Wizard.
func (p *panelPage) wizard() *button {
	return p.button(p.lang.Wizard(p.state.Status), theme.ContentAddIcon(), panelWizard)
}

// profiles lists the keys, or says how to get one.
func (p *panelPage) profiles() fyne.CanvasObject {
	column := container.New(consentColumn{})
	s := p.state.Status
	switch {
	case len(s.Profiles) > 0:
	case s.Token == agent.TokenAbsent || s.Token == "":
		column.Add(consentLabel(p.lang.T(text.TokenConnect) + ". " + p.lang.T(text.TokenLooks)))
	default:
		column.Add(consentLabel(p.lang.T(text.TrayEmpty)))
	}
	for _, profile := range s.Profiles {
		column.Add(p.profile(profile))
	}
	return column
}

// profile shows a profile: its state, how long its certificate is valid, and beside that
// the way to renew it.
func (p *panelPage) profile(of agent.Profile) fyne.CanvasObject {
	l := p.lang
	name := consentBold(of.Name, theme.SizeNameText)
	add := func(is bool, state text.Key, importance widget.Importance) {
		if is {
			name.Text += " — " + l.T(state)
			name.Importance = importance
		}
	}
	add(of.Unlocked, text.TrayUnlocked, widget.SuccessImportance)
	add(of.Locked, text.ProfileLocked, widget.WarningImportance)
	add(of.Expired, text.ProfileExpired, widget.WarningImportance)
	add(of.Empty, text.ProfileEmpty, widget.WarningImportance)
	add(of.PINDefault && !of.Locked, text.ProfileDefault, widget.WarningImportance)
	column := container.New(consentColumn{}, name)
	due := of.DaysLeft <= agent.RenewalDue
	if of.Subject != "" {
		details := consentLabel(l.Details(of.Subject, of.NotAfter))
		column.Add(details)
		switch left := l.N(text.PanelDaysLeft, of.DaysLeft); {
		case of.NotAfter == "" || of.Expired:
		case !due:
			details.Text += " " + left
		case !of.Renewable: // else its button tells
			column.Add(consentWarnings([]string{left}))
		}
	}
	if !of.Renewable {
		return column
	}
	renew := p.button(l.Renewal(of), theme.ViewRefreshIcon(), agent.PanelAction{Kind: agent.PanelRenew, Profile: of.ID})
	if due {
		renew.Importance = widget.HighImportance
	}
	if p.state.Status.Asking {
		renew.Disable()
	}
	return panelBeside(column, renew)
}

// panelBeside puts a button to the right of what it is for, as high as a button is.
func panelBeside(what fyne.CanvasObject, b *button) fyne.CanvasObject {
	return container.NewBorder(nil, nil, nil, container.NewVBox(b), what)
}
