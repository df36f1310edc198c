package pkcs11_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	p11 "github.com/miekg/pkcs11"

	"qoltanba/agent/agenttest"
	"qoltanba/agent/agenttest/softhsm"
	"qoltanba/pkcs11"
)

// open opens SoftHSM2 and looks at its slots as often as a test can wait for.
func open(t testing.TB, s *softhsm.Store) *pkcs11.Module {
	t.Helper()
	m, err := pkcs11.Open(s.Module, pkcs11.Options{Poll: 5 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := m.Close(); err != nil {
			t.Errorf("Module.Close() = %v", err)
		}
	})
	return m
}

func TestSoftHSM(t *testing.T) {
	agenttest.TestToken(t, func(t *testing.T) agenttest.Fixture {
		store := softhsm.New(t)
		return fixture(t, store, store.Token(t, "Accounts", "1234"))
	})
}

// readPrivate tries what a thief with the PIN would: it reads the private
// value of a key through a session of its own. The token is open and unlocked,
// so it needs no login.
func readPrivate(t *testing.T, s *softhsm.Store, token *softhsm.Token, id []byte) error {
	lib := p11.New(s.Module)
	session := publicSession(t, lib, token)
	defer lib.CloseSession(session)
	match := []*p11.Attribute{p11.NewAttribute(p11.CKA_CLASS, p11.CKO_PRIVATE_KEY), p11.NewAttribute(p11.CKA_ID, id)}
	if err := lib.FindObjectsInit(session, match); err != nil {
		t.Fatal(err)
	}
	keys, _, err := lib.FindObjects(session, 2)
	if err != nil || len(keys) != 1 {
		t.Fatalf("FindObjects(%x) = %d keys, %v, want 1", id, len(keys), err)
	}
	if err := lib.FindObjectsFinal(session); err != nil {
		t.Fatal(err)
	}
	flags, err := lib.GetAttributeValue(session, keys[0], []*p11.Attribute{
		p11.NewAttribute(p11.CKA_SENSITIVE, nil), p11.NewAttribute(p11.CKA_EXTRACTABLE, nil),
		p11.NewAttribute(p11.CKA_PRIVATE, nil), p11.NewAttribute(p11.CKA_LOCAL, nil),
		p11.NewAttribute(p11.CKA_NEVER_EXTRACTABLE, nil), p11.NewAttribute(p11.CKA_SIGN, nil),
	})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []byte{1, 0, 1, 1, 1, 1} {
		if flags[i].Value[0] != want {
			t.Errorf("attribute %#x of the private key is %d, want %d", flags[i].Type, flags[i].Value[0], want)
		}
	}
	var all []error
	for _, attribute := range []uint{p11.CKA_VALUE, p11.CKA_PRIVATE_EXPONENT, p11.CKA_PRIME_1} {
		_, err := lib.GetAttributeValue(session, keys[0], []*p11.Attribute{p11.NewAttribute(attribute, nil)})
		if err == nil {
			return nil
		}
		all = append(all, fmt.Errorf("attribute %#x: %w", attribute, err))
	}
	return errors.Join(all...)
}

// publicSession opens a session past package pkcs11 in the library that it has
// initialized.
func publicSession(t testing.TB, lib *p11.Ctx, token *softhsm.Token) p11.SessionHandle {
	t.Helper()
	slots, err := lib.GetSlotList(true)
	if err != nil {
		t.Fatal(err)
	}
	for _, slot := range slots {
		if i, err := lib.GetTokenInfo(slot); err == nil && i.SerialNumber == token.ID.Serial {
			session, err := lib.OpenSession(slot, p11.CKF_SERIAL_SESSION|p11.CKF_RW_SESSION)
			if err != nil {
				t.Fatal(err)
			}
			return session
		}
	}
	t.Fatalf("no slot with token %s", token.ID.Serial)
	return 0
}
