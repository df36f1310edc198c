package pkcs11_test

import (
	"crypto/rand"
	"encoding/asn1"
	"errors"
	"fmt"
	"runtime"
	"testing"
	"time"

	p11 "github.com/miekg/pkcs11"

	"qoltanba/agent"
	"qoltanba/agent/agenttest"
	"qoltanba/agent/agenttest/softhsm"
	"qoltanba/agent/gost"
)

// fixture is a new token in a store.
func fixture(t *testing.T, store *softhsm.Store, token *softhsm.Token) agenttest.Fixture {
	return agenttest.Fixture{
		Tokens:      open(t, store),
		ID:          token.ID,
		PIN:         token.PIN,
		AdminPIN:    softhsm.SOPIN,
		Remove:      func(t *testing.T) { token.Remove(t) },
		Insert:      func(t *testing.T) { token.Insert(t) },
		ReadPrivate: func(t *testing.T, id []byte) error { return readPrivate(t, store, token, id) },
	}
}

// gostToken is a token of a SoftHSM2 with GOST, which knows keys of 256 bits.
func gostToken(t *testing.T) agenttest.Fixture {
	store := softhsm.NewGOST(t)
	return fixture(t, store, store.Token(t, "Accounts", "1234"))
}

// The whole contract holds on such a token, and so does that of GOST keys.
func TestSoftHSMWithGOST(t *testing.T) { agenttest.TestToken(t, gostToken) }

func TestGOST(t *testing.T) {
	agenttest.TestGOST(t, []agent.KeyAlgorithm{agent.GOST2004, agent.GOST2012}, gostToken)
}

// 512 bits under the names of TC 26.
func TestGOST512(t *testing.T) {
	agenttest.TestGOST(t, []agent.KeyAlgorithm{agent.GOST2015}, func(t *testing.T) agenttest.Fixture {
		store := softhsm.NewGOST(t)
		token := store.Token(t, "Accounts", "1234")
		fault := store.Fault(t)
		fault.GOST512(t)
		f := fixture(t, store, token)
		f.Remove = func(t *testing.T) { fault.Hide(t, token.ID.Serial) }
		f.Insert = func(t *testing.T) { fault.Show(t, token.ID.Serial) }
		return f
	})
}

// gostUSB is a token with GOST, plugged in by USB and unlocked.
func gostUSB(t *testing.T) (*softhsm.Store, *softhsm.Token, *softhsm.Fault, agent.Token) {
	t.Helper()
	store := softhsm.NewGOST(t)
	token := store.Token(t, "Accounts", "1234")
	fault := store.Fault(t)
	return store, token, fault, openToken(t, open(t, store), token)
}

func generated(t *testing.T, tok agent.Token, kind agent.KeyAlgorithm) agent.Key {
	t.Helper()
	id := make([]byte, 8)
	rand.Read(id)
	k, err := tok.GenerateKey(t.Context(), agent.KeySpec{ID: id, Label: "Accounts", Algorithm: kind})
	if err != nil {
		t.Fatalf("GenerateKey(%s) = %v", kind, err)
	}
	return k
}

// signGOST signs a digest, verifies the signature and returns it.
func signGOST(k agent.Key) ([]byte, error) {
	public := k.Public().(*gost.PublicKey)
	h := public.Params().Hash()
	digest := h.Sum([]byte(rand.Text()))
	signature, err := k.Sign(nil, digest, h)
	if err == nil {
		err = public.Verify(digest, signature)
	}
	return signature, err
}

// Whichever order the token writes its bytes in, the signature has that of the key's
// country; and a signature that is wrong in both is not handed out.
func TestGOSTByteOrder(t *testing.T) {
	_, _, fault, tok := gostUSB(t)
	kazakh, russian := generated(t, tok, agent.GOST2004), generated(t, tok, agent.GOST2012)
	both := func(when string) {
		t.Helper()
		for range 2 {
			for _, k := range []agent.Key{kazakh, russian} {
				if _, err := signGOST(k); err != nil {
					t.Errorf("Sign with %v, %s = %v", k.Public().(*gost.PublicKey).Params(), when, err)
				}
			}
		}
	}
	both("most significant byte first")
	fault.Reversed(t)
	both("least significant byte first")
	fault.Spoilt(t, true)
	for range 2 {
		for _, k := range []agent.Key{kazakh, russian} {
			if signature, err := signGOST(k); !errors.Is(err, agent.ErrToken) || signature != nil {
				t.Errorf("Sign, a bit wrong = %x, %v, want ErrToken alone", signature, err)
			}
		}
	}
	fault.Spoilt(t, false)
	both("after wrong ones")
}

