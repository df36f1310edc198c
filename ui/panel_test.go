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
	return map[string]agent.PanelState{
		"normal": {
			Status: agent.Status{Version: "1.0.0", Token: agent.TokenUnlocked, Port: 14579, Language: "ru",
				Sessions: []string{"https://ib.demobank.kz"},
				Profiles: []agent.Profile{profile,
					{Name: "KAZTOKEN Old", Subject: "ОМАРОВА ӘЙГЕРІМ", NotAfter: "2024-01-31T12:00:00Z", Expired: true},
					{Name: "KAZTOKEN <no label> -?", Empty: true}}},
			Sites: []string{"https://ib.demobank.kz", "https://pay.example.kz:8443"}, SitesKept: true, IdleMinutes: 15,
			Refused: []string{"evil.example"},
		},
		"no-token": {Status: agent.Status{Version: "1.0.0", Token: agent.TokenAbsent, Port: 14579}, IdleMinutes: 3, WhileUnlocked: true},
		"problem": {Status: agent.Status{Version: "1.0.0", Token: agent.TokenBlocked, Problem: "module",
			Profiles: []agent.Profile{{Name: profile.Name, Subject: profile.Subject, Locked: true}}}, IdleMinutes: 5},
	}
}

// TestPanelScreens compares every screen with its golden in testdata.
func TestPanelScreens(t *testing.T) {
	for name, s := range panelScreens() {
		for _, l := range text.Languages() {
			t.Run(name+" "+string(l), func(t *testing.T) {
				consentTestApp(t)
				c := consentShow(t, panelContent(l, s, func(a agent.PanelAction) { t.Errorf("%v by itself", a) }, helpButton(l, nil)))
				test.AssertRendersToMarkup(t, fmt.Sprintf("panel-%s-%s.xml", name, l), c)
			})
		}
	}
}

// What is pressed in the main window is told once, with its value.
func TestPanelActions(t *testing.T) {
	testApp(t)
	var done []agent.PanelAction
	s := panelScreens()["normal"]
	w := test.NewTempWindow(t, panelContent(text.EN, s, func(a agent.PanelAction) { done = append(done, a) }, helpButton(text.EN, nil)))
	w.Resize(fyne.NewSize(760, 900))
	for _, b := range find[*button](w) {
		test.Tap(b)
	}
	test.Tap(find[*check](w)[0])
	boxes := find[*choice](w)
	boxes[0].SetSelectedIndex(0)
	boxes[1].SetSelectedIndex(0)
	want := []agent.PanelAction{
		{Kind: agent.PanelForgetSite, Value: "https://ib.demobank.kz"},
		{Kind: agent.PanelForgetSite, Value: "https://pay.example.kz:8443"},
		{Kind: agent.PanelForgetSite, Value: "evil.example"},
		{Kind: agent.PanelDrivers},
		{Kind: agent.PanelToken},
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
