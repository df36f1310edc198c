package tray

import (
	"fmt"
	"strings"
	"testing"

	"qoltanba/agent"
	"qoltanba/ui/text"
	"qoltanba/ui/tray/icons"
)

var (
	accounts = agent.Profile{Name: "KAZTOKEN Accounts", Subject: "ИВАНОВ ИВАН"}
	empty    = agent.Profile{Name: "KAZTOKEN <no label> -?", Empty: true}
)

func TestStates(t *testing.T) {
	for _, c := range []struct {
		name         string
		status       agent.Status
		icon         icons.State
		line         string
		lock, change bool
	}{
		{"before anything is known", agent.Status{}, icons.Absent, "No token connected", false, false},
		{"absent", agent.Status{Token: agent.TokenAbsent}, icons.Absent, "No token connected", false, false},
		{"locked", agent.Status{Token: agent.TokenLocked, Profiles: []agent.Profile{accounts}}, icons.Locked, "Token connected, locked, 1 profile", false, true},
		{"unlocked", agent.Status{Token: agent.TokenUnlocked, Profiles: []agent.Profile{accounts, accounts, empty}}, icons.Ready, "Unlocked, 2 profiles ready", true, true},
		{"empty", agent.Status{Token: agent.TokenLocked, Profiles: []agent.Profile{empty}}, icons.Locked, "Token connected, it has no key", false, true},
		{"blocked", agent.Status{Token: agent.TokenBlocked, Busy: true}, icons.Problem, "Token password locked, ask your bank", false, false},
		{"busy", agent.Status{Token: agent.TokenUnlocked, Busy: true}, icons.Busy, "A request is being handled…", true, true},
		{"problem", agent.Status{Token: agent.TokenUnlocked, Busy: true, Problem: "module"}, icons.Problem, "The token's driver does not work.", true, true},
		{"code generators without token", agent.Status{Token: agent.TokenAbsent, Codes: true}, icons.Absent, "No token connected", true, false},
		{"session without token", agent.Status{Token: agent.TokenAbsent, Sessions: []string{"https://ib.bank.kz"}}, icons.Absent, "No token connected", true, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := faceOf(c.status)
			if f.icon != c.icon || f.status != told(c.line) {
				t.Errorf("icon %s, line %q, want %s, %q", f.icon, f.status.title, c.icon, c.line)
			}
			if f.lock.enabled != c.lock || f.change.enabled != c.change {
				t.Errorf("lock %v, change %v, want %v, %v", f.lock.enabled, f.change.enabled, c.lock, c.change)
			}
			if there := c.status.Token != "" && c.status.Token != agent.TokenAbsent; f.unblock.enabled != there {
				t.Errorf("unblock %v, want %v", f.unblock.enabled, there)
			}
			for _, e := range []entry{f.open, f.token, f.exit, f.language} {
				if !e.visible || !e.enabled {
					t.Errorf("%q is not offered", e.title)
				}
			}
		})
	}
}

// What can be registered, continued and renewed is offered, and nothing else.
func TestRegistrationAndRenewal(t *testing.T) {
	soon := agent.Profile{Name: "A", Renewable: true, DaysLeft: 1}
	later := agent.Profile{Name: "B", Renewable: true, DaysLeft: agent.RenewalDue + 1}
	due := agent.Profile{Name: "D", Renewable: true, DaysLeft: agent.RenewalDue}
	never := agent.Profile{Name: "C", DaysLeft: 3}
	for name, c := range map[string]struct {
		status        agent.Status
		wizard, renew string
	}{
		"no bank":            {agent.Status{Profiles: []agent.Profile{never}}, "", ""},
		"a bank":             {agent.Status{Enrolls: true}, "Profile Creation Wizard…", ""},
		"K117 begun":         {agent.Status{Enrolls: true, Unfinished: true}, "Continue registration…", ""},
		"far from its end":   {agent.Status{Profiles: []agent.Profile{later}}, "", "Renew certificate…"},
		"thirty days before": {agent.Status{Profiles: []agent.Profile{later, due}}, "", "Renew certificate: 30 days left…"},
		"it is under way":    {agent.Status{Profiles: []agent.Profile{due}, Asking: true}, "", "Renew certificate: 30 days left…"},
		"cut off and ended":  {agent.Status{Profiles: []agent.Profile{{Name: "E", Renewable: true, Expired: true}}}, "", "Renew certificate…"},
		"the one ends first": {agent.Status{Profiles: []agent.Profile{later, never, soon}}, "", "Renew certificate: 1 day left…"},
	} {
		t.Run(name, func(t *testing.T) {
			c.status.Language = "en"
			f := faceOf(c.status)
			if f.wizard.title != c.wizard || f.wizard.visible != (c.wizard != "") {
				t.Errorf("the wizard's entry is %+v, want %q", f.wizard, c.wizard)
			}
			if f.renew.visible && f.renew.enabled == c.status.Asking {
				t.Errorf("asking %t: the renewal's entry is %+v", c.status.Asking, f.renew)
			}
			if f.renew.title != c.renew || f.renew.visible != (c.renew != "") {
				t.Errorf("the renewal's entry is %+v, want %q", f.renew, c.renew)
			}
		})
	}
}

