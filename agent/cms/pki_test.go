package cms_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"qoltanba/agent/cms"
	"qoltanba/agent/gost"
)

// The certificates of a test run are valid around signedAt.
var signedAt = time.Date(2026, 5, 4, 10, 30, 15, 0, time.UTC)

const origin = "https://ib.bank.example"

// An authority issues the certificates of a test run: root, intermediate, leaf.
type authority struct {
	root, intermediate *x509.Certificate
	key                crypto.Signer // the intermediate's
}

// The authorities, one for each kind of key that issues.
var (
	ca        = newAuthority(func() crypto.Signer { return ecKey(elliptic.P256()) })
	kazakhCA  = newAuthority(func() crypto.Signer { return gost.GenerateKey(gost.Kazakh2015) })
	russianCA = newAuthority(func() crypto.Signer { return gost.GenerateKey(gostParams("GOST R 34.10-2012 512 bit TC26-A")) })
)

func newAuthority(newKey func() crypto.Signer) func() *authority {
	return sync.OnceValue(func() *authority {
		rootKey, key := newKey(), newKey()
		template := func(name string) *x509.Certificate {
			return &x509.Certificate{
				Subject:               pkix.Name{CommonName: name},
				KeyUsage:              x509.KeyUsageCertSign,
				IsCA:                  true,
				BasicConstraintsValid: true,
			}
		}
		root := issue(template("Test Root"), nil, rootKey.Public(), rootKey)
		return &authority{root, issue(template("Test CA"), root, key.Public(), rootKey), key}
	})
}

// leaf issues a certificate for a key, changed by the edits.
func (a *authority) leaf(pub crypto.PublicKey, edits ...func(*x509.Certificate)) *x509.Certificate {
	t := &x509.Certificate{
		Subject:      pkix.Name{CommonName: "Айгерім Қасымова"},
		KeyUsage:     x509.KeyUsageDigitalSignature | x509.KeyUsageContentCommitment,
		ExtKeyUsage:  []x509.ExtKeyUsage{x509.ExtKeyUsageEmailProtection},
		SubjectKeyId: []byte{0x51, 0x4b, 0x49, 0x44},
	}
	for _, edit := range edits {
		edit(t)
	}
	return issue(t, a.intermediate, pub, a.key)
}

func issue(t, parent *x509.Certificate, pub crypto.PublicKey, key crypto.Signer) *x509.Certificate {
	if parent == nil {
		parent = t
	}
	if t.SerialNumber == nil {
		t.SerialNumber = must(rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120)))
	}
	t.NotBefore, t.NotAfter = signedAt.AddDate(-1, 0, 0), signedAt.AddDate(1, 0, 0)
	if of, ok := pub.(*gost.PublicKey); ok {
		return must(gost.ParseCertificate(must(gost.CreateCertificate(t, parent, of, key))))
	}
	return must(x509.ParseCertificate(must(x509.CreateCertificate(rand.Reader, t, parent, pub, key))))
}

// gostParams returns the parameters of that name.
func gostParams(name string) *gost.Params {
	for _, p := range gost.Supported() {
		if p.String() == name {
			return p
		}
	}
	panic(name)
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func ecKey(c elliptic.Curve) *ecdsa.PrivateKey { return must(ecdsa.GenerateKey(c, rand.Reader)) }

var rsaKey = sync.OnceValue(func() *rsa.PrivateKey { return must(rsa.GenerateKey(rand.Reader, 2048)) })

// An algorithm is a row of the tables here: a kind of signer.
type algorithm struct {
	name   string
	hash   cms.Hash
	signer func() cms.Signer
	stride int // of the bits that TestEveryBit turns round, 1 for all
}

// algorithms are all that the package signs with. Each signer is made once.
var algorithms = []algorithm{
	{"RSA", crypto.SHA256, signer(func() crypto.Signer { return rsaKey() }, false), 1},
	{"RSA-PSS", crypto.SHA256, signer(func() crypto.Signer { return rsaKey() }, true), 1},
	{"P-256", crypto.SHA256, signer(func() crypto.Signer { return ecKey(elliptic.P256()) }, false), 1},
	{"P-384", crypto.SHA384, signer(func() crypto.Signer { return ecKey(elliptic.P384()) }, false), 9},
	{"P-521", crypto.SHA512, signer(func() crypto.Signer { return ecKey(elliptic.P521()) }, false), 9},
	gostAlgorithm(gost.Kazakh2015),
	gostAlgorithm(gost.Kazakh2004),
	gostAlgorithm(gostParams("GOST R 34.10-2001 CryptoPro-A")),
	gostAlgorithm(gostParams("GOST R 34.10-2012 256 bit TC26-A")),
	gostAlgorithm(gostParams("GOST R 34.10-2012 512 bit TC26-A")),
}

func gostAlgorithm(p *gost.Params) algorithm {
	return algorithm{p.String(), p.Hash(), signer(func() crypto.Signer { return gost.GenerateKey(p) }, false), 101}
}

func signer(newKey func() crypto.Signer, pss bool) func() cms.Signer {
	return sync.OnceValue(func() cms.Signer {
		key, issuer := newKey(), ca()
		if k, ok := key.(*gost.PrivateKey); ok {
			issuer = russianCA()
			if k.Params().Kazakh() {
				issuer = kazakhCA()
			}
		}
		return cms.Signer{
			Key:         key,
			Certificate: issuer.leaf(key.Public()),
			Chain:       []*x509.Certificate{issuer.intermediate},
			PSS:         pss,
		}
	})
}

func byName(name string) cms.Signer {
	for _, a := range algorithms {
		if a.name == name {
			return a.signer()
		}
	}
	panic(name)
}

// trust returns the options with which messages of the test run verify.
func trust() cms.VerifyOptions {
	return cms.VerifyOptions{
		Roots: []*x509.Certificate{ca().root, kazakhCA().root, russianCA().root},
		Time:  signedAt,
	}
}

func writePEM(t testing.TB, dir, name, kind string, ders ...[]byte) string {
	t.Helper()
	var out []byte
	for _, der := range ders {
		out = append(out, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})...)
	}
	return writeFile(t, dir, name, out)
}

func writeFile(t testing.TB, dir, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
