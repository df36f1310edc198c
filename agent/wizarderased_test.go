package agent_test

import (
	"testing"

	"qoltanba/agent"
	"qoltanba/agent/agenttest"
)

// The token was erased elsewhere after it had got its new password, and before there was a
// key on it: that it has the factory's again is seen when it is unlocked, whatever the
// journal says.
func TestK100ErasedBeforeTheKey(t *testing.T) {
	o := begunBeforeTheKey(t)
	o.tokens.Remove(o.token.ID())
	o.token = agenttest.NewToken(o.token.ID().Serial, "", agent.DefaultPIN)
	o.tokens.Insert(o.token)
	done := make(chan error, 1)
	o.wizard(func(c *clerk) { done <- c.register() })
	o.open() // which offers to continue
	wants(t, "the registration", <-done, nil)
	o.wantOne()
}
