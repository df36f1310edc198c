package ui

import (
	"time"

	"fyne.io/fyne/v2"

	"qoltanba/ui/text"
)

// clipboardTime is how long a code stays in the clipboard.
const clipboardTime = 60 * time.Second

// copyCode puts a code into the clipboard and takes it out again after clipboardTime,
// also when the window was closed meanwhile. What the person put there since stays.
func (w *Windows) copyCode(code string) {
	w.app.Clipboard().SetContent(code)
	w.inClipboard = code
	if w.emptying != nil {
		w.emptying.Stop()
	}
	w.emptying = time.AfterFunc(clipboardTime, func() { fyne.Do(w.EmptyClipboard) })
}

// EmptyClipboard takes a code that was copied out of the clipboard, unless something
// else is there. It runs on Fyne's goroutine; the program calls it before it ends.
func (w *Windows) EmptyClipboard() {
	clipboard := w.app.Clipboard()
	if w.inClipboard != "" && clipboard.Content() == w.inClipboard {
		clipboard.SetContent("")
	}
	w.inClipboard = ""
}

// copied is copyCode, and says so.
func (g *generatorWindow) copied(code string) {
	g.w.copyCode(code)
	g.said, g.failed = g.lang.T(text.GeneratorCopied), false
	g.notify()
}
