package main

import (
	"context"
	"crypto"
	"crypto/x509"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"qoltanba/agent"
	"qoltanba/agent/agenttest"
	"qoltanba/ui/text"
)

const (
	counterUser, counterPIN = "qq111111_qwertyui", "AB7KQ2MZ"
	counterPassword         = "k7m2p9x4"
)

// A counter is where somebody registers in a terminal: tokens, banks and a home that
// outlive the agent.
type counter struct {
	t       *testing.T
	tokens  *agenttest.Tokens
	token   *agenttest.Token
	through agent.Tokens // what the agent sees of tokens
	banks   []*counterBank
	history *agenttest.History
	dir     string
	keyFile string
}

// counterBank takes P-256 keys, which are made at once, and refuses to certify while
// refuse is set.
type counterBank struct {
	*agenttest.Bank
	host    string
	primary agent.PrimaryKey
	periods []int

	mu     sync.Mutex
	refuse error
	unsure error // what the first question about an applicant is answered with
}

func (b *counterBank) Check(ctx context.Context, a agent.Applicant) (agent.Terms, error) {
	terms, err := b.Bank.Check(ctx, a)
	terms.Algorithms = []agent.KeyAlgorithm{agent.P256}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.periods != nil {
		terms.Months = b.periods
	}
	if b.unsure != nil {
		err, b.unsure = b.unsure, nil
	}
	return terms, err
}

func (b *counterBank) Submit(ctx context.Context, a agent.Applicant, key crypto.Signer) (*x509.Certificate, error) {
	b.mu.Lock()
	refuse := b.refuse
	b.mu.Unlock()
	if refuse != nil {
		return nil, refuse
	}
	return b.Bank.Submit(ctx, a, key)
}

// allow ends the refusal while an agent runs.
func (b *counterBank) allow() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.refuse = nil
}

// newCounter has an empty token, and a bank for each host.
func newCounter(t *testing.T, hosts ...string) *counter {
	t.Helper()
	c := &counter{t: t, token: agenttest.NewToken("C3", "", agent.DefaultPIN), history: agenttest.NewHistory(), dir: t.TempDir(),
		keyFile: filepath.Join(t.TempDir(), "Key.pfx")}
	c.tokens = agenttest.NewTokens(c.token)
	c.through = c.tokens
	for _, host := range hosts {
		b := &counterBank{Bank: agenttest.NewBank(), host: host}
		b.primary = b.AddClient(counterUser, counterPIN, 12, 24).Primary
		c.banks = append(c.banks, b)
	}
	if err := os.WriteFile(c.keyFile, []byte("key file"), 0o600); err != nil {
		t.Fatal(err)
	}
	return c
}

