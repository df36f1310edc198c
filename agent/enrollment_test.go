package agent_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"qoltanba/agent"
	"qoltanba/agent/agenttest"
)

const (
	cardPIN     = "AB7KQ2MZ"
	newPassword = "k7m2p9x4"
	caHost      = "ca.refbank.test"
	aUserID     = "qq111111_qwertyui"
)

// An office is a desk with an empty token, a bank, and a key file.
type office struct {
	*desk
	bank    *agenttest.Bank
	who     agent.Applicant
	fuse    *fuse
	keyFile string
	read    func(file []byte, password *agent.Secret) (agent.PrimaryKey, error) // reads key files in another way
}

func newOffice(t *testing.T) *office {
	t.Helper()
	d := newDeskStopped(t)
	d.token = agenttest.NewToken("C3", "", agent.DefaultPIN)
	d.tokens = agenttest.NewTokens(d.token)
	o := &office{desk: d, bank: agenttest.NewBank(), fuse: &fuse{}, keyFile: filepath.Join(t.TempDir(), "Key.pfx")}
	o.who = o.bank.AddClient(aUserID, cardPIN, 12, 24)
	if err := os.WriteFile(o.keyFile, []byte("key file"), 0o600); err != nil {
		t.Fatal(err)
	}
	return o
}

// newPassword has another token connected, which has the new password already.
func (o *office) newPassword() {
	o.token = agenttest.NewToken("C3", "", newPassword)
	o.tokens = agenttest.NewTokens(o.token)
}

// open starts the agent over everything that is there; what blows is set before.
func (o *office) open(change ...func(*agent.Config)) (stop func()) {
	o.t.Helper()
	return o.start(append([]func(*agent.Config){func(c *agent.Config) {
		c.Tokens = fusedTokens{o.tokens, o.fuse}
		c.Banks[0].Enroller, c.Banks[0].Host = fusedBank{o.bank, o.fuse}, caHost
		c.ReadPrimary = o.readPrimary
		if o.read != nil {
			c.ReadPrimary = o.read
		}
	}}, change...)...)
}

func (o *office) readPrimary(file []byte, password *agent.Secret) (agent.PrimaryKey, error) {
	if string(file) != "key file" {
		return agent.PrimaryKey{}, agent.ErrKeyFile
	}
	if string(password.Bytes()) != cardPIN {
		return agent.PrimaryKey{}, agent.ErrCredentials
	}
	return o.who.Primary, nil
}

// A clerk works the wizard.
type clerk struct {
	o    *office
	s    agent.WizardState
	do   func(agent.WizardAction) error
	next func(func(agent.WizardState) bool) agent.WizardState
}

// wizard has a clerk work the next wizard that is shown.
func (o *office) wizard(work func(c *clerk)) {
	o.person.Do(agenttest.Wizard(func(s agent.WizardState, do func(agent.WizardAction) error, next func(func(agent.WizardState) bool) agent.WizardState) {
		work(&clerk{o, s, do, next})
	}))
}

// act does something and waits for the next page.
func (c *clerk) act(a agent.WizardAction) error {
	before := c.s.Step
	if err := c.do(a); err != nil {
		return err
	}
	switch a.Kind {
	case agent.WizardFinish:
	case agent.WizardObtain: // the work was drawn on the way
		c.s = c.next(func(s agent.WizardState) bool { return s.Step == agent.WizardDone })
	default:
		c.s = c.next(func(s agent.WizardState) bool { return s.Step != before })
	}
	return nil
}

func secret(s string) *agent.Secret { return agent.NewSecret([]byte(s)) }

