package ui

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"qoltanba/agent"
	"qoltanba/agent/otp"
	"qoltanba/ui/text"
)

// mobiPage is a page of MobiPass, drawn as the telephone that the user guide shows.
// It judges the form of what is entered; whether a PIN is right nobody here knows.
type mobiPage struct {
	g       *generatorWindow
	view    agent.GeneratorView
	content fyne.CanvasObject
	first   fyne.Focusable
	next    func() // "Далее", or nil
	back    func() // "Назад", "Закрыть", or nil

	title   text.Key
	scroll  *container.Scroll // around title, notice and body
	body    *fyne.Container
	soft    []fyne.CanvasObject
	entries []*digits
	notice  *fyne.Container // what is wrong with an entry
	sent    bool            // what leaves the page is under way
}

// mobiHelp is what "Справка" tells.
var mobiHelp = []text.Key{text.MobiHelpActivate, text.MobiHelpSign, text.MobiHelpTries,
	text.MobiHelpChange, text.MobiHelpErase, text.MobiHelpLoss}

func (g *generatorWindow) newMobiPage(v agent.GeneratorView) *mobiPage {
	p := &mobiPage{g: g, view: v, body: container.New(consentColumn{}), notice: container.New(consentColumn{})}
	switch v.Mobi.Screen {
	case otp.MobiMenuEmpty:
		p.menu([]mobiItem{{text.MobiSave, otp.MobiChooseSave}, {text.MobiHelp, otp.MobiChooseHelp}})
	case otp.MobiMenu:
		p.menu([]mobiItem{{text.MobiSign, otp.MobiChooseSign}, {text.MobiChange, otp.MobiChoosePIN},
			{text.MobiErase, otp.MobiChooseErase}, {text.MobiHelp, otp.MobiChooseHelp}})
	case otp.MobiPIN:
		p.choosePIN()
	case otp.MobiKey:
		p.enterKey()
	case otp.MobiSign:
		p.sign()
	case otp.MobiResult:
		p.result()
	case otp.MobiChange:
		p.change()
	case otp.MobiPINDiffers:
		p.message(text.MobiPINTitle, p.t(text.MobiPINDiffers))
	case otp.MobiPINBad:
		p.message(text.MobiPINTitle, p.t(text.MobiPINBad))
	case otp.MobiKeyBad:
		g.draft.bad = v.BadPart
		p.message(text.MobiKeyTitle, p.t(text.MobiKeyBad, v.BadPart))
	case otp.MobiChangeDiffers:
		p.message(text.MobiChange, p.t(text.MobiDiffers))
	case otp.MobiChangeBad:
		p.message(text.MobiChange, p.t(text.MobiPINBad))
	case otp.MobiChanged:
		p.title = text.MobiChange
		p.say(text.MobiChanged)
		p.onward(text.MobiNext, p.event(otp.MobiNext))
	case otp.MobiDelete:
		p.erase()
	case otp.MobiHelp:
		p.title = text.MobiHelp
		for _, k := range mobiHelp {
			p.say(k)
		}
		for _, o := range supportLines(g.lang, v.Help) {
			p.body.Add(o)
		}
		p.backward(text.MobiBack, otp.MobiBack)
	default:
		p.say(text.MobiClosed)
		p.onward(text.MobiOpen, p.event(otp.MobiOpen))
	}
	loss := consentLabel(p.t(text.MobiHelpLoss))
	loss.Importance = widget.LowImportance
	beside := container.New(consentColumn{}, g.top, loss)
	for _, o := range supportLines(g.lang, v.Help) {
		beside.Add(o)
	}
	p.content = container.New(consentColumns{mobiSize.Width + 16, 0}, p.telephone(), g.headed(beside, v))
	return p
}

func (p *mobiPage) t(k text.Key, args ...any) string { return p.g.lang.T(k, args...) }

// say adds a sentence.
func (p *mobiPage) say(k text.Key) { p.body.Add(consentLabel(p.t(k))) }

// event sends an event.
func (p *mobiPage) event(e otp.MobiEvent) func() {
	return func() { p.send(agent.GeneratorAction{Kind: agent.GeneratorTurn, Event: e}) }
}

