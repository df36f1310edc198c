package main

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"testing"

	"github.com/zalando/go-keyring"

	"qoltanba/agent"
)

func TestCheckModule(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "module.so")
	if err := os.WriteFile(path, nil, 0o755); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(dir, "link.so")
	if err := os.Symlink(path, link); err != nil {
		t.Fatal(err)
	}
	for _, p := range []string{path, link} {
		if real, err := checkModule(p); err != nil || real != path {
			t.Errorf("checkModule(%s) = %s, %v, want %s", p, real, err, path)
		}
	}
	for name, c := range map[string]struct {
		path string
		mode os.FileMode
	}{"file": {path, 0o757}, "folder": {dir, 0o777}, "group": {path, 0o775}} {
		t.Run(name, func(t *testing.T) {
			before, err := os.Stat(c.path)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.Chmod(c.path, c.mode); err != nil {
				t.Fatal(err)
			}
			defer os.Chmod(c.path, before.Mode())
			for _, p := range []string{path, link} {
				if _, err := checkModule(p); !errors.Is(err, agent.ErrModule) {
					t.Errorf("checkModule(%s) = %v, want ErrModule", p, err)
				}
			}
		})
	}
	t.Run("owner", func(t *testing.T) {
		if os.Getuid() != 0 {
			t.Skip("only root can give a file away")
		}
		for _, p := range []string{path, dir} {
			if err := os.Chown(p, 65534, 0); err != nil {
				t.Fatal(err)
			}
			if _, err := checkModule(path); !errors.Is(err, agent.ErrModule) {
				t.Errorf("checkModule where %s is another user's = %v, want ErrModule", p, err)
			}
			if err := os.Chown(p, 0, 0); err != nil {
				t.Fatal(err)
			}
		}
	})
	if _, err := checkModule(filepath.Join(dir, "missing.so")); !errors.Is(err, agent.ErrModule) {
		t.Errorf("checkModule(missing) = %v, want ErrModule", err)
	}
}

// A library is opened once, however many names it has, and in a fixed order.
func TestCandidates(t *testing.T) {
	dir := t.TempDir()
	file := func(name string) string { return filepath.Join(dir, name) }
	for _, name := range []string{"a.so", "b.so"} {
		if err := os.WriteFile(file(name), nil, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(file("b.so"), file("b.so.1")); err != nil {
		t.Fatal(err)
	}
	all, err := candidates(nil, []string{file("b.so.1"), file("missing.so"), file("a.so"), file("b.so"), file("b.so.1")})
	if want := []module{{file("b.so"), ""}, {file("a.so"), ""}}; !slices.Equal(all, want) {
		t.Errorf("candidates = %v, want %v", all, want)
	}
	if !errors.Is(err, agent.ErrModule) {
		t.Errorf("candidates with a missing one = %v, want ErrModule", err)
	}
}

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
	for text, want := range map[string]bool{`{"managed":true}`: true, `{}`: false} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if got, err := readPolicy(dirs{policy: dir}); got != want || err != nil {
			t.Errorf("readPolicy(%s) = %v, %v, want %v", text, got, err, want)
		}
	}
	if err := os.WriteFile(path, []byte(`{"managed"`), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := readPolicy(dirs{policy: dir}); err == nil {
		t.Error("a broken policy was taken for none")
	}
	d, err := locate(filepath.Join(dir, "home"))
	if err != nil || d.policy != systemDir() || d.system != "" {
		t.Errorf("with a home the policy is in %q and banks in %q, %v, want %q and none", d.policy, d.system, err, systemDir())
	}
}
