package ui

import (
	"image"
	"image/color"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"

	"qoltanba/ui/text"
)

// testApp starts an app that looks as ours does.
func testApp(t *testing.T) *Windows {
	t.Helper()
	return New(test.NewTempApp(t), text.EN)
}

// TestKazakhLetters draws letters with the bundled fonts: і and ї keep their
// dots, and no letter is missing, which would be drawn as the same box.
func TestKazakhLetters(t *testing.T) {
	testApp(t)
	for _, bold := range []bool{false, true} {
		box := draw(t, "\U0010FFFD", bold)
		for _, r := range "әғқңөұүһіӘҒҚҢӨҰҮҺІёЁйЙ" {
			img := draw(t, string(r), bold)
			if same(img, box) || bands(img) == 0 {
				t.Errorf("bold %v: %c is not in the font", bold, r)
			}
		}
		for _, s := range []string{"і", "i", "ё"} {
			if n := bands(draw(t, s, bold)); n != 2 {
				t.Errorf("bold %v: %s is drawn in %d parts one above the other, want letter and dot", bold, s, n)
			}
		}
		if n := bands(draw(t, "ı", bold)); n != 1 {
			t.Errorf("bold %v: ı is drawn in %d parts, want 1: the test cannot tell", bold, n)
		}
	}
}

func draw(t *testing.T, s string, bold bool) image.Image {
	t.Helper()
	letter := canvas.NewText(s, color.Black)
	letter.TextSize = 64
	letter.TextStyle = fyne.TextStyle{Bold: bold}
	w := test.NewTempWindow(t, letter)
	w.Resize(fyne.NewSize(120, 120))
	return w.Canvas().Capture()
}

// bands counts the runs of rows that hold ink.
func bands(img image.Image) int {
	n, inked := 0, false
	for y := img.Bounds().Min.Y; y < img.Bounds().Max.Y; y++ {
		row := false
		for x := img.Bounds().Min.X; x < img.Bounds().Max.X; x++ {
			if r, _, _, _ := img.At(x, y).RGBA(); r < 0x8000 {
				row = true
			}
		}
		if row && !inked {
			n++
		}
		inked = row
	}
	return n
}

func same(a, b image.Image) bool {
	for y := a.Bounds().Min.Y; y < a.Bounds().Max.Y; y++ {
		for x := a.Bounds().Min.X; x < a.Bounds().Max.X; x++ {
			if a.At(x, y) != b.At(x, y) {
				return false
			}
		}
	}
	return true
}
