package ui

import (
	"slices"
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"qoltanba/agent"
	"qoltanba/ui/text"
)

// panelPage is the content of the main window for one state: the state of the token
// and what keeps the agent from working, profiles, sites, settings, and the ways to the
// other windows.
type panelPage struct {
	lang  text.Lang
	state agent.PanelState
	act   func(agent.PanelAction)              // what the person does; it must not block
	help  *button                              // opens Help
	parts map[agent.PanelAction]fyne.Focusable // what can have the focus, by what it does; help by nothing
}

// panelWizard opens the wizard.
var panelWizard = agent.PanelAction{Kind: agent.PanelWizard}

// content draws the page. It calls act for everything that the person does there, and
// not while it is built.
func (p *panelPage) content() fyne.CanvasObject {
	p.parts = map[agent.PanelAction]fyne.Focusable{{}: p.help}
	l := p.lang
	column := container.New(consentColumn{},
		panelTitle(l.T(text.PanelProfiles)), p.profiles(),
		panelTitle(l.T(text.PanelSites)), p.sites(),
		panelTitle(l.T(text.PanelSettings)), p.settings())
	bar := layout.NewCustomPaddedLayout(0, 0, 0, theme.Padding()) // beside which no button lies under the scroll bar
	return container.NewPadded(consentDense(container.New(consentFrame{},
		p.status(),
		newConsentScroll(container.New(bar, column), 0),
		container.New(consentColumn{}, widget.NewSeparator(), p.foot()))))
}

// button is a button that does an action.
func (p *panelPage) button(label string, icon fyne.Resource, a agent.PanelAction) *button {
	b := newButton(label, icon, func() { p.act(a) })
	p.parts[a] = b
	return b
}

// action is the one whose part has the focus, nil for none.
func (p *panelPage) action(on fyne.Focusable) *agent.PanelAction {
	if p == nil {
		return nil
	}
	for a, part := range p.parts {
		if part == on {
			return &a
		}
	}
	return nil
}

func panelTitle(title string) fyne.CanvasObject {
	return container.New(consentColumn{}, widget.NewSeparator(), consentBold(title, theme.SizeNameSubHeadingText))
}

// sites lists the sites that the person has allowed or refused, each with a
// button that takes the answer back.
func (p *panelPage) sites() fyne.CanvasObject {
	l, s := p.lang, p.state
	column := container.New(consentColumn{})
	add := func(site, shown string) {
		name := consentBreak(shown)
		forget := p.button(l.T(text.PanelForget), theme.DeleteIcon(), agent.PanelAction{Kind: agent.PanelForgetSite, Value: site})
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

// settings shows the settings; a change is an action at once.
func (p *panelPage) settings() fyne.CanvasObject {
	l, s := p.lang, p.state
	minutes := []int{1, 5, 10, 15}
	if !slices.Contains(minutes, s.IdleMinutes) { // chosen in the settings file
		minutes = append(minutes, s.IdleMinutes)
		slices.Sort(minutes)
	}
	idle := panelSelect(minutes, s.IdleMinutes, func(n int) string { return l.N(text.Minutes, n) }, func(n int) {
		p.act(agent.PanelAction{Kind: agent.PanelIdleMinutes, Value: strconv.Itoa(n)})
	})
	language := panelSelect(text.Languages(), l, text.Lang.Name, func(chosen text.Lang) {
		p.act(agent.PanelAction{Kind: agent.PanelLanguage, Value: string(chosen)})
	})
	unlocked := newCheck(l.T(text.PanelWhileUnlocked), s.WhileUnlocked, func(on bool) {
		p.act(agent.PanelAction{Kind: agent.PanelWhileUnlocked, Value: strconv.FormatBool(on)})
	})
	p.parts[agent.PanelAction{Kind: agent.PanelIdleMinutes}] = idle
	p.parts[agent.PanelAction{Kind: agent.PanelLanguage}] = language
	p.parts[agent.PanelAction{Kind: agent.PanelWhileUnlocked}] = unlocked
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

// foot has what a support clerk asks for first, Help, the ways to the other windows, and
// the buttons that act on the token.
func (p *panelPage) foot() fyne.CanvasObject {
	l, s := p.lang, p.state.Status
	action := func(key text.Key, icon fyne.Resource, kind agent.PanelKind, works bool) *button {
		b := p.button(l.T(key), icon, agent.PanelAction{Kind: kind})
		if !works {
			b.Disable()
		}
		return b
	}
	port := l.T(text.StatusNoPort)
	if s.Port != 0 {
		port = l.T(text.StatusPort, s.Port)
	}
	ways := container.NewGridWithColumns(3)
	if s.OffersWizard() && !s.NeedsProfile() { // else it is at the top
		ways.Add(p.wizard())
	}
	ways.Add(action(text.TrayCodes, theme.GridIcon(), agent.PanelCodes, true))
	ways.Add(action(text.TrayToken, theme.StorageIcon(), agent.PanelToken, true))
	ways.Add(action(text.TokenDrivers, theme.SettingsIcon(), agent.PanelDrivers, true))
	ways.Add(action(text.PanelLock, theme.LogoutIcon(), agent.PanelLock, s.Lockable()))
	ways.Add(action(text.PanelChangePIN, theme.AccountIcon(), agent.PanelChangePIN, s.ChangesPIN()))
	return container.New(consentColumn{},
		container.NewBorder(nil, nil, nil, p.help, consentLabel(l.T(text.PanelVersion, s.Version)+" · "+port)), ways)
}
