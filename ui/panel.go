package ui

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"qoltanba/agent"
	"qoltanba/ui/text"
)

// panelContent returns the main window: the state of the token and what keeps
// the agent from working, profiles, sites, settings. It calls act, which must
// not block, for everything that the person does there, and not while it is
// built. help is the button that opens Help.
func panelContent(l text.Lang, s agent.PanelState, act func(agent.PanelAction), help *button) fyne.CanvasObject {
	return consentDense(container.New(consentFrame{},
		panelStatus(l, s.Status),
		newConsentScroll(container.New(consentColumn{},
			panelTitle(l.T(text.PanelProfiles)), panelProfiles(l, s.Status),
			panelTitle(l.T(text.PanelSites)), panelSites(l, s, act),
			panelTitle(l.T(text.PanelSettings)), panelSettings(l, s, act)), 0),
		container.New(consentColumn{}, widget.NewSeparator(), panelFoot(l, s.Status, act, help))))
}

func panelTitle(title string) fyne.CanvasObject {
	return container.New(consentColumn{}, widget.NewSeparator(), consentBold(title, theme.SizeNameSubHeadingText))
}

// panelStatus says in one line how the token is, and below it what is wrong and
// what to do, if anything.
func panelStatus(l text.Lang, s agent.Status) fyne.CanvasObject {
	key, ok := map[agent.TokenState]text.Key{
		agent.TokenLocked:   text.StatusLocked,
		agent.TokenUnlocked: text.StatusUnlocked,
		agent.TokenBlocked:  text.StatusBlocked,
	}[s.Token]
	if !ok {
		key = text.StatusAbsent
	}
	state := consentBold(l.T(key), theme.SizeNameHeadingText)
	switch s.Token {
	case agent.TokenUnlocked:
		state.Importance = widget.SuccessImportance
	case agent.TokenBlocked:
		state.Importance = widget.DangerImportance
	}
	status := container.New(consentColumn{}, state)
	if s.Busy {
		status.Add(consentLabel(l.T(text.TrayBusy)))
	}
	if len(s.Sessions) > 0 {
		status.Add(consentLabel(l.T(text.StatusSessions, strings.Join(s.Sessions, ", "))))
	}
	if s.Problem != "" {
		sentence, hint := l.ErrorNamed(s.Problem)
		status.Add(consentWarnings([]string{sentence}))
		status.Add(consentLabel(hint))
	}
	return status
}

// panelProfiles lists the keys, or says how to get one.
func panelProfiles(l text.Lang, s agent.Status) fyne.CanvasObject {
	column := container.New(consentColumn{})
	switch {
	case len(s.Profiles) > 0:
	case s.Token == agent.TokenAbsent || s.Token == "":
		column.Add(consentLabel(l.T(text.TokenConnect) + ". " + l.T(text.TokenLooks)))
	default:
		column.Add(consentLabel(l.T(text.TrayEmpty)))
	}
	for _, p := range s.Profiles {
		name := p.Name
		for _, state := range []struct {
			is  bool
			key text.Key
		}{{p.Locked, text.ProfileLocked}, {p.Expired, text.ProfileExpired}, {p.Empty, text.ProfileEmpty},
			{p.PINDefault && !p.Locked, text.ProfileDefault}} {
			if state.is {
				name += " — " + l.T(state.key)
			}
		}
		label := consentBold(name, theme.SizeNameText)
		if name != p.Name {
			label.Importance = widget.WarningImportance
		}
		column.Add(label)
		if p.Subject != "" {
			column.Add(consentLabel(l.T(text.ProfileDetails, p.Subject, cmp.Or(l.Date(p.NotAfter), "—"))))
		}
	}
	return column
}

