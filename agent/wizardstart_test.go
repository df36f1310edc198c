package agent_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"qoltanba/agent"
	"qoltanba/agent/agenttest"
)

// lateTokens are looked at when may is closed.
type lateTokens struct {
	agent.Tokens
	may, told chan struct{}
}

func newLate(t agent.Tokens, may chan struct{}) lateTokens {
	return lateTokens{t, may, make(chan struct{})}
}

func (l lateTokens) Watch(ctx context.Context, changed func([]agent.TokenInfo)) error {
	select {
	case <-l.may:
	case <-ctx.Done():
		return ctx.Err()
	}
	tell := sync.OnceFunc(func() { close(l.told) })
	return l.Tokens.Watch(ctx, func(all []agent.TokenInfo) {
		changed(all)
		tell()
	})
}

func (l lateTokens) Settled() <-chan struct{} { return l.told }

// late is an office whose agent has not seen the tokens yet, until look is called.
func late(t *testing.T) (o *office, look func()) {
	t.Helper()
	o = newOffice(t)
	o.late = true
	may := make(chan struct{})
	o.open(func(c *agent.Config) { c.Tokens = newLate(c.Tokens, may) })
	return o, func() { close(may) }
}

// K58 K125: a page that asks right after the agent was started is not told that there is no
// token before anybody has looked.
func TestK58K125EnrollBeforeTheFirstLook(t *testing.T) {
	o, look := late(t)
	page := o.page()
	o.wizard(func(c *clerk) { wants(t, "register", c.register(), nil) })
	done := make(chan error, 1)
	go func() { done <- page.Enroll(t.Context(), 12) }() // ends with the wizard
	look()
	wants(t, "Enroll", <-done, nil)
	o.wantOne()

	o, _ = late(t)
	ctx, leave := context.WithCancel(t.Context())
	page = o.page()
	go func() { done <- page.Enroll(ctx, 12) }() // ends with ctx
	leave()
	wants(t, "Enroll of a page that goes", <-done, agent.ErrCanceled)
}

// keyFiles are tokens that are key files.
type keyFiles struct{ agent.Tokens }

func (k keyFiles) Watch(ctx context.Context, changed func([]agent.TokenInfo)) error {
	return k.Tokens.Watch(ctx, func(all []agent.TokenInfo) {
		all = slices.Clone(all)
		for i := range all {
			all[i].KeyFile = true
		}
		changed(all)
	})
}

// A key file that was found does not end the wait for tokens, which are looked for
// elsewhere: it comes with the registration, on a drive.
func TestEnrollBeforeTheFirstLookEverywhere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newOffice(t)
		may := make(chan struct{})
		files := keyFiles{agenttest.NewTokens(agenttest.NewToken("F1", "Key.pfx", newPassword))}
		stop := o.open(func(c *agent.Config) { c.Tokens = agent.JoinTokens(newLate(c.Tokens, may), files) })
		defer stop()
		page := o.page()
		o.wizard(func(c *clerk) {})
		done := make(chan error, 1)
		go func() { done <- page.Enroll(t.Context(), 12) }() // ends with the wizard
		synctest.Wait()
		select {
		case err := <-done:
			t.Fatalf("Enroll = %v before all was looked at", err)
		default:
		}
		close(may)
		wants(t, "Enroll", <-done, agent.ErrDenied)
	})
}

// K9: where no driver works a page and the wizard are told that, and not to connect a token
// that nobody can see.
func TestK9EnrollWithoutDriver(t *testing.T) {
	for _, problem := range []error{agent.ErrNoDriver, fmt.Errorf("module x: %w: %w", agent.ErrModuleArchitecture, agent.ErrModule)} {
		o := newOffice(t)
		o.open()
		o.remove(o.token)
		page := o.page()
		wants(t, "Enroll", page.Enroll(t.Context(), 12), agent.ErrNoToken)
		o.agent.SetProblem(problem)
		if err := page.Enroll(t.Context(), 12); !errors.Is(err, agent.ErrModule) {
			t.Errorf("Enroll = %v, want ErrModule", err)
		}
		refused := make(chan string, 1)
		o.wizard(func(c *clerk) { refused <- c.s.Refusal })
		wants(t, "ShowWizard", o.agent.ShowWizard(t.Context()), nil)
		if got, want := <-refused, agent.ErrorName(problem); got != want {
			t.Errorf("the wizard says %q, want %q", got, want)
		}
		// What else keeps the agent from working is not about tokens.
		o.agent.SetProblem(agent.ErrHistory)
		wants(t, "Enroll with another problem", page.Enroll(t.Context(), 12), agent.ErrNoToken)
	}
}