// send has the agent do what leaves this page. Once is enough: a second press means
// a page that nobody has seen.
func (p *mobiPage) send(a agent.GeneratorAction) {
	if p.sent {
		a.Wipe()
		return
	}
	p.sent = true
	p.g.do(a)
}

// onward adds the button at the right, which Return presses too.
func (p *mobiPage) onward(k text.Key, next func()) {
	b := newButton(p.t(k), nil, next)
	b.Importance = widget.HighImportance
	p.next = next
	p.soft = append(p.soft, layout.NewSpacer(), b)
	if p.first == nil {
		p.first = b
	}
}

// backward adds a button at the left, which Escape presses too.
func (p *mobiPage) backward(k text.Key, e otp.MobiEvent) {
	p.back = p.event(e)
	b := newButton(p.t(k), nil, p.back)
	p.soft = append(p.soft, b)
	if p.first == nil {
		p.first = b
	}
}

// exit adds the button that closes MobiPass.
func (p *mobiPage) exit() {
	p.soft = append(p.soft, newButton(p.t(text.MobiExit), nil, p.event(otp.MobiExit)))
}

// message says what was wrong; "Закрыть" leads back to the fields.
func (p *mobiPage) message(title text.Key, s string) {
	p.title = title
	label := consentBold(s, theme.SizeNameText)
	label.Importance = widget.DangerImportance
	p.body.Add(label)
	p.backward(text.MobiClose, otp.MobiBack)
	p.next = p.back
}

// field adds an entry under its caption. Return goes on to the next one, and from the
// last to "Далее".
func (p *mobiPage) field(caption string, d *digits) *digits {
	at := len(p.entries)
	d.OnSubmitted = func(string) {
		if at+1 < len(p.entries) {
			p.focus(p.entries[at+1])
			return
		}
		p.next()
	}
	p.entries = append(p.entries, d)
	p.body.Add(consentLabel(caption))
	p.body.Add(d)
	if p.first == nil {
		p.first = d
	}
	return d
}

func (p *mobiPage) pin(caption text.Key) *digits {
	return p.field(p.t(caption), newPIN(func() {}))
}

func (p *mobiPage) focus(o fyne.Focusable) { p.g.d.win.Canvas().Focus(o) }

// refuse says what is wrong with the form of an entry.
func (p *mobiPage) refuse(d *digits, k text.Key) {
	label := consentBold(p.t(k), theme.SizeNameText)
	label.Importance = widget.DangerImportance
	p.notice.Objects = []fyne.CanvasObject{label}
	p.g.d.win.Content().Refresh()
	p.focus(d)
}

// empty focuses the first entry that nothing was entered in.
func (p *mobiPage) empty() bool {
	for _, d := range p.entries {
		if d.Text == "" {
			p.focus(d)
			return true
		}
	}
	return false
}

// mobiDraft is what was entered to save a key while its pages follow each other. It
// is wiped when they are left, and after two idle minutes.
type mobiDraft struct {
	device string
	pin    *agent.Secret
	parts  []*agent.Secret
	bad    int // the part that was refused, from 1
	timer  *time.Timer
	turn   int
}

// mobiIdle is how long a PIN that was chosen waits for the key.
const mobiIdle = 2 * time.Minute

// keep lets the draft live for another two minutes; gone is called at their end.
func (m *mobiDraft) keep(gone func()) {
	if m.pin == nil {
		return
	}
	if m.timer != nil {
		m.timer.Stop()
	}
	m.turn++
	turn := m.turn
	m.timer = time.AfterFunc(mobiIdle, func() {
		fyne.Do(func() {
			if m.turn == turn && m.pin != nil {
				m.drop()
				gone()
			}
		})
	})
}

func (m *mobiDraft) drop() {
	if m.timer != nil {
		m.timer.Stop()
	}
	m.pin.Wipe()
	for _, part := range m.parts {
		part.Wipe()
	}
	*m = mobiDraft{turn: m.turn + 1}
}

// activating tells that a device is at the pages that save a key.
func activating(v agent.GeneratorView) bool {
	switch v.Mobi.Screen {
	case otp.MobiPIN, otp.MobiPINDiffers, otp.MobiPINBad, otp.MobiKey, otp.MobiKeyBad:
		return v.Kind == agent.GeneratorMobi
	}
	return false
}
