package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"qoltanba/agent"
	"qoltanba/agent/otp"
	"qoltanba/ui/text"
)

// mobiItem is an item of the menu, and what it starts.
type mobiItem struct {
	label text.Key
	event otp.MobiEvent
}

// menu offers items; "Далее" starts the chosen one.
func (p *mobiPage) menu(items []mobiItem) {
	var labels []string
	for _, item := range items {
		labels = append(labels, p.t(item.label))
	}
	m := newMobiMenu(labels)
	m.submitted = func() { p.event(items[m.at].event)() }
	p.first = m
	p.body.Add(m)
	p.exit()
	p.onward(text.MobiNext, m.submitted)
}

// choosePIN is the page of a new PIN, before the key is saved.
func (p *mobiPage) choosePIN() {
	p.title = text.MobiPINTitle
	pin, again := p.pin(text.MobiPINChoose), p.pin(text.MobiPINConfirm)
	for _, k := range []text.Key{text.MobiPINSecret, text.MobiPINSimple} {
		warning := consentBold("! "+p.t(k), theme.SizeNameCaptionText)
		p.body.Add(warning)
	}
	p.backward(text.MobiBack, otp.MobiBack)
	p.onward(text.MobiNext, func() {
		if p.sent || p.empty() {
			return
		}
		chosen := takeText(&pin.Entry)
		e := judge(chosen, takeText(&again.Entry))
		if e == otp.MobiNext {
			draft := &p.g.draft
			draft.drop()
			draft.device, draft.pin = p.view.ID, chosen
			draft.keep(p.g.redraw)
		} else {
			chosen.Wipe()
		}
		p.event(e)()
	})
}

// judge tells what to do with a new PIN and its repetition, which it wipes.
func judge(pin, again *agent.Secret) otp.MobiEvent {
	defer again.Wipe()
	switch {
	case !pin.Equal(again):
		return otp.MobiDiffer
	case otp.CheckNewPIN(pin.Bytes()) != nil:
		return otp.MobiEasy
	}
	return otp.MobiNext
}

// redraw shows what a draft that is gone leaves.
func (g *generatorWindow) redraw() {
	if !g.d.ended && g.mobi != nil {
		g.draw()
	}
}

// enterKey is the page of the activation code.
func (p *mobiPage) enterKey() {
	p.title = text.MobiKeyTitle
	draft := &p.g.draft
	if draft.pin == nil || draft.device != p.view.ID {
		p.say(text.MobiPINAgain)
		p.backward(text.MobiBack, otp.MobiBack)
		return
	}
	remember := consentBold(p.t(text.MobiRemember), theme.SizeNameCaptionText)
	p.body.Add(remember)
	p.say(text.MobiKeyWhere)
	captions := []text.Key{text.MobiKeyFirst, text.MobiKeySecond, text.MobiKeyThird, text.MobiKeyFourth}
	for i, most := range p.view.Parts {
		caption := p.t(text.MobiKeyPart, i+1)
		if len(p.view.Parts) <= len(captions) {
			caption = p.t(captions[i])
		}
		d := p.field(caption, newDigits(most, func() {}))
		if i < len(draft.parts) && i+1 != draft.bad {
			d.SetText(string(draft.parts[i].Bytes()))
		} else if i+1 == draft.bad {
			p.first = d
		}
		d.OnChanged = func(string) { draft.keep(p.g.redraw) }
	}
	p.backward(text.MobiBack, otp.MobiBack)
	p.onward(text.MobiNext, func() {
		if p.sent || p.empty() || draft.pin == nil {
			return
		}
		for _, part := range draft.parts {
			part.Wipe()
		}
		draft.parts, draft.bad = nil, 0
		var all []byte
		for i, d := range p.entries {
			if i > 0 {
				all = append(all, ' ')
			}
			all = append(all, d.Text...)
			draft.parts = append(draft.parts, agent.NewSecret([]byte(d.Text)))
		}
		p.send(agent.GeneratorAction{Kind: agent.GeneratorSave, Old: draft.pin.Clone(), New: agent.NewSecret(all)})
	})
}

// sign asks for the PIN and the document's code number.
func (p *mobiPage) sign() {
	p.title = text.MobiSign
	pin := p.pin(text.MobiPIN)
	number := p.field(p.t(text.MobiNumber), newDigits(6, func() {}))
	p.backward(text.MobiBack, otp.MobiBack)
	p.onward(text.MobiNext, func() {
		switch {
		case p.sent || p.empty():
		case !pin.full():
			p.refuse(pin, text.MobiPINForm)
		case otp.CheckCodeNumber(number.Text) != nil:
			p.refuse(number, text.MobiNumberBad)
		default:
			p.notice.Objects = nil
			p.send(agent.GeneratorAction{Kind: agent.GeneratorSign, Old: takeText(&pin.Entry), Number: number.Text})
		}
	})
}

// result shows the answer.
func (p *mobiPage) result() {
	p.title = text.MobiAnswer
	answer := widget.NewLabelWithStyle(p.view.Answer, fyne.TextAlignCenter, fyne.TextStyle{Bold: true})
	answer.SizeName = theme.SizeNameHeadingText
	p.body.Add(answer)
	p.body.Add(container.NewCenter(newButton(p.t(text.GeneratorCopy), theme.ContentCopyIcon(), func() { p.g.copied(p.view.Answer) })))
	p.say(text.MobiAnswerUse)
	p.onward(text.MobiNext, p.event(otp.MobiNext))
	p.back = p.next
}

// change asks for the current PIN and twice for the new one.
func (p *mobiPage) change() {
	p.title = text.MobiChange
	current, fresh, again := p.pin(text.MobiCurrent), p.pin(text.MobiNew), p.pin(text.MobiRepeat)
	p.backward(text.MobiBack, otp.MobiBack)
	p.exit()
	p.onward(text.MobiNext, func() {
		if p.sent || p.empty() {
			return
		}
		if !current.full() {
			p.refuse(current, text.MobiPINForm)
			return
		}
		p.notice.Objects = nil
		a := agent.GeneratorAction{Kind: agent.GeneratorChangePIN, Old: takeText(&current.Entry), New: takeText(&fresh.Entry)}
		if e := judge(a.New, takeText(&again.Entry)); e != otp.MobiNext {
			a.Wipe()
			p.event(e)()
			return
		}
		p.send(a)
	})
}

// erase asks once; no PIN is asked, as none could be checked.
func (p *mobiPage) erase() {
	p.title = text.MobiEraseAsk
	p.say(text.MobiEraseWarn)
	p.backward(text.MobiBack, otp.MobiBack)
	erase := p.g.d.agreeTo(p.t(text.MobiEraseDo), func() {
		p.send(agent.GeneratorAction{Kind: agent.GeneratorErase})
	})
	p.soft = append(p.soft, layout.NewSpacer(), erase)
}
