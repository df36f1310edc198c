package ui

import (
	_ "embed"
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
)

// The fonts are Inter by The Inter Project Authors, under the SIL Open Font
// License (fonts/OFL.txt). The toolkit's own font loses the dot of the Kazakh
// letter і; TestKazakhLetters watches ours.
var (
	//go:embed fonts/Inter-Regular.otf
	regularFont []byte
	//go:embed fonts/Inter-Bold.otf
	boldFont []byte

	regular = fyne.NewStaticResource("Inter-Regular.otf", regularFont)
	bold    = fyne.NewStaticResource("Inter-Bold.otf", boldFont)
)

// look is the toolkit's theme in light colours, whatever the desktop's, with
// our fonts: a window that is agreed in looks the same everywhere.
type look struct{ fyne.Theme }

func newLook() fyne.Theme { return look{theme.DefaultTheme()} }

func (l look) Font(s fyne.TextStyle) fyne.Resource {
	switch {
	case s.Symbol:
		return l.Theme.Font(s)
	case s.Bold:
		return bold
	}
	return regular
}

// Color chooses letters with a contrast of 4.5 to 1 or more (WCAG 2.1 §1.4.3);
// the toolkit's own orange and green are too light on white.
func (l look) Color(n fyne.ThemeColorName, _ fyne.ThemeVariant) color.Color {
	switch n {
	case theme.ColorNameForeground:
		return color.NRGBA{R: 0x20, G: 0x24, B: 0x2a, A: 0xff}
	case theme.ColorNameDisabled, theme.ColorNamePlaceHolder:
		// Captions and what does not work now: paler, but still to be read.
		return color.NRGBA{R: 0x6b, G: 0x70, B: 0x78, A: 0xff}
	case theme.ColorNameWarning:
		return color.NRGBA{R: 0xb4, G: 0x53, B: 0x09, A: 0xff}
	case theme.ColorNameError:
		return color.NRGBA{R: 0xb9, G: 0x1c, B: 0x1c, A: 0xff}
	case theme.ColorNameSuccess:
		return color.NRGBA{R: 0x15, G: 0x80, B: 0x3d, A: 0xff}
	}
	return l.Theme.Color(n, theme.VariantLight)
}
