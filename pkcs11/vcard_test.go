package pkcs11_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rsa"
	"errors"
	"slices"
	"testing"
	"time"

	p11 "github.com/miekg/pkcs11"

	"qoltanba/agent"
	"qoltanba/agent/agenttest"
	"qoltanba/agent/agenttest/sandbox"
	"qoltanba/agent/agenttest/vcard"
	"qoltanba/pkcs11"
)

const (
	cardPIN = "123456"
	cardPUK = "0123456789abcdef"
)

// cardID is what OpenSC says of a card with the serial number 0A1B2C3D.
var cardID = agent.TokenID{Manufacturer: "unknown", Serial: "0a1b2c3d"}

// newCard returns a card that is ready for use and not in the reader.
func newCard(t *testing.T, r *vcard.Reader) *vcard.Card {
	t.Helper()
	c := vcard.NewCard()
	r.Personalise(t, c, "Accounts", "0A1B2C3D", cardPIN, cardPUK)
	return c
}

// inserted puts a card into the reader and waits until it is seen.
func inserted(t *testing.T, r *vcard.Reader, c *vcard.Card, m *pkcs11.Module, id agent.TokenID) {
	t.Helper()
	r.Insert(t, c)
	await(t, m, id, true)
}

// The contract over OpenSC, pcscd and a card. Left out is what the three cannot
// do together: OpenSC 0.23 lets this kind of card sign with elliptic curves only
// if it hashes by SHA-1 itself, and knows no PSS for it; it cannot ask such a
// card how many tries there are, so it warns only before the last one.
func TestVirtualCardContract(t *testing.T) {
	if !sandbox.Inside(t, vcard.Needs()) {
		return
	}
	r := vcard.Start(t)
	master := newCard(t, r)
	agenttest.TestTokenWithout(t, agenttest.Lacks{
		agenttest.Administration:                        "rsaTokens shows no administration, testCardPIN tries it",
		agenttest.SecretKeys:                            "the card keeps none, testCardMechanisms tries it",
		"a renewed certificate lies beside the old one": "the card has one file for a certificate of a key",
		"signatures verify":                             "no PSS",
		"digests that do not fit are refused":           "no key on a curve",
		"K64 a wrong PIN is told and locks":             "tries left are not told",
		"wrong PINs lock the token for good":            "tries left are not told before the last",
	}, func(t *testing.T) agenttest.Fixture {
		c := master.Clone()
		m := openModule(t, r.Module, pkcs11.Options{Poll: 5 * time.Millisecond})
		insert := func(t *testing.T) { inserted(t, r, c, m, cardID) }
		insert(t)
		return agenttest.Fixture{
			Tokens: rsaTokens{m},
			ID:     cardID,
			PIN:    cardPIN,
			Tries:  vcard.Tries,
			Remove: func(t *testing.T) {
				r.Remove(t)
				await(t, m, cardID, false)
			},
			Insert: insert,
		}
	})
}

func TestVirtualCard(t *testing.T) {
	if !sandbox.Inside(t, vcard.Needs()) {
		return
	}
	r := vcard.Start(t)
	master := newCard(t, r)
	for _, c := range []struct {
		name string
		test func(*testing.T, *vcard.Reader, *vcard.Card)
	}{
		{"insertion and removal are seen", testCardWatched},
		{"removed while it signs", testCardRemovedSigning},
		{"removed while it generates a key", testCardRemovedGenerating},
		{"another card in the reader", testOtherCard},
		{"K112 wrong PINs lock and the PUK unblocks", testCardPIN},
		{"RSA-2048 with PKCS #1", testCardMechanisms},
	} {
		t.Run(c.name, func(t *testing.T) { c.test(t, r, master.Clone()) })
	}
}

// testCardWatched looks at the slots as often as the agent does. How soon pcscd
// notices a card belongs to the times that are logged.
func testCardWatched(t *testing.T, r *vcard.Reader, c *vcard.Card) {
	m := openModule(t, r.Module, pkcs11.Options{})
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
	next := func(what string, tokens int) {
		t.Helper()
		start := time.Now()
		select {
		case all := <-seen:
			t.Logf("%s: seen after %d ms", what, time.Since(start).Milliseconds())
			if len(all) != tokens || tokens == 1 && all[0].ID != cardID {
				t.Fatalf("%s: Watch saw %+v, want %d tokens", what, all, tokens)
			}
		case <-time.After(time.Minute):
			t.Fatalf("%s: not seen in a minute", what)
		}
	}
	next("empty reader", 0)
	var k agent.Key
	for i := range 3 {
		r.Insert(t, c)
		next("insertion", 1)
		tok := unlocked(t, m, cardID, cardPIN)
		if i == 0 {
			k = newKey(t, tok, agent.RSA2048)
			next("new certificate", 1)
		}
		keys, err := tok.Keys(t.Context())
		if err != nil || len(keys) != 1 || !agent.SamePublicKey(keys[0].Public(), k.Public()) {
			t.Fatalf("Keys() = %v, %v, want the one that was generated", keys, err)
		}
		verified(t, keys[0])
		r.Remove(t)
		if _, err := keys[0].Sign(nil, make([]byte, 32), crypto.SHA256); !errors.Is(err, agent.ErrTokenLost) {
			t.Errorf("Sign without the card = %v, want ErrTokenLost", err)
		}
		next("removal", 0)
		if _, err := m.Open(t.Context(), cardID); !errors.Is(err, agent.ErrNoToken) {
			t.Errorf("Open without the card = %v, want ErrNoToken", err)
		}
		if err := tok.Close(); err != nil {
			t.Errorf("Close() = %v", err)
		}
	}
	stop()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("Watch = %v, want context.Canceled", err)
	}
}

