package main

import (
	"bufio"
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"qoltanba/agent/pfx"
	"qoltanba/cmd/refbank/ca"
	"qoltanba/cmd/refbank/enroll"
)

// card hands out a card and returns User ID, PIN and the primary key as a TLS client
// certificate.
func card(t *testing.T, dir string, args ...string) (user, pin string, primary tls.Certificate) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "Key.pfx")
	printed := map[string]string{}
	for line := range strings.Lines(run(t, append([]string{"card", "--dir", dir, "--key-file", file}, args...)...)) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), " ")
		printed[name] = value
	}
	if len(printed) != 3 || printed["key-file"] != file {
		t.Fatalf("refbank card printed %v", printed)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	f, err := pfx.Read(data, []byte(printed["pin"]))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Wipe()
	key, err := x509.ParsePKCS8PrivateKey(f.Keys[0].PKCS8)
	if err != nil {
		t.Fatal(err)
	}
	return printed["user-id"], printed["pin"], tls.Certificate{Certificate: [][]byte{f.Certificates[0].DER}, PrivateKey: key}
}

func TestEnrollment(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "bank")
	run(t, "contract", "--dir", dir, "--user", "qq222222_asdfghjk", "--surname", "БЕКЕНОВ", "--given-name", "ДАНИЯР",
		"--iin", "900101300459", "--company", "ТОО «Образец»", "--bin", "000140001239", "--account", "KZ60999KZT0000000002", "--period", "6,12")
	user, pin, primary := card(t, dir)
	other, otherPIN, otherPrimary := card(t, dir, "--user", "qq222222_asdfghjk", "--algorithm", "P-256")
	if user != "qq111111_qwertyui" || other != "qq222222_asdfghjk" {
		t.Errorf("cards for %s and %s", user, other)
	}

	bank := command(t, "serve", "--dir", dir, "--listen", "127.0.0.1:0", "--est", "127.0.0.1:0", "--fault", "lost-answer,202,slow-ca,refuse-csr,expired-ca,clock-skew")
	stdout, err := bank.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	bank.Stderr = &log
	if err := bank.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(stdout)
	if !lines.Scan() || !strings.HasPrefix(lines.Text(), "est https://localhost:") {
		t.Fatalf("first line %q, want est; %v\n%s", lines.Text(), bank.Wait(), &log)
	}
	address := strings.TrimPrefix(lines.Text(), "est ")
	if !lines.Scan() || !strings.HasPrefix(lines.Text(), "ready https://") {
		t.Errorf("second line %q, want ready", lines.Text())
	}
	const lost = 0 // instead of a status
	check := func(user, pin string, primary tls.Certificate) int {
		t.Helper()
		roots := x509.NewCertPool()
		root, err := os.ReadFile(filepath.Join(dir, "ca", "root.pem"))
		if err != nil || !roots.AppendCertsFromPEM(root) {
			t.Fatal(err)
		}
		transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots, Certificates: []tls.Certificate{primary}}}
		defer transport.CloseIdleConnections()
		r, err := http.NewRequestWithContext(t.Context(), "GET", address+"/.well-known/est/csrattrs", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.SetBasicAuth(user, pin)
		response, err := transport.RoundTrip(r)
		if errors.Is(err, io.EOF) {
			return lost
		}
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		if _, err := io.Copy(io.Discard, response.Body); err != nil {
			t.Error(err)
		}
		return response.StatusCode
	}
	for _, test := range []struct {
		name    string
		user    string
		pin     string
		primary tls.Certificate
		want    int
	}{
		{"demo client, whose answer is lost", user, pin, primary, lost},
		{"demo client", user, pin, primary, http.StatusOK},
		{"other client, whose answer is lost", other, otherPIN, otherPrimary, lost},
		{"other client", other, otherPIN, otherPrimary, http.StatusOK},
		{"K83 keys mixed up", user, pin, otherPrimary, http.StatusUnauthorized},
	} {
		if got := check(test.user, test.pin, test.primary); got != test.want {
			t.Errorf("%s: csrattrs = %d, want %d", test.name, got, test.want)
		}
	}
	if err := bank.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := bank.Wait(); err != nil {
		t.Errorf("after SIGTERM: %v\n%s", err, &log)
	}
	if strings.Contains(log.String(), pin) || strings.Contains(log.String(), otherPIN) {
		t.Error("K119 a PIN is in the log")
	}
}

