package pkcs11_test

import (
	"bytes"
	"crypto"
	"errors"
	"testing"

	p11 "github.com/miekg/pkcs11"

	"qoltanba/agent"
	"qoltanba/agent/agenttest"
	"qoltanba/agent/agenttest/softhsm"
)

// The trap that Login has to avoid: SoftHSM, like others, does not look at the
// PIN when the token is logged in already.
func TestSecondLoginTrap(t *testing.T) {
	s := softhsm.New(t)
	token := s.Token(t, "Accounts", "1234")
	tok := openToken(t, open(t, s), token)
	raw(t, s, token, func(lib *p11.Ctx, session p11.SessionHandle) {
		if err := lib.Login(session, p11.CKU_USER, "wrong"); err != p11.Error(p11.CKR_USER_ALREADY_LOGGED_IN) {
			t.Errorf("C_Login(wrong) beside a login = %v, want CKR_USER_ALREADY_LOGGED_IN", err)
		}
	})
	var pin *agent.PINError
	if err := tok.Login(t.Context(), agent.NewSecret([]byte("wrong"))); !errors.As(err, &pin) {
		t.Errorf("Login(wrong) beside a login = %v, want a PINError", err)
	}
	if pin.Retries != agent.RetriesLow {
		t.Errorf("Login(wrong) tells %d tries, want RetriesLow as SoftHSM's flag has it", pin.Retries)
	}
}

// Another part of the process may log the token out, or out and in, which
// kills the handles of its keys.
func TestLoginElsewhere(t *testing.T) {
	s := softhsm.New(t)
	token := s.Token(t, "Accounts", "1234")
	tok := openToken(t, open(t, s), token)
	k := newKey(t, tok, agent.P256)
	raw(t, s, token, func(lib *p11.Ctx, session p11.SessionHandle) {
		if err := lib.Logout(session); err != nil {
			t.Fatal(err)
		}
		if err := lib.Login(session, p11.CKU_USER, token.PIN); err != nil {
			t.Fatal(err)
		}
		mustSign(t, k)
		if err := lib.Logout(session); err != nil {
			t.Fatal(err)
		}
	})
	if _, err := k.Sign(nil, make([]byte, 32), crypto.SHA256); !errors.Is(err, agent.ErrLocked) {
		t.Errorf("Sign after a logout elsewhere = %v, want ErrLocked", err)
	}
	if err := tok.Login(t.Context(), agent.NewSecret([]byte(token.PIN))); err != nil {
		t.Fatalf("Login() = %v", err)
	}
	mustSign(t, k)
}

func TestKeyDestroyed(t *testing.T) {
	s := softhsm.New(t)
	token := s.Token(t, "Accounts", "1234")
	m := open(t, s)
	tok := openToken(t, m, token)
	k := newKey(t, tok, agent.P256)
	mustSign(t, k)
	remove(t, s, token, k.ID())
	if _, err := k.Sign(nil, make([]byte, 32), crypto.SHA256); !errors.Is(err, agent.ErrTokenLost) {
		t.Errorf("Sign with a destroyed key = %v, want ErrTokenLost", err)
	}
	mustSign(t, newKey(t, openToken(t, m, token), agent.P256)) // a new session is good
}

// Certificates of a CA lie on many tokens. Before login they cannot be told
// from those of private keys that are hidden; after it they can.
func TestCertificateWithoutKey(t *testing.T) {
	s := softhsm.New(t)
	token := s.Token(t, "Accounts", "1234")
	tok := openToken(t, open(t, s), token)
	k := newKey(t, tok, agent.P256)
	root := agenttest.TestCA().Certificate()
	raw(t, s, token, func(lib *p11.Ctx, session p11.SessionHandle) {
		create := func(id, value []byte) {
			_, err := lib.CreateObject(session, []*p11.Attribute{
				p11.NewAttribute(p11.CKA_CLASS, p11.CKO_CERTIFICATE),
				p11.NewAttribute(p11.CKA_CERTIFICATE_TYPE, p11.CKC_X_509),
				p11.NewAttribute(p11.CKA_TOKEN, true), p11.NewAttribute(p11.CKA_PRIVATE, false),
				p11.NewAttribute(p11.CKA_SUBJECT, root.RawSubject),
				p11.NewAttribute(p11.CKA_ID, id), p11.NewAttribute(p11.CKA_VALUE, value),
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		create([]byte("root"), root.Raw)
		create([]byte("broken"), root.Raw[:40])
		create(nil, root.Raw)
	})
	ids := func() (ids [][]byte) {
		keys, err := tok.Keys(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, k := range keys {
			ids = append(ids, k.ID())
		}
		return ids
	}
	if got := ids(); len(got) != 1 || !bytes.Equal(got[0], k.ID()) {
		t.Errorf("Keys() while unlocked = %q, want only %q", got, k.ID())
	}
	if err := tok.Logout(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := ids(); len(got) != 2 {
		t.Errorf("Keys() while locked = %q, want %q and the root", got, k.ID())
	}
}
