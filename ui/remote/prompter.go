package remote

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"qoltanba/agent"
	"qoltanba/agent/child"
	"qoltanba/agent/jsonrpc"
)

var _ agent.Prompter = (*Prompter)(nil)

const (
	idleTime   = 2 * time.Minute
	helloLimit = 20 * time.Second // a cold start on a slow disk takes a few
	firstPause = time.Second      // after a start that failed, doubled by each further one
	maxDoubled = 5
)

// Command says how to start the window process. Of the environment it also gets
// where to show.
type Command struct {
	child.Command
	// Idle is how long a process that shows nothing is kept; 0 is two minutes.
	Idle time.Duration
}

// display are the variables by which a program finds the display.
// LIBGL_ALWAYS_SOFTWARE is the one remedy for broken graphics drivers that loads
// nothing.
var display = []string{
	"DISPLAY", "WAYLAND_DISPLAY", "XAUTHORITY", "XMODIFIERS",
	"XCURSOR_THEME", "XCURSOR_SIZE", "FYNE_SCALE", "FYNE_THEME", "LIBGL_ALWAYS_SOFTWARE",
}

// Prompter asks the person in a window process, which it starts when there is
// something to ask and ends when there was nothing for a while.
//
// The process may die at any moment: the questions that were open return
// agent.ErrCanceled, the next one starts a new process. When it cannot be
// started, or ends before it is ready to show anything (no display, no OpenGL),
// questions return agent.ErrNoWindow, and for a pause that grows to half a
// minute further ones do so at once.
type Prompter struct {
	command Command

	group sync.WaitGroup // of the processes

	mu       sync.Mutex
	closed   bool
	language string
	current  *window // nil when none runs
	failures int     // starts that failed since the last one that did not
	failed   error   // why the last one did
	again    time.Time
}

// window is one window process, from its start to its end.
type window struct {
	stop     context.CancelFunc
	ready    chan struct{} // closed when it can show, or never will
	language chan struct{} // the language has changed; room for one

	// Set before ready is closed: one of the two.
	over *over
	err  error

	// Guarded by the Prompter.
	users int
	idle  *time.Timer
}

// New returns a Prompter that starts c when it is needed and has it speak the
// language of that code. Close it.
func New(c Command, language string) *Prompter {
	if c.Idle == 0 {
		c.Idle = idleTime
	}
	c.Keep, c.Name = display, "window process"
	return &Prompter{command: c, language: language}
}

// Close ends the process and returns when it is gone. Open questions return
// agent.ErrCanceled, later ones agent.ErrNoWindow.
func (p *Prompter) Close() error {
	p.mu.Lock()
	p.closed = true
	if p.current != nil {
		p.current.stop()
	}
	p.mu.Unlock()
	p.group.Wait()
	return nil
}

// Prepare starts the process unless it runs. It does not wait for it.
func (p *Prompter) Prepare() {
	p.mu.Lock()
	defer p.mu.Unlock()
	_, _ = p.windowLocked()
}

// SetLanguage changes the language of the windows ("kk", "ru", "en"). It does
// not wait for them.
func (p *Prompter) SetLanguage(code string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if code == p.language {
		return
	}
	p.language = code
	if p.current == nil {
		return
	}
	select {
	case p.current.language <- struct{}{}:
	default: // it will read the newest one
	}
}

// Site implements agent.Prompter.
func (p *Prompter) Site(ctx context.Context, q agent.SiteQuestion) error {
	return p.with(ctx, func(o *over) error { return o.Site(ctx, q) })
}

// Consent implements agent.Prompter.
func (p *Prompter) Consent(ctx context.Context, q agent.ConsentQuestion, openCopy func(i int) error) error {
	return p.with(ctx, func(o *over) error { return o.Consent(ctx, q, openCopy) })
}

// PIN implements agent.Prompter.
func (p *Prompter) PIN(ctx context.Context, q agent.PINQuestion, try func(ctx context.Context, id agent.ProfileID, pin *agent.Secret) error) error {
	return p.with(ctx, func(o *over) error { return o.PIN(ctx, q, try) })
}

// ChangePIN implements agent.Prompter.
func (p *Prompter) ChangePIN(ctx context.Context, q agent.PINQuestion, try func(ctx context.Context, id agent.ProfileID, old, new *agent.Secret) error) error {
	return p.with(ctx, func(o *over) error { return o.ChangePIN(ctx, q, try) })
}

// Driver implements agent.Prompter.
func (p *Prompter) Driver(ctx context.Context, q agent.DriverQuestion) error {
	return p.with(ctx, func(o *over) error { return o.Driver(ctx, q) })
}

// Token implements agent.Prompter.
func (p *Prompter) Token(ctx context.Context, s agent.TokenPanel, updates <-chan agent.TokenPanel, do func(ctx context.Context, a agent.TokenAction) error) error {
	return p.with(ctx, func(o *over) error { return o.Token(ctx, s, updates, do) })
}

// Wizard implements agent.Prompter.
func (p *Prompter) Wizard(ctx context.Context, s agent.WizardState, updates <-chan agent.WizardState, do func(ctx context.Context, a agent.WizardAction) error) error {
	return p.with(ctx, func(o *over) error { return o.Wizard(ctx, s, updates, do) })
}

