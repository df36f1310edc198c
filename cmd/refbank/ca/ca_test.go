package ca_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"qoltanba/cmd/refbank/ca"
)

var subject = ca.Subject{
	Surname: "ТЕСТОВА", GivenName: "ӘСЕЛ", IIN: "850412300452",
	Company: `ЖШС «Үлгі»`, BIN: "000140001239",
}

func open(t *testing.T, dir string) *ca.CA {
	t.Helper()
	c, err := ca.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func ecKey(t *testing.T, curve elliptic.Curve) *ecdsa.PrivateKey {
	t.Helper()
	k, err := ecdsa.GenerateKey(curve, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestOpenMakesOnceAndKeeps(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "bank", "ca")
	first, second := open(t, dir), open(t, dir)
	if !first.Root().Equal(second.Root()) || !first.Issuing().Equal(second.Issuing()) ||
		!first.GOSTRoot().Equal(second.GOSTRoot()) || !first.GOSTIssuing().Equal(second.GOSTIssuing()) {
		t.Error("the second Open made another CA")
	}
	var names []string
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		if strings.HasSuffix(path, ".key") && info.Mode().Perm() != 0o600 {
			t.Errorf("mode of %s = %v, want 0600", path, info.Mode().Perm())
		}
		name, err := filepath.Rel(dir, path)
		names = append(names, name)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	const want = "chain.pem gost/chain.pem gost/issuing.key gost/issuing.pem gost/root.key gost/root.pem " +
		"issuing.key issuing.pem root.key root.pem"
	if got := filepath.ToSlash(strings.Join(names, " ")); got != want {
		t.Errorf("files = %s, want %s", got, want)
	}
}

// TestOpenAddsGOST opens a folder from before there was GOST.
func TestOpenAddsGOST(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "ca")
	before := open(t, dir)
	if err := os.RemoveAll(filepath.Join(dir, ca.GOSTFolder)); err != nil {
		t.Fatal(err)
	}
	after := open(t, dir)
	if !before.Root().Equal(after.Root()) || !before.Issuing().Equal(after.Issuing()) {
		t.Error("Open made another CA")
	}
	if !after.GOSTRoot().Equal(open(t, dir).GOSTRoot()) {
		t.Error("Open did not keep the GOST root that it made")
	}
}

func TestOpenRefusesDamage(t *testing.T) {
	for name, damage := range map[string]func(dir string) error{
		"no issuing key": func(dir string) error { return os.Remove(filepath.Join(dir, "issuing.key")) },
		"no root":        func(dir string) error { return os.Remove(filepath.Join(dir, "root.pem")) },
		"not PEM": func(dir string) error {
			return os.WriteFile(filepath.Join(dir, "issuing.pem"), []byte("hello"), 0o600)
		},
		"other key": func(dir string) error {
			return os.Rename(filepath.Join(dir, "root.key"), filepath.Join(dir, "issuing.key"))
		},
		"no GOST root": func(dir string) error { return os.Remove(filepath.Join(dir, "gost", "root.pem")) },
		"other GOST key": func(dir string) error {
			return os.Rename(filepath.Join(dir, "gost", "root.key"), filepath.Join(dir, "gost", "issuing.key"))
		},
		"key of another kind": func(dir string) error {
			return os.Rename(filepath.Join(dir, "gost", "issuing.key"), filepath.Join(dir, "issuing.key"))
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "ca")
			open(t, dir)
			if err := damage(dir); err != nil {
				t.Fatal(err)
			}
			if _, err := ca.Open(dir); err == nil {
				t.Error("Open took a damaged CA")
			}
		})
	}
}

func TestIssueClient(t *testing.T) {
	c := open(t, filepath.Join(t.TempDir(), "ca"))
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	for name, key := range map[string]crypto.Signer{
		"RSA-2048": rsaKey, "P-256": ecKey(t, elliptic.P256()), "P-384": ecKey(t, elliptic.P384()),
	} {
		t.Run(name, func(t *testing.T) {
			cert, err := c.IssueClient(key.Public(), subject, time.Hour)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := cert.Verify(x509.VerifyOptions{
				Roots: c.Roots(), Intermediates: c.Intermediates(),
				KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
			}); err != nil {
				t.Errorf("chain: %v", err)
			}
			checkClient(t, cert)
		})
	}
}

// checkClient looks at what all clients' certificates have in common.
func checkClient(t *testing.T, cert *x509.Certificate) {
	t.Helper()
	const want = "CN=ТЕСТОВА ӘСЕЛ,SERIALNUMBER=IIN850412300452,OU=BIN000140001239,O=ЖШС «Үлгі»,C=KZ"
	n := cert.Subject
	got := "CN=" + n.CommonName + ",SERIALNUMBER=" + n.SerialNumber +
		",OU=" + n.OrganizationalUnit[0] + ",O=" + n.Organization[0] + ",C=" + n.Country[0]
	if got != want {
		t.Errorf("subject = %s, want %s", got, want)
	}
	if want := x509.KeyUsageDigitalSignature | x509.KeyUsageContentCommitment; cert.KeyUsage != want {
		t.Errorf("key usage = %b, want %b", cert.KeyUsage, want)
	}
	if cert.IsCA {
		t.Error("a client certificate is a CA")
	}
}

func TestIssueClientRefusesKeys(t *testing.T) {
	c := open(t, filepath.Join(t.TempDir(), "ca"))
	small, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	ed, _, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for name, key := range map[string]crypto.PublicKey{
		"RSA-1024": small.Public(), "P-224": ecKey(t, elliptic.P224()).Public(), "Ed25519": ed, "nil": nil,
		"Russian GOST": gostKey(t, "GOST R 34.10-2012 512 bit TC26-A").Public(),
	} {
		if _, err := c.IssueClient(key, subject, time.Hour); !errors.Is(err, ca.ErrKey) {
			t.Errorf("IssueClient(%s) = %v, want ErrKey", name, err)
		}
	}
}

func TestServerCertificatesStayInTheDemo(t *testing.T) {
	c := open(t, filepath.Join(t.TempDir(), "ca"))
	key := ecKey(t, elliptic.P256())
	for name, allowed := range map[string]bool{
		"ib.refbank.test": true, "localhost": true, "127.0.0.1": true, "::1": true,
		"ib.bank.kz": false, "refbank.test.evil.example": false, "10.0.0.1": false,
	} {
		cert, err := c.IssueServer(key.Public(), name)
		if err != nil {
			t.Fatal(err)
		}
		_, err = cert.Verify(x509.VerifyOptions{Roots: c.Roots(), Intermediates: c.Intermediates(), DNSName: name})
		if allowed != (err == nil) {
			t.Errorf("%s: chain accepted = %v, want %v (%v)", name, err == nil, allowed, err)
		}
	}
}
