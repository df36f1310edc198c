package agent_test

import (
	"context"
	"crypto/x509"
	"testing"
	"testing/synctest"
	"time"

	"qoltanba/agent"
	"qoltanba/agent/agenttest"
)

// claimant is a bank whose descriptor names another bank's CA. It answers after a while.
type claimant struct {
	trustingBank
	after time.Duration
}

func (c claimant) CACerts(ctx context.Context) ([]*x509.Certificate, error) {
	select {
	case <-time.After(c.after):
		return c.trustingBank.CACerts(ctx)
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (c claimant) IsIssuer(_ *x509.Certificate, issuers []*x509.Certificate) bool {
	return len(issuers) > 0
}

// A certificate whose CA several descriptors name is the bank's that an administrator's
// names, however fast others are, and nobody's where that does not tell.
func TestRenewOfACertificateThatOthersClaim(t *testing.T) {
	const here, there = "ca.here.test", "ca.there.test"
	for name, c := range map[string]struct {
		silent        bool          // the bank does not answer
		after         time.Duration // that it takes
		claims        bool          // there is another one
		trusted       bool          // by the administrator
		claimsAfter   time.Duration
		own           bool // the bank's descriptor is the person's own
		want          string
		host          string // of the other one
		wantRefusedAs error
	}{
		"alone":                                   {want: here},
		"the person's own, alone":                 {own: true, want: here},
		"the person's own is faster":              {after: 2 * time.Second, claims: true, want: here},
		"the person's own, and no answer":         {silent: true, claims: true, wantRefusedAs: agent.ErrBank},
		"two of the administrator":                {claims: true, trusted: true, claimsAfter: time.Second, wantRefusedAs: agent.ErrIssuer},
		"two of the person's":                     {claims: true, own: true, after: time.Second, wantRefusedAs: agent.ErrIssuer},
		"two of the administrator, of which one":  {claims: true, trusted: true, claimsAfter: time.Second, host: here, want: here},
		"the other one hangs":                     {claims: true, trusted: true, claimsAfter: 1000 * time.Hour, want: here},
		"the person's own hangs":                  {claims: true, claimsAfter: 1000 * time.Hour, want: here},
		"the administrator's comes much later on": {after: time.Hour, claims: true, want: here},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				o := due(t).another()
				real := &anonymousBank{}
				if c.silent {
					real.fail = agent.ErrBank
				}
				real.fusedBank = fusedBank{o.bank, o.fuse}
				stop := o.open(func(config *agent.Config) {
					config.Banks[0].Enroller, config.Banks[0].Host, config.Banks[0].Trusted = slowBank{real, c.after}, here, !c.own
					if !c.claims {
						return
					}
					host := there
					if c.host != "" {
						host = c.host
					}
					other := agent.Bank{Names: map[string]string{"en": "Other"}, Trusted: c.trusted, Host: host,
						Enroller: claimant{trustingBank{fusedBank{o.bank, o.fuse}}, c.claimsAfter}}
					config.Banks = append(config.Banks, other)
					if c.own { // as a file of that name would be
						config.Banks = []agent.Bank{config.Banks[1], config.Banks[0]}
					}
				})
				defer stop()
				p := o.profile()
				o.person.Do(agenttest.PIN(newPassword))
				err := o.agent.Renew(t.Context(), p.ID)
				if wants(t, "Renew", err, c.wantRefusedAs); c.wantRefusedAs != nil {
					return
				}
				for _, r := range o.enrollments("renewal") {
					if r["bank"] != c.want {
						t.Errorf("renewed at %q, want %q", r["bank"], c.want)
					}
				}
			})
		})
	}
}

// slowBank takes a while to say who it is.
type slowBank struct {
	*anonymousBank
	after time.Duration
}

func (b slowBank) CACerts(ctx context.Context) ([]*x509.Certificate, error) {
	select {
	case <-time.After(b.after):
		return b.anonymousBank.CACerts(ctx)
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