// The token has one name for keys of both countries: the certificate tells.
func TestGOSTCountry(t *testing.T) {
	_, _, _, tok := gostUSB(t)
	k := generated(t, tok, agent.GOST2004)
	var russian *gost.Params
	for _, p := range gost.Supported() {
		if p.Hash() == gost.Hash94 && p.Curve().Equal(asn1.ObjectIdentifier{1, 2, 643, 2, 2, 35, 1}) {
			russian = p
		}
	}
	twin, err := gost.NewPublicKey(russian, k.Public().(*gost.PublicKey).Bytes())
	if err != nil {
		t.Fatal(err)
	}
	cert := agenttest.TestCA().Issue(twin, "Aigerim")
	if err := tok.StoreCertificate(t.Context(), k.ID(), "Accounts", cert); err != nil {
		t.Fatalf("StoreCertificate() = %v", err)
	}
	found, err := tok.Key(t.Context(), k.ID())
	if err != nil || !twin.Equal(found.Public()) || found.Certificate() == nil {
		t.Fatalf("Key() = %v, want the key as its certificate has it", err)
	}
	if _, err := signGOST(found); err != nil {
		t.Errorf("Sign = %v", err)
	}
	keys, err := tok.Keys(t.Context())
	if err != nil || len(keys) != 1 || !twin.Equal(keys[0].Public()) {
		t.Fatalf("Keys() = %d keys, %v, want the one as its certificate has it", len(keys), err)
	}
	if _, err := signGOST(keys[0]); err != nil {
		t.Errorf("Sign = %v", err)
	}
}

// Keys that other programs made on the token.
func TestForeignGOST(t *testing.T) {
	store, token, _, tok := gostUSB(t)
	params := func(curve ...int) []byte {
		der, err := asn1.Marshal(asn1.ObjectIdentifier(curve))
		if err != nil {
			t.Fatal(err)
		}
		return der
	}
	id := []byte("foreign key")
	var point []byte
	var public p11.ObjectHandle
	raw(t, store, token, func(lib *p11.Ctx, session p11.SessionHandle) {
		both := []*p11.Attribute{p11.NewAttribute(p11.CKA_TOKEN, true), p11.NewAttribute(p11.CKA_ID, id)}
		half := append(both[:2:2], p11.NewAttribute(p11.CKA_PRIVATE, false), p11.NewAttribute(p11.CKA_VERIFY, true),
			p11.NewAttribute(p11.CKA_GOSTR3410_PARAMS, params(1, 2, 643, 2, 2, 35, 1)),
			p11.NewAttribute(p11.CKA_GOSTR3411_PARAMS, params(1, 2, 643, 2, 2, 30, 0)))
		var err error
		public, _, err = lib.GenerateKeyPair(session, []*p11.Mechanism{p11.NewMechanism(p11.CKM_GOSTR3410_KEY_PAIR_GEN, nil)},
			half, append(both[:2:2], p11.NewAttribute(p11.CKA_PRIVATE, true), p11.NewAttribute(p11.CKA_SIGN, true)))
		if err != nil {
			t.Fatal(err)
		}
		a, err := lib.GetAttributeValue(session, public, []*p11.Attribute{p11.NewAttribute(p11.CKA_VALUE, nil)})
		if err != nil {
			t.Fatal(err)
		}
		point = a[0].Value
	})
	if _, err := tok.Key(t.Context(), id); !errors.Is(err, agent.ErrMechanism) {
		t.Errorf("Key() with parameters that say nothing to us = %v, want ErrMechanism", err)
	}
	key, err := gost.NewPublicKey(gost.Kazakh2004, point)
	if err != nil {
		t.Fatal(err)
	}
	if err := tok.StoreCertificate(t.Context(), id, "Accounts", agenttest.TestCA().Issue(key, "Aigerim")); err != nil {
		t.Fatalf("StoreCertificate() = %v", err)
	}
	sign := func(when string) {
		t.Helper()
		k, err := tok.Key(t.Context(), id)
		if err != nil {
			t.Fatalf("Key() %s = %v", when, err)
		}
		if _, err := signGOST(k); err != nil {
			t.Errorf("Sign %s = %v", when, err)
		}
	}
	sign("with a certificate")
	raw(t, store, token, func(lib *p11.Ctx, session p11.SessionHandle) {
		if err := lib.DestroyObject(session, public); err != nil {
			t.Fatal(err)
		}
	})
	sign("without its public half")
	if err := tok.(agent.Admin).Delete(t.Context(), certificateOf(t, tok, id)); err != nil {
		t.Fatal(err)
	}
	if _, err := tok.Key(t.Context(), id); !errors.Is(err, agent.ErrNoKey) {
		t.Errorf("Key() without public half and certificate = %v, want ErrNoKey", err)
	}
}

