package ui

import (
	"testing"
	"testing/synctest"
	"time"

	"fyne.io/fyne/v2"

	"qoltanba/agent/otp"
	"qoltanba/ui/text"
)

// A code stays in the clipboard for a minute, unless something else came there.
func TestCodeLeavesTheClipboard(t *testing.T) {
	v := spectraView(otp.SpectraState{Screen: otp.SpectraCode})
	_ = atGenerators(t, generatorsOf(v), func(p *codeHolder) {
		clipboard := p.w.app.Clipboard()
		p.tap(text.GeneratorCopy)
		if got := clipboard.Content(); got != "049281" || !p.says(text.EN.T(text.GeneratorCopied)) {
			t.Errorf("the clipboard holds %q, the window says %q", got, words(p.win))
		}
		time.Sleep(40 * time.Second)
		synctest.Wait()
		p.tap(text.GeneratorCopy) // the minute begins anew
		time.Sleep(59 * time.Second)
		synctest.Wait()
		if got := clipboard.Content(); got != "049281" {
			t.Errorf("after 59 s the clipboard holds %q", got)
		}
		press(p.win, fyne.KeyEscape) // the window is gone, the minute runs on
		time.Sleep(time.Second)
		synctest.Wait()
		if got := clipboard.Content(); got != "" {
			t.Errorf("after 60 s the clipboard holds %q", got)
		}
		p.w.copyCode("049281")
		clipboard.SetContent("something else")
		time.Sleep(time.Hour)
		synctest.Wait()
		if got := clipboard.Content(); got != "something else" {
			t.Errorf("what the person put there became %q", got)
		}
		p.w.copyCode("049281")
		p.w.EmptyClipboard() // as when the program ends
		if got := clipboard.Content(); got != "" {
			t.Errorf("after the end the clipboard holds %q", got)
		}
		clipboard.SetContent("something else")
		p.w.EmptyClipboard()
		if got := clipboard.Content(); got != "something else" {
			t.Errorf("at the end, what the person put there became %q", got)
		}
	})
}
