package ui

import (
	"errors"
	"image/color"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"qoltanba/agent"
	"qoltanba/agent/payment"
	"qoltanba/ui/text"
)

// wizardPages is how many of the wizard's pages are counted.
const wizardPages = 5

// wizardPage is a page of the wizard as it is drawn.
type wizardPage struct {
	number  int // of the five pages; 0 for those before and after them
	content []fyne.CanvasObject
	buttons []*button
	first   fyne.Focusable // gets the focus
	instead *button        // what else can be done after agent.ErrNotEmpty; nil for nothing
	again   fyne.Focusable // gets it after agent.ErrPeriod, whose hint names it; nil for first

	submit func() // Return where no button has the focus
	escape func()
	follow func() // takes in a newer state of the step; nil draws the page anew

	inputs []fyne.Disableable // work only while nothing is under way
	ready  func() bool        // the last button works; nil means always
}

// newPage is the page of the step.
func (t *wizardWindow) newPage() *wizardPage {
	switch t.state.Step {
	case agent.WizardProfile:
		return t.profilePage()
	case agent.WizardResume:
		return t.resumePage()
	case agent.WizardRestart:
		return t.restartPage()
	case agent.WizardMissing:
		return t.missingPage()
	case agent.WizardOtherUser:
		return t.otherUserPage()
	case agent.WizardConfirm:
		return t.confirmPage()
	case agent.WizardWelcome:
		return t.welcomePage()
	case agent.WizardApplicant:
		return t.applicantPage()
	case agent.WizardPassword:
		return t.passwordPage()
	case agent.WizardReview:
		return t.reviewPage()
	case agent.WizardWork:
		return t.workPage()
	case agent.WizardDone:
		return t.donePage()
	}
	return t.plainPage(nil) // a step that a newer agent has: an empty page that can be closed
}

// plainPage is a page of sentences, which closing or Escape leaves.
func (t *wizardWindow) plainPage(sentences ...fyne.CanvasObject) *wizardPage {
	p := &wizardPage{content: sentences, submit: func() {}, escape: t.leave}
	return p
}

// title is the heading of a page.
func (t *wizardWindow) title(k text.Key) *widget.Label {
	return consentBold(t.lang.T(k), theme.SizeNameHeadingText)
}

// closing adds a button that closes the window, which works always.
func (p *wizardPage) closing(label string, do func()) *button {
	b := newButton(label, nil, do)
	p.buttons = append(p.buttons, b)
	return b
}

// button adds a button that works while nothing is under way.
func (p *wizardPage) button(label string, do func()) *button {
	b := newButton(label, nil, do)
	p.buttons = append(p.buttons, b)
	p.inputs = append(p.inputs, b)
	return b
}

// back adds the button to the page before, which Escape presses too.
func (p *wizardPage) back(t *wizardWindow) {
	p.escape = func() { t.do(agent.WizardAction{Kind: agent.WizardReturn}) }
	p.button(t.lang.T(text.TokenBack), p.escape)
}

// next adds the page's last button, which Return presses too.
func (p *wizardPage) next(label string, do func()) *button {
	b := p.button(label, nil)
	p.submit = func() {
		if !b.Disabled() {
			do()
		}
	}
	b.OnTapped = p.submit
	b.Importance = widget.HighImportance
	return b
}

// row is the page's lower edge: where it is among the pages, and its buttons.
func (p *wizardPage) row(l text.Lang) fyne.CanvasObject {
	row := container.NewHBox()
	if p.number > 0 {
		at := widget.NewLabel(l.T(text.WizardStepOf, p.number, wizardPages))
		at.Importance = widget.LowImportance
		row.Add(at)
	}
	row.Add(layout.NewSpacer())
	for _, b := range p.buttons {
		row.Add(b)
	}
	return container.NewVBox(widget.NewSeparator(), row)
}

// work lets the page's widgets work, or not while something is under way.
func (p *wizardPage) work(busy bool) {
	for _, o := range p.inputs {
		if busy {
			o.Disable()
		} else {
			o.Enable()
		}
	}
	if p.ready != nil && !busy && !p.ready() {
		p.buttons[len(p.buttons)-1].Disable()
	}
}

