package cms_test

import (
	"bytes"
	"crypto"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"math/big"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"qoltanba/agent/agenttest/need"
	"qoltanba/agent/cms"
)

// TestVerifyRules changes one part of a good message per row; where the part is
// signed, the message is signed again, so that the rule alone can refuse it.
func TestVerifyRules(t *testing.T) {
	signer := byName("P-256")
	leaf, foreign := signer.Certificate, byName("P-384").Certificate
	otherKey := ecKey(elliptic.P256())
	twin := ca().leaf(otherKey.Public(), func(c *x509.Certificate) { c.SerialNumber = leaf.SerialNumber })
	sealed := ca().leaf(signer.Key.Public(), encipherment)

	as := func(c *x509.Certificate) func(*forge) {
		return func(f *forge) {
			f.certificates[0], f.sid = c.Raw, seq(c.RawIssuer, serial(c))
			f.replace(signingCertificate, seq(seq(reference(c))))
		}
	}
	digest := func(id []byte, h cms.Hash, signature []byte) func(*forge) {
		return func(f *forge) {
			f.digests, f.digestID, f.hash, f.signatureID = setOf(id), id, h, signature
			f.replace(messageDigest, octets(sum(h, contents["order"])))
		}
	}
	value := func(id []byte, values ...[]byte) func(*forge) {
		return func(f *forge) { f.replace(id, values...) }
	}

	pss := func(announced, salt int) func(*forge) {
		return func(f *forge) {
			f.key = fakeKey{rsaKey().Public(), func(digest []byte, _ crypto.SignerOpts) ([]byte, error) {
				return rsa.SignPSS(rand.Reader, rsaKey(), crypto.SHA256, digest, &rsa.PSSOptions{SaltLength: salt})
			}}
			mgf1 := seq(oid(1, 2, 840, 113549, 1, 1, 8), sha256ID)
			f.signatureID = seq(oid(1, 2, 840, 113549, 1, 1, 10),
				seq(ctx(0, sha256ID), ctx(1, mgf1), ctx(2, integer(int64(announced)))))
			as(byName("RSA-PSS").Certificate)(f)
		}
	}

	for _, c := range []struct {
		name string
		edit func(*forge)
		want error
	}{
		// Allowed.
		{"as it is", func(*forge) {}, nil},
		{"digest algorithm with NULL", func(f *forge) {
			f.digestID = seq(oid(2, 16, 840, 1, 101, 3, 4, 2, 1), null)
			f.digests = setOf(f.digestID)
		}, nil},
		{"SHA-384 on P-256", digest(sha384ID, crypto.SHA384, ecSHA384), nil},
		{"RSA-PSS without NULL", pss(32, 32), nil},
		{"signer by key identifier", func(f *forge) {
			f.version, f.signerVersion, f.sid = integer(3), integer(3), element(2, 0, false, leaf.SubjectKeyId)
		}, nil},
		{"reference with issuer and serial", value(signingCertificate, seq(seq(reference(leaf, issuerSerial(leaf.RawIssuer, serial(leaf)))))), nil},
		{"reference by SHA-384", value(signingCertificate, seq(seq(seq(sha384ID, octets(sum(crypto.SHA384, leaf.Raw)))))), nil},
		{"no origin", value(originID), nil},
		{"an unknown attribute", func(f *forge) { f.attributes = append(f.attributes, attr(oid(1, 2, 3), null)) }, nil},
		{"another certificate beside", func(f *forge) { f.certificates = append(f.certificates, foreign.Raw) }, nil},
		{"100 certificates", func(f *forge) { f.certificates = append(f.certificates, certificates(98)...) }, nil},
		{"twin with the same issuer and serial beside", func(f *forge) { f.certificates = append(f.certificates, twin.Raw) }, nil},

		// Form.
		{"trailing byte", func(f *forge) { f.trailing = []byte{0} }, cms.ErrFormat},
		{"something after the signers", func(f *forge) { f.afterData = null }, cms.ErrFormat},
		{"something after the OCTET STRING", func(f *forge) { f.afterOctets = null }, cms.ErrFormat},
		{"something after the content", func(f *forge) { f.afterContent = null }, cms.ErrFormat},
		{"something after SignedData", func(f *forge) { f.afterSigned = null }, cms.ErrFormat},
		{"something in ContentInfo", func(f *forge) { f.afterInfo = null }, cms.ErrFormat},
		{"other ContentInfo", func(f *forge) { f.contentInfoType = oid(1, 2, 840, 113549, 1, 7, 3) }, cms.ErrFormat},
		{"SignedData version 3", func(f *forge) { f.version = integer(3) }, cms.ErrFormat},
		{"signer version 3", func(f *forge) { f.signerVersion = integer(3) }, cms.ErrFormat},
		{"both versions 2", func(f *forge) { f.version, f.signerVersion = integer(2), integer(2) }, cms.ErrFormat},
		{"no digest algorithms", func(f *forge) { f.digests = setOf() }, cms.ErrFormat},
		{"two digest algorithms", func(f *forge) { f.digests = setOf(sha256ID, sha384ID) }, cms.ErrFormat},
		{"other digest algorithm announced", func(f *forge) { f.digests = setOf(sha384ID) }, cms.ErrFormat},
		{"other content type", func(f *forge) { f.contentType = oid(1, 2, 3) }, cms.ErrFormat},
		{"constructed content", func(f *forge) { f.content = element(0, asn1.TagOctetString, true, f.content) }, cms.ErrFormat},
		{"revocation lists", func(f *forge) { f.revocation = ctx(1) }, cms.ErrFormat},
		{"101 certificates", func(f *forge) { f.certificates = append(f.certificates, certificates(99)...) }, cms.ErrFormat},
		{"certificate twice", func(f *forge) { f.certificates = append(f.certificates, leaf.Raw) }, cms.ErrFormat},
		{"attribute certificate", func(f *forge) { f.certificates = append(f.certificates, ctx(2)) }, cms.ErrFormat},
		{"no signer", func(f *forge) { f.signers = 0 }, cms.ErrFormat},
		{"two signers", func(f *forge) { f.signers = 2 }, cms.ErrFormat},
		{"signer with a third part", func(f *forge) { f.sid = seq(leaf.RawIssuer, serial(leaf), null) }, cms.ErrFormat},
		{"empty key identifier", func(f *forge) {
			f.version, f.signerVersion, f.sid = integer(3), integer(3), element(2, 0, false)
		}, cms.ErrFormat},
		{"unsigned attributes", func(f *forge) { f.unsigned = ctx(1, attr(oid(1, 2, 3), null)) }, cms.ErrFormat},
		{"signature as BIT STRING", func(f *forge) { f.signatureTag = asn1.TagBitString }, cms.ErrFormat},

		// Attributes.
		{"no attributes", func(f *forge) { f.attributes = nil }, cms.ErrFormat},
		{"attributes not sorted", func(f *forge) {
			slices.SortFunc(f.attributes, bytes.Compare)
			slices.Reverse(f.attributes)
			f.unsorted = true
		}, cms.ErrFormat},
		{"same attribute twice", func(f *forge) { f.attributes = append(f.attributes, f.attributes[0]) }, cms.ErrFormat},
		{"two signing times", func(f *forge) {
			f.attributes = append(f.attributes, attr(signingTime, utc("260504103016Z")))
		}, cms.ErrFormat},
		{"two unknown attributes of a kind", func(f *forge) {
			f.attributes = append(f.attributes, attr(oid(1, 2, 3), null), attr(oid(1, 2, 3), data))
		}, cms.ErrFormat},
		{"unknown attribute without value", func(f *forge) { f.attributes = append(f.attributes, attr(oid(1, 2, 3))) }, cms.ErrFormat},
		{"attribute with a third part", func(f *forge) {
			f.attributes = append(f.attributes, seq(oid(1, 2, 3), setOf(null), null))
		}, cms.ErrFormat},
		{"no contentType", value(contentType), cms.ErrFormat},
		{"other contentType", value(contentType, oid(1, 2, 3)), cms.ErrFormat},
		{"two values of contentType", value(contentType, data, data), cms.ErrFormat},
		{"no messageDigest", value(messageDigest), cms.ErrFormat},
		{"two values of messageDigest", value(messageDigest, octets(sum(crypto.SHA256, contents["order"])), octets(nil)), cms.ErrFormat},
		{"messageDigest not an OCTET STRING", value(messageDigest, utf8String("x")), cms.ErrFormat},
		{"no signingTime", value(signingTime), cms.ErrFormat},
		{"two values of signingTime", value(signingTime, utc("260504103015Z"), utc("260504103016Z")), cms.ErrFormat},
		{"signingTime without seconds", value(signingTime, utc("2605041030Z")), cms.ErrFormat},
		{"signingTime with a zone", value(signingTime, utc("260504103015+0500")), cms.ErrFormat},
		{"signingTime with a fraction", value(signingTime, utc("260504103015.5Z")), cms.ErrFormat},
		{"signingTime on no day", value(signingTime, utc("260231103015Z")), cms.ErrFormat},
		{"signingTime as GeneralizedTime", value(signingTime, generalized("20260504103015Z")), cms.ErrFormat},
		{"signingTime as UTF8String", value(signingTime, utf8String("20500504103015Z")), cms.ErrFormat},
		{"empty origin", value(originID, utf8String("")), cms.ErrFormat},
		{"origin not UTF-8", value(originID, utf8String("\xff")), cms.ErrFormat},
		{"origin as OCTET STRING", value(originID, octets([]byte(origin))), cms.ErrFormat},
		{"two origins", value(originID, utf8String("https://a.example"), utf8String(origin)), cms.ErrFormat},

		// signing-certificate-v2.
		{"no reference", value(signingCertificate), cms.ErrFormat},
		{"reference to none", value(signingCertificate, seq(seq())), cms.ErrFormat},
		{"reference to two", value(signingCertificate, seq(seq(reference(leaf), reference(ca().intermediate)))), cms.ErrFormat},
		{"reference with policies", value(signingCertificate, seq(seq(reference(leaf)), seq(seq(oid(1, 2, 3))))), cms.ErrFormat},
		{"reference with two issuers", value(signingCertificate, seq(seq(reference(leaf,
			seq(seq(ctx(4, leaf.RawIssuer), ctx(4, leaf.RawIssuer)), serial(leaf)))))), cms.ErrFormat},
		{"two references", value(signingCertificate, seq(seq(reference(leaf))), seq(seq(reference(leaf)), null)), cms.ErrFormat},
		{"reference with two names in one", value(signingCertificate, seq(seq(reference(leaf,
			seq(seq(ctx(4, leaf.RawIssuer, leaf.RawIssuer)), serial(leaf)))))), cms.ErrFormat},
		{"reference with a third part of the issuer", value(signingCertificate, seq(seq(reference(leaf,
			seq(seq(ctx(4, leaf.RawIssuer)), serial(leaf), null))))), cms.ErrFormat},
		{"reference with something behind", value(signingCertificate, seq(seq(reference(leaf, issuerSerial(leaf.RawIssuer, serial(leaf)), null)))), cms.ErrFormat},
		{"reference by SHA-1", value(signingCertificate, seq(seq(seq(sha1ID, octets(sum(crypto.SHA1, leaf.Raw)))))), cms.ErrAlgorithm},
		{"reference with the wrong algorithm", value(signingCertificate, seq(seq(seq(sha384ID, octets(sum(crypto.SHA256, leaf.Raw)))))), cms.ErrCertificate},
		{"reference to another certificate", value(signingCertificate, seq(seq(reference(twin)))), cms.ErrCertificate},
		{"reference with other issuer", value(signingCertificate, seq(seq(reference(leaf, issuerSerial(leaf.RawSubject, serial(leaf)))))), cms.ErrCertificate},
		{"reference with other serial", value(signingCertificate, seq(seq(reference(leaf, issuerSerial(leaf.RawIssuer, serial(foreign)))))), cms.ErrCertificate},

		// Algorithms.
		{"SHA-1", digest(sha1ID, crypto.SHA1, ecSHA1), cms.ErrAlgorithm},
		{"MD5", digest(md5ID, crypto.MD5, ecSHA256), cms.ErrAlgorithm},
		{"unknown digest", digest(seq(oid(1, 2, 3)), crypto.SHA256, ecSHA256), cms.ErrAlgorithm},
		{"digest algorithm with odd parameters", digest(seq(oid(2, 16, 840, 1, 101, 3, 4, 2, 1), integer(0)), crypto.SHA256, ecSHA256), cms.ErrAlgorithm},
		{"unknown signature algorithm", func(f *forge) { f.signatureID = seq(oid(1, 2, 3)) }, cms.ErrAlgorithm},
		{"signature algorithm of another digest", func(f *forge) { f.signatureID = ecSHA384 }, cms.ErrAlgorithm},
		{"signature algorithm with SHA-1", func(f *forge) { f.signatureID = ecSHA1 }, cms.ErrAlgorithm},
		{"signature algorithm of another key", func(f *forge) { f.signatureID = seq(oid(1, 2, 840, 113549, 1, 1, 11), null) }, cms.ErrAlgorithm},
		{"signature algorithm with NULL", func(f *forge) { f.signatureID = seq(oid(1, 2, 840, 10045, 4, 3, 2), null) }, cms.ErrAlgorithm},
		{"RSA-PSS that announces a salt of 20", pss(20, 20), cms.ErrAlgorithm},
		{"RSA-PSS with a salt of 20 that announces 32", pss(32, 20), cms.ErrSignature},
		{"weak key", func(f *forge) {
			weak := must(rsa.GenerateKey(rand.Reader, 1024))
			f.key, f.signatureID = weak, seq(oid(1, 2, 840, 113549, 1, 1, 11), null)
			as(ca().leaf(weak.Public()))(f)
		}, cms.ErrAlgorithm},

		{"huge key beside", func(f *forge) { f.certificates = append(f.certificates, ca().leaf(hugeKey()).Raw) }, cms.ErrAlgorithm},

		// Certificates and signature.
		{"no certificates", func(f *forge) { f.certificates = nil }, cms.ErrCertificate},
		{"signer's certificate left out", func(f *forge) { f.certificates = f.certificates[1:] }, cms.ErrCertificate},
		{"no certificate but a sequence", func(f *forge) { f.certificates = append(f.certificates, seq(null)) }, cms.ErrCertificate},
		{"signer's certificate exchanged for its twin", func(f *forge) { f.certificates[0] = twin.Raw }, cms.ErrCertificate},
		{"signer with other serial", func(f *forge) { f.sid = seq(leaf.RawIssuer, serial(foreign)) }, cms.ErrCertificate},
		{"signer with other issuer", func(f *forge) { f.sid = seq(leaf.RawSubject, serial(leaf)) }, cms.ErrCertificate},
		{"other key identifier", func(f *forge) {
			f.version, f.signerVersion, f.sid = integer(3), integer(3), element(2, 0, false, []byte{1})
		}, cms.ErrCertificate},
		{"certificate for encryption", as(sealed), cms.ErrCertificate},
		{"signed by another key", func(f *forge) { f.key = otherKey }, cms.ErrSignature},
		{"certificate with another key", as(twin), cms.ErrSignature},

		// Content.
		{"other content", func(f *forge) { f.content = octets([]byte("9 250 000 KZT")) }, cms.ErrDigest},
		{"short messageDigest", value(messageDigest, octets(sum(crypto.SHA256, contents["order"])[:31])), cms.ErrDigest},
		{"empty messageDigest", value(messageDigest, octets(nil)), cms.ErrDigest},
		{"no content", func(f *forge) { f.content = nil }, cms.ErrDetached},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newForge(contents["order"])
			c.edit(f)
			r, err := cms.Verify(f.bytes(), trust())
			if !errors.Is(err, c.want) || (r == nil) != (c.want != nil) {
				t.Fatalf("Verify = %v, %v, want %v", r, err, c.want)
			}
			if r != nil && !bytes.Equal(r.Content, contents["order"]) {
				t.Errorf("Content = %q", r.Content)
			}
		})
	}
}

