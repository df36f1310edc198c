package pkcs11_test

import (
	"context"
	"errors"
	"testing"
	"time"

	p11 "github.com/miekg/pkcs11"

	"qoltanba/agent"
	"qoltanba/agent/agenttest"
	"qoltanba/agent/agenttest/cryptoki"
	"qoltanba/agent/agenttest/sandbox"
	"qoltanba/pkcs11"
)

// The contract over a token that counts wrong PINs and locks.
func TestCryptokiContract(t *testing.T) {
	if !sandbox.Inside(t, cryptoki.Needs()) {
		return
	}
	slot := cryptoki.Start(t)
	agenttest.TestTokenWithout(t, agenttest.Lacks{
		agenttest.Administration:              "rsaTokens shows no administration, testCryptokiPIN tries it",
		agenttest.SecretKeys:                  "rsaTokens shows none",
		agenttest.Removal:                     "its slot is always full",
		"digests that do not fit are refused": "needs a key on a curve, openCryptoki 3.8 makes none in software",
	}, func(t *testing.T) agenttest.Fixture {
		token := slot.Token(t, "Accounts", "123456")
		return agenttest.Fixture{
			Tokens: rsaTokens{openModule(t, slot.Module, pkcs11.Options{Poll: 5 * time.Millisecond})},
			ID:     token.ID,
			PIN:    token.PIN,
			Tries:  cryptoki.Tries,
		}
	})
}

func TestCryptoki(t *testing.T) {
	if !sandbox.Inside(t, cryptoki.Needs()) {
		return
	}
	slot := cryptoki.Start(t)
	t.Run("K112 wrong PINs are counted and the administrator unblocks", func(t *testing.T) { testCryptokiPIN(t, slot) })
	t.Run("a token from the factory", func(t *testing.T) { testCryptokiFresh(t, slot) })
	t.Run("RSA only", func(t *testing.T) { testCryptokiMechanisms(t, slot) })
}

func testCryptokiPIN(t *testing.T, slot *cryptoki.Slot) {
	token := slot.Token(t, "Accounts", "123456")
	m := openModule(t, slot.Module, pkcs11.Options{})
	tok := unlocked(t, m, token.ID, token.PIN)
	k := newKey(t, tok, agent.RSA2048)
	mustSign(t, k)

	type flags struct{ low, final, locked bool }
	for i, step := range []struct {
		pin  string
		want error
		then flags
	}{
		{"000000", &agent.PINError{Retries: agent.RetriesLow}, flags{low: true}},
		{"000000", &agent.PINError{Retries: 1}, flags{final: true}},
		{token.PIN, nil, flags{}}, // the right one counts from the start again
		{"000000", &agent.PINError{Retries: agent.RetriesLow}, flags{low: true}},
		{"000000", &agent.PINError{Retries: 1}, flags{final: true}},
		{"000000", agent.ErrPINLocked, flags{locked: true}},
		{token.PIN, agent.ErrPINLocked, flags{locked: true}},
	} {
		wantLogin(t, i, login(tok, step.pin), step.want)
		seen := info(t, m, token.ID)
		asked, err := tok.Info(t.Context())
		if err != nil {
			t.Fatalf("Info() = %v", err)
		}
		for what, s := range map[string]agent.TokenInfo{"List": seen, "Info": asked} {
			if got := (flags{s.PINLow, s.PINFinal, s.PINLocked}); got != step.then {
				t.Errorf("step %d: %s() says %+v, want %+v", i, what, got, step.then)
			}
		}
	}

	admin := tok.(agent.Admin)
	pin := func(s string) *agent.Secret { return agent.NewSecret([]byte(s)) }
	wrong, ok := errors.AsType[*agent.PINError](admin.Unblock(t.Context(), pin("00000000"), pin("654321")))
	if !ok || !wrong.Admin {
		t.Errorf("Unblock with a wrong administrator's PIN = %v, want a PINError about it", wrong)
	}
	if err := admin.Unblock(t.Context(), pin(cryptoki.SOPIN), pin("654321")); err != nil {
		t.Fatalf("Unblock() = %v", err)
	}
	if i := info(t, m, token.ID); i.PINLow || i.PINFinal || i.PINLocked {
		t.Errorf("List() after unblocking = %+v, want no warnings", i)
	}
	wantLogin(t, "old PIN", login(tok, token.PIN), &agent.PINError{Retries: agent.RetriesLow})
	wantLogin(t, "new PIN", login(tok, "654321"), nil)
	mustSign(t, k) // the same session and the same key
}

