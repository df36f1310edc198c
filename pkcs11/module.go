package pkcs11

import (
	"context"
	"fmt"
	"path/filepath"
	"sync"
	"time"

	"github.com/ThalesIgnite/crypto11"
	p11 "github.com/miekg/pkcs11"

	"qoltanba/agent"
)

var _ agent.Tokens = (*Module)(nil)

// Options adjust a Module. The zero value is good.
type Options struct {
	// Name is what people call the tokens of this module, such as
	// "KAZTOKEN". When empty they are called by their model.
	Name string
	// Sessions is how many signatures one token makes at the same time,
	// unless it has fewer sessions itself. 0 means 4.
	Sessions int
	// Poll is the time between two looks at the slots by Watch. 0 means one
	// second.
	Poll time.Duration
}

// Module is one vendor's library and the tokens that it sees. It implements
// agent.Tokens. Several of its tokens can be open at once.
type Module struct {
	path string
	opts Options
	lib  *p11.Ctx

	// turn is taken by whoever lists slots, opens or closes a token, as these
	// may initialize and finalize the library. It guards the fields below and
	// is taken before a token's own turn.
	turn        turn
	closed      bool
	initialized bool                              // by us; while a token is open, by crypto11
	open        map[*Token]bool                   // tokens with a crypto11 context; changed with mu held as well
	seen        []found                           // as the last look found them
	missing     map[agent.TokenID]bool            // went by an error: the library may have to be initialized to see them again
	missed      int                               // looks since missing became non-empty
	mu          sync.Mutex                        // guards the cache and open, never held during a call into the library
	public      map[agent.TokenID][]agent.KeyInfo // public certificates
	version     int                               // of public, counts what made it stale
}

// Open loads the PKCS#11 library at that path and initializes it. A process
// must not open the same library twice. It returns ErrModule when that cannot be
// done, with ErrModuleMissing, ErrModuleForeign or ErrModuleArchitecture where the
// file says why.
func Open(path string, o Options) (*Module, error) {
	if o.Sessions <= 0 {
		o.Sessions = 4
	}
	if o.Poll <= 0 {
		o.Poll = time.Second
	}
	// A path without a slash would be searched for in the library folders.
	if !filepath.IsAbs(path) {
		return nil, fmt.Errorf("loading %s: not an absolute path: %w", path, agent.ErrModule)
	}
	if err := checkFile(path); err != nil {
		return nil, fmt.Errorf("loading %s: %w", path, err)
	}
	lib := p11.New(path)
	if lib == nil {
		return nil, fmt.Errorf("loading %s: %w: the loader refused it", path, agent.ErrModule)
	}
	if err := lib.Initialize(); err != nil {
		return nil, fmt.Errorf("initializing %s: %w: %w", path, agent.ErrModule, err)
	}
	return &Module{
		path: path, opts: o, lib: lib, turn: newTurn(1), initialized: true,
		open:    make(map[*Token]bool),
		missing: make(map[agent.TokenID]bool),
		public:  make(map[agent.TokenID][]agent.KeyInfo),
	}, nil
}

// Close closes the open tokens and finalizes the library, which stays loaded.
// It waits for calls into the library. Calling it again does nothing.
func (m *Module) Close() error {
	m.turn.take()
	defer m.turn.give()
	if m.closed {
		return nil
	}
	m.closed = true
	for t := range m.open {
		t.gone.Store(true)
		m.shut(t)
	}
	if m.initialized {
		m.initialized = false
		if err := m.lib.Finalize(); err != nil {
			return fmt.Errorf("finalizing %s: %w", m.path, translate(err))
		}
	}
	return nil
}