// page does what a person with the right data does on the page that is shown.
func (c *clerk) page() error {
	switch c.s.Step {
	case agent.WizardProfile:
		err := c.act(c.unlock(newPassword))
		if _, wrong := errors.AsType[*agent.PINError](err); wrong {
			err = c.act(c.unlock(agent.DefaultPIN))
		}
		return err
	case agent.WizardApplicant:
		return c.act(c.apply())
	case agent.WizardPassword:
		return c.act(agent.WizardAction{Kind: agent.WizardChoose, Name: "Accounts", New: secret(newPassword)})
	case agent.WizardReview, agent.WizardWork:
		return c.act(agent.WizardAction{Kind: agent.WizardObtain, Flag: true, Months: 12})
	case agent.WizardDone:
		return c.act(agent.WizardAction{Kind: agent.WizardFinish})
	}
	return c.act(agent.WizardAction{Kind: agent.WizardAgree})
}

func (c *clerk) unlock(password string) agent.WizardAction {
	return agent.WizardAction{Kind: agent.WizardUnlock, Token: c.o.token.ID(), Old: secret(password)}
}

func (c *clerk) apply(change ...func(*agent.WizardAction)) agent.WizardAction {
	a := agent.WizardAction{Kind: agent.WizardApply, UserID: aUserID, KeyFile: c.o.keyFile, Old: secret(cardPIN)}
	for _, f := range change {
		f(&a)
	}
	return a
}

// to works the wizard until that page is shown, or something fails.
func (c *clerk) to(step agent.WizardStep) error {
	for c.s.Step != step {
		if err := c.page(); err != nil {
			return err
		}
	}
	return nil
}

// register works the whole wizard.
func (c *clerk) register() error {
	if err := c.to(agent.WizardDone); err != nil {
		return err
	}
	return c.page()
}

// enroll runs the wizard from the bank's page.
func (o *office) enroll(work func(c *clerk)) error {
	o.t.Helper()
	o.wizard(work)
	return o.page().Enroll(o.t.Context(), 12)
}

func wrongPIN(err error) bool {
	_, wrong := errors.AsType[*agent.PINError](err)
	return wrong
}

// wantOne demands one key pair, one certificate and one registration, and nothing
// that is left to do.
func (o *office) wantOne() {
	o.t.Helper()
	o.wantOneOf(aUserID)
}

func (o *office) wantOneOf(userID string) {
	o.t.Helper()
	t, err := o.tokens.Open(o.t.Context(), o.token.ID())
	if err != nil {
		o.t.Fatal(err)
	}
	defer t.Close()
	if err := t.Login(o.t.Context(), secret(agent.DefaultPIN)); !wrongPIN(err) {
		o.t.Errorf("K100 the password of a new token: %v", err)
	}
	if err := t.Login(o.t.Context(), secret(newPassword)); err != nil {
		o.t.Errorf("K100 the new password: %v", err)
	}
	objects, err := t.(agent.Admin).Objects(o.t.Context())
	if err != nil {
		o.t.Fatal(err)
	}
	count := map[agent.ObjectKind]int{}
	for _, x := range objects {
		count[x.Kind]++
		if x.Label != agent.LabelPrefix+"Accounts" {
			o.t.Errorf("an object is called %q", x.Label)
		}
	}
	if count[agent.ObjectPrivateKey] != 1 || count[agent.ObjectPublicKey] != 1 || count[agent.ObjectCertificate] != 1 || len(objects) != 3 {
		o.t.Errorf("K117 on the token: %v", count)
	}
	keys, err := t.Keys(o.t.Context())
	if err != nil || len(keys) != 1 {
		o.t.Fatalf("Keys() = %d keys, %v", len(keys), err)
	}
	if o.bank.Issued() != 1 || !o.bank.Registered(userID, keys[0].Certificate()) {
		o.t.Errorf("K117 issued %d, registered %t", o.bank.Issued(), o.bank.Registered(userID, keys[0].Certificate()))
	}
}

