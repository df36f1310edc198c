package agent

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"
)

// Config holds what an Agent is made of. All fields but Drivers, Banks, Managed,
// KeepStartPIN and FormatUnfinished are required; so is ReadPrimary if a bank has an
// Enroller.
type Config struct {
	Version  string
	Tokens   Tokens
	Drivers  Drivers // nil where the modules behind Tokens cannot be asked about
	Prompter Prompter
	Vault    Vault
	History  History
	Banks    []Bank
	// ReadPrimary reads a primary key from a key file; ErrCredentials for a wrong
	// password, ErrKeyFile for a file without one.
	ReadPrimary func(file []byte, password *Secret) (PrimaryKey, error)
	Managed     bool // a managed PC: nobody is asked about unknown sites
	// KeepStartPIN has a SpectraNet token show its codes also while the start PIN is set,
	// with a reminder: the administrator's policy. Else the right start PIN leads to a new
	// one first (S29).
	KeepStartPIN bool
	// FormatUnfinished allows formatting a token whose registration is not
	// finished: the administrator's policy, on written instruction of the bank's
	// support.
	FormatUnfinished bool
	Language         string                   // of the system: "kk", "ru" or "en"; a setting goes before it
	Dir              string                   // folder of what the agent keeps: settings, approvals, journal, code generators; must exist
	Site             func(host string) string // registrable domain of a host
	OpenFile         func(path string) error  // shows a file to the person in another program
	TempDir          string                   // private folder for copies that the person looks at
	Logger           *slog.Logger
}

// Agent is the rules of the signing agent. Its methods may be called from
// several goroutines; Run must be running.
type Agent struct {
	config  Config
	log     *slog.Logger
	trust   *trust
	turn    *turnstile
	journal *journal
	door    door

	children *children // end with Run: what no request owns
	idle     *time.Timer
	panel    soleWindow[struct{}] // the main window
	desk     soleWindow[deskCall] // the token panel
	wizards  wizardPlace
	codes    soleWindow[string] // the code generators
	ring     *generatorRing
	stored   *generatorIndex
	issuers  *issuers

	announcing sync.Mutex // held while subscribers are told; taken before mu
	saving     sync.Mutex // held while the settings are changed and saved; taken before mu

	mu          sync.Mutex
	settings    Settings
	tokens      []TokenInfo          // connected now
	looked      bool                 // tokens is what Tokens.Watch saw
	devices     map[TokenID]*device  // those with an open session
	current     TokenID              // the one used last
	defaults    map[TokenID]defaults // PINs of the factory that were accepted
	refused     map[string]string    // modules that the person refused, their SHA-256 by path
	clients     map[*Client]struct{} // connected pages
	sessions    map[string]*session  // by id, also those whose page went away
	overdue     bool                 // the idle lock was due while a request ran
	asking      bool                 // askOnce runs: the person wants a password changed or a certificate renewed
	port        int
	problem     error
	watchers    map[int]func(Status) // by the number handed out at Subscribe
	nextWatcher int
	updates     map[chan []Profile]func(Profile) bool // open questions that follow the tokens, and what each offers
	desks       map[*tokenDesk]struct{}               // open token panels
	codeDesks   map[*generatorDesk]struct{}           // open windows of the code generators
}

