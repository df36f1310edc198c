// Package softhsm makes SoftHSM2 tokens for tests, and a module before them that
// misbehaves on command (Fault).
//
// It runs softhsm2-util, and a C compiler for that module, and loads nothing, so it
// needs no cgo itself; the caller loads Store.Module. Every Store has a folder of its
// own. SoftHSM reads SOFTHSM2_CONF when it is initialized, so a process has one Store
// at a time, and tests that use one cannot be parallel.
package softhsm

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"qoltanba/agent"
	"qoltanba/agent/agenttest/need"
)

// SOPIN is the administrator's PIN of every token.
const SOPIN = "87654321"

// modules is where distributions put the library.
var modules = []string{
	"/usr/lib/softhsm/libsofthsm2.so",
	"/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
	"/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so",
	"/usr/lib64/pkcs11/libsofthsm2.so",
	"/usr/local/lib/softhsm/libsofthsm2.so",
	"/opt/homebrew/lib/softhsm/libsofthsm2.so",
}

// Store is a folder of SoftHSM2 tokens.
type Store struct {
	Module string // path of the PKCS #11 library
	Config string // path of the configuration, the value of SOFTHSM2_CONF

	dir     string // holds one folder for each token
	library string // path of SoftHSM2 itself
}

// New makes an empty store and points SOFTHSM2_CONF of this process at it for
// the length of the test. Without SoftHSM2 it skips the test, or fails it when
// REQUIRE_ALL=1.
func New(t testing.TB) *Store {
	t.Helper()
	module := installed()
	if module == "" {
		need.Missing(t, "SoftHSM2 is not installed")
	}
	return newStore(t, module)
}

// NewGOST is New with a SoftHSM2 that has GOST, which distributions leave out: the one
// that QOLTANBA_SOFTHSM_GOST names, or what make softhsm-gost has built.
func NewGOST(t testing.TB) *Store {
	t.Helper()
	module := os.Getenv("QOLTANBA_SOFTHSM_GOST")
	if cache, err := os.UserCacheDir(); err == nil && module == "" {
		module = filepath.Join(cache, "qoltanba", "softhsm2-gost-2.6.1.so")
	}
	if _, err := os.Stat(module); err != nil {
		need.Missing(t, "SoftHSM2 with GOST is not there, make softhsm-gost builds it: %v", err)
	}
	return newStore(t, module)
}

func newStore(t testing.TB, module string) *Store {
	t.Helper()
	need.Program(t, "softhsm2-util")
	s := &Store{Module: module, library: module}
	// Not t.TempDir: SoftHSM cuts a path at "=", which names of tests hold.
	root, err := os.MkdirTemp("", "softhsm")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(root) })
	s.dir = filepath.Join(root, "tokens")
	s.Config = filepath.Join(root, "softhsm2.conf")
	config := fmt.Sprintf("directories.tokendir = %s\nobjectstore.backend = file\nlog.level = ERROR\n", s.dir)
	if err := os.Mkdir(s.dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(s.Config, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("SOFTHSM2_CONF", s.Config)
	return s
}

// installed is the path of the library, or "".
func installed() string {
	for _, m := range modules {
		if _, err := os.Stat(m); err == nil {
			return m
		}
	}
	return ""
}

// Token is a token in a Store.
type Token struct {
	ID    agent.TokenID
	Label string
	PIN   string

	dir, away string
}

// Token initializes a new token. A library that was initialized before does
// not see it.
func (s *Store) Token(t testing.TB, label, pin string) *Token {
	t.Helper()
	before := s.folders(t)
	cmd := exec.Command("softhsm2-util", "--module", s.library, "--init-token", "--free", "--label", label, "--so-pin", SOPIN, "--pin", pin)
	cmd.Env = append(os.Environ(), "SOFTHSM2_CONF="+s.Config)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("softhsm2-util: %v\n%s", err, out)
	}
	for name := range s.folders(t) {
		if !before[name] {
			return &Token{
				// SoftHSM names the folder by a UUID and takes the serial
				// number from its last two groups.
				ID:    agent.TokenID{Manufacturer: "SoftHSM project", Serial: strings.ReplaceAll(name, "-", "")[16:]},
				Label: label,
				PIN:   pin,
				dir:   filepath.Join(s.dir, name),
				away:  filepath.Join(filepath.Dir(s.dir), "away-"+name),
			}
		}
	}
	t.Fatal("softhsm2-util made no token")
	return nil
}

func (s *Store) folders(t testing.TB) map[string]bool {
	t.Helper()
	entries, err := os.ReadDir(s.dir)
	if err != nil {
		t.Fatal(err)
	}
	names := make(map[string]bool)
	for _, e := range entries {
		names[e.Name()] = true
	}
	return names
}

// Remove takes the token out of the store, as if it were unplugged. The
// library tells so from its next call on, and has to be initialized again
// before it finds the token that Insert brought back.
func (t *Token) Remove(tb testing.TB) {
	tb.Helper()
	if err := os.Rename(t.dir, t.away); err != nil {
		tb.Fatal(err)
	}
}

// Insert brings the token back.
func (t *Token) Insert(tb testing.TB) {
	tb.Helper()
	if err := os.Rename(t.away, t.dir); err != nil {
		tb.Fatal(err)
	}
}
