package main

import (
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"qoltanba/agent"
	"qoltanba/agent/agenttest"
)

// findBody is a body whose agent keeps nothing, and which names those modules.
func findBody(t *testing.T, person agent.Prompter, named ...string) *body {
	t.Helper()
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	a, err := agent.New(agent.Config{
		Tokens: agenttest.NewTokens(), Prompter: person, Vault: agenttest.NewVault(), History: agenttest.NewHistory(),
		Dir: t.TempDir(), Logger: log,
	})
	if err != nil {
		t.Fatal(err)
	}
	return &body{agent: a, log: log, named: named, admitted: map[string]string{}}
}

// problemsOf returns the problem of each module of that path.
func problemsOf(all []agent.Driver, paths ...string) (found []string) {
	for _, path := range paths {
		i := slices.IndexFunc(all, func(d agent.Driver) bool { return d.Path == path })
		if i < 0 {
			found = append(found, "not found")
		} else {
			found = append(found, all[i].Problem)
		}
	}
	return found
}

func TestFindAdmits(t *testing.T) {
	dir := t.TempDir()
	path := func(name string) string { return filepath.Join(dir, name) }
	for _, name := range []string{"a.so", "open.so", "own.so"} {
		if err := os.WriteFile(path(name), []byte(name), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chmod(path("open.so"), 0o666); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("a.so", path("link.so")); err != nil {
		t.Fatal(err)
	}
	person := agenttest.NewPerson("1234")
	b := findBody(t, person, path("link.so"), path("missing.so"), path("open.so"))
	if err := b.agent.AddDriver(t.Context(), path("own.so")); err != nil {
		t.Fatal(err)
	}
	paths := []string{path("a.so"), path("missing.so"), path("open.so"), path("own.so"), path("link.so")}
	want := []string{"", "module-missing", "module-unsafe", "", "not found"}
	if got := problemsOf(b.find(t.Context()), paths...); !slices.Equal(got, want) {
		t.Errorf("find = %q, want %q", got, want)
	}
	if err := os.WriteFile(path("a.so"), []byte("b.so"), 0o600); err != nil {
		t.Fatal(err)
	}
	person.Do(agenttest.Refuse())
	all := b.find(t.Context())
	want[0] = "module-changed"
	if got := problemsOf(all, paths...); !slices.Equal(got, want) {
		t.Errorf("find after a change = %q, want %q", got, want)
	}
	if err := b.driversProblem(all); !errors.Is(err, agent.ErrModuleChanged) {
		t.Errorf("driversProblem = %v, want ErrModuleChanged, of the one that a link was named for", err)
	}
}

func TestK9DriversProblem(t *testing.T) {
	good, bad := agent.Driver{Path: "/good.so"}, agent.Driver{Path: "/bad.so", Problem: "module-hangs"}
	unsafe := agent.Driver{Path: "/unsafe.so", Problem: "module-unsafe"}
	for name, c := range map[string]struct {
		all  []agent.Driver
		want error
	}{
		"no driver":          {nil, agent.ErrNoDriver},
		"one works":          {[]agent.Driver{bad, good}, nil},
		"none works":         {[]agent.Driver{bad, {Path: "/x", Problem: "module"}}, agent.ErrModuleHangs},
		"a named one, first": {[]agent.Driver{unsafe, good}, agent.ErrModuleUnsafe},
	} {
		t.Run(name, func(t *testing.T) {
			b := &body{named: []string{"/unsafe.so"}}
			if got := b.driversProblem(c.all); got != c.want {
				t.Errorf("driversProblem = %v, want %v", got, c.want)
			}
		})
	}
}

// K11: a driver that was installed meanwhile is found without a new start, and
// one that is put in its place is not started before it was asked about.
func TestK11Rescan(t *testing.T) {
	own := filepath.Join(t.TempDir(), "own.so")
	b := findBody(t, agenttest.NewPerson("1234"), own)
	find := func() agent.Driver {
		t.Helper()
		all := b.find(t.Context())
		if len(all) == 0 || all[0].Path != own {
			t.Fatalf("find = %v, want %s first", all, own)
		}
		return all[0]
	}
	write := func(content string) {
		t.Helper()
		if err := os.WriteFile(own, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if d := find(); d.Problem != "module-missing" {
		t.Errorf("before it is installed: %+v", d)
	}
	write("one")
	d := find()
	if err := b.unchanged(d); d.Problem != "" || err != nil {
		t.Errorf("installed: %+v, %v", d, err)
	}
	write("two")
	if err := b.unchanged(d); !errors.Is(err, agent.ErrModuleChanged) || !errors.Is(err, agent.ErrModule) {
		t.Errorf("unchanged after a change = %v, want ErrModuleChanged", err)
	}
	d = find() // the person agrees
	if err := b.unchanged(d); d.Problem != "" || err != nil {
		t.Errorf("agreed to: %+v, %v", d, err)
	}
	if err := os.Remove(own); err != nil {
		t.Fatal(err)
	}
	if err := b.unchanged(d); !errors.Is(err, agent.ErrModuleMissing) {
		t.Errorf("unchanged after its removal = %v, want ErrModuleMissing", err)
	}
}
