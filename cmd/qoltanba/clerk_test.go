package main

import (
	"bytes"
	"context"
	"crypto"
	"crypto/sha256"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"sync"

	"qoltanba/agent"
	"qoltanba/agent/agenttest"
	"qoltanba/agent/audit"
	"qoltanba/ui/text"
)

// clerkVariable makes the test binary an agent with a clerk who registers a profile, or
// renews its certificate; its value is the file of an errand.
const clerkVariable = "QOLTANBA_TEST_CLERK"

// An errand is what the clerk is to do, and where the process is to be killed.
type errand struct {
	Home, KeyFile, UserID, PIN string
	Password                   string // the token's new one
	Renew                      bool   // not to register

	At    int  // operation at which the process kills itself, from 1; 0 for never
	After bool // when it was done, not before

	config string // of SoftHSM2
	wire   *wire  // that the bank is reached over; nil for none
}

// A report is what the clerk says at the end, if it comes to one.
type report struct {
	Operations             []string // that stood behind the fuse
	Private, Public, Certs int      // objects on the token
	Others                 int
	Fingerprint, Label     string
	Key                    string   // CKA_ID and SHA-256 of the SubjectPublicKeyInfo, in hex
	Failures               []string // of the work, before it was tried again
}

// fuse kills the process at one of the operations that the clerk's work does.
type fuse struct {
	errand
	mu  sync.Mutex
	log []string
}

func (f *fuse) around(what string, do func() error) error {
	f.mu.Lock()
	f.log = append(f.log, what)
	here := f.At == len(f.log)
	f.mu.Unlock()
	if here && !f.After {
		die()
	}
	err := do()
	if here {
		die()
	}
	return err
}

// die is kill -9: nothing is flushed, closed or told.
func die() {
	p, err := os.FindProcess(os.Getpid())
	if err == nil {
		err = p.Kill()
	}
	if err != nil {
		panic(err)
	}
	select {}
}

type fusedTokens struct {
	agent.Tokens
	*fuse
}

func (f fusedTokens) Open(ctx context.Context, id agent.TokenID) (agent.Token, error) {
	t, err := f.Tokens.Open(ctx, id)
	if err != nil {
		return nil, err
	}
	return fusedToken{t, t.(agent.Admin), f.fuse}, nil
}

type fusedToken struct {
	agent.Token
	agent.Admin
	*fuse
}

func (f fusedToken) Login(ctx context.Context, pin *agent.Secret) error {
	return f.around("Login", func() error { return f.Token.Login(ctx, pin) })
}

func (f fusedToken) SetPIN(ctx context.Context, old, new *agent.Secret) error {
	return f.around("SetPIN", func() error { return f.Token.SetPIN(ctx, old, new) })
}

func (f fusedToken) GenerateKey(ctx context.Context, spec agent.KeySpec) (key agent.Key, err error) {
	err = f.around("GenerateKey", func() error {
		key, err = f.Token.GenerateKey(ctx, spec)
		return err
	})
	return key, err
}

func (f fusedToken) StoreCertificate(ctx context.Context, id []byte, label string, c *x509.Certificate) error {
	return f.around("StoreCertificate", func() error { return f.Token.StoreCertificate(ctx, id, label, c) })
}

func (f fusedToken) Delete(ctx context.Context, x agent.Object) error {
	return f.around("Delete", func() error { return f.Admin.Delete(ctx, x) })
}

type fusedEnroller struct {
	agent.Enroller
	agent.Renewer
	*fuse
}

func (f fusedEnroller) Check(ctx context.Context, a agent.Applicant) (terms agent.Terms, err error) {
	err = f.around("Check", func() error {
		terms, err = f.Enroller.Check(ctx, a)
		return err
	})
	// RSA keys would take the test minutes.
	terms.Algorithms = []agent.KeyAlgorithm{agent.P256}
	return terms, err
}

func (f fusedEnroller) Submit(ctx context.Context, a agent.Applicant, key crypto.Signer) (c *x509.Certificate, err error) {
	err = f.around("Submit", func() error {
		c, err = f.Enroller.Submit(ctx, a, key)
		return err
	})
	return c, err
}

