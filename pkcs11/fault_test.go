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
	"qoltanba/agent/agenttest"
	"qoltanba/agent/agenttest/softhsm"
	"qoltanba/pkcs11"
)

// usb is a store with one token, plugged in by USB.
func usb(t testing.TB) (*softhsm.Store, *softhsm.Token, *softhsm.Fault) {
	t.Helper()
	store := softhsm.New(t)
	token := store.Token(t, "Accounts", "1234")
	return store, token, store.Fault(t)
}

func loginErr(tok agent.Token, pin string) error {
	return tok.Login(context.Background(), agent.NewSecret([]byte(pin)))
}

// It locks at the third wrong PIN, and its sessions die when it is pulled out.
func TestUSBToken(t *testing.T) {
	agenttest.TestToken(t, func(t *testing.T) agenttest.Fixture {
		store, token, fault := usb(t)
		fault.Tries(t, 3)
		return agenttest.Fixture{
			Tokens:      open(t, store),
			ID:          token.ID,
			PIN:         token.PIN,
			Tries:       3,
			Remove:      func(t *testing.T) { fault.Hide(t, token.ID.Serial) },
			Insert:      func(t *testing.T) { fault.Show(t, token.ID.Serial) },
			ReadPrivate: func(t *testing.T, id []byte) error { return readPrivate(t, store, token, id) },
		}
	})
}

// With the pause between two looks that people get.
func TestHotPlug(t *testing.T) {
	store, token, fault := usb(t)
	other := store.Token(t, "Other", "5678")
	m, err := pkcs11.Open(store.Module, pkcs11.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	ctx, stop := context.WithCancel(t.Context())
	seen, ended := make(chan []agent.TokenInfo), make(chan error, 1)
	go func() { // ends with ctx
		ended <- m.Watch(ctx, func(all []agent.TokenInfo) {
			select {
			case seen <- all:
			case <-ctx.Done():
			}
		})
	}()
	show := func(what string, want ...agent.TokenID) {
		t.Helper()
		begin := time.Now()
		select {
		case all := <-seen:
			got := make(map[agent.TokenID]bool)
			for _, i := range all {
				got[i.ID] = true
			}
			for _, id := range want {
				if !got[id] || len(all) != len(want) {
					t.Fatalf("after %s Watch shows %v, want %v", what, got, want)
				}
			}
			t.Logf("%s was seen after %d ms", what, time.Since(begin).Milliseconds())
		case <-time.After(30 * time.Second):
			t.Fatalf("Watch does not show %s", what)
		}
	}
	show("the start", token.ID, other.ID)
	fault.Hide(t, token.ID.Serial)
	show("the removal of one", other.ID)
	fault.Show(t, token.ID.Serial)
	show("its insertion", token.ID, other.ID)
	fault.Hide(t, "all")
	show("the removal of all")
	fault.Show(t, token.ID.Serial)
	show("the insertion of one", token.ID)
	stop()
	<-ended
}

// A token that was out and in again between two looks is there all the time,
// but nobody is logged in any more.
func TestQuickReplug(t *testing.T) {
	store, token, fault := usb(t)
	m := open(t, store)
	tok := openToken(t, m, token)
	k := newKey(t, tok, agent.P256)
	fault.Hide(t, token.ID.Serial)
	fault.Show(t, token.ID.Serial)
	if _, err := k.Sign(nil, make([]byte, 32), crypto.SHA256); !errors.Is(err, agent.ErrTokenLost) {
		t.Errorf("Sign after the token was out = %v, want ErrTokenLost", err)
	}
	again, err := m.Open(t.Context(), token.ID)
	if err != nil {
		t.Fatalf("Open() = %v", err)
	}
	keys, err := again.Keys(t.Context())
	if err != nil || len(keys) != 1 {
		t.Fatalf("Keys() = %v, %v, want one", keys, err)
	}
	if _, err := keys[0].Sign(nil, make([]byte, 32), crypto.SHA256); !errors.Is(err, agent.ErrLocked) {
		t.Errorf("Sign in the new session = %v, want ErrLocked", err)
	}
}

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
	fault.Late(t, "C_GenerateKeyPair", 300*time.Millisecond)
	spec := agent.KeySpec{ID: []byte("too late"), Label: "Accounts", Algorithm: agent.P256}
	ctx, end := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer end()
	if _, err := tok.GenerateKey(ctx, spec); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("GenerateKey with too little time = %v, want DeadlineExceeded", err)
	}
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
		{"C_Sign", p11.CKR_DEVICE_MEMORY, agent.ErrToken},
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

// The token goes in the middle of a call, after it worked or before.
func TestUnplugDuringCall(t *testing.T) {
	for name, before := range map[string]bool{"before it worked": true, "after it worked": false} {
		t.Run(name, func(t *testing.T) {
			store, token, fault := usb(t)
			m := open(t, store)
			tok := openToken(t, m, token)
			spec := agent.KeySpec{ID: []byte("half done"), Label: "Accounts", Algorithm: agent.P256}
			fault.Unplug(t, "C_GenerateKeyPair", before)
			if _, err := tok.GenerateKey(t.Context(), spec); !errors.Is(err, agent.ErrTokenLost) {
				t.Errorf("GenerateKey = %v, want ErrTokenLost", err)
			}
			if all, err := m.List(t.Context()); err != nil || len(all) != 0 {
				t.Errorf("List() without the token = %v, %v", all, err)
			}
			fault.Show(t, token.ID.Serial)
			tok = openToken(t, m, token)
			_, err := tok.GenerateKey(t.Context(), spec)
			if there := errors.Is(err, agent.ErrInvalid); there == before {
				t.Errorf("the key is on the token: %v (%v)", there, err)
			}

			k := newKey(t, tok, agent.P256)
			fault.Unplug(t, "C_Sign", before)
			if _, err := k.Sign(nil, make([]byte, 32), crypto.SHA256); !errors.Is(err, agent.ErrTokenLost) {
				t.Errorf("Sign = %v, want ErrTokenLost", err)
			}
			fault.Show(t, token.ID.Serial)
			tok = openToken(t, m, token)
			fault.Unplug(t, "C_Login", before)
			if err := loginErr(tok, token.PIN); !errors.Is(err, agent.ErrTokenLost) {
				t.Errorf("Login = %v, want ErrTokenLost", err)
			}
		})
	}
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
