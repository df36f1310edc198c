package main

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"io"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"qoltanba/agent"
	"qoltanba/agent/agenttest"
	"qoltanba/agent/bank"
	"qoltanba/agent/gost"
	"qoltanba/agent/keyfile"
	"qoltanba/cmd/refbank/ca"
)

// described is the rule by which the bank's descriptor has agents know primary keys.
func described(t *testing.T, dir string) agent.PrimaryRule {
	t.Helper()
	d, err := bank.Parse([]byte(run(t, "descriptor", "--dir", dir, "--est", "https://localhost:8444")))
	if err != nil {
		t.Fatal(err)
	}
	config, err := d.Enrollment.Config()
	if err != nil || config.EST.String() != "https://localhost:8444/.well-known/est" || config.Registration.String() != "https://localhost:8444/registration" {
		t.Errorf("enrollment = %+v, %v", config, err)
	}
	rule, err := d.Enrollment.Primary()
	if err != nil {
		t.Fatal(err)
	}
	return rule
}

// The descriptor tells the primary keys that this bank hands out from the certificates
// that it issues.
func TestK5PrimaryKeysAreKnown(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "bank")
	rule := described(t, dir)
	byIssuer, byPolicy := agent.PrimaryRule{Issuers: rule.Issuers}, agent.PrimaryRule{Policies: rule.Policies}
	authority, err := ca.Open(filepath.Join(dir, "ca"))
	if err != nil {
		t.Fatal(err)
	}
	primary, err := ca.OpenPrimary(filepath.Join(dir, "primary"))
	if err != nil {
		t.Fatal(err)
	}
	ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range []crypto.Signer{ec, gost.GenerateKey(gost.Kazakh2015), gost.GenerateKey(gost.Kazakh2004)} {
		cert, err := primary.Issue(key.Public(), ca.Subject{}, time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		if !byIssuer.Matches(cert) || !byPolicy.Matches(cert) {
			t.Errorf("%T: a primary key is known by its issuer: %v, by its policy: %v", key, byIssuer.Matches(cert), byPolicy.Matches(cert))
		}
		if cert, err = authority.IssueClient(key.Public(), ca.Subject{}, time.Hour); err != nil {
			t.Fatal(err)
		}
		if rule.Matches(cert) {
			t.Errorf("%T: a client's certificate counts as that of a primary key", key)
		}
	}
}

// TestK5KeyPfxSignsNothing gives an agent the Key.pfx that this bank handed out, as a
// key file to log in and to sign with.
func TestK5KeyPfxSignsNothing(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "bank")
	rule := described(t, dir)
	for _, algorithm := range []string{"RSA-2048", "P-256"} {
		t.Run(algorithm, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "Key.pfx")
			out := run(t, "card", "--dir", dir, "--key-file", file, "--algorithm", algorithm)
			_, rest, _ := strings.Cut(out, "\npin ")
			pin, _, _ := strings.Cut(rest, "\n")
			history, person := agenttest.NewHistory(), agenttest.NewPerson(pin)
			for name, test := range map[string]struct {
				rule agent.PrimaryRule
				want error
			}{
				"descriptor":    {rule, agent.ErrPrimary},
				"no descriptor": {agent.PrimaryRule{}, nil}, // the rule alone is what refuses it
			} {
				a := newAgent(t, file, person, history, test.rule)
				before := len(history.Records())
				for use, err := range uses(t, a, person) {
					if !errors.Is(err, test.want) {
						t.Errorf("%s: %s = %v, want %v", name, use, err, test.want)
					}
				}
				if n := len(history.Records()) - before; (n > 0) != (test.want == nil) {
					t.Errorf("%s: %d history records", name, n)
				}
			}
		})
	}
}

// uses tries all that a key can be used for, and returns what came of it.
func uses(t *testing.T, a *agent.Agent, person agent.Prompter) map[string]error {
	t.Helper()
	origin, err := a.Admit(t.Context(), "https://ib.refbank.test")
	if err != nil {
		t.Fatal(err)
	}
	page := a.Connect(origin, func(agent.Event) {})
	defer page.Close()
	document := agent.SignRequest{
		Documents: []agent.Document{{Name: "order.txt", MediaType: "text/plain", Data: []byte("pay")}},
		Profile:   a.Status().Profiles[0].ID,
	}
	_, local := a.Local(person).Sign(t.Context(), document, nil)
	_, _, login := page.Authenticate(t.Context(), base64.StdEncoding.EncodeToString(make([]byte, 33)))
	_, open := page.OpenSession(t.Context(), "")
	return map[string]error{"Sign": local, "Authenticate": login, "OpenSession": open}
}

func newAgent(t *testing.T, file string, person agent.Prompter, history agent.History, rule agent.PrimaryRule) *agent.Agent {
	t.Helper()
	a, err := agent.New(agent.Config{
		Version: "test", Prompter: person, Vault: agenttest.NewVault(), History: history, Dir: t.TempDir(), TempDir: t.TempDir(),
		Tokens:   keyfile.NewSet(keyfile.Config{Drives: func() []string { return nil }, Files: []string{file}}),
		Banks:    []agent.Bank{{Names: map[string]string{"en": "Bank"}, Origins: []string{"https://ib.refbank.test"}, Trusted: true, Primary: rule}},
		Site:     func(host string) string { return host },
		OpenFile: func(string) error { return nil },
		Logger:   slog.New(slog.NewTextHandler(io.Discard, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	looked := make(chan struct{}, 1)
	stopLooking := a.Subscribe(func(s agent.Status) {
		if s.Looked {
			select {
			case looked <- struct{}{}:
			default:
			}
		}
	})
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { // ended and waited for at the end of the test
		defer close(done)
		a.Run(ctx)
	}()
	t.Cleanup(func() {
		stop()
		<-done
	})
	<-looked
	stopLooking()
	return a
}