func TestEnroll(t *testing.T) {
	o := newOffice(t)
	o.open()
	var seen []agent.WizardStep
	err := o.enroll(func(c *clerk) {
		if c.s.Origin != bankSite {
			t.Errorf("the wizard of a page names the site %q", c.s.Origin)
		}
		for {
			seen = append(seen, c.s.Step)
			done := c.s.Step == agent.WizardDone
			if c.s.Step == agent.WizardReview && o.bank.Issued() != 0 {
				t.Error("K104 something was issued before the data were confirmed")
			}
			if err := c.page(); err != nil {
				t.Errorf("on the page %q: %v", c.s.Step, err)
			}
			if done || t.Failed() {
				return
			}
		}
	})
	if err != nil {
		t.Fatalf("Enroll() = %v", err)
	}
	o.wantOne()
	want := []agent.WizardStep{agent.WizardProfile, agent.WizardConfirm, agent.WizardWelcome, agent.WizardApplicant,
		agent.WizardPassword, agent.WizardReview, agent.WizardDone}
	if !slices.Equal(seen, want) {
		t.Errorf("pages %v, want %v", seen, want)
	}
	t.Run("K119 no secret is on the disk", func(t *testing.T) {
		data, err := os.ReadFile(filepath.Join(o.dir, "registrations.json"))
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range []string{cardPIN, newPassword, agent.DefaultPIN, "key file"} {
			if strings.Contains(string(data), s) {
				t.Errorf("the journal has %q", s)
			}
		}
	})
	t.Run("the history has each step", func(t *testing.T) {
		var steps []string
		for _, r := range o.history.Records() {
			if r.Kind != "enrollment" {
				continue
			}
			var v struct{ Step, Result string }
			b, err := json.Marshal(r.Data)
			if err == nil {
				err = json.Unmarshal(b, &v)
			}
			if err != nil {
				t.Fatal(err)
			}
			steps = append(steps, v.Step+" "+v.Result)
		}
		want := []string{"check begun", "check done", "begun done", "set-password done", "generate-key done", "certificate done", "write done", "register done"}
		if !slices.Equal(steps, want) {
			t.Errorf("steps %q, want %q", steps, want)
		}
	})
	t.Run("K111 login with the new profile", func(t *testing.T) {
		o.person.Do(agenttest.PIN(newPassword))
		if _, _, err := o.page().Authenticate(t.Context(), challenge()); err != nil {
			t.Errorf("Authenticate() = %v", err)
		}
	})
}

// Whatever it ends at, and however, the registration is continued by another agent
// over the same token, and ends with one of everything.
func TestEnrollEndsAnywhere(t *testing.T) {
	probe := newOffice(t)
	probe.open()
	if err := probe.enroll(func(c *clerk) { _ = c.register() }); err != nil {
		t.Fatal(err)
	}
	operations := probe.fuse.operations()
	for at := range operations {
		for _, after := range []bool{false, true} {
			for _, why := range []error{agent.ErrCanceled, agent.ErrTokenLost, agent.ErrBank, agent.ErrTokenFull} {
				t.Run(fmt.Sprintf("K115 K117 K118 %d %s after=%t %v", at+1, operations[at], after, why), func(t *testing.T) {
					t.Parallel()
					o := newOffice(t)
					o.fuse.at, o.fuse.after, o.fuse.err = at+1, after, why
					stop := o.open()
					if err := o.enroll(func(c *clerk) {
						if err := c.register(); !errors.Is(err, why) {
							t.Errorf("the registration ended with %v, want %v", err, why)
						}
					}); !errors.Is(err, agent.ErrDenied) {
						t.Fatalf("Enroll() = %v, want that it was closed", err)
					}
					stop()
					o.fuse = &fuse{}
					resumed := make(chan error, 1)
					o.wizard(func(c *clerk) {
						if c.s.Step != agent.WizardResume {
							resumed <- fmt.Errorf("the wizard begins with %q", c.s.Step)
							return
						}
						resumed <- c.register()
					})
					o.open()
					if err := <-resumed; err != nil {
						t.Fatalf("continued: %v", err)
					}
					o.wantOne()
				})
			}
		}
	}
	if len(operations) < 6 {
		t.Errorf("only %q stood behind the fuse", operations)
	}
}
