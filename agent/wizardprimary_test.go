package agent_test

import (
	"context"
	"crypto"
	"crypto/x509"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"qoltanba/agent"
)

// primaryBank issues certificates as those of primary keys are.
type primaryBank struct {
	fusedBank
	policy x509.OID
}

func (b primaryBank) issue(public crypto.PublicKey, end time.Time) *x509.Certificate {
	return b.CA().Issue(public, aUserID, func(c *x509.Certificate) {
		c.Policies, c.NotAfter = []x509.OID{b.policy}, end
	})
}

func (b primaryBank) Submit(_ context.Context, _ agent.Applicant, key crypto.Signer) (*x509.Certificate, error) {
	return b.issue(key.Public(), time.Now().Add(365*day)), nil
}

func (b primaryBank) Renew(_ context.Context, key agent.Key) (*x509.Certificate, error) {
	return b.issue(key.Public(), key.Certificate().NotAfter.Add(365*day)), nil
}

func (o *office) openPrimary() (stop func()) {
	o.t.Helper()
	primary := policy(o.t, primaryPolicy)
	return o.open(func(c *agent.Config) {
		c.Banks[0].Enroller, c.Banks[0].Primary.Policies = primaryBank{fusedBank{o.bank, o.fuse}, primary}, []x509.OID{primary}
	})
}

// A certificate that would make the new key a primary one signs nothing: it does not come
// onto the token, where it would be in the way of the right one.
func TestK5WizardRefusesAPrimaryCertificate(t *testing.T) {
	o := newOffice(t)
	o.openPrimary()
	o.at(agent.WizardReview, func(c *clerk) { wants(t, "K5 obtain", c.do(obtain), agent.ErrCertificate) })
	if n := len(o.token.Info().Keys); n != 0 || strings.Contains(o.journal(), `"certificate"`) {
		t.Errorf("K5 the token has %d certificates, the journal %s", n, o.journal())
	}
}

// Nor does it take the place of one that is in force.
func TestK5RenewalRefusesAPrimaryCertificate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := due(t)
		stop := o.openPrimary()
		defer stop()
		p := o.profile()
		wants(t, "K5 Renew", o.renew(p), agent.ErrCertificate)
		if after := o.profile(); after.ID != p.ID {
			t.Errorf("K5 the profile is %+v, want %+v", after, p)
		}
	})
}
