package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// Fyne gives keys to the widget that has the focus and to nobody else. The
// widgets here do with a key what people expect of it (Return presses a button
// and ends an entry) and pass the rest, such as Escape, on to their window.

// passKey gives a key to the window that o is in.
func passKey(o fyne.CanvasObject, e *fyne.KeyEvent) {
	if c := canvasOf(o); c != nil && c.OnTypedKey() != nil {
		c.OnTypedKey()(e)
	}
}

// passEdge tells the window that o is in that a key was pressed or let go.
func passEdge(o fyne.CanvasObject, e *fyne.KeyEvent) {
	if c, ok := canvasOf(o).(desktop.Canvas); ok && c.OnKeyDown() != nil {
		c.OnKeyDown()(e)
	}
}

func canvasOf(o fyne.CanvasObject) fyne.Canvas {
	return fyne.CurrentApp().Driver().CanvasForObject(o)
}

func isReturn(e *fyne.KeyEvent) bool { return e.Name == fyne.KeyReturn || e.Name == fyne.KeyEnter }

// button is a button that Return presses too.
type button struct{ widget.Button }

func newButton(label string, icon fyne.Resource, tapped func()) *button {
	b := &button{}
	b.Text, b.Icon, b.OnTapped = label, icon, tapped
	b.ExtendBaseWidget(b)
	return b
}

func (b *button) TypedKey(e *fyne.KeyEvent) {
	switch {
	case isReturn(e):
		b.Button.TypedKey(&fyne.KeyEvent{Name: fyne.KeySpace})
	case e.Name == fyne.KeySpace:
		b.Button.TypedKey(e)
	default:
		passKey(b, e)
	}
}

func (b *button) KeyDown(e *fyne.KeyEvent) { passEdge(b, e) }
func (b *button) KeyUp(e *fyne.KeyEvent)   { passEdge(b, e) }

// password is an entry that shows dots. Return goes to OnSubmitted.
type password struct{ widget.Entry }

func newPassword(submitted func()) *password {
	p := &password{}
	p.Password = true
	p.OnSubmitted = func(string) { submitted() }
	p.ExtendBaseWidget(p)
	return p
}

func (p *password) TypedKey(e *fyne.KeyEvent) {
	if leavesEntry(e) {
		passKey(p, e)
		return
	}
	p.Entry.TypedKey(e)
}

// leavesEntry tells whether a key is the window's, as an entry of one line has no use
// for it.
func leavesEntry(e *fyne.KeyEvent) bool {
	return e.Name == fyne.KeyEscape || e.Name == fyne.KeyPageUp || e.Name == fyne.KeyPageDown
}

func (p *password) KeyDown(e *fyne.KeyEvent) { p.Entry.KeyDown(e); passEdge(p, e) }
func (p *password) KeyUp(e *fyne.KeyEvent)   { p.Entry.KeyUp(e); passEdge(p, e) }

// line is an entry for a text. Return goes to OnSubmitted.
type line struct{ widget.Entry }

func newLine(changed func(string), submitted func()) *line {
	e := &line{}
	e.OnChanged = changed
	e.OnSubmitted = func(string) { submitted() }
	e.ExtendBaseWidget(e)
	return e
}

func (e *line) TypedKey(k *fyne.KeyEvent) {
	if leavesEntry(k) {
		passKey(e, k)
		return
	}
	e.Entry.TypedKey(k)
}

func (e *line) KeyDown(k *fyne.KeyEvent) { e.Entry.KeyDown(k); passEdge(e, k) }
func (e *line) KeyUp(k *fyne.KeyEvent)   { e.Entry.KeyUp(k); passEdge(e, k) }

// choice is a drop-down list. Return goes to the window, as in an entry; Space
// and the arrows open the list and change what is chosen.
type choice struct{ widget.Select }

func newChoice(options []string, changed func(string)) *choice {
	c := &choice{}
	c.Options, c.OnChanged = options, changed
	c.ExtendBaseWidget(c)
	return c
}

func (c *choice) TypedKey(e *fyne.KeyEvent) {
	if e.Name == fyne.KeyEscape || isReturn(e) {
		passKey(c, e)
		return
	}
	c.Select.TypedKey(e)
}

func (c *choice) KeyDown(e *fyne.KeyEvent) { passEdge(c, e) }
func (c *choice) KeyUp(e *fyne.KeyEvent)   { passEdge(c, e) }

// check is a box to tick. Return goes to the window.
type check struct{ widget.Check }

func newCheck(label string, on bool, changed func(bool)) *check {
	c := &check{}
	c.Text, c.Checked, c.OnChanged = label, on, changed
	c.ExtendBaseWidget(c)
	return c
}

func (c *check) TypedKey(e *fyne.KeyEvent) {
	if e.Name == fyne.KeySpace {
		c.Check.TypedKey(e)
		return
	}
	passKey(c, e)
}

func (c *check) KeyDown(e *fyne.KeyEvent) { passEdge(c, e) }
func (c *check) KeyUp(e *fyne.KeyEvent)   { passEdge(c, e) }

// lines is a list of rows. The arrows move in it, Space selects.
type lines struct{ widget.List }

func newLines(length func() int, create func() fyne.CanvasObject, update func(widget.ListItemID, fyne.CanvasObject)) *lines {
	l := &lines{}
	l.Length, l.CreateItem, l.UpdateItem = length, create, update
	l.ExtendBaseWidget(l)
	return l
}

func (l *lines) TypedKey(e *fyne.KeyEvent) {
	if e.Name == fyne.KeyEscape || isReturn(e) {
		passKey(l, e)
		return
	}
	l.List.TypedKey(e)
}

func (l *lines) KeyDown(e *fyne.KeyEvent) { passEdge(l, e) }
func (l *lines) KeyUp(e *fyne.KeyEvent)   { passEdge(l, e) }
