package agenttest_test

import (
	"crypto/x509"
	"testing"
	"time"

	"qoltanba/agent/agenttest"
)

func TestBank(t *testing.T) {
	open := func(*testing.T) agenttest.EnrollFixture {
		const userID = "qq111111_qwertyui"
		b := agenttest.NewBank()
		a := b.AddClient(userID, "K7M2P9XQ", 12, 24)
		return agenttest.EnrollFixture{
			Enroller: b, Applicant: a, Foreign: b.AddClient("qq222222_asdfgh", "AAAA2222", 12).Primary, NoPeriod: 36,
			Issued:     b.Issued,
			Tries:      func() int { return b.Tries(userID) },
			Registered: func(c *x509.Certificate) bool { return b.Registered(userID, c) },
			LoseAnswer: b.LoseAnswer,
			Pend:       func(d time.Duration) { b.Pend(d) },
		}
	}
	agenttest.TestEnroller(t, open)
	agenttest.TestEnrollerFaults(t, open)
}
