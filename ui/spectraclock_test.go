package ui

import (
	"testing"
	"testing/synctest"
	"time"

	"fyne.io/fyne/v2"

	"qoltanba/ui/text"
)

// What a refused code mostly means stands where the code is, and in the help, with the
// computer's clock going.
func TestSpectraSaysTheClock(t *testing.T) {
	atToken(t, false, func(p *codeHolder, _ *spectraToken) {
		p.keys(fyne.KeyP)
		if p.says(text.EN.Refused(time.Now())) {
			t.Error("the clock is said before there is a code")
		}
		p.digits(startPIN)
		for _, page := range []string{"code", "help"} {
			if page == "help" {
				p.tap(text.GeneratorHelp)
			}
			for range 2 {
				if want := text.EN.Refused(time.Now()); !p.says(want) {
					t.Errorf("%s: no %q in %q", page, want, words(p.win))
				}
				time.Sleep(5 * time.Second)
				synctest.Wait()
			}
		}
		press(p.win, fyne.KeyEscape)
	})
}
