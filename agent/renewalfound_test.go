package agent_test

import (
	"context"
	"crypto/x509"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"qoltanba/agent"
	"qoltanba/agent/agenttest"
)

const day = 24 * time.Hour

// due is an office whose token has its profile, with so few days left that it is offered to
// be renewed. No agent runs.
func due(t *testing.T) *office {
	t.Helper()
	o, stop := registered(t)
	left := o.profile().DaysLeft
	stop()
	time.Sleep(time.Duration(left-20) * day)
	return o
}

// another is a computer that knows the same bank, and nothing of the token.
func (o *office) another() *office {
	d, other := *o.desk, *o
	d.dir, d.person, d.history, d.vault = o.t.TempDir(), agenttest.NewPerson("1234"), agenttest.NewHistory(), agenttest.NewVault()
	other.desk, other.fuse = &d, &fuse{}
	return &other
}

// renewable waits until a profile is offered to be renewed, and is due.
func (o *office) renewable() agent.Profile {
	o.t.Helper()
	for range 3 {
		synctest.Wait()
		all := o.agent.Status().Profiles
		if i := slices.IndexFunc(all, func(p agent.Profile) bool { return p.Renewable && p.Due() }); i >= 0 {
			return all[i]
		}
		time.Sleep(time.Hour) // then banks are asked again
	}
	o.t.Fatalf("nothing is offered to be renewed: %+v", o.agent.Status().Profiles)
	return agent.Profile{}
}

// renew renews a profile with the right password.
func (o *office) renew(p agent.Profile) error {
	o.person.Do(agenttest.PIN(newPassword))
	return o.agent.Renew(o.t.Context(), p.ID)
}

func (o *office) asked() bool { return len(agenttest.Asked[agent.PINQuestion](o.person)) > 0 }

// wantSole demands one certificate on the token, in force at the bank, and how many the CA
// has issued.
func (o *office) wantSole(issued int) {
	o.t.Helper()
	keys := o.token.Info().Keys
	if len(keys) != 1 || keys[0].Label != agent.LabelPrefix+"Accounts" {
		o.t.Fatalf("on the token are %d certificates, want one of that name", len(keys))
	}
	cert, err := x509.ParseCertificate(keys[0].Certificate)
	if err != nil {
		o.t.Fatal(err)
	}
	if !o.bank.Registered(aUserID, cert) || o.bank.Issued() != issued {
		o.t.Errorf("in force %t, %d issued, want %d", o.bank.Registered(aUserID, cert), o.bank.Issued(), issued)
	}
}

// anonymousBank counts how often it is asked who it is, and may not answer.
type anonymousBank struct {
	fusedBank

	mu    sync.Mutex
	asked int
	fail  error
	half  bool // fail is of one of its servers, and the other one answers
	hang  bool
	ca    *agenttest.CA // nil: the bank's own
}

func (b *anonymousBank) CACerts(ctx context.Context) ([]*x509.Certificate, error) {
	b.mu.Lock()
	b.asked++
	fail, hang := b.fail, b.hang
	b.mu.Unlock()
	if hang {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	if fail != nil && !b.half {
		return nil, fail
	}
	all, err := b.fusedBank.CACerts(ctx)
	return all, errors.Join(fail, err)
}

func (b *anonymousBank) IsIssuer(c *x509.Certificate, issuers []*x509.Certificate) bool {
	return b.ca == nil && b.fusedBank.IsIssuer(c, issuers)
}

func (b *anonymousBank) questions() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.asked
}

func (b *anonymousBank) set(fail error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.fail = fail
}

// openAnonymous is open with such a bank.
func (o *office) openAnonymous(b *anonymousBank, change ...func(*agent.Config)) (stop func()) {
	o.t.Helper()
	b.fusedBank = fusedBank{o.bank, o.fuse}
	return o.open(append([]func(*agent.Config){func(c *agent.Config) { c.Banks[0].Enroller = b }}, change...)...)
}