// panelSites lists the sites that the person has allowed or refused, each with a
// button that takes the answer back.
func panelSites(l text.Lang, s agent.PanelState, act func(agent.PanelAction)) fyne.CanvasObject {
	column := container.New(consentColumn{})
	add := func(site, shown string) {
		name := consentBreak(shown)
		forget := newButton(l.T(text.PanelForget), theme.DeleteIcon(), func() {
			act(agent.PanelAction{Kind: agent.PanelForgetSite, Value: site})
		})
		column.Add(container.NewBorder(nil, nil, nil, forget, name))
	}
	for _, site := range s.Sites {
		add(site, site)
	}
	for _, site := range s.Refused {
		add(site, l.T(text.PanelRefused, site))
	}
	if len(s.Sites) == 0 {
		column.Add(consentLabel(l.T(text.PanelNoSites)))
	}
	kept := text.PanelSitesNotKept
	if s.SitesKept {
		kept = text.PanelSitesKept
	}
	column.Add(consentLabel(l.T(kept)))
	return column
}

// panelSettings shows the settings; a change is an action at once.
func panelSettings(l text.Lang, s agent.PanelState, act func(agent.PanelAction)) fyne.CanvasObject {
	minutes := []int{1, 5, 10, 15}
	if !slices.Contains(minutes, s.IdleMinutes) { // chosen in the settings file
		minutes = append(minutes, s.IdleMinutes)
		slices.Sort(minutes)
	}
	idle := panelSelect(minutes, s.IdleMinutes, func(n int) string { return l.N(text.Minutes, n) }, func(n int) {
		act(agent.PanelAction{Kind: agent.PanelIdleMinutes, Value: strconv.Itoa(n)})
	})
	language := panelSelect(text.Languages(), l, text.Lang.Name, func(chosen text.Lang) {
		act(agent.PanelAction{Kind: agent.PanelLanguage, Value: string(chosen)})
	})
	unlocked := newCheck(l.T(text.PanelWhileUnlocked), s.WhileUnlocked, func(on bool) {
		act(agent.PanelAction{Kind: agent.PanelWhileUnlocked, Value: strconv.FormatBool(on)})
	})
	return container.New(consentColumn{},
		container.New(consentForm{},
			widget.NewLabel(l.T(text.PanelIdle)), container.NewHBox(idle),
			widget.NewLabel(l.T(text.PanelLanguage)), container.NewHBox(language)),
		container.NewThemeOverride(unlocked, boxTheme{consentTheme{fyne.CurrentApp().Settings().Theme()}}))
}

// panelSelect offers values by their names, with the given one selected, and
// calls chosen when the person selects another one.
func panelSelect[T comparable](values []T, selected T, name func(T) string, chosen func(T)) *choice {
	var names []string
	for _, v := range values {
		names = append(names, name(v))
	}
	s := newChoice(names, nil)
	current := slices.Index(values, selected)
	s.SetSelectedIndex(current)
	s.OnChanged = func(string) {
		if i := s.SelectedIndex(); i >= 0 && i != current {
			current = i
			chosen(values[i])
		}
	}
	return s
}

// panelFoot has the buttons that act on the token, Help, and what a support clerk
// asks for first.
func panelFoot(l text.Lang, s agent.Status, act func(agent.PanelAction), help *button) fyne.CanvasObject {
	action := func(key text.Key, icon fyne.Resource, kind agent.PanelKind, works bool) *button {
		b := newButton(l.T(key), icon, func() { act(agent.PanelAction{Kind: kind}) })
		if !works {
			b.Disable()
		}
		return b
	}
	port := l.T(text.StatusNoPort)
	if s.Port != 0 {
		port = l.T(text.StatusPort, s.Port)
	}
	present := s.Token == agent.TokenLocked || s.Token == agent.TokenUnlocked
	return container.New(consentColumn{},
		container.NewBorder(nil, nil, nil, help, consentLabel(l.T(text.PanelVersion, s.Version)+" · "+port)),
		container.NewHBox(layout.NewSpacer(),
			action(text.TokenDrivers, theme.SettingsIcon(), agent.PanelDrivers, true),
			action(text.TrayToken, theme.StorageIcon(), agent.PanelToken, true),
			action(text.PanelLock, theme.LogoutIcon(), agent.PanelLock, s.Token == agent.TokenUnlocked),
			action(text.PanelChangePIN, theme.AccountIcon(), agent.PanelChangePIN, present)))
}
