package main

import (
	"fmt"
	"slices"
	"testing"
)

// TestEnrollKilledOverCMP kills the agent at messages of CMP, of which one call of the
// client has several, while it registers with GOST.pfx and is told to wait: after each
// message, and before the confirmation, when the agent alone knows that it has the
// certificate. Before the others all is as after the ones before them, and what is not
// a message is in TestEnrollKilled.
func TestEnrollKilledOverCMP(t *testing.T) {
	bank := serveBank(t, buildBank(t), "202")
	bank.primary = "GOST-2015"
	whole := bank.descriptor
	newErrand := func() errand {
		var w *wire
		w, bank.descriptor = newWire(t, bank.address, whole)
		e := bank.newErrand(t)
		e.wire = w
		return e
	}
	e := newErrand()
	before := len(bank.logged(t))
	r, _ := e.send(t)
	bank.wantOne(t, e, r)
	// To poll for the first time is to be told how long to wait.
	messages := []string{"genm", "ir", "pollReq", "pollReq", "certConf", "genm"}
	if got := bank.recorded(t, before, "message answered", "body"); !slices.Equal(got, messages) || e.wire.connections() != len(got) {
		t.Fatalf("a registration has the messages %q in %d connections, want %q", got, e.wire.connections(), messages)
	}
	bank.killAndGoOn(t, func(yield func(killing) bool) {
		for at, message := range messages {
			for _, after := range []bool{false, true} {
				if !after && message != "certConf" {
					continue
				}
				e := newErrand()
				e.wire.cut(at+1, after)
				if !yield(killing{e, fmt.Sprintf("K117 K118 K120 %d %s after=%t", at+1, message, after)}) {
					return
				}
			}
		}
	})
}
