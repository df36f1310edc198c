package est_test

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"qoltanba/agent/agenttest/need"
)

func TestBindingIsDemanded(t *testing.T) {
	for name, version := range versions {
		t.Run(name, func(t *testing.T) {
			b := newBank(t, nil)
			other := b.dial(t, version, &b.primary)
			for what, challenge := range map[string]func(*conn) string{
				"none":               func(*conn) string { return "" },
				"other connection's": func(*conn) string { return other.binding() },
				"not in base64": func(c *conn) string {
					raw, err := base64.StdEncoding.DecodeString(c.binding())
					if err != nil {
						t.Fatal(err)
					}
					return base64.URLEncoding.EncodeToString(raw) + "x"
				},
				"cut short": func(c *conn) string { return c.binding()[:8] },
				"of a plain exporter": func(c *conn) string {
					value, err := c.state.ExportKeyingMaterial("EXPORTER-Other", nil, 32)
					if err != nil {
						t.Fatal(err)
					}
					return base64.StdEncoding.EncodeToString(value)
				},
			} {
				c := b.dial(t, version, &b.primary)
				r := c.post("simpleenroll", csr{key: ecKey(t), challenge: challenge(c)}.der(t))
				if r.status != http.StatusBadRequest || r.word() != "binding" {
					t.Errorf("%s: answer = %d %q, want 400 binding", what, r.status, r.body)
				}
			}
			if _, certs := b.counts(t); certs != 0 {
				t.Errorf("%d certificates were issued", certs)
			}
		})
	}
}

// TestExtendedMasterSecret connects with openssl, as Go cannot be made to leave it out.
func TestExtendedMasterSecret(t *testing.T) {
	need.Program(t, "openssl")
	b := newBank(t, nil)
	dir := t.TempDir()
	files := writePEM(t, b, dir)
	for name, test := range map[string]struct{ options, want string }{
		"with":    {"ExtendedMasterSecret", "binding: the request was made for another connection"},
		"without": {"-ExtendedMasterSecret", "binding: the connection has no extended master secret"},
	} {
		t.Run(name, func(t *testing.T) {
			config := filepath.Join(dir, name+".cnf")
			text := "openssl_conf = a\n[a]\nssl_conf = b\n[b]\nsystem_default = c\n[c]\nOptions = " + test.options + "\n"
			if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			body := base64.StdEncoding.EncodeToString(csr{key: ecKey(t), challenge: "AAAA"}.der(t))
			request := fmt.Sprintf("POST %ssimpleenroll HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Basic %s\r\nContent-Type: application/pkcs10\r\nContent-Length: %d\r\n\r\n%s",
				estPath, base64.StdEncoding.EncodeToString([]byte(user+":"+pin)), len(body), body)
			c := exec.CommandContext(t.Context(), "openssl", "s_client", "-connect", b.address, "-tls1_2", "-quiet", "-ign_eof",
				"-CAfile", files.root, "-verify_return_error", "-cert", files.primary, "-key", files.primaryKey)
			c.Env = append(os.Environ(), "OPENSSL_CONF="+config)
			c.Stdin = strings.NewReader(request)
			out, err := c.Output()
			if err != nil || !strings.Contains(string(out), test.want) {
				t.Errorf("answer = %v %s, want %s", err, out, test.want)
			}
		})
	}
}

// pemFiles are paths.
type pemFiles struct{ root, issuing, primary, primaryKey string }

// writePEM writes what programs need into a folder.
func writePEM(t *testing.T, b *bank, dir string) pemFiles {
	t.Helper()
	f := pemFiles{
		root: filepath.Join(dir, "root.pem"), issuing: filepath.Join(dir, "issuing.pem"),
		primary: filepath.Join(dir, "primary.pem"), primaryKey: filepath.Join(dir, "primary.key"),
	}
	writeFile(t, f.root, "CERTIFICATE", b.CA.Root().Raw)
	writeFile(t, f.issuing, "CERTIFICATE", b.CA.Issuing().Raw)
	writeFile(t, f.primary, "CERTIFICATE", b.primary.Certificate[0])
	writeFile(t, f.primaryKey, "PRIVATE KEY", pkcs8(t, b.primary))
	return f
}

func pkcs8(t *testing.T, c tls.Certificate) []byte {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(c.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

func writeFile(t *testing.T, name, kind string, der []byte) {
	t.Helper()
	var b bytes.Buffer
	if err := pem.Encode(&b, &pem.Block{Type: kind, Bytes: der}); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
}
