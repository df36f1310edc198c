package ca_test

import (
	"bytes"
	"crypto/x509"
	"path/filepath"
	"testing"
	"time"

	"qoltanba/agent/gost"
	"qoltanba/cmd/refbank/ca"
)

// gostKey returns a new key with the parameters of that name.
func gostKey(t *testing.T, name string) *gost.PrivateKey {
	t.Helper()
	for _, p := range gost.Supported() {
		if p.String() == name {
			return gost.GenerateKey(p)
		}
	}
	t.Fatalf("no parameters %q", name)
	return nil
}

// chain verifies a certificate as GOST certificates of clients are.
func chain(cert, root, issuing *x509.Certificate, at time.Time) error {
	_, err := gost.Verify(cert, gost.VerifyOptions{
		Roots: []*x509.Certificate{root}, Intermediates: []*x509.Certificate{issuing}, Time: at,
		KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	})
	return err
}

func TestIssueClientGOST(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "ca")
	open(t, dir)
	c := open(t, dir) // with the keys as they were written
	for _, p := range []*gost.Params{gost.Kazakh2015, gost.Kazakh2004} {
		t.Run(p.String(), func(t *testing.T) {
			key := gost.GenerateKey(p)
			cert, err := c.IssueClient(key.Public(), subject, time.Hour)
			if err != nil {
				t.Fatal(err)
			}
			if !key.Public().(*gost.PublicKey).Equal(cert.PublicKey) {
				t.Errorf("key = %v", cert.PublicKey)
			}
			checkClient(t, cert)
			now := time.Now()
			if err := chain(cert, c.GOSTRoot(), c.GOSTIssuing(), now); err != nil {
				t.Errorf("chain: %v", err)
			}
			if err := chain(cert, c.GOSTRoot(), c.GOSTIssuing(), now.Add(2*time.Hour)); err == nil {
				t.Error("chain accepted after the certificate's end")
			}
			if err := chain(cert, c.Root(), c.Issuing(), now); err == nil {
				t.Error("chain accepted to the root for other keys")
			}
			other := open(t, filepath.Join(t.TempDir(), "ca"))
			if err := chain(cert, other.GOSTRoot(), other.GOSTIssuing(), now); err == nil {
				t.Error("chain accepted to another bank's root of the same name")
			}
		})
	}
	for _, authority := range []*x509.Certificate{c.GOSTRoot(), c.GOSTIssuing()} {
		if key, ok := authority.PublicKey.(*gost.PublicKey); !ok || key.Params() != gost.Kazakh2015 || !authority.IsCA {
			t.Errorf("%s has a key of %T", authority.Subject.CommonName, authority.PublicKey)
		}
	}
}

// TestPrimaryStartsOnlyGOST is TestPrimaryStartsOnly for GOST.pfx.
func TestPrimaryStartsOnlyGOST(t *testing.T) {
	dir := t.TempDir()
	c := open(t, filepath.Join(dir, "ca"))
	openPrimary(t, filepath.Join(dir, "primary"))
	p := openPrimary(t, filepath.Join(dir, "primary"))
	cert, err := p.Issue(gost.GenerateKey(gost.Kazakh2015).Public(), subject, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	if err := chain(cert, p.GOSTCertificate(), p.Certificate(), now); err != nil {
		t.Errorf("K5 primary key: %v", err)
	}
	if err := chain(cert, c.GOSTRoot(), p.GOSTCertificate(), now); err == nil {
		t.Error("K5 a primary key chains to the root of the clients")
	}
	if len(cert.Policies) != 1 || cert.Policies[0].String() != ca.PrimaryPolicy || cert.KeyUsage != x509.KeyUsageDigitalSignature {
		t.Errorf("K5 policies %v and key usage %b", cert.Policies, cert.KeyUsage)
	}
	client, err := c.IssueClient(gost.GenerateKey(gost.Kazakh2015).Public(), subject, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	if err := chain(client, p.GOSTCertificate(), c.GOSTIssuing(), now); err == nil {
		t.Error("K5 a client's certificate passes for a primary key")
	}
}

func TestFaultsGOST(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "ca")
	c := open(t, dir)
	expired, err := ca.OpenExpired(dir)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(expired.GOSTIssuing().RawSubjectPublicKeyInfo, c.GOSTIssuing().RawSubjectPublicKeyInfo) {
		t.Error("OpenExpired has another key")
	}
	now := time.Now()
	for _, test := range []struct {
		name  string
		ca    *ca.CA
		at    time.Time
		valid bool
	}{
		{"right", c, now, true},
		{"clock fast, now", c.WithClock(time.Hour), now, false},
		{"clock fast, then", c.WithClock(time.Hour), now.Add(time.Hour), true},
		{"expired", expired, now, false},
	} {
		cert, err := test.ca.IssueClient(gost.GenerateKey(gost.Kazakh2015).Public(), subject, 24*time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		if err := chain(cert, c.GOSTRoot(), test.ca.GOSTIssuing(), test.at); test.valid != (err == nil) {
			t.Errorf("%s: chain = %v, want valid = %v", test.name, err, test.valid)
		}
	}
	if !open(t, dir).GOSTIssuing().Equal(c.GOSTIssuing()) {
		t.Error("OpenExpired changed a file")
	}
}