func certificateOf(t *testing.T, tok agent.Token, id []byte) agent.Object {
	t.Helper()
	all, err := tok.(agent.Admin).Objects(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range all {
		if o.Kind == agent.ObjectCertificate && string(o.ID) == string(id) {
			return o
		}
	}
	t.Fatalf("no certificate %q", id)
	panic("unreachable")
}

// While a key is made, which takes long, the token signs with others and tells of
// itself; Close waits for it, as nothing may run in a library that is finalized.
func TestGOSTWhileGenerating(t *testing.T) {
	_, _, fault, tok := gostUSB(t)
	k, ec := generated(t, tok, agent.GOST2004), generated(t, tok, agent.P256)
	hanging, release := fault.Hang(t, "C_GenerateKeyPair")
	made := make(chan error, 1)
	go func() { // ends with the call
		_, err := tok.GenerateKey(t.Context(), agent.KeySpec{ID: []byte("in a while"), Algorithm: agent.GOST2004})
		made <- err
	}()
	hanging()
	if _, err := signGOST(k); err != nil {
		t.Errorf("Sign beside GenerateKey = %v", err)
	}
	mustSign(t, ec)
	if _, err := tok.Info(t.Context()); err != nil {
		t.Errorf("Info beside GenerateKey = %v", err)
	}
	closed := make(chan error, 1)
	go func() { closed <- tok.Close() }() // ends when the key is made
	for !errors.Is(func() error { _, err := signGOST(k); return err }(), agent.ErrTokenLost) {
		runtime.Gosched() // Close has not begun
	}
	select {
	case err := <-closed:
		t.Errorf("Close() = %v while a key is made", err)
	case <-time.After(200 * time.Millisecond): // nothing tells that nothing happens
	}
	release()
	if err := <-made; !errors.Is(err, agent.ErrTokenLost) {
		t.Errorf("GenerateKey beside Close = %v, want ErrTokenLost", err)
	}
	if err := <-closed; err != nil {
		t.Errorf("Close() = %v", err)
	}
}

func TestGOSTFailures(t *testing.T) {
	for _, c := range []struct {
		function string
		code     uint
		want     error
	}{
		{"C_SignInit", p11.CKR_MECHANISM_INVALID, agent.ErrMechanism},
		{"C_Sign", p11.CKR_FUNCTION_FAILED, agent.ErrToken},
		{"C_Sign", p11.CKR_DEVICE_ERROR, agent.ErrTokenLost},
		{"C_FindObjects", p11.CKR_FUNCTION_FAILED, agent.ErrToken},
	} {
		t.Run(fmt.Sprintf("%s answers %#x", c.function, c.code), func(t *testing.T) {
			_, _, fault, tok := gostUSB(t)
			k := generated(t, tok, agent.GOST2004)
			fault.Fail(t, c.function, c.code)
			if signature, err := signGOST(k); !errors.Is(err, c.want) || signature != nil {
				t.Errorf("Sign = %x, %v, want %v", signature, err, c.want)
			}
			fault.Fail(t, c.function, p11.CKR_OK)
			if _, err := signGOST(k); err != nil && !errors.Is(c.want, agent.ErrTokenLost) {
				t.Errorf("Sign afterwards = %v", err)
			}
		})
	}
	t.Run("the token is pulled out during C_Sign", func(t *testing.T) {
		_, _, fault, tok := gostUSB(t)
		k := generated(t, tok, agent.GOST2004)
		fault.Unplug(t, "C_Sign", false)
		if signature, err := signGOST(k); !errors.Is(err, agent.ErrTokenLost) || signature != nil {
			t.Errorf("Sign = %x, %v, want ErrTokenLost", signature, err)
		}
	})
}
