package main

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"qoltanba/agent/agenttest/need"
	"qoltanba/agent/bank"
	"qoltanba/agent/cms"
	"qoltanba/agent/gost"
	"qoltanba/cmd/refbank/ca"
)

// A maker makes the files of TestVerify in a folder.
type maker struct {
	t   *testing.T
	dir string
}

func newMaker(t *testing.T) maker {
	m := maker{t, t.TempDir()}
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	m.check(err)
	ecKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	m.check(err)
	gostKey := gost.GenerateKey(gost.Kazakh2015)

	now := time.Now()
	ours, other := m.ca("ca", now.AddDate(-1, 0, 0)), m.ca("other", now)
	m.write("root.pem", pemOf(ours.Root()))
	m.write("root.der", ours.Root().Raw)
	m.write("gost-root.pem", pemOf(ours.GOSTRoot()))
	m.write("other.pem", pemOf(other.Root()))
	m.write("other-gost.pem", pemOf(other.GOSTRoot()))
	m.write("order.txt", []byte("Pay 100 tenge.\n"))
	m.write("tampered.txt", []byte("Pay 900 tenge.\n"))
	m.write("empty.txt", nil)
	m.descriptor(ours)

	rsaCert, ecCert, gostCert := m.issue(ours, rsaKey, now), m.issue(ours, ecKey, now), m.issue(ours, gostKey, now)
	m.write("leaf.pem", pemOf(rsaCert))
	m.openssl("rsa.p7s", "order.txt", rsaKey, rsaCert, ours.Issuing(), "-cades", "-nodetach")
	m.openssl("sha224.p7s", "order.txt", rsaKey, rsaCert, ours.Issuing(), "-cades", "-nodetach", "-md", "sha224")
	m.openssl("nocerts.p7s", "order.txt", rsaKey, rsaCert, ours.Issuing(), "-cades", "-nodetach", "-nocerts")
	m.openssl("ec.p7s", "order.txt", ecKey, ecCert, ours.Issuing(), "-cades")
	m.openssl("empty.p7s", "empty.txt", ecKey, ecCert, ours.Issuing(), "-cades")
	m.write("rsa.pem", pem.EncodeToMemory(&pem.Block{Type: "CMS", Bytes: m.read("rsa.p7s")}))
	m.russian()

	m.sign("kazakh.p7s", gostKey, now, gostCert, ours.GOSTIssuing())
	m.sign("early.p7s", gostKey, now.Add(-time.Hour), gostCert, ours.GOSTIssuing())
	yesterday := now.AddDate(0, 0, -1)
	m.sign("ended.p7s", gostKey, yesterday, m.issue(ours, gostKey, yesterday), ours.GOSTIssuing())
	m.sign("ended-ec.p7s", ecKey, yesterday, m.issue(ours, ecKey, yesterday), ours.Issuing())
	m.tricks(ecKey)
	below := gost.GenerateKey(gost.Kazakh2015)
	der, err := gost.CreateCertificate(plain("Issued by a client"), gostCert, below.Public().(*gost.PublicKey), gostKey)
	m.check(err)
	cert, err := gost.ParseCertificate(der)
	m.check(err)
	m.sign("below.p7s", below, now, cert, gostCert, ours.GOSTIssuing())

	change := func(name, from string, edit func([]byte) []byte) { m.write(name, edit(m.read(from))) }
	pay900 := func(b []byte) []byte { return bytes.Replace(b, []byte("Pay 100"), []byte("Pay 900"), 1) }
	flip := func(b []byte) []byte { b[len(b)-1] ^= 1; return b }
	change("tampered.p7s", "rsa.p7s", pay900)
	change("kazakh-tampered.p7s", "kazakh.p7s", pay900)
	change("flipped.p7s", "rsa.p7s", flip)
	change("kazakh-flipped.p7s", "kazakh.p7s", flip)
	change("cut.p7s", "rsa.p7s", func(b []byte) []byte { return b[:len(b)/2] })
	return m
}

func (m maker) check(err error) {
	m.t.Helper()
	if err != nil {
		m.t.Fatal(err)
	}
}

func (m maker) write(name string, data []byte) string {
	m.t.Helper()
	path := filepath.Join(m.dir, name)
	m.check(os.MkdirAll(filepath.Dir(path), 0o700))
	m.check(os.WriteFile(path, data, 0o600))
	return path
}

func (m maker) read(name string) []byte {
	m.t.Helper()
	b, err := os.ReadFile(filepath.Join(m.dir, name))
	m.check(err)
	return b
}

func pemOf(certs ...*x509.Certificate) []byte {
	var out []byte
	for _, c := range certs {
		out = append(out, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})...)
	}
	return out
}

// at calls f with a clock that shows another time.
func (m maker) at(when time.Time, f func()) {
	synctest.Test(m.t, func(*testing.T) {
		time.Sleep(time.Until(when))
		f()
	})
}

// ca returns the reference bank's CA, made at that time.
func (m maker) ca(name string, when time.Time) (c *ca.CA) {
	m.t.Helper()
	m.at(when, func() {
		var err error
		c, err = ca.Open(filepath.Join(m.dir, name))
		m.check(err)
	})
	return c
}

