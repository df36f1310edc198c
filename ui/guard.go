package ui

import (
	"time"

	"fyne.io/fyne/v2"
)

// armDelay is how long a window must have had the focus, with no key pressed or
// let go, before it can be agreed in: who types into another window, or clicks
// where something else was a moment ago, agrees to nothing.
const armDelay = 700 * time.Millisecond

// A guard decides when the agreeing button of a window works. It is used on
// Fyne's goroutine alone.
//
// Fyne tells when the program as a whole comes to the front and leaves it, and
// tells keys to the window that has the focus. A key that was down before and
// is let go counts like one that is pressed.
type guard struct {
	front   bool
	armed   bool
	timer   *time.Timer
	turn    int // of the timer that counts; older ones that still fire are ignored
	changed func(armed bool)
}

// focus tells that the program came to the front, or left it.
func (g *guard) focus(front bool) {
	g.front = front
	g.restart()
}

// key tells that a key was pressed or let go. It counts until the guard is
// armed; then the person works in this window.
func (g *guard) key() {
	if !g.armed {
		g.restart()
	}
}

// restart begins the delay anew.
func (g *guard) restart() {
	g.stop()
	if g.armed {
		g.armed = false
		g.changed(false)
	}
	if !g.front {
		return
	}
	turn := g.turn
	g.timer = time.AfterFunc(armDelay, func() {
		fyne.Do(func() {
			if turn == g.turn && g.front {
				g.armed = true
				g.changed(true)
			}
		})
	})
}

// stop ends the delay for good.
func (g *guard) stop() {
	g.turn++
	if g.timer != nil {
		g.timer.Stop()
	}
}
