package cms_test

import (
	"bytes"
	"crypto"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"qoltanba/agent/cms"
	"qoltanba/agent/gost"
)

// Contents at the borders of DER's length forms, and one of an ordinary size.
var contents = map[string][]byte{
	"empty":  {},
	"127":    bytes.Repeat([]byte{0}, 127),
	"128":    bytes.Repeat([]byte{0xff}, 128),
	"256":    bytes.Repeat([]byte("\r\n"), 128),
	"65536":  bytes.Repeat([]byte("төлем"), 6554)[:65536],
	"order":  []byte("<Document>төлем тапсырмасы № 1, 250 000 KZT</Document>\n"),
	"16 MiB": make([]byte, 1<<24),
}

func TestRoundTrip(t *testing.T) {
	for _, a := range algorithms {
		t.Run(a.name, func(t *testing.T) {
			s := a.signer()
			if got := s.Hash(); got != a.hash {
				t.Errorf("Hash() = %v, want %v", got, a.hash)
			}
			for name, content := range contents {
				if a.stride > 1 && len(content) > 1<<20 {
					continue
				}
				for _, detached := range []bool{false, true} {
					t.Run(name, func(t *testing.T) {
						o := cms.Options{Detached: detached, Time: signedAt, Origin: origin}
						der, err := cms.Sign(s, content, o)
						if err != nil {
							t.Fatal(err)
						}
						checkResult(t, der, s, content, o)
					})
				}
			}
			t.Run("digest", func(t *testing.T) {
				h := a.hash.New()
				h.Write(contents["order"])
				der, err := cms.SignDigest(s, h.Sum(nil), cms.Options{Time: signedAt})
				if err != nil {
					t.Fatal(err)
				}
				checkResult(t, der, s, contents["order"], cms.Options{Detached: true, Time: signedAt})
			})
		})
	}
}

// checkResult verifies a message and compares everything that it says.
func checkResult(t *testing.T, der []byte, s cms.Signer, content []byte, o cms.Options) {
	t.Helper()
	v := trust()
	if o.Detached {
		v.Content = content
	}
	r, err := cms.Verify(der, v)
	if err != nil {
		t.Fatalf("Verify = %v", err)
	}
	if !bytes.Equal(r.Content, content) {
		t.Error("Verify returned another content")
	}
	if !r.Certificate.Equal(s.Certificate) {
		t.Errorf("Certificate = %v, want the signer's", r.Certificate.Subject)
	}
	if len(r.Chains) != 1 || len(r.Chains[0]) != 3 || !slices.ContainsFunc(v.Roots, r.Chains[0][2].Equal) {
		t.Errorf("Chains = %d, want one of leaf, intermediate, root", len(r.Chains))
	}
	if !r.SigningTime.Equal(o.Time) {
		t.Errorf("SigningTime = %v, want %v", r.SigningTime, o.Time)
	}
	if r.Origin != o.Origin {
		t.Errorf("Origin = %q, want %q", r.Origin, o.Origin)
	}
}

func TestSigningTime(t *testing.T) {
	s := byName("P-256")
	for _, when := range []time.Time{
		time.Date(1949, 12, 31, 23, 59, 59, 0, time.UTC),
		time.Date(1950, 1, 1, 0, 0, 0, 0, time.UTC),
		time.Date(1968, 7, 1, 0, 0, 0, 0, time.UTC),
		time.Date(2049, 12, 31, 23, 59, 59, 0, time.UTC),
		time.Date(2050, 1, 1, 0, 0, 0, 0, time.UTC),
		time.Date(2026, 1, 1, 3, 0, 0, 0, time.FixedZone("Almaty", 5*3600)),
	} {
		der, err := cms.Sign(s, nil, cms.Options{Time: when.Add(999 * time.Millisecond)})
		if err != nil {
			t.Fatal(err)
		}
		checkResult(t, der, s, nil, cms.Options{Time: when})
	}
	if _, err := cms.Sign(s, nil, cms.Options{Time: time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)}); !errors.Is(err, cms.ErrFormat) {
		t.Errorf("Sign in the year 10000 = %v, want ErrFormat", err)
	}
	synctest.Test(t, func(t *testing.T) {
		der, err := cms.Sign(s, nil, cms.Options{})
		if err != nil {
			t.Fatal(err)
		}
		checkResult(t, der, s, nil, cms.Options{Time: time.Now()})
	})
}

func TestOriginMustBeUTF8(t *testing.T) {
	if _, err := cms.Sign(byName("P-256"), nil, cms.Options{Origin: "https://\xff"}); !errors.Is(err, cms.ErrFormat) {
		t.Errorf("Sign = %v, want ErrFormat", err)
	}
}

func TestSignDigestLength(t *testing.T) {
	for _, a := range algorithms {
		for _, n := range []int{0, 20, 31, 32, 33, 47, 48, 49, 63, 64, 65} {
			_, err := cms.SignDigest(a.signer(), make([]byte, n), cms.Options{Time: signedAt})
			if ok := n == a.hash.Size(); ok != (err == nil) || !ok && !errors.Is(err, cms.ErrDigest) {
				t.Errorf("%s: SignDigest of %d bytes = %v", a.name, n, err)
			}
		}
	}
}

