package agent_test

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"io"
	"log/slog"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"qoltanba/agent"
	"qoltanba/agent/agenttest"
)

const bankSite = "https://ib.refbank.test"

// A desk is an agent with everything around it, all in memory.
type desk struct {
	t       *testing.T
	agent   *agent.Agent
	tokens  *agenttest.Tokens
	token   *agenttest.Token
	person  *agenttest.Person
	vault   *agenttest.Vault
	history *agenttest.History
	dir     string
	opened  []string // copies shown
	seen    string   // content and mode of the last
	late    bool     // start does not wait until the tokens are looked at
}

func newDesk(t *testing.T, change ...func(*agent.Config)) *desk {
	t.Helper()
	d := newDeskStopped(t)
	d.start(change...)
	return d
}

// newDeskStopped is a desk whose agent does not run yet.
func newDeskStopped(t *testing.T) *desk {
	t.Helper()
	d := &desk{t: t, token: agenttest.NewToken("A1", "Accounts", "1234"), person: agenttest.NewPerson("1234"),
		vault: agenttest.NewVault(), history: agenttest.NewHistory(), dir: t.TempDir()}
	d.token.AddKey(agent.P256, "Accounts", "Aigerim Serikova")
	d.tokens = agenttest.NewTokens(d.token)
	return d
}

func (d *desk) start(change ...func(*agent.Config)) (stop func()) {
	d.t.Helper()
	c := agent.Config{
		Version: "test", Tokens: d.tokens, Prompter: d.person, Vault: d.vault, History: d.history, Dir: d.dir, TempDir: d.dir,
		Banks: []agent.Bank{{Names: map[string]string{"ru": "Банк"}, Origins: []string{bankSite}, Trusted: true}},
		Site: func(host string) string {
			l := strings.Split(host, ".")
			return strings.Join(l[max(0, len(l)-2):], ".")
		},
		OpenFile: d.open,
		Logger:   slog.New(slog.NewTextHandler(io.Discard, nil)),
	}
	for _, f := range change {
		f(&c)
	}
	a, err := agent.New(c)
	if err != nil {
		d.t.Fatal(err)
	}
	d.agent = a
	seen := make(chan struct{}, 1)
	unsubscribe := a.Subscribe(func(agent.Status) {
		select {
		case seen <- struct{}{}:
		default:
		}
	})
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		a.Run(ctx)
	}()
	stop = func() {
		cancel()
		<-done
	}
	d.t.Cleanup(stop)
	if !d.late {
		<-seen // the tokens were looked at
	}
	unsubscribe()
	return stop
}

// startDeclining is start with a person who does not go on with the registration that
// is offered for the token.
func (d *desk) startDeclining(change ...func(*agent.Config)) (stop func()) {
	d.t.Helper()
	decline, held := agenttest.Hold(agenttest.Refuse())
	d.person.Do(decline)
	stop = d.start(change...)
	<-held.Reached
	held.Release()
	return stop
}

// insert plugs a token in and waits until the agent has seen it.
func (d *desk) insert(token *agenttest.Token) {
	d.t.Helper()
	d.await(token.ID(), true, func() { d.tokens.Insert(token) })
}

// remove pulls a token and waits likewise.
func (d *desk) remove(token *agenttest.Token) {
	d.t.Helper()
	d.await(token.ID(), false, func() { d.tokens.Remove(token.ID()) })
}

func (d *desk) await(id agent.TokenID, there bool, change func()) {
	d.t.Helper()
	change()
	d.until(func(s agent.Status) bool {
		return there == slices.ContainsFunc(s.Profiles, func(p agent.Profile) bool { return p.ID.Token == id })
	})
}

// until waits for a status: what a token tells arrives a moment later.
func (d *desk) until(is func(agent.Status) bool) {
	d.t.Helper()
	seen := make(chan struct{})
	var once sync.Once
	look := func(s agent.Status) {
		if is(s) {
			once.Do(func() { close(seen) })
		}
	}
	defer d.agent.Subscribe(look)()
	look(d.agent.Status())
	<-seen
}

// open stands in for the program that shows a copy.
func (d *desk) open(path string) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	d.opened, d.seen = append(d.opened, path), fmt.Sprintf("%s %04o", data, info.Mode().Perm())
	return nil
}

// page connects a page of the bank.
func (d *desk) page() *agent.Client {
	d.t.Helper()
	o, err := d.agent.Admit(d.t.Context(), bankSite)
	if err != nil {
		d.t.Fatal(err)
	}
	c := d.agent.Connect(o, func(agent.Event) {})
	d.t.Cleanup(c.Close)
	return c
}

func (d *desk) session() *agent.Client {
	d.t.Helper()
	c := d.page()
	if _, err := c.OpenSession(d.t.Context(), ""); err != nil {
		d.t.Fatal(err)
	}
	return c
}

func order(texts ...string) agent.SignRequest {
	var r agent.SignRequest
	for _, s := range texts {
		r.Documents = append(r.Documents, agent.Document{Name: "order.txt", MediaType: "text/plain", Data: []byte(s)})
	}
	return r
}

func challenge() string {
	b := make([]byte, 33)
	rand.Read(b)
	return base64.StdEncoding.EncodeToString(b)
}

// panel does one thing in the main window and closes it.
func (d *desk) panel(a agent.PanelAction) error {
	d.person.Do(agenttest.Choose(a), agenttest.Choose(agent.PanelAction{Kind: agent.PanelClose}))
	return d.agent.ShowPanel(d.t.Context())
}
