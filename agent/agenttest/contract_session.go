package agenttest

import (
	"bytes"
	"context"
	"slices"
	"testing"
	"time"

	"qoltanba/agent"
)

// awaited takes the next value from c, or fails the test.
func awaited[T any](t *testing.T, what string, c <-chan T) T {
	t.Helper()
	select {
	case v := <-c:
		return v
	case <-time.After(patience):
		t.Fatalf("%s did not come", what)
		panic("unreachable")
	}
}

func testOpenUnknown(t *testing.T, f Fixture) {
	for _, id := range []agent.TokenID{
		{},
		{Manufacturer: f.ID.Manufacturer, Serial: "no such serial"},
		{Manufacturer: "no such maker", Serial: f.ID.Serial},
	} {
		_, err := f.Tokens.Open(t.Context(), id)
		wantErr(t, "Open(unknown)", err, agent.ErrNoToken)
	}
}

// removable demands that the fixture can remove its token.
func (f Fixture) removable(t *testing.T) {
	t.Helper()
	if f.Remove == nil || f.Insert == nil {
		t.Fatal("Remove or Insert is nil, and Removal is not among what the token lacks")
	}
}

func testRemoved(t *testing.T, f Fixture) {
	f.removable(t)
	tok := f.unlocked(t)
	id := f.key(t, tok, agent.P256).ID()
	k := listed(t, tok, id)
	mustSign(t, k)

	f.Remove(t)
	wantErr(t, "Sign without the token", sign(t, k), agent.ErrTokenLost)
	lost := func(when string) {
		t.Helper()
		wantErr(t, "Sign "+when, sign(t, k), agent.ErrTokenLost)
		wantErr(t, "Login "+when, login(tok, f.PIN), agent.ErrTokenLost)
		_, err := tok.Keys(t.Context())
		wantErr(t, "Keys "+when, err, agent.ErrTokenLost)
		_, err = tok.Key(t.Context(), id)
		wantErr(t, "Key "+when, err, agent.ErrTokenLost)
		_, err = tok.Info(t.Context())
		wantErr(t, "Info "+when, err, agent.ErrTokenLost)
		wantErr(t, "SetPIN "+when, setPIN(tok, f.PIN, f.PIN+"7"), agent.ErrTokenLost)
		_, err = tok.GenerateKey(t.Context(), agent.KeySpec{ID: randomID(8), Label: "x", Algorithm: agent.P256})
		wantErr(t, "GenerateKey "+when, err, agent.ErrTokenLost)
	}
	lost("without the token")
	_, err := f.Tokens.Open(t.Context(), f.ID)
	wantErr(t, "Open without the token", err, agent.ErrNoToken)

	f.Insert(t)
	lost("in the old session")
	again := f.open(t) // beside the lost one, which is not closed yet
	k2 := listed(t, again, id)
	wantErr(t, "Sign after the token is back", sign(t, k2), agent.ErrLocked)
	f.login(t, again)
	mustSign(t, k2)
	if err := tok.Close(); err != nil {
		t.Errorf("Close of the lost session = %v", err)
	}
	mustSign(t, k2)
}

func testWatch(t *testing.T, f Fixture) {
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	seen := make(chan []agent.TokenInfo)
	ended := make(chan error, 1)
	go func() { // ends with ctx
		ended <- f.Tokens.Watch(ctx, func(all []agent.TokenInfo) {
			select {
			case seen <- all:
			case <-ctx.Done():
			}
		})
	}()
	is := func(i agent.TokenInfo) bool { return i.ID == f.ID }
	var now []agent.TokenInfo
	until := func(what string, is func(all []agent.TokenInfo) bool) {
		t.Helper()
		for !is(now) {
			now = awaited(t, what, seen)
		}
	}
	there := func(all []agent.TokenInfo) bool { return slices.ContainsFunc(all, is) }
	gone := func(all []agent.TokenInfo) bool { return !there(all) }

	until("the token at the start", there)
	tok := f.unlocked(t) // watching goes on while a session is open
	id := f.key(t, tok, agent.P256).ID()
	until("the certificate", func(all []agent.TokenInfo) bool {
		i := slices.IndexFunc(all, is)
		return i >= 0 && slices.ContainsFunc(all[i].Keys, func(k agent.KeyInfo) bool { return bytes.Equal(k.ID, id) })
	})
	if f.Remove != nil {
		f.Remove(t)
		until("the removal", gone)
		f.Insert(t)
		until("the insertion", there)
	}
	stop()
	wantErr(t, "Watch", awaited(t, "the end of Watch", ended), context.Canceled)
}

// The state of being logged in belongs to the token, as in PKCS #11.
func testOpenedTwice(t *testing.T, f Fixture) {
	a, b := f.unlocked(t), f.open(t)
	ka := f.key(t, a, agent.P256)
	f.login(t, b)
	kb := listed(t, b, ka.ID())
	mustSign(t, kb)
	if err := a.Close(); err != nil {
		t.Fatalf("Close() = %v", err)
	}
	wantErr(t, "Sign after the other session logged out", sign(t, kb), agent.ErrLocked)
	f.login(t, b)
	mustSign(t, kb)
	wantErr(t, "Sign in the closed session", sign(t, ka), agent.ErrTokenLost)
}

func testClose(t *testing.T, f Fixture) {
	tok := f.unlocked(t)
	k := f.key(t, tok, agent.P256)
	for range 3 {
		if err := tok.Close(); err != nil {
			t.Errorf("Close() = %v", err)
		}
	}
	wantErr(t, "Sign after Close", sign(t, k), agent.ErrTokenLost)
	wantErr(t, "Login after Close", login(tok, f.PIN), agent.ErrTokenLost)
	wantErr(t, "Logout after Close", tok.Logout(t.Context()), agent.ErrTokenLost)
	_, err := tok.Info(t.Context())
	wantErr(t, "Info after Close", err, agent.ErrTokenLost)

	again := f.open(t)
	wantErr(t, "Sign in a new session", sign(t, listed(t, again, k.ID())), agent.ErrLocked)
}

func testContext(t *testing.T, f Fixture) {
	tok := f.unlocked(t)
	k := f.key(t, tok, agent.P256)
	ended, end := context.WithCancel(t.Context())
	end()
	want := func(what string, err error) {
		t.Helper()
		wantErr(t, what, err, context.Canceled)
	}
	pin, fresh := agent.NewSecret([]byte(f.PIN)), agent.NewSecret([]byte(f.PIN+"7"))
	_, err := f.Tokens.List(ended)
	want("List", err)
	_, err = f.Tokens.Open(ended, f.ID)
	want("Open", err)
	want("Watch", f.Tokens.Watch(ended, func([]agent.TokenInfo) {}))
	_, err = tok.Info(ended)
	want("Info", err)
	_, err = tok.Keys(ended)
	want("Keys", err)
	_, err = tok.Key(ended, k.ID())
	want("Key", err)
	want("Login", tok.Login(ended, pin))
	want("Logout", tok.Logout(ended))
	want("SetPIN", tok.SetPIN(ended, pin, fresh))
	id := randomID(8)
	_, err = tok.GenerateKey(ended, agent.KeySpec{ID: id, Label: "x", Algorithm: agent.P256})
	want("GenerateKey", err)
	want("StoreCertificate", tok.StoreCertificate(ended, k.ID(), "x", k.Certificate()))

	mustSign(t, k) // nothing of this reached the token
	none := agent.ErrNoKey
	if f.given {
		none = agent.ErrReadOnly
	}
	wantErr(t, "the key of an ended GenerateKey", tok.StoreCertificate(t.Context(), id, "x", k.Certificate()), none)
}
