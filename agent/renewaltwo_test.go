package agent_test

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"qoltanba/agent"
)

// carefulBank renews nothing early, as banks do: who asks gets what is in force.
type carefulBank struct{ fusedBank }

func (b carefulBank) Renew(ctx context.Context, key agent.Key) (*x509.Certificate, error) {
	if c := key.Certificate(); time.Until(c.NotAfter) > agent.RenewalDue*day {
		return c, nil
	}
	return b.fusedBank.Renew(ctx, key)
}

// while has an agent run with such a bank while work is done.
func (o *office) while(work func()) {
	o.t.Helper()
	stop := o.open(func(c *agent.Config) { c.Banks[0].Enroller = carefulBank{fusedBank{o.bank, o.fuse}} })
	defer stop()
	work()
}

// finish renews whatever is offered at a computer, until nothing is that is due.
func (o *office) finish() {
	o.t.Helper()
	for range 3 {
		synctest.Wait()
		all := o.agent.Status().Profiles
		i := slices.IndexFunc(all, func(p agent.Profile) bool { return p.Renewable && p.DaysLeft <= agent.RenewalDue })
		if i < 0 {
			return
		}
		if err := o.renew(all[i]); err != nil {
			o.t.Fatalf("Renew(%+v) of %d = %v", all[i], len(all), err)
		}
	}
	o.t.Fatalf("there is no end of it: %+v", o.agent.Status().Profiles)
}

// operationsOf are those of a renewal at a computer that knows nothing of the token.
func operationsOf(t *testing.T, cut func(first *office) *office) (operations []string) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		o := cut(due(t))
		o.fuse = &fuse{}
		o.while(func() { wants(t, "Renew", o.renew(o.renewable()), nil) })
		operations = o.fuse.operations()
	})
	if len(operations) < 4 {
		t.Fatalf("only %q stood behind the fuse", operations)
	}
	return operations
}

// A renewal that ends anywhere, at the computer that knows the token from its registration
// or at one that has found it, is finished at either, and each of them goes on afterwards:
// with one certificate on the token, which is in force, and no more than one issued each
// time.
func TestRenewEndsAnywhereOfTwo(t *testing.T) {
	knows := func(first *office) *office { return first }
	found := func(first *office) *office { return first.another() }
	for who, cut := range map[string]func(*office) *office{"that registered it": knows, "that found it": found} {
		for at, operation := range operationsOf(t, cut) {
			for _, after := range []bool{false, true} {
				for _, same := range []bool{false, true} {
					t.Run(fmt.Sprintf("%s %d %s after=%t same=%t", who, at+1, operation, after, same), func(t *testing.T) {
						synctest.Test(t, func(t *testing.T) {
							first := due(t)
							o := cut(first)
							other := first
							if o == first {
								other = first.another()
							}
							o.cutAt(at+1, after)
							goesOn, comesAfter := other, o
							if same {
								goesOn, comesAfter = o, other
							}
							for n, c := range []*office{goesOn, comesAfter} {
								c.while(func() {
									c.finish()
									// What is done is told to be so, and nothing else.
									if err := c.tidy(); err != nil && !errors.Is(err, agent.ErrRenewal) {
										t.Errorf("computer %d: Renew of what is not due = %v", n+1, err)
									}
								})
								c.wantSole(2)
							}
							for n, c := range []*office{comesAfter, goesOn} {
								time.Sleep(350 * day)
								c.while(func() { wants(t, "Renew a year later", c.renew(c.renewable()), nil) })
								c.wantSole(3 + n)
							}
						})
					})
				}
			}
		}
	}
}

// tidy renews what is offered and not due: a journal may have something that is left to do.
func (o *office) tidy() error {
	for _, p := range o.agent.Status().Profiles {
		if p.Renewable {
			return o.renew(p)
		}
	}
	return nil
}

// cutAt has a renewal of what is due cut off at an operation.
func (o *office) cutAt(at int, after bool) {
	o.t.Helper()
	o.fuse = &fuse{at: at, after: after, err: agent.ErrBank}
	o.while(func() { wants(o.t, "Renew", o.renew(o.renewable()), agent.ErrBank) })
	o.fuse = &fuse{}
}

// A renewal that was cut off here, and finished elsewhere or not at all, is not what the
// person asks for a year later: then the certificate that is due is renewed, at once.
func TestRenewLongAfter(t *testing.T) {
	nobody := func(*office) {}
	finishes := func(o *office) { o.while(o.finish) }
	for name, c := range map[string]struct {
		between func(other *office) // soon
		later   func(other *office) // a year later
		at      int                 // the first operation of the first computer's renewal that this is about
	}{
		"it was finished elsewhere":           {finishes, nobody, 1},
		"and is cut off there the next time":  {finishes, func(o *office) { o.cutAt(2, true) }, 1},
		"and the next one is registered":      {finishes, func(o *office) { o.cutAt(3, true) }, 1},
		"and the next one is only issued yet": {finishes, func(o *office) { o.cutAt(1, true) }, 1},
		"nobody finished it":                  {nobody, nobody, 3},
	} {
		for at, operation := range []string{"Renew", "StoreCertificate", "ConfirmRenewal", "Delete"} {
			for _, after := range []bool{false, true} {
				if at+1 < c.at {
					continue
				}
				t.Run(fmt.Sprintf("%s %s after=%t", name, operation, after), func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) {
						first := due(t)
						first.cutAt(at+1, after)
						other := first.another()
						c.between(other)
						time.Sleep(350 * day)
						c.later(other)
						first.while(func() { wants(t, "Renew", first.renew(first.renewable()), nil) })
						first.wantSole(3)
					})
				})
			}
		}
	}
}

// Where nobody finished it, who has found the token a year later removes what has ended too.
func TestRenewFoundLongAfter(t *testing.T) {
	for _, at := range []int{3, 4} { // before ConfirmRenewal, and before Delete
		synctest.Test(t, func(t *testing.T) {
			first := due(t)
			first.cutAt(at, false)
			time.Sleep(350 * day)
			o := first.another()
			o.while(func() { wants(t, "Renew", o.renew(o.renewable()), nil) })
			o.wantSole(3)
		})
	}
}

// A person who removes the old certificate before the new one is registered is helped, too.
func TestRenewOldRemovedByHand(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := due(t)
		o.cutAt(3, false) // before ConfirmRenewal
		old := o.token.Info().Keys[0].Certificate
		o.elsewhere(func(ctx context.Context, admin agent.Admin) error {
			if err := admin.(agent.Token).Login(ctx, secret(newPassword)); err != nil {
				return err
			}
			objects, err := admin.Objects(ctx)
			if err != nil {
				return err
			}
			return admin.Delete(ctx, objects[slices.IndexFunc(objects, func(x agent.Object) bool { return slices.Equal(x.Certificate, old) })])
		})
		o.while(func() { wants(t, "Renew", o.renew(o.profile()), nil) })
		o.wantSole(2)
	})
}
