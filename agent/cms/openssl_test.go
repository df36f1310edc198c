package cms_test

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"qoltanba/agent/agenttest/need"
	"qoltanba/agent/cms"
	"qoltanba/agent/gost"
)

// openssl runs the program, the independent peer of these tests, and returns what
// it printed.
func openssl(t *testing.T, args ...string) ([]byte, error) {
	t.Helper()
	path := need.Program(t, "openssl")
	return exec.Command(path, args...).CombinedOutput()
}

// attime is signedAt for openssl's -attime.
const attime = "1777890615"

// useEngine lets openssl use its GOST engine until the test's end, and ends the test
// where there is none, as need.Missing does.
func useEngine(t *testing.T) {
	t.Helper()
	config := "openssl_conf = conf\n[conf]\nengines = engines\n[engines]\ngost = gost\n" +
		"[gost]\nengine_id = gost\ndefault_algorithms = ALL\n"
	t.Setenv("OPENSSL_CONF", writeFile(t, t.TempDir(), "openssl.cnf", []byte(config)))
	if out, err := openssl(t, "engine", "-c", "gost"); err != nil || !bytes.Contains(out, []byte("gost2012_512")) {
		need.Missing(t, "openssl has no GOST engine (libengine-gost-openssl): %v\n%s", err, out)
	}
}

// TestOpenSSLVerifies: openssl takes what is signed here, but for Kazakh identifiers,
// which it does not know.
func TestOpenSSLVerifies(t *testing.T) {
	useEngine(t)
	content := contents["order"]
	for _, a := range algorithms {
		key, ok := a.signer().Key.Public().(*gost.PublicKey)
		if ok && key.Params().Kazakh() {
			continue
		}
		for _, detached := range []bool{false, true} {
			name := a.name + " attached"
			if detached {
				name = a.name + " detached"
			}
			t.Run(name, func(t *testing.T) {
				dir := t.TempDir()
				der, err := cms.Sign(a.signer(), content, cms.Options{Detached: detached, Time: signedAt, Origin: origin})
				if err != nil {
					t.Fatal(err)
				}
				args := []string{"cms", "-verify", "-cades", "-binary", "-inform", "DER", "-attime", attime,
					"-in", writeFile(t, dir, "signature.p7s", der),
					"-CAfile", writePEM(t, dir, "root.pem", "CERTIFICATE", ca().root.Raw, russianCA().root.Raw),
					"-out", filepath.Join(dir, "out"),
				}
				document := func(content []byte) []string {
					if !detached {
						return args
					}
					return append(args, "-content", writeFile(t, dir, "document", content))
				}
				if out, err := openssl(t, document(content)...); err != nil {
					t.Fatalf("openssl refuses: %v\n%s", err, out)
				}
				if got := must(os.ReadFile(filepath.Join(dir, "out"))); !bytes.Equal(got, content) {
					t.Errorf("openssl reads %q", got)
				}
				// The same call must be able to fail.
				der[len(der)-1] ^= 1
				writeFile(t, dir, "signature.p7s", der)
				if out, err := openssl(t, document(content)...); err == nil {
					t.Errorf("openssl accepts a damaged signature: %s", out)
				}
			})
		}
	}
}