// The token is enough: another computer finds the bank, counts the days, and renews; the
// first one goes on with what it finds.
func TestRenewAtAnotherComputer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		first := due(t)
		o, bank := first.another(), &anonymousBank{}
		stop := o.openAnonymous(bank)
		defer func() { stop() }() // whichever runs when something is wrong
		p := o.renewable()
		if p.DaysLeft != 20 {
			t.Errorf("%d days are left, want 20", p.DaysLeft)
		}
		wants(t, "Renew", o.renew(p), nil)
		o.wantSole(2)
		if n := bank.questions(); n != 1 {
			t.Errorf("the bank was asked %d times who it is, want once", n)
		}
		for step, want := range map[string][]string{"found": {"done"}, "renewal": {"begun", "done"}} {
			var results []string
			for _, r := range o.enrollments(step) {
				results = append(results, r["result"])
				if r["bank"] != caHost || r["userID"] != "" {
					t.Errorf("the history has %v", r)
				}
			}
			if !slices.Equal(results, want) {
				t.Errorf("the history has %q of %s, want %q", results, step, want)
			}
		}
		if j := o.journal(); !strings.Contains(j, `"name": "Accounts"`) || strings.Contains(j, aUserID) {
			t.Errorf("the journal has %s", j)
		}
		if p := o.profile(); !p.Renewable || p.DaysLeft < 300 {
			t.Errorf("profile %+v", p)
		}
		stop()

		time.Sleep(350 * day)
		stop = first.open()
		wants(t, "Renew at the first one", first.renew(first.renewable()), nil)
		first.wantSole(3)
		stop()
		time.Sleep(350 * day)
		stop = o.openAnonymous(bank)
		wants(t, "Renew at the other one again", o.renew(o.renewable()), nil)
		o.wantSole(4)
		stop()
	})
}

// What is not to be renewed here is not offered, no password is asked for it, and no bank
// is asked about what it cannot have issued or what is not due.
func TestRenewOfNoKnownBank(t *testing.T) {
	for name, c := range map[string]struct {
		bank   *anonymousBank
		change func(*office, *agent.Config)
		wait   time.Duration
		asked  int
		want   error
	}{
		"of another CA":   {&anonymousBank{ca: agenttest.NewCA("Another")}, nil, 0, 1, agent.ErrIssuer},
		"cannot be asked": {&anonymousBank{fail: agent.ErrBank}, nil, 0, 2, agent.ErrBank}, // by itself, and for the person
		"is not the bank": {&anonymousBank{fail: agent.ErrBankForeign}, nil, 0, 2, agent.ErrBankForeign},
		"no bank":         {&anonymousBank{}, func(_ *office, c *agent.Config) { c.Banks = nil }, 0, 0, agent.ErrIssuer},
		"has ended":       {&anonymousBank{}, nil, 21 * day, 0, agent.ErrCertificate},
		"is not due":      {&anonymousBank{}, nil, -11 * day, 0, agent.ErrRenewal},
		"of a primary key": {&anonymousBank{}, func(o *office, c *agent.Config) {
			c.Banks[0].Primary.Issuers = []*x509.Certificate{o.bank.CA().Certificate()}
		}, 0, 0, agent.ErrNoToken},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				first, stop := registered(t)
				old := first.profile()
				stop()
				time.Sleep(time.Duration(old.DaysLeft-20)*day + c.wait)
				o := first.another()
				stop = o.openAnonymous(c.bank, func(config *agent.Config) {
					if c.change != nil {
						c.change(o, config)
					}
				})
				defer stop()
				synctest.Wait()
				if p := o.agent.Status().Profiles[0]; p.Renewable {
					t.Errorf("offered: %+v", p)
				}
				wants(t, "Renew", o.agent.Renew(t.Context(), old.ID), c.want)
				if n := c.bank.questions(); n != c.asked || o.asked() {
					t.Errorf("the bank was asked %d times, want %d; the person for the password: %t", n, c.asked, o.asked())
				}
			})
		})
	}
}

// What one of a bank's servers says is enough, while another one of them is dead.
func TestRenewAtHalfABank(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := due(t).another()
		stop := o.openAnonymous(&anonymousBank{fail: agent.ErrBank, half: true})
		defer stop()
		wants(t, "Renew", o.renew(o.renewable()), nil)
		o.wantSole(2)
	})
}

// A key file is never one.
func TestRenewOfAKeyFile(t *testing.T) {
	p := agent.Profile{ID: agent.ProfileID{Key: "01"}, DaysLeft: 3}
	if !p.Due() {
		t.Errorf("%+v is not due", p)
	}
	for name, p := range map[string]agent.Profile{
		"a key file": {ID: p.ID, DaysLeft: 3, KeyFile: true}, "ended": {ID: p.ID, Expired: true},
		"not yet": {ID: p.ID, DaysLeft: agent.RenewalDue + 1}, "empty": {DaysLeft: 0, Empty: true},
	} {
		if p.Due() {
			t.Errorf("%s is due: %+v", name, p)
		}
	}
}

