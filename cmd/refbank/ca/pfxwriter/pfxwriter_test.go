package pfxwriter_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"qoltanba/agent"
	"qoltanba/agent/agenttest/need"
	"qoltanba/agent/bank"
	"qoltanba/agent/gost"
	"qoltanba/agent/pfx"
	"qoltanba/cmd/refbank/ca/pfxwriter"
)

const password, iterations = "K7M2P9XQ", 2048

func issue(t *testing.T, public crypto.PublicKey, key crypto.Signer) *x509.Certificate {
	t.Helper()
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Кілт"}, NotAfter: time.Now().Add(time.Hour)}
	var der []byte
	var err error
	if k, ok := public.(*gost.PublicKey); ok {
		der, err = gost.CreateCertificate(template, template, k, key)
	} else {
		der, err = x509.CreateCertificate(rand.Reader, template, template, public, key)
	}
	if err != nil {
		t.Fatal(err)
	}
	cert, err := gost.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return cert
}

// What is written is what an agent reads, GOST included.
func TestEncode(t *testing.T) {
	ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(ec)
	if err != nil {
		t.Fatal(err)
	}
	g2004, g2015 := gost.GenerateKey(gost.Kazakh2004), gost.GenerateKey(gost.Kazakh2015)
	for name, c := range map[string]struct {
		key   crypto.Signer
		pkcs8 []byte
	}{
		"P-256": {ec, pkcs8}, "GOST 2004": {g2004, g2004.Marshal()}, "GOST 2015": {g2015, g2015.Marshal()},
	} {
		t.Run("K74 "+name, func(t *testing.T) {
			chain := []*x509.Certificate{issue(t, c.key.Public(), c.key), issue(t, ec.Public(), ec)}
			file, err := pfxwriter.Encode(c.pkcs8, chain, password, iterations)
			if err != nil {
				t.Fatal(err)
			}
			p, err := bank.ReadPrimary(file, agent.NewSecret([]byte(password)))
			if err != nil {
				t.Fatalf("ReadPrimary = %v", err)
			}
			if !c.key.Public().(interface{ Equal(crypto.PublicKey) bool }).Equal(p.Signer.Public()) || !p.Certificates[0].Equal(chain[0]) || len(p.Certificates) != 2 {
				t.Errorf("ReadPrimary has another key or %d certificates", len(p.Certificates))
			}
			if _, err := pfx.Read(file, []byte("k7m2p9xq")); !errors.Is(err, pfx.ErrPassword) {
				t.Errorf("pfx.Read(small letters) = %v, want ErrPassword", err)
			}
			if bytes.Contains(file, []byte("Кілт")) || bytes.Contains(file, c.pkcs8[len(c.pkcs8)-32:]) {
				t.Error("something is not encrypted")
			}
		})
	}
	if _, err := pfxwriter.Encode(pkcs8, nil, password, iterations); err == nil {
		t.Error("a key file without certificate")
	}
}

// OpenSSL checks the MAC and decrypts.
func TestForOpenSSL(t *testing.T) {
	openssl := need.Program(t, "openssl")
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	// Of several lengths, as blocks are filled.
	for _, password := range []string{"A", password, "a password that is longer than one block of the digest"} {
		file, err := pfxwriter.Encode(pkcs8, []*x509.Certificate{issue(t, key.Public(), key)}, password, iterations)
		if err != nil {
			t.Fatal(err)
		}
		name := filepath.Join(t.TempDir(), "Key.pfx")
		if err := os.WriteFile(name, file, 0o600); err != nil {
			t.Fatal(err)
		}
		out, err := exec.Command(openssl, "pkcs12", "-in", name, "-nodes", "-passin", "pass:"+password).CombinedOutput()
		if err != nil || !bytes.Contains(out, []byte("PRIVATE KEY")) || !bytes.Contains(out, []byte("BEGIN CERTIFICATE")) {
			t.Errorf("openssl pkcs12, %d letters: %v\n%s", len(password), err, out)
		}
	}
}
