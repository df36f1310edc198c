package pkcs11_test

import (
	"bytes"
	"context"
	"crypto"
	"errors"
	"sync"
	"testing"
	"time"

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
			AdminPIN:    softhsm.SOPIN,
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
		case <-time.After(time.Minute):
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

// SoftHSM itself would crash if sessions were closed under its calls.
func TestUnplugWhileManySign(t *testing.T) {
	store, token, fault := usb(t)
	m := open(t, store)
	id := newKey(t, openToken(t, m, token), agent.P256).ID()
	for range 20 {
		tok := openToken(t, m, token)
		keys, err := tok.Keys(t.Context())
		if err != nil || len(keys) != 1 || !bytes.Equal(keys[0].ID(), id) {
			t.Fatalf("Keys() = %v, %v, want one", keys, err)
		}
		signed := make(chan struct{}, 1)
		var all sync.WaitGroup
		for range 6 {
			all.Go(func() {
				for {
					_, err := keys[0].Sign(nil, make([]byte, 32), crypto.SHA256)
					if errors.Is(err, agent.ErrTokenLost) {
						return
					}
					if err != nil {
						t.Errorf("Sign while the token is pulled out = %v, want a signature or ErrTokenLost", err)
						return
					}
					select {
					case signed <- struct{}{}:
					default:
					}
				}
			})
		}
		<-signed
		fault.Hide(t, token.ID.Serial)
		all.Wait()
		fault.Show(t, token.ID.Serial)
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
