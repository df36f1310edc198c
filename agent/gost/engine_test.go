package gost_test

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"qoltanba/agent/agenttest/need"
	"qoltanba/agent/gost"
)

// An engine is openssl with its GOST engine, the peer of these tests.
type engine struct {
	t   *testing.T
	dir string
}

// newEngine ends the test where the engine is absent, as need.Missing does.
func newEngine(t *testing.T) *engine {
	t.Helper()
	e := &engine{t, t.TempDir()}
	config := "openssl_conf = conf\n[conf]\nengines = engines\n[engines]\ngost = gost\n" +
		"[gost]\nengine_id = gost\ndefault_algorithms = ALL\n[req]\ndistinguished_name = dn\n[dn]\n"
	e.file("openssl.cnf", []byte(config))
	if out, err := e.run("engine", "-c", "gost"); err != nil || !bytes.Contains(out, []byte("gost2012_512")) {
		need.Missing(t, "openssl has no GOST engine (libengine-gost-openssl): %v\n%s", err, out)
	}
	return e
}

func (e *engine) run(args ...string) ([]byte, error) {
	cmd := exec.Command("openssl", args...)
	cmd.Dir = e.dir
	cmd.Env = append(os.Environ(), "OPENSSL_CONF="+filepath.Join(e.dir, "openssl.cnf"))
	return cmd.CombinedOutput()
}

