package gost_test

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"qoltanba/agent/agenttest/need"
	"qoltanba/agent/gost"
)

// vector returns a file of the National Certification Authority's test material, in
// DER.
func vector(t *testing.T, name string) []byte {
	t.Helper()
	dir := need.Vectors(t)
	b, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	if block, _ := pem.Decode(b); block != nil {
		return block.Bytes
	}
	return b
}

func certificateVector(t *testing.T, name string) *x509.Certificate {
	t.Helper()
	cert, err := gost.ParseCertificate(vector(t, name))
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return cert
}

// TestAuthorityChains verifies the test chains of Kazakhstan's authority, on a day
// when all their certificates were valid.
func TestAuthorityChains(t *testing.T) {
	for _, c := range []struct {
		name         string
		params       *gost.Params // nil for RSA
		when         string
		root         string
		intermediate string
		leaf         string
	}{
		{"2015, 512 bit", gost.Kazakh2015, "2023-01-01", "root_test_gost_2022.cer", "", "nca_gost2022_test.cer"},
		{"2015, again", gost.Kazakh2015, "2023-01-01", "root_test_gost_2022.cer", "", "nca_gost2015_test.cer"},
		{"2004, authority", gost.Kazakh2004, "2020-01-01", "root_gost_test.crt", "", "nca_gost_test.crt"},
		{"2004, person", gost.Kazakh2004, "2022-06-01", "root_gost_test.crt", "nca_gost_test.crt", "ceo_valid_sign_2004_gost.cer"},
		{"RSA, person", nil, "2022-06-01", "root_rsa_test.crt", "nca_rsa_test.crt", "individual_valid_sign_2004_rsa.cer"},
		{"RSA, authentication", nil, "2022-06-01", "root_rsa_test.crt", "nca_rsa_test.crt", "individual_valid_sign_2004_rsa_auth.cer"},
	} {
		t.Run(c.name, func(t *testing.T) {
			root, leaf := certificateVector(t, c.root), certificateVector(t, c.leaf)
			o := gost.VerifyOptions{Roots: []*x509.Certificate{root}}
			if c.intermediate != "" {
				o.Intermediates = []*x509.Certificate{certificateVector(t, c.intermediate)}
			}
			var err error
			if o.Time, err = time.Parse(time.DateOnly, c.when); err != nil {
				t.Fatal(err)
			}
			chains, err := gost.Verify(leaf, o)
			if err != nil || len(chains) != 1 {
				t.Fatalf("Verify = %d chains, %v", len(chains), err)
			}
			if key, ok := leaf.PublicKey.(*gost.PublicKey); ok && key.Params() != c.params || ok != (c.params != nil) {
				t.Errorf("key is %T, want %v", leaf.PublicKey, c.params)
			} else if ok && !bytes.Equal(key.Marshal(), leaf.RawSubjectPublicKeyInfo) {
				t.Errorf("Marshal() = %x, want %x", key.Marshal(), leaf.RawSubjectPublicKeyInfo)
			}
			if err := gost.CheckSignature(root, root); err != nil {
				t.Errorf("CheckSignature(root) = %v", err)
			}
			o.Time = leaf.NotAfter.AddDate(0, 0, 1)
			if _, err := gost.Verify(leaf, o); err == nil {
				t.Errorf("Verify on %v succeeds", o.Time)
			}
		})
	}
}

// TestAuthorityFiles reads every certificate in the folder.
func TestAuthorityFiles(t *testing.T) {
	entries, err := os.ReadDir(need.Vectors(t))
	if err != nil {
		t.Fatal(err)
	}
	read := 0
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".cer") && !strings.HasSuffix(e.Name(), ".crt") {
			continue
		}
		read++
		cert := certificateVector(t, e.Name())
		if _, ok := cert.PublicKey.(*gost.PublicKey); ok != strings.Contains(e.Name(), "gost") {
			t.Errorf("%s: key is %T", e.Name(), cert.PublicKey)
		}
	}
	if read < 10 {
		t.Errorf("%d certificates", read)
	}
}
