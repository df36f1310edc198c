package main

import (
	"errors"
	"os"
	"path/filepath"
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
	if _, err := checkModule(filepath.Join(dir, "missing.so")); !errors.Is(err, agent.ErrModule) {
		t.Errorf("checkModule(missing) = %v, want ErrModule", err)
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
		if got, err := readPolicy(dirs{system: dir}); got != want || err != nil {
			t.Errorf("readPolicy(%s) = %v, %v, want %v", text, got, err, want)
		}
	}
	if err := os.WriteFile(path, []byte(`{"managed"`), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := readPolicy(dirs{system: dir}); err == nil {
		t.Error("a broken policy was taken for none")
	}
}
