// Package ui draws the windows in which a person decides.
//
// It is the Prompter of the window process: each question is a window of its
// own, opened when it is asked and closed with its answer or its context. What
// it shows comes from a question as data and is drawn as text, never as markup.
//
// Fyne is touched on its own goroutine only (fyne.Do), and nothing that Fyne
// calls blocks: answers leave through a channel, and what the agent does with a
// password runs in a goroutine that the question waits for. The content of a
// window is made by a function from a question to widgets, so that tests draw
// every window without a display.
package ui

import (
	"sync"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"

	"qoltanba/agent"
	"qoltanba/ui/text"
)

var _ agent.Prompter = (*Windows)(nil)

// Windows shows questions to the person at the computer.
type Windows struct {
	app fyne.App

	mu    sync.Mutex
	lang  text.Lang
	codes text.Lang // chosen in the window of the code generators, or ""

	// Used on Fyne's goroutine alone.
	front  bool            // the program has the focus
	guards map[*guard]bool // of the open windows
	panel  *panelWindow    // nil while it is closed
	spare  []fyne.Window   // hidden, to be used again
	gone   fyne.Window     // closed by the system just now

	inClipboard string      // a code that was copied, or ""
	emptying    *time.Timer // takes it out again
}

// New returns the windows of app. It sets the app's theme and what the app does
// when it comes to the front.
func New(app fyne.App, lang text.Lang) *Windows {
	w := &Windows{app: app, lang: lang, guards: map[*guard]bool{}}
	app.Settings().SetTheme(newLook())
	app.Lifecycle().SetOnEnteredForeground(func() { w.focus(true) })
	app.Lifecycle().SetOnExitedForeground(func() { w.focus(false) })
	return w
}

// SetLanguage changes the language of the windows that are opened from now on,
// given by its code ("kk", "ru", "en").
func (w *Windows) SetLanguage(code string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.lang = text.FromLocale(code)
}

func (w *Windows) language() text.Lang {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.lang
}

// open returns a window that is not shown yet; closed is called when the person
// or the system closes it. It is given back with hide.
//
// Windows are hidden and used again, never closed: Fyne 2.7 ends in a nil
// pointer when the mouse moves over a window that is closing
// (glfw/window.go, processMouseMoved), and a second window is there sooner.
func (w *Windows) open(title string, closed func()) fyne.Window {
	var win fyne.Window
	if n := len(w.spare); n > 0 {
		win, w.spare = w.spare[n-1], w.spare[:n-1]
	} else {
		win = w.app.NewWindow(title)
	}
	win.SetTitle(title)
	win.SetCloseIntercept(closed)
	win.SetOnClosed(func() { // by the system: it cannot be used again
		w.gone = win
		closed()
	})
	return win
}

// hide takes a window off the screen, with what it held.
func (w *Windows) hide(win fyne.Window) {
	if w.gone == win {
		return
	}
	win.Hide()
	win.SetCloseIntercept(nil)
	win.SetOnClosed(nil)
	win.Canvas().SetOnTypedKey(nil)
	if c, ok := win.Canvas().(desktop.Canvas); ok {
		c.SetOnKeyDown(nil)
		c.SetOnKeyUp(nil)
	}
	win.SetTitle("")
	win.SetContent(container.NewWithoutLayout())
	w.spare = append(w.spare, win)
}

// focus is called on Fyne's goroutine.
func (w *Windows) focus(front bool) {
	w.front = front
	for g := range w.guards {
		g.focus(front)
	}
}

// Prepare has nothing to do: the program that shows windows is running, and
// its main has loaded what a first window needs.
func (w *Windows) Prepare() {}