// New makes an agent. It reads the settings and the journal of registrations; tokens are
// looked at by Run. An error is an origin of a descriptor that is none.
func New(c Config) (*Agent, error) {
	c.Banks = ownHosts(c.Banks, c.Logger)
	a := &Agent{
		config:    c,
		log:       c.Logger,
		devices:   map[TokenID]*device{},
		clients:   map[*Client]struct{}{},
		sessions:  map[string]*session{},
		watchers:  map[int]func(Status){},
		updates:   map[chan []Profile]func(Profile) bool{},
		desks:     map[*tokenDesk]struct{}{},
		codeDesks: map[*generatorDesk]struct{}{},
		defaults:  map[TokenID]defaults{},
		refused:   map[string]string{},
		panel:     newSoleWindow[struct{}](),
		desk:      newSoleWindow[deskCall](),
		codes:     newSoleWindow[string](),
		ring:      newGeneratorRing(c.Vault),
		stored:    newGeneratorIndex(c.Dir),
	}
	a.turn = newTurnstile(a.announce)
	a.children = newChildren()
	a.issuers = newIssuers(a.children, c.Banks)
	a.trust = newTrust(a.children, c.Dir, c.Vault, c.Logger)
	var err error
	if a.settings, err = loadSettings(c.Dir); err != nil {
		a.log.Warn("settings not used", "err", err)
	}
	if a.journal, err = loadJournal(c.Dir); err != nil {
		a.log.Error("the journal of registrations is damaged: no token is formatted", "err", err)
	}
	for _, b := range c.Banks {
		for _, o := range b.Origins {
			if _, err := ParseOrigin(o); err != nil {
				return nil, fmt.Errorf("bank descriptor, origin %q: %w", o, err)
			}
		}
	}
	a.idle = time.NewTimer(a.settings.idle())
	return a, nil
}

// Run watches the tokens and the idle lock until ctx ends. Then it ends what
// is open, locks and closes the tokens, and returns when all of it is done.
func (a *Agent) Run(ctx context.Context) {
	watchCtx, stop := context.WithCancel(ctx)
	watched := make(chan error, 1)
	// Ends with ctx, or by its own failure, which Run reports and survives:
	// without tokens the agent can still say what is wrong.
	go func() { watched <- a.config.Tokens.Watch(watchCtx, a.tokensChanged) }()
	hourly := time.NewTicker(time.Hour) // the days that a certificate has left become fewer
	defer hourly.Stop()
	for running := true; running; {
		select {
		case <-ctx.Done():
			running = false
		case <-hourly.C:
			a.announce()
			a.findIssuers()
		case <-a.idle.C:
			// A request that is running is not cut off, however long the
			// person reads; but it will not go on without the password.
			if !a.turn.try(func() { a.lock("idle") }) {
				a.mu.Lock()
				a.overdue = true
				a.mu.Unlock()
				a.active()
			}
		case err := <-watched:
			if ctx.Err() == nil {
				a.log.Error("tokens are not watched any more", "err", err)
				a.SetProblem(err)
			}
			watched = nil
		}
	}
	stop()
	a.children.end()
	a.turn.interrupt(ErrCanceled)
	a.lock("exit")
	if watched != nil {
		<-watched // which starts children
	}
	a.children.wait()
	a.closeDevices()
}

// SetPort tells the agent where the bridge listens, for the status.
func (a *Agent) SetPort(port int) {
	a.mu.Lock()
	a.port = port
	a.mu.Unlock()
	a.announce()
}

// SetProblem tells what keeps the agent from working, nil when nothing does.
func (a *Agent) SetProblem(err error) {
	a.mu.Lock()
	a.problem = err
	a.mu.Unlock()
	a.announce()
}

func (a *Agent) language() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return cmp.Or(a.settings.Language, a.config.Language)
}

// active puts the idle lock off.
func (a *Agent) active() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.idle.Reset(a.settings.idle())
}

// Lock locks every token now: open sessions end, and so does the request that
// has the turn. Code generators go off.
func (a *Agent) Lock() {
	a.turn.interrupt(ErrCanceled)
	a.lock("lock")
	a.mu.Lock()
	defer a.mu.Unlock()
	for g := range a.codeDesks {
		g.lock()
	}
}

func (a *Agent) lock(reason string) {
	a.endSessions(reason, func(*session) bool { return true })
	a.forgetPINs(func(TokenID) bool { return true })
	for _, d := range a.openDevices() {
		a.logout(a.children.life, d)
	}
	a.announce()
}