func (f fusedEnroller) Confirm(ctx context.Context, a agent.Applicant, c *x509.Certificate) error {
	return f.around("Confirm", func() error { return f.Enroller.Confirm(ctx, a, c) })
}

func (f fusedEnroller) Renew(ctx context.Context, key agent.Key) (c *x509.Certificate, err error) {
	err = f.around("Renew", func() error {
		c, err = f.Renewer.Renew(ctx, fusedKey{key, f.fuse})
		return err
	})
	return c, err
}

func (f fusedEnroller) ConfirmRenewal(ctx context.Context, userID string, key agent.Key, c *x509.Certificate) error {
	return f.around("ConfirmRenewal", func() error {
		return f.Renewer.ConfirmRenewal(ctx, userID, fusedKey{key, f.fuse}, c)
	})
}

type fusedKey struct {
	agent.Key
	*fuse
}

func (f fusedKey) Sign(rand io.Reader, digest []byte, opts crypto.SignerOpts) (signature []byte, err error) {
	err = f.around("Sign", func() error {
		signature, err = f.Key.Sign(rand, digest, opts)
		return err
	})
	return signature, err
}

type fusedHistory struct {
	agent.History
	*fuse
}

func (f fusedHistory) Append(records ...audit.Record) (head audit.Head, err error) {
	err = f.around("history", func() error {
		head, err = f.History.Append(records...)
		return err
	})
	return head, err
}

// playClerk is the process of an errand: an agent as it is composed for a person,
// whose windows a script works. It prints a report.
func playClerk(path string) int {
	data, err := os.ReadFile(path)
	f := &fuse{}
	if err == nil {
		err = json.Unmarshal(data, &f.errand)
	}
	var r report
	if err == nil {
		r, err = f.run(context.Background())
	}
	if err == nil {
		err = json.NewEncoder(os.Stdout).Encode(r)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "clerk:", err)
		return 1
	}
	return 0
}

func (f *fuse) run(ctx context.Context) (r report, err error) {
	d, err := locate(f.Home)
	if err != nil {
		return r, err
	}
	h, err := openHistory(d)
	if err != nil {
		return r, err
	}
	defer h.Close()
	testOnlyConfig = func(c *agent.Config) {
		c.Tokens = fusedTokens{c.Tokens, f}
		c.History = fusedHistory{c.History, f}
		for i := range c.Banks {
			e := c.Banks[i].Enroller
			c.Banks[i].Enroller = fusedEnroller{e, e.(agent.Renewer), f}
		}
	}
	person := agenttest.NewPerson(f.Password)
	registered := make(chan error, 1)
	if !f.Renew { // before the agent runs, which by itself shows a wizard that was cut off
		person.Do(agenttest.Wizard(func(s agent.WizardState, do func(agent.WizardAction) error, next func(func(agent.WizardState) bool) agent.WizardState) {
			registered <- f.register(&r, s, do, next)
		}))
	}
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	b, err := compose(&env{lang: text.EN, home: f.Home, out: io.Discard}, d, h, log, person)
	if err != nil {
		return r, err
	}
	err = b.runAgent(ctx, func(ctx context.Context) error {
		b.awaitToken(ctx)
		var err error
		if f.Renew {
			err = f.renew(ctx, b.agent, &r)
		} else if err = b.agent.ShowWizard(ctx); err == nil {
			err = <-registered
		}
		if err != nil {
			return err
		}
		r.Operations = f.log
		return b.takeStock(ctx, f.Password, &r)
	})
	return r, err
}

// awaitToken returns when a token was seen.
func (b *body) awaitToken(ctx context.Context) {
	seen := make(chan struct{})
	var once sync.Once
	look := func(s agent.Status) {
		if len(s.Profiles) > 0 {
			once.Do(func() { close(seen) })
		}
	}
	defer b.agent.Subscribe(look)()
	look(b.agent.Status())
	select {
	case <-seen:
	case <-ctx.Done():
	}
}