// verified signs and verifies by the public key.
func verified(t *testing.T, k agent.Key) {
	t.Helper()
	for _, h := range []crypto.Hash{crypto.SHA256, crypto.SHA384, crypto.SHA512} {
		digest := h.New().Sum(nil)
		signature, err := k.Sign(nil, digest, h)
		if err != nil {
			t.Fatalf("Sign(%s) = %v", h, err)
		}
		if err := rsa.VerifyPKCS1v15(k.Public().(*rsa.PublicKey), h, digest, signature); err != nil {
			t.Errorf("Sign(%s): %v", h, err)
		}
	}
}

func testCardRemovedSigning(t *testing.T, r *vcard.Reader, c *vcard.Card) {
	m := openModule(t, r.Module, pkcs11.Options{})
	inserted(t, r, c, m, cardID)
	k := newKey(t, unlocked(t, m, cardID, cardPIN), agent.RSA2048)
	cutOff(t, r, c, vcard.Sign, func() error {
		_, err := k.Sign(nil, make([]byte, 32), crypto.SHA256)
		return err
	})
	inserted(t, r, c, m, cardID)
	tok := unlocked(t, m, cardID, cardPIN)
	keys, err := tok.Keys(t.Context())
	if err != nil || len(keys) != 1 {
		t.Fatalf("Keys() = %v, %v, want the one", keys, err)
	}
	verified(t, keys[0])
}

func testCardRemovedGenerating(t *testing.T, r *vcard.Reader, c *vcard.Card) {
	m := openModule(t, r.Module, pkcs11.Options{})
	inserted(t, r, c, m, cardID)
	tok := unlocked(t, m, cardID, cardPIN)
	spec := agent.KeySpec{ID: []byte("12345678"), Label: "Accounts", Algorithm: agent.RSA2048}
	cutOff(t, r, c, vcard.Generate, func() error {
		_, err := tok.GenerateKey(t.Context(), spec)
		return err
	})
	inserted(t, r, c, m, cardID)
	k, err := unlocked(t, m, cardID, cardPIN).GenerateKey(t.Context(), spec)
	if err != nil {
		t.Fatalf("GenerateKey() after a cut off one = %v", err)
	}
	verified(t, k)
}

// cutOff removes the card in the middle of the instruction that f brings about.
func cutOff(t *testing.T, r *vcard.Reader, c *vcard.Card, instruction byte, f func() error) {
	t.Helper()
	reached, release := c.Hold(instruction)
	defer release()
	done := make(chan error, 1)
	go func() { done <- f() }() // ends with the card
	<-reached
	r.Remove(t)
	start := time.Now()
	select {
	case err := <-done:
		t.Logf("told after %d ms: %v", time.Since(start).Milliseconds(), err)
		if !errors.Is(err, agent.ErrTokenLost) {
			t.Errorf("cut off: %v, want ErrTokenLost", err)
		}
	case <-time.After(time.Minute):
		t.Fatal("the removal was not told in a minute")
	}
}

// testOtherCard changes the card faster than anybody looks. The PIN and the
// key's place are the same.
func testOtherCard(t *testing.T, r *vcard.Reader, mine *vcard.Card) {
	other := vcard.NewCard()
	r.Personalise(t, other, "Accounts", "FFFF", cardPIN, cardPUK)
	otherID := agent.TokenID{Manufacturer: cardID.Manufacturer, Serial: "ffff"}
	m := openModule(t, r.Module, pkcs11.Options{Poll: 5 * time.Millisecond})

	inserted(t, r, other, m, otherID)
	newKey(t, unlocked(t, m, otherID, cardPIN), agent.RSA2048)
	r.Remove(t)
	await(t, m, otherID, false)

	inserted(t, r, mine, m, cardID)
	tok := unlocked(t, m, cardID, cardPIN)
	k := newKey(t, tok, agent.RSA2048)
	verified(t, k)
	r.Remove(t)
	r.Insert(t, other)
	if signature, err := k.Sign(nil, make([]byte, 32), crypto.SHA256); !errors.Is(err, agent.ErrTokenLost) {
		t.Errorf("Sign with another card = %x, %v, want ErrTokenLost", signature, err)
	}
	if err := login(tok, cardPIN); !errors.Is(err, agent.ErrTokenLost) {
		t.Errorf("Login with another card = %v, want ErrTokenLost", err)
	}
	await(t, m, otherID, true)
	if _, err := m.Open(t.Context(), cardID); !errors.Is(err, agent.ErrNoToken) {
		t.Errorf("Open with another card = %v, want ErrNoToken", err)
	}
}

