package cms_test

import (
	"bytes"
	"errors"
	"testing"

	"qoltanba/agent/cms"
	"qoltanba/agent/gost"
)

// FuzzVerify: bytes from outside never end the program, and what verifies is the
// one document that the test keys have signed.
func FuzzVerify(f *testing.F) {
	for _, g := range goldens {
		f.Add(golden(f, g.file), g.detached)
	}
	f.Add([]byte{}, false)
	f.Add([]byte{0x30, 0x84, 0xff, 0xff, 0xff, 0xff}, true)
	f.Fuzz(func(t *testing.T, der []byte, detached bool) {
		r, err := cms.Verify(der, goldenTrust(t, detached))
		if err != nil {
			if !known(err) || r != nil {
				t.Errorf("Verify = %v, %v", r, err)
			}
			return
		}
		if !bytes.Equal(r.Content, contents["order"]) {
			t.Errorf("verified %q", r.Content)
		}
		if r.Origin != "" && r.Origin != origin {
			t.Errorf("verified for %q", r.Origin)
		}
	})
}

// FuzzCheck: without a chain anybody may sign, so a message says what it likes; but
// Verify has nothing to add to what Check refuses, and both tell the same.
func FuzzCheck(f *testing.F) {
	for _, g := range goldens {
		f.Add(golden(f, g.file), []byte(nil))
		f.Add(golden(f, g.file), contents["order"])
		f.Add(golden(f, g.file), []byte("another"))
	}
	f.Fuzz(func(t *testing.T, der, content []byte) {
		r, err := cms.Check(der, content)
		if err != nil && (!known(err) || (r != nil) != errors.Is(err, cms.ErrDigest)) {
			t.Errorf("Check = %v, %v", r, err)
		}
		v := goldenTrust(t, false)
		v.Content = content
		verified, verifyErr := cms.Verify(der, v)
		if verifyErr == nil && (err != nil || !verified.Certificate.Equal(r.Certificate) || !bytes.Equal(verified.Content, r.Content)) {
			t.Errorf("Verify = %v, Check = %v, %v", verified, r, err)
		}
	})
}

// FuzzAttribute puts bytes where only a signer can: in place of an attribute or
// beside the others, signed. Verify reads them to the end.
func FuzzAttribute(f *testing.F) {
	for _, a := range newForge(contents["order"]).attributes {
		for i := range len(newForge(nil).attributes) + 1 {
			f.Add(a, i)
		}
	}
	leaf := byName("P-256").Certificate
	full := attr(signingCertificate, seq(seq(seq(sha256ID, octets(make([]byte, 32)), issuerSerial(leaf.RawIssuer, serial(leaf))))))
	f.Add(full, 3)
	f.Add(attr(signingCertificate, seq(seq(seq(kazakh2015IDs.digest, octets(sum(gost.Streebog512, leaf.Raw)))))), 3)
	f.Add(attr(signingCertificate, seq(seq(seq(gost2001IDs.digestBare, octets(sum(gost.Hash94, leaf.Raw)))))), 3)
	f.Fuzz(func(t *testing.T, attribute []byte, place int) {
		m := newForge(contents["order"])
		if place >= 0 && place < len(m.attributes) {
			m.attributes[place] = attribute
		} else {
			m.attributes = append(m.attributes, attribute)
		}
		r, err := cms.Verify(m.bytes(), trust())
		if err != nil {
			if !known(err) || r != nil {
				t.Errorf("Verify = %v, %v", r, err)
			}
			return
		}
		if !bytes.Equal(r.Content, contents["order"]) || !r.Certificate.Equal(leaf) {
			t.Errorf("verified %q by %v", r.Content, r.Certificate.Subject)
		}
	})
}
