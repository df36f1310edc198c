package cmp_test

import (
	"crypto"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"qoltanba/agent/agenttest/need"
	"qoltanba/cmd/refbank/cmp"
)

// OpenSSL's client renews at this bank: a request that is signed, and an answer whose
// signature leads to the root. With a MAC it is refused, for its 500 iterations.
func TestOpenSSL(t *testing.T) {
	openssl := need.Program(t, "openssl")
	b := newBank(t, ecKey(), nil)
	dir := t.TempDir()
	write := func(name, kind string, der []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	writeKey := func(name string, key crypto.Signer) string {
		der, err := x509.MarshalPKCS8PrivateKey(key)
		if err != nil {
			t.Fatal(err)
		}
		return write(name, "PRIVATE KEY", der)
	}
	key := ecKey()
	cert, err := b.agentClient(t).Submit(t.Context(), b.applicant(), key)
	if err == nil {
		err = b.agentClient(t).Confirm(t.Context(), b.applicant(), cert)
	}
	if err != nil {
		t.Fatal(err)
	}
	root, out := write("root.pem", "CERTIFICATE", b.CA.Root().Raw), filepath.Join(dir, "out.pem")
	_, port, _ := strings.Cut(b.address, ":")
	run := func(args ...string) (string, error) {
		text, err := exec.CommandContext(t.Context(), openssl, append([]string{"cmp", "-server", "localhost:" + port, "-path", cmp.Path,
			"-tls_used", "-tls_trusted", root, "-certout", out}, args...)...).CombinedOutput()
		return string(text), err
	}
	ownKey := writeKey("own.key", key)
	own := write("own.pem", "CERTIFICATE", cert.Raw)
	// The control oldCertID names another certificate than the one that signs.
	namesake := &x509.Certificate{RawSubject: cert.RawSubject, SerialNumber: big.NewInt(7), NotBefore: cert.NotBefore, NotAfter: cert.NotAfter}
	old, err := x509.CreateCertificate(rand.Reader, namesake, namesake, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	text, err := run("-cmd", "kur", "-cert", own, "-key", ownKey, "-newkey", ownKey, "-trusted", root, "-oldcert", write("old.pem", "CERTIFICATE", old))
	if err == nil || !strings.Contains(text, "badCertId") {
		t.Errorf("openssl cmp with another oldCertID: %v\n%s", err, text)
	}
	text, err = run("-cmd", "kur", "-cert", own, "-key", ownKey, "-newkey", ownKey, "-trusted", root)
	if err != nil {
		t.Fatalf("openssl cmp: %v\n%s", err, text)
	}
	data, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(data)
	if block == nil {
		t.Fatalf("openssl wrote %q", data)
	}
	if renewed, err := x509.ParseCertificate(block.Bytes); err != nil || !renewed.Equal(cert) { // it is new still
		t.Errorf("another certificate, %v", err)
	}

	text, err = run("-cmd", "ir", "-ref", user, "-secret", "pass:"+pin, "-newkey", ownKey, "-subject", "/CN="+user, "-unprotected_errors",
		"-tls_cert", write("primary.pem", "CERTIFICATE", b.primary.Certificates[0].Raw), "-tls_key", writeKey("primary.key", b.primary.Signer))
	if err == nil || !strings.Contains(text, "mac: want PBMAC1 or PBM with 10000 to 150000 iterations") {
		t.Errorf("openssl cmp with a MAC: %v\n%s", err, text)
	}
}
