package agent_test

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"qoltanba/agent"
	"qoltanba/agent/agenttest"
)

// registered is an office whose token has its profile.
func registered(t *testing.T) (*office, func()) {
	t.Helper()
	o := newOffice(t)
	stop := o.open()
	if err := o.enroll(func(c *clerk) {
		if err := c.register(); err != nil {
			t.Error(err)
		}
	}); err != nil {
		t.Fatal(err)
	}
	return o, stop
}

// profile is the one profile that is connected.
func (o *office) profile() agent.Profile {
	o.t.Helper()
	all := o.agent.Status().Profiles
	if len(all) != 1 || all[0].Empty {
		o.t.Fatalf("profiles: %+v", all)
	}
	return all[0]
}

// The countdown goes on where nothing else happens for days.
func TestDaysLeftBecomeFewer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o, stop := registered(t)
		defer stop()
		var mu sync.Mutex
		var last agent.Status
		defer o.agent.Subscribe(func(s agent.Status) {
			mu.Lock()
			defer mu.Unlock()
			last = s
		})()
		before := o.profile().DaysLeft
		time.Sleep(3 * 24 * time.Hour)
		synctest.Wait()
		mu.Lock()
		defer mu.Unlock()
		if len(last.Profiles) != 1 || last.Profiles[0].DaysLeft != before-3 {
			t.Errorf("after three days %+v was told, before it was %d days", last.Profiles, before)
		}
	})
}

func TestRenew(t *testing.T) {
	o, _ := registered(t)
	before := o.profile()
	if !before.Renewable || before.DaysLeft < 1 {
		t.Errorf("the profile can be renewed: %t, days left %d", before.Renewable, before.DaysLeft)
	}
	if err := o.agent.Prefer(before.ID); err != nil {
		t.Fatal(err)
	}
	o.person.Do(agenttest.PIN("wrong999", newPassword))
	if err := o.agent.Renew(t.Context(), before.ID); err != nil {
		t.Fatalf("Renew() = %v", err)
	}
	after := o.profile()
	if after.ID.Key != before.ID.Key || after.ID.Certificate == before.ID.Certificate || !after.Preferred || o.bank.Issued() != 2 {
		t.Errorf("profile = %+v, %d issued; want 2, and %+v with another certificate", after, o.bank.Issued(), before)
	}
	if o.token.Unlocked() {
		t.Error("the token is unlocked afterwards")
	}
	q := agenttest.Asked[agent.PINQuestion](o.person)
	if len(q) == 0 || q[len(q)-1].Purpose != agent.PurposeRenew {
		t.Errorf("asked %+v", q)
	}
	o.person.Do(agenttest.PIN(newPassword))
	if _, _, err := o.page().Authenticate(t.Context(), challenge()); err != nil {
		t.Errorf("login with the new certificate: %v", err)
	}
}

// A renewal that ends anywhere leaves a profile that works, and is finished when it
// is asked for again.
func TestRenewEndsAnywhere(t *testing.T) {
	operations := func() []string {
		o, stop := registered(t)
		stop()
		o.fuse = &fuse{}
		o.open()
		o.person.Do(agenttest.PIN(newPassword))
		if err := o.agent.Renew(t.Context(), o.profile().ID); err != nil {
			t.Fatal(err)
		}
		return o.fuse.operations()
	}()
	if len(operations) < 3 {
		t.Fatalf("only %q stood behind the fuse", operations)
	}
	for at := range operations {
		for _, after := range []bool{false, true} {
			t.Run(fmt.Sprintf("%d %s after=%t", at+1, operations[at], after), func(t *testing.T) {
				t.Parallel()
				o, stop := registered(t)
				stop()
				o.fuse = &fuse{at: at + 1, after: after, err: agent.ErrBank}
				stop = o.open()
				old := o.profile()
				o.person.Do(agenttest.PIN(newPassword))
				if err := o.agent.Renew(t.Context(), old.ID); !errors.Is(err, agent.ErrBank) {
					t.Fatalf("Renew() = %v, want that it was cut off", err)
				}
				stop()
				o.fuse = &fuse{}
				o.open()
				for _, p := range o.agent.Status().Profiles {
					if p.ID == old.ID || p.ID.Key == old.ID.Key {
						old = p
					}
				}
				o.person.Do(agenttest.PIN(newPassword))
				if err := o.agent.Renew(t.Context(), old.ID); err != nil {
					t.Fatalf("Renew() again = %v", err)
				}
				if o.bank.Issued() != 2 {
					t.Errorf("issued %d certificates", o.bank.Issued())
				}
				o.profile()
				o.person.Do(agenttest.PIN(newPassword))
				if _, _, err := o.page().Authenticate(t.Context(), challenge()); err != nil {
					t.Errorf("login afterwards: %v", err)
				}
			})
		}
	}
}

