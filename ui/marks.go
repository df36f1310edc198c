package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// marked is a sentence with a mark before its first line. The mark begins where text
// without one does. A nil icon leaves its place empty.
func marked(icon fyne.Resource, sentence *widget.Label) *fyne.Container {
	return container.New(marks{sentence}, widget.NewIcon(icon), sentence)
}

// marks puts an icon beside the first line of the sentence, in the sentence's own theme.
type marks struct{ sentence *widget.Label }

// measures returns the side of the icon, the space around text and the height of a line.
func (m marks) measures() (side, pad, line float32) {
	th, size := m.sentence.Theme(), m.sentence.SizeName
	if size == "" {
		size = theme.SizeNameText
	}
	line = fyne.MeasureText("M", th.Size(size), m.sentence.TextStyle).Height
	return th.Size(theme.SizeNameInlineIcon), th.Size(theme.SizeNameInnerPadding), line
}

func (m marks) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	side, pad, line := m.measures()
	objects[0].Resize(fyne.NewSquareSize(side))
	objects[0].Move(fyne.NewPos(pad, pad+(line-side)/2))
	objects[1].Move(fyne.NewPos(pad+side, 0))
	consentFit(objects[1], size.Width-pad-side)
}

func (m marks) MinSize(objects []fyne.CanvasObject) fyne.Size {
	side, pad, _ := m.measures()
	return objects[1].MinSize().AddWidthHeight(pad+side, 0)
}
