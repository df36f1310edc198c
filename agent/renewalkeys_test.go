package agent_test

import (
	"context"
	"crypto/x509"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"qoltanba/agent"
	"qoltanba/agent/agenttest"
	"qoltanba/agent/gost"
)

// trustingBank takes every certificate for its own. It refuses keys that it does not know
// when it comes to renewing them.
type trustingBank struct{ fusedBank }

func (trustingBank) IsIssuer(*x509.Certificate, []*x509.Certificate) bool { return true }

// endingSoon is how long the certificates of other programs' keys are valid here.
func endingSoon(c *x509.Certificate) { c.NotAfter = time.Now().Add(20 * day) }

// openTrusting is open with such a bank.
func (o *office) openTrusting() (stop func()) {
	o.t.Helper()
	return o.open(func(c *agent.Config) { c.Banks[0].Enroller = trustingBank{fusedBank{o.bank, o.fuse}} })
}

// offered lists the names of the profiles that are offered to be renewed.
func (o *office) offered() string {
	var all []string
	for _, p := range o.agent.Status().Profiles {
		if p.Renewable {
			all = append(all, p.Subject)
		}
	}
	return strings.Join(all, ", ")
}

// The token's other keys are not forgotten for one that was found: the journal has one for
// each token, and the User ID of a registration from here is not given up. Of two that were
// found each can be renewed. What a bank does not know is not in the journal as its own.
func TestRenewKeysOfOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o, stop := registered(t)
		stop()
		for _, name := range []string{"Aigerim", "Bolat"} {
			o.token.AddKey(agent.P256, "key of "+name, name, endingSoon)
		}
		stop = o.openTrusting()
		synctest.Wait()
		if got := o.offered(); got != aUserID {
			t.Errorf("offered where one was registered: %q, want %q", got, aUserID)
		}
		stop()

		other := o.another()
		stop = other.openTrusting()
		defer stop()
		synctest.Wait()
		if got := other.offered(); got != "Aigerim, Bolat" {
			t.Errorf("offered: %q, want both that end soon", got)
		}
		for _, p := range other.agent.Status().Profiles {
			if !p.Due() {
				continue
			}
			wants(t, "Renew at a bank that does not know the key", other.renew(p), agent.ErrCredentials)
			if _, err := os.Stat(filepath.Join(other.dir, "registrations.json")); !errors.Is(err, os.ErrNotExist) {
				t.Errorf("a journal was written: %v", err)
			}
		}
		if got := other.offered(); got != "Aigerim, Bolat" {
			t.Errorf("offered afterwards: %q, want both", got)
		}
	})
}

// nextBank renews every key for a year, whose certificate it is.
type nextBank struct {
	trustingBank
	confirmed []*x509.Certificate
}

func (b *nextBank) Renew(_ context.Context, key agent.Key) (*x509.Certificate, error) {
	old := key.Certificate()
	return b.CA().Issue(old.PublicKey, old.Subject.CommonName, func(c *x509.Certificate) { c.NotAfter = old.NotAfter.Add(365 * day) }), nil
}

func (b *nextBank) ConfirmRenewal(_ context.Context, _ string, _ agent.Key, c *x509.Certificate) error {
	b.confirmed = append(b.confirmed, c)
	return nil
}

// certifiedTwice has a token in the place of the empty one, whose key another program made:
// it has a certificate of Aigerim's that is due, and one of another company.
func (o *office) certifiedTwice() {
	o.newPassword()
	o.token.AddKey(agent.P256, "key of Aigerim", "Aigerim", endingSoon)
	o.token.Renew("Another company", func(c *x509.Certificate) { c.NotAfter = time.Now().Add(25 * day) })
}

// A key that another program named keeps its name. A certificate of the same key for
// another name is no successor, though it ends later.
func TestRenewKeyOfAnotherProgram(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newOffice(t)
		o.certifiedTwice()
		bank := &nextBank{trustingBank: trustingBank{fusedBank{o.bank, o.fuse}}}
		stop := o.open(func(c *agent.Config) { c.Banks[0].Enroller = bank })
		defer stop()
		synctest.Wait()
		all := o.agent.Status().Profiles
		i := slices.IndexFunc(all, func(p agent.Profile) bool { return p.Subject == "Aigerim" })
		if i < 0 {
			t.Fatalf("profiles: %+v", all)
		}
		wants(t, "Renew", o.renew(all[i]), nil)
		if len(bank.confirmed) != 1 || bank.confirmed[0].Subject.CommonName != "Aigerim" {
			t.Errorf("registered: %v", bank.confirmed)
		}
		var names []string
		for _, p := range o.agent.Status().Profiles {
			names = append(names, p.Subject)
		}
		slices.Sort(names)
		if !slices.Equal(names, []string{"Aigerim", "Another company"}) {
			t.Errorf("the token has the certificates of %q", names)
		}
		for _, x := range o.objects() {
			if x.Kind == agent.ObjectCertificate && x.Label != "key of Aigerim" {
				t.Errorf("a certificate is labelled %q", x.Label)
			}
		}
		if j := o.journal(); !strings.Contains(j, `"name": "key of Aigerim"`) || !strings.Contains(j, `"foreign": true`) {
			t.Errorf("the journal has %s", j)
		}
	})
}

