package ui

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"qoltanba/agent"
)

// A dialog is a window that asks one question. It is used on Fyne's goroutine
// alone.
type dialog struct {
	win    fyne.Window
	size   fyne.Size // at least; none is what the content needs
	accept func()    // what Return does where no button has the focus; may be nil
	guard  *guard    // nil where nothing is agreed to
	hide   func()
	done   chan error
	ended  bool
}

// ask opens a window and returns what its question ended with: agent.ErrDenied
// when the person closed it, agent.ErrCanceled when ctx ended.
func (w *Windows) ask(ctx context.Context, title string, build func(*dialog)) error {
	d := &dialog{done: make(chan error, 1)}
	fyne.Do(func() {
		if ctx.Err() != nil {
			d.end(agent.ErrCanceled)
			return
		}
		d.win = w.open(title, func() { d.end(agent.ErrDenied) })
		d.hide = func() { w.hide(d.win) }
		d.win.Canvas().SetOnTypedKey(d.typed)
		build(d)
		w.watch(d)
		d.win.Resize(d.win.Content().MinSize().Max(d.size))
		d.win.CenterOnScreen()
		d.win.Show()
		d.win.RequestFocus()
	})
	var err error
	select {
	case err = <-d.done:
	case <-ctx.Done():
		fyne.Do(func() { d.end(agent.ErrCanceled) })
		err = <-d.done
	}
	fyne.Do(func() { w.unwatch(d) })
	return err
}

// watch arms the guard of a dialog, if it has one, by the focus and the keys of
// its window.
func (w *Windows) watch(d *dialog) {
	if d.guard == nil {
		return
	}
	g := d.guard
	w.guards[g] = true
	g.focus(w.front)
	if c, ok := d.win.Canvas().(desktop.Canvas); ok {
		edge := func(*fyne.KeyEvent) { g.key() }
		c.SetOnKeyDown(edge)
		c.SetOnKeyUp(edge)
	}
}

// unwatch takes the guard away.
func (w *Windows) unwatch(d *dialog) {
	if d.guard == nil {
		return
	}
	d.guard.stop()
	delete(w.guards, d.guard)
	d.guard = nil
	if c, ok := d.win.Canvas().(desktop.Canvas); ok {
		c.SetOnKeyDown(nil)
		c.SetOnKeyUp(nil)
	}
}

// end answers the question and takes the window away. Only the first end counts.
func (d *dialog) end(err error) {
	if d.ended {
		return
	}
	d.ended = true
	d.done <- err
	if d.win != nil {
		d.hide()
	}
}

// typed is a key that no widget wanted.
func (d *dialog) typed(e *fyne.KeyEvent) {
	if d.guard != nil {
		d.guard.key()
	}
	switch {
	case e.Name == fyne.KeyEscape:
		d.end(agent.ErrDenied)
	case isReturn(e) && d.accept != nil:
		d.accept()
	default:
		scrolledIn(d.win, e)
	}
}

// show fills the window: content, and below it the buttons, the last at the
// right. first gets the focus.
func (d *dialog) show(content fyne.CanvasObject, first fyne.Focusable, buttons ...fyne.CanvasObject) {
	row := container.NewHBox(layout.NewSpacer())
	for _, b := range buttons {
		row.Add(b)
	}
	d.win.SetContent(container.NewPadded(container.NewBorder(nil,
		container.NewVBox(widget.NewSeparator(), row), nil, nil, content)))
	d.win.Canvas().Focus(first)
}

// cancel is the button that refuses.
func (d *dialog) cancel(label string) *button {
	return newButton(label, nil, func() { d.end(agent.ErrDenied) })
}

// agree is the button that agrees, which ends the question.
func (d *dialog) agree(label string) *button { return d.agreeTo(label, func() { d.end(nil) }) }

// agreeTo is a button that does something. It works once the window's guard is
// armed, which is shown by its colour.
func (d *dialog) agreeTo(label string, do func()) *button {
	b := newButton(label, theme.ConfirmIcon(), nil)
	d.guard = &guard{changed: func(armed bool) {
		b.Importance = widget.MediumImportance
		if armed {
			b.Importance = widget.HighImportance
		}
		b.Refresh()
	}}
	b.OnTapped = func() {
		if d.guard.armed {
			do()
		} else {
			d.guard.key()
		}
	}
	return b
}
