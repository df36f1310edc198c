package pkcs11_test

import (
	"context"
	"crypto"
	"crypto/sha256"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	p11 "github.com/miekg/pkcs11"

	"qoltanba/agent"
	"qoltanba/agent/agenttest"
	"qoltanba/agent/agenttest/softhsm"
	"qoltanba/pkcs11"
)

func TestOpenBadModule(t *testing.T) {
	dir := t.TempDir()
	text := filepath.Join(dir, "text.so")
	if err := os.WriteFile(text, []byte("no library"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, path := range map[string]string{
		"missing":       filepath.Join(dir, "missing.so"),
		"no library":    text,
		"a folder":      dir,
		"empty":         "",
		"not a path":    "libc.so.6", // the loader would find it
		"other library": library(t, "libm.so.6"),
	} {
		m, err := pkcs11.Open(path, pkcs11.Options{})
		if !errors.Is(err, agent.ErrModule) {
			t.Errorf("%s: Open(%q) = %v, %v, want ErrModule", name, path, m, err)
		} else if !strings.Contains(err.Error(), path) {
			t.Errorf("%s: Open(%q) = %q, want the path in it", name, path, err)
		}
	}
}

// library is the path of a library that is no PKCS#11 module.
func library(t *testing.T, name string) string {
	for _, dir := range []string{"/lib/x86_64-linux-gnu", "/lib/aarch64-linux-gnu", "/lib64", "/usr/lib"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err == nil {
			return filepath.Join(dir, name)
		}
	}
	return filepath.Join(t.TempDir(), name) // missing will do as well
}

func TestModuleTwice(t *testing.T) {
	s := softhsm.New(t)
	open(t, s)
	if m, err := pkcs11.Open(s.Module, pkcs11.Options{}); !errors.Is(err, agent.ErrModule) {
		t.Errorf("a second Open = %v, %v, want ErrModule", m, err)
	}
}

func TestModuleClosed(t *testing.T) {
	s := softhsm.New(t)
	token := s.Token(t, "Accounts", "1234")
	m := open(t, s)
	tok := openToken(t, m, token)
	k := newKey(t, tok, agent.P256)
	for range 2 {
		if err := m.Close(); err != nil {
			t.Errorf("Module.Close() = %v", err)
		}
	}
	if _, err := k.Sign(nil, make([]byte, 32), crypto.SHA256); !errors.Is(err, agent.ErrTokenLost) {
		t.Errorf("Sign after Module.Close = %v, want ErrTokenLost", err)
	}
	if err := tok.Close(); err != nil {
		t.Errorf("Token.Close after Module.Close = %v", err)
	}
	if _, err := m.List(t.Context()); !errors.Is(err, agent.ErrModule) {
		t.Errorf("List after Module.Close = %v, want ErrModule", err)
	}
	if _, err := m.Open(t.Context(), token.ID); !errors.Is(err, agent.ErrModule) {
		t.Errorf("Open after Module.Close = %v, want ErrModule", err)
	}
}

// SoftHSM shows one slot more than it has tokens, ready for the next one.
func TestSpareSlot(t *testing.T) {
	s := softhsm.New(t)
	m := open(t, s)
	if all, err := m.List(t.Context()); err != nil || len(all) != 0 {
		t.Errorf("List() without tokens = %v, %v", all, err)
	}
}

func TestName(t *testing.T) {
	s := softhsm.New(t)
	s.Token(t, "Accounts", "1234")
	for name, want := range map[string]string{"KAZTOKEN": "KAZTOKEN", "": "SoftHSM v2"} {
		m, err := pkcs11.Open(s.Module, pkcs11.Options{Name: name})
		if err != nil {
			t.Fatal(err)
		}
		all, err := m.List(t.Context())
		if err != nil || len(all) != 1 || all[0].Name != want || all[0].Label != "Accounts" {
			t.Errorf("List() = %+v, %v, want the name %q", all, err, want)
		}
		if err := m.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// The library is initialized by us, then by crypto11, then by us again; at each
// time slots can be listed and nothing of it costs the open token its session.
func TestHandOver(t *testing.T) {
	s := softhsm.New(t)
	token := s.Token(t, "Accounts", "1234")
	m := open(t, s)
	listed := func(when string) {
		t.Helper()
		if all, err := m.List(t.Context()); err != nil || len(all) != 1 || all[0].ID != token.ID {
			t.Errorf("List() %s = %v, %v, want the token", when, all, err)
		}
	}
	listed("at the start")
	for range 3 {
		tok := openToken(t, m, token)
		k := newKey(t, tok, agent.P256)
		listed("beside an open token")
		if _, err := m.Open(t.Context(), agent.TokenID{Serial: "unknown"}); !errors.Is(err, agent.ErrNoToken) {
			t.Errorf("Open(unknown) = %v, want ErrNoToken", err)
		}
		listed("after an Open that failed")
		mustSign(t, k)
		if err := tok.Close(); err != nil {
			t.Fatalf("Close() = %v", err)
		}
		listed("after Close")
		remove(t, s, token, k.ID())
	}
}

// remove destroys all objects with that id past the port.
func remove(t *testing.T, s *softhsm.Store, token *softhsm.Token, id []byte) {
	t.Helper()
	raw(t, s, token, func(lib *p11.Ctx, session p11.SessionHandle) {
		_ = lib.Login(session, p11.CKU_USER, token.PIN) // the token may be logged in
		if err := lib.FindObjectsInit(session, []*p11.Attribute{p11.NewAttribute(p11.CKA_ID, id)}); err != nil {
			t.Fatal(err)
		}
		all, _, err := lib.FindObjects(session, 8)
		if err != nil || len(all) == 0 {
			t.Fatalf("FindObjects(%x) = %v, %v", id, all, err)
		}
		if err := lib.FindObjectsFinal(session); err != nil {
			t.Fatal(err)
		}
		for _, o := range all {
			if err := lib.DestroyObject(session, o); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// raw runs f with a session past package pkcs11, in the library that a Module
// has initialized.
func raw(t testing.TB, s *softhsm.Store, token *softhsm.Token, f func(lib *p11.Ctx, session p11.SessionHandle)) {
	t.Helper()
	lib := p11.New(s.Module)
	session := publicSession(t, lib, token)
	defer lib.CloseSession(session)
	f(lib, session)
}

func TestTwoTokens(t *testing.T) {
	s := softhsm.New(t)
	a, b := s.Token(t, "A", "1111"), s.Token(t, "B", "2222")
	m := open(t, s)
	ta, tb := openToken(t, m, a), openToken(t, m, b)
	ka, kb := newKey(t, ta, agent.P256), newKey(t, tb, agent.P256)
	var all sync.WaitGroup
	for _, k := range []agent.Key{ka, kb} {
		all.Go(func() {
			for range 10 {
				mustSign(t, k)
			}
		})
	}
	all.Wait()
	if err := ta.Logout(t.Context()); err != nil {
		t.Fatal(err)
	}
	mustSign(t, kb) // each is locked by itself
	if _, err := ka.Sign(nil, make([]byte, 32), crypto.SHA256); !errors.Is(err, agent.ErrLocked) {
		t.Errorf("Sign on the locked token = %v, want ErrLocked", err)
	}
	if err := ta.Close(); err != nil {
		t.Fatal(err)
	}
	mustSign(t, kb)
	mustSign(t, newKey(t, openToken(t, m, a), agent.P384))
	if err := tb.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestFind(t *testing.T) {
	s := softhsm.New(t)
	a, b := s.Token(t, "A", "1111"), s.Token(t, "B", "2222")
	c := s.Token(t, "A", "3333") // a second one with that label
	m := open(t, s)
	slot := func(token *softhsm.Token) (slot uint) {
		raw(t, s, token, func(lib *p11.Ctx, session p11.SessionHandle) {
			i, err := lib.GetSessionInfo(session)
			if err != nil {
				t.Fatal(err)
			}
			slot = i.SlotID
		})
		return slot
	}
	slotA, slotC, none := slot(a), slot(c), uint(7)
	for _, c := range []struct {
		name string
		by   pkcs11.Selector
		want agent.TokenID
		err  error
	}{
		{"slot", pkcs11.Selector{Slot: &slotA}, a.ID, nil},
		{"serial", pkcs11.Selector{Serial: b.ID.Serial}, b.ID, nil},
		{"label", pkcs11.Selector{Label: "B"}, b.ID, nil},
		{"label and slot", pkcs11.Selector{Label: "A", Slot: &slotC}, c.ID, nil},
		{"label of two", pkcs11.Selector{Label: "A"}, agent.TokenID{}, agent.ErrInvalid},
		{"anything", pkcs11.Selector{}, agent.TokenID{}, agent.ErrInvalid},
		{"unknown slot", pkcs11.Selector{Slot: &none}, agent.TokenID{}, agent.ErrNoToken},
		{"unknown serial", pkcs11.Selector{Serial: "1"}, agent.TokenID{}, agent.ErrNoToken},
		{"label of another slot", pkcs11.Selector{Label: "B", Slot: &slotA}, agent.TokenID{}, agent.ErrNoToken},
	} {
		got, err := m.Find(t.Context(), c.by)
		if got.ID != c.want || !errors.Is(err, c.err) {
			t.Errorf("%s: Find = %v, %v, want %v, %v", c.name, got.ID, err, c.want, c.err)
		}
	}
}

// A token that was initialized after the library was is found all the same
// while nothing is open.
func TestNewToken(t *testing.T) {
	s := softhsm.New(t)
	m := open(t, s)
	token := s.Token(t, "Late", "1234")
	mustSign(t, newKey(t, openToken(t, m, token), agent.P256))
}

// SoftHSM does not see a token that comes back until it is initialized again.
// Several looks pass while it is away, none of which finds it.
func TestWatchWhileNothingIsOpen(t *testing.T) {
	s := softhsm.New(t)
	token := s.Token(t, "Accounts", "1234")
	m := open(t, s)
	ctx, stop := context.WithCancel(t.Context())
	seen, ended := make(chan int), make(chan error, 1)
	go func() { // ends with ctx
		ended <- m.Watch(ctx, func(all []agent.TokenInfo) {
			select {
			case seen <- len(all):
			case <-ctx.Done():
			}
		})
	}()
	next := func(want int) {
		t.Helper()
		select {
		case got := <-seen:
			if got != want {
				t.Fatalf("Watch shows %d tokens, want %d", got, want)
			}
		case <-time.After(time.Minute):
			t.Fatalf("Watch does not show %d tokens", want)
		}
	}
	next(1)
	for range 2 {
		token.Remove(t)
		next(0)
		if all, err := m.List(t.Context()); err != nil || len(all) != 0 { // initializes it without the token
			t.Fatalf("List() = %v, %v, want none", all, err)
		}
		token.Insert(t)
		next(1)
	}
	stop()
	<-ended
}

func openToken(t testing.TB, m agent.Tokens, token *softhsm.Token) agent.Token {
	t.Helper()
	tok, err := m.Open(context.Background(), token.ID)
	if err != nil {
		t.Fatalf("Open(%v) = %v", token.ID, err)
	}
	if err := tok.Login(context.Background(), agent.NewSecret([]byte(token.PIN))); err != nil {
		t.Fatalf("Login() = %v", err)
	}
	return tok
}

func newKey(t testing.TB, tok agent.Token, alg agent.KeyAlgorithm) agent.Key {
	t.Helper()
	ctx := context.Background()
	id := []byte("key " + string(alg))
	k, err := tok.GenerateKey(ctx, agent.KeySpec{ID: append(id, "...."...), Label: "Accounts", Algorithm: alg})
	if err != nil {
		t.Fatalf("GenerateKey(%s) = %v", alg, err)
	}
	if err := tok.StoreCertificate(ctx, k.ID(), "Accounts", agenttest.TestCA().Issue(k.Public(), "Aigerim")); err != nil {
		t.Fatalf("StoreCertificate() = %v", err)
	}
	return k
}

func mustSign(t testing.TB, k agent.Key) {
	t.Helper()
	d := sha256.Sum256([]byte("order"))
	if _, err := k.Sign(nil, d[:], crypto.SHA256); err != nil {
		t.Errorf("Sign() = %v", err)
	}
}
