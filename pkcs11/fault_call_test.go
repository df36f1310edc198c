package pkcs11_test

import (
	"context"
	"crypto"
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	p11 "github.com/miekg/pkcs11"

	"qoltanba/agent"
	"qoltanba/agent/agenttest/softhsm"
	"qoltanba/pkcs11"
)

// A driver that hangs holds up neither the one who gave up on it nor those who
// look at the slots.
func TestHangingLogin(t *testing.T) {
	store, token, fault := usb(t)
	m := open(t, store)
	tok, err := m.Open(t.Context(), token.ID)
	if err != nil {
		t.Fatal(err)
	}
	hanging, release := fault.Hang(t, "C_Login")
	ctx, giveUp := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- tok.Login(ctx, agent.NewSecret([]byte(token.PIN))) }() // ends with ctx
	hanging()
	if all, err := m.List(t.Context()); err != nil || len(all) != 1 {
		t.Errorf("List() during a login that hangs = %v, %v", all, err)
	}
	giveUp()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("Login that hangs = %v, want context.Canceled", err)
	}
	release()
	if err := loginErr(tok, token.PIN); err != nil {
		t.Errorf("Login after it = %v", err)
	}
}

func TestLateKey(t *testing.T) {
	store, token, fault := usb(t)
	tok := openToken(t, open(t, store), token)
	hanging, release := fault.Hang(t, "C_GenerateKeyPair")
	spec := agent.KeySpec{ID: []byte("too late"), Label: "Accounts", Algorithm: agent.P256}
	ctx, giveUp := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { _, err := tok.GenerateKey(ctx, spec); ended <- err }() // ends with ctx
	hanging()
	giveUp()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("GenerateKey that hangs = %v, want context.Canceled", err)
	}
	fault.Late(t, "C_GenerateKeyPair", 300*time.Millisecond)
	release()
	spec.ID = []byte("in time.")
	begin := time.Now()
	if _, err := tok.GenerateKey(t.Context(), spec); err != nil || time.Since(begin) < 300*time.Millisecond {
		t.Errorf("GenerateKey = %v after %v, want it after 300 ms", err, time.Since(begin))
	}
	fault.Late(t, "C_GenerateKeyPair", 0)
	spec.ID = []byte("too late")
	if _, err := tok.GenerateKey(t.Context(), spec); !errors.Is(err, agent.ErrInvalid) {
		t.Errorf("GenerateKey with the id of the key that came too late = %v, want ErrInvalid", err)
	}
}

