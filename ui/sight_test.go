package ui

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"
)

// A question runs in a bubble: after synctest.Wait the window is as it stays,
// and time passes at once.
func question(t *testing.T, ask func(ctx context.Context, w *Windows) error, work func(w *Windows, win fyne.Window)) error {
	t.Helper()
	var err error
	synctest.Test(t, func(t *testing.T) {
		w := testApp(t)
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		done := make(chan error, 1)
		go func() { done <- ask(ctx, w) }()
		synctest.Wait()
		all := opened(w)
		if len(all) != 1 {
			t.Fatalf("%d windows, want 1", len(all))
		}
		work(w, all[0])
		synctest.Wait()
		select {
		case err = <-done:
		default:
			t.Error("the question is still open")
			cancel()
			err = <-done
		}
		if n := len(opened(w)); n != 0 {
			t.Errorf("%d windows are left", n)
		}
	})
	return err
}

// press types a key where the focus is, as the desktop driver does.
func press(win fyne.Window, key fyne.KeyName) {
	e := &fyne.KeyEvent{Name: key}
	c := win.Canvas()
	if f := c.Focused(); f != nil {
		if k, ok := f.(desktop.Keyable); ok {
			k.KeyDown(e)
		}
		if key == fyne.KeyTab {
			c.FocusNext()
		} else {
			f.TypedKey(e)
		}
		if k, ok := f.(desktop.Keyable); ok {
			k.KeyUp(e)
		}
		return
	}
	if c.OnTypedKey() != nil {
		c.OnTypedKey()(e)
	}
}

// opened returns the windows that ask something; the test driver has one of its
// own besides.
func opened(w *Windows) []fyne.Window {
	return slices.DeleteFunc(slices.Clone(w.app.Driver().AllWindows()), func(win fyne.Window) bool { return win.Title() == "" })
}

// sight calls f with every object that can be seen.
func sight(o fyne.CanvasObject, f func(fyne.CanvasObject)) {
	if !o.Visible() {
		return
	}
	f(o)
	switch o := o.(type) {
	case *fyne.Container:
		for _, child := range o.Objects {
			sight(child, f)
		}
	case fyne.Widget:
		for _, child := range test.WidgetRenderer(o).Objects() {
			sight(child, f)
		}
	}
}

// find returns the widgets of a kind that can be seen.
func find[T fyne.CanvasObject](win fyne.Window) []T {
	var all []T
	sight(win.Canvas().Content(), func(o fyne.CanvasObject) {
		if found, ok := o.(T); ok {
			all = append(all, found)
		}
	})
	return all
}

// words returns what can be read in a window.
func words(win fyne.Window) []string {
	var all []string
	sight(win.Canvas().Content(), func(o fyne.CanvasObject) {
		if t, ok := o.(*canvas.Text); ok && t.Text != "" {
			all = append(all, t.Text)
		}
		if l, ok := o.(*widget.Label); ok && l.Text != "" {
			all = append(all, l.Text) // also where it is drawn in several lines
		}
	})
	return all
}

func buttonNamed(t *testing.T, win fyne.Window, labels ...string) *button {
	t.Helper()
	for _, b := range find[*button](win) {
		if slices.Contains(labels, b.Text) {
			return b
		}
	}
	t.Fatalf("no button %q in %q", labels, words(win))
	return nil
}
