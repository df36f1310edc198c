package agent_test

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"qoltanba/agent"
)

// ending is an office whose registration was cut off after a certificate of that life was
// issued for a year, and maybe written.
type ending struct {
	*office
	bank  *answering
	other func(*agent.WizardAction) // a colleague's card
	asked []int                     // periods that the bank was asked for a certificate with since
}

func cutOff(t *testing.T, life time.Duration, written bool) *ending {
	t.Helper()
	o := &ending{office: newOffice(t)}
	o.other = colleague(o.office)
	o.fuse.at, o.fuse.after, o.fuse.err = 4, written, agent.ErrTokenLost // StoreCertificate
	o.bank = &answering{Bank: o.office.bank, confirm: func(func() error) error { return nil }}
	o.bank.submit = func(a agent.Applicant, key crypto.PublicKey) *x509.Certificate {
		o.asked = append(o.asked, a.Months)
		return o.bank.CA().Issue(key, a.UserID, func(c *x509.Certificate) { c.NotAfter = time.Now().Add(life) })
	}
	o.open(func(c *agent.Config) { c.Banks[0].Enroller = o.bank })
	o.at(agent.WizardReview, func(c *clerk) { wants(t, "obtain", c.do(obtain), agent.ErrTokenLost) })
	if !slices.Equal(o.asked, []int{12}) {
		t.Fatalf("the bank was asked for %v months, want 12 once", o.asked)
	}
	o.fuse.mend()
	o.asked, life = nil, time.Hour
	return o
}

// again enrolls from a page that asks for two years. The review is to show those months,
// and periods to choose from.
func (o *ending) again(months int, periods []int, change ...func(*agent.WizardAction)) {
	o.t.Helper()
	o.wizard(func(c *clerk) {
		wants(o.t, "to the applicant", c.to(agent.WizardApplicant), nil)
		wants(o.t, "apply", c.act(c.apply(change...)), nil)
		wants(o.t, "to the review", c.to(agent.WizardReview), nil)
		if c.s.Months != months || !slices.Equal(c.s.Periods, periods) {
			o.t.Errorf("K56 the review shows %d months of %v, want %d of %v", c.s.Months, c.s.Periods, months, periods)
		}
		wants(o.t, "obtain", c.act(agent.WizardAction{Kind: agent.WizardObtain, Flag: true, Months: 24}), nil)
		wants(o.t, "finish", c.page(), nil)
	})
	wants(o.t, "Enroll", o.page().Enroll(o.t.Context(), 24), nil)
	if j := o.journal(); !strings.Contains(j, fmt.Sprintf(`"months": %d,`, months)) || !strings.Contains(j, `"done": true`) {
		o.t.Errorf("the journal has %s, want %d months, done", j, months)
	}
	keys := o.token.Info().Keys
	if len(keys) != 1 {
		o.t.Fatalf("K117 %d certificates on the token, want one", len(keys))
	}
	if cert, err := x509.ParseCertificate(keys[0].Certificate); err != nil || !time.Now().Before(cert.NotAfter) {
		o.t.Errorf("the certificate on the token: %v, want one that is valid", err)
	}
}

// A certificate that was issued already has the period that it has, whatever the page asks
// for now and the contract has.
func TestK56PeriodOfWhatIsIssued(t *testing.T) {
	for name, contract := range map[string][]int{"of the same contract": {12, 24}, "of another contract": {24}} {
		t.Run(name, func(t *testing.T) {
			o := cutOff(t, time.Hour, false)
			o.bank.months = contract
			o.again(12, nil)
			if len(o.asked) != 0 {
				t.Errorf("K117 the bank was asked again, for %v months", o.asked)
			}
		})
	}
	t.Run("begun anew for another User ID", func(t *testing.T) {
		o := cutOff(t, time.Hour, true)
		o.again(24, []int{12, 24}, o.other)
		if !slices.Equal(o.asked, []int{24}) {
			t.Errorf("the bank was asked for %v months, want 24 once", o.asked)
		}
	})
}

// A certificate that has ended before it was registered is asked for anew, with the period
// that the page asks for now, and leaves the token.
func TestWizardCertificateEnded(t *testing.T) {
	for name, written := range map[string]bool{"K56 before it was written": false, "K117 after it was written": true} {
		t.Run(name, func(t *testing.T) {
			o := cutOff(t, -time.Minute, written)
			o.again(24, []int{12, 24})
			if !slices.Equal(o.asked, []int{24}) {
				t.Errorf("the bank was asked for %v months, want 24 once", o.asked)
			}
			if strings.Contains(o.journal(), `"replaced"`) {
				t.Errorf("the journal still has the one that ended: %s", o.journal())
			}
		})
	}
}

// A bank that returns the certificate that has ended has issued nothing: it would be written,
// and removed again as the one before.
func TestWizardCertificateEndedAgain(t *testing.T) {
	o := cutOff(t, -time.Minute, true)
	ended := o.token.Info().Keys[0].Certificate
	o.bank.submit = func(agent.Applicant, crypto.PublicKey) *x509.Certificate {
		c, err := x509.ParseCertificate(ended)
		if err != nil {
			t.Error(err)
		}
		return c
	}
	o.at(agent.WizardReview, func(c *clerk) { wants(t, "obtain", c.do(obtain), agent.ErrCertificate) })
	if keys := o.token.Info().Keys; len(keys) != 1 || !bytes.Equal(keys[0].Certificate, ended) {
		t.Errorf("the token has %d certificates, want the one that has ended", len(keys))
	}
}
