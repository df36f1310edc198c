package agent_test

import (
	"context"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"qoltanba/agent"
	"qoltanba/agent/agenttest"
)

// refusingBank registers no renewed certificate while refuse is set, and remembers those
// that it was asked to.
type refusingBank struct {
	fusedBank

	mu     sync.Mutex
	refuse error
	asked  []*x509.Certificate
}

func (b *refusingBank) ConfirmRenewal(ctx context.Context, userID string, key agent.Key, c *x509.Certificate) error {
	b.mu.Lock()
	refuse := b.refuse
	b.asked = append(b.asked, c)
	b.mu.Unlock()
	if refuse != nil {
		return refuse
	}
	return b.fusedBank.ConfirmRenewal(ctx, userID, key, c)
}

func (b *refusingBank) relent() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.refuse = nil
}

func (b *refusingBank) confirmed() []*x509.Certificate {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.asked)
}

// Where the bank refuses the renewed certificate the person is told its serial number,
// nothing is removed, and nothing is tried again until the person asks for it.
func TestRenewRefused(t *testing.T) {
	for name, refuse := range map[string]error{
		"rejected":           fmt.Errorf("the bank answers 409: %w", &agent.RejectedError{Text: "void"}),
		"not known any more": agent.ErrCredentials,
	} {
		t.Run(name, func(t *testing.T) {
			o, stop := registered(t)
			stop()
			bank := &refusingBank{fusedBank: fusedBank{o.bank, o.fuse}, refuse: refuse}
			with := func(c *agent.Config) { c.Banks[0].Enroller = bank }
			stop = o.open(with)
			old := o.profile()
			o.person.Do(agenttest.PIN(newPassword))
			err := o.agent.Renew(t.Context(), old.ID)
			asked := bank.confirmed()
			if len(asked) != 1 {
				t.Fatalf("Renew() = %v, the bank was asked %d times, want once", err, len(asked))
			}
			serial := strings.ToUpper(hex.EncodeToString(asked[0].SerialNumber.Bytes()))
			if told, ok := errors.AsType[*agent.RenewalRefusedError](err); !ok || told.Serial != serial {
				t.Errorf("Renew() = %v, want that %s was refused", err, serial)
			}
			sum := sha256.Sum256(asked[0].Raw)
			var results []string
			for _, r := range o.enrollments("renewal") {
				results = append(results, r["result"])
				if r["result"] == "renewal-refused" && r["certificate"] != hex.EncodeToString(sum[:]) {
					t.Errorf("the history has %v, want the certificate %x", r, sum)
				}
			}
			if want := []string{"begun", "renewal-refused"}; !slices.Equal(results, want) {
				t.Errorf("the history has %q, want %q", results, want)
			}

			stop()
			stop = o.open(with)
			o.remove(o.token)
			o.insert(o.token)
			if n := len(bank.confirmed()); n != 1 {
				t.Errorf("the bank was asked %d times, want nothing by itself", n)
			}
			i := slices.IndexFunc(o.agent.Status().Profiles, func(p agent.Profile) bool { return p.ID == old.ID })
			if n := len(o.agent.Status().Profiles); n != 2 || i < 0 {
				t.Fatalf("%d profiles, the old one at %d, want both certificates", n, i)
			}
			bank.relent()
			o.person.Do(agenttest.PIN(newPassword))
			wants(t, "Renew once more", o.agent.Renew(t.Context(), old.ID), nil)
			if again := bank.confirmed(); len(again) != 2 || !again[1].Equal(asked[0]) || o.bank.Issued() != 2 {
				t.Errorf("%d confirmations, %d certificates issued, want the same one confirmed", len(again), o.bank.Issued())
			}
			o.profile()
			stop()
		})
	}
}

// A notice has what the error carries.
func TestTellCarries(t *testing.T) {
	d := newDesk(t)
	if err := d.agent.Tell(t.Context(), &agent.RenewalRefusedError{Serial: "0A1B"}); err != nil {
		t.Fatal(err)
	}
	all := d.person.Notices()
	if len(all) != 1 || all[0].Error != "renewal-refused" {
		t.Fatalf("notices %+v", all)
	}
	if told, ok := errors.AsType[*agent.RenewalRefusedError](all[0].Note.Err()); !ok || told.Serial != "0A1B" {
		t.Errorf("the notice carries %v", all[0].Note.Err())
	}
}