func TestFailures(t *testing.T) {
	store, token, fault := usb(t)
	m := open(t, store)
	for _, c := range []struct {
		function string
		code     uint
		want     error
	}{
		{"C_Sign", p11.CKR_DEVICE_ERROR, agent.ErrTokenLost},
		{"C_Sign", p11.CKR_FUNCTION_FAILED, agent.ErrToken},
		{"C_SignInit", p11.CKR_MECHANISM_INVALID, agent.ErrMechanism},
		{"C_GetTokenInfo", p11.CKR_GENERAL_ERROR, agent.ErrTokenLost},
		{"C_Login", p11.CKR_FUNCTION_CANCELED, agent.ErrDenied},
	} {
		tok := openToken(t, m, token)
		k := newKey(t, tok, agent.P256)
		fault.Fail(t, c.function, c.code)
		_, signErr := k.Sign(nil, make([]byte, 32), crypto.SHA256)
		if err := errors.Join(signErr, loginErr(tok, token.PIN)); !errors.Is(err, c.want) {
			t.Errorf("%s answers %#x: Sign and Login = %v, want %v", c.function, c.code, err, c.want)
		}
		fault.Fail(t, c.function, p11.CKR_OK)
		_ = tok.Close()
		again := openToken(t, m, token) // all is well again
		remove(t, store, token, k.ID())
		if err := again.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// A signature that fails costs nothing but itself.
func TestFailureOnce(t *testing.T) {
	store, token, fault := usb(t)
	k := newKey(t, openToken(t, open(t, store), token), agent.P256)
	fault.Fail(t, "C_Sign", p11.CKR_FUNCTION_FAILED)
	for range 3 {
		if _, err := k.Sign(nil, make([]byte, 32), crypto.SHA256); !errors.Is(err, agent.ErrToken) {
			t.Errorf("Sign = %v, want ErrToken", err)
		}
	}
	fault.Fail(t, "C_Sign", p11.CKR_OK)
	for range 10 {
		mustSign(t, k)
	}
}

// A token without room says so, and what there was is there.
func TestTokenFull(t *testing.T) {
	store, token, fault := usb(t)
	tok := openToken(t, open(t, store), token)
	k := newKey(t, tok, agent.P256)
	fault.Fail(t, "C_GenerateKeyPair", p11.CKR_DEVICE_MEMORY)
	_, err := tok.GenerateKey(t.Context(), agent.KeySpec{ID: []byte("12345678"), Label: "B", Algorithm: agent.P256})
	if !errors.Is(err, agent.ErrTokenFull) {
		t.Errorf("GenerateKey = %v, want ErrTokenFull", err)
	}
	mustSign(t, k)
}

// A library that crashes takes its process along: that one is this test again.
// It gets no environment, as module processes do not.
func TestCrash(t *testing.T) {
	if path := os.Getenv("QOLTANBA_TEST_CRASH"); path != "" {
		m, err := pkcs11.Open(path, pkcs11.Options{})
		if err != nil {
			t.Fatal(err)
		}
		all, err := m.List(t.Context())
		if err != nil || len(all) != 1 {
			t.Fatalf("List() = %v, %v, want one", all, err)
		}
		return
	}
	store, _, fault := usb(t)
	child := func() (string, error) {
		cmd := exec.Command(os.Args[0], "-test.run=^TestCrash$")
		cmd.Env = []string{"QOLTANBA_TEST_CRASH=" + store.Module}
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	fault.Crash(t, "C_GetTokenInfo")
	if out, err := child(); err == nil || !strings.Contains(out, "SIGSEGV") {
		t.Errorf("a process with a library that crashes = %v, want SIGSEGV\n%s", err, out)
	}
	if out, err := child(); err != nil {
		t.Errorf("its next start = %v\n%s", err, out)
	}
}

func TestPINPad(t *testing.T) {
	store, token, fault := usb(t)
	fault.Tries(t, 3)
	fault.PINPad(t, softhsm.Pad{User: token.PIN})
	tok, err := open(t, store).Open(t.Context(), token.ID)
	if err != nil {
		t.Fatal(err)
	}
	if i, err := tok.Info(t.Context()); err != nil || !i.PINPad {
		t.Errorf("Info() = %+v, %v, want PINPad", i, err)
	}
	if err := loginErr(tok, ""); err != nil {
		t.Errorf("Login at the pad = %v", err)
	}
	mustSign(t, newKey(t, tok, agent.P256))
	if err := loginErr(tok, token.PIN); !errors.Is(err, agent.ErrToken) {
		t.Errorf("Login past the pad = %v, want ErrToken", err)
	}

	fault.PINPad(t, softhsm.Pad{})
	if err := loginErr(tok, ""); !errors.Is(err, agent.ErrDenied) {
		t.Errorf("Login, Cancel pressed = %v, want ErrDenied", err)
	}
	fault.PINPad(t, softhsm.Pad{User: "4321"})
	var pin *agent.PINError
	if err := loginErr(tok, ""); !errors.As(err, &pin) {
		t.Errorf("Login, wrong PIN typed = %v, want a PINError", err)
	}

	none := agent.NewSecret(nil)
	fault.PINPad(t, softhsm.Pad{User: token.PIN, New: "9876"})
	if err := tok.SetPIN(t.Context(), none, none); err != nil {
		t.Errorf("SetPIN at the pad = %v", err)
	}
	fault.PINPad(t, softhsm.Pad{User: "9876"})
	if err := loginErr(tok, ""); err != nil {
		t.Errorf("Login with the new PIN = %v", err)
	}
}