// namedBank knows its certificates by the name.
type namedBank struct{ nextBank }

func (b *namedBank) IsIssuer(c *x509.Certificate, _ []*x509.Certificate) bool {
	return c.Subject.CommonName == "Aigerim"
}

// Another CA's certificate of the same key is nothing to wait for.
func TestRenewBesideAForeignCertificate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newOffice(t)
		o.certifiedTwice()
		silent := &anonymousBank{hang: true, ca: agenttest.TestCA()}
		silent.fusedBank = fusedBank{o.bank, o.fuse}
		stop := o.open(func(c *agent.Config) {
			c.Banks[0].Enroller = &namedBank{nextBank{trustingBank: trustingBank{fusedBank{o.bank, o.fuse}}}}
			c.Banks = append(c.Banks, agent.Bank{Names: map[string]string{"en": "Silent"}, Trusted: true, Enroller: silent, Host: "ca.silent.test"})
		})
		defer stop()
		time.Sleep(time.Minute) // within that the bank has said so, and the silent one nothing
		for _, p := range o.agent.Status().Profiles {
			if p.Subject == "Aigerim" {
				before := time.Now()
				wants(t, "Renew", o.renew(p), nil)
				if passed := time.Since(before); passed != 0 {
					t.Errorf("it took %v", passed)
				}
			}
		}
	})
}

// A registration that is not finished, or was set aside and may go on, is not lost for
// another key of its token.
func TestRenewBesideUnfinished(t *testing.T) {
	for _, aside := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			o := newOffice(t)
			o.fuse.at, o.fuse.after, o.fuse.err = 3, true, agent.ErrTokenLost // GenerateKey
			stop := o.open()
			if err := o.enroll(func(c *clerk) { wants(t, "the registration", c.register(), agent.ErrTokenLost) }); err == nil {
				t.Error("Enroll() succeeded")
			}
			stop()
			o.fuse = &fuse{}
			o.token.AddKey(agent.P256, "other", "Aigerim", endingSoon)
			start, offered, want := o.startDeclining, "", agent.ErrNoEnrollment
			if aside {
				data := strings.Replace(o.journal(), `"done": false`, `"done": false, "aside": true`, 1)
				if err := os.WriteFile(filepath.Join(o.dir, "registrations.json"), []byte(data), 0o600); err != nil {
					t.Fatal(err)
				}
				// Whether its key is there is seen with the password alone.
				start, offered, want = o.start, "Aigerim", agent.ErrUnfinished
			}
			before := o.journal()
			stop = start(func(c *agent.Config) {
				c.Tokens = fusedTokens{o.tokens, o.fuse}
				c.Banks[0].Enroller, c.Banks[0].Host = trustingBank{fusedBank{o.bank, o.fuse}}, caHost
			})
			defer stop()
			synctest.Wait()
			if got := o.offered(); got != offered {
				t.Errorf("aside %t: offered: %q, want %q", aside, got, offered)
			}
			wants(t, "Renew", o.renew(o.profile()), want)
			if o.journal() != before {
				t.Errorf("the journal has %s, and had %s", o.journal(), before)
			}
		})
	}
}

// What the person prefers is followed, also when it was renewed elsewhere meanwhile.
func TestRenewKeepsThePreferred(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		first := due(t)
		stop := first.open()
		wants(t, "Prefer", first.agent.Prefer(first.profile().ID), nil)
		stop()
		o := first.another()
		stop = o.open()
		wants(t, "Renew elsewhere", o.renew(o.renewable()), nil)
		stop()
		time.Sleep(350 * day)
		stop = first.open()
		defer stop()
		wants(t, "Renew", first.renew(first.renewable()), nil)
		if p := first.profile(); !p.Preferred {
			t.Errorf("profile %+v is not the preferred one any more", p)
		}
	})
}

// dueGOST is gostBank, which renews nothing early.
type dueGOST struct{ gostBank }

func (b dueGOST) Renew(ctx context.Context, key agent.Key) (*x509.Certificate, error) {
	return carefulBank{b.fusedBank}.Renew(ctx, key)
}

// A GOST key is found and renewed as any other.
func TestRenewGOSTAtAnotherComputer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		first := newOffice(t)
		stop := first.openGOST()
		wants(t, "Enroll", first.enroll(func(c *clerk) { wants(t, "register", c.register(), nil) }), nil)
		left := first.profile().DaysLeft
		stop()
		time.Sleep(time.Duration(left-20) * day)
		for n, o := range []*office{first.another(), first} {
			stop := o.open(func(c *agent.Config) { c.Banks[0].Enroller = dueGOST{gostBank{fusedBank{o.bank, o.fuse}}} })
			p := o.renewable()
			if root := o.bank.CA().GOST(gost.Kazakh2015); p.Issuer != root.Subject.CommonName {
				t.Errorf("profile %+v", p)
			}
			wants(t, "Renew", o.renew(p), nil)
			if o.bank.Issued() != n+2 || len(o.token.Info().Keys) != 1 {
				t.Errorf("%d issued, %d on the token", o.bank.Issued(), len(o.token.Info().Keys))
			}
			stop()
			time.Sleep(350 * day)
		}
	})
}