// certificates returns that many different ones, of no use.
func certificates(n int) [][]byte {
	all := make([][]byte, n)
	key := ecKey(elliptic.P256())
	for i := range all {
		all[i] = ca().leaf(key.Public()).Raw
	}
	return all
}

// hugeKey returns a public key of 8193 bits, which only looks like RSA.
func hugeKey() *rsa.PublicKey {
	n := new(big.Int).Lsh(big.NewInt(1), 8192)
	return &rsa.PublicKey{N: n.SetBit(n, 0, 1), E: 65537}
}

func TestDetachedMismatch(t *testing.T) {
	s := byName("P-256")
	for _, detached := range []bool{false, true} {
		der := must(cms.Sign(s, nil, cms.Options{Detached: detached, Time: signedAt}))
		for _, content := range [][]byte{nil, {}, []byte("x")} {
			v := trust()
			v.Content = content
			want := error(nil)
			switch {
			case detached != (content != nil):
				want = cms.ErrDetached
			case len(content) > 0:
				want = cms.ErrDigest
			}
			if _, err := cms.Verify(der, v); !errors.Is(err, want) {
				t.Errorf("detached %v, content %#v: Verify = %v, want %v", detached, content, err, want)
			}
		}
	}
}

func TestChain(t *testing.T) {
	testChain(t, byName("P-256"), ca().intermediate, byName("P-384").Certificate)
}

