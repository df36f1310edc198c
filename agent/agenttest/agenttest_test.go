package agenttest_test

import (
	"testing"

	"qoltanba/agent/agenttest"
)

func TestMemory(t *testing.T) {
	agenttest.TestToken(t, func(*testing.T) agenttest.Fixture {
		token := agenttest.NewToken("A1B2C3", "Accounts", "1234")
		other := agenttest.NewToken("D4E5F6", "Other", "9999")
		tokens := agenttest.NewTokens(other, token)
		return agenttest.Fixture{
			Tokens: tokens,
			ID:     token.ID(),
			PIN:    "1234",
			Tries:  3,
			Remove: func(*testing.T) { tokens.Remove(token.ID()) },
			Insert: func(*testing.T) { tokens.Insert(token) },
		}
	})
}
