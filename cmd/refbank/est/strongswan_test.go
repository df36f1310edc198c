package est_test

import (
	"crypto/ecdsa"
	"crypto/x509"
	"encoding/pem"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"qoltanba/agent/agenttest/need"
	"qoltanba/cmd/refbank/est"
)

// TestStrongSwan enrolls with an EST client that others wrote. It sends neither a
// channel binding nor, for the first certificate, a TLS client certificate; so the
// server takes its requests only where a test switched that demand off.
func TestStrongSwan(t *testing.T) {
	need.Program(t, "pki")
	need.Program(t, "openssl")
	b := newBank(t, func(c *est.Config) { c.Foreign = true })
	dir := t.TempDir()
	files := writePEM(t, b, dir)

	// pki writes further certificates beside the first, with a number in the name.
	if out, err := pki(t, b, "--estca", "--cacert", files.root, "--caout", filepath.Join(dir, "got.pem"), "--outform", "pem"); err != nil {
		t.Fatalf("pki --estca: %v\n%s", err, out)
	}
	got := map[string]bool{}
	names, err := filepath.Glob(filepath.Join(dir, "got*.pem"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		got[string(readPEM(t, name))] = true
	}
	if len(got) != 2 || !got[string(b.CA.Root().Raw)] || !got[string(b.CA.Issuing().Raw)] {
		t.Errorf("pki --estca wrote %v, want issuing CA and root", names)
	}

	enroll := func(b *bank, name, subject string, more ...string) (string, []byte, error) {
		t.Helper()
		request := filepath.Join(dir, name+".csr")
		if out, err := exec.Command("openssl", "req", "-new", "-utf8", "-key", filepath.Join(dir, "new.key"),
			"-subj", subject, "-outform", "DER", "-out", request).CombinedOutput(); err != nil {
			t.Fatalf("openssl req: %v\n%s", err, out)
		}
		out, err := pki(t, b, append([]string{"--est", "--in", request, "--cacert", files.root, "--cacert", files.issuing, "--outform", "pem"}, more...)...)
		file := filepath.Join(dir, name+".pem")
		if err := os.WriteFile(file, out, 0o600); err != nil {
			t.Fatal(err)
		}
		return file, out, err
	}
	writeFile(t, filepath.Join(dir, "new.key"), "PRIVATE KEY", pkcs8(t, b.primary)) // any key will do
	first, out, err := enroll(b, "first", "/CN=anything", "--userpass", user+":"+pin)
	if err != nil {
		t.Fatalf("pki --est: %v\n%s", err, out)
	}
	cert, err := x509.ParseCertificate(readPEM(t, first))
	if err != nil {
		t.Fatal(err)
	}
	if cert.Subject.SerialNumber != "IIN850412300452" || !b.primary.PrivateKey.(*ecdsa.PrivateKey).PublicKey.Equal(cert.PublicKey) {
		t.Errorf("certificate for %v", cert.Subject)
	}
	if _, out, err := enroll(b, "wrong", "/CN=anything", "--userpass", user+":AAAAAAAA"); err == nil {
		t.Errorf("pki --est took the PIN AAAAAAAA:\n%s", out)
	}

	card, err := b.Store.CheckCard(t.Context(), user, pin, nil, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.Store.Register(t.Context(), card, cert, time.Now()); err != nil {
		t.Fatal(err)
	}
	// With a certificate pki asks for simplereenroll.
	subject := "/CN=ТЕСТОВА ӘСЕЛ/SN=ТЕСТОВА/serialNumber=IIN850412300452/C=KZ/O=ЖШС «Үлгі»/OU=BIN000140001239"
	next, out, err := enroll(b, "next", subject, "--cert", first, "--key", filepath.Join(dir, "new.key"))
	if err != nil {
		t.Fatalf("pki --est --cert: %v\n%s", err, out)
	}
	if string(readPEM(t, next)) != string(cert.Raw) {
		t.Error("a certificate of a year was renewed on its first day")
	}

	t.Run("the default refuses it", func(t *testing.T) {
		demanding := newBank(t, nil)
		writeFile(t, files.root, "CERTIFICATE", demanding.CA.Root().Raw)
		writeFile(t, files.issuing, "CERTIFICATE", demanding.CA.Issuing().Raw)
		if _, out, err := enroll(demanding, "refused", "/CN=anything", "--userpass", user+":"+pin); err == nil {
			t.Errorf("pki --est got a certificate:\n%s", out)
		}
		own := demanding.inForce(t, demanding.primary.PrivateKey.(*ecdsa.PrivateKey), time.Hour)
		writeFile(t, first, "CERTIFICATE", own.Certificate[0])
		writeFile(t, filepath.Join(dir, "new.key"), "PRIVATE KEY", pkcs8(t, demanding.primary))
		if _, out, err := enroll(demanding, "refused", subject, "--cert", first, "--key", filepath.Join(dir, "new.key")); err == nil {
			t.Errorf("pki --est --cert got a certificate:\n%s", out)
		}
		if _, certs := demanding.counts(t); certs != 1 {
			t.Errorf("%d certificates, want the one from before", certs)
		}
	})
}

// pki runs it against the bank and returns its standard output.
func pki(t *testing.T, b *bank, args ...string) ([]byte, error) {
	t.Helper()
	_, port, err := net.SplitHostPort(b.address)
	if err != nil {
		t.Fatal(err)
	}
	// strongSwan knows no name constraints for IP addresses, which our root has.
	config := filepath.Join(t.TempDir(), "strongswan.conf")
	if err := os.WriteFile(config, []byte("libstrongswan { x509 { enforce_critical = no } }\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c := exec.CommandContext(t.Context(), "pki", append(args, "--url", "https://localhost:"+port)...)
	c.Env = append(os.Environ(), "STRONGSWAN_CONF="+config)
	var log strings.Builder
	c.Stderr = &log
	out, err := c.Output()
	t.Logf("pki %s: %v\n%s", args[0], err, &log)
	return out, err
}

func readPEM(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(data)
	if block == nil {
		t.Fatalf("%s holds no PEM", name)
	}
	return block.Bytes
}
