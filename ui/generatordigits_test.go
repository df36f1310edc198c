package ui

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
)

// The keys of the digits count whatever they write, and each one once; so does a digit
// that no key wrote.
func TestDigits(t *testing.T) {
	testApp(t)
	d := newDigits(6, func() {})
	test.NewTempWindow(t, d)
	for _, written := range []rune{'2', 'ә', '@'} {
		d.TypedKey(&fyne.KeyEvent{Name: fyne.Key2})
		d.TypedRune(written)
	}
	d.TypedRune('7')
	d.TypedRune('x')
	if d.Text != "2227" {
		t.Errorf("the entry holds %q, want 2227", d.Text)
	}
	test.Type(d, "890")
	if d.Text != "222789" || !d.full() {
		t.Errorf("the entry holds %q, want no more than six digits", d.Text)
	}
}
