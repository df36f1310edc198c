package keyfile_test

import (
	"context"
	"crypto"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"qoltanba/agent"
	"qoltanba/agent/agenttest"
	"qoltanba/agent/cms"
	"qoltanba/agent/gost"
)

const site = "https://ib.refbank.test"

// A desk is an agent with key files and a token, and a person who knows the
// password of all.
type desk struct {
	t       *testing.T
	agent   *agent.Agent
	token   *agenttest.Token
	tokens  *agenttest.Tokens
	person  *agenttest.Person
	history *agenttest.History
}

func newDesk(t *testing.T, files agent.Tokens, banks ...agent.Bank) *desk {
	t.Helper()
	d := &desk{t: t, token: agenttest.NewToken("A1", "Accounts", password), tokens: agenttest.NewTokens(),
		person: agenttest.NewPerson(password), history: agenttest.NewHistory()}
	a, err := agent.New(agent.Config{
		Version: "test", Tokens: agent.JoinTokens(d.tokens, files), Prompter: d.person, Vault: agenttest.NewVault(),
		History: d.history, Dir: t.TempDir(), TempDir: t.TempDir(),
		Banks:    append(banks, agent.Bank{Names: map[string]string{"en": "Bank"}, Origins: []string{site}, Trusted: true}),
		Site:     func(host string) string { return host },
		OpenFile: func(string) error { return nil },
		Logger:   slog.New(slog.NewTextHandler(io.Discard, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	d.agent = a
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
	d.until(func(s agent.Status) bool { return s.Looked })
	return d
}

// until waits for a status.
func (d *desk) until(is func(agent.Status) bool) agent.Status {
	d.t.Helper()
	news := make(chan struct{}, 1)
	defer d.agent.Subscribe(func(agent.Status) {
		select {
		case news <- struct{}{}:
		default:
		}
	})()
	for {
		if s := d.agent.Status(); is(s) {
			return s
		}
		<-news
	}
}

// page connects a page of the bank.
func (d *desk) page() *agent.Client {
	d.t.Helper()
	o, err := d.agent.Admit(d.t.Context(), site)
	if err != nil {
		d.t.Fatal(err)
	}
	c := d.agent.Connect(o, func(agent.Event) {})
	d.t.Cleanup(c.Close)
	return c
}

func order() agent.SignRequest {
	return agent.SignRequest{Documents: []agent.Document{{Name: "order.txt", MediaType: "text/plain", Data: []byte("pay")}}}
}

func challenge() string { return base64.StdEncoding.EncodeToString(make([]byte, 33)) }

// TestSign has the agent log in and sign with a file that shows nothing before its
// password.
func TestSign(t *testing.T) {
	for name, key := range map[string]crypto.Signer{"RS256": rsaKey(), "ES256": p256()} {
		t.Run(name, func(t *testing.T) {
			dir := drive(t, map[string][]byte{"Key.pfx": usual(t, key, modern...)})
			d := newDesk(t, set(dir))
			p := d.agent.Status().Profiles
			if len(p) != 1 || p[0].Name != "Key.pfx" || p[0].Empty || !p[0].KeyFile || p[0].Subject != "" {
				t.Fatalf("profiles = %+v, want the file by its name, to be chosen", p)
			}
			if err := d.agent.Prefer(p[0].ID); err != nil {
				t.Fatal(err)
			}
			d.person.Do(agenttest.PIN("wrong", password))
			c := d.page()
			token, session, err := c.Authenticate(t.Context(), challenge())
			if err != nil || token.Algorithm != name || session.Subject != "Aigerim Serikova" {
				t.Fatalf("Authenticate = %+v, %+v, %v", token, session, err)
			}
			if tries := d.person.Shown()[0].Tries; len(tries) != 2 || !isPINError(tries[0]) {
				t.Errorf("tries = %v, want a PINError first", tries)
			}
			// The session is with the key that was found.
			result, err := c.Sign(t.Context(), order(), nil)
			if err != nil || !result.Complete {
				t.Fatalf("Sign = %+v, %v", result, err)
			}
			if _, err := cms.Verify(result.Signatures[0].CMS, cms.VerifyOptions{Roots: []*x509.Certificate{agenttest.TestCA().Certificate()}}); err != nil {
				t.Errorf("the signature does not verify: %v", err)
			}
			q := agenttest.Asked[agent.ConsentQuestion](d.person)
			if len(q) != 1 || q[0].Profile.Subject != "Aigerim Serikova" {
				t.Errorf("consent shown: %+v", q)
			}
			p = d.agent.Status().Profiles
			if len(p) != 1 || p[0].Subject != "Aigerim Serikova" || p[0].Unlocked || !p[0].Preferred {
				t.Errorf("profiles = %+v, want the certificate's, locked and preferred", p)
			}
		})
	}
}

// TestSignGOST has the agent sign with GOST keys of both countries, in all encodings.
func TestSignGOST(t *testing.T) {
	files := map[string][]byte{
		"GOST R 34.10-2012 256": russian(t, "gost2012_256"),
		"GOST R 34.10-2012 512": russian(t, "gost2012_512"),
	}
	for _, p := range []*gost.Params{gost.Kazakh2004, gost.Kazakh2015} {
		key, cert := certified(p)
		files[p.String()] = made{keys: [][]byte{key}, certificates: [][]byte{cert}}.encode(t, password)
	}
	for name, data := range files {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t, set(drive(t, map[string][]byte{"GOST.pfx": data})))
			c := d.page()
			session, err := c.OpenSession(t.Context(), "")
			if err != nil {
				t.Fatal(err)
			}
			own, err := gost.ParseCertificate(session.Certificate)
			if err != nil {
				t.Fatal(err)
			}
			for _, detached := range []bool{false, true} {
				r := order()
				r.Detached = detached
				result, err := c.Sign(t.Context(), r, nil)
				if err != nil || !result.Complete {
					t.Fatalf("Sign = %+v, %v", result, err)
				}
				o := cms.VerifyOptions{Roots: []*x509.Certificate{own}}
				if detached {
					o.Content = r.Documents[0].Data
				}
				if v, err := cms.Verify(result.Signatures[0].CMS, o); err != nil || v.Origin != site {
					t.Errorf("detached %v: Verify = %+v, %v", detached, v, err)
				}
			}
			if n := len(d.history.Records()); n != 2 {
				t.Errorf("%d history records, want 2", n)
			}
		})
	}
}

// The command line names a file that was never opened.
func TestSignLocal(t *testing.T) {
	d := newDesk(t, set(drive(t, map[string][]byte{"Key.pfx": usual(t, p256(), modern...)})))
	r := order()
	r.Profile = d.agent.Status().Profiles[0].ID
	if result, err := d.agent.Local(d.person).Sign(t.Context(), r, nil); err != nil || !result.Complete {
		t.Errorf("Sign = %+v, %v", result, err)
	}
}

// sealing hides what files show before a login.
type sealing struct{ agent.Tokens }

func (s sealing) List(ctx context.Context) ([]agent.TokenInfo, error) {
	all, err := s.Tokens.List(ctx)
	return hide(all), err
}

func (s sealing) Watch(ctx context.Context, changed func([]agent.TokenInfo)) error {
	return s.Tokens.Watch(ctx, func(all []agent.TokenInfo) { changed(hide(all)) })
}

func hide(all []agent.TokenInfo) []agent.TokenInfo {
	all = slices.Clone(all)
	for i := range all {
		all[i].Keys, all[i].Sealed = nil, true
	}
	return all
}

// A file with several keys that it hid leaves the choice to the person.
func TestSeveralKeys(t *testing.T) {
	s := set(drive(t, map[string][]byte{"Key.pfx": everything().encode(t, password)}))
	d := newDesk(t, sealing{s})
	c := d.page()
	if _, err := c.OpenSession(t.Context(), ""); !errors.Is(err, agent.ErrNoKey) {
		t.Errorf("OpenSession = %v, want ErrNoKey", err)
	}
}

// deaf tells of nothing but what was there at the start.
type deaf struct{ agent.Tokens }

func (s deaf) Watch(ctx context.Context, changed func([]agent.TokenInfo)) error {
	first := true
	return s.Tokens.Watch(ctx, func(all []agent.TokenInfo) {
		if first {
			changed(all)
		}
		first = false
	})
}

// The agent knows what a file holds as soon as it was opened, before Watch tells.
func TestKnownAfterLogin(t *testing.T) {
	d := newDesk(t, deaf{set(drive(t, map[string][]byte{"Key.pfx": usual(t, p256(), modern...)}))})
	c := d.page()
	if _, err := c.OpenSession(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	if p := d.agent.Status().Profiles; len(p) != 1 || p[0].Subject != "Aigerim Serikova" {
		t.Errorf("profiles = %+v, want the certificate's", p)
	}
}

// TestPulled pulls the drive between two signatures.
func TestPulled(t *testing.T) {
	data := usual(t, p256(), modern...)
	dir := drive(t, map[string][]byte{"Key.pfx": data})
	d := newDesk(t, set(dir))
	c := d.page()
	if _, err := c.OpenSession(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(dir, "Key.pfx")); err != nil {
		t.Fatal(err)
	}
	d.until(func(s agent.Status) bool { return len(s.Profiles) == 0 })
	if _, err := c.Sign(t.Context(), order(), nil); !errors.Is(err, agent.ErrNoSession) {
		t.Errorf("Sign without the drive = %v, want ErrNoSession", err)
	}
	write(t, filepath.Join(dir, "Key.pfx"), data)
	d.until(func(s agent.Status) bool { return len(s.Profiles) == 1 })
}

// A primary key is found out when its file was opened: it is a file that cannot
// sign from then on.
func TestK5SealedPrimaryKey(t *testing.T) {
	d := newDesk(t, set(drive(t, map[string][]byte{"Key.pfx": usual(t, p256(), modern...)})),
		agent.Bank{Primary: agent.PrimaryRule{Issuers: []*x509.Certificate{agenttest.TestCA().Certificate()}}})
	c := d.page()
	local := order()
	local.Profile = d.agent.Status().Profiles[0].ID
	for name, use := range map[string]func() error{
		"Authenticate": func() error { _, _, err := c.Authenticate(t.Context(), challenge()); return err },
		"OpenSession":  func() error { _, err := c.OpenSession(t.Context(), ""); return err },
		"Sign":         func() error { _, err := d.agent.Local(d.person).Sign(t.Context(), local, nil); return err },
	} {
		if err := use(); !errors.Is(err, agent.ErrPrimary) {
			t.Errorf("%s = %v, want ErrPrimary", name, err)
		}
	}
	p := d.agent.Status().Profiles
	if len(p) != 1 || !p[0].Empty || p[0].Name != "Key.pfx -?" || p[0].Subject != "" || p[0].Unlocked {
		t.Errorf("profiles = %+v, want one that cannot sign", p)
	}
	if len(d.history.Records()) != 0 {
		t.Errorf("history = %v", d.history.Records())
	}
}

// Key files do not count among the tokens of which one alone may be connected, and
// the token panel has none of them.
func TestK20K21KeyFilesDoNotCount(t *testing.T) {
	d := newDesk(t, set(drive(t, map[string][]byte{"GOST.pfx": usual(t, p256(), modern...), "Key.pfx": usual(t, p384(), modern...)})))
	d.tokens.Insert(d.token)
	s := d.until(func(s agent.Status) bool { return len(s.Profiles) == 3 })
	if !strings.HasSuffix(s.Profiles[0].Name, "-?") || s.Profiles[0].KeyFile {
		t.Errorf("profiles = %+v, want the token first", s.Profiles)
	}
	file := s.Profiles[1].ID.Token
	d.person.Do(agenttest.Panel(func(_ agent.TokenPanel, do func(agent.TokenAction) error, next func(func(agent.TokenPanel) bool) agent.TokenPanel) {
		p := next(func(p agent.TokenPanel) bool { return len(p.Tokens) > 0 && p.Tokens[0].Details != nil })
		if len(p.Tokens) != 1 || p.Tokens[0].Info.ID != d.token.ID() || p.Tokens[0].Refusal != "" || p.Tokens[0].Registration != "" {
			t.Errorf("K20 K21 the panel has %+v, want the token, which may be formatted and registered", p.Tokens)
		}
		admin := func() *agent.Secret { return agent.NewSecret([]byte(agent.DefaultAdminPIN)) }
		for _, kind := range []agent.TokenActionKind{agent.TokenFormat, agent.TokenEnterPIN, agent.TokenChangePIN} {
			if err := do(agent.TokenAction{Kind: kind, Token: file, Old: admin(), New: admin()}); !errors.Is(err, agent.ErrMechanism) {
				t.Errorf("%s with a key file = %v, want ErrMechanism", kind, err)
			}
		}
		if err := do(agent.TokenAction{Kind: agent.TokenFormat, Token: d.token.ID(), Label: "Main", Old: admin()}); err != nil {
			t.Errorf("K19 format beside key files = %v", err)
		}
	}))
	if err := d.agent.ShowToken(t.Context(), agent.PageToken, agent.TokenID{}); err != nil {
		t.Fatal(err)
	}
	d.person.Do(agenttest.Wizard(func(s agent.WizardState, _ func(agent.WizardAction) error, _ func(func(agent.WizardState) bool) agent.WizardState) {
		if s.Refusal != "" || len(s.Profiles) != 1 || s.Profiles[0].ID.Token != d.token.ID() {
			t.Errorf("K21 the wizard refuses with %q and offers %+v, want the token alone", s.Refusal, s.Profiles)
		}
	}))
	if err := d.agent.ShowWizard(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func TestPasswordIsNotChanged(t *testing.T) {
	d := newDesk(t, set(drive(t, map[string][]byte{"Key.pfx": usual(t, p256(), modern...)})))
	d.person.Do(agenttest.NewPIN(password, "Qoltan58"))
	if err := d.agent.ChangePIN(t.Context()); !errors.Is(err, agent.ErrReadOnly) {
		t.Errorf("ChangePIN = %v, want ErrReadOnly", err)
	}
}
