//go:build cgo

package remote_test

import (
	"context"
	"crypto"
	"debug/elf"
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"qoltanba/agent"
	"qoltanba/agent/agenttest"
	"qoltanba/agent/agenttest/softhsm"
	"qoltanba/agent/child"
	"qoltanba/pkcs11/remote"
)

// A bad day with a vendor's module: a token with a key, in a helper.
type badDay struct {
	t      *testing.T
	fault  *softhsm.Fault
	token  *softhsm.Token
	module *remote.Module
}

func newBadDay(t *testing.T, o remote.Options) *badDay {
	t.Helper()
	store := softhsm.New(t)
	d := &badDay{t: t, token: store.Token(t, "Accounts", "1234")}
	d.fault = store.Fault(t)
	d.module = module(t, d.fault.Module, o)
	return d
}

// ample is the patience with calls that are not to fail.
const ample = time.Minute

// open opens the token, as soon as a helper can: one that has died is started
// anew after a pause.
func (d *badDay) open() agent.Token {
	d.t.Helper()
	deadline := time.Now().Add(ample)
	for {
		tok, err := d.module.Open(d.t.Context(), d.token.ID)
		if err == nil {
			return tok
		}
		if !errors.Is(err, agent.ErrModule) || time.Now().After(deadline) {
			d.t.Fatalf("Open() = %v", err)
		}
		time.Sleep(20 * time.Millisecond) // the pause is the Module's
	}
}

func (d *badDay) login(tok agent.Token) error {
	return tok.Login(context.Background(), agent.NewSecret([]byte(d.token.PIN)))
}

func (d *badDay) key(tok agent.Token) agent.Key {
	d.t.Helper()
	k, err := tok.GenerateKey(d.t.Context(), agent.KeySpec{ID: []byte("12345678"), Label: "x", Algorithm: agent.P256})
	if err == nil {
		err = tok.StoreCertificate(d.t.Context(), k.ID(), "x", agenttest.TestCA().Issue(k.Public(), "Aigerim"))
	}
	if err != nil {
		d.t.Fatal(err)
	}
	return k
}

func wants(t *testing.T, what string, got error, want ...error) {
	t.Helper()
	for _, w := range want {
		if !errors.Is(got, w) {
			t.Errorf("%s = %v, want %v", what, got, w)
		}
	}
}

// A crash ends the helper alone. What was open is lost, and works again.
func TestCrash(t *testing.T) {
	for _, c := range []struct {
		function string
		do       func(*badDay, agent.Token, agent.Key) error
	}{
		{"C_Login", func(d *badDay, tok agent.Token, _ agent.Key) error { return d.login(tok) }},
		{"C_Sign", func(_ *badDay, _ agent.Token, k agent.Key) error {
			_, err := k.Sign(nil, make([]byte, 32), crypto.SHA256)
			return err
		}},
		{"C_GetSessionInfo", func(_ *badDay, tok agent.Token, _ agent.Key) error {
			_, err := tok.Info(context.Background())
			return err
		}},
	} {
		t.Run(c.function, func(t *testing.T) {
			d := newBadDay(t, remote.Options{})
			tok := d.open()
			if err := d.login(tok); err != nil {
				t.Fatal(err)
			}
			k := d.key(tok)
			d.fault.Crash(t, c.function)
			err := c.do(d, tok, k)
			wants(t, c.function+" that crashes", err, agent.ErrModuleCrashed, agent.ErrModule, agent.ErrTokenLost)
			if name := agent.ErrorName(err); name != "module-crashed" {
				t.Errorf("it is named %q", name)
			}
			_, err = tok.Keys(t.Context())
			wants(t, "Keys in the lost session", err, agent.ErrTokenLost)
			again := d.open()
			if err := d.login(again); err != nil {
				t.Errorf("Login with the new helper = %v", err)
			}
		})
	}
}

// A crash and a failure while the library is initialized.
func TestCrashAtTheStart(t *testing.T) {
	d := newBadDay(t, remote.Options{})
	d.fault.Crash(t, "C_Initialize")
	_, err := d.module.List(t.Context())
	wants(t, "List with C_Initialize that crashes", err, agent.ErrModuleCrashed, agent.ErrModule)
	d.open() // the crash came once
}

func TestFailureAtTheStart(t *testing.T) {
	d := newBadDay(t, remote.Options{})
	d.fault.Fail(t, "C_Initialize", 0x30) // CKR_DEVICE_ERROR
	_, err := d.module.List(t.Context())
	wants(t, "List with C_Initialize that fails", err, agent.ErrModule)
	if errors.Is(err, agent.ErrModuleCrashed) || errors.Is(err, agent.ErrModuleHangs) {
		t.Errorf("List() = %v", err)
	}
	d.fault.Fail(t, "C_Initialize", 0)
	d.open()
}