// renew is the clerk who renews what "qoltanba renew" would.
func (f *fuse) renew(ctx context.Context, a *agent.Agent, r *report) error {
	for {
		p, err := renewCmd{}.pick(text.EN, a.Status().Profiles)
		if err != nil {
			return err
		}
		if err := a.Renew(ctx, p.ID); !r.again(err) {
			return err
		}
	}
}

// register is the clerk at the wizard.
func (f *fuse) register(r *report, s agent.WizardState, do func(agent.WizardAction) error, next func(func(agent.WizardState) bool) agent.WizardState) error {
	secret := func(s string) *agent.Secret { return agent.NewSecret([]byte(s)) }
	for {
		step := s.Step
		a := agent.WizardAction{Kind: agent.WizardAgree}
		until := func(s agent.WizardState) bool { return s.Step != step }
		switch step {
		case agent.WizardProfile:
			s = next(func(s agent.WizardState) bool {
				return len(s.Profiles) > 0 && (s.Refusal == "" || s.Refusal == agent.ErrorName(agent.ErrNotEmpty))
			})
			if s.Refusal != "" {
				return nil // it was finished before it was killed
			}
			a = agent.WizardAction{Kind: agent.WizardUnlock, Token: s.Profiles[0].ID.Token, Old: secret(f.Password)}
			err := do(a)
			if _, wrong := errors.AsType[*agent.PINError](err); wrong {
				a.Old = secret(agent.DefaultPIN)
				err = do(a)
			}
			if err != nil {
				return err
			}
			s = next(until)
			continue
		case agent.WizardApplicant:
			a = agent.WizardAction{Kind: agent.WizardApply, UserID: f.UserID, KeyFile: f.KeyFile, Old: secret(f.PIN)}
		case agent.WizardPassword:
			a = agent.WizardAction{Kind: agent.WizardChoose, Name: "Accounts", New: secret(f.Password)}
		case agent.WizardReview, agent.WizardWork:
			a = agent.WizardAction{Kind: agent.WizardObtain, Flag: true, Months: 12}
			until = func(s agent.WizardState) bool { return s.Step == agent.WizardDone }
		case agent.WizardDone:
			return do(agent.WizardAction{Kind: agent.WizardFinish})
		}
		err := do(a)
		if r.again(err) {
			continue
		}
		if err != nil {
			return fmt.Errorf("on the page %q: %w", step, err)
		}
		s = next(until)
	}
}

// again tells whether a bank that did not answer is asked once more.
func (r *report) again(err error) bool {
	again := (errors.Is(err, agent.ErrBank) || errors.Is(err, agent.ErrPending)) && len(r.Failures) < 10
	if again {
		r.Failures = append(r.Failures, agent.ErrorName(err))
	}
	return again
}

// takeStock counts what is on the token.
func (b *body) takeStock(ctx context.Context, password string, r *report) error {
	id := b.agent.Status().Profiles[0].ID.Token
	t, err := b.modules.Open(ctx, id)
	if err != nil {
		return err
	}
	defer t.Close()
	pin := agent.NewSecret([]byte(password))
	defer pin.Wipe()
	if err := t.Login(ctx, pin); err != nil {
		return fmt.Errorf("with the new password: %w", err)
	}
	objects, err := t.(agent.Admin).Objects(ctx)
	if err != nil {
		return err
	}
	var key []byte
	for _, o := range objects {
		switch o.Kind {
		case agent.ObjectPrivateKey:
			r.Private++
			key, r.Label = o.ID, o.Label
		case agent.ObjectPublicKey:
			r.Public++
		case agent.ObjectCertificate:
			r.Certs++
		default:
			r.Others++
		}
	}
	keys, err := t.Keys(ctx)
	if err != nil {
		return err
	}
	for _, k := range keys {
		if bytes.Equal(k.ID(), key) {
			r.Fingerprint = fingerprintOf(k.Certificate())
			r.Key = fmt.Sprintf("%x %x", k.ID(), sha256.Sum256(k.Certificate().RawSubjectPublicKeyInfo))
		}
	}
	return nil
}
