package agent_test

import (
	"testing"

	"qoltanba/agent"
)

// A certificate that Go cannot parse is a certificate all the same.
func TestUnreadableCertificateForbidsFormatting(t *testing.T) {
	d := newBenchDesk(t)
	d.token.AddObject(agent.Object{Kind: agent.ObjectCertificate, ID: []byte{1}, Label: "Accounts"})
	d.atBench(func(b *bench) {
		if v := b.view(); v.Refusal != "registered" || len(v.Losing) != 1 || v.Losing[0].Subject != "Accounts" || v.Confirm == "" {
			t.Errorf("K50 the panel shows refusal %q, losing %+v, to be confirmed by %q", v.Refusal, v.Losing, v.Confirm)
		}
		b.wants("K50 Format", b.act(agent.TokenFormat, agent.DefaultAdminPIN, ""), agent.ErrRegistered)
		again := func(a *agent.TokenAction) { a.Reregister, a.Confirm = true, "Memory" }
		b.wants("K51 Format by the way that names it", b.act(agent.TokenFormat, agent.DefaultAdminPIN, "", again), nil)
	})
}