func TestVerifyOpenSSL(t *testing.T) {
	useEngine(t)
	content := contents["order"]
	pss := []string{"-keyopt", "rsa_padding_mode:pss", "-keyopt", "rsa_pss_saltlen:-1"}
	for _, c := range []struct {
		name string
		key  string
		args []string
		want error
	}{
		{"RSA", "RSA", []string{"-cades", "-md", "sha256"}, nil},
		{"RSA SHA-384", "RSA", []string{"-cades", "-md", "sha384"}, nil},
		{"RSA SHA-512", "RSA", []string{"-cades", "-md", "sha512"}, nil},
		{"RSA-PSS", "RSA", append(pss, "-cades", "-md", "sha256"), nil},
		{"RSA-PSS SHA-512", "RSA", append(pss, "-cades", "-md", "sha512"), nil},
		{"P-256", "P-256", []string{"-cades", "-md", "sha256"}, nil},
		{"P-384", "P-384", []string{"-cades", "-md", "sha384"}, nil},
		{"P-521", "P-521", []string{"-cades", "-md", "sha512"}, nil},
		{"P-384 with SHA-256", "P-384", []string{"-cades", "-md", "sha256"}, nil},
		{"key identifier", "P-256", []string{"-cades", "-md", "sha256", "-keyid"}, nil},
		{"no S/MIME capabilities", "P-256", []string{"-cades", "-md", "sha256", "-nosmimecap"}, nil},

		{"GOST 2001", "GOST R 34.10-2001 CryptoPro-A", []string{"-cades", "-md", "md_gost94"}, nil},
		{"GOST 256", "GOST R 34.10-2012 256 bit TC26-A", []string{"-cades", "-md", "md_gost12_256"}, nil},
		{"GOST 512", "GOST R 34.10-2012 512 bit TC26-A", []string{"-cades", "-md", "md_gost12_512"}, nil},
		{"GOST key identifier", "GOST R 34.10-2012 512 bit TC26-A", []string{"-cades", "-md", "md_gost12_512", "-keyid"}, nil},
		{"GOST, not CAdES", "GOST R 34.10-2012 256 bit TC26-A", []string{"-md", "md_gost12_256"}, cms.ErrFormat},

		{"SHA-1", "RSA", []string{"-cades", "-md", "sha1"}, cms.ErrFormat}, // signing-certificate, version 1
		{"SHA-224", "RSA", []string{"-cades", "-md", "sha224"}, cms.ErrAlgorithm},
		{"SHA3-256", "RSA", []string{"-cades", "-md", "sha3-256"}, cms.ErrAlgorithm},
		{"RSA-PSS with another salt length", "RSA", []string{"-keyopt", "rsa_padding_mode:pss", "-keyopt", "rsa_pss_saltlen:20", "-cades", "-md", "sha256"}, cms.ErrAlgorithm},
		{"RSA-PSS with another MGF digest", "RSA", append(pss, "-keyopt", "rsa_mgf1_md:sha1", "-cades", "-md", "sha256"), cms.ErrAlgorithm},
		{"not CAdES", "RSA", []string{"-md", "sha256"}, cms.ErrFormat},
		{"no attributes", "RSA", []string{"-md", "sha256", "-noattr"}, cms.ErrFormat},
		{"no certificates", "RSA", []string{"-cades", "-md", "sha256", "-nocerts"}, cms.ErrCertificate},
		{"another content type", "RSA", []string{"-cades", "-md", "sha256", "-econtent_type", "1.2.3.4"}, cms.ErrFormat},
		{"BER", "RSA", []string{"-cades", "-md", "sha256", "-stream"}, cms.ErrFormat},
	} {
		for _, detached := range []bool{false, true} {
			name, args, v := c.name+" attached", []string{"-nodetach"}, trust()
			if detached {
				name, args, v.Content = c.name+" detached", nil, content
			}
			t.Run(name, func(t *testing.T) {
				if _, err := cms.Verify(opensslSign(t, byName(c.key), content, append(args, c.args...)...), v); !errors.Is(err, c.want) {
					t.Errorf("Verify = %v, want %v", err, c.want)
				}
			})
		}
	}
}

// opensslSign returns the message that openssl makes with a signer's key.
func opensslSign(t *testing.T, s cms.Signer, content []byte, args ...string) []byte {
	t.Helper()
	dir := t.TempDir()
	path := filepath.Join(dir, "signature.p7s")
	args = append([]string{"cms", "-sign", "-binary", "-outform", "DER", "-out", path,
		"-in", writeFile(t, dir, "document", content),
		"-signer", writePEM(t, dir, "leaf.pem", "CERTIFICATE", s.Certificate.Raw),
		"-certfile", writePEM(t, dir, "chain.pem", "CERTIFICATE", s.Chain[0].Raw),
		"-inkey", writePEM(t, dir, "key.pem", "PRIVATE KEY", pkcs8(s.Key)),
	}, args...)
	if out, err := openssl(t, args...); err != nil {
		t.Fatalf("openssl: %v\n%s", err, out)
	}
	return must(os.ReadFile(path))
}

func pkcs8(key crypto.Signer) []byte {
	if k, ok := key.(*gost.PrivateKey); ok {
		return k.Marshal()
	}
	return must(x509.MarshalPKCS8PrivateKey(key))
}