// ready makes the library usable: while no token is open we have to initialize
// it, also after crypto11 finalized it. anew demands that it looks for its
// tokens from the start, which is possible only while none is open. The turn is
// held.
func (m *Module) ready(anew bool) error {
	if m.closed {
		return fmt.Errorf("%s is closed: %w", m.path, agent.ErrModule)
	}
	m.reap()
	if len(m.open) > 0 {
		return nil
	}
	if anew && m.initialized {
		m.initialized = false
		_ = m.lib.Finalize() // if it fails, Initialize tells
	}
	if m.initialized {
		return nil
	}
	if err := m.lib.Initialize(); err != nil {
		return fmt.Errorf("initializing %s: %w: %w", m.path, agent.ErrModule, err)
	}
	m.initialized = true
	return nil
}

// reap shuts the tokens whose session was lost. The turn is held.
func (m *Module) reap() {
	for t := range m.open {
		if t.gone.Load() {
			m.shut(t)
		}
	}
}

// shut ends everything that a token holds in the library. It waits for calls
// that use it, also those that make a key. The turn is held; m.open has every token once, so crypto11,
// which panics at a second Close, is closed once.
func (m *Module) shut(t *Token) {
	t.writing.take()
	defer t.writing.give()
	t.turn.take()
	defer t.turn.give()
	m.mu.Lock()
	delete(m.open, t)
	m.mu.Unlock()
	_ = m.lib.CloseSession(t.session) // the token may be gone
	_ = t.keys.Close()                // always nil; the last one finalizes the library
}

// Open implements agent.Tokens. A token that was never formatted can be opened
// too; then its methods return ErrBlank, but for those that need no session.
func (m *Module) Open(ctx context.Context, id agent.TokenID) (agent.Token, error) {
	var opened *Token // shut when ctx gave up on it
	t, err := call(ctx, m.turn, func() (agent.Token, error) {
		f, err := m.find(id)
		if err != nil {
			return nil, err
		}
		if f.blank() {
			return &blank{m: m, id: f.id}, nil
		}
		opened, err = m.openSlot(f)
		return opened, err
	}, func() {
		if opened != nil {
			m.shut(opened)
		}
	})
	if err != nil {
		return nil, fmt.Errorf("opening token %q: %w", id.Serial, translate(err))
	}
	return t, nil
}

// find looks for a token, if necessary with the library initialized anew. The
// turn is held.
func (m *Module) find(id agent.TokenID) (found, error) {
	for _, anew := range []bool{false, true} {
		if err := m.ready(anew); err != nil {
			return found{}, err
		}
		all, err := m.look()
		if err != nil {
			return found{}, err
		}
		for _, f := range all {
			if f.id == id {
				return f, nil
			}
		}
	}
	return found{}, agent.ErrNoToken
}

// openSlot does the hand-over that the package comment describes. The turn is
// held.
func (m *Module) openSlot(f found) (*Token, error) {
	if len(m.open) == 0 && m.initialized {
		m.initialized = false
		if err := m.lib.Finalize(); err != nil {
			return nil, err
		}
	}
	slot := int(f.slot)
	keys, err := crypto11.Configure(&crypto11.Config{
		Path:              m.path,
		SlotNumber:        &slot,
		LoginNotSupported: true, // the PIN is none of its business
		MaxSessions:       f.sessions(m.opts.Sessions),
	})
	if err != nil {
		return nil, err
	}
	// Slots may be numbered anew when the library is initialized.
	info, err := m.lib.GetTokenInfo(f.slot)
	if err == nil && identity(info) != f.id {
		err = fmt.Errorf("moved to another slot: %w", agent.ErrTokenLost)
	}
	var session p11.SessionHandle
	if err == nil {
		session, err = m.lib.OpenSession(f.slot, p11.CKF_SERIAL_SESSION|p11.CKF_RW_SESSION)
	}
	if err != nil {
		_ = keys.Close() // always nil
		return nil, err
	}
	t := &Token{
		m: m, id: f.id, slot: f.slot, keys: keys, session: session,
		turn: newTurn(1), writing: newTurn(1), signing: newTurn(m.opts.Sessions),
	}
	m.mu.Lock()
	m.open[t] = true
	m.mu.Unlock()
	return t, nil
}