// No state leaves an entry without words in any language, and the language in
// use is the one that is checked.
func TestLanguages(t *testing.T) {
	for _, l := range text.Languages() {
		for _, token := range []agent.TokenState{agent.TokenAbsent, agent.TokenLocked, agent.TokenUnlocked, agent.TokenBlocked} {
			f := faceOf(agent.Status{Token: token, Language: string(l), Profiles: []agent.Profile{accounts}})
			for _, e := range append(f.languages, f.status, f.open, f.token, f.lock, f.change, f.unblock, f.language, f.exit,
				f.profiles[0].entry, f.profiles[0].use, f.profiles[0].certificate, f.profiles[0].lock) {
				if e.title == "" || strings.Contains(e.title, ".") || strings.Contains(e.title, "%") || strings.Contains(e.title, "|") {
					t.Errorf("%s, %s: entry %q", l, token, e.title)
				}
			}
			for i, other := range text.Languages() {
				if f.languages[i].checked != (other == l) {
					t.Errorf("%s: %s is checked: %v", l, other, f.languages[i].checked)
				}
			}
		}
	}
}

func TestProfiles(t *testing.T) {
	var many []agent.Profile
	for i := range maxProfiles + 21 {
		many = append(many, agent.Profile{Name: fmt.Sprint("P", i)})
	}
	f := faceOf(agent.Status{Token: agent.TokenLocked, Profiles: many, Language: "ru"})
	if f.profiles[maxProfiles-1].entry != offered("P7", true) || f.more != told("ещё 21 профиль") {
		t.Errorf("last %+v, more %+v", f.profiles[maxProfiles-1], f.more)
	}
	f = faceOf(agent.Status{Token: agent.TokenLocked, Profiles: many[:maxProfiles]})
	if f.profiles[maxProfiles-1].entry != offered("P7", true) || f.more.visible {
		t.Errorf("last %+v, more %+v", f.profiles[maxProfiles-1], f.more)
	}
	f = faceOf(agent.Status{Token: agent.TokenLocked, Profiles: many[:1]})
	if f.profiles[1].entry.visible {
		t.Errorf("an entry for no profile: %+v", f.profiles[1])
	}
	for _, c := range []struct {
		p    agent.Profile
		want string
	}{
		{accounts, "KAZTOKEN Accounts · ИВАНОВ ИВАН"},
		{empty, "KAZTOKEN <no label> -? — no key"},
		{agent.Profile{Name: "A", Expired: true}, "A — not valid now"},
		{agent.Profile{Name: "A", Expired: true, Locked: true}, "A — password locked"},
		{agent.Profile{Name: "A", Unlocked: true}, "A — unlocked"},
		{agent.Profile{Name: "a\nb\tc\u202ed\u200be\x00"}, "a\ufffdb\ufffdc\ufffdd\ufffde\ufffd"},
		{agent.Profile{Name: strings.Repeat("қ", 61)}, strings.Repeat("қ", 59) + "…"},
		{agent.Profile{Name: strings.Repeat("қ", 60)}, strings.Repeat("қ", 60)},
	} {
		if got := profileLine(text.EN, c.p); got != c.want {
			t.Errorf("profileLine(%q) = %q, want %q", c.p.Name, got, c.want)
		}
	}
}

func TestProfileMenu(t *testing.T) {
	for _, c := range []struct {
		name                   string
		p                      agent.Profile
		use, certificate, lock bool
	}{
		{"locked", accounts, true, true, false},
		{"unlocked", agent.Profile{Name: "A", Unlocked: true}, true, true, true},
		{"empty", empty, false, false, false},
		{"empty and unlocked", agent.Profile{Name: "A", Empty: true, Unlocked: true}, false, false, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := profileEntry(text.EN, c.p)
			if p.use.enabled != c.use || p.certificate.enabled != c.certificate || p.lock.enabled != c.lock || p.use.checked {
				t.Errorf("profileEntry() = %+v", p)
			}
		})
	}
	if p := profileEntry(text.EN, agent.Profile{Preferred: true}); !p.use.checked {
		t.Error("the preferred profile is not checked")
	}
}
