package pkcs11_test

import (
	"testing"

	"qoltanba/agent/agenttest"
	"qoltanba/agent/agenttest/softhsm"
)

// A USB token: it locks at the third wrong PIN, and its sessions die when it
// is pulled out.
func TestUSBToken(t *testing.T) {
	agenttest.TestToken(t, func(t *testing.T) agenttest.Fixture {
		store := softhsm.New(t)
		token := store.Token(t, "Accounts", "1234")
		fault := store.Fault(t)
		fault.Tries(t, 3)
		return agenttest.Fixture{
			Tokens:      open(t, store),
			ID:          token.ID,
			PIN:         token.PIN,
			Tries:       3,
			Remove:      func(t *testing.T) { fault.Hide(t, token.ID.Serial) },
			Insert:      func(t *testing.T) { fault.Show(t, token.ID.Serial) },
			ReadPrivate: func(t *testing.T, id []byte) error { return readPrivate(t, store, token, id) },
		}
	})
}
