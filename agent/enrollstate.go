package agent

import (
	"slices"
	"time"
)

// state is what the wizard shows now. That tokens came and went since it was shown last is
// an event for it before.
func (e *enrollment) state(raise int) WizardState {
	a := e.a
	a.mu.Lock()
	profiles, none := a.tokenProfiles(), a.noToken()
	if none == nil && len(a.cryptoTokens()) > 1 {
		none = ErrManyTokens
	}
	a.mu.Unlock()
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.needsToken() && !e.working && !e.unlocked() {
		e.move(WizardLost)
		e.setPrimary(PrimaryKey{})
	}
	e.s.Raise, e.s.Profiles = raise, profiles
	e.describeToken(profiles, none)
	if e.s.Step == WizardMissing && e.s.Other.Serial == "" { // its token came back, or this one went
		e.move(WizardBack)
	}
	e.s.Support = e.support()
	s := e.s
	s.Tasks = slices.Clone(s.Tasks)
	for i, t := range s.Tasks {
		if t.State == TaskRunning {
			s.Tasks[i].Seconds = int(time.Since(e.began[t.Kind]).Seconds())
		}
	}
	return s
}

// describeToken sets what is to be said of the token that is connected: why it cannot be
// registered with, and how far it is. none is why there is not exactly one. e.mu is held.
func (e *enrollment) describeToken(profiles []Profile, none error) {
	s, j := &e.s, e.a.journal
	s.Refusal, s.Other, s.PasswordUnsure, s.PasswordChosen = ErrorName(none), OtherRegistration{}, false, false
	if none == nil {
		p := profiles[0]
		r, begun := j.begun(p.ID.Token)
		begun = begun || r.found(func(key string) bool { return p.ID.Key == key })
		s.PasswordUnsure = begun && r.Password == passwordSetting
		s.PasswordChosen = begun && r.Password == passwordSet
		if s.Step == WizardProfile {
			s.Resumed = begun
			if i := e.placeOf(r.Bank); begun && i >= 0 && !e.chosen {
				s.Bank = i // where alone it can go on
			}
		}
		if r, other := j.other(p.ID.Token); other {
			s.Refusal, s.Other = ErrorName(ErrOtherToken), otherRegistration(r)
		} else if left := r.Gone != "" && p.ID.Key == r.Gone; !p.Empty && !left && !begun && !j.unfinished(p.ID.Token) {
			s.Refusal = ErrorName(ErrNotEmpty)
		}
	}
	if s.Step == WizardOtherUser {
		r, _ := j.of(s.Token.ID.Token)
		s.Other = otherRegistration(r)
	}
}

// support is whom the person asks: the bank of this registration, or of the one that stands
// in its way. e.mu is held.
func (e *enrollment) support() Support {
	banks, bank := e.a.config.Banks, e.bank
	if e.s.Step == WizardMissing {
		bank = slices.IndexFunc(banks, func(b Bank) bool { return b.Host == e.s.Other.Bank })
	}
	if bank < 0 {
		return Support{}
	}
	b, lang := banks[bank], e.a.language()
	return Support{Phones: b.Help.Phones, Text: localName(b.Support, lang), Manager: localName(b.Manager, lang)}
}

// placeOf is the index into WizardState.Banks of the bank with that host, -1 for none.
func (e *enrollment) placeOf(host string) int {
	return slices.IndexFunc(e.banks, func(i int) bool { return e.a.config.Banks[i].Host == host })
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
