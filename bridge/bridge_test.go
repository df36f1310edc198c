package bridge_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"golang.org/x/net/publicsuffix"

	"qoltanba/agent"
	"qoltanba/agent/agenttest"
	"qoltanba/agent/audit"
	"qoltanba/bridge"
)

const (
	bankOrigin = "https://ib.bank.kz"
	pin        = "12345678"
)

// history keeps records.
type history struct {
	mu      sync.Mutex
	records []audit.Record
	hold    func() // runs in Append
}

func (h *history) Append(r ...audit.Record) (audit.Head, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.hold != nil {
		h.hold()
	}
	h.records = append(h.records, r...)
	return audit.Head{}, nil
}

// count is the number of records of a kind.
func (h *history) count(kind string) int {
	h.mu.Lock()
	defer h.mu.Unlock()
	n := 0
	for _, r := range h.records {
		if r.Kind == kind {
			n++
		}
	}
	return n
}

// log holds what was logged.
type log struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *log) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

func (l *log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// A computer is an agent with a token, a person and a bridge that serves.
type computer struct {
	t       testing.TB
	agent   *agent.Agent
	bridge  *bridge.Server
	person  *agenttest.Person
	token   *agenttest.Token
	tokens  *agenttest.Tokens
	history *history
	log     *log
	cancel  func()        // ends agent and bridge
	served  chan struct{} // closed when the bridge has returned
	stop    func()        // ends both and waits for them
}

// start runs an agent to which the bank's origin is known. Each edit may
// change its configuration.
func start(t testing.TB, edit ...func(*agent.Config)) *computer {
	t.Helper()
	c := &computer{
		t:       t,
		person:  agenttest.NewPerson(pin),
		token:   agenttest.NewToken("4711", "Accounts", pin),
		history: &history{},
		log:     &log{},
		served:  make(chan struct{}),
	}
	c.token.AddKey(agent.P256, "signing", "Айгүл Сәрсенова")
	c.tokens = agenttest.NewTokens(c.token)
	logger := slog.New(slog.NewTextHandler(c.log, nil))
	config := agent.Config{
		Version:  "1.0.0",
		Tokens:   c.tokens,
		Prompter: c.person,
		Vault:    agenttest.NewVault(),
		History:  c.history,
		Banks:    []agent.Bank{{Names: map[string]string{"en": "Bank"}, Origins: []string{bankOrigin}, Trusted: true}},
		Dir:      t.TempDir(),
		TempDir:  t.TempDir(),
		Site: func(host string) string {
			site, err := publicsuffix.EffectiveTLDPlusOne(host)
			if err != nil {
				return host
			}
			return site
		},
		OpenFile: func(string) error { return nil },
		Logger:   logger,
	}
	for _, e := range edit {
		e(&config)
	}
	var err error
	if c.agent, err = agent.New(config); err != nil {
		t.Fatal(err)
	}
	c.bridge = bridge.New(bridge.Config{Agent: c.agent, Ports: []int{0}, Logger: logger})
	if err := c.bridge.Listen(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var group sync.WaitGroup
	seen := make(chan struct{})
	once := sync.OnceFunc(func() { close(seen) })
	unsubscribe := c.agent.Subscribe(func(s agent.Status) {
		if len(s.Profiles) > 0 {
			once()
		}
	})
	group.Go(func() { c.agent.Run(ctx) })
	group.Go(func() {
		if err := c.bridge.Serve(ctx); err != nil {
			t.Errorf("Serve: %v", err)
		}
		close(c.served)
	})
	c.cancel, c.stop = cancel, sync.OnceFunc(func() { cancel(); group.Wait() })
	t.Cleanup(c.stop)
	<-seen // the agent knows of its token
	unsubscribe()
	return c
}

func (c *computer) url() string {
	return "ws://127.0.0.1:" + strconv.Itoa(c.bridge.Port()) + "/v1"
}

// dial connects as a page of an origin and returns the HTTP status.
func (c *computer) dial(ctx context.Context, header http.Header) (*websocket.Conn, int, error) {
	d := websocket.Dialer{}
	ws, response, err := d.DialContext(ctx, c.url(), header)
	if response == nil {
		return nil, 0, err
	}
	return ws, response.StatusCode, err
}

func from(origin string) http.Header { return http.Header{"Origin": {origin}} }

// page connects as a page of the bank.
func (c *computer) page() *page {
	c.t.Helper()
	ws, _, err := c.dial(context.Background(), from(bankOrigin))
	if err != nil {
		c.t.Fatalf("the bank's page: %v", err)
	}
	p := newPage(c.t, ws)
	c.t.Cleanup(p.close)
	return p
}

func TestListen(t *testing.T) {
	first := bridge.New(bridge.Config{Ports: []int{0}})
	if err := first.Listen(); err != nil {
		t.Fatal(err)
	}
	taken := first.Port()
	t.Run("the next port when one is taken", func(t *testing.T) {
		second := bridge.New(bridge.Config{Ports: []int{taken, 0}})
		if err := second.Listen(); err != nil {
			t.Fatal(err)
		}
		if second.Port() == taken || second.Port() == 0 {
			t.Errorf("Port() = %d, first has %d", second.Port(), taken)
		}
		serveAndStop(t, second)
	})
	t.Run("an error when all are taken", func(t *testing.T) {
		if err := bridge.New(bridge.Config{Ports: []int{taken, taken}}).Listen(); !errors.Is(err, agent.ErrPort) {
			t.Errorf("Listen() = %v, want ErrPort", err)
		}
	})
	serveAndStop(t, first)
}

// serveAndStop shows that Serve returns nil when its context ends, and that
// the port is free then.
func serveAndStop(t *testing.T, s *bridge.Server) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := s.Serve(ctx); err != nil {
		t.Errorf("Serve = %v", err)
	}
	again := bridge.New(bridge.Config{Ports: []int{s.Port()}})
	if err := again.Listen(); err != nil {
		t.Errorf("the port is still taken: %v", err)
	}
}

func TestServeEndsItsPages(t *testing.T) {
	c := start(t)
	answer, held := agenttest.Hold(agenttest.PIN(pin))
	c.person.Do(answer)
	p := c.page()
	p.send(1, "session.open", map[string]any{})
	<-held.Reached
	c.stop() // returns only when the page's requests have ended
	if code := p.closed(); code != websocket.CloseGoingAway {
		t.Errorf("close code = %d, want %d", code, websocket.CloseGoingAway)
	}
	if shown := c.person.Shown(); len(shown) != 1 || !errors.Is(shown[0].Err, agent.ErrCanceled) {
		t.Errorf("the window ended with %+v, want one that was cancelled", shown)
	}
}

// A request that cannot be broken off (the disk is slow) is waited for.
func TestServeWaitsForRequests(t *testing.T) {
	c := start(t)
	p := c.page()
	p.open(1)
	reached, release := make(chan struct{}), make(chan struct{})
	c.history.hold = func() { close(reached); <-release }
	p.send(2, "sign", documents("pay 100 KZT"))
	<-reached
	c.cancel()
	p.closed()
	select {
	case <-c.served:
		t.Error("Serve has returned before the request")
	default:
	}
	close(release)
	<-c.served
}

func TestLogNamesTheOriginOnly(t *testing.T) {
	c := start(t)
	p := c.page()
	p.send(1, "hello", map[string]any{"client": "SECRET-client"})
	p.answer(1)
	p.send(2, "SECRET-method", map[string]any{"SECRET-param": 1})
	p.answer(2)
	p.send(3, "sign", map[string]any{"documents": []any{map[string]any{"name": "SECRET-name", "data": "U0VDUkVU"}}})
	p.answer(3)
	p.send(4, "authenticate", map[string]any{"challenge": "SECRET"})
	p.answer(4)
	if _, _, err := c.dial(context.Background(), from("https://SECRET.example")); err == nil {
		t.Error("an origin in capitals was let in")
	}
	p.close()
	c.stop()
	got := c.log.String()
	if strings.Contains(got, "SECRET") {
		t.Errorf("a page's words are in the log:\n%s", got)
	}
	if !strings.Contains(got, bankOrigin) {
		t.Errorf("the origin is not in the log:\n%s", got)
	}
}

// waitFor returns once the agent's state is as wanted.
func (c *computer) waitFor(wanted func(agent.Status) bool) {
	c.t.Helper()
	there := make(chan struct{})
	once := sync.OnceFunc(func() { close(there) })
	look := func(s agent.Status) {
		if wanted(s) {
			once()
		}
	}
	stop := c.agent.Subscribe(look)
	defer stop()
	look(c.agent.Status())
	select {
	case <-there:
	case <-time.After(deadline):
		c.t.Fatalf("waited in vain; the state is %+v", c.agent.Status())
	}
}

func noSession(s agent.Status) bool { return len(s.Sessions) == 0 }
func idle(s agent.Status) bool      { return !s.Busy }
