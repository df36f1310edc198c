package ui

import (
	"fmt"
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"qoltanba/agent"
	"qoltanba/ui/text"
)

// panelScreens are the states that the goldens show.
func panelScreens() map[string]agent.PanelState {
	profile := consentQuestion().Profile
	profile.ID = agent.ProfileID{Token: agent.TokenID{Manufacturer: "KAZTOKEN", Serial: "0001"}, Key: "a1"}
	profile.DaysLeft, profile.Renewable, profile.Unlocked = 358, true, true
	due := profile
	due.DaysLeft, due.NotAfter, due.Unlocked = 12, "2026-12-09T12:00:00Z", false
	ending := agent.Profile{Name: "KAZTOKEN Director", Subject: "СЕРІКОВ НҰРЛАН", NotAfter: "2026-11-28T12:00:00Z", DaysLeft: 1}
	empty := agent.Profile{Name: "KAZTOKEN <no label> -?", Empty: true}
	newcomer := agent.Status{Version: "1.0.0", Token: agent.TokenLocked, Port: 14579, Enrolls: true, Profiles: []agent.Profile{empty}}
	begun := newcomer
	begun.Unfinished = true
	return map[string]agent.PanelState{
		"normal": {
			Status: agent.Status{Version: "1.0.0", Token: agent.TokenUnlocked, Port: 14579, Language: "ru", Enrolls: true,
				Sessions: []string{"https://ib.demobank.kz"},
				Profiles: []agent.Profile{profile,
					{Name: "KAZTOKEN Old", Subject: "ОМАРОВА ӘЙГЕРІМ", NotAfter: "2024-01-31T12:00:00Z", Expired: true},
					empty}},
			Sites: []string{"https://ib.demobank.kz", "https://pay.example.kz:8443"}, SitesKept: true, IdleMinutes: 15,
			Refused: []string{"evil.example"},
		},
		"newcomer":   {Status: newcomer, IdleMinutes: 15},
		"unfinished": {Status: begun, IdleMinutes: 15},
		"due": {Status: agent.Status{Version: "1.0.0", Token: agent.TokenLocked, Port: 14579, Enrolls: true,
			Profiles: []agent.Profile{due, ending}}, IdleMinutes: 15},
		"renewing": {Status: agent.Status{Version: "1.0.0", Token: agent.TokenLocked, Port: 14579, Busy: true, Asking: true,
			Profiles: []agent.Profile{due}}, IdleMinutes: 15},
		"no-token": {Status: agent.Status{Version: "1.0.0", Token: agent.TokenAbsent, Port: 14579}, IdleMinutes: 3, WhileUnlocked: true},
		"problem": {Status: agent.Status{Version: "1.0.0", Token: agent.TokenBlocked, Problem: "module",
			Profiles: []agent.Profile{{Name: profile.Name, Subject: profile.Subject, Locked: true}}}, IdleMinutes: 5},
	}
}

// panelContent draws the main window in a state.
func panelContent(l text.Lang, s agent.PanelState, act func(agent.PanelAction)) fyne.CanvasObject {
	return (&panelPage{lang: l, state: s, act: act, help: helpButton(l, nil)}).content()
}

// TestPanelScreens compares every screen with its golden in testdata.
func TestPanelScreens(t *testing.T) {
	for name, s := range panelScreens() {
		for _, l := range text.Languages() {
			t.Run(name+" "+string(l), func(t *testing.T) {
				consentTestApp(t)
				content := panelContent(l, s, func(a agent.PanelAction) { t.Errorf("%v by itself", a) })
				w := test.NewTempWindow(t, content)
				w.SetPadded(false)
				w.Resize(content.MinSize())
				c := w.Canvas()
				test.AssertRendersToMarkup(t, fmt.Sprintf("panel-%s-%s.xml", name, l), c)
				for _, b := range find[*button](w) {
					if at := fyne.CurrentApp().Driver().AbsolutePositionForObject(b); at.X < 0 || at.X+b.Size().Width > c.Size().Width {
						t.Errorf("%q goes beyond the window", b.Text)
					}
				}
			})
		}
	}
}

// What is pressed in the main window is told once, with its value.
func TestPanelActions(t *testing.T) {
	testApp(t)
	var done []agent.PanelAction
	s := panelScreens()["normal"]
	w := test.NewTempWindow(t, panelContent(text.EN, s, func(a agent.PanelAction) { done = append(done, a) }))
	w.Resize(fyne.NewSize(760, 900))
	for _, b := range find[*button](w) {
		test.Tap(b)
	}
	test.Tap(find[*check](w)[0])
	boxes := find[*choice](w)
	boxes[0].SetSelectedIndex(0)
	boxes[1].SetSelectedIndex(0)
	want := []agent.PanelAction{
		{Kind: agent.PanelRenew, Profile: s.Status.Profiles[0].ID},
		{Kind: agent.PanelForgetSite, Value: "https://ib.demobank.kz"},
		{Kind: agent.PanelForgetSite, Value: "https://pay.example.kz:8443"},
		{Kind: agent.PanelForgetSite, Value: "evil.example"},
		{Kind: agent.PanelWizard},
		{Kind: agent.PanelCodes},
		{Kind: agent.PanelToken},
		{Kind: agent.PanelDrivers},
		{Kind: agent.PanelLock},
		{Kind: agent.PanelChangePIN},
		{Kind: agent.PanelWhileUnlocked, Value: "true"},
		{Kind: agent.PanelIdleMinutes, Value: "1"},
		{Kind: agent.PanelLanguage, Value: "kk"},
	}
	if !slices.Equal(done, want) {
		t.Errorf("actions:\n%+v\nwant\n%+v", done, want)
	}
}
