package ui

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"qoltanba/agent/payment"
	"qoltanba/ui/text"
)

// consentLabel shows all of a string, over several lines if need be.
func consentLabel(s string) *widget.Label {
	label := widget.NewLabel(s)
	label.Wrapping = fyne.TextWrapWord
	return label
}

// consentBold is consentLabel in bold, in a size of the theme.
func consentBold(s string, size fyne.ThemeSizeName) *widget.Label {
	label := consentLabel(s)
	label.TextStyle.Bold = true
	label.SizeName = size
	return label
}

// consentBreak is consentLabel for strings without words, such as a digest.
func consentBreak(s string) *widget.Label {
	label := widget.NewLabel(s)
	label.Wrapping = fyne.TextWrapBreak
	return label
}

// consentPayment returns the fields of a payment, in the order in which a person
// checks them.
func consentPayment(l text.Lang, p payment.Payment) fyne.CanvasObject {
	amount := l.Money(p.Amount, p.Currency)
	form := container.New(consentForm{})
	for _, field := range []struct {
		caption text.Key
		value   string
		label   *widget.Label
	}{
		{text.Payee, p.Payee, consentBold(p.Payee, theme.SizeNameSubHeadingText)},
		{text.Account, p.Account, consentBold(p.Account, theme.SizeNameSubHeadingText)},
		{text.Amount, amount, consentBold(amount, theme.SizeNameHeadingText)},
		{text.Purpose, p.Purpose, consentLabel(p.Purpose)},
		{text.Bank, p.Bank, consentLabel(p.Bank)},
		{text.Payer, p.Payer, consentLabel(strings.TrimPrefix(p.Payer+", "+p.PayerAccount, ", "))},
		{text.Reference, p.Reference, consentLabel(p.Reference)},
		{text.Date, p.Date, consentLabel(l.Date(p.Date))},
	} {
		if field.value != "" {
			consentField(form, l.T(field.caption), field.label)
		}
	}
	return form
}

// consentOther returns what is known of a document that is not a payment.
func consentOther(l text.Lang, d payment.Document) fyne.CanvasObject {
	form := container.New(consentForm{})
	consentField(form, l.T(text.FileName), consentBold(d.Name, theme.SizeNameSubHeadingText))
	consentField(form, l.T(text.FileType), consentLabel(d.Type))
	consentField(form, l.T(text.FileSize), consentLabel(l.Size(d.Size)))
	consentField(form, l.T(text.FileHash), consentBreak(d.SHA256))
	if d.Text == "" {
		return form
	}
	return container.New(consentColumn{}, form, widget.NewSeparator(), consentLabel(d.Text))
}

// consentField adds a caption and a value in text of the same height, so that
// both stand on one line.
func consentField(form *fyne.Container, caption string, value *widget.Label) {
	label := widget.NewLabel(caption)
	label.SizeName = value.SizeName
	if value.SizeName == theme.SizeNameHeadingText {
		label.SizeName = theme.SizeNameSubHeadingText
	}
	label.Importance = widget.LowImportance
	form.Add(label)
	form.Add(value)
}
