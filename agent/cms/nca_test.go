package cms_test

import (
	"crypto"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"qoltanba/agent/agenttest/need"
	"qoltanba/agent/cms"
	"qoltanba/agent/gost"
	"qoltanba/agent/pfx"
)

// vector returns a file of the National Certification Authority's test material. It
// is others' property and not part of this repository, see need.Vectors.
func vector(t *testing.T, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(need.Vectors(t), name))
	if err != nil {
		t.Fatal(err)
	}
	if block, _ := pem.Decode(b); block != nil {
		return block.Bytes
	}
	return b
}

// TestAuthorityKeys signs with the keys that the authority hands out for tests, and
// verifies up to its root on a day when the certificates were valid. Of the older two
// chains the files have the keys only.
func TestAuthorityKeys(t *testing.T) {
	for _, c := range []struct {
		file, when  string
		root, below string
		params      *gost.Params // nil for RSA
	}{
		{"test-sign-gost2015.p12", "2026-06-01", "root_test_gost_2022.cer", "nca_gost2022_test.cer", gost.Kazakh2015},
		{"test-sign-gost2004.p12", "2019-01-01", "", "", gost.Kazakh2004},
		{"test-sign-rsa.p12", "2019-01-01", "", "", nil},
	} {
		t.Run(c.file, func(t *testing.T) {
			file, err := pfx.Read(vector(t, c.file), []byte("Qwerty12"))
			if err != nil {
				t.Fatal(err)
			}
			cert, err := gost.ParseCertificate(file.Certificates[0].DER)
			if err != nil {
				t.Fatal(err)
			}
			s := cms.Signer{Certificate: cert}
			if public, ok := cert.PublicKey.(*gost.PublicKey); ok {
				if public.Params() != c.params {
					t.Fatalf("key of %v", public.Params())
				}
				s.Key = must(gost.ParsePrivateKey(file.Keys[0].PKCS8, public))
			} else {
				s.Key = must(x509.ParsePKCS8PrivateKey(file.Keys[0].PKCS8)).(crypto.Signer)
			}
			o := cms.VerifyOptions{Time: must(time.Parse(time.DateOnly, c.when))}
			for _, detached := range []bool{false, true} {
				der, err := cms.Sign(s, contents["order"], cms.Options{Detached: detached, Time: o.Time})
				if err != nil {
					t.Fatal(err)
				}
				if o.Content = nil; detached {
					o.Content = contents["order"]
				}
				r, err := cms.Check(der, o.Content)
				if err != nil || r.Certificate.Subject.SerialNumber != "IIN123456789011" {
					t.Fatalf("Check = %v", err)
				}
				if c.root == "" {
					if _, err := cms.Verify(der, o); !is[x509.UnknownAuthorityError](err) {
						t.Errorf("Verify without a root = %v", err)
					}
					continue
				}
				v := o
				v.Roots = []*x509.Certificate{must(gost.ParseCertificate(vector(t, c.root)))}
				v.Intermediates = []*x509.Certificate{must(gost.ParseCertificate(vector(t, c.below)))}
				if r, err := cms.Verify(der, v); err != nil || len(r.Chains[0]) != 3 {
					t.Errorf("Verify = %v", err)
				}
				v.Time = cert.NotAfter.Add(time.Second)
				if _, err := cms.Verify(der, v); !invalid(x509.Expired)(err) {
					t.Errorf("Verify a second after the end = %v", err)
				}
				v.Time, v.Roots = o.Time, []*x509.Certificate{must(gost.ParseCertificate(vector(t, "root_gost_test.crt")))}
				if _, err := cms.Verify(der, v); !errors.Is(err, cms.ErrCertificate) {
					t.Errorf("Verify with another root = %v", err)
				}
			}
		})
	}
}
