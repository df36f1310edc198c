package ui

import (
	"strings"
	"unicode"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"
)

// capitals is the entry for the PIN of an OTP card: letters become capitals as
// they are typed, and nothing else is changed. It can be read at first; the eye
// makes dots of it.
type capitals struct {
	widget.Entry
	lower bool // a lower-case letter was typed since the entry was empty
}

func newCapitals(changed func(), submitted func()) *capitals {
	c := &capitals{}
	c.OnChanged = func(s string) {
		if up := strings.Map(c.raise, s); up != s { // pasted
			c.SetText(up)
			return
		}
		c.lower = c.lower && s != ""
		changed()
	}
	c.OnSubmitted = func(string) { submitted() }
	c.Password = true // for the eye, which an entry gets at its first drawing
	c.ExtendBaseWidget(c)
	c.MinSize()
	c.Password = false
	return c
}

func (c *capitals) raise(r rune) rune {
	if unicode.IsLower(r) {
		c.lower = true
		return unicode.ToUpper(r)
	}
	return r
}

func (c *capitals) TypedRune(r rune) { c.Entry.TypedRune(c.raise(r)) }

func (c *capitals) TypedKey(e *fyne.KeyEvent) {
	if leavesEntry(e) {
		passKey(c, e)
		return
	}
	c.Entry.TypedKey(e)
}

func (c *capitals) KeyDown(e *fyne.KeyEvent) { c.Entry.KeyDown(e); passEdge(c, e) }
func (c *capitals) KeyUp(e *fyne.KeyEvent)   { c.Entry.KeyUp(e); passEdge(c, e) }
