package ui

import (
	"context"
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"qoltanba/agent"
	"qoltanba/ui/text"
)

// Consent implements agent.Prompter.
func (w *Windows) Consent(ctx context.Context, q agent.ConsentQuestion, openCopy func(i int) error) error {
	l := w.language()
	ctx, cancel := context.WithCancel(ctx)
	copies := newErrands(ctx)
	defer copies.wait()
	defer cancel()
	return w.ask(ctx, l.T(text.ConsentTitle), func(d *dialog) {
		failed := notice()
		content := consentContent(l, q, func(i int) {
			copies.do(func(context.Context) error { return openCopy(i) }, func(err error) { say(failed, l, err) })
		})
		label := l.T(text.ConsentSign)
		d.size = fyne.NewSize(760, 560)
		if n := len(q.Documents); n > 1 {
			label = l.N(text.ConsentSignN, n)
			d.size = fyne.NewSize(920, 720)
		}
		refuse := d.cancel(l.T(text.Cancel))
		d.show(container.NewBorder(nil, failed, nil, nil, content), refuse, refuse, d.agree(label))
	})
}

// Site implements agent.Prompter.
func (w *Windows) Site(ctx context.Context, q agent.SiteQuestion) error {
	l := w.language()
	return w.ask(ctx, l.T(text.SiteTitle), func(d *dialog) {
		refuse := d.cancel(l.T(text.SiteRefuse))
		d.show(siteContent(l, q), refuse, refuse, d.agree(l.T(text.SiteAllow)))
	})
}

func siteContent(l text.Lang, q agent.SiteQuestion) fyne.CanvasObject {
	host := consentSite(l, agent.ConsentQuestion{Origin: q.Origin})
	box := container.NewVBox(paragraph(l.T(text.SiteIntro)), host)
	kept := text.SiteNotKept
	if q.Kept {
		kept = text.SiteKept
	}
	for _, k := range []text.Key{text.SiteAbility, text.SiteNever, kept} {
		box.Add(paragraph(l.T(k)))
	}
	return wide(box)
}

func noticeContent(l text.Lang, n agent.Notice) fyne.CanvasObject {
	sentence, hint := l.ErrorNamed(n.Error)
	box := container.NewVBox()
	if n.Origin != "" {
		box.Add(paragraph(n.Origin))
	}
	title := paragraph(sentence)
	title.TextStyle.Bold = true
	box.Add(title)
	box.Add(paragraph(hint))
	return wide(box)
}

// paragraph is text that wraps.
func paragraph(s string) *widget.Label {
	p := widget.NewLabel(s)
	p.Wrapping = fyne.TextWrapWord
	return p
}

// notice is a line for what went wrong; it takes no room while it is empty.
func notice() *widget.Label {
	n := paragraph("")
	n.Importance = widget.DangerImportance
	n.Hide()
	return n
}

// say shows what a person is told about err, nothing for nil.
func say(n *widget.Label, l text.Lang, err error) {
	if err == nil {
		n.Hide()
		return
	}
	sentence, hint := l.Error(err)
	n.SetText(sentence + " " + hint)
	n.Show()
}

// dialogWidth is the width of windows that hold sentences and a form.
const dialogWidth = 520

// wide gives content the width of a dialog, as wrapping text has none itself.
func wide(content fyne.CanvasObject) fyne.CanvasObject {
	strut := canvas.NewRectangle(color.Transparent)
	strut.SetMinSize(fyne.NewSize(dialogWidth, 0))
	return container.NewBorder(strut, nil, nil, nil, content)
}
