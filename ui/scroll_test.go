package ui

import (
	"image/color"
	"testing"
	"testing/synctest"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"

	"qoltanba/ui/text"
)

// Help is longer than the drawn telephone. All of it is read by keyboard, while the
// button that leads back has the focus.
func TestMobiPassHelpScrolls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := testApp(t)
		g := generatorScreen(t, w, text.DE)
		generatorScreens()["mobi-help"](g)
		win := g.d.win
		win.Resize(fyne.NewSize(generatorWidth, generatorHeight))
		win.Canvas().SetOnTypedKey(g.typed)
		s := g.mobi.scroll
		end := s.Content.Size().Height - s.Size().Height
		if end <= 0 {
			t.Fatal("German help is not longer than its page")
		}
		for _, c := range []struct {
			key  fyne.KeyName
			want float32
		}{
			{fyne.KeyDown, min(end, scrollLine)}, {fyne.KeyUp, 0}, {fyne.KeyUp, 0},
			{fyne.KeyEnd, end}, {fyne.KeyPageDown, end}, {fyne.KeyHome, 0}, {fyne.KeyPageDown, min(end, s.Size().Height-scrollLine)}, {fyne.KeyPageUp, 0},
		} {
			press(win, c.key)
			if s.Offset.Y != c.want {
				t.Errorf("after %s the page is at %v, want %v", c.key, s.Offset.Y, c.want)
			}
		}
		if b, ok := win.Canvas().Focused().(*button); !ok || b.Text != text.DE.T(text.MobiBack) {
			t.Errorf("the focus is on a %T", win.Canvas().Focused())
		}
		if scrolled(nil, &fyne.KeyEvent{Name: fyne.KeyDown}) || scrolled(container.NewVScroll(container.NewVBox()), &fyne.KeyEvent{Name: fyne.KeyDown}) {
			t.Error("what is all in sight takes the key away")
		}
		w.unwatch(g.d)
	})
}

// What is longer than its window is read by keyboard in every window, also while an entry
// has the focus.
func TestWindowsScroll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for name, c := range map[string]struct {
			height float32
			open   func() fyne.Window
		}{
			"consent": {420, func() fyne.Window {
				testApp(t)
				d := &dialog{win: consentWindow(t, consentContent(text.EN, consentScreens()["flagged"], func(int) {}))}
				d.win.Canvas().SetOnTypedKey(d.typed)
				return d.win
			}},
			"wizard, in an entry": {260, func() fyne.Window {
				p := wizardScreen(t, text.EN)
				wizardScreens()["applicant"](p)
				p.d.win.Canvas().SetOnTypedKey(p.typed)
				return p.d.win
			}},
			"token panel": {260, func() fyne.Window {
				p := tokenScreen(t, text.EN)
				tokenScreens()["generators"](p)
				t.Cleanup(func() { p.w.unwatch(p.d) })
				p.d.win.Canvas().SetOnTypedKey(p.typed)
				return p.d.win
			}},
		} {
			win := c.open()
			win.Resize(fyne.NewSize(700, c.height))
			s := longest(win.Content())
			if s == nil {
				t.Errorf("%s: nothing is longer than the window", name)
				continue
			}
			press(win, fyne.KeyPageDown)
			if want := min(hidden(s), s.Size().Height-scrollLine); s.Offset.Y != want || want <= 0 {
				t.Errorf("%s: after a page down it is at %v, want %v", name, s.Offset.Y, want)
			}
			press(win, fyne.KeyPageUp)
			if s.Offset.Y != 0 {
				t.Errorf("%s: after a page up it is at %v", name, s.Offset.Y)
			}
		}
	})
}

// Of a scroll in another one, that is moved of which more is out of sight: each may be
// what a small window hides.
func TestScrollWithinScroll(t *testing.T) {
	testApp(t)
	high := func(h float32) fyne.CanvasObject {
		r := canvas.NewRectangle(color.Black)
		r.SetMinSize(fyne.NewSize(100, h))
		return r
	}
	for name, c := range map[string]struct {
		inner, outer float32 // out of sight
		want         string
	}{
		"all in sight": {0, 0, ""}, "the inner": {50, 0, "inner"}, "the outer": {0, 50, "outer"},
		"mostly the inner": {80, 50, "inner"}, "mostly the outer": {50, 80, "outer"}, "both alike": {50, 50, "outer"},
	} {
		inner := container.NewVScroll(high(100 + c.inner))
		inner.SetMinSize(fyne.NewSize(100, 100))
		outer := container.NewVScroll(inner)
		outer.Resize(fyne.NewSize(100, 100-c.outer))
		got := map[*container.Scroll]string{nil: "", inner: "inner", outer: "outer"}[longest(container.NewStack(outer))]
		if got != c.want {
			t.Errorf("%s: %q is moved, want %q", name, got, c.want)
		}
	}
}