// wantLogin compares errors by their meaning and number of tries.
func wantLogin(t *testing.T, step any, got, want error) {
	t.Helper()
	if pin, ok := errors.AsType[*agent.PINError](want); ok {
		if g, ok := errors.AsType[*agent.PINError](got); !ok || g.Retries != pin.Retries {
			t.Errorf("step %v: Login() = %v, want %v", step, got, want)
		}
		return
	}
	if !errors.Is(got, want) {
		t.Errorf("step %v: Login() = %v, want %v", step, got, want)
	}
}

// testCryptokiFresh initializes the token step by step.
func testCryptokiFresh(t *testing.T, slot *cryptoki.Slot) {
	slot.Erase(t)
	m := openModule(t, slot.Module, pkcs11.Options{})
	lib := p11.New(slot.Module)
	const mask = p11.CKF_TOKEN_INITIALIZED | p11.CKF_USER_PIN_INITIALIZED | p11.CKF_USER_PIN_TO_BE_CHANGED | p11.CKF_SO_PIN_TO_BE_CHANGED
	wantFlags := func(when string, want uint) {
		t.Helper()
		if i, err := lib.GetTokenInfo(0); err != nil || i.Flags&mask != want {
			t.Errorf("%s: flags are %#x, %v, want %#x", when, i.Flags&mask, err, want)
		}
	}

	wantFlags("from the factory", p11.CKF_USER_PIN_TO_BE_CHANGED|p11.CKF_SO_PIN_TO_BE_CHANGED)
	if all, err := m.List(t.Context()); err != nil || len(all) != 0 {
		t.Errorf("List() = %v, %v, want no token in a fixed slot before it is initialized", all, err)
	}

	if err := lib.InitToken(0, cryptoki.FirstSOPIN, "Accounts"); err != nil {
		t.Fatal(err)
	}
	wantFlags("without user PIN", p11.CKF_TOKEN_INITIALIZED|p11.CKF_USER_PIN_TO_BE_CHANGED|p11.CKF_SO_PIN_TO_BE_CHANGED)
	if i := info(t, m, cryptoki.ID); !i.Initialized || i.Label != "Accounts" || i.MinPIN != 4 || i.MaxPIN != 8 {
		t.Errorf("List() = %+v, want an initialized token", i)
	}
	tok, err := m.Open(t.Context(), cryptoki.ID)
	if err != nil {
		t.Fatal(err)
	}
	if err := login(tok, "123456"); !errors.Is(err, p11.Error(p11.CKR_USER_PIN_NOT_INITIALIZED)) {
		t.Errorf("Login() without user PIN = %v, want CKR_USER_PIN_NOT_INITIALIZED", err)
	}

	if err := unblock(t, slot.Module, cryptoki.FirstSOPIN, "123456"); err != nil {
		t.Fatal(err)
	}
	wantFlags("with user PIN", p11.CKF_TOKEN_INITIALIZED|p11.CKF_USER_PIN_INITIALIZED|p11.CKF_SO_PIN_TO_BE_CHANGED)
	wantLogin(t, "first PIN", login(tok, "123456"), nil)
	mustSign(t, newKey(t, tok, agent.RSA2048))
}

func testCryptokiMechanisms(t *testing.T, slot *cryptoki.Slot) {
	token := slot.Token(t, "Accounts", "123456")
	tok := unlocked(t, openModule(t, slot.Module, pkcs11.Options{}), token.ID, token.PIN)
	_, err := tok.GenerateKey(context.Background(), agent.KeySpec{ID: []byte("12345678"), Label: "Accounts", Algorithm: agent.P256})
	if !errors.Is(err, agent.ErrMechanism) {
		t.Errorf("GenerateKey(P-256) = %v, want ErrMechanism", err)
	}
	mustSign(t, newKey(t, tok, agent.RSA3072))
}
