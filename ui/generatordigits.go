package ui

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"qoltanba/agent/otp"
)

// digits is an entry for a number. It takes the keys of the digits whatever they
// write: on a Kazakh keyboard the row of the digits writes letters. Return goes to
// OnSubmitted.
type digits struct {
	widget.Entry
	most  int
	typed bool // a key of a digit went down, and what it writes comes next
}

// newDigits is an entry for at most so many digits.
func newDigits(most int, submitted func()) *digits {
	d := &digits{most: most}
	d.OnSubmitted = func(string) { submitted() }
	d.ExtendBaseWidget(d)
	return d
}

// newPIN is an entry for a PIN of four digits, which shows dots and never digits: the
// toolkit's button that would show them gives way to an empty place.
func newPIN(submitted func()) *digits {
	d := newDigits(otp.PINLen, submitted)
	d.Password = true
	d.ActionItem = canvas.NewRectangle(color.Transparent)
	return d
}

// full tells that all digits were entered.
func (d *digits) full() bool { return len(d.Text) == d.most }

func (d *digits) TypedKey(e *fyne.KeyEvent) {
	digit, ok := digitOf(e.Name)
	d.typed = ok
	switch {
	case ok:
		d.add(digit)
	case e.Name == fyne.KeyEscape:
		passKey(d, e)
	default:
		d.Entry.TypedKey(e)
	}
}

func (d *digits) TypedRune(r rune) {
	if !d.typed && r >= '0' && r <= '9' { // written by something other than a key
		d.add(byte(r))
	}
	d.typed = false
}

func (d *digits) add(digit byte) {
	if len(d.Text) < d.most || d.SelectedText() != "" {
		d.Entry.TypedRune(rune(digit))
	}
}

func (d *digits) KeyDown(e *fyne.KeyEvent) { d.Entry.KeyDown(e); passEdge(d, e) }
func (d *digits) KeyUp(e *fyne.KeyEvent)   { d.Entry.KeyUp(e); passEdge(d, e) }

// digitOf is the digit that is printed on a key.
func digitOf(k fyne.KeyName) (digit byte, ok bool) {
	if len(k) == 1 && k[0] >= '0' && k[0] <= '9' {
		return k[0], true
	}
	return 0, false
}