func TestPrepareRefuses(t *testing.T) {
	good, weak := ecKey(elliptic.P256()), must(rsa.GenerateKey(rand.Reader, 1024))
	p224 := ecKey(elliptic.P224())
	for _, c := range []struct {
		name   string
		signer cms.Signer
		want   error
	}{
		{"no key", cms.Signer{Certificate: ca().leaf(good.Public())}, cms.ErrCertificate},
		{"no certificate", cms.Signer{Key: good}, cms.ErrCertificate},
		{"certificate not parsed", cms.Signer{Key: good, Certificate: &x509.Certificate{PublicKey: good.Public()}}, cms.ErrCertificate},
		{"no certificate in chain", cms.Signer{Key: good, Certificate: ca().leaf(good.Public()), Chain: make([]*x509.Certificate, 1)}, cms.ErrCertificate},
		{"foreign certificate", cms.Signer{Key: good, Certificate: ca().leaf(ecKey(elliptic.P256()).Public())}, cms.ErrCertificate},
		{"certificate for encryption", cms.Signer{Key: good, Certificate: ca().leaf(good.Public(), encipherment)}, cms.ErrCertificate},
		{"PSS with ECDSA", cms.Signer{Key: good, Certificate: ca().leaf(good.Public()), PSS: true}, cms.ErrAlgorithm},
		{"RSA of 1024 bits", cms.Signer{Key: weak, Certificate: ca().leaf(weak.Public())}, cms.ErrAlgorithm},
		{"P-224", cms.Signer{Key: p224, Certificate: ca().leaf(p224.Public())}, cms.ErrAlgorithm},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := c.signer.Prepare(); !errors.Is(err, c.want) {
				t.Errorf("Prepare = %v, want %v", err, c.want)
			}
			if _, err := cms.Sign(c.signer, nil, cms.Options{}); !errors.Is(err, c.want) {
				t.Errorf("Sign = %v, want %v", err, c.want)
			}
			if _, err := cms.SignDigest(c.signer, make([]byte, 32), cms.Options{}); !errors.Is(err, c.want) {
				t.Errorf("SignDigest = %v, want %v", err, c.want)
			}
			if got := c.signer.Hash(); c.want == cms.ErrAlgorithm && got != nil {
				t.Errorf("Hash() = %v, want nil", got)
			}
		})
	}
	if got := (cms.Signer{}).Hash(); got != nil {
		t.Errorf("Hash() of the zero Signer = %v, want nil", got)
	}
}

func encipherment(c *x509.Certificate) { c.KeyUsage = x509.KeyUsageKeyEncipherment }

// TestAnyOneUsage: either of the two key usages is enough, and so is none.
func TestAnyOneUsage(t *testing.T) {
	key := ecKey(elliptic.P256())
	for _, usage := range []x509.KeyUsage{0, x509.KeyUsageDigitalSignature, x509.KeyUsageContentCommitment} {
		s := cms.Signer{Key: key, Chain: []*x509.Certificate{ca().intermediate}}
		s.Certificate = ca().leaf(key.Public(), func(c *x509.Certificate) { c.KeyUsage = usage })
		der, err := cms.Sign(s, nil, cms.Options{Time: signedAt})
		if err != nil {
			t.Fatalf("key usage %b: %v", usage, err)
		}
		checkResult(t, der, s, nil, cms.Options{Time: signedAt})
	}
}

// A fakeKey has a real public half and does with Sign what the test says.
type fakeKey struct {
	crypto.PublicKey
	sign func(digest []byte, opts crypto.SignerOpts) ([]byte, error)
}

func (k fakeKey) Public() crypto.PublicKey { return k.PublicKey }

func (k fakeKey) Sign(_ io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	return k.sign(digest, opts)
}

// TestKeyIsAskedRight: a token's library checks neither the hash nor the digest's
// length, so both must be right when they get there.
func TestKeyIsAskedRight(t *testing.T) {
	for _, a := range algorithms {
		t.Run(a.name, func(t *testing.T) {
			s, calls := a.signer(), 0
			s.Key = fakeKey{s.Key.Public(), func(digest []byte, opts crypto.SignerOpts) ([]byte, error) {
				calls++
				if opts.HashFunc() != a.hash.HashFunc() || len(digest) != a.hash.Size() {
					t.Errorf("key asked for %v over %d bytes", opts.HashFunc(), len(digest))
				}
				if h, is := a.hash.(gost.Hash); is && opts != h {
					t.Errorf("key asked with %v, want %v", opts, h)
				}
				pss, is := opts.(*rsa.PSSOptions)
				if is != s.PSS || is && pss.SaltLength != rsa.PSSSaltLengthEqualsHash {
					t.Errorf("key asked with %#v", opts)
				}
				return []byte("signature"), nil
			}}
			if _, err := cms.Sign(s, []byte("x"), cms.Options{}); err != nil || calls != 1 {
				t.Errorf("Sign = %v after %d calls of the key", err, calls)
			}
		})
	}
}

func TestKeyErrorIsKept(t *testing.T) {
	gone, s := errors.New("token gone"), byName("P-256")
	s.Key = fakeKey{s.Key.Public(), func([]byte, crypto.SignerOpts) ([]byte, error) { return nil, gone }}
	if der, err := cms.Sign(s, nil, cms.Options{}); !errors.Is(err, gone) || der != nil {
		t.Errorf("Sign = %x, %v, want the key's error", der, err)
	}
}

// TestPreparedIsShared signs with one Prepared from many goroutines.
func TestPreparedIsShared(t *testing.T) {
	s := byName("P-256")
	p, err := s.Prepare()
	if err != nil {
		t.Fatal(err)
	}
	type result struct {
		der     []byte
		content string
		err     error
	}
	results := make(chan result)
	for i := range 32 {
		go func() { // ends with its one result
			content := strings.Repeat("x", i)
			der, err := p.Sign([]byte(content), cms.Options{Time: signedAt, Origin: content})
			results <- result{der, content, err}
		}()
	}
	for range 32 {
		r := <-results
		if r.err != nil {
			t.Fatal(r.err)
		}
		checkResult(t, r.der, s, []byte(r.content), cms.Options{Time: signedAt, Origin: r.content})
	}
}
