package agent

import (
	"bytes"
	"slices"
	"time"

	"qoltanba/agent/gost"
)

// What a person is offered in a Status: the tray and the main window ask here, so that
// both offer the same.

// OffersWizard tells whether the Profile Creation Wizard is offered: a bank is known
// where a profile can be registered, or a registration goes on.
func (s Status) OffersWizard() bool { return s.Enrolls || s.Unfinished }

// NeedsProfile tells whether the wizard is what comes next: a registration was begun
// with a connected token, or no connected token has a profile and one of them can get
// it. Key files do not count: the one that proves an applicant is no profile.
func (s Status) NeedsProfile() bool {
	if s.Unfinished || !s.Enrolls {
		return s.Unfinished
	}
	needs := false
	for _, p := range s.Profiles {
		switch {
		case p.KeyFile:
		case !p.Empty:
			return false
		default:
			needs = needs || !p.Locked
		}
	}
	return needs
}

// Renewal is the profile whose certificate ends first, of those that can be renewed.
func (s Status) Renewal() (next Profile, ok bool) {
	for _, p := range s.Profiles {
		if p.Renewable && (!ok || p.DaysLeft < next.DaysLeft) {
			next, ok = p, true
		}
	}
	return next, ok
}

// Lockable tells whether Lock has anything to lock.
func (s Status) Lockable() bool {
	return s.Token == TokenUnlocked || len(s.Sessions) > 0 || s.Codes
}

// ChangesPIN tells whether there is a token whose password can be changed, and no
// question for it, or for one to renew a certificate with, is open.
func (s Status) ChangesPIN() bool {
	return (s.Token == TokenLocked || s.Token == TokenUnlocked) && !s.Asking
}

// RenewalDue is how many days before its end a certificate is offered to be renewed.
const RenewalDue = 30

// daysLeft is how many days a certificate is still valid, the last one begun
// included; 0 when it has ended.
func daysLeft(notAfter, now time.Time) int {
	left := notAfter.Sub(now)
	if left <= 0 {
		return 0
	}
	return int((left + 24*time.Hour - 1) / (24 * time.Hour))
}

// Due tells whether the certificate of a profile is valid and ends so soon that it is
// offered to be renewed.
func (p Profile) Due() bool {
	return p.ID.Key != "" && !p.KeyFile && !p.Expired && p.DaysLeft <= RenewalDue
}

// renewable tells whether Renew can do anything for a profile: it was registered from
// this computer, or is due and of a bank that is known here; that bank renews, and the
// certificate is valid. One that has ended counts while its successor is issued and not on
// the token yet. a.mu is held.
func (a *Agent) renewable(p Profile) bool {
	if p.Empty || p.KeyFile {
		return false
	}
	if a.unknownToJournal(p.ID) {
		return p.Due() && a.issuers.of(p.ID.Certificate) != ""
	}
	renewer, r := a.renewer(p.ID.Token)
	if renewer == nil || p.ID.Key != r.Key || !p.Expired {
		return renewer != nil && p.ID.Key == r.Key
	}
	next, err := gost.ParseCertificate(r.Renewal)
	stored := func(t TokenInfo) bool {
		return slices.ContainsFunc(t.Keys, func(k KeyInfo) bool { return bytes.Equal(k.Certificate, r.Renewal) })
	}
	return err == nil && p.ID.Certificate == fingerprint(r.Certificate) && time.Now().Before(next.NotAfter) && !slices.ContainsFunc(a.tokens, stored)
}
