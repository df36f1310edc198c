package agent_test

import (
	"context"
	"crypto/x509"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"qoltanba/agent"
	"qoltanba/agent/agenttest"
)

// aheadBank is one whose clock is ahead.
type aheadBank struct {
	nextBank
	ahead  time.Duration
	issued *x509.Certificate
}

func (b *aheadBank) Renew(_ context.Context, key agent.Key) (*x509.Certificate, error) {
	old := key.Certificate()
	if b.issued == nil {
		b.issued = b.CA().Issue(old.PublicKey, old.Subject.CommonName, func(c *x509.Certificate) {
			c.NotBefore, c.NotAfter = time.Now().Add(b.ahead), old.NotAfter.Add(365*day)
		})
	}
	return b.issued, nil
}

// A certificate that is not valid yet, as one of the two clocks is wrong, does not take the
// place of the one that is: nobody could sign until then. It is kept, and the renewal goes on
// when it is valid.
func TestRenewalNotValidYet(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := due(t)
		bank := &aheadBank{nextBank: nextBank{trustingBank: trustingBank{fusedBank{o.bank, o.fuse}}}, ahead: 3 * time.Hour}
		stop := o.open(func(c *agent.Config) { c.Banks[0].Enroller = bank })
		defer stop()
		p := o.profile()
		err := o.renew(p)
		if pending, ok := errors.AsType[*agent.PendingError](err); !ok || pending.After <= 2*time.Hour || pending.After > 3*time.Hour+time.Second {
			t.Errorf("Renew = %v, want that it waits for three hours", err)
		}
		if len(bank.confirmed) != 0 {
			t.Error("it was registered")
		}
		if now := o.profile(); now.ID != p.ID {
			t.Errorf("the profile is %+v, want %+v", now, p)
		}
		o.person.Do(agenttest.PIN(newPassword))
		if _, _, err := o.page().Authenticate(t.Context(), challenge()); err != nil {
			t.Errorf("Authenticate = %v", err)
		}
		time.Sleep(3 * time.Hour)
		wants(t, "Renew later", o.renew(o.profile()), nil)
		if now := o.profile(); now.ID.Certificate == p.ID.Certificate || now.Expired || len(bank.confirmed) != 1 {
			t.Errorf("the profile is %+v, %d were registered", now, len(bank.confirmed))
		}
	})
}
