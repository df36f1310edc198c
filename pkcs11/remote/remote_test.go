//go:build cgo

package remote_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"os"
	"sync"
	"testing"
	"time"

	"qoltanba/agent"
	"qoltanba/agent/agenttest"
	"qoltanba/agent/agenttest/softhsm"
	"qoltanba/agent/child"
	"qoltanba/agent/gost"
	"qoltanba/pkcs11"
	"qoltanba/pkcs11/remote"
)

// The test binary is the helper too: its arguments are a role and a module.
const roleVariable = "QOLTANBA_TEST_MODULE"

func TestMain(m *testing.M) {
	if path := os.Getenv(roleVariable); path != "" {
		if err := help(path); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// help is what "qoltanba module" does.
func help(path string) error {
	pipe, err := child.Stdio()
	if err != nil {
		return err
	}
	m, err := pkcs11.Open(path, pkcs11.Options{Poll: 5 * time.Millisecond})
	if err != nil {
		return remote.Serve(context.Background(), pipe, nil, err)
	}
	defer m.Close()
	return remote.Serve(context.Background(), pipe, m, nil)
}

// command starts the test binary as a helper for that module.
func command(t testing.TB, path string) child.Command {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return child.Command{Path: self, Args: []string{"-test.run=^$"}, Keep: remote.Environment, Env: []string{roleVariable + "=" + path, "GORACE=atexit_sleep_ms=0"}}
}

func module(t testing.TB, path string, o remote.Options) *remote.Module {
	t.Helper()
	if o.Poll == 0 {
		o.Poll = 5 * time.Millisecond
	}
	m := remote.NewModule(command(t, path), o)
	t.Cleanup(func() {
		if err := m.Close(); err != nil {
			t.Errorf("Close() = %v", err)
		}
	})
	return m
}

// A token in a helper's process keeps the whole contract.
func TestHelper(t *testing.T) {
	agenttest.TestToken(t, func(t *testing.T) agenttest.Fixture {
		store := softhsm.New(t)
		token := store.Token(t, "Accounts", "1234")
		fault := store.Fault(t)
		fault.Tries(t, 3)
		return agenttest.Fixture{
			Tokens:   module(t, fault.Module, remote.Options{}),
			ID:       token.ID,
			PIN:      token.PIN,
			AdminPIN: softhsm.SOPIN,
			Tries:    3,
			Remove:   func(t *testing.T) { fault.Hide(t, token.ID.Serial) },
			Insert:   func(t *testing.T) { fault.Show(t, token.ID.Serial) },
		}
	})
}

// So does a whole set of modules.
func TestSetOfHelpers(t *testing.T) {
	agenttest.TestToken(t, func(t *testing.T) agenttest.Fixture {
		store := softhsm.New(t)
		token := store.Token(t, "Accounts", "1234")
		return agenttest.Fixture{
			Tokens:   set(t, store.Module),
			ID:       token.ID,
			PIN:      token.PIN,
			AdminPIN: softhsm.SOPIN,
			Remove:   func(t *testing.T) { token.Remove(t) },
			Insert:   func(t *testing.T) { token.Insert(t) },
		}
	})
}

// set is a Set of those modules.
func set(t testing.TB, paths ...string) *remote.Set {
	t.Helper()
	return setOf(t, func(context.Context) []agent.Driver {
		var all []agent.Driver
		for _, p := range paths {
			all = append(all, agent.Driver{Path: p, Name: "KAZTOKEN"})
		}
		return all
	})
}

func setOf(t testing.TB, find func(context.Context) []agent.Driver) *remote.Set {
	t.Helper()
	s := remote.NewSet(remote.SetConfig{
		Find:    find,
		Command: func(d agent.Driver) child.Command { return command(t, d.Path) },
		Options: remote.Options{Poll: 5 * time.Millisecond},
	})
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("Close() = %v", err)
		}
	})
	return s
}

// tap keeps what goes over a pipe.
type tap struct {
	pipe
	mu   *sync.Mutex
	seen *bytes.Buffer
}

