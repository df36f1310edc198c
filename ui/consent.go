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

// Parts of the window that grow with what the page sends are at most so high;
// they scroll then. What is left is enough for the documents.
const (
	consentWarningsLimit = 110
	consentTotalsLimit   = 80
)

// consentContent returns what a person sees before a signature, without the
// buttons of the window: who asks, warnings, the documents, the totals and the
// key. It calls openCopy, which must not block, with the index of the document
// whose copy the person wants to see.
//
// What comes from outside is shown in labels only, never as markup. Who asks and
// how much is paid is never cut short; everything else can be read in full by
// scrolling or by selecting a row.
func consentContent(l text.Lang, q agent.ConsentQuestion, openCopy func(i int)) fyne.CanvasObject {
	rows := consentRows(q.Documents)
	top := container.New(consentColumn{}, consentSite(l, q))
	bottom := container.New(consentColumn{})
	var middle fyne.CanvasObject
	if len(rows) == 1 {
		d := q.Documents[rows[0].doc]
		title := l.T(text.ConsentOther)
		if rows[0].payment >= 0 {
			title = l.T(text.ConsentOne)
		}
		top.Add(consentWarnings(consentFlags(l, d, rows[0])))
		top.Add(consentTitle(title, consentOpen(l, rows[0].doc, openCopy)))
		middle = newConsentScroll(consentFields(l, d, rows[0]), 0)
	} else {
		title := l.N(text.ConsentBatch, len(q.Documents))
		if len(q.Documents) == 1 {
			title = l.N(text.Payments, len(rows))
		}
		top.Add(consentWarnings(consentSummary(l, q.Documents)))
		top.Add(consentTitle(title, nil))
		middle = consentBatch(l, q.Documents, rows, openCopy)
		bottom.Add(consentTotals(l, q))
	}
	bottom.Add(widget.NewSeparator())
	bottom.Add(consentKey(l, q.Profile))
	return consentDense(container.New(consentFrame{}, top, middle, bottom))
}

// consentSite says who asks: the host in large letters, whole, and the bank that
// it belongs to. Of the origin only the scheme of every real site is left out.
func consentSite(l text.Lang, q agent.ConsentQuestion) fyne.CanvasObject {
	if q.Origin == "" {
		return consentBold(l.T(text.ConsentLocal), theme.SizeNameHeadingText)
	}
	const longHost = 40 // characters, which are ASCII in a host, that fit into one line of large letters
	host := consentBold(strings.TrimPrefix(q.Origin, "https://"), theme.SizeNameHeadingText)
	host.Wrapping = fyne.TextWrapBreak
	if len(host.Text) > longHost {
		host.SizeName = theme.SizeNameSubHeadingText
	}
	site := container.New(consentColumn{}, host)
	if q.Bank != "" {
		site.Add(consentLabel(q.Bank))
	}
	return site
}

// consentTitle is a line over the documents, with a button at its end.
func consentTitle(title string, button fyne.CanvasObject) fyne.CanvasObject {
	return container.NewBorder(widget.NewSeparator(), nil, nil, button,
		consentBold(title, theme.SizeNameSubHeadingText))
}

func consentOpen(l text.Lang, doc int, openCopy func(i int)) *button {
	return newButton(l.T(text.ConsentOpen), theme.FileIcon(), func() { openCopy(doc) })
}

// consentKey names the key that will sign.
func consentKey(l text.Lang, p agent.Profile) fyne.CanvasObject {
	form := container.New(consentForm{})
	consentField(form, l.T(text.ConsentKey), consentBold(p.Name, theme.SizeNameText))
	if p.Subject != "" {
		consentField(form, "", consentLabel(l.Details(p.Subject, p.NotAfter)))
	}
	if !p.Expired {
		return form
	}
	return container.New(consentColumn{}, form, consentWarnings([]string{l.T(text.PINExpired)}))
}

// consentTotals shows the number of payments and their sum for each currency,
// and how many documents have none.
func consentTotals(l text.Lang, q agent.ConsentQuestion) fyne.CanvasObject {
	form := container.New(consentForm{})
	caption := l.T(text.ConsentTotal)
	add := func(sum, count string) {
		line := consentBold(sum+"  ("+count+")", theme.SizeNameSubHeadingText)
		consentField(form, caption, line)
		caption = ""
	}
	for _, t := range q.Totals {
		sum := l.Money(t.Amount, t.Currency)
		if t.Amount == "" {
			sum = l.T(text.ConsentNoTotal) + " " + t.Currency
		}
		add(sum, l.N(text.Payments, t.Count))
	}
	others := 0
	for _, d := range q.Documents {
		if !consentIsPayment(d) {
			others++
		}
	}
	if others > 0 {
		add(l.T(text.ConsentNoTotal), l.N(text.Documents, others))
	}
	return newConsentScroll(form, consentTotalsLimit)
}

// consentIsPayment reports whether the payments of d are what is shown of it.
func consentIsPayment(d payment.Document) bool {
	return d.Kind == payment.KindPayment && len(d.Payments) > 0
}
