package ui

import (
	"image/color"
	"qoltanba/ui/text"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"
)

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
