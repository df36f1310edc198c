package bank_test

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"qoltanba/agent"
	"qoltanba/agent/agenttest"
	"qoltanba/agent/agenttest/need"
	"qoltanba/agent/bank"
	"qoltanba/agent/gost"
)

// keyFile makes a Key.pfx with openssl.
func keyFile(t *testing.T, key softKey, password string, more ...string) []byte {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(key.Signer)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "Key.pfx")
	args := []string{"pkcs12", "-export", "-out", path, "-passout", "pass:" + password,
		"-in", writePEM(t, "CERTIFICATE", key.certificate.Raw), "-inkey", writePEM(t, "PRIVATE KEY", der)}
	if out, err := openssl(t, append(args, more...)...).CombinedOutput(); err != nil {
		t.Fatalf("openssl pkcs12: %v\n%s", err, out)
	}
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return file
}

func TestReadPrimary(t *testing.T) {
	ca := agenttest.NewCA("Initialization")
	key := newKey(t)
	key.certificate = ca.Issue(key.Public(), userID)
	file := keyFile(t, key, "K7M2P9XQ", "-certfile", writePEM(t, "CERTIFICATE", ca.Certificate().Raw))
	pin := agent.NewSecret([]byte("K7M2P9XQ"))

	p, err := bank.ReadPrimary(file, pin)
	if err != nil {
		t.Fatalf("K77 ReadPrimary = %v", err)
	}
	if len(p.Certificates) != 2 || !p.Certificates[0].Equal(key.certificate) || !p.Certificates[1].Equal(ca.Certificate()) {
		t.Errorf("ReadPrimary has %d certificates, want the key's and its CA's", len(p.Certificates))
	}
	if pin.Len() == 0 || bytes.Contains(pin.Bytes(), []byte{0}) {
		t.Error("ReadPrimary wiped the caller's password")
	}

	for _, c := range []struct {
		name     string
		file     []byte
		password string
		want     error
	}{
		{"K79 a wrong password", file, "k7m2p9xq", agent.ErrCredentials},
		{"no password", file, "", agent.ErrCredentials},
		{"K75 a file cut off", file[:len(file)/2], "K7M2P9XQ", agent.ErrKeyFile},
		{"an empty file", nil, "K7M2P9XQ", agent.ErrKeyFile},
		{"text", []byte("hello"), "K7M2P9XQ", agent.ErrKeyFile},
		{"no key", keyFile(t, key, "K7M2P9XQ", "-nokeys"), "K7M2P9XQ", agent.ErrKeyFile},
		{"no certificate", keyFile(t, key, "K7M2P9XQ", "-nocerts"), "K7M2P9XQ", agent.ErrKeyFile},
	} {
		if _, err := bank.ReadPrimary(c.file, agent.NewSecret([]byte(c.password))); !errors.Is(err, c.want) {
			t.Errorf("ReadPrimary(%s) = %v, want %v", c.name, err, c.want)
		}
	}
}

// The key of a key file enrolls.
func TestK5PrimaryKeyEnrolls(t *testing.T) {
	s := start(t)
	key := softKey{Signer: s.applicant.Primary.Signer, certificate: s.applicant.Primary.Certificates[0]}
	primary, err := bank.ReadPrimary(keyFile(t, key, "K7M2P9XQ"), s.applicant.PIN)
	if err != nil {
		t.Fatal(err)
	}
	s.applicant.Primary = primary
	if _, err := s.client(0).Submit(t.Context(), s.applicant, newKey(t)); err != nil {
		t.Errorf("Submit = %v", err)
	}
}

// vector returns a file of the National Certification Authority's test material. It
// is others' property and not part of this repository, see need.Vectors.
func vector(t *testing.T, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(need.Vectors(t), name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// Key files as Kazakhstan's authority writes them. What they say of the key is in two
// byte orders; the certificate tells which.
func TestK74ReadPrimaryOfGOST(t *testing.T) {
	for _, c := range []struct {
		file   string
		params *gost.Params // nil for RSA
	}{
		{"test-sign-gost2004.p12", gost.Kazakh2004},
		{"test-sign-gost2015.p12", gost.Kazakh2015},
		{"test-sign-rsa.p12", nil},
	} {
		file := vector(t, c.file)
		p, err := bank.ReadPrimary(file, agent.NewSecret([]byte("Qwerty12")))
		if err != nil {
			t.Errorf("%s: ReadPrimary = %v", c.file, err)
			continue
		}
		public := p.Certificates[0].PublicKey
		if k, ok := public.(*gost.PublicKey); (c.params != nil) != ok || ok && k.Params() != c.params {
			t.Errorf("%s: a %T", c.file, public)
		}
		if !public.(interface{ Equal(crypto.PublicKey) bool }).Equal(p.Signer.Public()) {
			t.Errorf("%s: certificate and key do not belong together", c.file)
		}
		if _, err := bank.ReadPrimary(file, agent.NewSecret([]byte("qwerty12"))); !errors.Is(err, agent.ErrCredentials) {
			t.Errorf("%s: ReadPrimary(wrong password) = %v, want ErrCredentials", c.file, err)
		}
	}
}