func (e *engine) must(args ...string) []byte {
	e.t.Helper()
	out, err := e.run(args...)
	if err != nil {
		e.t.Fatalf("openssl %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return out
}

// file writes a file and returns its name.
func (e *engine) file(name string, data []byte) string {
	e.t.Helper()
	if err := os.WriteFile(filepath.Join(e.dir, name), data, 0o600); err != nil {
		e.t.Fatal(err)
	}
	return name
}

func (e *engine) pem(name, kind string, der []byte) string {
	return e.file(name, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
}

// read returns a file, of which PEM armour is taken off.
func (e *engine) read(name string) []byte {
	e.t.Helper()
	b, err := os.ReadFile(filepath.Join(e.dir, name))
	if err != nil {
		e.t.Fatal(err)
	}
	if block, _ := pem.Decode(b); block != nil {
		return block.Bytes
	}
	return b
}

// engineKeys are the engine's names of all Russian parameter sets.
var engineKeys = []struct{ algorithm, set, name string }{
	{"gost2001", "A", "GOST R 34.10-2001 CryptoPro-A"},
	{"gost2001", "B", "GOST R 34.10-2001 CryptoPro-B"},
	{"gost2001", "C", "GOST R 34.10-2001 CryptoPro-C"},
	{"gost2001", "XA", "GOST R 34.10-2001 CryptoPro-XchA"},
	{"gost2001", "XB", "GOST R 34.10-2001 CryptoPro-XchB"},
	{"gost2012_256", "A", "GOST R 34.10-2012 256 bit CryptoPro-A"},
	{"gost2012_256", "B", "GOST R 34.10-2012 256 bit CryptoPro-B"},
	{"gost2012_256", "C", "GOST R 34.10-2012 256 bit CryptoPro-C"},
	{"gost2012_256", "XA", "GOST R 34.10-2012 256 bit CryptoPro-XchA"},
	{"gost2012_256", "XB", "GOST R 34.10-2012 256 bit CryptoPro-XchB"},
	{"gost2012_256", "TCA", "GOST R 34.10-2012 256 bit TC26-A"},
	{"gost2012_256", "TCB", "GOST R 34.10-2012 256 bit TC26-B"},
	{"gost2012_256", "TCC", "GOST R 34.10-2012 256 bit TC26-C"},
	{"gost2012_256", "TCD", "GOST R 34.10-2012 256 bit TC26-D"},
	{"gost2012_512", "A", "GOST R 34.10-2012 512 bit TC26-A"},
	{"gost2012_512", "B", "GOST R 34.10-2012 512 bit TC26-B"},
	{"gost2012_512", "C", "GOST R 34.10-2012 512 bit TC26-C"},
}

var engineDigests = map[gost.Hash]string{
	gost.Streebog256: "md_gost12_256", gost.Streebog512: "md_gost12_512", gost.Hash94: "md_gost94",
}

// TestEngine takes every Russian parameter set both ways: keys, signatures,
// certificates and requests of the engine are read here, ours there.
func TestEngine(t *testing.T) {
	e := newEngine(t)
	message := []byte("payment order")
	e.file("message", message)
	for _, k := range engineKeys {
		t.Run(k.name, func(t *testing.T) {
			e := &engine{t, e.dir}
			e.must("genpkey", "-algorithm", k.algorithm, "-pkeyopt", "paramset:"+k.set, "-out", "key.pem")
			key, err := gost.ParsePrivateKey(e.read("key.pem"), nil)
			if err != nil {
				t.Fatalf("ParsePrivateKey = %v", err)
			}
			if key.Params().String() != k.name {
				t.Errorf("parameters are %v", key.Params())
			}
			e.must("pkey", "-in", "key.pem", "-pubout", "-out", "public.pem")
			if pub, err := gost.ParsePublicKey(e.read("public.pem")); err != nil || !pub.Equal(key.Public()) {
				t.Fatalf("ParsePublicKey = %v, %v", pub, err)
			}
			e.pem("ours.pem", "PRIVATE KEY", key.Marshal())
			if e.must("pkey", "-in", "ours.pem", "-pubout", "-out", "again.pem"); !bytes.Equal(e.read("again.pem"), e.read("public.pem")) {
				t.Errorf("the engine reads another key")
			}
			e.pem("public.pem", "PUBLIC KEY", public(key).Marshal())

			// Signatures.
			h := key.Params().Hash()
			md := "-" + engineDigests[h]
			e.must("dgst", md, "-sign", "key.pem", "-out", "signature", "message")
			if err := public(key).Verify(h.Sum(message), e.read("signature")); err != nil {
				t.Errorf("Verify(the engine's) = %v", err)
			}
			signature, err := key.Sign(nil, h.Sum(message), h)
			if err != nil {
				t.Fatal(err)
			}
			e.file("signature", signature)
			e.must("dgst", md, "-verify", "public.pem", "-signature", "signature", "message")
			signature[0] ^= 1
			e.file("signature", signature)
			if out, err := e.run("dgst", md, "-verify", "public.pem", "-signature", "signature", "message"); err == nil {
				t.Errorf("the engine verifies a damaged signature: %s", out)
			}
			e.certificates(key, md)
		})
	}
}

// certificates exchanges certificates and requests for the key in key.pem.
func (e *engine) certificates(key *gost.PrivateKey, md string) {
	t := e.t
	e.must("req", "-x509", md, "-key", "key.pem", "-subj", "/CN=Engine", "-days", "10", "-out", "root.pem")
	root, err := gost.ParseCertificate(e.read("root.pem"))
	if err != nil {
		t.Fatalf("ParseCertificate(the engine's) = %v", err)
	}
	if chains, err := gost.Verify(root, gost.VerifyOptions{Roots: []*x509.Certificate{root}}); err != nil {
		t.Errorf("Verify(the engine's) = %v, %v", chains, err)
	}
	if err := gost.CheckSignature(root, root); err != nil {
		t.Errorf("CheckSignature(the engine's) = %v", err)
	}
	e.must("req", "-new", md, "-key", "key.pem", "-subj", "/CN=Request", "-outform", "DER", "-out", "request.der")
	if _, err := gost.ParseCertificateRequest(e.read("request.der")); err != nil {
		t.Errorf("ParseCertificateRequest(the engine's) = %v", err)
	}

	f := newFamily(t, key.Params())
	e.pem("root.pem", "CERTIFICATE", f.root.Raw)
	e.pem("ca.pem", "CERTIFICATE", f.ca.Raw)
	e.pem("leaf.pem", "CERTIFICATE", f.leaf.Raw)
	e.must("verify", "-x509_strict", "-attime", fmt.Sprint(now.Unix()), "-CAfile", "root.pem", "-untrusted", "ca.pem", "leaf.pem")
	der, err := gost.CreateCertificateRequest(&x509.CertificateRequest{Subject: f.leaf.Subject}, key)
	if err != nil {
		t.Fatal(err)
	}
	e.pem("request.pem", "CERTIFICATE REQUEST", der)
	if out := e.must("req", "-verify", "-noout", "-in", "request.pem"); !bytes.Contains(out, []byte("OK")) {
		t.Errorf("openssl req -verify: %s", out)
	}
}

// TestEngineDigests compares digests of messages of every length around a block.
// The engine's md_gost94 of no bytes is not the standard's, so they start at 1.
func TestEngineDigests(t *testing.T) {
	e := newEngine(t)
	message := bytes.Repeat([]byte("Qoltanba "), 20)
	for h, md := range engineDigests {
		args := []string{"dgst", "-r", "-" + md}
		for n := 1; n < len(message); n++ {
			args = append(args, e.file(fmt.Sprintf("m%d", n), message[:n]))
		}
		n := 0
		for line := range strings.Lines(string(e.must(args...))) {
			n++
			if want := fmt.Sprintf("%x *m%d\n", h.Sum(message[:n]), n); line != want {
				t.Errorf("%s: %q, want %q", md, line, want)
			}
		}
		if n != len(message)-1 {
			t.Errorf("%s printed %d digests", md, n)
		}
	}
}
