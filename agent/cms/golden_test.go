package cms_test

import (
	"bytes"
	"crypto"
	"encoding/asn1"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"qoltanba/agent/cms"
	"qoltanba/agent/gost"
)

var update = flag.Bool("update", false, "write new messages and certificates to testdata (needs openssl)")

// The messages in testdata. Those named openssl-… were made by openssl cms
// -sign -cades, the others by this package; all are over contents["order"].
var goldens = []struct {
	file     string
	detached bool
	origin   string
}{
	{"p256.der", false, origin},
	{"p384.der", true, origin},
	{"rsa.der", true, ""},
	{"rsa-pss.der", false, ""},
	{"openssl-p256.der", false, ""},
	{"openssl-rsa.der", true, ""},
	{"kazakh2015.der", false, origin},
	{"kazakh2004.der", true, ""},
	{"gost2012-256.der", false, origin},
	{"gost2012-512.der", true, ""},
	{"gost2001.der", false, ""},
	{"openssl-gost2012-256.der", false, ""},
}

// golden returns a file of testdata.
func golden(t testing.TB, file string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", file))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// goldenTrust returns the options with which the messages in testdata verify.
func goldenTrust(t testing.TB, detached bool) cms.VerifyOptions {
	t.Helper()
	v := cms.VerifyOptions{Time: signedAt}
	for _, file := range []string{"root.der", "kazakh-root.der", "russian-root.der"} {
		root, err := gost.ParseCertificate(golden(t, file))
		if err != nil {
			t.Fatal(err)
		}
		v.Roots = append(v.Roots, root)
	}
	if detached {
		v.Content = contents["order"]
	}
	return v
}

// TestGolden shows that messages of yesterday verify today, and that a message is
// still built byte for byte as it was.
func TestGolden(t *testing.T) {
	if *update {
		writeGoldens(t)
	}
	for _, g := range goldens {
		t.Run(g.file, func(t *testing.T) {
			der := golden(t, g.file)
			r, err := cms.Verify(der, goldenTrust(t, g.detached))
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(r.Content, contents["order"]) || r.Origin != g.origin {
				t.Errorf("Content = %q, Origin = %q", r.Content, r.Origin)
			}
			if g.file[:3] == "ope" {
				return
			}
			if !r.SigningTime.Equal(signedAt) {
				t.Errorf("SigningTime = %v", r.SigningTime)
			}
			again, err := cms.Sign(cms.Signer{
				Key: fakeKey{r.Certificate.PublicKey, func([]byte, crypto.SignerOpts) ([]byte, error) {
					return signature(t, der), nil
				}},
				Certificate: r.Certificate,
				Chain:       r.Chains[0][1:2],
				PSS:         g.file == "rsa-pss.der",
			}, r.Content, cms.Options{Detached: g.detached, Time: r.SigningTime, Origin: r.Origin})
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(again, der) {
				t.Errorf("built\n%x\nwant\n%x", again, der)
			}
		})
	}
}

// signature returns the signature value of a message, its last element.
func signature(t *testing.T, der []byte) []byte {
	t.Helper()
	for n := len(der) - 2; n > 0; n-- {
		var value []byte
		if rest, err := asn1.Unmarshal(der[n:], &value); err == nil && len(rest) == 0 && len(value) >= 64 {
			return value
		}
	}
	t.Fatal("no signature at the end of the message")
	return nil
}

func writeGoldens(t *testing.T) {
	write := func(file string, b []byte) { writeFile(t, "testdata", file, b) }
	sign := func(file, name string, o cms.Options) {
		o.Time = signedAt
		write(file, must(cms.Sign(byName(name), contents["order"], o)))
	}
	write("root.der", ca().root.Raw)
	write("kazakh-root.der", kazakhCA().root.Raw)
	write("russian-root.der", russianCA().root.Raw)
	sign("p256.der", "P-256", cms.Options{Origin: origin})
	sign("p384.der", "P-384", cms.Options{Origin: origin, Detached: true})
	sign("rsa.der", "RSA", cms.Options{Detached: true})
	sign("rsa-pss.der", "RSA-PSS", cms.Options{})
	sign("kazakh2015.der", gost.Kazakh2015.String(), cms.Options{Origin: origin})
	sign("kazakh2004.der", gost.Kazakh2004.String(), cms.Options{Detached: true})
	sign("gost2012-256.der", "GOST R 34.10-2012 256 bit TC26-A", cms.Options{Origin: origin})
	sign("gost2012-512.der", "GOST R 34.10-2012 512 bit TC26-A", cms.Options{Detached: true})
	sign("gost2001.der", "GOST R 34.10-2001 CryptoPro-A", cms.Options{})
	write("openssl-p256.der", opensslSign(t, byName("P-256"), contents["order"], "-cades", "-md", "sha256", "-nodetach"))
	write("openssl-rsa.der", opensslSign(t, byName("RSA"), contents["order"], "-cades", "-md", "sha256"))
	useEngine(t)
	write("openssl-gost2012-256.der", opensslSign(t, byName("GOST R 34.10-2012 256 bit TC26-A"), contents["order"],
		"-cades", "-md", "md_gost12_256", "-nodetach"))
}
