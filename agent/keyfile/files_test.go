package keyfile_test

import (
	"bytes"
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
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"qoltanba/agent/agenttest"
	"qoltanba/agent/agenttest/need"
	"qoltanba/agent/gost"
)

// password is that of every file here, also of the Kazakh authority's.
const password = "Qwerty12"

// A keyFile is one that the tests run over.
type keyFile struct {
	name   string
	data   []byte
	sealed bool
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

var (
	rsaKey = sync.OnceValue(func() *rsa.PrivateKey { return must(rsa.GenerateKey(rand.Reader, 2048)) })
	p256   = sync.OnceValue(func() *ecdsa.PrivateKey { return must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader)) })
	p384   = sync.OnceValue(func() *ecdsa.PrivateKey { return must(ecdsa.GenerateKey(elliptic.P384(), rand.Reader)) })
)

// openssl runs it in a folder, with its GOST engine where it has one.
func openssl(t *testing.T, dir string, args ...string) {
	t.Helper()
	need.Program(t, "openssl")
	config := "openssl_conf = conf\n[conf]\nengines = engines\n[engines]\ngost = gost\n" +
		"[gost]\nengine_id = gost\ndefault_algorithms = ALL\n" +
		"[req]\ndistinguished_name = dn\nx509_extensions = v3\n[dn]\n[v3]\nbasicConstraints = CA:FALSE\n"
	if err := os.WriteFile(filepath.Join(dir, "openssl.cnf"), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("openssl", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "OPENSSL_CONF="+filepath.Join(dir, "openssl.cnf"))
	if out, err := cmd.CombinedOutput(); bytes.Contains(out, []byte("could not load the shared library")) {
		need.Missing(t, "openssl has no GOST engine (libengine-gost-openssl): %v\n%s", err, out)
	} else if err != nil {
		t.Fatalf("openssl %v: %v\n%s", args, err, out)
	}
}

// export has openssl write key.pem and cert.pem of the folder into a key file.
func export(t *testing.T, dir string, args ...string) []byte {
	t.Helper()
	openssl(t, dir, append([]string{"pkcs12", "-export", "-inkey", "key.pem", "-in", "cert.pem", "-name", "Accounts",
		"-passout", "pass:" + password, "-out", "file.p12"}, args...)...)
	return must(os.ReadFile(filepath.Join(dir, "file.p12")))
}

// usual is a key file that openssl wrote for a key of crypto/x509.
func usual(t *testing.T, key crypto.Signer, args ...string) []byte {
	t.Helper()
	dir := t.TempDir()
	for name, b := range map[string]*pem.Block{
		"key.pem":  {Type: "PRIVATE KEY", Bytes: must(x509.MarshalPKCS8PrivateKey(key))},
		"cert.pem": {Type: "CERTIFICATE", Bytes: agenttest.TestCA().Issue(key.Public(), "Aigerim Serikova").Raw},
	} {
		if err := os.WriteFile(filepath.Join(dir, name), pem.EncodeToMemory(b), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return export(t, dir, args...)
}

// russian is a key file that openssl's GOST engine made.
func russian(t *testing.T, algorithm string) []byte {
	t.Helper()
	dir := t.TempDir()
	openssl(t, dir, "genpkey", "-algorithm", algorithm, "-pkeyopt", "paramset:A", "-out", "key.pem")
	openssl(t, dir, "req", "-x509", "-key", "key.pem", "-subj", "/CN=Engine", "-days", "10", "-out", "cert.pem")
	return export(t, dir, modern...)
}

// certified is a GOST key with a certificate of its own.
func certified(p *gost.Params) (pkcs8, certificate []byte) {
	key := gost.GenerateKey(p)
	return key.Marshal(), ownCertificate(key)
}

func ownCertificate(key *gost.PrivateKey) []byte {
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Aigerim " + key.Params().String()},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().AddDate(1, 0, 0),
		BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageContentCommitment,
	}
	return must(gost.CreateCertificate(template, template, key.Public().(*gost.PublicKey), key))
}

// ofGOST is a key file with one GOST key.
func ofGOST(p *gost.Params) made {
	key, cert := certified(p)
	return made{keys: [][]byte{key}, certificates: [][]byte{cert}}
}

// everything is a key file with a key of each kind.
func everything() made {
	var m made
	for _, k := range []crypto.Signer{rsaKey(), p256(), p384()} {
		m.keys = append(m.keys, must(x509.MarshalPKCS8PrivateKey(k)))
		m.certificates = append(m.certificates, agenttest.TestCA().Issue(k.Public(), "Aigerim Serikova").Raw)
	}
	for _, p := range []*gost.Params{gost.Kazakh2004, gost.Kazakh2015} {
		key, cert := certified(p)
		m.keys, m.certificates = append(m.keys, key), append(m.certificates, cert)
	}
	m.certificates = append(m.certificates, agenttest.TestCA().Certificate().Raw)
	return m
}

var (
	modern = []string{"-keypbe", "AES-256-CBC", "-certpbe", "AES-256-CBC", "-macalg", "sha256"}
	legacy = []string{"-legacy", "-keypbe", "PBE-SHA1-3DES", "-certpbe", "PBE-SHA1-RC2-40", "-macalg", "sha1"}
	open   = []string{"-keypbe", "AES-256-CBC", "-certpbe", "NONE", "-macalg", "sha256"}
)

// keyFiles are those that are made here.
func keyFiles(t *testing.T) []keyFile {
	t.Helper()
	all := []keyFile{
		{"RSA", usual(t, rsaKey(), modern...), true},
		{"RSA as banks write it", usual(t, rsaKey(), legacy...), true},
		{"EC", usual(t, p256(), modern...), true},
		{"EC with its certificate in sight", usual(t, p384(), open...), false},
		{"GOST R 34.10-2012 256", russian(t, "gost2012_256"), true},
		{"GOST R 34.10-2012 512", russian(t, "gost2012_512"), true},
		{"every kind", everything().encode(t, password), false},
	}
	for _, p := range []*gost.Params{gost.Kazakh2004, gost.Kazakh2015} {
		all = append(all, keyFile{p.String(), ofGOST(p).encode(t, password), false})
	}
	return all
}

// authorityFiles are those of the Kazakh authority.
func authorityFiles(t *testing.T) []keyFile {
	t.Helper()
	paths := must(filepath.Glob(filepath.Join(need.Vectors(t), "*.p12")))
	if len(paths) < 4 {
		t.Fatalf("%d files of the authority, want four at least", len(paths))
	}
	var all []keyFile
	for _, path := range paths {
		all = append(all, keyFile{filepath.Base(path), must(os.ReadFile(path)), true})
	}
	return all
}
