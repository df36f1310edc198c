package ui

import (
	"fmt"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"qoltanba/agent/payment"
	"qoltanba/ui/text"
)

// consentWarnings shows sentences in the colour of warnings.
func consentWarnings(sentences []string) fyne.CanvasObject {
	column := container.New(consentColumn{})
	for _, s := range sentences {
		label := consentBold(s, theme.SizeNameText)
		label.Importance = widget.WarningImportance
		column.Add(marked(theme.NewWarningThemedResource(theme.WarningIcon()), label))
	}
	return newConsentScroll(column, consentWarningsLimit)
}

// consentFlags returns the warnings about one row: those of its document that
// name no other payment.
func consentFlags(l text.Lang, d payment.Document, row consentRow) []string {
	var sentences []string
	for _, f := range d.Flags {
		switch n, numbered := consentNumber(f); {
		case !numbered:
			sentences = append(sentences, l.Flag(f))
		case n == row.payment+1:
			sentences = append(sentences, l.Flag(f.Kind()))
		}
	}
	return sentences
}

// consentNumber returns the number of the payment that a flag is about, counted
// from 1 in its document.
func consentNumber(f payment.Flag) (n int, numbered bool) {
	n, err := strconv.Atoi(f.Detail())
	return n, err == nil
}

// consentSummary returns one warning for each kind of flag in a batch, with the
// numbers of the rows concerned: there are never more of them than kinds.
func consentSummary(l text.Lang, docs []payment.Document) []string {
	var kinds []payment.Flag
	spans := make(map[payment.Flag][]consentSpan)
	first := 1 // number of the document's first row
	for _, d := range docs {
		last := first
		if consentIsPayment(d) {
			last = first + len(d.Payments) - 1
		}
		for _, f := range d.Flags {
			kind, about := f.Kind(), consentSpan{first, last}
			if n, numbered := consentNumber(f); numbered {
				about = consentSpan{first + n - 1, first + n - 1}
			}
			if spans[kind] == nil {
				kinds = append(kinds, kind)
			}
			spans[kind] = about.join(spans[kind])
		}
		first = last + 1
	}
	var sentences []string
	for _, kind := range kinds {
		sentences = append(sentences, l.T(text.Number)+" "+consentSpans(spans[kind])+": "+l.Flag(kind))
	}
	return sentences
}

// consentSpan is a range of row numbers, both ends included.
type consentSpan struct{ first, last int }

// join appends s to spans, which end before or with it.
func (s consentSpan) join(spans []consentSpan) []consentSpan {
	if end := len(spans) - 1; end >= 0 && spans[end].last+1 >= s.first {
		spans[end].last = max(spans[end].last, s.last)
		return spans
	}
	return append(spans, s)
}

// consentSpans writes the beginning of a list of ranges.
func consentSpans(spans []consentSpan) string {
	const most = 8
	var b strings.Builder
	for i, s := range spans {
		if i > 0 {
			b.WriteString(", ")
		}
		switch {
		case i == most:
			b.WriteString("…")
			return b.String()
		case s.first == s.last:
			fmt.Fprint(&b, s.first)
		default:
			fmt.Fprintf(&b, "%d–%d", s.first, s.last)
		}
	}
	return b.String()
}
