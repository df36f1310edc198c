package ui

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// mobiSize is the size of the drawn telephone.
var mobiSize = fyne.NewSize(400, 570)

var (
	mobiCase = color.NRGBA{R: 0x26, G: 0x2b, B: 0x33, A: 0xff}
	mobiBar  = color.NRGBA{R: 0x0b, G: 0x5c, B: 0x8f, A: 0xff}
)

// telephone draws the page: the name of the application in a bar, the page's title,
// what it holds, and the buttons below.
func (p *mobiPage) telephone() fyne.CanvasObject {
	body := canvas.NewRectangle(mobiCase)
	body.CornerRadius = 34
	screen := canvas.NewRectangle(color.White)
	screen.CornerRadius = 10
	ear := canvas.NewRectangle(color.NRGBA{R: 0x58, G: 0x60, B: 0x6c, A: 0xff})
	ear.CornerRadius = 3
	bar := canvas.NewRectangle(mobiBar)
	bar.TopLeftCornerRadius, bar.TopRightCornerRadius = 10, 10
	name := canvas.NewText("MobiPass", color.White)
	name.TextStyle.Bold = true
	name.TextSize = 16
	column := container.New(consentColumn{}, p.notice, p.body)
	if p.title != "" {
		column.Objects = append([]fyne.CanvasObject{consentBold(p.t(p.title), theme.SizeNameSubHeadingText)}, column.Objects...)
	}
	page := container.New(layout.NewCustomPaddedLayout(0, 0, 4, 10), column)
	middle := newConsentScroll(page, 0)
	p.scroll = middle.Objects[0].(*container.Scroll)
	return container.New(mobiLayout{}, body, ear, screen, bar, name,
		consentDense(middle), container.NewHBox(p.soft...))
}

// mobiLayout puts the parts of the telephone in their places.
type mobiLayout struct{}

func (mobiLayout) Layout(objects []fyne.CanvasObject, _ fyne.Size) {
	w, h := mobiSize.Width, mobiSize.Height
	const edge, top, bar, soft = 14, 34, 40, 46
	for i, at := range []struct{ x, y, w, h float32 }{
		{0, 0, w, h},
		{w/2 - 32, 15, 64, 6},
		{edge, top, w - 2*edge, h - top - 24},
		{edge, top, w - 2*edge, bar},
		{edge + 14, top, w - 4*edge, bar},
		{edge + 6, top + bar + 4, w - 2*edge - 12, h - top - bar - soft - 34},
		{edge + 8, h - 24 - soft, w - 2*edge - 16, soft - 6},
	} {
		objects[i].Move(fyne.NewPos(at.x, at.y))
		objects[i].Resize(fyne.NewSize(at.w, at.h))
	}
}

func (mobiLayout) MinSize([]fyne.CanvasObject) fyne.Size { return mobiSize }

// mobiMenu is a menu of which one item is chosen. The arrows move in it, Return
// starts the item.
type mobiMenu struct {
	widget.BaseWidget
	at        int
	submitted func()
	focused   bool
	items     []*mobiRow
	rows      *fyne.Container
}

func newMobiMenu(labels []string) *mobiMenu {
	m := &mobiMenu{rows: container.New(consentColumn{})}
	for i, s := range labels {
		row := &mobiRow{tapped: func() { m.choose(i) }, label: widget.NewLabel(s), band: canvas.NewRectangle(color.Transparent)}
		row.band.CornerRadius = 6
		row.ExtendBaseWidget(row)
		m.items = append(m.items, row)
		m.rows.Add(row)
	}
	m.ExtendBaseWidget(m)
	m.paint()
	return m
}

func (m *mobiMenu) choose(i int) {
	m.at = min(max(0, i), len(m.items)-1)
	m.paint()
}

// paint marks the item that is chosen, more strongly while the menu has the focus.
func (m *mobiMenu) paint() {
	for i, row := range m.items {
		row.band.FillColor = color.Transparent
		if i == m.at && m.focused {
			row.band.FillColor = theme.Color(theme.ColorNameSelection)
		} else if i == m.at {
			row.band.FillColor = theme.Color(theme.ColorNameHover)
		}
		row.label.TextStyle.Bold = i == m.at
		row.label.Refresh()
		row.band.Refresh()
	}
}

func (m *mobiMenu) FocusGained()   { m.focused = true; m.paint() }
func (m *mobiMenu) FocusLost()     { m.focused = false; m.paint() }
func (m *mobiMenu) TypedRune(rune) {}

func (m *mobiMenu) TypedKey(e *fyne.KeyEvent) {
	switch {
	case e.Name == fyne.KeyDown:
		m.choose(m.at + 1)
	case e.Name == fyne.KeyUp:
		m.choose(m.at - 1)
	case e.Name == fyne.KeyHome:
		m.choose(0)
	case e.Name == fyne.KeyEnd:
		m.choose(len(m.items) - 1)
	case isReturn(e), e.Name == fyne.KeySpace:
		m.submitted()
	default:
		passKey(m, e)
	}
}

func (m *mobiMenu) KeyDown(e *fyne.KeyEvent) { passEdge(m, e) }
func (m *mobiMenu) KeyUp(e *fyne.KeyEvent)   { passEdge(m, e) }

func (m *mobiMenu) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(m.rows) }

// mobiRow is an item of the menu.
type mobiRow struct {
	widget.BaseWidget
	tapped func()
	label  *widget.Label
	band   *canvas.Rectangle
}

func (r *mobiRow) Tapped(*fyne.PointEvent) { r.tapped() }

func (r *mobiRow) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(container.NewStack(r.band, r.label))
}

var _ desktop.Keyable = (*mobiMenu)(nil)
