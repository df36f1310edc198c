package bank_test

import (
	"bufio"
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"qoltanba/agent"
	"qoltanba/agent/agenttest"
	"qoltanba/agent/agenttest/need"
	"qoltanba/agent/bank"
)

// openssl prepares a run of the program.
func openssl(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	path := need.Program(t, "openssl")
	return exec.CommandContext(t.Context(), path, args...)
}

func writePEM(t *testing.T, kind string, der []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file.pem")
	if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// openssl reads the requests that are sent, for every kind of key.
func TestRequestsForOpenSSL(t *testing.T) {
	p384, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	rsa2048, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	for name, key := range map[string]crypto.Signer{"P-256": newKey(t), "P-384": p384, "RSA-2048": rsa2048} {
		t.Run(name, func(t *testing.T) {
			var sent []byte
			s := start(t, answering(func(w http.ResponseWriter, r *http.Request) bool {
				if !strings.HasSuffix(r.URL.Path, "simpleenroll") {
					return false
				}
				sent, _ = io.ReadAll(r.Body)
				w.WriteHeader(http.StatusTeapot)
				return true
			}))
			if _, err := s.client(0).Submit(t.Context(), s.applicant, key); !errors.Is(err, agent.ErrRejected) {
				t.Fatalf("Submit = %v, want ErrRejected", err)
			}
			der, err := bank.Decode(sent)
			if err != nil {
				t.Fatal(err)
			}
			cmd := openssl(t, "req", "-inform", "DER", "-verify", "-noout", "-text")
			cmd.Stdin = bytes.NewReader(der)
			out, err := cmd.CombinedOutput()
			for _, want := range []string{"verify OK", "CN = " + userID, "challengePassword", bank.PeriodOID} {
				if !strings.Contains(string(out), want) {
					t.Errorf("K55 openssl req does not say %q (%v):\n%s", want, err, out)
				}
			}
		})
	}
}

func TestPKCS7FromOpenSSL(t *testing.T) {
	ca := agenttest.NewCA("Root")
	leaf := ca.Issue(newKey(t).Public(), "Leaf")
	list := writePEM(t, "CERTIFICATE", ca.Certificate().Raw)
	if f, err := os.OpenFile(list, os.O_APPEND|os.O_WRONLY, 0); err != nil {
		t.Fatal(err)
	} else if err := errors.Join(pem.Encode(f, &pem.Block{Type: "CERTIFICATE", Bytes: leaf.Raw}), f.Close()); err != nil {
		t.Fatal(err)
	}
	der, err := openssl(t, "crl2pkcs7", "-nocrl", "-certfile", list, "-outform", "DER").Output()
	if err != nil {
		t.Fatal(err)
	}
	certs, err := bank.ReadCerts([]byte(lines(der)))
	if err != nil || len(certs) != 2 || !certs[0].Equal(ca.Certificate()) || !certs[1].Equal(leaf) {
		t.Errorf("ReadCerts = %d certificates, %v, want 2", len(certs), err)
	}
}

// tls-unique without extended master secret can be that of two connections, so it
// binds nothing. crypto/tls hands it out all the same.
func TestBindingWantsExtendedMasterSecret(t *testing.T) {
	for name, c := range map[string]struct {
		options string
		want    error
	}{
		"with":    {"ExtendedMasterSecret", nil},
		"without": {"-ExtendedMasterSecret", agent.ErrBank},
	} {
		t.Run(name, func(t *testing.T) {
			config := filepath.Join(t.TempDir(), "openssl.cnf")
			text := "openssl_conf = a\n[a]\nssl_conf = b\n[b]\nsystem_default = c\n[c]\nOptions = " + c.options + "\n"
			if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			conn := dialOpenSSL(t, config)
			if state := conn.ConnectionState(); state.Version != tls.VersionTLS12 || len(state.TLSUnique) == 0 {
				t.Fatalf("version %x, tls-unique %x: the test shows nothing", state.Version, state.TLSUnique)
			}
			got, err := bank.Binding(conn)
			if !errors.Is(err, c.want) || (len(got) == 0) != (c.want != nil) {
				t.Errorf("Binding = %x, %v, want %v", got, err, c.want)
			}
		})
	}
}

// dialOpenSSL connects to openssl s_server over TLS 1.2.
func dialOpenSSL(t *testing.T, config string) *tls.Conn {
	t.Helper()
	server := certify(agenttest.TestCA())
	key, err := x509.MarshalPKCS8PrivateKey(server.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	cmd := openssl(t, "s_server", "-accept", "127.0.0.1:0", "-tls1_2", "-naccept", "1",
		"-cert", writePEM(t, "CERTIFICATE", server.Certificate[0]), "-key", writePEM(t, "PRIVATE KEY", key))
	cmd.Env = append(os.Environ(), "OPENSSL_CONF="+config)
	in, err := cmd.StdinPipe() // at its end the server closes the connection
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		in.Close()
		cmd.Process.Kill()
		cmd.Wait()
	})
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		address, found := strings.CutPrefix(lines.Text(), "ACCEPT ")
		if !found {
			continue
		}
		conn, err := tls.Dial("tcp", address, &tls.Config{RootCAs: agenttest.TestCA().Pool(), ServerName: "127.0.0.1"})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { conn.Close() })
		return conn
	}
	t.Fatal("openssl s_server does not say its port")
	return nil
}
