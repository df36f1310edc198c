package main

import (
	"bufio"
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"qoltanba/agent"
	"qoltanba/agent/bank"
	"qoltanba/agent/gost"
)

// The whole way of a client with GOST.pfx, by what the programs print and write alone:
// card, descriptor, key file, certificate, registration. TLS carries no such key, so it
// goes over CMP; Key.pfx at the same bank goes over EST.
func TestK74GOSTKeyFile(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "bank")
	var log bytes.Buffer
	serve := command(t, "serve", "--dir", dir, "--listen", "127.0.0.1:0", "--est", "127.0.0.1:0")
	serve.Stderr = &log
	stdout, err := serve.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := serve.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(stdout)
	lines.Scan()
	address := strings.TrimPrefix(lines.Text(), "est ")
	d, err := bank.Parse([]byte(run(t, "descriptor", "--dir", dir, "--est", address)))
	if err != nil {
		t.Fatal(err)
	}
	config, err := d.Enrollment.Config()
	if err != nil {
		t.Fatal(err)
	}
	client, err := bank.New(config)
	if err != nil {
		t.Fatal(err)
	}
	ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	var pins []string
	for _, c := range []struct {
		algorithm string
		key       crypto.Signer
	}{
		{"GOST-2015", gost.GenerateKey(gost.Kazakh2015)},
		{"GOST-2004", gost.GenerateKey(gost.Kazakh2004)},
		{"P-256", ec},
		{"P-256", gost.GenerateKey(gost.Kazakh2015)}, // of a token that TLS cannot use
	} {
		file := filepath.Join(t.TempDir(), "GOST.pfx")
		printed := strings.Fields(run(t, "card", "--dir", dir, "--key-file", file, "--algorithm", c.algorithm))
		user, pin := printed[1], printed[3]
		pins = append(pins, pin)
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		primary, err := bank.ReadPrimary(data, agent.NewSecret([]byte(pin)))
		if err != nil {
			t.Fatalf("%s: ReadPrimary = %v", c.algorithm, err)
		}
		if rule, err := d.Enrollment.Primary(); err != nil || !rule.Matches(primary.Certificates[0]) {
			t.Errorf("K5 %s: the agent does not know the key as a primary one, %v", c.algorithm, err)
		}
		a := agent.Applicant{UserID: user, PIN: agent.NewSecret([]byte(pin)), Primary: primary, Months: 12}
		wrong := a
		wrong.PIN = agent.NewSecret([]byte("WRONGPIN"))
		if _, err := client.Check(t.Context(), wrong); !errors.Is(err, agent.ErrCredentials) {
			t.Errorf("K79 %s: Check(wrong PIN) = %v, want ErrCredentials", c.algorithm, err)
		}
		if terms, err := client.Check(t.Context(), a); err != nil || len(terms.Months) != 2 {
			t.Errorf("%s: Check = %v, %v", c.algorithm, terms, err)
		}
		cert, err := client.Submit(t.Context(), a, c.key)
		if err != nil {
			t.Fatalf("%s: Submit = %v", c.algorithm, err)
		}
		if rule, err := d.Enrollment.Primary(); err != nil || rule.Matches(cert) {
			t.Errorf("%s: the new certificate counts as that of a primary key, %v", c.algorithm, err)
		}
		for range 2 {
			if err := client.Confirm(t.Context(), a, cert); err != nil {
				t.Errorf("%s: Confirm = %v", c.algorithm, err)
			}
		}
	}
	if err := serve.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := serve.Wait(); err != nil {
		t.Errorf("after SIGTERM: %v\n%s", err, &log)
	}
	for _, pin := range pins {
		if strings.Contains(log.String(), pin) {
			t.Error("K119 a PIN is in the log")
		}
	}
}
