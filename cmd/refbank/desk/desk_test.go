package desk_test

import (
	"errors"
	"path/filepath"
	"testing"

	"qoltanba/agent"
	"qoltanba/agent/agenttest"
	"qoltanba/cmd/refbank/ca"
	"qoltanba/cmd/refbank/desk"
	"qoltanba/cmd/refbank/store"
)

// newDesk returns a desk with the demo client and those tokens connected.
func newDesk(t *testing.T, tokens ...*agenttest.Token) desk.Desk {
	t.Helper()
	dir := t.TempDir()
	authority, err := ca.Open(filepath.Join(dir, "ca"))
	if err != nil {
		t.Fatal(err)
	}
	primary, err := ca.OpenPrimary(filepath.Join(dir, "primary"))
	if err != nil {
		t.Fatal(err)
	}
	s, err := store.Open(filepath.Join(dir, "bank.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	if err := s.AddClient(t.Context(), desk.DemoClient()); err != nil {
		t.Fatal(err)
	}
	return desk.Desk{CA: authority, Primary: primary, Store: s, Tokens: agenttest.NewTokens(tokens...)}
}

func TestPrepare(t *testing.T) {
	for _, name := range []string{"demo", "0001"} {
		for _, algorithm := range []agent.KeyAlgorithm{agent.RSA2048, agent.P256} {
			t.Run("K6 K33 "+name+" "+string(algorithm), func(t *testing.T) {
				d := newDesk(t, agenttest.NewToken("0001", "demo", "12345678"), agenttest.NewToken("0002", "other", "12345678"))
				user := desk.DemoClient().UserID
				cert, err := d.Prepare(t.Context(), user, name, algorithm)
				if err != nil {
					t.Fatal(err)
				}
				client, err := d.Store.ClientByCertificate(t.Context(), cert)
				if err != nil || client.UserID != user {
					t.Errorf("ClientByCertificate = %+v, %v, want %s", client, err, user)
				}
				infos, err := d.Tokens.List(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				for _, info := range infos {
					want := 0
					if info.ID.Serial == "0001" {
						want = 1
					}
					if len(info.Keys) != want {
						t.Errorf("token %s has %d certificates, want %d", info.ID.Serial, len(info.Keys), want)
					} else if want == 1 && string(info.Keys[0].Certificate) != string(cert.Raw) {
						t.Errorf("token %s has another certificate", info.ID.Serial)
					}
				}
			})
		}
	}
}

func TestPrepareRefuses(t *testing.T) {
	user := desk.DemoClient().UserID
	fresh := func() *agenttest.Token { return agenttest.NewToken("0001", "demo", "12345678") }
	used := fresh()
	used.AddKey(agent.P256, "of somebody", "SOMEBODY")
	for _, test := range []struct {
		name   string
		tokens []*agenttest.Token
		user   string
		want   error
	}{
		{"no token", nil, user, agent.ErrNoToken},
		{"two of that label", []*agenttest.Token{fresh(), agenttest.NewToken("0002", "demo", "12345678")}, user, agent.ErrNoToken},
		{"K25 K26 token in use", []*agenttest.Token{used}, user, agent.ErrInvalid},
		{"unknown client", []*agenttest.Token{fresh()}, "nobody", store.ErrNotFound},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := newDesk(t, test.tokens...)
			if _, err := d.Prepare(t.Context(), test.user, "demo", agent.P256); !errors.Is(err, test.want) {
				t.Errorf("Prepare = %v, want %v", err, test.want)
			}
			if c, err := d.Store.Client(t.Context(), user); err != nil || c.Fingerprint != "" {
				t.Errorf("a certificate was registered: %+v, %v", c, err)
			}
		})
	}
	t.Run("other PIN", func(t *testing.T) {
		d := newDesk(t, agenttest.NewToken("0001", "demo", "87654321"))
		_, err := d.Prepare(t.Context(), user, "demo", agent.P256)
		if _, ok := errors.AsType[*agent.PINError](err); !ok {
			t.Errorf("Prepare = %v, want a PINError", err)
		}
	})
}