// enroll runs the wizard in a terminal, over an agent of its own, while a person works
// it, and returns how it ended.
func (c *counter) enroll(w terminalWizard, person func(k *keyboard)) (k *keyboard, err error) {
	c.t.Helper()
	k = newKeyboard(c.t)
	w.terminal = k.terminal
	config := agent.Config{
		Version: "test", Tokens: c.through, Prompter: nobody{}, Vault: agenttest.NewVault(), History: c.history, Dir: c.dir, TempDir: c.dir,
		Language: "en", Logger: slog.New(slog.NewTextHandler(io.Discard, nil)),
		Site:     func(host string) string { return host },
		OpenFile: func(string) error { return errors.ErrUnsupported },
		ReadPrimary: func(_ []byte, password *agent.Secret) (agent.PrimaryKey, error) {
			if string(password.Bytes()) != counterPIN {
				return agent.PrimaryKey{}, agent.ErrCredentials
			}
			return c.banks[len(c.banks)-1].primary, nil
		},
	}
	for _, b := range c.banks {
		config.Banks = append(config.Banks, agent.Bank{Names: map[string]string{"en": strings.ToUpper(b.host)}, Trusted: true, Enroller: b, Host: b.host,
			Help: agent.DriverHelp{Phones: []string{"+7 727 000 00 00"}}})
	}
	a, err := agent.New(config)
	if err != nil {
		c.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(c.t.Context())
	var group sync.WaitGroup
	group.Go(func() { a.Run(ctx) })
	defer group.Wait()
	defer cancel()
	b := &body{agent: a}
	b.awaitToken(ctx)
	ended := make(chan error, 1)
	group.Go(func() {
		client := a.Local(&w)
		defer client.Close()
		ended <- client.ShowWizard(ctx)
	})
	person(k)
	return k, <-ended
}

// The parts of a registration, as a person types them.
func (k *keyboard) unlocks(password string) { k.hides("Password: ", password) }

func (k *keyboard) applies(c *counter, userID string) {
	k.types("User ID", userID)
	k.hides("PIN: ", counterPIN)
	k.types("Key file", c.keyFile)
	k.types("Enter means yes.) Type yes or no:", "")
}

func (k *keyboard) names() {
	k.types("Token Name: ", "Accounts")
	k.hides("New password: ", counterPassword)
	k.hides(text.EN.T(text.ChangeRepeat)+": ", counterPassword)
}

func (k *keyboard) begins(c *counter) {
	k.unlocks(agent.DefaultPIN)
	k.types("Create the profile? Type yes or no:", "yes")
	k.types("when you have everything.", "")
	k.applies(c, counterUser)
	k.names()
}

func (k *keyboard) confirms() { k.types("begins. Type yes or no:", "yes") }

func (k *keyboard) finishes(months string) {
	if months != "" {
		k.types("Period of the certificate in months (12, 24):", months)
	}
	k.confirms()
	k.sees("The profile was created")
}

// registered demands that the bank has one certificate, of that User ID, and it is in force.
func (c *counter) registered(b *counterBank, userID string) {
	c.t.Helper()
	info := c.token.Info()
	if len(info.Keys) != 1 || b.Issued() != 1 {
		c.t.Fatalf("%d keys on the token, %d certificates issued, want one", len(info.Keys), b.Issued())
	}
	cert, err := x509.ParseCertificate(info.Keys[0].Certificate)
	if err != nil || !b.Registered(userID, cert) {
		c.t.Errorf("the certificate is not registered: %v", err)
	}
}

// leaves is a registration that the bank stopped, and the person left.
func (c *counter) leaves(why error) {
	c.t.Helper()
	c.banks[0].refuse = why
	_, err := c.enroll(terminalWizard{}, func(k *keyboard) {
		k.begins(c)
		k.types("Period of the certificate in months (12, 24):", "12")
		k.confirms()
		k.sees("The registration has stopped")
		k.types("Try again? Type yes or no:", "no")
	})
	if !errors.Is(err, agent.ErrDenied) {
		c.t.Fatalf("ShowWizard() = %v, want that it was left", err)
	}
	c.banks[0].refuse = nil
}

func done(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Errorf("ShowWizard() = %v", err)
	}
}

// pads are tokens with a PIN pad: what a person enters there never comes through here.
type pads struct {
	agent.Tokens
	mu           sync.Mutex
	entered      string // at the pad, now
	next         string // and as the new one
	typedInstead bool
}

func (p *pads) pad(all []agent.TokenInfo) []agent.TokenInfo {
	all = slices.Clone(all)
	for i := range all {
		all[i].PINPad = true
	}
	return all
}

func (p *pads) List(ctx context.Context) ([]agent.TokenInfo, error) {
	all, err := p.Tokens.List(ctx)
	return p.pad(all), err
}

func (p *pads) Watch(ctx context.Context, changed func([]agent.TokenInfo)) error {
	return p.Tokens.Watch(ctx, func(all []agent.TokenInfo) { changed(p.pad(all)) })
}

func (p *pads) Open(ctx context.Context, id agent.TokenID) (agent.Token, error) {
	t, err := p.Tokens.Open(ctx, id)
	if err != nil {
		return nil, err
	}
	return padToken{t, t.(agent.Admin), p}, nil
}

type padToken struct {
	agent.Token
	agent.Admin
	pads *pads
}

func (t padToken) Login(ctx context.Context, pin *agent.Secret) error {
	t.pads.mu.Lock()
	defer t.pads.mu.Unlock()
	t.pads.typedInstead = t.pads.typedInstead || pin.Len() > 0
	return t.Token.Login(ctx, agent.NewSecret([]byte(t.pads.entered)))
}

func (t padToken) SetPIN(ctx context.Context, old, new *agent.Secret) error {
	t.pads.mu.Lock()
	defer t.pads.mu.Unlock()
	t.pads.typedInstead = t.pads.typedInstead || old.Len()+new.Len() > 0
	err := t.Token.SetPIN(ctx, agent.NewSecret([]byte(t.pads.entered)), agent.NewSecret([]byte(t.pads.next)))
	if err == nil {
		t.pads.entered = t.pads.next
	}
	return err
}
