package ui

import (
	"context"
	"qoltanba/agent"
	"qoltanba/ui/text"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
)

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
