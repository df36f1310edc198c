package agent_test

import (
	"os"
	"path/filepath"
	"testing"

	"qoltanba/agent"
	"qoltanba/agent/agenttest"
)

func TestNamesAndRegistration(t *testing.T) {
	d := newBenchDesk(t)
	label := agenttest.NewToken("C3", "Main", "1234")
	profile := agenttest.NewToken("D4", "Accounts", "1234")
	profile.AddKey(agent.P256, "Accounts", "Aigerim")
	d.insert(label)
	d.insert(profile)
	d.atBench(func(b *bench) {
		names := map[string]string{}
		for _, v := range b.state.Tokens {
			names[v.Info.ID.Serial] = v.Name
			if v.Registration != "many-tokens" {
				t.Errorf("K21 registering with %s beside others: %q, want many-tokens", v.Name, v.Registration)
			}
		}
		if names["C3"] != "Memory Main -?" || names["D4"] != "Memory Accounts" {
			t.Errorf("K28 names %v", names)
		}
	})
}

func TestRegistrationOfAnotherToken(t *testing.T) {
	d := newDeskStopped(t)
	d.token = agenttest.NewToken("B2", "", "1234")
	d.tokens = agenttest.NewTokens(d.token)
	if err := os.WriteFile(filepath.Join(d.dir, "registrations.json"), []byte(`[{"token":{"manufacturer":"Qoltanba","serial":"A1"}}]`), 0o600); err != nil {
		t.Fatal(err)
	}
	d.start()
	d.atBench(func(b *bench) {
		if v := b.view(); v.Registration != "other-token" || v.Refusal != "" {
			t.Errorf("K122 registering %q, formatting %q, want other-token and nothing", v.Registration, v.Refusal)
		}
	})
}
