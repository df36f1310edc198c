package agent

import (
	"slices"
	"time"
)

// state draws the wizard.
func (e *enrollment) state(raise int) WizardState {
	a := e.a
	a.mu.Lock()
	profiles := a.tokenProfiles()
	count := len(a.cryptoTokens())
	none := a.noToken()
	a.mu.Unlock()
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.needsToken() && !e.working && !e.unlocked() {
		e.move(WizardLost)
		e.setPrimary(PrimaryKey{})
	}
	e.s.Raise = raise
	e.s.Profiles = profiles
	e.s.Refusal, e.s.Other, e.s.PasswordUnsure, e.s.PasswordChosen = "", OtherRegistration{}, false, false
	switch {
	case none != nil:
		e.s.Refusal = ErrorName(none)
	case count > 1:
		e.s.Refusal = ErrorName(ErrManyTokens)
	default:
		p := profiles[0]
		r, begun := a.journal.begun(p.ID.Token)
		begun = begun || r.found(func(key string) bool { return p.ID.Key == key })
		e.s.PasswordUnsure = begun && r.Password == passwordSetting
		e.s.PasswordChosen = begun && r.Password == passwordSet
		if e.s.Step == WizardProfile {
			e.s.Resumed = begun
		}
		if r, other := a.journal.other(p.ID.Token); other {
			e.s.Refusal, e.s.Other = ErrorName(ErrOtherToken), otherRegistration(r)
		} else if left := r.Gone != "" && p.ID.Key == r.Gone; !p.Empty && !left && !begun && !a.journal.unfinished(p.ID.Token) {
			e.s.Refusal = ErrorName(ErrNotEmpty)
		}
	}
	bank := e.bank
	switch e.s.Step {
	case WizardMissing:
		if e.s.Other.Serial == "" { // its token came back, or this one went
			e.move(WizardBack)
		}
		bank = slices.IndexFunc(a.config.Banks, func(b Bank) bool { return b.Host == e.s.Other.Bank })
	case WizardOtherUser:
		r, _ := a.journal.of(e.s.Token.ID.Token)
		e.s.Other = otherRegistration(r)
	}
	e.s.Support = Support{}
	if bank >= 0 {
		b := a.config.Banks[bank]
		e.s.Support = Support{Phones: b.Help.Phones, Text: localName(b.Support, a.language()), Manager: localName(b.Manager, a.language())}
	}
	s := e.s
	s.Tasks = slices.Clone(s.Tasks)
	for i, t := range s.Tasks {
		if t.State == TaskRunning {
			s.Tasks[i].Seconds = int(time.Since(e.began[t.Kind]).Seconds())
		}
	}
	return s
}

// needsToken tells the pages that an unlocked token stands behind. e.mu is held.
func (e *enrollment) needsToken() bool {
	return e.s.Step != WizardProfile && e.s.Step != WizardResume && e.s.Step != WizardMissing && e.s.Step != WizardDone
}

// unlocked tells whether the token's password is held. e.mu is held.
func (e *enrollment) unlocked() bool {
	id := e.s.Token.ID.Token
	e.a.mu.Lock()
	here := connected(e.a.tokens, id)
	e.a.mu.Unlock()
	e.desk.mu.Lock()
	defer e.desk.mu.Unlock()
	return here && (e.s.Token.PINPad || e.desk.of(id).user != nil)
}
