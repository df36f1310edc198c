package bank_test

import (
	"crypto/tls"
	"crypto/x509"
	"testing"
	"time"

	"qoltanba/agent/agenttest"
)

func TestEST(t *testing.T) {
	for name, v := range map[string]uint16{"TLS 1.2": tls.VersionTLS12, "TLS 1.3": tls.VersionTLS13} {
		t.Run(name, func(t *testing.T) {
			open := func(t *testing.T) agenttest.EnrollFixture {
				s := start(t, version(v))
				return agenttest.EnrollFixture{
					Enroller: s.client(0), Applicant: s.applicant, NoPeriod: 36,
					Foreign:    s.bank.AddClient("qq222222_asdfgh", "AAAA2222", 12).Primary,
					Issued:     s.bank.Issued,
					Tries:      func() int { return s.bank.Tries(userID) },
					Registered: func(c *x509.Certificate) bool { return s.bank.Registered(userID, c) },
					LoseAnswer: s.bank.LoseAnswer,
					Pend:       func(d time.Duration) { s.bank.Pend(d) },
				}
			}
			agenttest.TestEnroller(t, open)
			agenttest.TestEnrollerFaults(t, open)
		})
	}
}
