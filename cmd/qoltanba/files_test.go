package main

import (
	"encoding/pem"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/zalando/go-keyring"

	"qoltanba/agent"
	"qoltanba/agent/agenttest"
	"qoltanba/agent/bank"
)

// A folder that this process can write to is not the administrator's.
func TestForbidden(t *testing.T) {
	dir := t.TempDir()
	if forbidden(dir) {
		t.Error("our own folder is forbidden")
	}
	if all, err := os.ReadDir(dir); err != nil || len(all) != 0 {
		t.Errorf("left in the folder: %v, %v", all, err)
	}
	if forbidden(filepath.Join(dir, "missing")) {
		t.Error("a folder that is not there is forbidden")
	}
	if runtime.GOOS == "linux" && !forbidden("/sys") {
		t.Error("/sys is open")
	}
}

func TestCopiesAreRemoved(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"qoltanba-copy-1", "other"} {
		if err := os.Mkdir(filepath.Join(dir, name), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "qoltanba-copy-1", "document-1.xml"), []byte("<Document/>"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := removeCopies(dir); err != nil {
		t.Fatal(err)
	}
	if all, err := os.ReadDir(dir); err != nil || len(all) != 1 || all[0].Name() != "other" {
		t.Errorf("left: %v, %v, want the other folder only", all, err)
	}
}

func TestFoldersArePrivate(t *testing.T) {
	home := filepath.Join(t.TempDir(), "home")
	if err := os.MkdirAll(filepath.Join(home, "run"), 0o755); err != nil {
		t.Fatal(err)
	}
	d, err := locate(home)
	if err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{d.config, d.state, d.runtime} {
		if info, err := os.Stat(dir); err != nil || info.Mode().Perm() != 0o700 {
			t.Errorf("%s: %v, %v, want mode 0700", dir, info, err)
		}
	}
}

func TestVault(t *testing.T) {
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere") // the mock below needs none
	keyring.MockInit()
	v, other := keyringVault{service: "test", user: "a"}, keyringVault{service: "test", user: "b"}
	ctx := t.Context()
	if _, err := v.Get(ctx, "k"); !errors.Is(err, agent.ErrNoKey) {
		t.Errorf("Get of nothing = %v, want ErrNoKey", err)
	}
	value := "\x00any\xffbytes"
	if err := v.Set(ctx, "k", agent.NewSecret([]byte(value))); err != nil {
		t.Fatal(err)
	}
	if s, err := v.Get(ctx, "k"); err != nil || string(s.Bytes()) != value {
		t.Errorf("Get = %q, %v", s.Bytes(), err)
	}
	if _, err := other.Get(ctx, "k"); !errors.Is(err, agent.ErrNoKey) {
		t.Errorf("another home's Get = %v, want ErrNoKey", err)
	}
	for range 2 {
		if err := v.Delete(ctx, "k"); err != nil {
			t.Errorf("Delete = %v", err)
		}
	}
	keyring.MockInitWithError(errors.New("no keyring"))
	if _, err := v.Get(ctx, "k"); !errors.Is(err, agent.ErrVault) {
		t.Errorf("Get without a keyring = %v, want ErrVault", err)
	}
}

func TestPolicy(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "policy.json")
	for text, want := range map[string]policy{
		`{"managed":true}`:           {Managed: true, RequirePINChange: true},
		`{"formatUnfinished":true}`:  {FormatUnfinished: true, RequirePINChange: true},
		`{"requirePINChange":false}`: {}, // S29
		`{"requirePINChange":true}`:  {RequirePINChange: true},
		`{}`:                         {RequirePINChange: true},
	} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if got, err := readPolicy(dirs{policy: dir}); got != want || err != nil {
			t.Errorf("readPolicy(%s) = %v, %v, want %v", text, got, err, want)
		}
	}
	for _, text := range []string{`{"managed"`, `{"manged":true}`, `{"requirePINChange":"false"}`, `{}{"managed":true}`, `{}}`, ``} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if got, err := readPolicy(dirs{policy: dir}); err == nil {
			t.Errorf("readPolicy(%s) = %v, want an error", text, got)
		}
	}
	if got, err := readPolicy(dirs{policy: filepath.Join(dir, "none")}); err != nil || !got.RequirePINChange {
		t.Errorf("without a file: %v, %v, want that the start PIN must be changed", got, err)
	}
	if got, err := readPolicy(dirs{}); err != nil || !got.RequirePINChange {
		t.Errorf("without a folder: %v, %v, want that the start PIN must be changed", got, err)
	}
	d, err := locate(filepath.Join(dir, "home"))
	if err != nil || d.policy != systemDir() || d.system != "" {
		t.Errorf("with a home the policy is in %q and banks in %q, %v, want %q and none", d.policy, d.system, err, systemDir())
	}
}

// S29: what the administrator rules reaches the agent.
func TestS29PolicyReachesTheAgent(t *testing.T) {
	defer func() { testOnlyConfig = nil }()
	for text, keep := range map[string]bool{`{}`: false, `{"requirePINChange":true}`: false, `{"requirePINChange":false}`: true} {
		d := home(t)
		d.policy = t.TempDir()
		if err := os.WriteFile(filepath.Join(d.policy, "policy.json"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		h := take(t, d)
		got := !keep
		testOnlyConfig = func(c *agent.Config) { got = c.KeepStartPIN }
		b, err := compose(&env{home: filepath.Dir(d.state), out: io.Discard}, d, h, slog.New(slog.DiscardHandler), nobody{})
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(b.close(), h.Close()); err != nil {
			t.Error(err)
		}
		if got != keep {
			t.Errorf("with %s the start PIN may be kept: %v, want %v", text, got, keep)
		}
	}
}

// What a descriptor says of primary keys reaches the agent.
func TestK5BanksOfDescriptors(t *testing.T) {
	const policy = "2.25.322300876496440413005654878203615172597"
	e := bank.Enrollment{
		EST: "https://ca.test/.well-known/est", Registration: "https://ca.test/registration",
		CA:             string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: agenttest.TestCA().Certificate().Raw})),
		Initialization: &bank.Initialization{Policies: []string{policy}},
	}
	known, err := banks([]*bank.Descriptor{{}, {Enrollment: &e}})
	if err != nil || len(known) != 2 || len(known[0].Primary.Policies) != 0 || len(known[1].Primary.Policies) != 1 || known[1].Primary.Policies[0].String() != policy {
		t.Errorf("banks = %+v, %v", known, err)
	}
	e.EST, e.CMP = "", "https://ca.test/.well-known/cmp"
	if known, err := banks([]*bank.Descriptor{{Enrollment: &e}}); err != nil || known[0].Host != "ca.test" {
		t.Errorf("banks(CMP alone) = %+v, %v, want the host of CMP", known, err)
	}
	e.Initialization.Policies[0] = "none"
	if known, err := banks([]*bank.Descriptor{{Enrollment: &e}}); err == nil {
		t.Errorf("banks(no policy) = %+v, want an error", known)
	}
}
