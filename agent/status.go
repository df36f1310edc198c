package agent

import (
	"cmp"
	"slices"
)

// Status is the agent's state in one value: the tray, the main window and the
// command line all draw it.
type Status struct {
	Version  string     `json:"version"`
	Looked   bool       `json:"looked"` // the tokens have been looked at since the start
	Token    TokenState `json:"token"`
	Profiles []Profile  `json:"profiles"`
	Sessions []string   `json:"sessions"` // origins with an open session
	Busy     bool       `json:"busy"`     // a request has the turn
	Port     int        `json:"port"`     // of the bridge, 0 when it does not listen
	Problem  string     `json:"problem"`  // name of the sentinel that keeps the agent from working, or ""
	Language string     `json:"language"` // "kk", "ru", "en"
	Codes    bool       `json:"codes"`    // the code generators are shown, and may be on
	Asking   bool       `json:"asking"`   // the person is asked for a password, to change it or to renew a certificate

	Enrolls    bool `json:"enrolls"`    // a bank is known where a profile can be registered
	Unfinished bool `json:"unfinished"` // a registration was begun with a connected token
}

// Status returns the agent's state.
func (a *Agent) Status() Status {
	busy := a.turn.taken()
	a.mu.Lock()
	defer a.mu.Unlock()
	s := Status{
		Version:  a.config.Version,
		Looked:   a.looked,
		Token:    a.tokenState(),
		Profiles: a.profiles(),
		Busy:     busy,
		Port:     a.port,
		Problem:  ErrorName(a.problem),
		Language: cmp.Or(a.settings.Language, a.config.Language),
		Codes:    len(a.codeDesks) > 0,
		Asking:   a.asking,
	}
	for _, ses := range a.sessions {
		if ses.client != nil {
			s.Sessions = append(s.Sessions, ses.origin.String())
		}
	}
	s.Enrolls = slices.ContainsFunc(a.config.Banks, func(b Bank) bool { return b.Enroller != nil })
	for _, t := range a.tokens {
		_, begun := a.journal.begun(t.ID)
		s.Unfinished = s.Unfinished || begun
	}
	slices.Sort(s.Sessions)
	s.Sessions = slices.Compact(s.Sessions)
	return s
}

// tokenState is the state of the token used last, else of any that is
// connected. a.mu is held.
func (a *Agent) tokenState() TokenState {
	if d := a.devices[a.current]; d != nil {
		return d.state
	}
	for _, t := range a.tokens {
		if !t.PINLocked {
			return TokenLocked
		}
	}
	if len(a.tokens) > 0 {
		return TokenBlocked
	}
	return TokenAbsent
}

// Subscribe calls f with every new status until stop is called; f may be called
// once more when stop has returned. It is called from the goroutine that made
// the change, and must neither block nor change the agent.
func (a *Agent) Subscribe(f func(Status)) (stop func()) {
	a.mu.Lock()
	defer a.mu.Unlock()
	n := a.nextWatcher
	a.nextWatcher++
	a.watchers[n] = f
	return func() {
		a.mu.Lock()
		defer a.mu.Unlock()
		delete(a.watchers, n)
	}
}

// announce tells every subscriber the status, one at a time: the last that is
// drawn is the newest. Subscribers must not change the agent from within.
func (a *Agent) announce() {
	a.announcing.Lock()
	defer a.announcing.Unlock()
	a.mu.Lock()
	fs := make([]func(Status), 0, len(a.watchers))
	for _, f := range a.watchers {
		fs = append(fs, f)
	}
	a.mu.Unlock()
	if len(fs) == 0 {
		return
	}
	s := a.Status()
	for _, f := range fs {
		f(s)
	}
}
