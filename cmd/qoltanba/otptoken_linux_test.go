package main

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	p11 "github.com/miekg/pkcs11"
	"github.com/rogpeppe/go-internal/testscript"

	"qoltanba/agent/agenttest/need"
	"qoltanba/agent/agenttest/softhsm"
)

// TestOTPTokenScripts runs the program itself with a SoftHSM2 token and no keyring.
func TestOTPTokenScripts(t *testing.T) {
	need.Program(t, "oathtool")
	store := softhsm.New(t)
	token := store.Token(t, "Accounts", "12345678")
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/otptoken",
		RequireExplicitExec: true,
		Setup: func(e *testscript.Env) error {
			e.Setenv("XDG_RUNTIME_DIR", "")
			e.Setenv("DBUS_SESSION_BUS_ADDRESS", "")
			e.Setenv("LANG", "en_US.UTF-8")
			e.Setenv("SOFTHSM2_CONF", store.Config)
			e.Setenv("TOKENS", filepath.Join(filepath.Dir(store.Config), "tokens"))
			e.Setenv("SERIAL", token.ID.Serial)
			dir := filepath.Join(e.WorkDir, "home", "config", "banks.d")
			if err := os.MkdirAll(dir, 0o700); err != nil {
				return err
			}
			if err := errors.Join(os.WriteFile(filepath.Join(dir, "refbank.json"), []byte(descriptor), 0o600), otpFiles(e)); err != nil {
				return err
			}
			locked, err := os.ReadFile(filepath.Join(e.WorkDir, "locked"))
			if err != nil {
				return err
			}
			return os.WriteFile(filepath.Join(e.WorkDir, "locked"), append([]byte("12345678\n"), locked...), 0o600)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"iscode":    isCode,
			"listening": listening,
			"onToken": func(ts *testscript.TestScript, _ bool, args []string) {
				want, err := strconv.Atoi(args[0])
				ts.Check(err)
				if got := secretKeys(t, store, token); got != want {
					ts.Fatalf("%d secret keys on the token, want %d", got, want)
				}
			},
		},
	})
}

// secretKeys counts the secret keys on a token, past the program.
func secretKeys(t *testing.T, store *softhsm.Store, token *softhsm.Token) int {
	t.Helper()
	lib := p11.New(store.Module)
	if err := lib.Initialize(); err != nil {
		t.Fatal(err)
	}
	defer lib.Finalize()
	slots, err := lib.GetSlotList(true)
	if err != nil {
		t.Fatal(err)
	}
	for _, slot := range slots {
		info, err := lib.GetTokenInfo(slot)
		if err != nil || strings.TrimRight(info.SerialNumber, " \x00") != token.ID.Serial {
			continue
		}
		session, err := lib.OpenSession(slot, p11.CKF_SERIAL_SESSION)
		if err != nil {
			t.Fatal(err)
		}
		defer lib.CloseSession(session)
		if err := errors.Join(lib.Login(session, p11.CKU_USER, token.PIN),
			lib.FindObjectsInit(session, []*p11.Attribute{p11.NewAttribute(p11.CKA_CLASS, p11.CKO_SECRET_KEY)})); err != nil {
			t.Fatal(err)
		}
		all, _, err := lib.FindObjects(session, 100)
		if err := errors.Join(err, lib.FindObjectsFinal(session)); err != nil {
			t.Fatal(err)
		}
		return len(all)
	}
	t.Fatal("no such token")
	return 0
}
