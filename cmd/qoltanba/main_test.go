package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"qoltanba/agent"
	"qoltanba/agent/agenttest"
	"qoltanba/agent/agenttest/softhsm"
	"qoltanba/pkcs11"
)

func TestMain(m *testing.M) {
	// An agent in a test starts its helpers from this very binary.
	if len(os.Args) > 1 && os.Args[1] == "module" {
		main()
		return
	}
	if spec := os.Getenv(clerkVariable); spec != "" {
		os.Exit(playClerk(spec))
	}
	testscript.Main(m, map[string]func(){
		"qoltanba": main,
		"qoltanba-administered": func() { // with what only an administrator puts there
			testOnlyConfig = func(c *agent.Config) {
				c.KeepStartPIN = true
				for _, b := range []agent.Bank{
					{Names: map[string]string{"en": "First"}, Help: agent.DriverHelp{Phones: []string{"+7 727 111 11 11", "+7 727 111 11 12"}}},
					{Names: map[string]string{"en": "Silent"}},
					{Names: map[string]string{"en": "Second"}, Help: agent.DriverHelp{Phones: []string{"+7 727 222 22 22"}}},
				} {
					b.Trusted = true
					c.Banks = append(c.Banks, b)
				}
			}
			main()
		},
	})
}

const descriptor = `{"names":{"en":"Reference Bank"},"origins":["https://ib.refbank.test"],` +
	`"drivers":[{"name":"KAZTOKEN","modules":["libsofthsm2.so"],"download":"","usb":[]}],"support":{"phones":[],"texts":{}}}`

// TestScripts runs the program itself against a SoftHSM2 token.
func TestScripts(t *testing.T) {
	store := softhsm.New(t)
	store.Token(t, "Accounts", "12345678")
	enroll(t, store)
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		Setup: func(e *testscript.Env) error {
			// A token of its own: SoftHSM passes over one that another process
			// is writing to when it looks, and does not look again.
			tokens := filepath.Join(e.WorkDir, "tokens")
			if err := os.CopyFS(tokens, os.DirFS(filepath.Join(filepath.Dir(store.Config), "tokens"))); err != nil {
				return err
			}
			config := filepath.Join(e.WorkDir, "softhsm2.conf")
			if err := os.WriteFile(config, []byte("directories.tokendir = "+tokens+"\nobjectstore.backend = file\nlog.level = ERROR\n"), 0o600); err != nil {
				return err
			}
			e.Setenv("SOFTHSM2_CONF", config)
			e.Setenv("DBUS_SESSION_BUS_ADDRESS", "") // no keyring, no tray: neither is looked for here
			e.Setenv("XDG_RUNTIME_DIR", "")
			dir := filepath.Join(e.WorkDir, "home", "config", "banks.d")
			if err := os.MkdirAll(dir, 0o700); err != nil {
				return err
			}
			keyFile, err := os.ReadFile("../../agent/pfx/testdata/ec-aes.p12") // its password is Qwerty12
			if err != nil {
				return err
			}
			return errors.Join(os.WriteFile(filepath.Join(e.WorkDir, "Key.pfx"), keyFile, 0o600),
				os.WriteFile(filepath.Join(dir, "refbank.json"), []byte(descriptor), 0o600))
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"ready": ready,
			"mode":  mode,
		},
	})
}

// enroll puts a key pair with a certificate on the token.
func enroll(t *testing.T, store *softhsm.Store) {
	t.Helper()
	m, err := pkcs11.Open(store.Module, pkcs11.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	info, err := m.Find(t.Context(), pkcs11.Selector{Label: "Accounts"})
	if err != nil {
		t.Fatal(err)
	}
	token, err := m.Open(t.Context(), info.ID)
	if err != nil {
		t.Fatal(err)
	}
	pin := agent.NewSecret([]byte("12345678"))
	defer pin.Wipe()
	if err := token.Login(t.Context(), pin); err != nil {
		t.Fatal(err)
	}
	id := make([]byte, 16)
	rand.Read(id)
	key, err := token.GenerateKey(t.Context(), agent.KeySpec{ID: id, Label: "Accounts", Algorithm: agent.P256})
	if err != nil {
		t.Fatal(err)
	}
	cert := agenttest.TestCA().Issue(key.Public(), "Aigerim Serikova")
	if err := token.StoreCertificate(t.Context(), id, "Accounts", cert); err != nil {
		t.Fatal(err)
	}
}

// ready waits until the agent of a home takes connections on its control
// socket, the last thing that it opens before the tokens are watched.
func ready(ts *testscript.TestScript, _ bool, args []string) {
	d, err := locate(ts.MkAbs(args[0]))
	ts.Check(err)
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if status, ok := ask(d); ok && len(status.Profiles) > 0 {
			return
		}
	}
	ts.Fatalf("the agent did not get ready")
}

func ask(d dirs) (s agent.Status, ok bool) {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	c := dialControl(ctx, d, nobody{})
	if c == nil {
		return s, false
	}
	defer c.close()
	return s, c.call(ctx, controlStatus, nil, &s) == nil
}

func mode(ts *testscript.TestScript, _ bool, args []string) {
	info, err := os.Stat(ts.MkAbs(args[0]))
	ts.Check(err)
	if got := fmt.Sprintf("%04o", info.Mode().Perm()); got != args[1] {
		ts.Fatalf("%s has mode %s, want %s", args[0], got, args[1])
	}
}
