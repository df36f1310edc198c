package agent_test

import (
	"testing"

	"qoltanba/agent"
)

// The open token panel has the new name of a code generator while that is still shown in
// its own window.
func TestPanelFollowsGenerators(t *testing.T) {
	d := newCodesDesk(t)
	d.atCodes(func(c *codes) { c.mustHold(d.token.ID(), serial) })
	named := func(name string) func(agent.TokenPanel) bool {
		return func(s agent.TokenPanel) bool {
			return len(s.Tokens) == 1 && len(s.Tokens[0].Generators) == 1 && s.Tokens[0].Generators[0].Name == name
		}
	}
	d.atBench(func(b *bench) {
		b.until(named(serial))
		client := d.agent.Local(d.person)
		defer client.Close()
		d.person.Do(answerCodes(t, func(c *codes) {
			if err := c.do(0, agent.GeneratorAction{Kind: agent.GeneratorRename, Name: "Salary"}); err != nil {
				t.Fatal(err)
			}
			b.until(named("Salary"))
			if err := c.do(0, agent.GeneratorAction{Kind: agent.GeneratorRename, Name: "Accounts"}); err != nil {
				t.Fatal(err)
			}
			b.until(named("Accounts"))
		}))
		if err := client.ShowGenerators(t.Context()); err != nil {
			t.Error(err)
		}
	})
}
