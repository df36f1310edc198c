package agent_test

import (
	"context"
	"crypto/x509"
	"slices"
	"testing"
	"time"

	"qoltanba/agent"
	"qoltanba/agent/agenttest"
)

// wrongBank answers a renewal with a certificate of its CA for the same key, which make makes.
type wrongBank struct {
	fusedBank
	make func(old *x509.Certificate) *x509.Certificate
}

func (b wrongBank) Renew(ctx context.Context, key agent.Key) (*x509.Certificate, error) {
	if c := b.make(key.Certificate()); c != nil {
		return c, nil
	}
	return nil, agent.ErrBank
}

// What does not follow the certificate in force takes its place in no case: that would be
// removed from the token, and the person be left without one that is good.
func TestRenewTakesTheNextCertificateOnly(t *testing.T) {
	for name, c := range map[string]struct {
		edit func(c *x509.Certificate)
		err  error
		told string // in the history
	}{
		"the one in force":  {nil, agent.ErrRenewal, "renewal"},
		"one that ends now": {func(c *x509.Certificate) { c.NotAfter = time.Now().Add(2 * time.Hour) }, agent.ErrRenewal, "renewal"},
		"somebody else's":   {func(c *x509.Certificate) { c.Subject.CommonName = "SOMEBODY ELSE" }, agent.ErrCertificate, "certificate"},
		"none":              {func(c *x509.Certificate) { c.NotAfter = time.Time{} }, agent.ErrBank, "bank"},
	} {
		t.Run(name, func(t *testing.T) {
			o, stop := registered(t)
			stop()
			o.open(func(conf *agent.Config) {
				bank := wrongBank{fusedBank: conf.Banks[0].Enroller.(fusedBank)}
				bank.make = func(old *x509.Certificate) *x509.Certificate {
					if c.edit == nil {
						return old
					}
					next := o.bank.CA().Issue(old.PublicKey, aUserID, func(next *x509.Certificate) {
						next.NotAfter = old.NotAfter.Add(time.Hour)
						c.edit(next)
					})
					if next.NotAfter.Before(next.NotBefore) {
						return nil
					}
					return next
				}
				conf.Banks[0].Enroller = bank
			})
			before, objects := o.profile(), o.objects()
			o.person.Do(agenttest.PIN(newPassword))
			wants(t, "Renew", o.agent.Renew(t.Context(), before.ID), c.err)
			if after := o.profile(); after.ID != before.ID || len(o.objects()) != len(objects) {
				t.Errorf("the profile is %+v with %d objects, want %+v with %d", after.ID, len(o.objects()), before.ID, len(objects))
			}
			var results []string
			for _, r := range o.enrollments("renewal") {
				results = append(results, r["result"])
			}
			if want := []string{"begun", c.told}; !slices.Equal(results, want) {
				t.Errorf("the history has the results %q, want %q", results, want)
			}
		})
	}
}

// Without a history nothing is renewed.
func TestRenewWithoutHistory(t *testing.T) {
	o, _ := registered(t)
	o.history.FailWith(agent.ErrHistory)
	o.person.Do(agenttest.PIN(newPassword))
	wants(t, "Renew", o.agent.Renew(t.Context(), o.profile().ID), agent.ErrHistory)
	if o.bank.Issued() != 1 {
		t.Errorf("%d certificates were issued", o.bank.Issued())
	}
}
