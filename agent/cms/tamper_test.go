package cms_test

import (
	"bytes"
	"crypto/x509"
	"errors"
	"testing"

	"qoltanba/agent/cms"
)

// TestEveryBit turns every bit of a message round, one at a time. None of the
// results may verify: there is no bit of a message that does not matter. With slow
// algorithms it is some of the bits, and with the race detector, which takes ten times
// as long and is there for the goroutines, a few; make unit runs it without, too.
func TestEveryBit(t *testing.T) {
	content := contents["order"]
	for _, a := range algorithms {
		t.Run(a.name, func(t *testing.T) {
			for _, detached := range []bool{false, true} {
				der := must(cms.Sign(a.signer(), content, cms.Options{Detached: detached, Time: signedAt, Origin: origin}))
				v := trust()
				if detached {
					v.Content = content
				}
				n := 0
				eachBit(der, func(i int, bit byte) {
					if n++; n%(a.stride*raceStride) != 0 {
						return
					}
					if _, err := cms.Verify(der, v); !known(err) {
						t.Errorf("bit %#02x of byte %d: Verify = %v", bit, i, err)
					}
				})
				for n := 0; n < len(der); n += raceStride {
					if _, err := cms.Verify(der[:n], v); !known(err) {
						t.Errorf("cut to %d bytes: Verify = %v", n, err)
					}
				}
			}
		})
	}
}

// TestEveryBitOfContent does the same with the detached content.
func TestEveryBitOfContent(t *testing.T) {
	content := bytes.Clone(contents["order"])
	der := must(cms.Sign(byName("P-256"), content, cms.Options{Detached: true, Time: signedAt}))
	v := trust()
	v.Content = content
	eachBit(content, func(i int, bit byte) {
		if _, err := cms.Verify(der, v); !errors.Is(err, cms.ErrDigest) {
			t.Errorf("bit %#02x of byte %d: Verify = %v, want ErrDigest", bit, i, err)
		}
	})
}

// TestUnneededCertificate: the one place where a change may pass is a certificate
// that no chain needs, here the root, and then it changes nothing of the result.
func TestUnneededCertificate(t *testing.T) {
	s := byName("P-256")
	s.Chain = []*x509.Certificate{ca().root, ca().intermediate}
	o := cms.Options{Time: signedAt, Origin: origin}
	der := must(cms.Sign(s, contents["order"], o))
	from := bytes.Index(der, ca().root.Raw)
	passed := 0
	eachBit(der, func(i int, bit byte) {
		if _, err := cms.Verify(der, trust()); known(err) {
			return
		}
		passed++
		if i < from || i >= from+len(ca().root.Raw) {
			t.Errorf("bit %#02x of byte %d passes", bit, i)
		}
		checkResult(t, der, s, contents["order"], o)
	})
	if passed == 0 {
		t.Error("no bit passed: the package comment promises too little")
	}
}

// eachBit calls try with every bit of b turned round, and leaves b as it was.
func eachBit(b []byte, try func(i int, bit byte)) {
	for i := range b {
		for bit := byte(1); bit != 0; bit <<= 1 {
			b[i] ^= bit
			try(i, bit)
			b[i] ^= bit
		}
	}
}

// known reports whether an error is one of the package's.
func known(err error) bool {
	for _, e := range []error{
		cms.ErrFormat, cms.ErrAlgorithm, cms.ErrDetached, cms.ErrDigest, cms.ErrSignature, cms.ErrCertificate,
	} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}
