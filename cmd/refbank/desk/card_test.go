package desk_test

import (
	"crypto/x509"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"qoltanba/agent"
	"qoltanba/agent/agenttest/need"
	"qoltanba/agent/gost"
	"qoltanba/agent/pfx"
	"qoltanba/cmd/refbank/desk"
	"qoltanba/cmd/refbank/store"
)

func TestHandOut(t *testing.T) {
	for _, algorithm := range []agent.KeyAlgorithm{agent.RSA2048, agent.P256, agent.GOST2004, agent.GOST2015} {
		t.Run("K77 "+string(algorithm), func(t *testing.T) {
			d := newDesk(t)
			user, name := desk.DemoClient().UserID, filepath.Join(t.TempDir(), "Key.pfx")
			pin, err := d.HandOut(t.Context(), user, name, algorithm)
			if err != nil {
				t.Fatal(err)
			}
			cert := readKeyFile(t, name, pin)
			usage := []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
			if _, ok := cert.PublicKey.(*gost.PublicKey); ok {
				_, err = gost.Verify(cert, gost.VerifyOptions{Roots: []*x509.Certificate{d.Primary.GOSTCertificate()}, KeyUsages: usage})
			} else {
				_, err = cert.Verify(x509.VerifyOptions{Roots: d.Primary.Roots(), KeyUsages: usage})
			}
			if err != nil {
				t.Errorf("chain: %v", err)
			}
			if got, want := cert.Subject.SerialNumber, "IIN"+desk.DemoClient().IIN; got != want {
				t.Errorf("serialNumber = %s, want %s", got, want)
			}
			if card, err := d.Store.CheckCard(t.Context(), user, pin, cert, time.Now()); err != nil || card.Used {
				t.Errorf("CheckCard = %+v, %v", card, err)
			}
			if _, err := d.HandOut(t.Context(), user, name, algorithm); !errors.Is(err, os.ErrExist) {
				t.Errorf("HandOut(into a file that is there) = %v, want ErrExist", err)
			}
			if _, err := d.Store.CheckCard(t.Context(), user, pin, cert, time.Now()); err != nil {
				t.Errorf("CheckCard = %v after a new card failed", err)
			}
			next, err := d.HandOut(t.Context(), user, name+"2", algorithm)
			if err != nil || next == pin {
				t.Fatalf("HandOut = %v, the same PIN: %v", err, next == pin)
			}
			if _, err := d.Store.CheckCard(t.Context(), user, pin, cert, time.Now()); !errors.Is(err, store.ErrCredentials) {
				t.Errorf("CheckCard(old card) = %v, want ErrCredentials", err)
			}
		})
	}
}

// readKeyFile reads a key file as an agent does and as openssl does, and returns its
// certificate.
func readKeyFile(t *testing.T, name, pin string) *x509.Certificate {
	t.Helper()
	info, err := os.Stat(name)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%s: %v, %v, want mode 0600", name, info, err)
	}
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	f, err := pfx.Read(data, []byte(pin))
	if err != nil || len(f.Keys) != 1 || len(f.Certificates) != 1 {
		t.Fatalf("pfx.Read = %v", err)
	}
	if _, err := pfx.Read(data, []byte(strings.ToLower(pin))); !errors.Is(err, pfx.ErrPassword) {
		t.Errorf("pfx.Read(small letters) = %v, want ErrPassword", err)
	}
	t.Run("openssl", func(t *testing.T) {
		out, err := exec.Command(need.Program(t, "openssl"), "pkcs12", "-in", name, "-noout", "-passin", "pass:"+pin).CombinedOutput()
		if err != nil {
			t.Errorf("openssl pkcs12: %v\n%s", err, out)
		}
	})
	cert, err := gost.ParseCertificate(f.Certificates[0].DER)
	if err != nil {
		t.Fatal(err)
	}
	return cert
}

func TestHandOutToNobody(t *testing.T) {
	d := newDesk(t)
	name := filepath.Join(t.TempDir(), "Key.pfx")
	if _, err := d.HandOut(t.Context(), "nobody", name, agent.P256); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("HandOut(nobody) = %v, want ErrNotFound", err)
	}
	if _, err := os.Stat(name); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a key file was written: %v", err)
	}
}
