package main

import "testing"

// TestEnrollGOST registers with GOST.pfx, whose key no TLS carries: it goes over CMP,
// signed. Each of the bank's answers is lost once, and it lets the agent poll.
func TestEnrollGOST(t *testing.T) {
	bank := serveBank(t, buildBank(t), "lost-answer", "202")
	for _, kind := range []string{"GOST-2015", "GOST-2004"} {
		t.Run("K74 K115 "+kind, func(t *testing.T) {
			bank.primary = kind
			e := bank.newErrand(t)
			r, _ := e.send(t)
			if len(r.Failures) < 2 {
				t.Errorf("failures %q, want one for each answer that was lost", r.Failures)
			}
			bank.wantOne(t, e, r)
		})
	}
}