// What the bank answers to the second page is in the history: a support clerk looks for it.
func TestEnrollRecordsTheCheck(t *testing.T) {
	o := newOffice(t)
	o.open()
	o.at(agent.WizardApplicant, func(c *clerk) {
		wants(t, "another User ID", c.do(c.apply(func(a *agent.WizardAction) { a.UserID = "ag111111_qwertyui" })), agent.ErrCredentials)
		wants(t, "the right one", c.act(c.apply()), nil)
	})
	var got []string
	for _, r := range o.enrollments("check") {
		got = append(got, r["userID"]+" "+r["serial"]+" "+r["bank"]+" "+r["result"])
	}
	want := []string{"ag111111_qwertyui C3 " + caHost + " begun", "ag111111_qwertyui C3 " + caHost + " credentials",
		aUserID + " C3 " + caHost + " begun", aUserID + " C3 " + caHost + " done"}
	if !slices.Equal(got, want) {
		t.Errorf("history has %q, want %q", got, want)
	}
}

// User ID and PIN go to no bank, and the primary key proves nobody, without a record of it.
func TestCheckNeedsHistory(t *testing.T) {
	o := newOffice(t)
	o.open()
	o.at(agent.WizardApplicant, func(c *clerk) {
		o.history.FailWith(errors.New("disk full"))
		wants(t, "apply", c.do(c.apply()), agent.ErrHistory)
		if n := o.bank.Tries(aUserID); n != 0 {
			t.Errorf("the bank counted %d tries", n)
		}
		o.history.FailWith(nil)
		wants(t, "apply again", c.act(c.apply()), nil)
	})
}

// choosyBank takes one kind of key.
type choosyBank struct {
	agent.Enroller
	kind agent.KeyAlgorithm
}

func (b choosyBank) Check(ctx context.Context, a agent.Applicant) (agent.Terms, error) {
	terms, err := b.Enroller.Check(ctx, a)
	terms.Algorithms = []agent.KeyAlgorithm{b.kind}
	return terms, err
}

// A token that makes no key of a kind that the bank takes is no matter of signatures, and
// another profile does not help.
func TestEnrollNoKindOfKey(t *testing.T) {
	o := newOffice(t)
	o.open(func(c *agent.Config) { c.Banks[0].Enroller = choosyBank{c.Banks[0].Enroller, "RSA-512"} })
	o.at(agent.WizardReview, func(c *clerk) {
		err := c.do(obtain)
		wants(t, "obtain", err, agent.ErrKeyKind)
		if name := agent.ErrorName(err); name != "key-kind" {
			t.Errorf("it is told as %q", name)
		}
	})
	if o.bank.Issued() != 0 {
		t.Errorf("%d certificates were issued", o.bank.Issued())
	}
}

// For a site of the administrator's nobody else says where its certificates come from: a
// page that the person knows would open a wizard that sends PIN and User ID elsewhere.
func TestEnrollAtTheAdministratorsSite(t *testing.T) {
	for name, trusted := range map[string]bool{"the administrator's": true, "both the person's": false} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			o.open(func(c *agent.Config) {
				own := c.Banks[0]
				own.Trusted = false
				c.Banks[0].Enroller, c.Banks[0].Host, c.Banks[0].Trusted = nil, "", trusted
				c.Banks = append(c.Banks, own)
			})
			want := agent.ErrDenied // as the person closes it
			if trusted {
				want = agent.ErrNoEnrollment
			}
			wants(t, "Enroll", o.page().Enroll(t.Context(), 12), want)
		})
	}
}

// The hosts of the administrator's bank are known by its CA alone: a descriptor of the
// person's own that names one of them with another CA is no bank to register with, whose host
// the person would be shown.
func TestHostsOfTheAdministratorsBank(t *testing.T) {
	for host, beside := range map[string]int{caHost: 1, "ca.other.test, " + strings.ToUpper(caHost) + ".:443": 1, "ca.other.test": 2} {
		for trusted, want := range map[bool]int{true: beside, false: 2} { // where both are the person's neither knows better
			o := newOffice(t)
			o.open(func(c *agent.Config) {
				c.Banks[0].Trusted = trusted
				c.Banks = append(c.Banks, agent.Bank{Origins: []string{"https://ib.other.test"}, Enroller: agenttest.NewBank(), Host: host})
			})
			seen := make(chan int, 1)
			o.wizard(func(c *clerk) { seen <- len(c.s.Banks) })
			wants(t, "ShowWizard", o.agent.ShowWizard(t.Context()), nil)
			if got := <-seen; got != want {
				t.Errorf("with %q beside the administrator's (%t) %d banks are offered, want %d", host, trusted, got, want)
			}
		}
	}
}

// A drive that hangs while the key file is read keeps neither the window nor the agent from
// ending.
func TestKeyFileHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newOffice(t)
		hangs := make(chan struct{})
		defer close(hangs)
		o.read = func([]byte, *agent.Secret) (agent.PrimaryKey, error) {
			<-hangs
			return agent.PrimaryKey{}, agent.ErrKeyFile
		}
		stop := o.open()
		_ = o.enroll(func(c *clerk) {
			wants(t, "go to the applicant", c.to(agent.WizardApplicant), nil)
			time.AfterFunc(time.Minute, stop)
			wants(t, "apply", c.do(c.apply()), agent.ErrCanceled)
		})
	})
}
