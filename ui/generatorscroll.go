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
	end := s.Content.Size().Height - s.Size().Height
	if end <= 0 {
		return false
	}
	to := s.Offset.Y
	switch e.Name {
	case fyne.KeyUp:
		to -= scrollLine
	case fyne.KeyDown:
		to += scrollLine
	case fyne.KeyPageUp:
		to -= s.Size().Height - scrollLine
	case fyne.KeyPageDown:
		to += s.Size().Height - scrollLine
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
