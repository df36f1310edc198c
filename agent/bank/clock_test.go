package bank_test

import (
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"math/big"
	"net"
	"testing"
	"time"

	"qoltanba/agent"
	"qoltanba/agent/agenttest"
)

// A server's certificate that is not valid now is a matter of the clock when it is the
// bank's, and of a stranger all the same when it is not. Nothing is sent to either.
func TestServerOfAnotherTime(t *testing.T) {
	const day = 24 * time.Hour
	early := func(c *x509.Certificate) { c.NotBefore = time.Now().Add(2 * day) }
	ended := func(c *x509.Certificate) { c.NotAfter = time.Now().Add(-2 * day) }
	elsewhere := func(c *x509.Certificate) { c.IPAddresses, c.DNSNames = nil, []string{"other.test"} }
	forClients := func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth} }
	stranger := agenttest.NewCA("Qoltanba Test Bank CA") // the name alone is the bank's
	bank := func(s *server) *agenttest.CA { return s.bank.CA() }
	foreign := func(*server) *agenttest.CA { return stranger }
	type edits = []func(*x509.Certificate)
	for name, c := range map[string]struct {
		of      func(*server) *agenttest.CA
		issuing edits // of a CA in between, if there is one
		server  edits
		want    error
	}{
		"starts in two days":                       {bank, nil, edits{early}, agent.ErrBankClock},
		"ended two days ago":                       {bank, nil, edits{ended}, agent.ErrBankClock},
		"its issuer ended":                         {bank, edits{ended}, edits{}, agent.ErrBankClock},
		"it ended, and its issuer starts":          {bank, edits{early}, edits{ended}, agent.ErrBankForeign}, // at no time
		"both ended":                               {bank, edits{ended}, edits{ended}, agent.ErrBankClock},
		"both ended, its issuer first":             {bank, edits{func(c *x509.Certificate) { c.NotAfter = time.Now().Add(-4 * day) }}, edits{ended}, agent.ErrBankClock},
		"of another CA, starts in two days":        {foreign, nil, edits{early}, agent.ErrBankForeign},
		"of another CA, ended two days ago":        {foreign, nil, edits{ended}, agent.ErrBankForeign},
		"of another CA, its issuer ended":          {foreign, edits{ended}, edits{}, agent.ErrBankForeign},
		"of another CA, both ended":                {foreign, edits{ended}, edits{ended}, agent.ErrBankForeign},
		"of another name, ended two days ago":      {bank, nil, edits{elsewhere, ended}, agent.ErrBankForeign},
		"a client's of the bank, that ended":       {bank, nil, edits{forClients, ended}, agent.ErrBankForeign},
		"a client's of the bank, that starts soon": {bank, nil, edits{forClients, early}, agent.ErrBankForeign},
	} {
		t.Run(name, func(t *testing.T) {
			s := start(t, func(s *server, config *tls.Config) {
				config.Certificates = []tls.Certificate{timely(t, c.of(s), c.issuing, c.server)}
			})
			for method, err := range every(t, s.client(0), s.applicant) {
				if !errors.Is(err, c.want) || errors.Is(err, agent.ErrBankClock) && errors.Is(err, agent.ErrBankForeign) {
					t.Errorf("%s = %v, want %v", method, err, c.want)
				}
			}
			if n := s.requests(""); n != 0 {
				t.Errorf("the server got %d requests", n)
			}
		})
	}
}

// timely certifies a server on this computer with those edits, by a CA or one below it.
func timely(t *testing.T, ca *agenttest.CA, issuing, server []func(*x509.Certificate)) tls.Certificate {
	t.Helper()
	key := newKey(t)
	edit := func(c *x509.Certificate) {
		c.IPAddresses, c.ExtKeyUsage = []net.IP{net.IPv4(127, 0, 0, 1)}, []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
		for _, e := range server {
			e(c)
		}
	}
	if issuing == nil {
		return tls.Certificate{Certificate: [][]byte{ca.Issue(key.Public(), "server", edit).Raw}, PrivateKey: key.Signer}
	}
	between := newKey(t)
	parent := ca.Issue(between.Public(), "Issuing CA", append(issuing, func(c *x509.Certificate) {
		c.IsCA, c.KeyUsage, c.ExtKeyUsage = true, x509.KeyUsageCertSign, nil
	})...)
	leaf := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "server"},
		NotBefore: time.Now().AddDate(-1, 0, 0), NotAfter: time.Now().AddDate(1, 0, 0), KeyUsage: x509.KeyUsageDigitalSignature}
	edit(leaf)
	der, err := x509.CreateCertificate(rand.Reader, leaf, parent, key.Public(), between.Signer.(*ecdsa.PrivateKey))
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der, parent.Raw}, PrivateKey: key.Signer}
}
