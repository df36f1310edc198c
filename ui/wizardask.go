package ui

import (
	"cmp"

	"fyne.io/fyne/v2/theme"

	"qoltanba/agent"
	"qoltanba/agent/payment"
	"qoltanba/ui/text"
)

// agree goes on from a page without entries.
func (t *wizardWindow) agree() { t.do(agent.WizardAction{Kind: agent.WizardAgree}) }

// resumePage offers to continue a registration.
func (t *wizardWindow) resumePage() *wizardPage {
	l := t.lang
	sentence, hint := l.Error(agent.ErrUnfinished)
	p := t.plainPage(t.title(text.WizardUnfinished))
	if name := t.tokenName(); name != "" {
		p.content = append(p.content, consentBold(name, theme.SizeNameSubHeadingText))
	}
	p.content = append(p.content, consentLabel(l.T(text.WizardNotLost)), consentWarnings([]string{sentence + " " + hint}))
	p.closing(l.T(text.WizardLater), t.leave)
	p.first = p.next(l.T(text.WizardContinue), t.agree)
	return p
}

// tokenName names the token that the wizard is about, as far as it is known.
func (t *wizardWindow) tokenName() string {
	if t.state.Token.Name == "" && len(t.state.Profiles) == 1 {
		return payment.Visible(t.state.Profiles[0].Name)
	}
	return payment.Visible(t.state.Token.Name)
}

// restartPage says that the key is gone. Nothing is pressed by a Return too many.
func (t *wizardWindow) restartPage() *wizardPage {
	p := t.plainPage(t.title(text.WizardKeyGone), consentWarnings([]string{t.lang.T(text.WizardAnew)}))
	p.first = p.closing(t.lang.T(text.Cancel), t.leave)
	p.button(t.lang.T(text.WizardRestart), t.agree)
	return p
}

// confirmPage asks whether a profile shall be created.
func (t *wizardWindow) confirmPage() *wizardPage {
	p := t.plainPage(t.title(text.WizardCreate), consentBold(t.tokenName(), theme.SizeNameSubHeadingText), consentLabel(t.lang.T(text.WizardOnThis)))
	p.back(t)
	p.buttons[0].SetText(t.lang.T(text.Cancel))
	p.first = p.next(t.lang.T(text.OK), t.agree)
	return p
}

// welcomePage says what is needed.
func (t *wizardWindow) welcomePage() *wizardPage {
	l := t.lang
	p := t.plainPage(t.title(text.WizardWelcome), consentLabel(l.T(text.WizardHelps)), consentBold(l.T(text.WizardHave), theme.SizeNameText))
	for _, k := range []text.Key{text.WizardHaveID, text.WizardHavePIN, text.WizardHaveFile} {
		p.content = append(p.content, marked(theme.NewPrimaryThemedResource(theme.ConfirmIcon()), consentLabel(l.T(k))))
	}
	p.content = append(p.content, consentLabel(l.T(text.WizardMinutes)))
	p.number = 1
	p.closing(l.T(text.Help), func() { t.put(t.helpPage()) }).SetIcon(theme.HelpIcon())
	p.closing(l.T(text.Cancel), t.leave)
	p.first = p.next(l.T(text.WizardNext), t.agree)
	return p
}

// donePage says that the profile was created.
func (t *wizardWindow) donePage() *wizardPage {
	p := t.plainPage(
		marked(theme.NewSuccessThemedResource(theme.ConfirmIcon()), t.title(text.WizardDone)))
	if name := t.createdName(); name != "" {
		p.content = append(p.content, consentBold(name, theme.SizeNameSubHeadingText))
	}
	if c := t.state.Created(); c.NotAfter != "" { // the period as the bank has issued it
		p.content = append(p.content, consentLabel(t.lang.Details(payment.Visible(c.Subject), c.NotAfter)))
	}
	login := text.WizardLogIn
	if t.state.Origin == "" {
		login = text.WizardLogInLater
	}
	p.content = append(p.content, consentLabel(t.lang.T(login)))
	p.first = p.next(t.lang.T(text.WizardFinish), func() { t.do(agent.WizardAction{Kind: agent.WizardFinish}) })
	return p
}

// createdName is the name of the new profile as it will be offered, as far as the
// token was read anew, else the name that was chosen.
func (t *wizardWindow) createdName() string {
	return payment.Visible(cmp.Or(t.state.Created().Name, t.state.Name))
}

// leavingPage asks whether the window shall close in the middle of the work.
func (t *wizardWindow) leavingPage() *wizardPage {
	p := t.plainPage(t.title(text.WizardLeaving), consentWarnings([]string{t.lang.T(text.WizardKept)}))
	p.escape = func() { t.put(nil) }
	p.first = p.closing(t.lang.T(text.WizardStay), p.escape)
	p.closing(t.lang.T(text.WizardLeave), func() { t.d.end(agent.ErrDenied) })
	return p
}
