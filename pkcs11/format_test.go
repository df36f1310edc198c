package pkcs11_test

import (
	"errors"
	"testing"

	"qoltanba/agent"
	"qoltanba/agent/agenttest/softhsm"
	"qoltanba/pkcs11"
)

func format(t *testing.T, m *pkcs11.Module, id agent.TokenID) error {
	t.Helper()
	tok, err := m.Open(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	defer tok.Close()
	return tok.(agent.Admin).Format(t.Context(), agent.NewSecret([]byte(softhsm.SOPIN)),
		agent.Format{Label: "New", PIN: agent.NewSecret([]byte(agent.DefaultPIN))})
}

// A second token that comes between the person's decision and C_InitToken.
func TestFormatBesideAnother(t *testing.T) {
	store, token, fault := usb(t)
	other := store.Token(t, "Other", "5678")
	fault.Hide(t, other.ID.Serial)
	m := open(t, store)
	tok := openToken(t, m, token)
	newKey(t, tok, agent.P256)
	fault.Show(t, other.ID.Serial)
	err := tok.(agent.Admin).Format(t.Context(), agent.NewSecret([]byte(softhsm.SOPIN)), agent.Format{PIN: agent.NewSecret([]byte(agent.DefaultPIN))})
	if !errors.Is(err, agent.ErrManyTokens) {
		t.Fatalf("K24 Format beside another token = %v, want ErrManyTokens", err)
	}
	all, err := m.List(t.Context())
	if err != nil || len(all) != 2 {
		t.Fatalf("List() = %v, %v", all, err)
	}
	for _, i := range all {
		if i.ID == token.ID && len(i.Keys) != 1 {
			t.Errorf("K24 the token has %d certificates, want the one it had", len(i.Keys))
		}
	}
}

// Another token in the place of the one that was meant.
func TestFormatAfterAnExchange(t *testing.T) {
	store, token, fault := usb(t)
	other := store.Token(t, "Other", "5678")
	fault.Hide(t, other.ID.Serial)
	m := open(t, store)
	tok, err := m.Open(t.Context(), token.ID)
	if err != nil {
		t.Fatal(err)
	}
	fault.Hide(t, token.ID.Serial)
	fault.Show(t, other.ID.Serial)
	err = tok.(agent.Admin).Format(t.Context(), agent.NewSecret([]byte(softhsm.SOPIN)), agent.Format{PIN: agent.NewSecret([]byte(agent.DefaultPIN))})
	if !errors.Is(err, agent.ErrTokenLost) {
		t.Errorf("K24 Format after an exchange = %v, want ErrTokenLost", err)
	}
	again, err := m.Open(t.Context(), other.ID)
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if err := loginErr(again, "5678"); err != nil {
		t.Errorf("the other token's PIN: %v", err)
	}
}

// K45: a token that goes while it is formatted says what state it is in, and can
// be formatted once it is back.
func TestFormatCutOff(t *testing.T) {
	for _, c := range []struct {
		name, function string
		before         bool
		want           error
		key            bool // is there afterwards
	}{
		{"K45 before it was erased", "C_InitToken", true, agent.ErrFormatUnknown, true},
		{"K45 while it was erased", "C_InitToken", false, agent.ErrFormatUnknown, false},
		{"K45 before its PIN was set", "C_InitPIN", true, agent.ErrFormatErased, false},
		{"K45 while its PIN was set", "C_InitPIN", false, agent.ErrFormatErased, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			store, token, fault := usb(t)
			m := open(t, store)
			newKey(t, openToken(t, m, token), agent.P256)
			fault.Unplug(t, c.function, c.before)
			if err := format(t, m, token.ID); !errors.Is(err, c.want) || !errors.Is(err, agent.ErrTokenLost) {
				t.Fatalf("Format() = %v, want %v and ErrTokenLost", err, c.want)
			}
			fault.Show(t, token.ID.Serial)
			all, err := m.List(t.Context())
			if err != nil || len(all) != 1 || (len(all[0].Keys) == 1) != c.key {
				t.Fatalf("List() = %+v, %v, want the key there: %t", all, err, c.key)
			}
			if err := format(t, m, token.ID); err != nil {
				t.Fatalf("Format() when it is back = %v", err)
			}
			tok, err := m.Open(t.Context(), token.ID)
			if err != nil {
				t.Fatal(err)
			}
			defer tok.Close()
			if err := loginErr(tok, agent.DefaultPIN); err != nil {
				t.Errorf("Login(12345678) = %v", err)
			}
		})
	}
}

// A token as it comes from the factory.
func TestFormatBlank(t *testing.T) {
	store, token, fault := usb(t)
	fault.Blank(t, token.ID.Serial)
	m := open(t, store)
	all, err := m.List(t.Context())
	if err != nil || len(all) != 1 || all[0].Initialized {
		t.Fatalf("List() = %+v, %v, want one that was never formatted", all, err)
	}
	if err := format(t, m, all[0].ID); err != nil {
		t.Fatalf("Format() = %v", err)
	}
	all, err = m.List(t.Context())
	if err != nil || len(all) != 1 || !all[0].Initialized || all[0].Label != "New" {
		t.Errorf("List() = %+v, %v, want it formatted", all, err)
	}
}

// A device that went and came between two looks: one look is without it, so that
// nobody goes on believing that it is unlocked.
func TestQuickReplugIsSeen(t *testing.T) {
	store, token, fault := usb(t)
	m := open(t, store)
	openToken(t, m, token)
	fault.Hide(t, token.ID.Serial)
	fault.Show(t, token.ID.Serial)
	for _, want := range []int{0, 1} {
		all, err := m.List(t.Context())
		if err != nil || len(all) != want {
			t.Errorf("List() = %d tokens, %v, want %d", len(all), err, want)
		}
	}
}

// One look passes over a second token that was replugged a moment ago: not the
// one before C_InitToken.
func TestFormatBesideAReplugged(t *testing.T) {
	store, token, fault := usb(t)
	other := store.Token(t, "Other", "5678")
	m := open(t, store)
	tok := openToken(t, m, token)
	openToken(t, m, other)
	fault.Hide(t, other.ID.Serial)
	fault.Show(t, other.ID.Serial)
	err := tok.(agent.Admin).Format(t.Context(), agent.NewSecret([]byte(softhsm.SOPIN)), agent.Format{PIN: agent.NewSecret([]byte(agent.DefaultPIN))})
	if !errors.Is(err, agent.ErrManyTokens) {
		t.Errorf("K24 Format beside a token that was replugged = %v, want ErrManyTokens", err)
	}
}
