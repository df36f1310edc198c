package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// Fyne's own layouts ask a child for its height before they give it its width,
// which is wrong for text that wraps. The layouts here set the width first, so
// that a window is right at its first layout.

// consentWidth and consentHeight are the smallest size of the content of the
// consent window and of the main window, in Fyne's units.
const (
	consentWidth  = 720
	consentHeight = 500
)

// consentFit gives o the width and returns the height that o needs then.
func consentFit(o fyne.CanvasObject, width float32) float32 {
	o.Resize(fyne.NewSize(width, o.MinSize().Height))
	height := o.MinSize().Height
	o.Resize(fyne.NewSize(width, height))
	return height
}

// consentColumn puts objects below each other, as high as they are at the full
// width.
type consentColumn struct{}

func (consentColumn) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	y := float32(0)
	for _, o := range objects {
		o.Move(fyne.NewPos(0, y))
		y += consentFit(o, size.Width)
	}
}

func (consentColumn) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var m fyne.Size
	for _, o := range objects {
		size := o.MinSize()
		m = fyne.NewSize(max(m.Width, size.Width), m.Height+size.Height)
	}
	return m
}

// consentFrame has three objects: one at the top and one at the bottom, as high
// as they need be, and one that gets the space between them.
type consentFrame struct{}

func (consentFrame) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	top, middle, bottom := objects[0], objects[1], objects[2]
	start := consentFit(top, size.Width)
	end := max(start, size.Height-consentFit(bottom, size.Width))
	middle.Move(fyne.NewPos(0, start))
	middle.Resize(fyne.NewSize(size.Width, end-start))
	bottom.Move(fyne.NewPos(0, end))
}

func (consentFrame) MinSize([]fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(consentWidth, consentHeight)
}

// consentForm has two columns: captions, as wide as the widest of them, and
// values in the rest. Objects come in pairs; one whose value is hidden takes no
// room. Entries have none of the space around them that text has, so there is
// some between two of them.
type consentForm struct{}

// pairs calls f with each caption and value that is seen, and the space above them.
func (consentForm) pairs(objects []fyne.CanvasObject, f func(caption, value fyne.CanvasObject, above float32)) {
	after := false // an entry
	for i := 0; i+1 < len(objects); i += 2 {
		if !objects[i+1].Visible() {
			continue
		}
		_, text := objects[i+1].(*widget.Label)
		above := float32(0)
		if after && !text {
			above = theme.Padding()
		}
		f(objects[i], objects[i+1], above)
		after = !text
	}
}

func (c consentForm) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	left := float32(0)
	c.pairs(objects, func(caption, _ fyne.CanvasObject, _ float32) { left = max(left, caption.MinSize().Width) })
	y := float32(0)
	c.pairs(objects, func(caption, value fyne.CanvasObject, above float32) {
		y += above
		a, b := consentFit(caption, left), consentFit(value, size.Width-left)
		caption.Move(fyne.NewPos(0, y))
		value.Move(fyne.NewPos(left, y+max(0, a-b)/2))
		y += max(a, b)
	})
}

func (c consentForm) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var left, right, height float32
	c.pairs(objects, func(caption, value fyne.CanvasObject, above float32) {
		a, b := caption.MinSize(), value.MinSize()
		left, right = max(left, a.Width), max(right, b.Width)
		height += above + max(a.Height, b.Height)
	})
	return fyne.NewSize(left+right, height)
}

// consentColumns is a row of the table of a batch. A width of 0 shares what the
// others leave.
type consentColumns []float32

func (c consentColumns) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	rest, open := size.Width, 0
	for _, width := range c {
		rest -= width
		if width == 0 {
			open++
		}
	}
	x := float32(0)
	for i, o := range objects {
		width := c[i]
		if width == 0 {
			width = rest / float32(open)
		}
		o.Move(fyne.NewPos(x, 0))
		o.Resize(fyne.NewSize(width, size.Height))
		x += width
	}
}

func (consentColumns) MinSize(objects []fyne.CanvasObject) fyne.Size {
	height := float32(0)
	for _, o := range objects {
		height = max(height, o.MinSize().Height)
	}
	return fyne.NewSize(0, height)
}

// consentScroll shows its one object, a scroll, as high as its content is, but
// at most limit; 0 means that the size is given from outside.
type consentScroll struct{ limit float32 }

// newConsentScroll lets content scroll vertically.
func newConsentScroll(content fyne.CanvasObject, limit float32) *fyne.Container {
	return container.New(consentScroll{limit}, container.NewVScroll(content))
}

func (s consentScroll) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	scroll := objects[0].(*container.Scroll)
	consentFit(scroll.Content, size.Width)
	scroll.Resize(size)
	scroll.Refresh()
}

func (s consentScroll) MinSize(objects []fyne.CanvasObject) fyne.Size {
	content := objects[0].(*container.Scroll).Content.MinSize()
	return fyne.NewSize(0, min(content.Height, s.limit))
}

// consentPadding is the space around text, in Fyne's units.
const consentPadding = 5

// consentTheme is the person's theme with less space around text: a person who
// signs sees more of it at once.
type consentTheme struct{ fyne.Theme }

func (t consentTheme) Size(name fyne.ThemeSizeName) float32 {
	if name == theme.SizeNameInnerPadding {
		return consentPadding
	}
	return t.Theme.Size(name)
}

// consentDense shows o in a consentTheme.
func consentDense(o fyne.CanvasObject) fyne.CanvasObject {
	return container.NewThemeOverride(o, consentTheme{fyne.CurrentApp().Settings().Theme()})
}
