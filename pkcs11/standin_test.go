package pkcs11_test

import (
	"context"
	"slices"
	"testing"
	"time"

	p11 "github.com/miekg/pkcs11"

	"qoltanba/agent"
	"qoltanba/pkcs11"
)

// What the tests over stand-ins for hardware share: the virtual card and
// openCryptoki's token.

func openModule(t *testing.T, path string, o pkcs11.Options) *pkcs11.Module {
	t.Helper()
	m, err := pkcs11.Open(path, o)
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

// await watches until the token is there, or is not, and returns how long it
// took.
func await(t *testing.T, m *pkcs11.Module, id agent.TokenID, there bool) time.Duration {
	t.Helper()
	start := time.Now()
	ctx, seen := context.WithTimeout(t.Context(), time.Minute)
	defer seen()
	arrived := false
	m.Watch(ctx, func(all []agent.TokenInfo) {
		if slices.ContainsFunc(all, func(i agent.TokenInfo) bool { return i.ID == id }) == there {
			arrived = true
			seen()
		}
	})
	if !arrived {
		t.Fatalf("Watch did not see token %q there=%v in a minute", id.Serial, there)
	}
	return time.Since(start)
}

// info is how List describes the token.
func info(t *testing.T, m *pkcs11.Module, id agent.TokenID) agent.TokenInfo {
	t.Helper()
	all, err := m.List(t.Context())
	if err != nil {
		t.Fatalf("List() = %v", err)
	}
	i := slices.IndexFunc(all, func(i agent.TokenInfo) bool { return i.ID == id })
	if i < 0 {
		t.Fatalf("List() = %v, want one with %v", all, id)
	}
	return all[i]
}

func login(tok agent.Token, pin string) error {
	return tok.Login(context.Background(), agent.NewSecret([]byte(pin)))
}

// unlocked opens the token and logs in.
func unlocked(t *testing.T, m agent.Tokens, id agent.TokenID, pin string) agent.Token {
	t.Helper()
	tok, err := m.Open(t.Context(), id)
	if err != nil {
		t.Fatalf("Open(%v) = %v", id, err)
	}
	if err := login(tok, pin); err != nil {
		t.Fatalf("Login() = %v", err)
	}
	return tok
}

// asAdministrator runs f in a session past package pkcs11 that has logged in as
// the security officer, in the library that the package has initialized.
func asAdministrator(t *testing.T, module string, slot uint, so string, f func(lib *p11.Ctx, session p11.SessionHandle) error) error {
	t.Helper()
	lib := p11.New(module)
	session, err := lib.OpenSession(slot, p11.CKF_SERIAL_SESSION|p11.CKF_RW_SESSION)
	if err != nil {
		t.Fatal(err)
	}
	defer lib.CloseSession(session)
	if err := lib.Login(session, p11.CKU_SO, so); err != nil {
		return err
	}
	defer lib.Logout(session)
	return f(lib, session)
}

// unblock sets the user PIN anew.
func unblock(t *testing.T, module string, so, pin string) error {
	t.Helper()
	return asAdministrator(t, module, 0, so, func(lib *p11.Ctx, session p11.SessionHandle) error {
		return lib.InitPIN(session, pin)
	})
}

// rsaTokens makes the contract run over tokens that know RSA only: where it
// generates any key, which is one on a curve, they generate an RSA key.
type rsaTokens struct{ agent.Tokens }

func (r rsaTokens) Open(ctx context.Context, id agent.TokenID) (agent.Token, error) {
	t, err := r.Tokens.Open(ctx, id)
	if err != nil {
		return nil, err
	}
	return rsaToken{t}, nil
}

type rsaToken struct{ agent.Token }

func (r rsaToken) GenerateKey(ctx context.Context, spec agent.KeySpec) (agent.Key, error) {
	if spec.Algorithm == agent.P256 || spec.Algorithm == agent.P384 {
		spec.Algorithm = agent.RSA2048
	}
	return r.Token.GenerateKey(ctx, spec)
}
