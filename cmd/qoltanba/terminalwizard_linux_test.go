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
}

func (b *counterBank) Check(ctx context.Context, a agent.Applicant) (agent.Terms, error) {
	terms, err := b.Bank.Check(ctx, a)
	terms.Algorithms = []agent.KeyAlgorithm{agent.P256}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.periods != nil {
		terms.Months = b.periods
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

// What is typed at a PIN or a password is not on the screen, whatever is around it.
func TestTerminalHidesSecrets(t *testing.T) {
	c := newCounter(t, "ca.one.test")
	k, err := c.enroll(terminalWizard{}, func(k *keyboard) {
		k.hides("Password: ", "wrong-9-wrong")
		k.sees("Wrong password.")
		k.begins(c)
		k.finishes("24")
	})
	done(t, err)
	c.registered(c.banks[0], counterUser)
	if shown := k.shows("wrong-9-wrong", agent.DefaultPIN+"\r", counterPIN, counterPassword); len(shown) > 0 {
		t.Errorf("K119 the terminal shows %q: %q", shown, k.all())
	}
	if want := []string{counterUser, "Accounts", c.keyFile, "Period: 24 months"}; !slices.Equal(k.shows(want...), want) {
		t.Errorf("the terminal shows %q of %q", k.shows(want...), want)
	}
}

// Another program, over the same token, goes on where the one before has ended.
func TestTerminalWizardRestarted(t *testing.T) {
	resumed := func(k *keyboard) {
		k.sees("A registration with this token is not finished")
		k.types("Continue the registration? Type yes or no:", "yes")
		k.sees("The registration that was begun is continued.")
		k.unlocks(counterPassword)
	}
	t.Run("K115 K117 goes on", func(t *testing.T) {
		c := newCounter(t, "ca.one.test")
		c.leaves(agent.ErrBank)
		k, err := c.enroll(terminalWizard{}, func(k *keyboard) {
			resumed(k)
			k.types("User ID ["+counterUser+"]:", "")
			k.hides("PIN: ", counterPIN)
			k.types("Key file", c.keyFile)
			k.types("Enter means yes.) Type yes or no:", "")
			k.finishes("")
		})
		done(t, err)
		c.registered(c.banks[0], counterUser)
		if shown := k.shows(counterPIN, counterPassword); len(shown) > 0 {
			t.Errorf("K119 the terminal shows %q", shown)
		}
	})
	t.Run("K116 for another User ID", func(t *testing.T) {
		const second = "qq222222_qwertyui"
		c := newCounter(t, "ca.one.test")
		c.leaves(agent.ErrBank)
		c.banks[0].primary = c.banks[0].AddClient(second, counterPIN, 12, 24).Primary
		_, err := c.enroll(terminalWizard{}, func(k *keyboard) {
			resumed(k)
			k.applies(c, "qq333333_nobody")
			k.sees("The registration was begun for another User ID")
			k.sees("Begun for: " + counterUser)
			k.types("goes on with the first) Type yes or no:", "no")
			k.types("User ID ["+counterUser+"]:", "qq333333_nobody")
			k.hides("PIN: ", counterPIN)
			k.types("Key file", c.keyFile)
			k.types("Enter means yes.) Type yes or no:", "")
			k.types("goes on with the first) Type yes or no:", "yes")
			k.sees("Wrong password or key container")
			k.types("Try again? Type yes or no:", "yes")
			k.applies(c, second)
			k.types("goes on with the first) Type yes or no:", "yes")
			k.finishes("")
		})
		done(t, err)
		c.registered(c.banks[0], second)
	})
	t.Run("K122 its token is lost", func(t *testing.T) {
		c := newCounter(t, "ca.one.test")
		c.leaves(agent.ErrBank)
		c.tokens.Remove(c.token.ID())
		c.token = agenttest.NewToken("D4", "", agent.DefaultPIN)
		c.tokens.Insert(c.token)
		_, err := c.enroll(terminalWizard{}, func(k *keyboard) {
			k.sees("This registration belongs to token C3. Connect that one.")
			k.types("Is that token lost or broken? Type yes or no:", "yes")
			k.sees("The token is lost or broken")
			k.sees("User ID: " + counterUser)
			k.sees("Call the bank")
			k.sees("+7 727 000 00 00")
			k.types("(Enter goes back)", "")
			k.types("Is that token lost or broken? Type yes or no:", "yes")
			k.types("(Enter goes back)", "D4")
			k.sees("The lost token has another number: C3.")
			k.types("(Enter goes back)", "C3")
			k.begins(c)
			k.finishes("12")
		})
		done(t, err)
		c.registered(c.banks[0], counterUser)
	})
	t.Run("K122 its token was not lost", func(t *testing.T) {
		c := newCounter(t, "ca.one.test")
		c.leaves(agent.ErrBank)
		first := c.token
		c.tokens.Remove(first.ID())
		other := agenttest.NewToken("D4", "", agent.DefaultPIN)
		c.tokens.Insert(other)
		_, err := c.enroll(terminalWizard{}, func(k *keyboard) {
			k.types("Is that token lost or broken? Type yes or no:", "no")
			k.sees(text.EN.T(text.CLIEnrollWaits))
			c.tokens.Remove(other.ID())
			c.tokens.Insert(first)
			k.unlocks(counterPassword)
			k.applies(c, counterUser)
			k.finishes("")
		})
		done(t, err)
		c.registered(c.banks[0], counterUser)
	})
	t.Run("K56 the period is not in the contract any more", func(t *testing.T) {
		c := newCounter(t, "ca.one.test")
		c.leaves(agent.ErrBank)
		c.banks[0].periods = []int{24}
		k, err := c.enroll(terminalWizard{}, func(k *keyboard) {
			resumed(k)
			k.applies(c, counterUser)
			k.sees("The contract does not have this period. The contract's periods are offered")
			k.types("Try again? Type yes or no:", "yes")
			k.applies(c, counterUser)
			k.sees("Period: 24 months")
			k.finishes("")
		})
		done(t, err)
		c.registered(c.banks[0], counterUser)
		if shown := k.shows("Press Next", "button"); len(shown) > 0 {
			t.Errorf("the terminal speaks of %q", shown)
		}
	})
}

func TestTerminalWizardBanks(t *testing.T) {
	for name, c := range map[string]struct {
		flag   string
		person func(k *keyboard)
	}{
		"chosen": {"", func(k *keyboard) {
			k.sees("1. CA.ONE.TEST")
			k.sees("2. CA.TWO.TEST")
			k.types("Choose the bank (1–2):", "3")
			k.types("Choose the bank (1–2):", "2")
		}},
		"by --bank": {"ca.two.test", func(*keyboard) {}},
	} {
		t.Run(name, func(t *testing.T) {
			bench := newCounter(t, "ca.one.test", "ca.two.test")
			_, err := bench.enroll(terminalWizard{bank: c.flag}, func(k *keyboard) {
				c.person(k)
				k.sees("Bank: CA.TWO.TEST")
				k.begins(bench)
				k.finishes("12")
			})
			done(t, err)
			bench.registered(bench.banks[1], counterUser)
			if bench.banks[0].Issued() != 0 {
				t.Error("the other bank issued something")
			}
		})
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

func TestTerminalWizardPINPad(t *testing.T) {
	c := newCounter(t, "ca.one.test")
	p := &pads{Tokens: c.tokens, entered: agent.DefaultPIN, next: counterPassword}
	c.through = p
	k, err := c.enroll(terminalWizard{}, func(k *keyboard) {
		k.sees("Enter the password on the device itself.")
		k.types("Create the profile? Type yes or no:", "yes")
		k.types("when you have everything.", "")
		k.applies(c, counterUser)
		k.types("Token Name: ", "Accounts")
		k.sees("The device itself will ask for the new password.")
		k.finishes("12")
	})
	done(t, err)
	c.registered(c.banks[0], counterUser)
	if p.typedInstead || p.entered != counterPassword {
		t.Errorf("a PIN came from the terminal: %t; the token has the new one: %t", p.typedInstead, p.entered == counterPassword)
	}
	if shown := k.shows("Press OK", "Password: ", "12345678"); len(shown) > 0 {
		t.Errorf("the terminal shows %q", shown)
	}
}

// A command that failed speaks of no button either.
func TestExplainInTerminal(t *testing.T) {
	for _, l := range text.Languages() {
		_, window := l.Error(agent.ErrPeriod)
		if got := explain(l, agent.ErrPeriod); strings.Contains(got, window) {
			t.Errorf("%s: explain(ErrPeriod) = %q", l, got)
		}
	}
}
