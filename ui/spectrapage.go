package ui

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"qoltanba/agent"
	"qoltanba/agent/otp"
	"qoltanba/agent/payment"
	"qoltanba/ui/text"
)

// spectraPage shows a SpectraNet token, and beside it what to do.
type spectraPage struct {
	g       *generatorWindow
	lang    text.Lang
	face    *spectraFace
	content fyne.CanvasObject

	column *fyne.Container
	words  *fyne.Container // what is said of the screen
	power  *button
	change *button
	copy   *button
	flip   *button
	shown  agent.GeneratorView
	back   bool
}

func (g *generatorWindow) newSpectraPage(v agent.GeneratorView) *spectraPage {
	l := g.lang
	p := &spectraPage{g: g, lang: l, words: container.New(consentColumn{})}
	p.face = newSpectraFace(func(digit byte) {
		p.turn(false)
		g.do(agent.GeneratorAction{Kind: agent.GeneratorDigit, Old: agent.NewSecret([]byte{digit})})
	}, func(e otp.SpectraEvent) {
		p.turn(false)
		g.press(e)
	})
	// With each button the token has the focus again, for the digits.
	do := func(icon fyne.Resource, f func()) *button {
		return newButton("", icon, func() {
			g.d.win.Canvas().Focus(p.face)
			f()
		})
	}
	p.power = do(nil, func() { p.face.event(otp.SpectraPower) })
	p.change = do(nil, func() { p.face.event(otp.SpectraHold) })
	p.change.SetText(l.T(text.SpectraChange))
	p.copy = do(theme.ContentCopyIcon(), func() { g.copied(p.shown.Field) })
	p.copy.SetText(l.T(text.GeneratorCopy))
	p.flip = do(nil, func() { p.turn(!p.back) })
	keys := consentLabel(l.T(text.SpectraKeys))
	keys.Importance = widget.LowImportance
	p.column = container.New(consentColumn{}, g.headed(g.top, v), p.words,
		container.NewGridWithColumns(2, p.copy, p.change, p.power, p.flip), keys)
	p.content = container.New(consentColumns{spectraSize.Width + 16, 0}, p.face, p.column)
	p.follow(v, g.left())
	return p
}

// turn shows the other side.
func (p *spectraPage) turn(back bool) {
	if p.back != back {
		p.back = back
		p.follow(p.shown, p.g.left())
	}
}

// follow shows what the token shows now, with so many seconds left.
func (p *spectraPage) follow(v agent.GeneratorView, left int) {
	p.shown = v
	l := p.lang
	on, code := v.Spectra != otp.SpectraOff, v.Spectra == otp.SpectraCode
	p.face.on = on
	part := float32(0)
	if code {
		part = float32(left) / float32(otp.SpectraInterval/time.Second)
	}
	p.face.display.show(v.Label, v.Field, on, part)
	p.face.caption.SetText(l.T(text.SpectraNumber))
	p.face.engrave(payment.Visible(v.Serial))
	p.face.clock.SetText(clockText(l, time.Now()))
	p.face.flip(p.back)

	last := v.Label == "FAIL3"
	p.words.Objects = []fyne.CanvasObject{consentLabel(l.Spectra(v.Spectra, last))}
	if v.StartPIN && (code || v.Spectra == otp.SpectraPIN) {
		p.words.Add(consentWarnings([]string{l.T(text.SpectraStart)}))
	}
	if last || v.Spectra == otp.SpectraLockNumber || v.Spectra == otp.SpectraUnlock {
		for _, o := range supportLines(l, v.Help) {
			p.words.Add(o)
		}
	}
	if code {
		p.words.Add(consentBold(l.T(text.SpectraLeft, left), theme.SizeNameText))
		p.words.Add(consentLabel(l.Refused(time.Now())))
	}
	able(p.copy, code || v.Spectra == otp.SpectraLockNumber) // what is for the bank
	able(p.change, code)
	p.power.SetText(l.T(text.SpectraOn))
	if on {
		p.power.SetText(l.T(text.SpectraOffDo))
	}
	p.flip.SetText(l.T(text.SpectraBack))
	if p.back {
		p.flip.SetText(l.T(text.SpectraFront))
	}
	p.column.Refresh()
}

// able lets a button work or not.
func able(b *button, works bool) {
	if works {
		b.Enable()
	} else {
		b.Disable()
	}
}

// clockText is what the back says of the computer's clock.
func clockText(l text.Lang, now time.Time) string {
	const form = "2006-01-02 15:04:05"
	return l.T(text.GeneratorClock) + "\n\n" + l.T(text.GeneratorLocal, now.Format(form), now.Format("MST -07:00")) +
		"\n\n" + l.T(text.GeneratorUTC, now.UTC().Format(form))
}