// testChain verifies messages of s, whose issuer is intermediate; strangers certified
// nothing of it.
func testChain(t *testing.T, s cms.Signer, intermediate *x509.Certificate, strangers ...*x509.Certificate) {
	alone := cms.Signer{Key: s.Key, Certificate: s.Certificate}
	for _, c := range []struct {
		name   string
		signer cms.Signer
		edit   func(*cms.VerifyOptions)
		want   func(error) bool // nil: valid
	}{
		{"valid", s, func(*cms.VerifyOptions) {}, nil},
		{"intermediate from the options", alone, func(o *cms.VerifyOptions) {
			o.Intermediates = []*x509.Certificate{intermediate}
		}, nil},
		{"intermediate missing", alone, func(*cms.VerifyOptions) {}, is[x509.UnknownAuthorityError]},
		{"other roots", s, func(o *cms.VerifyOptions) { o.Roots = strangers }, is[x509.UnknownAuthorityError]},
		{"no roots", s, func(o *cms.VerifyOptions) { o.Roots = nil }, is[x509.UnknownAuthorityError]},
		{"expired", s, func(o *cms.VerifyOptions) { o.Time = signedAt.AddDate(2, 0, 0) }, invalid(x509.Expired)},
		{"not yet valid", s, func(o *cms.VerifyOptions) { o.Time = signedAt.AddDate(-2, 0, 0) }, invalid(x509.Expired)},
		{"usage demanded and there", s, func(o *cms.VerifyOptions) {
			o.KeyUsages = []x509.ExtKeyUsage{x509.ExtKeyUsageEmailProtection}
		}, nil},
		{"usage demanded and not there", s, func(o *cms.VerifyOptions) {
			o.KeyUsages = []x509.ExtKeyUsage{x509.ExtKeyUsageTimeStamping}
		}, invalid(x509.IncompatibleUsage)},
	} {
		t.Run(c.name, func(t *testing.T) {
			der := must(cms.Sign(c.signer, nil, cms.Options{Time: signedAt}))
			v := trust()
			c.edit(&v)
			_, err := cms.Verify(der, v)
			if c.want == nil {
				if err != nil {
					t.Errorf("Verify = %v", err)
				}
			} else if !errors.Is(err, cms.ErrCertificate) || !c.want(err) {
				t.Errorf("Verify = %v", err)
			}
		})
	}
}

