package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"qoltanba/ui/text"
)

// helpWords explains the words of the bank's instructions that the windows use.
func helpWords(l text.Lang) fyne.CanvasObject {
	column := container.New(consentColumn{}, consentBold(l.T(text.WordsTitle), theme.SizeNameHeadingText))
	for _, w := range l.Words() {
		column.Add(consentBold(w.Name, theme.SizeNameText))
		column.Add(consentLabel(w.Meaning))
	}
	return column
}

// helpPage is Help in the wizard, which goes back to the page of the step.
func (t *wizardWindow) helpPage() *wizardPage {
	p := t.plainPage(consentDense(helpWords(t.lang)))
	p.escape = func() { t.put(nil) }
	p.first = p.closing(t.lang.T(text.TokenBack), p.escape)
	return p
}

// panelHelp is Help in the main window; back is its one button.
func panelHelp(l text.Lang, back *button) fyne.CanvasObject {
	return container.NewPadded(consentDense(container.New(consentFrame{}, container.New(consentColumn{}), newConsentScroll(helpWords(l), 0),
		container.New(consentColumn{}, widget.NewSeparator(), container.NewHBox(layout.NewSpacer(), back)))))
}

// helpButton opens Help in the main window.
func helpButton(l text.Lang, open func()) *button {
	return newButton(l.T(text.Help), theme.HelpIcon(), open)
}
