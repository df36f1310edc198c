package pfx_test

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
	"qoltanba/agent/pfx"
)

func read(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// pair demands one key and one certificate that belong together.
func pair(t *testing.T, f *pfx.File) *x509.Certificate {
	t.Helper()
	if len(f.Keys) != 1 || len(f.Certificates) != 1 {
		t.Fatalf("%d keys, %d certificates, want one of each", len(f.Keys), len(f.Certificates))
	}
	key, err := x509.ParsePKCS8PrivateKey(f.Keys[0].PKCS8)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(f.Certificates[0].DER)
	if err != nil {
		t.Fatal(err)
	}
	public := key.(crypto.Signer).Public().(interface{ Equal(crypto.PublicKey) bool })
	if !public.Equal(cert.PublicKey) {
		t.Error("the key is not the certificate's")
	}
	if !bytes.Equal(f.Keys[0].ID, f.Certificates[0].ID) {
		t.Errorf("localKeyID %x and %x", f.Keys[0].ID, f.Certificates[0].ID)
	}
	return cert
}

// The files were made by openssl pkcs12 -export.
var files = []struct{ name, password, subject, friendly string }{
	{"rsa-rc2-40.p12", "Qwerty12", "Aigerim Serikova", "Aigerim"},
	{"rsa-3des-kazakh.p12", "Қазына12", "Aigerim Serikova", ""},
	{"ec-aes.p12", "Qwerty12", "Daniyar", "Кілт"},
	{"ec-plain-empty.p12", "", "Daniyar", ""},
}

func TestRead(t *testing.T) {
	for _, c := range files {
		t.Run(c.name, func(t *testing.T) {
			data := read(t, c.name)
			f, err := pfx.Read(data, []byte(c.password))
			if err != nil {
				t.Fatal(err)
			}
			if cert := pair(t, f); cert.Subject.CommonName != c.subject {
				t.Errorf("certificate of %q, want %q", cert.Subject.CommonName, c.subject)
			}
			if f.Keys[0].Name != c.friendly {
				t.Errorf("friendlyName %q, want %q", f.Keys[0].Name, c.friendly)
			}
			key := f.Keys[0].PKCS8
			if f.Wipe(); !bytes.Equal(key, make([]byte, len(key))) {
				t.Error("the key is there after Wipe")
			}
			for _, wrong := range []string{c.password + "1", "qwerty12", " ", "\xff"} {
				if _, err := pfx.Read(data, []byte(wrong)); !errors.Is(err, pfx.ErrPassword) {
					t.Errorf("Read with password %q = %v, want ErrPassword", wrong, err)
				}
			}
		})
	}
}

// What banks hand out is written with indefinite lengths and in pieces.
func TestReadBER(t *testing.T) {
	for _, c := range files {
		t.Run(c.name, func(t *testing.T) {
			data, err := pfx.Loosen(read(t, c.name))
			if err != nil {
				t.Fatal(err)
			}
			f, err := pfx.Read(data, []byte(c.password))
			if err != nil {
				t.Fatal(err)
			}
			pair(t, f)
		})
	}
}

// Every byte of a file is changed once. Whatever comes of it is one of the
// errors, or a change that means nothing.
func TestDamaged(t *testing.T) {
	data := read(t, "ec-plain-empty.p12")
	want, err := pfx.Read(data, nil)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[error]int{}
	for i := range data {
		bad := bytes.Clone(data)
		bad[i] ^= 0x01
		f, err := pfx.Read(bad, nil)
		switch {
		case errors.Is(err, pfx.ErrPassword):
			seen[pfx.ErrPassword]++
		case errors.Is(err, pfx.ErrDamaged):
			seen[pfx.ErrDamaged]++
		case errors.Is(err, pfx.ErrUnsupported):
			seen[pfx.ErrUnsupported]++
		case err != nil:
			t.Errorf("byte %d changed: %v", i, err)
		case !bytes.Equal(f.Keys[0].PKCS8, want.Keys[0].PKCS8) || !bytes.Equal(f.Certificates[0].DER, want.Certificates[0].DER):
			t.Errorf("byte %d changed, and key or certificate with it", i)
		}
	}
	if seen[pfx.ErrPassword] < len(data)/2 || seen[pfx.ErrDamaged] == 0 || seen[pfx.ErrUnsupported] == 0 {
		t.Errorf("%d bytes, seen %v", len(data), seen)
	}
	for n := range data {
		if _, err := pfx.Read(data[:n], nil); !errors.Is(err, pfx.ErrDamaged) {
			t.Errorf("the first %d bytes: %v, want ErrDamaged", n, err)
		}
	}
}

func TestNoFile(t *testing.T) {
	for name, data := range map[string][]byte{
		"empty":      nil,
		"text":       []byte("Key.pfx"),
		"PEM":        []byte("-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"),
		"too large":  make([]byte, 1<<20+1),
		"trailing":   append(read(t, "ec-aes.p12"), 0),
		"deep":       bytes.Repeat([]byte{0x30, 0x80}, 1000),
		"many":       append([]byte{0x30, 0x83, 0x01, 0x00, 0x00}, bytes.Repeat([]byte{0x05, 0x00}, 1<<15)...),
		"version 2":  {0x30, 0x03, 0x02, 0x01, 0x02},
		"long count": {0x30, 0x85, 1, 1, 1, 1, 1},
	} {
		if _, err := pfx.Read(data, []byte("x")); !errors.Is(err, pfx.ErrDamaged) {
			t.Errorf("%s: Read = %v, want ErrDamaged", name, err)
		}
	}
}

// TestOpenSSL has openssl write every scheme that it knows.
func TestOpenSSL(t *testing.T) {
	need.Program(t, "openssl")
	dir := t.TempDir()
	run := func(args ...string) {
		t.Helper()
		cmd := exec.Command("openssl", args...)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("openssl %v: %v\n%s", args, err, out)
		}
	}
	run("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "key.pem", "-out", "cert.pem", "-subj", "/CN=Test")
	for _, scheme := range []string{"PBE-SHA1-3DES", "PBE-SHA1-2DES", "PBE-SHA1-RC2-128", "PBE-SHA1-RC2-40", "AES-128-CBC", "AES-192-CBC", "AES-256-CBC", "DES-EDE3-CBC", "NONE"} {
		for _, mac := range []string{"sha1", "sha224", "sha256", "sha384", "sha512"} {
			t.Run(scheme+"/"+mac, func(t *testing.T) {
				run("pkcs12", "-export", "-legacy", "-inkey", "key.pem", "-in", "cert.pem", "-keypbe", scheme, "-certpbe", scheme,
					"-macalg", mac, "-iter", "300", "-passout", "pass:Құпия😀12", "-out", "file.p12")
				data, err := os.ReadFile(filepath.Join(dir, "file.p12"))
				if err != nil {
					t.Fatal(err)
				}
				f, err := pfx.Read(data, []byte("Құпия😀12"))
				if err != nil {
					t.Fatal(err)
				}
				pair(t, f)
			})
		}
	}
	t.Run("without a MAC", func(t *testing.T) {
		run("pkcs12", "-export", "-nomac", "-inkey", "key.pem", "-in", "cert.pem", "-passout", "pass:x", "-out", "nomac.p12")
		data, err := os.ReadFile(filepath.Join(dir, "nomac.p12"))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := pfx.Read(data, []byte("x")); !errors.Is(err, pfx.ErrDamaged) {
			t.Errorf("Read = %v, want ErrDamaged", err)
		}
	})
}

func TestKazakhFiles(t *testing.T) {
	dir := need.Vectors(t)
	all, err := filepath.Glob(filepath.Join(dir, "*.p12"))
	if err != nil || len(all) == 0 {
		t.Fatalf("no files in %s: %v", dir, err)
	}
	for _, path := range all {
		t.Run(filepath.Base(path), func(t *testing.T) {
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			f, err := pfx.Read(data, []byte("Qwerty12"))
			if err != nil {
				t.Fatal(err)
			}
			if len(f.Keys) != 1 || len(f.Certificates) == 0 {
				t.Errorf("%d keys, %d certificates", len(f.Keys), len(f.Certificates))
			}
			if _, err := pfx.Read(data, []byte("Qwerty13")); !errors.Is(err, pfx.ErrPassword) {
				t.Errorf("with a wrong password: %v, want ErrPassword", err)
			}
		})
	}
}

func FuzzRead(f *testing.F) {
	for _, c := range files {
		f.Add(read(f, c.name), []byte(c.password))
	}
	loose, err := pfx.Loosen(read(f, "ec-plain-empty.p12"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(loose, []byte(nil))
	f.Fuzz(func(t *testing.T, file, password []byte) {
		got, err := pfx.Read(file, password)
		if (got == nil) == (err == nil) {
			t.Errorf("Read = %v, %v", got, err)
		}
	})
}
