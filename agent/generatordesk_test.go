package agent_test

import (
	"context"
	"crypto"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"qoltanba/agent"
	"qoltanba/agent/agenttest"
	"qoltanba/agent/otp"
)

// A bank's two tokens, as its PSKC files have them.
const (
	serial   = "AB12345678"
	startPIN = "7391"
)

func seed(n int) []byte { return slices.Repeat([]byte("1234567890"), 7)[:n] }

func pskcKeys(serial string) []otp.PSKCKey {
	return []otp.PSKCKey{
		{ID: "T-" + serial, Algorithm: otp.PSKCTOTP, Suite: "HMAC-SHA256", Digits: 6, Interval: 30 * time.Second, Secret: seed(32),
			Serial: serial, Issuer: "Refbank", PIN: &otp.PINPolicy{KeyID: "P-" + serial}},
		{ID: "P-" + serial, Algorithm: otp.PSKCPIN, Secret: []byte(startPIN), Serial: serial},
	}
}

// pskc writes a PSKC file and returns its path.
func pskc(t *testing.T, transport otp.Transport, keys ...otp.PSKCKey) string {
	t.Helper()
	b, err := otp.WritePSKC(keys, transport)
	if err != nil {
		t.Fatal(err)
	}
	return file(t, b)
}

func file(t *testing.T, b []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// codes is the window of the code generators in a person's hands.
type codes struct {
	t    *testing.T
	s    agent.GeneratorPanel
	act  func(agent.GeneratorAction) error
	next func(func(agent.GeneratorPanel) bool) agent.GeneratorPanel
}

var cheapest = otp.Cost{Time: 1, Memory: 8, Threads: 1}

// newCodesDesk is a desk whose new devices take any number of PINs in no time.
func newCodesDesk(t *testing.T, change ...func(*agent.Config)) *desk {
	t.Helper()
	t.Cleanup(agent.SetGeneratorCost(cheapest))
	return newDesk(t, change...)
}

// answerCodes is what a person does in the window that is opened next.
func answerCodes(t *testing.T, work func(*codes)) agenttest.Answer {
	return agenttest.Generators(func(s agent.GeneratorPanel, act func(agent.GeneratorAction) error, next func(func(agent.GeneratorPanel) bool) agent.GeneratorPanel) {
		c := &codes{t, s, act, next}
		c.until(func(s agent.GeneratorPanel) bool { return s.Devices != nil }) // the stored ones were opened
		work(c)
	})
}

// atCodes opens the window, lets work use it, and closes it.
func (d *desk) atCodes(work func(*codes)) {
	d.t.Helper()
	d.person.Do(answerCodes(d.t, work))
	if err := d.agent.ShowGenerators(d.t.Context(), ""); err != nil {
		d.t.Errorf("ShowGenerators() = %v", err)
	}
}

func (c *codes) until(is func(agent.GeneratorPanel) bool) { c.s = c.next(is) }

// view is the device as the panel showed it last.
func (c *codes) view(i int) agent.GeneratorView {
	c.t.Helper()
	if i >= len(c.s.Devices) {
		c.t.Fatalf("%d devices are shown, want more than %d", len(c.s.Devices), i)
	}
	return c.s.Devices[i]
}

// do acts and waits until the panel shows what became of it.
func (c *codes) do(i int, a agent.GeneratorAction) error {
	c.t.Helper()
	v := c.view(i)
	a.Device = v.ID
	err := c.act(a)
	c.until(func(s agent.GeneratorPanel) bool {
		i := slices.IndexFunc(s.Devices, func(n agent.GeneratorView) bool { return n.ID == v.ID })
		return i < 0 || s.Devices[i].Steps > v.Steps
	})
	return err
}

// add adds devices and waits until they are shown.
func (c *codes) add(a agent.GeneratorAction, devices int) {
	c.t.Helper()
	before := len(c.s.Devices)
	if err := c.act(a); err != nil {
		c.t.Fatalf("%s = %v", a.Kind, err)
	}
	c.until(func(s agent.GeneratorPanel) bool { return len(s.Devices) == before+devices })
}

func (c *codes) addToken() {
	c.t.Helper()
	c.add(agent.GeneratorAction{Kind: agent.GeneratorAddFile, Path: pskc(c.t, otp.Transport{}, pskcKeys(serial)...)}, 1)
}

// keys presses keys of a SpectraNet token: digits, "p"ower, "c"lear, "h"old.
func (c *codes) keys(i int, keys string) {
	c.t.Helper()
	for _, k := range keys {
		a := agent.GeneratorAction{Kind: agent.GeneratorPress}
		switch k {
		case 'p':
			a.Press = otp.SpectraPower
		case 'c':
			a.Press = otp.SpectraClear
		case 'h':
			a.Press = otp.SpectraHold
		default:
			a.Kind, a.Old = agent.GeneratorDigit, text(string(k))
		}
		if err := c.do(i, a); err != nil {
			c.t.Fatalf("key %c: %v", k, err)
		}
	}
}

func text(s string) *agent.Secret { return agent.NewSecret([]byte(s)) }

// shows compares the display.
func (c *codes) shows(i int, label, field string) {
	c.t.Helper()
	if v := c.view(i); v.Label != label || v.Field != field || v.Problem != "" {
		c.t.Errorf("display %q %q (problem %q), want %q %q", v.Label, v.Field, v.Problem, label, field)
	}
}

// newPIN sets another PIN than the start PIN and leaves the code on the display.
func (c *codes) newPIN(i int, pin string) {
	c.t.Helper()
	c.keys(i, "p"+startPIN+pin+pin+"c")
}

// code is what the token must show at that time.
func code(t *testing.T, at time.Time) string {
	t.Helper()
	want, err := otp.TOTP(otp.HMAC(crypto.SHA256, seed(32)), 6, otp.SpectraInterval, at)
	if err != nil {
		t.Fatal(err)
	}
	return want
}

// ring is the desk's keyring, which notes what is asked of it, and holds the calls about
// keys of code generators until they are let go.
type ring struct {
	*agenttest.Vault
	mu    sync.Mutex
	calls []string
	names map[string]bool // entries that are there
	hold  chan struct{}   // closed to let go; nil holds nothing
	held  chan struct{}   // room for one: a call is being held
}

func newRing() *ring {
	return &ring{Vault: agenttest.NewVault(), names: map[string]bool{}, held: make(chan struct{}, 1)}
}

func (r *ring) did(ctx context.Context, call, name string, err error, there bool) error {
	r.mu.Lock()
	r.calls = append(r.calls, call+" "+name)
	if err == nil && call != "get" {
		r.names[name] = there
	}
	hold := r.hold
	r.mu.Unlock()
	if hold != nil && strings.HasPrefix(name, "generator-") {
		select {
		case r.held <- struct{}{}:
		default:
		}
		select {
		case <-hold:
		case <-ctx.Done():
			return errors.Join(agent.ErrVault, ctx.Err())
		}
	}
	return err
}

func (r *ring) Get(ctx context.Context, name string) (*agent.Secret, error) {
	s, err := r.Vault.Get(ctx, name)
	return s, r.did(ctx, "get", name, err, true)
}

func (r *ring) Set(ctx context.Context, name string, s *agent.Secret) error {
	return r.did(ctx, "set", name, r.Vault.Set(ctx, name, s), true)
}

func (r *ring) Delete(ctx context.Context, name string) error {
	return r.did(ctx, "delete", name, r.Vault.Delete(ctx, name), false)
}

// entries are the names of the device keys in the keyring.
func (r *ring) entries() (all []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for name, there := range r.names {
		if there && strings.HasPrefix(name, "generator-") {
			all = append(all, name)
		}
	}
	return all
}

// on makes an agent use the ring.
func (r *ring) on(c *agent.Config) { c.Vault = r }

// stored are the files below the folder of the code generators.
func (d *desk) stored() (all []string) {
	d.t.Helper()
	root := filepath.Join(d.dir, "generators")
	err := filepath.WalkDir(root, func(path string, e os.DirEntry, err error) error {
		if err == nil && path != root {
			all = append(all, strings.TrimPrefix(path, root))
		}
		return err
	})
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		d.t.Fatal(err)
	}
	return all
}

// noted are the history's records of code generators.
func (d *desk) noted() (all []string) {
	for _, r := range d.history.Records() {
		if r.Kind != "generator" {
			continue
		}
		b, err := json.Marshal(r.Data)
		if err != nil {
			d.t.Fatal(err)
		}
		all = append(all, string(b))
	}
	return all
}

func note(action, kind, rest string) string {
	return fmt.Sprintf(`{"action":%q,"kind":%q%s}`, action, kind, rest)
}

// logTo makes an agent log everything to w, without the time.
func logTo(w io.Writer) func(*agent.Config) {
	return func(c *agent.Config) {
		c.Logger = slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{Level: slog.LevelDebug, ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
			if a.Key == slog.TimeKey {
				return slog.Attr{}
			}
			return a
		}}))
	}
}