func (p tap) Write(b []byte) (int, error) {
	p.mu.Lock()
	p.seen.Write(b)
	p.mu.Unlock()
	return p.pipe.Write(b)
}

// PINs go beside the JSON, in frames of their own, on their way to a token in
// memory behind the same protocol.
func TestSecretsStayOutOfJSON(t *testing.T) {
	const old, fresh, so = "p!N-0ld-5251", "p!N-n3w-8472", agent.DefaultAdminPIN
	token := agenttest.NewToken("A1", "", old)
	here, there := pipes()
	var mu sync.Mutex
	var seen bytes.Buffer
	served := make(chan error, 1)
	go func() { served <- remote.Serve(context.Background(), there, agenttest.NewTokens(token), nil) }()
	tok, end := remote.OverForTest(t, tap{here, &mu, &seen}, token.ID())
	a := tok.(agent.Admin)
	secret := func(s string) *agent.Secret { return agent.NewSecret([]byte(s)) }
	for what, err := range map[string]error{
		"Login":         tok.Login(t.Context(), secret(old)),
		"SetPIN":        tok.SetPIN(t.Context(), secret(old), secret(fresh)),
		"CheckAdminPIN": a.CheckAdminPIN(t.Context(), secret(so)),
		"Unblock":       a.Unblock(t.Context(), secret(so), secret(fresh)),
		"Format":        a.Format(t.Context(), secret(so), agent.Format{Label: "x", PIN: secret(fresh)}),
	} {
		if err != nil {
			t.Errorf("%s = %v", what, err)
		}
	}
	end()
	if err := <-served; err != nil {
		t.Errorf("Serve() = %v", err)
	}
	text, secrets := frames(t, seen.Bytes())
	if secrets != 5 || !bytes.Contains(text, []byte(`"set-pin"`)) {
		t.Fatalf("%d secret frames, want 5; text %.200q", secrets, text)
	}
	for _, s := range []string{old, fresh, so} {
		for _, form := range []string{s, base64.StdEncoding.EncodeToString([]byte(s)), hex.EncodeToString([]byte(s))} {
			if bytes.Contains(text, []byte(form)) {
				t.Errorf("JSON has %q", form)
			}
		}
	}
}

// GOST keys go over the same pipe.
func TestHelperGOST(t *testing.T) {
	agenttest.TestGOST(t, []agent.KeyAlgorithm{agent.GOST2004, agent.GOST2012}, func(t *testing.T) agenttest.Fixture {
		store := softhsm.NewGOST(t)
		token := store.Token(t, "Accounts", "1234")
		fault := store.Fault(t)
		return agenttest.Fixture{
			Tokens: module(t, fault.Module, remote.Options{}),
			ID:     token.ID,
			PIN:    token.PIN,
			Remove: func(t *testing.T) { fault.Hide(t, token.ID.Serial) },
			Insert: func(t *testing.T) { fault.Show(t, token.ID.Serial) },
		}
	})
}

// What is particular to 512 bits is the length of what goes over.
func TestGOST512OverPipe(t *testing.T) {
	token := agenttest.NewToken("A1", "", "1234")
	here, there := pipes()
	served := make(chan error, 1)
	go func() { served <- remote.Serve(context.Background(), there, agenttest.NewTokens(token), nil) }()
	tok, end := remote.OverForTest(t, here, token.ID())
	if err := tok.Login(t.Context(), agent.NewSecret([]byte("1234"))); err != nil {
		t.Fatal(err)
	}
	k, err := tok.GenerateKey(t.Context(), agent.KeySpec{ID: []byte("12345678"), Algorithm: agent.GOST2015})
	if err != nil {
		t.Fatalf("GenerateKey() = %v", err)
	}
	digest := gost.Streebog512.Sum([]byte("order"))
	signature, err := k.Sign(nil, digest, gost.Streebog512)
	if err != nil {
		t.Fatalf("Sign() = %v", err)
	}
	if err := k.Public().(*gost.PublicKey).Verify(digest, signature); err != nil {
		t.Errorf("the signature: %v", err)
	}
	end()
	if err := <-served; err != nil {
		t.Errorf("Serve() = %v", err)
	}
}