func TestCommandsRefuse(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "bank")
	contract := []string{"contract", "--dir", dir, "--surname", "A", "--given-name", "B", "--company", "C", "--bin", "000140001239", "--account", "D"}
	file := filepath.Join(t.TempDir(), "Key.pfx")
	for name, args := range map[string][]string{
		"User ID with a colon": append(contract, "--user", "a:b", "--iin", "900101300459", "--period", "12"),
		"short IIN":            append(contract, "--user", "ab", "--iin", "123", "--period", "12"),
		"no period":            append(contract, "--user", "ab", "--iin", "900101300459"),
		"period of no months":  append(contract, "--user", "ab", "--iin", "900101300459", "--period", "0"),
		"card for nobody":      {"card", "--dir", dir, "--user", "nobody", "--key-file", file},
		"unknown fault":        {"serve", "--dir", dir, "--listen", "127.0.0.1:0", "--est", "127.0.0.1:0", "--fault", "fire"},
		"fault without est":    {"serve", "--dir", dir, "--listen", "127.0.0.1:0", "--fault", "202"},
		"descriptor by http":   {"descriptor", "--dir", dir, "--est", "http://localhost:8444"},
		"est nowhere":          {"serve", "--dir", dir, "--listen", "127.0.0.1:0", "--est", "nowhere"},
	} {
		t.Run(name, func(t *testing.T) {
			// What is printed may be how to use it.
			if out, err := command(t, args...).Output(); err == nil || strings.Contains(string(out), "ready") {
				t.Errorf("refbank %v = %q, %v, want an error", args, out, err)
			}
		})
	}
	if _, err := os.Stat(file); err == nil {
		t.Error("a key file was written for nobody")
	}
}

// TestFaults shows that each name of a fault does what package est has it for.
func TestFaults(t *testing.T) {
	f := folder(filepath.Join(t.TempDir(), "bank"))
	b, err := f.open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer b.store.Close()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		fault   string
		want    enroll.Faults
		valid   bool // a certificate, now
		issuing bool // the certificate of the issuing CA, now
	}{
		{"", enroll.Faults{}, true, true},
		{"lost-answer", enroll.Faults{LostAnswer: true}, true, true},
		{"slow-ca", enroll.Faults{Slow: slowness}, true, true},
		{"202", enroll.Faults{Pending: retryAfter}, true, true},
		{"refuse-csr", enroll.Faults{RefuseCSR: true}, true, true},
		{"due", enroll.Faults{Due: true}, true, true},
		{"clock-skew", enroll.Faults{}, false, true},
		{"expired-ca", enroll.Faults{}, true, false},
	} {
		config, err := serveCommand{Fault: []string{test.fault}}.enrollConfig(b, f, logger())
		if err != nil || config.Faults != test.want {
			t.Errorf("%s: faults = %+v, %v, want %+v", test.fault, config.Faults, err, test.want)
			continue
		}
		cert, err := config.CA.IssueClient(key.Public(), ca.Subject{}, time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		if valid := time.Now().After(cert.NotBefore); valid != test.valid {
			t.Errorf("%s: certificate from %v, valid = %v", test.fault, cert.NotBefore, valid)
		}
		if valid := time.Now().Before(config.CA.Issuing().NotAfter); valid != test.issuing {
			t.Errorf("%s: issuing CA until %v, valid = %v", test.fault, config.CA.Issuing().NotAfter, valid)
		}
	}
}
