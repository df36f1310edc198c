package ui

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"qoltanba/agent/otp"
)

// The display's colours: those of a liquid crystal.
var (
	lcdGlass = color.NRGBA{R: 0xc6, G: 0xd0, B: 0xb2, A: 0xff}
	lcdDark  = color.NRGBA{R: 0x8b, G: 0x93, B: 0x80, A: 0xff} // switched off
	lcdGhost = color.NRGBA{R: 0xbb, G: 0xc5, B: 0xa8, A: 0xff} // a segment that is not on
	lcdInk   = color.NRGBA{R: 0x1d, G: 0x25, B: 0x1c, A: 0xff}
)

// lcd is the display of the SpectraNet token: a line of letters, and below it a line
// of eight places with seven segments each.
type lcd struct {
	widget.BaseWidget
	label, field string
	on           bool
	part         float32 // of the time of a code that is left, 0 when none is shown
	drawing      *fyne.Container
}

// lcdSize is the size of the display in Fyne's units.
var lcdSize = fyne.NewSize(206, 92)

func newLCD() *lcd {
	d := &lcd{drawing: &fyne.Container{}}
	d.ExtendBaseWidget(d)
	d.draw()
	return d
}

func (d *lcd) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(d.drawing) }
func (d *lcd) MinSize() fyne.Size                  { return lcdSize }

// show draws other lines.
func (d *lcd) show(label, field string, on bool, part float32) {
	if d.label == label && d.field == field && d.on == on && d.part == part {
		return
	}
	d.label, d.field, d.on, d.part = label, field, on, part
	d.draw()
	d.Refresh()
}

func (d *lcd) draw() {
	glass := canvas.NewRectangle(lcdGlass)
	if !d.on {
		glass.FillColor = lcdDark
	}
	glass.CornerRadius = 6
	glass.Resize(lcdSize)
	d.drawing.Objects = []fyne.CanvasObject{glass}
	if !d.on {
		return
	}
	label := canvas.NewText(d.label, lcdInk)
	label.TextStyle.Bold = true
	label.TextSize = 15
	if d.field == "" { // a message that stands by itself
		for label.TextSize = 30; label.MinSize().Width > lcdSize.Width-20; label.TextSize-- {
		}
		label.Move(fyne.NewPos(10, (lcdSize.Height-label.MinSize().Height)/2))
		d.drawing.Add(label)
		return
	}
	label.Move(fyne.NewPos(10, 5))
	d.drawing.Add(label)
	const width, pitch = 16, 24
	for i := range otp.UnlockLen {
		sign := byte(' ')
		if i < len(d.field) {
			sign = d.field[i]
		}
		d.place(sign, fyne.NewPos(11+float32(i)*pitch, 31), width)
	}
	if d.part > 0 {
		bar := canvas.NewRectangle(lcdInk)
		bar.Resize(fyne.NewSize((lcdSize.Width-20)*min(1, d.part), 3))
		bar.Move(fyne.NewPos(10, lcdSize.Height-10))
		d.drawing.Add(bar)
	}
}

// sevenSegments says for each sign which of the segments top, upper right, lower
// right, bottom, lower left, upper left and middle are on, from the lowest bit.
var sevenSegments = map[byte]byte{
	'0': 0x3f, '1': 0x06, '2': 0x5b, '3': 0x4f, '4': 0x66, '5': 0x6d, '6': 0x7d, '7': 0x07, '8': 0x7f, '9': 0x6f,
	'-': 0x40, '_': 0x08,
}

// place draws one sign.
func (d *lcd) place(sign byte, at fyne.Position, width float32) {
	const thick, half = 3.5, 19
	right, across := width-thick, width-thick-1
	for i, s := range []struct{ x, y, w, h float32 }{
		{thick/2 + 0.5, 0, across, thick},
		{right, thick/2 + 0.5, thick, half - 1},
		{right, half + thick/2 + 0.5, thick, half - 1},
		{thick/2 + 0.5, 2 * half, across, thick},
		{0, half + thick/2 + 0.5, thick, half - 1},
		{0, thick/2 + 0.5, thick, half - 1},
		{thick/2 + 0.5, half, across, thick},
	} {
		segment := canvas.NewRectangle(lcdGhost)
		if sevenSegments[sign]>>i&1 == 1 {
			segment.FillColor = lcdInk
		}
		segment.CornerRadius = thick / 2
		segment.Resize(fyne.NewSize(s.w, s.h))
		segment.Move(at.AddXY(s.x, s.y))
		d.drawing.Add(segment)
	}
}
