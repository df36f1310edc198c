package main

import (
	"fmt"
	"slices"
	"testing"
)

// TestEnrollKilledOverCMP kills the agent at messages of CMP, of which one call of the
// client has several, while it registers: after messages, and before the confirmation,
// when the agent alone knows that it has the certificate. Before the others all is as after
// the ones before them, and what is not a message is in TestEnrollKilled.
func TestEnrollKilledOverCMP(t *testing.T) {
	program := buildBank(t)
	for _, p := range []struct {
		name, primary string
		faults        []string
		messages      []string
		register      []string // the message that does it, where it is none of CMP
		after         []int    // messages after which it is killed, from 1
	}{
		// To poll for the first time is to be told how long to wait.
		{"signed", "GOST-2015", []string{"202"}, []string{"genm", "ir", "pollReq", "pollReq", "certConf", "genm"}, nil, []int{1, 2, 3, 4, 5, 6}},
		// How often it polls depends on how long the MAC takes. Its first and last message
		// leave what they leave over EST.
		{"MAC", "P-256", nil, []string{"genm", "ir", "certConf"}, []string{"PUT"}, []int{2, 3}},
	} {
		bank := serveBank(t, program, p.faults...)
		bank.primary = p.primary
		whole := withoutEST(bank.descriptor)
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
		got := bank.recorded(t, before, "message answered", "body")
		if all := append(p.messages, p.register...); !slices.Equal(got, p.messages) || e.wire.connections() != len(all) {
			t.Fatalf("%s: a registration has the messages %q in %d connections, want %q", p.name, got, e.wire.connections(), all)
		}
		bank.killAndGoOn(t, func(yield func(killing) bool) {
			for at, message := range p.messages {
				for _, after := range []bool{false, true} {
					if after && !slices.Contains(p.after, at+1) || !after && message != "certConf" {
						continue
					}
					e := newErrand()
					e.wire.cut(at+1, after)
					if !yield(killing{e, fmt.Sprintf("K117 K118 K120 %s %d %s after=%t", p.name, at+1, message, after)}) {
						return
					}
				}
			}
		})
	}
}