// A call that hangs is ended, with its helper; the next one works.
func TestHang(t *testing.T) {
	for _, function := range []string{"C_FindObjectsInit", "C_Sign", "C_GetSlotList", "C_Initialize"} {
		t.Run(function, func(t *testing.T) {
			d := newBadDay(t, remote.Options{})
			var release func()
			hang := func() {
				_, release = d.fault.Hang(t, function)
				d.module.SetPatience(300 * time.Millisecond)
			}
			var err error
			switch function {
			case "C_Initialize":
				hang()
				_, err = d.module.List(t.Context())
			case "C_GetSlotList":
				d.open()
				hang()
				_, err = d.module.List(t.Context())
			default:
				tok := d.open()
				if err := d.login(tok); err != nil {
					t.Fatal(err)
				}
				k := d.key(tok)
				hang()
				if function == "C_Sign" {
					_, err = k.Sign(nil, make([]byte, 32), crypto.SHA256)
				} else {
					_, err = tok.Keys(t.Context())
				}
				wants(t, function+" that hangs", err, agent.ErrTokenLost)
			}
			wants(t, function+" that hangs", err, agent.ErrModuleHangs, agent.ErrModule)
			release()
			d.module.SetPatience(ample)
			d.open()
		})
	}
}

// A login that hangs waits for the person: the agent is not kept by it, and calls
// that it keeps end it.
func TestHangingLogin(t *testing.T) {
	d := newBadDay(t, remote.Options{})
	tok := d.open()
	d.module.SetPatience(300 * time.Millisecond)
	hanging, release := d.fault.Hang(t, "C_Login")
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- tok.Login(ctx, agent.NewSecret([]byte(d.token.PIN))) }()
	hanging()
	info := make(chan error, 1)
	go func() { _, err := tok.Info(t.Context()); info <- err }()
	select {
	case err := <-info:
		t.Fatalf("Info beside a login that the person waits for = %v", err)
	case err := <-done:
		t.Fatalf("Login = %v while the device waits", err)
	case <-time.After(time.Second): // more than three times the patience
	}
	cancel()
	wants(t, "Login that was given up", <-done, context.Canceled)
	wants(t, "Info behind it", <-info, agent.ErrModuleHangs, agent.ErrTokenLost)
	release()
	d.module.SetPatience(ample)
	d.open()
}

// K107: making a key may take longer than any other call.
func TestLongKeyGeneration(t *testing.T) {
	d := newBadDay(t, remote.Options{Patience: 3 * time.Second}) // enough for the other calls on a busy computer
	tok := d.open()
	if err := d.login(tok); err != nil {
		t.Fatal(err)
	}
	d.fault.Late(t, "C_GenerateKeyPair", 4*time.Second)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	watched := make(chan error, 1)
	gone := make(chan struct{})
	go func() { // ends with stop
		watched <- d.module.Watch(ctx, func(all []agent.TokenInfo) {
			if len(all) == 0 {
				close(gone)
			}
		})
	}()
	k := d.key(tok)
	select {
	case <-gone:
		t.Error("K107 the token went while the key was made")
	default:
	}
	if _, err := k.Sign(nil, make([]byte, 32), crypto.SHA256); err != nil {
		t.Errorf("K107 Sign with the key = %v", err)
	}
	stop()
	wants(t, "Watch", <-watched, context.Canceled)
}

// Files that are no module for this computer, each by its own name.
func TestFiles(t *testing.T) {
	dir := t.TempDir()
	write := func(name string, data []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	self, err := os.ReadFile(softhsm.New(t).Module)
	if err != nil {
		t.Fatal(err)
	}
	other := slices.Clone(self)
	binary.LittleEndian.PutUint16(other[18:], uint16(elf.EM_S390)) // e_machine
	for _, c := range []struct {
		name, path string
		want       error
	}{
		{"missing", filepath.Join(dir, "nothing.so"), agent.ErrModuleMissing},
		{"text", write("text.so", []byte("not a module at all")), agent.ErrModuleForeign},
		{"empty", write("empty.so", nil), agent.ErrModuleForeign},
		{"another library", "/lib/x86_64-linux-gnu/libc.so.6", agent.ErrModuleForeign},
		{"another processor", write("other.so", other), agent.ErrModuleArchitecture},
		{"cut off", write("cut.so", self[:len(self)/2]), agent.ErrModule},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := module(t, c.path, remote.Options{})
			_, err := m.List(t.Context())
			wants(t, "List()", err, c.want, agent.ErrModule)
		})
	}
}

// A module that hangs does not keep the others from being seen, and is told of.
func TestOneBadModule(t *testing.T) {
	store := softhsm.New(t)
	token := store.Token(t, "Accounts", "1234")
	bad := filepath.Join(t.TempDir(), "bad.so")
	if err := os.WriteFile(bad, []byte("no module"), 0o600); err != nil {
		t.Fatal(err)
	}
	s := remote.NewSet(remote.SetConfig{
		Find: func(context.Context) []agent.Driver {
			return []agent.Driver{{Path: bad}, {Path: store.Module, Name: "KAZTOKEN"}, {Path: "/x.so", Problem: "module-unsafe"}}
		},
		Command: func(d agent.Driver) child.Command { return command(t, d.Path) },
		Options: remote.Options{Poll: 5 * time.Millisecond},
	})
	defer s.Close()
	all, err := s.List(t.Context())
	if err != nil || len(all) != 1 || all[0].ID != token.ID {
		t.Errorf("List() = %+v, %v, want the token of the good module", all, err)
	}
	var problems []string
	for _, d := range s.Drivers() {
		problems = append(problems, d.Problem)
	}
	if want := []string{"module-foreign", "", "module-unsafe"}; !slices.Equal(problems, want) {
		t.Errorf("Drivers() have problems %q, want %q", problems, want)
	}
}