// Generators implements agent.Prompter.
func (p *Prompter) Generators(ctx context.Context, s agent.GeneratorPanel, updates <-chan agent.GeneratorPanel, do func(ctx context.Context, a agent.GeneratorAction) error) error {
	return p.with(ctx, func(o *over) error { return o.Generators(ctx, s, updates, do) })
}

// Panel implements agent.Prompter.
func (p *Prompter) Panel(ctx context.Context, s agent.PanelState) (a agent.PanelAction, err error) {
	err = p.with(ctx, func(o *over) error {
		a, err = o.Panel(ctx, s)
		return err
	})
	return a, err
}

// Notify implements agent.Prompter.
func (p *Prompter) Notify(ctx context.Context, n agent.Notice) error {
	return p.with(ctx, func(o *over) error { return o.Notify(ctx, n) })
}

// with runs ask while it keeps the process from being idle.
func (p *Prompter) with(ctx context.Context, ask func(*over) error) error {
	p.mu.Lock()
	w, err := p.windowLocked()
	if err != nil {
		p.mu.Unlock()
		return err
	}
	w.users++
	w.idle.Stop()
	p.mu.Unlock()
	defer func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		if w.users--; w.users == 0 {
			w.idle.Reset(p.command.Idle)
		}
	}()
	select {
	case <-w.ready:
	case <-ctx.Done():
		return fmt.Errorf("waiting for the window process: %w: %w", agent.ErrCanceled, context.Cause(ctx))
	}
	if w.err != nil {
		return w.err
	}
	return ask(w.over)
}

// windowLocked returns the process that runs, or starts one.
func (p *Prompter) windowLocked() (*window, error) {
	switch {
	case p.current != nil && !p.current.gone():
		return p.current, nil
	case p.closed:
		return nil, fmt.Errorf("%w: the program ends", agent.ErrNoWindow)
	case time.Now().Before(p.again):
		return nil, p.failed
	}
	ctx, stop := context.WithCancel(context.Background())
	w := &window{stop: stop, ready: make(chan struct{}), language: make(chan struct{}, 1)}
	w.idle = time.AfterFunc(p.command.Idle, func() { p.rest(w) })
	p.current = w
	language := p.language
	p.group.Go(func() {
		defer stop()
		p.run(ctx, w, language)
	})
	return w, nil
}

// gone is true as soon as any question has failed because the process ended.
func (w *window) gone() bool {
	select {
	case <-w.ready:
	default:
		return false
	}
	if w.err != nil {
		return true
	}
	select {
	case <-w.over.conn.Done():
		return true
	default:
		return false
	}
}

// rest ends a process that was not used for a while.
func (p *Prompter) rest(w *window) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if w.users == 0 {
		p.forgetLocked(w)
		w.stop()
	}
}

func (p *Prompter) forgetLocked(w *window) {
	w.idle.Stop()
	if p.current == w {
		p.current = nil
	}
}

// run lives as long as the process does.
func (p *Prompter) run(ctx context.Context, w *window, language string) {
	process, err := p.command.Start()
	if err != nil {
		p.settle(w, err)
		return
	}
	conn := jsonrpc.NewConn(jsonrpc.Stream(process, frameLimit), nil)
	served := make(chan struct{})
	go func() { // ends by conn.Close at the latest, and is waited for
		defer close(served)
		_ = conn.Serve(ctx) // why it ended is what the calls return
	}()
	w.over = &over{conn}
	grace := child.EndGrace
	if err := greet(ctx, conn, language); err != nil {
		grace = 0
		p.settle(w, err)
		w.stop()
	} else {
		p.settle(w, nil)
	}
	p.accompany(w, conn, process)
	p.mu.Lock()
	p.forgetLocked(w)
	p.mu.Unlock()
	process.End(grace)
	<-served
}

// accompany keeps the process up to date and returns when its pipe is closed.
func (p *Prompter) accompany(w *window, conn *jsonrpc.Conn, process *child.Process) {
	for {
		select {
		case <-w.language:
			p.mu.Lock()
			code := p.language
			p.mu.Unlock()
			_ = conn.Notify(context.Background(), methodLanguage, hello{code}) // lost only if the process is
		case <-conn.Done():
			return
		case <-process.Exited():
			// What it said before it ended still counts, but a program that it
			// left behind may hold the pipe open.
			select {
			case <-conn.Done():
			case <-time.After(child.DrainGrace):
				conn.Close()
			}
			return
		}
	}
}

// greet waits until the process can show something.
func greet(ctx context.Context, conn *jsonrpc.Conn, language string) error {
	ctx, cancel := context.WithTimeout(ctx, helloLimit)
	defer cancel()
	var v protocolVersion
	err := conn.Call(ctx, methodHello, hello{language}, &v)
	if err == nil && v.Protocol != protocol {
		err = errors.New("it is of another version")
	}
	return err
}

// settle tells those who wait for the process whether it can show.
func (p *Prompter) settle(w *window, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.failures++
	if err == nil {
		p.failures = 0
	} else {
		w.err = fmt.Errorf("starting the window process: %w: %w", agent.ErrNoWindow, err)
		p.failed = w.err
		p.again = time.Now().Add(firstPause << min(p.failures-1, maxDoubled))
		p.forgetLocked(w)
	}
	close(w.ready)
}
