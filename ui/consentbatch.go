package ui

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"qoltanba/agent/payment"
	"qoltanba/ui/text"
)

// consentRow is a line of the table of a batch: a payment of a document, or a
// document that is not a payment.
type consentRow struct {
	doc     int
	payment int // -1 for a document that is not a payment
}

func consentRows(docs []payment.Document) []consentRow {
	var rows []consentRow
	for i, d := range docs {
		if !consentIsPayment(d) {
			rows = append(rows, consentRow{i, -1})
			continue
		}
		for n := range d.Payments {
			rows = append(rows, consentRow{i, n})
		}
	}
	return rows
}

// consentCells returns what a row shows in the columns: number, payee, account,
// amount, purpose. A document that is not a payment shows its name, type and
// size there.
func consentCells(l text.Lang, docs []payment.Document, rows []consentRow, i int) [5]string {
	d, number := docs[rows[i].doc], strconv.Itoa(i+1)
	if len(consentFlags(l, d, rows[i])) > 0 {
		number += " !"
	}
	if rows[i].payment < 0 {
		return [5]string{number, d.Name, d.Type, l.T(text.ConsentNoTotal), l.Size(d.Size)}
	}
	p := d.Payments[rows[i].payment]
	return [5]string{number, p.Payee, p.Account, l.Money(p.Amount, p.Currency), p.Purpose}
}

// consentBatch returns a table of all rows and below it the selected one in
// full; the first is selected. Only the rows in sight exist as widgets.
func consentBatch(l text.Lang, docs []payment.Document, rows []consentRow, openCopy func(i int)) fyne.CanvasObject {
	columns := consentWidths(l, docs, rows)
	head := newConsentLine(columns)
	for i, key := range []text.Key{text.Number, text.Payee, text.Account, text.Amount, text.Purpose} {
		cell := head.Objects[i].(*widget.Label)
		cell.TextStyle.Bold = true
		cell.SetText(l.T(key))
	}
	list := newLines(
		func() int { return len(rows) },
		func() fyne.CanvasObject { return newConsentLine(columns) },
		func(id widget.ListItemID, line fyne.CanvasObject) {
			for i, s := range consentCells(l, docs, rows, id) {
				cell := line.(*fyne.Container).Objects[i].(*widget.Label)
				if i == 0 {
					cell.Importance = widget.MediumImportance
					if strings.HasSuffix(s, "!") {
						cell.Importance = widget.WarningImportance
					}
				}
				cell.SetText(s)
			}
		})
	detail := newConsentScroll(container.New(consentColumn{}), 0)
	list.OnSelected = func(id widget.ListItemID) {
		row := rows[id]
		d := docs[row.doc]
		scroll := detail.Objects[0].(*container.Scroll)
		scroll.Content = consentDense(container.New(consentColumn{},
			consentTitle(l.T(text.Number)+" "+l.Int(id+1), consentOpen(l, row.doc, openCopy)),
			consentWarnings(consentFlags(l, d, row)),
			consentFields(l, d, row)))
		scroll.Offset = fyne.Position{}
		detail.Refresh()
	}
	list.Select(0)
	table := container.NewBorder(head, nil, nil, nil, list)
	return container.NewVSplit(table, detail)
}

// newConsentLine returns a line of the table with empty cells.
func newConsentLine(columns consentColumns) *fyne.Container {
	line := container.New(columns)
	for i := range columns {
		cell := widget.NewLabel("")
		cell.Truncation = fyne.TextTruncateEllipsis
		if i == consentAmountColumn {
			cell.Truncation = fyne.TextTruncateOff // part of an amount is a wrong amount
			cell.Alignment = fyne.TextAlignTrailing
			cell.TextStyle.Bold = true
		}
		line.Add(cell)
	}
	return line
}

const (
	consentAccountColumn = 2
	consentAmountColumn  = 3
)

// consentWidths makes the columns of numbers as wide as their longest: a Kazakh
// account (20 characters) is always seen in full, an amount is whatever it is.
func consentWidths(l text.Lang, docs []payment.Document, rows []consentRow) consentColumns {
	longest := [5]string{consentAccountColumn: "KZ" + strings.Repeat("8", 18), consentAmountColumn: l.T(text.Amount)}
	for i := range rows {
		for column, s := range consentCells(l, docs, rows, i) {
			if utf8.RuneCountInString(s) > utf8.RuneCountInString(longest[column]) && column != consentAccountColumn {
				longest[column] = s
			}
		}
	}
	width := func(s string) float32 {
		widest := strings.Map(func(r rune) rune {
			if r >= '0' && r <= '9' {
				return '8'
			}
			return r
		}, s)
		size := fyne.MeasureText(widest, theme.TextSize(), fyne.TextStyle{Bold: true})
		return size.Width + 4*consentPadding
	}
	return consentColumns{width(longest[0]), 0, width(longest[consentAccountColumn]), width(longest[consentAmountColumn]), 0}
}

// consentFields returns a row in full.
func consentFields(l text.Lang, d payment.Document, row consentRow) fyne.CanvasObject {
	if row.payment < 0 {
		return consentOther(l, d)
	}
	return consentPayment(l, d.Payments[row.payment])
}
