package ui

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"qoltanba/agent"
	"qoltanba/agent/payment"
	"qoltanba/ui/text"
)

// missingPage sets the registration of a lost token aside, once its number was typed.
func (t *wizardWindow) missingPage() *wizardPage {
	l, other := t.lang, t.state.Other
	p := t.plainPage(t.title(text.WizardMissing))
	form := container.New(consentForm{})
	for _, row := range []struct {
		name  text.Key
		value string
	}{{text.WizardUserID, other.UserID}, {text.WizardBank, other.Bank}} {
		if value := payment.Visible(row.value); value != "" {
			consentField(form, strings.TrimSuffix(l.T(row.name), ":"), consentBreak(value))
		}
	}
	serial := newLine(nil, func() { p.submit() })
	p.content = append(p.content,
		consentLabel(l.T(text.WizardMissingBegun, other.Serial)), form,
		consentWarnings([]string{l.T(text.WizardMissingGone)}), consentLabel(l.T(text.WizardMissingBank)))
	p.content = append(p.content, t.support()...)
	p.content = append(p.content, consentBold(l.T(text.WizardMissingSerial), theme.SizeNameText), container.NewPadded(serial)) // in which its border is whole
	p.first = serial
	p.inputs = []fyne.Disableable{serial}
	p.follow = func() {}
	p.back(t)
	p.next(l.T(text.WizardSetAside), func() {
		if !strings.EqualFold(strings.TrimSpace(serial.Text), other.Serial) {
			t.tell(l.T(text.WizardMissingWrong, other.Serial), serial)
			return
		}
		t.do(agent.WizardAction{Kind: agent.WizardSetAside, Serial: serial.Text})
	}).Importance = widget.MediumImportance // nothing that is done without a thought
	return p
}

// otherUserPage asks for which of two User IDs the registration goes on.
func (t *wizardWindow) otherUserPage() *wizardPage {
	l, s := t.lang, t.state
	p := t.plainPage(t.title(text.WizardOtherUser))
	form := container.New(consentForm{})
	consentField(form, l.T(text.WizardBegunFor), consentBreak(payment.Visible(s.Other.UserID)))
	consentField(form, l.T(text.WizardEntered), consentBreak(payment.Visible(s.UserID)))
	p.content = append(p.content, form)
	p.escape = func() { t.do(agent.WizardAction{Kind: agent.WizardReturn}) }
	p.closing(l.T(text.WizardLater), t.leave)
	t.draft = nil // the agent has it, and the person may go on with the first
	if s.Other.Confirming {
		p.content = append(p.content, consentWarnings([]string{l.T(text.WizardUserTaken)}))
	} else {
		p.content = append(p.content, consentLabel(l.T(text.WizardUserFirst)), consentLabel(l.T(text.WizardUserAnew)))
		p.again = p.button(l.T(text.WizardAnewSecond), t.agree)
	}
	p.first = p.next(l.T(text.WizardGoOnFirst), p.escape)
	return p
}