// notices say that something is under way, or what went wrong.
func (t *wizardWindow) notices() []fyne.CanvasObject {
	switch {
	case t.over != nil, t.state.Step == agent.WizardWork && (t.doing == "" || t.failure() == nil): // the page tells
		return nil
	case t.doing != "":
		return []fyne.CanvasObject{consentLabel(t.lang.T(t.does())), widget.NewProgressBarInfinite()}
	case t.told != "":
		return []fyne.CanvasObject{danger(t.told)}
	}
	err := t.failed
	if refused := t.stopped(); err == nil && t.showsHints(refused) {
		err = refused // during the work
	}
	all := t.sayings(err)
	switch {
	case t.showsHints(err) && t.stopped() != nil: // the page says what to do, too
		all = append(all, consentDense(t.hints))
	case t.showsHints(err):
		all = append(all, t.hints)
	}
	if t.page.instead != nil && t.state.Refusal == "" && errors.Is(err, agent.ErrNotEmpty) { // else the page shows it
		all = append(all, container.NewHBox(t.page.instead))
	}
	if t.asksTheBank(err) {
		all = append(all, t.support()...)
	}
	return all
}

// asksTheBank tells whether the error's hint sends the person to the bank, from a page
// that does not say yet how that is reached.
func (t *wizardWindow) asksTheBank(err error) bool {
	asking := t.state.Step == agent.WizardApplicant && t.stopped() == nil || t.state.Step == agent.WizardOtherUser
	return asking && (errors.Is(err, agent.ErrRejected) || errors.Is(err, agent.ErrBankForeign))
}

// does says what is under way.
func (t *wizardWindow) does() text.Key {
	switch {
	case t.pad:
		return text.CLIPINDevice
	case t.doing == agent.WizardUnlock:
		return text.PINTrying
	case t.doing == agent.WizardApply:
		return text.WizardAsking
	}
	return text.WizardWait
}

// sayings are what a person is told about err, nothing for nil. What a bank says
// itself is shown as data.
func (t *wizardWindow) sayings(err error) []fyne.CanvasObject {
	if err == nil {
		return nil
	}
	sentence, hint := t.lang.Error(err)
	all := []fyne.CanvasObject{danger(strings.TrimSpace(sentence + " " + t.hint(err, hint)))}
	if said, ok := errors.AsType[*agent.RejectedError](err); ok && said.Text != "" {
		all = append(all, consentLabel(t.lang.T(text.WizardSays, payment.Visible(said.Text))))
	}
	return all
}

// hint is what to do about err on the page that is shown; own is the error's own hint.
func (t *wizardWindow) hint(err error, own string) string {
	l := t.lang
	switch {
	case t.showsHints(err):
		return "" // the four stand in its place
	case t.state.Step == agent.WizardOtherUser && errors.Is(err, agent.ErrPeriod):
		return l.T(text.WizardPeriodSecond, l.T(text.WizardAnewSecond))
	}
	if other, ok := errors.AsType[*agent.OtherBankError](err); ok && other.Host != "" && t.state.Origin != "" {
		return l.T(text.WizardOtherBank, other.Host, l.T(text.TrayContinue)) // the page has chosen the bank
	}
	return own
}

// showsHints tells whether the four hints stand in the place of the error's own.
func (t *wizardWindow) showsHints(err error) bool {
	return t.state.Step == agent.WizardApplicant && errors.Is(err, agent.ErrCredentials)
}

// danger is a sentence about what went wrong.
func danger(s string) *widget.Label {
	label := consentBold(s, theme.SizeNameText)
	label.Importance = widget.DangerImportance
	return label
}

// boxed shows a check box with a border that can be seen while it is empty: the
// toolkit's own is too pale on white (WCAG 2.1 §1.4.11).
func boxed(c *check) fyne.CanvasObject {
	return container.NewThemeOverride(c, boxTheme{fyne.CurrentApp().Settings().Theme()})
}

type boxTheme struct{ fyne.Theme }

func (t boxTheme) Color(n fyne.ThemeColorName, v fyne.ThemeVariant) color.Color {
	if n == theme.ColorNameInputBorder {
		n = theme.ColorNamePlaceHolder
	}
	return t.Theme.Color(n, v)
}
