package ui

import (
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"qoltanba/agent"
	"qoltanba/ui/text"
)

// Without a driver the panel tells how to get one, and nothing else is offered.
func TestDriverInstructions(t *testing.T) {
	s := panelOf()
	s.Page, s.Plugged, s.Drivers = agent.PageDriver, true, nil
	_ = atPanel(t, s, func(p *panelist) {
		for _, item := range []struct{ id, part string }{
			{"K9 the driver is missing", "The driver of KAZTOKEN was not found"},
			{"K12 the driver for the system", "Choose the driver for your system"},
			{"K13 the box to tick", `tick "Create a shortcut for KAZTOKEN Control Panel on the desktop"`},
			{"K13 the button", `press "Install"`},
			{"K14 not to connect", "Do not connect the token until the installation is complete. If it is connected, disconnect it."},
			{"K15 disconnect it now", "disconnect it now"},
			{"K16 the shortcut", `the shortcut "KAZTOKEN Control Panel" appears on the desktop`},
			{"K17 the anti-virus", "try disabling the anti-virus and remember to enable it after installation"},
			{"K17 as our reading", "we read it as the anti-virus"},
		} {
			if !p.says(item.part) {
				t.Errorf("%s: the window says %q", item.id, words(p.win))
			}
		}
		links := find[*widget.Hyperlink](p.win)
		if len(links) != 1 || links[0].URL.String() != "https://kaztoken.kz/downloads/" {
			t.Errorf("K10 links %v", links)
		}
		for _, b := range find[*button](p.win) {
			if slices.Contains([]string{text.EN.T(text.TokenFormat), text.EN.T(text.TokenEnterPIN), text.EN.T(text.TokenUnblock)}, b.Text) {
				t.Errorf("K9 %q is offered without a driver", b.Text)
			}
		}
		p.tap(text.DriverRetry)
		p.last(agent.DriverRescan, "", "")
		p.update(panelOf(emptyToken()))
		if !p.says("KAZTOKEN <no label> -?") || p.button(text.TokenEnterPIN).Disabled() {
			t.Errorf("K11 after the driver was installed the window says %q", words(p.win))
		}
		press(p.win, fyne.KeyEscape)
	})
}

// A link that is no https is not shown: a descriptor may be anybody's.
func TestDriverLink(t *testing.T) {
	for _, link := range []string{"", "http://kaztoken.kz/", "file:///etc/passwd", "javascript:alert(1)", "https://"} {
		s := panelOf()
		s.Page, s.Drivers, s.Help.Download = agent.PageDriver, nil, link
		_ = atPanel(t, s, func(p *panelist) {
			if links := find[*widget.Hyperlink](p.win); len(links) != 0 {
				t.Errorf("%q is a link", link)
			}
			press(p.win, fyne.KeyEscape)
		})
	}
}

func TestPanelSaysWhichTokens(t *testing.T) {
	_ = atPanel(t, panelOf(), func(p *panelist) {
		if !p.says("Connect KAZTOKEN") {
			t.Errorf("K19 without a token the window says %q", words(p.win))
		}
		if !p.says("USB") || !p.says("transparent orange") {
			t.Errorf("K23 the token is not described: %q", words(p.win))
		}
		one, other := emptyToken(), fullToken()
		one.Refusal, other.Info.ID.Serial = "many-tokens", "99"
		p.update(panelOf(one, other))
		if !p.says("Leave only one token connected") || !p.says("other organizations") || !p.says("deleted by accident") {
			t.Errorf("K20 K22 with two tokens the window says %q", words(p.win))
		}
		if !p.button(text.TokenFormat).Disabled() {
			t.Error("K20 Format works with two tokens")
		}
		press(p.win, fyne.KeyEscape)
	})
}

func TestFormatPolicy(t *testing.T) {
	v := emptyToken()
	v.AdminChecked = true
	_ = atPanel(t, panelOf(v), func(p *panelist) {
		p.tap(text.TokenFormat)
		if by := find[*widget.RadioGroup](p.win); len(by) != 1 || by[0].Selected != "User" || len(by[0].Options) != 3 {
			t.Errorf("K39 K40 the choice is %+v", by)
		}
		press(p.win, fyne.KeyEscape)
		press(p.win, fyne.KeyEscape)
	})
}
