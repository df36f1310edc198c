package gost_test

import (
	"bytes"
	"crypto/x509"
	"errors"
	"testing"

	"qoltanba/agent/gost"
)

// known reports whether an error is one that the package promises.
func known(err error) bool {
	for _, e := range []error{gost.ErrFormat, gost.ErrUnsupported, gost.ErrKey, gost.ErrMismatch} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}

// FuzzPublicKey: what is read has one encoding of few, and verifies nothing of
// others.
func FuzzPublicKey(f *testing.F) {
	for _, p := range gost.Supported() {
		f.Add(public(gost.GenerateKey(p)).Marshal())
	}
	f.Fuzz(func(t *testing.T, der []byte) {
		k, err := gost.ParsePublicKey(der)
		if err != nil {
			if !known(err) || k != nil {
				t.Errorf("ParsePublicKey = %v, %v", k, err)
			}
			return
		}
		again, err := gost.ParsePublicKey(k.Marshal())
		if err != nil || !again.Equal(k) {
			t.Errorf("ParsePublicKey(Marshal()) = %v, %v", again, err)
		}
		if !bytes.HasSuffix(der, k.Bytes()) {
			t.Errorf("%x is not at the end of %x", k.Bytes(), der)
		}
		if err := k.Verify(make([]byte, k.Params().Size()), bytes.Repeat([]byte{1}, 2*k.Params().Size())); !errors.Is(err, gost.ErrSignature) {
			t.Errorf("Verify = %v", err)
		}
	})
}

// FuzzPrivateKey: what is read signs, and reads again from what Marshal writes.
func FuzzPrivateKey(f *testing.F) {
	for _, p := range gost.Supported() {
		f.Add(gost.GenerateKey(p).Marshal())
	}
	for name := range goldens {
		f.Add(golden(f, name+"-key.der"))
	}
	f.Fuzz(func(t *testing.T, der []byte) {
		k, err := gost.ParsePrivateKey(der, nil)
		if err != nil {
			if !known(err) || k != nil {
				t.Errorf("ParsePrivateKey = %v, %v", k, err)
			}
			return
		}
		again, err := gost.ParsePrivateKey(k.Marshal(), public(k))
		if err != nil || !again.Equal(k) {
			t.Errorf("ParsePrivateKey(Marshal()) = %v, %v", again, err)
		}
		digest := make([]byte, k.Params().Size())
		signature, err := k.Sign(nil, digest, nil)
		if err != nil || public(k).Verify(digest, signature) != nil {
			t.Errorf("Sign = %x, %v", signature, err)
		}
	})
}

// FuzzCertificate: nothing but the certificates of the test's own authority
// verifies under its root.
func FuzzCertificate(f *testing.F) {
	roots := make(map[string]*x509.Certificate)
	for name := range goldens {
		for _, part := range []string{"root", "ca", "leaf"} {
			f.Add(golden(f, name+"-"+part+".der"))
		}
		root, err := gost.ParseCertificate(golden(f, name+"-root.der"))
		if err != nil {
			f.Fatal(err)
		}
		roots[name] = root
	}
	f.Fuzz(func(t *testing.T, der []byte) {
		cert, err := gost.ParseCertificate(der)
		if err != nil {
			if !known(err) || cert != nil {
				t.Errorf("ParseCertificate = %v, %v", cert, err)
			}
			return
		}
		for name, root := range roots {
			ca := golden(t, name+"-ca.der")
			if err := gost.CheckSignature(cert, root); err == nil && !cert.Equal(root) && !bytes.Equal(der, ca) {
				t.Errorf("%x verifies", der)
			}
		}
		gost.Verify(cert, gost.VerifyOptions{Roots: []*x509.Certificate{cert}, Intermediates: []*x509.Certificate{cert}, Time: now})
	})
}
