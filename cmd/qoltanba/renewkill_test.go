package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"
)

// A tenure is a profile that is renewed again and again: at a bank with the fault "due"
// each certificate can be renewed at once, so a renewal begins where the one before ended.
type tenure struct {
	errand
	key          string // of the profile, for ever
	certificates int    // that the bank has issued
	renewed      time.Time
}

// newTenure registers a profile.
func (b *bankProcess) newTenure(t *testing.T, e errand) *tenure {
	t.Helper()
	r, _ := e.send(t)
	b.wantOne(t, e, r)
	e.Renew = true
	return &tenure{e, r.Key, 1, time.Now()}
}

// want demands what there is after renewals for which the bank has issued so many
// certificates.
func (p *tenure) want(t *testing.T, b *bankProcess, r report, certificates int) {
	t.Helper()
	p.certificates += certificates
	p.renewed = time.Now()
	b.wantRenewed(t, p.errand, r, p.certificates)
	if r.Key != p.key {
		t.Errorf("the key is %s, and was %s before", r.Key, p.key)
	}
}

// A cutRenewal is a renewal that is killed, and one that goes on.
type cutRenewal struct {
	name         string
	cut          func(*errand)
	elsewhere    string // empty home of the computer where it goes on; "" for the same
	certificates int    // 1, or 2 where nothing was left to do, so that who goes on renews as well
}

// cutRenewals goes through renewals, each profile through some of them.
func (b *bankProcess) cutRenewals(t *testing.T, all []cutRenewal, profiles ...*tenure) {
	t.Helper()
	var group sync.WaitGroup
	defer group.Wait()
	for n, p := range profiles {
		group.Go(func() {
			for i := n; i < len(all); i += len(profiles) {
				if !t.Run(all[i].name, func(t *testing.T) { p.killAndGoOn(t, b, all[i]) }) {
					return // what follows stands on it
				}
			}
		})
	}
}

func (p *tenure) killAndGoOn(t *testing.T, b *bankProcess, c cutRenewal) {
	if c.elsewhere != "" {
		// Of two certificates on a token the one that ends last counts there, to the second.
		time.Sleep(time.Until(p.renewed.Add(time.Second)))
	}
	e := p.errand
	c.cut(&e)
	if _, killed := e.send(t); !killed {
		t.Fatal("the process was not killed")
	}
	p.wire.cut(0, false)
	if c.elsewhere != "" { // nothing but the bank's descriptor is there
		banks := filepath.Join("config", "banks.d")
		if err := os.CopyFS(filepath.Join(c.elsewhere, banks), os.DirFS(filepath.Join(p.Home, banks))); err != nil {
			t.Fatal(err)
		}
		p.Home = c.elsewhere
	}
	r, _ := p.send(t)
	p.want(t, b, r, c.certificates)
}

// TestRenewKilled kills the agent before and after what a renewal does outside, as
// TestEnrollKilled does with a registration. What it writes into its journal comes between
// two of these operations. A login and a signature leave nothing behind, so it is not killed
// before a signature, nor at the login.
func TestRenewKilled(t *testing.T) {
	bank := serveBank(t, buildBank(t), "due")
	first, second := bank.newTenure(t, bank.newErrand(t)), bank.newTenure(t, bank.newErrand(t))
	whole, _ := first.send(t)
	first.want(t, bank, whole, 1)
	last := len(whole.Operations)
	if !slices.Contains(whole.Operations, "Delete") || last < 10 {
		t.Fatalf("a renewal has the operations %q", whole.Operations)
	}
	// After these something has changed that another computer can see.
	elsewhere := []string{"Renew", "StoreCertificate", "ConfirmRenewal", "Delete"}
	var all []cutRenewal
	for at, operation := range whole.Operations {
		for _, after := range []bool{false, true} {
			if operation == "Login" || operation == "Sign" && !after {
				continue
			}
			c := cutRenewal{certificates: 1, cut: func(e *errand) { e.At, e.After = at+1, after }}
			c.name = fmt.Sprintf("%d %s after=%t", at+1, operation, after)
			here, there := c, c
			if at+1 == last { // the journal has it all
				here.certificates = 2
			}
			all = append(all, here)
			if operation == "Delete" && after { // the token has it all
				there.certificates = 2
			}
			if slices.Contains(elsewhere, operation) && (after || operation == "Delete") {
				there.name, there.elsewhere = c.name+" elsewhere", t.TempDir()
				all = append(all, there)
			}
		}
	}
	bank.cutRenewals(t, all, first, second)
}

// TestRenewKilledOverCMP kills the agent at the messages of a renewal over CMP, of which
// one call of the client has several.
func TestRenewKilledOverCMP(t *testing.T) {
	bank := serveBank(t, buildBank(t), "due")
	est := bank.descriptor
	newTenure := func() *tenure {
		var w *wire
		w, bank.descriptor = newWire(t, bank.address, withoutEST(est))
		e := bank.newErrand(t)
		e.wire = w
		return bank.newTenure(t, e)
	}
	first, second := newTenure(), newTenure()
	before := len(bank.logged(t))
	whole, _ := first.send(t)
	first.want(t, bank, whole, 1)
	messages := []string{"kur", "certConf", "PUT"} // which is none of CMP, and registers
	got := append(bank.recorded(t, before, "message answered", "body"), "PUT")
	if !slices.Equal(got, messages) || first.wire.connections() != len(messages) {
		t.Fatalf("a renewal has the messages %q in %d connections, want %q", got, first.wire.connections(), messages)
	}
	var all []cutRenewal
	for at, message := range messages {
		for _, after := range []bool{false, true} {
			c := cutRenewal{certificates: 1, cut: func(e *errand) { e.wire.cut(at+1, after) }}
			c.name = fmt.Sprintf("%d %s after=%t", at+1, message, after)
			all = append(all, c)
			if message == "certConf" && after {
				c.name, c.elsewhere = c.name+" elsewhere", t.TempDir()
				all = append(all, c)
			}
		}
	}
	bank.cutRenewals(t, all, first, second)
}
