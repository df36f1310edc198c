package agent

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