// TestVerifyNow: without a time the chain must be valid now, whatever time the
// signer claims. In the bubble now is the year 2000 at first.
func TestVerifyNow(t *testing.T) {
	der := must(cms.Sign(byName("P-256"), nil, cms.Options{Time: signedAt}))
	v := trust()
	v.Time = time.Time{}
	synctest.Test(t, func(t *testing.T) {
		if _, err := cms.Verify(der, v); !invalid(x509.Expired)(err) {
			t.Errorf("Verify in the year %d = %v", time.Now().Year(), err)
		}
		time.Sleep(time.Until(signedAt))
		if _, err := cms.Verify(der, v); err != nil {
			t.Errorf("Verify on %v = %v", time.Now(), err)
		}
	})
}

// TestNoSystemRoots: what the system trusts web servers by counts for nothing.
func TestNoSystemRoots(t *testing.T) {
	t.Setenv("SSL_CERT_FILE", writePEM(t, t.TempDir(), "root.pem", "CERTIFICATE", ca().root.Raw))
	t.Setenv("SSL_CERT_DIR", t.TempDir())
	s := byName("P-256")
	between := x509.NewCertPool()
	between.AddCert(ca().intermediate)
	if _, err := s.Certificate.Verify(x509.VerifyOptions{Intermediates: between, CurrentTime: signedAt,
		KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny}}); err != nil {
		need.Missing(t, "the system's roots cannot be set here: %v", err)
	}
	der := must(cms.Sign(s, nil, cms.Options{Time: signedAt}))
	if _, err := cms.Verify(der, cms.VerifyOptions{Time: signedAt}); !is[x509.UnknownAuthorityError](err) {
		t.Errorf("Verify without roots = %v", err)
	}
}

