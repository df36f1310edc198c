package main

import (
	"fmt"
	"slices"
	"sync"
	"testing"
)

// TestEnrollKilledOverCMP kills the agent before and after each message of CMP, of
// which one call of the client has several, while it registers with GOST.pfx and is
// told to wait. What is not a message is in TestEnrollKilled.
func TestEnrollKilledOverCMP(t *testing.T) {
	bank := serveBank(t, buildBank(t), "202")
	bank.primary = "GOST-2015"
	newCase := func() errand {
		whole := bank.descriptor
		defer func() { bank.descriptor = whole }()
		var w *wire
		w, bank.descriptor = newWire(t, bank.address, whole)
		e := bank.newErrand(t)
		e.wire = w
		return e
	}
	e := newCase()
	before := len(bank.logged(t))
	r, _ := e.send(t)
	bank.wantOne(t, e, r)
	// To poll for the first time is to be told how long to wait.
	messages := []string{"genm", "ir", "pollReq", "pollReq", "certConf", "genm"}
	if got := bank.recorded(t, before, "message answered", "body"); !slices.Equal(got, messages) || e.wire.connections() != len(got) {
		t.Fatalf("a registration has the messages %q in %d connections, want %q", got, e.wire.connections(), messages)
	}
	type point struct {
		errand
		at    int
		after bool
	}
	points := make(chan point, 2*len(messages))
	for at := range messages {
		for _, after := range []bool{false, true} {
			points <- point{newCase(), at, after}
		}
	}
	close(points)
	// Not by t.Parallel, which SoftHSM2's variable in the environment forbids.
	var workers sync.WaitGroup
	for range 3 { // two cores, and who is told to wait needs none
		workers.Go(func() {
			for p := range points {
				t.Run(fmt.Sprintf("K117 K118 K120 %d %s after=%t", p.at+1, messages[p.at], p.after), func(t *testing.T) {
					p.wire.cut(p.at+1, p.after)
					if _, killed := p.send(t); !killed {
						t.Fatal("the process was not killed")
					}
					p.wire.cut(0, false)
					r, _ := p.send(t)
					bank.wantOne(t, p.errand, r)
				})
			}
		})
	}
	workers.Wait()
}
