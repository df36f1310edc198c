package agent

import (
	"context"
	"crypto/rand"
	"time"
)

// Client is one page's connection to the agent. Its requests may run at the
// same time; those that need the person wait for their turn.
type Client struct {
	a      *Agent
	origin Origin
	events func(Event)
	// prompter shows this client's questions: the windows for a page, the
	// terminal for the command line.
	prompter Prompter
	revoked  bool // the person took back the site's approval; guarded by Agent.mu
}

// Event is something a page is told without asking. It carries nothing that
// identifies a person or a token.
type Event struct {
	Kind   EventKind
	Reason string // for EventSessionClosed: "idle", "lock", "token", "exit", "page"
}

// EventKind is the kind of an Event.
type EventKind string

// The kinds of events.
const (
	EventTokenInserted EventKind = "token.inserted"
	EventTokenRemoved  EventKind = "token.removed"
	EventSessionClosed EventKind = "session.closed"
)

// Session is what a page learns once the person has agreed to show a profile.
type Session struct {
	ID          string // for OpenSession's resume, from the same origin only
	Certificate []byte // DER
	Subject     string
}

// session is a profile that a person opened to an origin. It outlives its
// connection for a while, so that the next page of the same site can go on.
type session struct {
	id          string
	origin      Origin
	profile     ProfileID
	certificate []byte
	subject     string
	client      *Client // nil while no page has it
	left        time.Time
}

// sessionLingers is how long a session waits for another page of its site.
const sessionLingers = 5 * time.Minute

// Connect takes in a page of an origin that was admitted. events is called
// from the agent's goroutines and must not block.
func (a *Agent) Connect(o Origin, events func(Event)) *Client {
	c := &Client{a: a, origin: o, events: events, prompter: a.config.Prompter}
	a.mu.Lock()
	a.clients[c] = struct{}{}
	a.mu.Unlock()
	// The approval may have been taken back since Admit.
	if !a.approved(a.children.life, o) {
		a.mu.Lock()
		c.revoked = true
		a.mu.Unlock()
	}
	return c
}

// Local takes in the command line, whose questions are answered at p. It has
// no origin and needs no session: it names the profile itself.
func (a *Agent) Local(p Prompter) *Client {
	return &Client{a: a, events: func(Event) {}, prompter: p}
}

// Hello says that the page is about to ask for something.
func (c *Client) Hello() { c.prompter.Prepare() }

// Close ends the connection. An open session waits five minutes for another
// page of the same origin.
func (c *Client) Close() {
	c.a.mu.Lock()
	delete(c.a.clients, c)
	for _, s := range c.a.sessions {
		if s.client == c {
			s.client, s.left = nil, time.Now()
		}
	}
	c.a.mu.Unlock()
	c.a.announce()
}

// CloseSession ends the client's session; the page is told the reason.
func (c *Client) CloseSession(reason string) {
	c.a.endSessions(reason, func(s *session) bool { return s.client == c })
	c.a.announce()
}

// OpenSession asks the person for a profile and its password and shows the
// page the certificate. With the id of a session that is still open at this
// origin nobody is asked, and neither with one that is not: that is
// ErrNoSession, so that a page that was only reloaded opens no window. A
// session that the client already has is returned as it is.
func (c *Client) OpenSession(ctx context.Context, resume string) (Session, error) {
	if c.barred() {
		return Session{}, ErrOrigin
	}
	if s := c.resume(resume); s != nil {
		return s.public(), nil
	}
	if resume != "" {
		return Session{}, ErrNoSession
	}
	var s *session
	err := c.turn(ctx, func(ctx context.Context) (err error) {
		if s = c.session(); s != nil {
			return nil
		}
		s, err = c.open(ctx, func(context.Context, *device, ProfileID) error { return nil })
		if err == nil {
			c.a.relock(ctx, s.profile.Token)
		}
		return err
	})
	if err != nil {
		return Session{}, err
	}
	return s.public(), nil
}

// open asks for profile and password and gives the unlocked token to then.
// The caller has the turn and locks the token again.
func (c *Client) open(ctx context.Context, then func(context.Context, *device, ProfileID) error) (*session, error) {
	s := &session{id: rand.Text(), origin: c.origin, client: c}
	err := c.unlock(ctx, PINQuestion{Purpose: PurposeLogin}, nil, func(ctx context.Context, d *device, p ProfileID) error {
		key, err := c.a.findKey(ctx, d, p)
		if err != nil {
			return err
		}
		cert := key.Certificate()
		s.profile, s.certificate, s.subject = profileOf(p.Token, key), cert.Raw, cert.Subject.CommonName
		return then(ctx, d, p)
	})
	if err != nil {
		return nil, err
	}
	a := c.a
	a.mu.Lock()
	if _, there := a.clients[c]; !there { // the page went away meanwhile
		s.client, s.left = nil, time.Now()
	}
	a.sessions[s.id] = s
	a.mu.Unlock()
	a.announce()
	return s, nil
}

// session returns the client's open session, or nil.
func (c *Client) session() *session {
	c.a.mu.Lock()
	defer c.a.mu.Unlock()
	for _, s := range c.a.sessions {
		if s.client == c {
			return s
		}
	}
	return nil
}

// resume takes over a session of the same origin whose page went away, or
// returns the client's own.
func (c *Client) resume(id string) *session {
	if s := c.session(); s != nil {
		return s
	}
	c.a.mu.Lock()
	defer c.a.mu.Unlock()
	for key, s := range c.a.sessions {
		if s.client == nil && time.Since(s.left) > sessionLingers {
			delete(c.a.sessions, key)
		}
	}
	s := c.a.sessions[id]
	_, there := c.a.clients[c] // a page that has gone takes nothing over
	if !there || s == nil || s.origin != c.origin || s.client != nil {
		return nil
	}
	s.client = c
	return s
}

// turn waits for the client's turn with the person and runs f.
func (c *Client) turn(ctx context.Context, f func(context.Context) error) error {
	return c.a.turn.do(ctx, c.name(), func(ctx context.Context) error {
		if c.barred() {
			return ErrOrigin
		}
		return f(ctx)
	})
}

// barred tells whether the person took the site's approval back.
func (c *Client) barred() bool {
	c.a.mu.Lock()
	defer c.a.mu.Unlock()
	return c.revoked
}

func (s *session) public() Session {
	return Session{ID: s.id, Certificate: s.certificate, Subject: s.subject}
}

// name is the origin as it is shown and counted: "" for the command line.
func (c *Client) name() string {
	if c.origin == (Origin{}) {
		return ""
	}
	return c.origin.String()
}

// endSessions ends the sessions that match and tells their pages.
func (a *Agent) endSessions(reason string, match func(*session) bool) {
	a.mu.Lock()
	var told []*Client
	for id, s := range a.sessions {
		if !match(s) {
			continue
		}
		delete(a.sessions, id)
		if s.client != nil {
			told = append(told, s.client)
		}
	}
	a.mu.Unlock()
	for _, c := range told {
		c.events(Event{Kind: EventSessionClosed, Reason: reason})
	}
}

// broadcast tells every connected page.
func (a *Agent) broadcast(e Event) {
	a.mu.Lock()
	var all []*Client
	for c := range a.clients {
		all = append(all, c)
	}
	a.mu.Unlock()
	for _, c := range all {
		c.events(e)
	}
}
