package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
)

// scrollLine is how far an arrow moves a page, in Fyne's units.
const scrollLine = 40

// scrolled moves what is longer than s by the keys that do so everywhere, and tells
// whether e was one of them. The toolkit scrolls by mouse alone.
func scrolled(s *container.Scroll, e *fyne.KeyEvent) bool {
	if s == nil {
		return false
	}
	end := hidden(s)
	if end <= 0 {
		return false
	}
	to, page := s.Offset.Y, max(scrollLine, s.Size().Height-scrollLine)
	switch e.Name {
	case fyne.KeyUp:
		to -= scrollLine
	case fyne.KeyDown:
		to += scrollLine
	case fyne.KeyPageUp:
		to -= page
	case fyne.KeyPageDown:
		to += page
	case fyne.KeyHome:
		to = 0
	case fyne.KeyEnd:
		to = end
	default:
		return false
	}
	s.ScrollToOffset(fyne.NewPos(0, min(max(0, to), end)))
	return true
}

// scrolledIn is scrolled for what is longest in a window. Whoever reads before signing may
// have no mouse.
func scrolledIn(win fyne.Window, e *fyne.KeyEvent) bool {
	return scrolled(longest(win.Content()), e)
}

// longest is the scroll in o of which most is out of sight, nil when nothing is. It may lie
// within another one, as what the drawn telephone shows does.
func longest(o fyne.CanvasObject) *container.Scroll {
	switch o := o.(type) {
	case *container.Scroll:
		if !o.Visible() {
			return nil
		}
		within := longest(o.Content)
		if h := hidden(o); h > 0 && (within == nil || h >= hidden(within)) {
			return o
		}
		return within
	case *container.ThemeOverride:
		return longest(o.Content)
	case *fyne.Container:
		var found *container.Scroll
		for _, child := range o.Objects {
			if s := longest(child); s != nil && o.Visible() && (found == nil || hidden(s) > hidden(found)) {
				found = s
			}
		}
		return found
	}
	return nil
}

// hidden is how much of a scroll's content is out of sight, in Fyne's units.
func hidden(s *container.Scroll) float32 { return s.Content.Size().Height - s.Size().Height }