// issue returns a client's certificate that was issued at that time for an hour.
func (m maker) issue(authority *ca.CA, key crypto.Signer, when time.Time) (c *x509.Certificate) {
	m.t.Helper()
	m.at(when, func() {
		var err error
		c, err = authority.IssueClient(key.Public(), ca.Subject{
			Surname: "ТЕСТОВА", GivenName: "ӘСЕЛ", IIN: "850412300452", Company: "ЖШС «Үлгі»", BIN: "000140001239",
		}, time.Hour)
		m.check(err)
	})
	return c
}

// descriptor puts a descriptor that names the CA into the folder "bank".
func (m maker) descriptor(authority *ca.CA) {
	m.t.Helper()
	data, err := json.Marshal(bank.Descriptor{
		Names:   map[string]string{"en": "Reference Bank"},
		Origins: []string{"https://ib.refbank.test"},
		Enrollment: &bank.Enrollment{
			EST: "https://localhost/.well-known/est", Registration: "https://localhost/registration",
			CA:             string(pemOf(authority.Root(), authority.GOSTRoot())),
			Initialization: &bank.Initialization{Policies: []string{ca.PrimaryPolicy}},
		},
	})
	m.check(err)
	m.write("bank/config/banks.d/refbank.json", data)
}

// openssl signs a file in the folder with a key of its own kinds.
func (m maker) openssl(name, document string, key crypto.Signer, cert, issuer *x509.Certificate, args ...string) {
	m.t.Helper()
	var der []byte
	if k, ok := key.(*gost.PrivateKey); ok {
		der = k.Marshal()
	} else {
		var err error
		der, err = x509.MarshalPKCS8PrivateKey(key)
		m.check(err)
	}
	config := m.write("openssl.cnf", []byte("openssl_conf = conf\n[conf]\nengines = engines\n[engines]\ngost = gost\n"+
		"[gost]\nengine_id = gost\ndefault_algorithms = ALL\n"))
	cmd := exec.Command(need.Program(m.t, "openssl"), append([]string{"cms", "-sign", "-binary", "-outform", "DER",
		"-in", filepath.Join(m.dir, document), "-out", filepath.Join(m.dir, name),
		"-signer", m.write("signer.pem", pemOf(cert)), "-certfile", m.write("issuer.pem", pemOf(issuer)),
		"-inkey", m.write("key.pem", pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))}, args...)...)
	cmd.Env = append(os.Environ(), "OPENSSL_CONF="+config)
	if out, err := cmd.CombinedOutput(); err != nil {
		need.Missing(m.t, "openssl with its GOST engine (libengine-gost-openssl) does not sign %s: %v\n%s", name, err, out)
	}
}

// russian lets the GOST engine sign.
func (m maker) russian() {
	m.t.Helper()
	for _, p := range gost.Supported() {
		if p.String() != "GOST R 34.10-2012 256 bit TC26-A" {
			continue
		}
		caKey, key := gost.GenerateKey(p), gost.GenerateKey(p)
		root := plain("Russian CA")
		root.IsCA, root.BasicConstraintsValid, root.KeyUsage = true, true, x509.KeyUsageCertSign
		der, err := gost.CreateCertificate(root, root, caKey.Public().(*gost.PublicKey), caKey)
		m.check(err)
		parent, err := gost.ParseCertificate(der)
		m.check(err)
		der, err = gost.CreateCertificate(plain("Engine"), parent, key.Public().(*gost.PublicKey), caKey)
		m.check(err)
		leaf, err := gost.ParseCertificate(der)
		m.check(err)
		m.write("russian.pem", pemOf(parent))
		m.openssl("russian.p7s", "order.txt", key, leaf, parent, "-cades", "-nodetach", "-md", "md_gost12_256")
	}
}

// plain is a template for a certificate that is valid now.
func plain(name string) *x509.Certificate {
	return &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()),
		Subject:      pkix.Name{CommonName: name},
		NotBefore:    time.Now().Add(-time.Hour),
		NotAfter:     time.Now().Add(time.Hour),
	}
}

// sign signs the order as the agent does, attached and for a site.
func (m maker) sign(name string, key crypto.Signer, when time.Time, cert *x509.Certificate, chain ...*x509.Certificate) {
	m.t.Helper()
	der, err := cms.Sign(cms.Signer{Key: key, Certificate: cert, Chain: chain}, m.read("order.txt"),
		cms.Options{Time: when, Origin: "https://ib.bank.example"})
	m.check(err)
	m.write(name, der)
}

// tricks signs with a certificate whose name would clear the screen.
func (m maker) tricks(key *ecdsa.PrivateKey) {
	m.t.Helper()
	t := plain("\x1b[2JBank")
	der, err := x509.CreateCertificate(rand.Reader, t, t, key.Public(), key)
	m.check(err)
	cert, err := x509.ParseCertificate(der)
	m.check(err)
	m.sign("tricks.p7s", key, time.Now(), cert)
}
