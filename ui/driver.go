package ui

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"qoltanba/agent"
	"qoltanba/agent/payment"
	"qoltanba/ui/text"
)

// Driver implements agent.Prompter.
func (w *Windows) Driver(ctx context.Context, q agent.DriverQuestion) error {
	l := w.language()
	return w.ask(ctx, l.T(text.DriverAskTitle), func(d *dialog) {
		refuse := d.cancel(l.T(text.SiteRefuse))
		d.show(driverQuestion(l, q), refuse, refuse, d.agree(l.T(text.SiteAllow)))
	})
}

func driverQuestion(l text.Lang, q agent.DriverQuestion) fyne.CanvasObject {
	title := paragraph(l.T(text.DriverQuestion))
	title.TextStyle.Bold = true
	form := container.New(consentForm{})
	if q.Name != "" {
		consentField(form, l.T(text.TokenDriver), consentLabel(payment.Visible(q.Name)))
	}
	consentField(form, l.T(text.DriverFile), consentBreak(payment.Visible(q.Path)))
	consentField(form, l.T(text.DriverDigest), consentBreak(q.SHA256))
	kept := text.DriverNotKept
	if q.Kept {
		kept = text.DriverKept
	}
	return wide(container.NewVBox(title, form, paragraph(l.T(text.DriverWhat)), paragraph(l.T(text.DriverDoubt)), paragraph(l.T(kept))))
}