// TestCheck: Check says what Verify says, but for the chain; and of a message for
// another content it tells who signed that.
func TestCheck(t *testing.T) {
	for _, a := range algorithms {
		s, content := a.signer(), contents["order"]
		der := must(cms.Sign(s, content, cms.Options{Detached: true, Time: signedAt, Origin: origin}))
		r, err := cms.Check(der, content)
		if err != nil {
			t.Fatalf("%s: Check = %v", a.name, err)
		}
		if !bytes.Equal(r.Content, content) || !r.Certificate.Equal(s.Certificate) || !r.SigningTime.Equal(signedAt) ||
			r.Origin != origin || r.Chains != nil {
			t.Errorf("%s: Check = %+v", a.name, r)
		}
		if chains, err := r.BuildChains(trust()); err != nil || len(chains) != 1 {
			t.Errorf("%s: BuildChains = %d, %v", a.name, len(chains), err)
		}
		if _, err := r.BuildChains(cms.VerifyOptions{Time: signedAt}); !errors.Is(err, cms.ErrCertificate) {
			t.Errorf("%s: BuildChains without roots = %v", a.name, err)
		}
		r, err = cms.Check(der, append(bytes.Clone(content), '\n'))
		if !errors.Is(err, cms.ErrDigest) || r == nil || r.Content != nil || !r.Certificate.Equal(s.Certificate) {
			t.Errorf("%s: Check of another content = %+v, %v", a.name, r, err)
		}
		der[len(der)-1] ^= 1
		if r, err := cms.Check(der, content); r != nil || !errors.Is(err, cms.ErrSignature) {
			t.Errorf("%s: Check of a damaged signature = %+v, %v", a.name, r, err)
		}
	}
}

func is[E error](err error) bool {
	_, ok := errors.AsType[E](err)
	return ok
}

func invalid(reason x509.InvalidReason) func(error) bool {
	return func(err error) bool {
		e, ok := errors.AsType[x509.CertificateInvalidError](err)
		return ok && e.Reason == reason
	}
}
