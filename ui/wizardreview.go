package ui

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"qoltanba/agent"
	"qoltanba/agent/payment"
	"qoltanba/ui/text"
)

// reviewPage shows what was entered, the PIN and the password excepted, and
// wants it confirmed.
func (t *wizardWindow) reviewPage() *wizardPage {
	s, l := t.state, t.lang
	p := t.plainPage(t.title(text.WizardCheck))
	p.number = 4
	form := container.New(consentForm{})
	add := func(k text.Key, value string) {
		if value = payment.Visible(value); value != "" {
			consentField(form, strings.TrimSuffix(l.T(k), ":"), consentBreak(value))
		}
	}
	if s.Bank >= 0 && s.Bank < len(s.Banks) {
		consentField(form, l.T(text.WizardBank), consentLabel(payment.Visible(s.Banks[s.Bank].Name)))
	}
	add(text.Profile, s.Token.Name)
	add(text.WizardUserID, s.UserID)
	add(text.WizardKeyFile, s.KeyFile)
	add(text.WizardName, s.Name)
	flag := newCheck(l.T(text.WizardFlag), false, func(bool) { t.refresh() })
	p.inputs = []fyne.Disableable{flag}
	p.first = flag
	t.months = s.Months
	switch {
	case s.Months > 0:
		add(text.WizardPeriod, l.N(text.WizardMonths, s.Months))
	case len(s.Periods) == 0:
		add(text.WizardPeriod, l.T(text.WizardPeriodBank))
	default:
		period := t.periodChoice()
		form.Add(widget.NewLabel(l.T(text.WizardPeriod)))
		form.Add(period)
		p.inputs = append(p.inputs, period)
		p.first = period
	}
	p.content = append(p.content, form, consentLabel(l.T(text.WizardStarts)), boxed(flag))
	p.back(t)
	p.next(l.T(text.WizardNext), t.obtain)
	p.ready = func() bool { return flag.Checked && (t.months > 0 || len(s.Periods) == 0) }
	p.follow = func() { // what is ticked and chosen stays, unless it is about something else now
		if n := t.state; n.Months != s.Months || !slices.Equal(n.Periods, s.Periods) || n.UserID != s.UserID {
			t.turn()
		}
	}
	return p
}

// periodChoice offers the periods of the contract. One alone is chosen already.
func (t *wizardWindow) periodChoice() *choice {
	periods := slices.Clone(t.state.Periods)
	var names []string
	for _, n := range periods {
		names = append(names, t.lang.N(text.WizardMonths, n))
	}
	c := newChoice(names, nil)
	c.PlaceHolder = t.lang.T(text.WizardPeriodChoose)
	if len(periods) == 1 {
		c.SetSelectedIndex(0)
		t.months = periods[0]
	}
	c.OnChanged = func(string) {
		if i := c.SelectedIndex(); i >= 0 {
			t.months = periods[i]
			t.refresh()
		}
	}
	return c
}

// obtain starts the work, or tries again what stopped. The flag was set: without
// it the page before has no way on.
func (t *wizardWindow) obtain() {
	t.do(agent.WizardAction{Kind: agent.WizardObtain, Flag: true, Months: t.months})
}
