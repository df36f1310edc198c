package ui

import (
	"fmt"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"

	"qoltanba/agent"
	"qoltanba/ui/text"
)

// TestScreens draws every window but consent and main window in all languages.
// The goldens are markup; a few are pictures too, as letters are drawn there.
func TestScreens(t *testing.T) {
	site := agent.SiteQuestion{Origin: "https://ib.refbank.test", Kept: true}
	locked := accounts[0]
	locked.Locked, locked.Retries = true, 0
	low := accounts[0]
	low.Retries = agent.RetriesLow
	pad := accounts[0]
	pad.PINPad = true
	file := accounts[0]
	file.Name, file.KeyFile = "Key.pfx", true
	sign := agent.PINQuestion{Purpose: agent.PurposeSign, Origin: "https://ib.refbank.test", Count: 21}
	login := agent.PINQuestion{Purpose: agent.PurposeLogin, Origin: "https://ib.refbank.test"}
	pin := func(q agent.PINQuestion, then func(*pinForm), profiles ...agent.Profile) func(text.Lang) fyne.CanvasObject {
		return func(l text.Lang) fyne.CanvasObject {
			f := &pinForm{lang: l, purpose: pinPurpose(l, q), trying: l.T(text.PINTrying), focus: func(fyne.Focusable) {}}
			return filled(f, then, profiles)
		}
	}
	screens := map[string]func(text.Lang) fyne.CanvasObject{
		"site":   func(l text.Lang) fyne.CanvasObject { return siteContent(l, site) },
		"notice": func(l text.Lang) fyne.CanvasObject { return noticeContent(l, agent.Notice{Error: "vault"}) },
		"notice-renewal": func(l text.Lang) fyne.CanvasObject { // with the certificate's serial number
			err := &agent.RenewalRefusedError{Serial: "5F3A9C01D2E47B88"}
			return noticeContent(l, agent.Notice{Error: agent.ErrorName(err), Note: agent.NoteError(err)})
		},
		"login":  pin(login, nil, accounts...),
		"wait":   pin(login, nil),
		"low":    pin(sign, nil, low),
		"locked": pin(sign, nil, locked),
		"pinpad": pin(sign, nil, pad),
		"wrong":  pin(sign, func(f *pinForm) { f.failed(&agent.PINError{Retries: 1}) }, accounts[0]),
		"file":   pin(sign, func(f *pinForm) { f.keyFile = true; f.failed(&agent.PINError{Retries: agent.RetriesUnknown}) }, file),
		"trying": pin(sign, func(f *pinForm) { f.busy(true) }, accounts[0]),
		"change": func(l text.Lang) fyne.CanvasObject {
			f := &pinForm{lang: l, purpose: l.T(text.ChangePurpose), trying: l.T(text.ChangeTrying), change: true, focus: func(fyne.Focusable) {}}
			return filled(f, func(f *pinForm) { f.failed(errMismatch) }, accounts[:1])
		},
	}
	for name, screen := range screens {
		for _, l := range text.Languages() {
			t.Run(fmt.Sprintf("%s %s", name, l), func(t *testing.T) {
				testApp(t)
				w := test.NewTempWindow(t, screen(l))
				for range 2 { // the second time with the lines that text has at that width
					w.Resize(w.Content().MinSize().Add(fyne.NewSquareSize(2 * theme.Padding())))
				}
				test.AssertRendersToMarkup(t, fmt.Sprintf("%s-%s.xml", name, l), w.Canvas())
				if name == "site" || name == "wrong" {
					test.AssertRendersToImage(t, fmt.Sprintf("%s-%s.png", name, l), w.Canvas())
				}
			})
		}
	}
}

func filled(f *pinForm, then func(*pinForm), profiles []agent.Profile) fyne.CanvasObject {
	f.build()
	f.offer(profiles)
	if then != nil {
		then(f)
	}
	return f.content
}
