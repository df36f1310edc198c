package ca_test

import (
	"crypto/elliptic"
	"crypto/x509"
	"os"
	"path/filepath"
	"testing"
	"time"

	"qoltanba/cmd/refbank/ca"
)

func openPrimary(t *testing.T, dir string) *ca.Primary {
	t.Helper()
	p, err := ca.OpenPrimary(dir)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestOpenPrimary(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "bank", "primary")
	p := openPrimary(t, dir)
	if !p.Certificate().Equal(openPrimary(t, dir).Certificate()) {
		t.Error("the second OpenPrimary made another authority")
	}
	info, err := os.Stat(filepath.Join(dir, "primary.key"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("primary.key: %v, %v, want mode 0600", info, err)
	}
	if err := os.Remove(filepath.Join(dir, "primary.pem")); err != nil {
		t.Fatal(err)
	}
	if _, err := ca.OpenPrimary(dir); err == nil {
		t.Error("OpenPrimary took a damaged folder")
	}
}

// TestPrimaryStartsOnly shows K5 at the root of it: no chain leads from a primary
// initialization key to where clients' certificates are expected.
func TestPrimaryStartsOnly(t *testing.T) {
	dir := t.TempDir()
	c, p := open(t, filepath.Join(dir, "ca")), openPrimary(t, filepath.Join(dir, "primary"))
	cert, err := p.Issue(ecKey(t, elliptic.P256()).Public(), subject, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	usages := []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
	if _, err := cert.Verify(x509.VerifyOptions{Roots: p.Roots(), KeyUsages: usages}); err != nil {
		t.Errorf("K5 primary key: %v", err)
	}
	intermediates := c.Intermediates()
	intermediates.AddCert(p.Certificate())
	if _, err := cert.Verify(x509.VerifyOptions{Roots: c.Roots(), Intermediates: intermediates, KeyUsages: usages}); err == nil {
		t.Error("K5 a primary key chains to the root of the clients")
	}
	if len(cert.Policies) != 1 || cert.Policies[0].String() != ca.PrimaryPolicy || cert.KeyUsage != x509.KeyUsageDigitalSignature {
		t.Errorf("K5 policies %v and key usage %b", cert.Policies, cert.KeyUsage)
	}
	client, err := c.IssueClient(ecKey(t, elliptic.P256()).Public(), subject, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.Verify(x509.VerifyOptions{Roots: p.Roots(), KeyUsages: usages}); err == nil {
		t.Error("K5 a client's certificate passes for a primary key")
	}
}

func TestFaults(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "ca")
	c := open(t, dir)
	wrong := c.WithClock(time.Hour)
	expired, err := ca.OpenExpired(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name  string
		ca    *ca.CA
		at    time.Duration
		valid bool
	}{
		{"right", c, 0, true},
		{"clock fast, now", wrong, 0, false},
		{"clock fast, then", wrong, time.Hour, true},
		{"expired", expired, 0, false},
		{"expired, before", expired, -48 * time.Hour, false}, // the certificate itself is of now
	} {
		cert, err := test.ca.IssueClient(ecKey(t, elliptic.P256()).Public(), subject, 24*time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		_, err = cert.Verify(x509.VerifyOptions{
			Roots: c.Roots(), Intermediates: test.ca.Intermediates(), CurrentTime: time.Now().Add(test.at),
			KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
		})
		if test.valid != (err == nil) {
			t.Errorf("%s: chain = %v, want valid = %v", test.name, err, test.valid)
		}
	}
	if !open(t, dir).Issuing().Equal(c.Issuing()) {
		t.Error("OpenExpired changed a file")
	}
}