// A bank is asked once in an hour at most, and by itself: not for each drawing. What it has
// answered once counts.
func TestBanksAreAskedSeldom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		first := due(t)
		o, bank := first.another(), &anonymousBank{fail: agent.ErrBank}
		stop := o.openAnonymous(bank)
		defer stop()
		synctest.Wait()
		for range 10 {
			o.agent.Status()
			o.remove(o.token)
			o.insert(o.token)
		}
		synctest.Wait()
		if n := bank.questions(); n != 1 {
			t.Errorf("the bank was asked %d times at once, want once", n)
		}
		time.Sleep(5*time.Hour + time.Minute)
		if n := bank.questions(); n < 3 || n > 6 {
			t.Errorf("the bank was asked %d times in five hours", n)
		}
		bank.set(nil)
		time.Sleep(2 * time.Hour)
		synctest.Wait()
		o.renewable()
		n := bank.questions()
		time.Sleep(5 * time.Hour)
		if again := bank.questions(); again != n {
			t.Errorf("the bank was asked %d times more, of which it has answered", again-n)
		}
	})
}

// A bank that hangs keeps nobody waiting but the person who asks for a renewal, and not the
// end of the agent.
func TestBankHangsWhileAsked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := due(t).another()
		stop := o.openAnonymous(&anonymousBank{hang: true})
		synctest.Wait()
		p := o.profile() // drawn at once
		ctx, leave := context.WithTimeout(t.Context(), time.Minute)
		defer leave()
		wants(t, "Renew", o.agent.Renew(ctx, p.ID), agent.ErrCanceled)
		stop()
	})
}

// Nobody waits for a bank that hangs when another one is the one.
func TestOtherBankHangsWhileAsked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o, silent := due(t).another(), &anonymousBank{hang: true}
		silent.fusedBank = fusedBank{o.bank, o.fuse}
		stop := o.open(func(c *agent.Config) {
			c.Banks = append([]agent.Bank{{Names: map[string]string{"en": "Silent"}, Trusted: true, Enroller: silent, Host: "ca.silent.test"}}, c.Banks...)
		})
		defer stop()
		p, before := o.profile(), time.Now() // before any bank has answered
		wants(t, "Renew", o.renew(p), nil)
		if passed := time.Since(before); passed > time.Minute {
			t.Errorf("it took %v", passed)
		}
		o.wantSole(2)
	})
}

// Nothing is taken into the journal, and no bank is asked for a certificate, that the
// history does not have.
func TestRenewFoundNeedsHistory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := due(t).another()
		stop := o.open()
		defer stop()
		p := o.renewable()
		o.history.FailWith(errors.New("disk full"))
		wants(t, "Renew", o.renew(p), agent.ErrHistory)
		o.history.FailWith(nil)
		if n := len(o.fuse.operations()); n != 0 || !o.profile().Renewable {
			t.Errorf("%d operations were done", n)
		}
		if _, err := os.Stat(filepath.Join(o.dir, "registrations.json")); !errors.Is(err, os.ErrNotExist) || len(o.enrollments("found")) != 0 {
			t.Errorf("the journal is there (%v), the history has %v", err, o.enrollments("found"))
		}
		wants(t, "Renew once more", o.renew(p), nil)
		o.wantSole(2)
	})
}

// Where the journal cannot be read that is said, and no password is asked for.
func TestRenewWithDamagedJournal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := due(t)
		if err := os.WriteFile(filepath.Join(o.dir, "registrations.json"), []byte("{"), 0o600); err != nil {
			t.Fatal(err)
		}
		stop := o.open()
		defer stop()
		synctest.Wait()
		p := o.profile()
		wants(t, "Renew", o.agent.Renew(t.Context(), p.ID), agent.ErrJournalDamaged)
		if p.Renewable || o.asked() {
			t.Errorf("offered: %t, asked for the password: %t", p.Renewable, o.asked())
		}
	})
}

// What the journal has of a key that is not on the token any more, as that was erased and
// registered elsewhere, gives way to what is found there.
func TestRenewFoundBesideAnotherKey(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := due(t)
		o.token = agenttest.NewToken("C3", "", agent.DefaultPIN) // erased, and registered elsewhere
		o.tokens = agenttest.NewTokens(o.token)
		const second = "qq222222_qwertyui"
		elsewhere := o.another()
		elsewhere.who = o.bank.AddClient(second, cardPIN, 12)
		stop := elsewhere.open()
		wants(t, "Enroll", elsewhere.enroll(func(c *clerk) {
			wants(t, "go to the applicant", c.to(agent.WizardApplicant), nil)
			wants(t, "apply", c.act(c.apply(func(a *agent.WizardAction) { a.UserID = second })), nil)
			wants(t, "register", c.register(), nil)
		}), nil)
		left := elsewhere.profile().DaysLeft
		stop()
		time.Sleep(time.Duration(left-20) * day)
		stop = o.open()
		defer stop()
		wants(t, "Renew", o.renew(o.renewable()), nil)
		if j := o.journal(); strings.Contains(j, aUserID) || o.bank.Issued() != 3 {
			t.Errorf("%d were issued, the journal has %s", o.bank.Issued(), j)
		}
	})
}