func testCardPIN(t *testing.T, r *vcard.Reader, c *vcard.Card) {
	m := openModule(t, r.Module, pkcs11.Options{})
	inserted(t, r, c, m, cardID)
	tok := unlocked(t, m, cardID, cardPIN)
	k := newKey(t, tok, agent.RSA2048)
	for i, step := range []struct {
		pin           string
		want          error
		final, locked bool
	}{
		{"000000", &agent.PINError{Retries: agent.RetriesUnknown}, false, false},
		{"000000", &agent.PINError{Retries: 1}, true, false},
		{cardPIN, nil, false, false},
		{"000000", &agent.PINError{Retries: agent.RetriesUnknown}, false, false},
		{"000000", &agent.PINError{Retries: 1}, true, false},
		{"000000", agent.ErrPINLocked, false, true},
		{cardPIN, agent.ErrPINLocked, false, true},
	} {
		wantLogin(t, i, login(tok, step.pin), step.want)
		if seen := info(t, m, cardID); seen.PINFinal != step.final || seen.PINLocked != step.locked {
			t.Errorf("step %d: List() = %+v, want PINFinal %v, PINLocked %v", i, seen, step.final, step.locked)
		}
	}
	if _, err := k.Sign(nil, make([]byte, 32), crypto.SHA256); !errors.Is(err, agent.ErrLocked) {
		t.Errorf("Sign with a blocked PIN = %v, want ErrLocked", err)
	}

	// OpenSC takes the PUK for the administrator's PIN, and does not check it
	// before it is used.
	if err := unblock(t, r.Module, "ffffffffffffffff", "654321"); err != p11.Error(p11.CKR_PIN_INCORRECT) {
		t.Errorf("unblocking with a wrong PUK = %v, want CKR_PIN_INCORRECT", err)
	}
	if err := unblock(t, r.Module, cardPUK, "654321"); err != nil {
		t.Fatalf("unblocking = %v", err)
	}
	wantLogin(t, "old PIN", login(tok, cardPIN), &agent.PINError{Retries: agent.RetriesUnknown})
	wantLogin(t, "new PIN", login(tok, "654321"), nil)
	verified(t, k) // the same session and the same key
}

func testCardMechanisms(t *testing.T, r *vcard.Reader, c *vcard.Card) {
	m := openModule(t, r.Module, pkcs11.Options{})
	inserted(t, r, c, m, cardID)
	if i := info(t, m, cardID); i.Label != "Accounts (User PIN)" || i.MinPIN != 4 || i.MaxPIN != 16 {
		t.Errorf("List() = %+v, want OpenSC's label and a PIN of 4 to 16 bytes", i)
	}
	tok := unlocked(t, m, cardID, cardPIN)
	k := newKey(t, tok, agent.RSA2048)
	verified(t, k)
	pss := &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash, Hash: crypto.SHA256}
	if _, err := k.Sign(nil, make([]byte, 32), pss); !errors.Is(err, agent.ErrMechanism) {
		t.Errorf("Sign(PSS) = %v, want ErrMechanism", err)
	}
	for _, alg := range []agent.KeyAlgorithm{agent.RSA3072, agent.P256, agent.P384} {
		_, err := tok.GenerateKey(t.Context(), agent.KeySpec{ID: []byte("12345678"), Label: "Accounts", Algorithm: alg})
		if !errors.Is(err, agent.ErrMechanism) {
			t.Errorf("GenerateKey(%s) = %v, want ErrMechanism", alg, err)
		}
	}
	err := tok.(agent.MACs).ImportMACKey(t.Context(), agent.MACKeySpec{ID: []byte("12345678"), Hash: crypto.SHA256}, agent.NewSecret(make([]byte, 32)))
	if !errors.Is(err, agent.ErrMechanism) {
		t.Errorf("ImportMACKey() = %v, want ErrMechanism", err)
	}
	verified(t, k) // nothing of this hurt the session
	// OpenSC says of a key that the card has just made that it may be had by others. One that
	// is taken for such is deleted and made anew, which the card lets happen.
	admin := tok.(agent.Admin)
	found := func() (all []agent.Object) {
		all, err := admin.Objects(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return slices.DeleteFunc(all, func(o agent.Object) bool { return !bytes.Equal(o.ID, k.ID()) })
	}
	for _, o := range found() {
		if copied := o.Kind == agent.ObjectPrivateKey; o.Copied != copied {
			t.Errorf("Objects() has %+v, want Copied %t", o, copied)
		}
		if err := admin.Delete(t.Context(), o); err != nil && !errors.Is(err, agent.ErrNoKey) {
			t.Errorf("Delete(%s) = %v", o.Kind, err)
		}
	}
	if left := found(); len(left) > 0 {
		t.Errorf("left of the key: %+v", left)
	}
	if _, err := tok.GenerateKey(t.Context(), agent.KeySpec{ID: k.ID(), Label: "Accounts", Algorithm: agent.RSA2048}); err != nil {
		t.Errorf("GenerateKey in its place = %v", err)
	}
}
