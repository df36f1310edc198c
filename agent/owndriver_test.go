package agent_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"qoltanba/agent"
	"qoltanba/agent/agenttest"
)

// ownFile is a module with a link to it, and what its digest is.
func ownFile(t *testing.T, content string) (path, link, sum string) {
	t.Helper()
	dir := t.TempDir()
	path, link = filepath.Join(dir, "own.so.1"), filepath.Join(dir, "own.so")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("own.so.1", link); err != nil {
		t.Fatal(err)
	}
	digest := sha256.Sum256([]byte(content))
	return path, link, hex.EncodeToString(digest[:])
}

func (d *desk) wantOwn(paths ...string) {
	d.t.Helper()
	if got := d.agent.OwnDrivers(d.t.Context()); !slices.Equal(got, paths) {
		d.t.Errorf("OwnDrivers = %v, want %v", got, paths)
	}
}

func TestAddDriver(t *testing.T) {
	d := newDeskStopped(t)
	stop := d.start()
	ctx := t.Context()
	path, link, sum := ownFile(t, "module")
	own := agent.Driver{Path: path, Own: true}
	// Choosing a file agrees to it, also where another one was noted.
	if err := d.agent.AdmitDriver(ctx, own, "before"); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := d.agent.AddDriver(ctx, link); err != nil {
			t.Fatal(err)
		}
	}
	stop()
	stop = d.start()
	d.wantOwn(link)
	if err := d.agent.AdmitDriver(ctx, own, sum); err != nil {
		t.Errorf("AdmitDriver of the file that was added = %v", err)
	}
	d.wantQuestions()
	d.person.Do(agenttest.Refuse())
	wantChanged(t, d.agent.AdmitDriver(ctx, own, "after"))
	if err := d.agent.ForgetDriver(ctx, path); err != nil { // as Drivers names it
		t.Fatal(err)
	}
	d.wantOwn()
	stop()
	d.start()
	d.wantOwn()
	if err := d.agent.ForgetDriver(ctx, path); !errors.Is(err, agent.ErrInvalid) {
		t.Errorf("ForgetDriver of none = %v, want ErrInvalid", err)
	}
	if got, want := d.driverRecords(), []string{"found before", "added " + sum, "added " + sum, "refused after", "forgotten"}; !slices.Equal(got, want) {
		t.Errorf("history = %v, want %v", got, want)
	}
}

func TestAddDriverRefuses(t *testing.T) {
	d := newDesk(t)
	path, _, _ := ownFile(t, "module")
	for name, c := range map[string]struct {
		path string
		want error
	}{
		"missing":  {path + ".missing", agent.ErrModuleMissing},
		"a folder": {filepath.Dir(path), agent.ErrModuleMissing},
		"a device": {"/dev/zero", agent.ErrModuleMissing},
		"relative": {"own.so", agent.ErrInvalid},
		"nothing":  {"", agent.ErrInvalid},
	} {
		if err := d.agent.AddDriver(t.Context(), c.path); !errors.Is(err, c.want) {
			t.Errorf("AddDriver(%s) = %v, want %v", name, err, c.want)
		}
	}
	d.history.FailWith(errors.New("disk full"))
	if err := d.agent.AddDriver(t.Context(), path); !errors.Is(err, agent.ErrHistory) {
		t.Errorf("AddDriver without a history = %v, want ErrHistory", err)
	}
	d.wantOwn()
}

// drivers is agent.Drivers that finds the person's own modules, each with the
// problem given for it.
type drivers struct {
	desk    *desk
	problem map[string]string

	mu      sync.Mutex
	found   []agent.Driver
	rescans int
}

var _ agent.Drivers = (*drivers)(nil)

func (f *drivers) Drivers() []agent.Driver {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.found)
}

func (f *drivers) Changed(context.Context, func()) {}

func (f *drivers) Plugged() bool { return false }

func (f *drivers) Rescan(ctx context.Context) error {
	var found []agent.Driver
	for _, path := range f.desk.agent.OwnDrivers(ctx) {
		real, err := filepath.EvalSymlinks(path)
		if err != nil {
			return err
		}
		found = append(found, agent.Driver{Path: real, Own: true, Problem: f.problem[real]})
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.found = found
	f.rescans++
	return nil
}

// work does those things in the token panel and returns what came of them.
func (d *desk) work(actions ...agent.TokenAction) (errs []error) {
	d.t.Helper()
	d.person.Do(agenttest.Panel(func(_ agent.TokenPanel, do func(agent.TokenAction) error, _ func(func(agent.TokenPanel) bool) agent.TokenPanel) {
		for _, a := range actions {
			errs = append(errs, do(a))
		}
	}))
	if err := d.agent.ShowToken(d.t.Context(), agent.PageToken, agent.TokenID{}); err != nil {
		d.t.Fatal(err)
	}
	return errs
}

func TestPanelAddsDriver(t *testing.T) {
	d := newDeskStopped(t)
	good, goodLink, _ := ownFile(t, "module")
	bad, _, _ := ownFile(t, "text")
	f := &drivers{desk: d, problem: map[string]string{bad: "module-foreign"}}
	d.start(func(c *agent.Config) { c.Drivers = f })

	errs := d.work(
		agent.TokenAction{Kind: agent.DriverAdd, Path: goodLink},
		agent.TokenAction{Kind: agent.DriverAdd, Path: bad},
		agent.TokenAction{Kind: agent.DriverAdd, Path: bad + ".missing"},
	)
	for i, want := range []error{nil, agent.ErrModuleForeign, agent.ErrModuleMissing} {
		if !errors.Is(errs[i], want) {
			t.Errorf("action %d = %v, want %v", i, errs[i], want)
		}
	}
	d.wantOwn(goodLink)
	if want := []agent.Driver{{Path: good, Own: true}}; !slices.Equal(f.Drivers(), want) {
		t.Errorf("found %v, want %v", f.Drivers(), want)
	}
	if errs := d.work(agent.TokenAction{Kind: agent.DriverForget, Path: good}); errs[0] != nil || len(f.Drivers()) != 0 {
		t.Errorf("forgetting = %v, found %v afterwards", errs[0], f.Drivers())
	}
}

// K11: who looks for drivers anew is asked once more about one that was refused.
func TestK11RescanAsksAgain(t *testing.T) {
	d := newDeskStopped(t)
	f := &drivers{desk: d}
	d.start(func(c *agent.Config) { c.Drivers = f })
	d.wantAdmitted("one")
	d.person.Do(agenttest.Refuse())
	wantChanged(t, d.admit("two"))
	if errs := d.work(agent.TokenAction{Kind: agent.DriverRescan}); errs[0] != nil || f.rescans != 1 {
		t.Errorf("rescan = %v, %d rescans", errs[0], f.rescans)
	}
	d.wantAdmitted("two")
	d.wantQuestions("two", "two")
}
