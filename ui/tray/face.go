package tray

import (
	"strings"
	"unicode"

	"qoltanba/agent"
	"qoltanba/ui/text"
	"qoltanba/ui/tray/icons"
)

const (
	maxProfiles = 8  // entries for profiles; one more tells of the rest
	maxTitle    = 60 // runes of a profile's entry
)

// entry is one line of the menu.
type entry struct {
	title                     string
	visible, enabled, checked bool
}

// profile is the entry of a profile with its submenu.
type profile struct{ entry, use, certificate, lock entry }

// face is what the tray shows.
type face struct {
	icon      icons.State
	tooltip   string
	status    entry
	profiles  [maxProfiles]profile
	more      entry
	open      entry
	token     entry
	codes     entry
	lock      entry
	change    entry
	unblock   entry
	wizard    entry
	renew     entry
	language  entry
	languages []entry
	exit      entry
}

// faceOf draws a status.
func faceOf(s agent.Status) face {
	l := text.Lang(s.Language)
	status := statusLine(l, s)
	f := face{
		icon:     icon(s),
		tooltip:  l.T(text.Product) + " — " + status,
		status:   told(status),
		open:     offered(l.T(text.TrayOpen), true),
		token:    offered(l.T(text.TrayToken), true),
		codes:    offered(l.T(text.TrayCodes), true),
		lock:     offered(l.T(text.PanelLock), s.Lockable()),
		change:   offered(l.T(text.PanelChangePIN), s.ChangesPIN()),
		unblock:  offered(l.T(text.TrayUnblock), s.Token != agent.TokenAbsent && s.Token != ""),
		language: offered(l.T(text.PanelLanguage), true),
		exit:     offered(l.T(text.TrayExit), true),
	}
	if s.OffersWizard() {
		f.wizard = offered(l.Wizard(s), true)
	}
	if p, ok := s.Renewal(); ok {
		f.renew = offered(l.Renewal(p), !s.Asking)
	}
	for i, p := range s.Profiles {
		if i == maxProfiles {
			f.more = told(l.N(text.TrayMore, len(s.Profiles)-maxProfiles))
			break
		}
		f.profiles[i] = profileEntry(l, p)
	}
	for _, other := range text.Languages() {
		e := offered(other.Name(), true)
		e.checked = other == l
		f.languages = append(f.languages, e)
	}
	return f
}

func profileEntry(l text.Lang, p agent.Profile) profile {
	use := offered(l.T(text.TrayUse), !p.Empty)
	use.checked = p.Preferred
	return profile{
		entry:       offered(profileLine(l, p), true),
		use:         use,
		certificate: offered(l.T(text.TrayCertificate), !p.Empty && !p.KeyFile),
		lock:        offered(l.T(text.TrayLock), p.Unlocked),
	}
}

// told is an entry that only says something.
func told(title string) entry { return entry{title: label(title), visible: true} }

// offered is an entry that does something.
func offered(title string, enabled bool) entry {
	return entry{title: label(title), visible: true, enabled: enabled}
}

func icon(s agent.Status) icons.State {
	switch {
	case s.Problem != "" || s.Token == agent.TokenBlocked:
		return icons.Problem
	case s.Busy:
		return icons.Busy
	case s.Token == agent.TokenUnlocked:
		return icons.Ready
	case s.Token == agent.TokenLocked:
		return icons.Locked
	}
	return icons.Absent
}

func statusLine(l text.Lang, s agent.Status) string {
	if s.Problem != "" {
		sentence, _ := l.ErrorNamed(s.Problem)
		return sentence
	}
	if s.Token == agent.TokenBlocked {
		return l.T(text.StatusBlocked)
	}
	if s.Busy {
		return l.T(text.TrayBusy)
	}
	usable := 0
	for _, p := range s.Profiles {
		if !p.Empty {
			usable++
		}
	}
	switch {
	case s.Token != agent.TokenLocked && s.Token != agent.TokenUnlocked:
		return l.T(text.StatusAbsent)
	case usable == 0:
		return l.T(text.TrayEmpty)
	case s.Token == agent.TokenUnlocked:
		return l.N(text.TrayReady, usable)
	}
	return l.N(text.TrayLocked, usable)
}

// profileLine names a profile, whose certificate it is, and why it cannot sign, or that
// it is unlocked.
func profileLine(l text.Lang, p agent.Profile) string {
	title := p.Name
	if p.Subject != "" {
		title += " · " + p.Subject
	}
	title = clean(title)
	switch {
	case p.Locked:
		title += " — " + l.T(text.ProfileLocked)
	case p.Empty:
		title += " — " + l.T(text.ProfileEmpty)
	case p.Expired:
		title += " — " + l.T(text.ProfileExpired)
	case p.Unlocked:
		title += " — " + l.T(text.TrayUnlocked)
	}
	return title
}

// clean makes a title of what a token says: one line, not too long, and without
// characters that a menu would obey instead of showing.
func clean(s string) string {
	s = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return unicode.ReplacementChar
		}
		return r
	}, s)
	if r := []rune(s); len(r) > maxTitle {
		s = string(r[:maxTitle-1]) + "…"
	}
	return s
}