// A session with the certificate that was replaced ends: it would ask for the password
// of a profile that is in no list.
func TestRenewEndsSessions(t *testing.T) {
	o, _ := registered(t)
	o.person.Do(agenttest.PIN(newPassword), agenttest.PIN(newPassword))
	page := o.page()
	if _, err := page.OpenSession(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	if err := o.agent.Renew(t.Context(), o.profile().ID); err != nil {
		t.Fatal(err)
	}
	if _, err := page.Sign(t.Context(), order("a"), nil); !errors.Is(err, agent.ErrNoSession) {
		t.Errorf("Sign() in the old session = %v, want ErrNoSession", err)
	}
}

// datedBank believes a certificate only while it is valid, as TLS does.
type datedBank struct{ fusedBank }

func (b datedBank) Renew(ctx context.Context, key agent.Key) (*x509.Certificate, error) {
	if time.Now().After(key.Certificate().NotAfter) {
		return nil, agent.ErrCredentials
	}
	return b.fusedBank.Renew(ctx, key)
}

func (b datedBank) ConfirmRenewal(ctx context.Context, userID string, key agent.Key, c *x509.Certificate) error {
	if time.Now().After(key.Certificate().NotAfter) {
		return agent.ErrCredentials
	}
	return b.fusedBank.ConfirmRenewal(ctx, userID, key, c)
}

// A renewal that was cut off is finished after the end of the old certificate too.
func TestRenewEndsAfterTheOldCertificate(t *testing.T) {
	for at, operation := range []string{"StoreCertificate", "ConfirmRenewal"} {
		for _, after := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s after=%t", operation, after), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					o, stop := registered(t)
					stop()
					dated := func(c *agent.Config) { c.Banks[0].Enroller = datedBank{fusedBank{o.bank, o.fuse}} }
					o.fuse = &fuse{at: at + 2, after: after, err: agent.ErrBank}
					stop = o.open(dated)
					old := o.profile()
					time.Sleep(time.Duration(old.DaysLeft-1) * 24 * time.Hour)
					o.person.Do(agenttest.PIN(newPassword))
					wants(t, "Renew", o.agent.Renew(t.Context(), old.ID), agent.ErrBank)
					if ops := o.fuse.operations(); ops[at+1] != operation {
						t.Fatalf("operations %q", ops)
					}
					stop()
					time.Sleep(3 * 24 * time.Hour)
					o.fuse = &fuse{}
					stop = o.open(dated)
					defer stop()
					var fit []agent.Profile
					for _, p := range o.agent.Status().Profiles {
						if p.Renewable {
							fit = append(fit, p)
						}
					}
					if len(fit) != 1 {
						t.Fatalf("to be renewed: %+v of %+v, want one", fit, o.agent.Status().Profiles)
					}
					o.person.Do(agenttest.PIN(newPassword))
					wants(t, "Renew again", o.agent.Renew(t.Context(), fit[0].ID), nil)
					if p := o.profile(); o.bank.Issued() != 2 || p.Expired || !p.Renewable {
						t.Errorf("issued %d certificates, profile %+v", o.bank.Issued(), p)
					}
				})
			})
		}
	}
}

// A certificate that ended before a renewal was begun is not offered to be renewed.
func TestRenewNotAfterTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o, stop := registered(t)
		time.Sleep(400 * 24 * time.Hour)
		if p := o.profile(); !p.Expired || p.Renewable {
			t.Errorf("profile %+v", p)
		}
		stop()
	})
}
