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
		if d.guard != nil {
			w.guards[d.guard] = true
			d.guard.focus(w.front)
			if c, ok := d.win.Canvas().(desktop.Canvas); ok {
				edge := func(*fyne.KeyEvent) { d.guard.key() }
				c.SetOnKeyDown(edge)
				c.SetOnKeyUp(edge)
			}
		}
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
	fyne.Do(func() {
		if d.guard != nil {
			d.guard.stop()
			delete(w.guards, d.guard)
		}
	})
	return err
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

// agree is the button that agrees. It works once the window's guard is armed,
// which is shown by its colour.
func (d *dialog) agree(label string) *button {
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
			d.end(nil)
		} else {
			d.guard.key()
		}
	}
	return b
}
