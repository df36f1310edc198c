package cms_test

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"slices"
	"testing"

	"qoltanba/agent/cms"
	"qoltanba/agent/gost"
)

// gostIDs are the identifiers that a GOST message has, with NULL and without.
type gostIDs struct{ digest, signature, digestBare, signatureBare []byte }

func ids(digest, signature []int) gostIDs {
	return gostIDs{
		seq(oid(digest...), null), seq(oid(signature...), null), seq(oid(digest...)), seq(oid(signature...)),
	}
}

var (
	kazakh2015IDs = ids([]int{1, 2, 398, 3, 10, 1, 3, 3}, []int{1, 2, 398, 3, 10, 1, 1, 2, 3, 2})
	kazakh2004IDs = ids([]int{1, 2, 398, 3, 10, 1, 3, 1}, []int{1, 2, 398, 3, 10, 1, 1, 1, 2})
	gost2001IDs   = ids([]int{1, 2, 643, 2, 2, 9}, []int{1, 2, 643, 2, 2, 19})
	gost256IDs    = ids([]int{1, 2, 643, 7, 1, 1, 2, 2}, []int{1, 2, 643, 7, 1, 1, 1, 1})
	gost512IDs    = ids([]int{1, 2, 643, 7, 1, 1, 2, 3}, []int{1, 2, 643, 7, 1, 1, 1, 2})
)

const (
	gost2001 = "GOST R 34.10-2001 CryptoPro-A"
	gost256  = "GOST R 34.10-2012 256 bit TC26-A"
	gost512  = "GOST R 34.10-2012 512 bit TC26-A" // curve and digest of Kazakh2015
)

// TestGOSTIdentifiers: the certificate decides which identifiers are written.
func TestGOSTIdentifiers(t *testing.T) {
	for name, want := range map[string]gostIDs{
		gost.Kazakh2015.String(): kazakh2015IDs, gost.Kazakh2004.String(): kazakh2004IDs,
		gost2001: gost2001IDs, gost256: gost256IDs, gost512: gost512IDs,
	} {
		der := must(cms.Sign(byName(name), contents["order"], cms.Options{Time: signedAt}))
		for _, id := range [][]byte{want.digest, want.signature} {
			if !bytes.Contains(der, id) {
				t.Errorf("%s: no %x in the message", name, id)
			}
		}
		// The attribute names its digest only when it is not SHA-256.
		if !bytes.Contains(der, seq(signingCertificate, setOf(seq(seq(reference(byName(name).Certificate,
			issuerSerial(byName(name).Certificate.RawIssuer, serial(byName(name).Certificate)))))))) {
			t.Errorf("%s: no signing-certificate-v2 by SHA-256", name)
		}
	}
}

func TestVerifyGOST(t *testing.T) {
	reversed := func(halves bool) func(*forge) {
		return func(f *forge) {
			key := f.key
			f.key = fakeKey{key.Public(), func(digest []byte, opts crypto.SignerOpts) ([]byte, error) {
				s, err := key.Sign(nil, digest, opts)
				if halves { // r and s change places, and each keeps its bytes
					return slices.Concat(s[len(s)/2:], s[:len(s)/2]), err
				}
				slices.Reverse(s)
				return s, err
			}}
		}
	}
	set := func(id gostIDs, h cms.Hash) func(*forge) {
		return func(f *forge) {
			f.digests, f.digestID, f.signatureID, f.hash = setOf(id.digest), id.digest, id.signature, h
			f.replace(messageDigest, octets(sum(h, contents["order"])))
			// A real signature where the digest has the length for it.
			key := f.key
			f.key = fakeKey{key.Public(), func(digest []byte, _ crypto.SignerOpts) ([]byte, error) {
				if n := key.Public().(*gost.PublicKey).Params().Size(); n != len(digest) {
					return make([]byte, 2*n), nil
				}
				return key.Sign(nil, digest, nil)
			}}
		}
	}
	kazakh2015, kazakh2004 := gost.Kazakh2015.String(), gost.Kazakh2004.String()
	for _, c := range []struct {
		name   string
		signer string
		ids    gostIDs
		edit   func(*forge)
		want   error
	}{
		{"Kazakh 2015", kazakh2015, kazakh2015IDs, func(*forge) {}, nil},
		{"Kazakh 2004", kazakh2004, kazakh2004IDs, func(*forge) {}, nil},
		{"Russian 2001", gost2001, gost2001IDs, func(*forge) {}, nil},
		{"Russian 256", gost256, gost256IDs, func(*forge) {}, nil},
		{"Russian 512", gost512, gost512IDs, func(*forge) {}, nil},
		{"identifiers without NULL", kazakh2015, kazakh2015IDs, func(f *forge) {
			f.digests, f.digestID, f.signatureID = setOf(kazakh2015IDs.digestBare), kazakh2015IDs.digestBare, kazakh2015IDs.signatureBare
		}, nil},
		{"Russian, named by key and digest", gost256, gost256IDs, func(f *forge) {
			f.signatureID = seq(oid(1, 2, 643, 7, 1, 1, 3, 2))
		}, nil},
		{"reference by Streebog", kazakh2015, kazakh2015IDs, func(f *forge) {
			cert := byName(kazakh2015).Certificate
			f.replace(signingCertificate, seq(seq(seq(kazakh2015IDs.digest, octets(sum(gost.Streebog512, cert.Raw))))))
		}, nil},

		{"Kazakh key, Russian identifiers", kazakh2015, kazakh2015IDs, set(gost512IDs, gost.Streebog512), cms.ErrAlgorithm},
		{"Russian key, Kazakh identifiers", gost512, gost512IDs, set(kazakh2015IDs, gost.Streebog512), cms.ErrAlgorithm},
		{"Kazakh 2015 key, identifiers of 2004", kazakh2015, kazakh2015IDs, set(kazakh2004IDs, gost.Hash94Kazakh), cms.ErrAlgorithm},
		{"key of 2001, digest of 2012", gost2001, gost2001IDs, set(gost256IDs, gost.Streebog256), cms.ErrAlgorithm},
		{"key of 2012, digest of 2001", gost256, gost256IDs, set(gost2001IDs, gost.Hash94), cms.ErrAlgorithm},
		{"digest of another family", kazakh2015, kazakh2015IDs, func(f *forge) {
			f.digests, f.digestID = setOf(gost512IDs.digest), gost512IDs.digest
		}, cms.ErrAlgorithm},
		{"GOST key, ECDSA", kazakh2004, kazakh2004IDs, set(gostIDs{digest: sha256ID, signature: ecSHA256}, crypto.SHA256), cms.ErrAlgorithm},
		{"Kazakh, named by the key", kazakh2015, kazakh2015IDs, func(f *forge) {
			f.signatureID = seq(oid(1, 2, 398, 3, 10, 1, 1, 2, 2), null)
		}, cms.ErrAlgorithm},
		{"bytes of the signature reversed", kazakh2015, kazakh2015IDs, reversed(false), cms.ErrSignature},
		{"halves of the signature exchanged", kazakh2015, kazakh2015IDs, reversed(true), cms.ErrSignature},
		{"bytes of a Russian signature reversed", gost512, gost512IDs, reversed(false), cms.ErrSignature},
		{"messageDigest reversed", kazakh2015, kazakh2015IDs, func(f *forge) {
			d := sum(gost.Streebog512, contents["order"])
			slices.Reverse(d)
			f.replace(messageDigest, octets(d))
		}, cms.ErrDigest},
		{"signature of no bytes", kazakh2015, kazakh2015IDs, func(f *forge) {
			f.key = fakeKey{f.key.Public(), func([]byte, crypto.SignerOpts) ([]byte, error) { return nil, nil }}
		}, cms.ErrSignature},
		{"signature of zeros", kazakh2015, kazakh2015IDs, func(f *forge) {
			f.key = fakeKey{f.key.Public(), func([]byte, crypto.SignerOpts) ([]byte, error) { return make([]byte, 128), nil }}
		}, cms.ErrSignature},
		{"certificate beside with a Kazakh 256-bit key", kazakh2015, kazakh2015IDs, func(f *forge) {
			key := must(asn1.Marshal(asn1.ObjectIdentifier{1, 2, 398, 3, 10, 1, 1, 2, 2}))
			small := bytes.ReplaceAll(f.certificates[1], key, must(asn1.Marshal(asn1.ObjectIdentifier{1, 2, 398, 3, 10, 1, 1, 2, 1})))
			f.certificates = append(f.certificates, small)
		}, cms.ErrAlgorithm},
		{"certificate beside with a point off the curve", kazakh2015, kazakh2015IDs, func(f *forge) {
			other := bytes.Clone(f.certificates[1])
			point := byName(kazakh2015).Chain[0].PublicKey.(*gost.PublicKey).Bytes()
			other[bytes.Index(other, point)] ^= 1
			f.certificates = append(f.certificates, other)
		}, cms.ErrCertificate},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newForgeBy(byName(c.signer), contents["order"], c.ids.digest, c.ids.signature)
			c.edit(f)
			r, err := cms.Verify(f.bytes(), trust())
			if !errors.Is(err, c.want) || (r == nil) != (c.want != nil) {
				t.Fatalf("Verify = %v, %v, want %v", r, err, c.want)
			}
		})
	}
}

// The strangers have the name of the root and other keys.
func TestGOSTChain(t *testing.T) {
	testChain(t, byName(gost.Kazakh2015.String()), kazakhCA().intermediate, ca().root, russianCA().root)
}

// TestGOSTCertificateOfX509: a token's certificate is read by crypto/x509, which
// leaves its key out.
func TestGOSTCertificateOfX509(t *testing.T) {
	s := byName(gost.Kazakh2015.String())
	s.Certificate = must(x509.ParseCertificate(s.Certificate.Raw))
	if s.Certificate.PublicKey != nil {
		t.Fatal("crypto/x509 knows GOST now")
	}
	if got := s.Hash(); got != gost.Streebog512 {
		t.Errorf("Hash() = %v", got)
	}
	der, err := cms.Sign(s, contents["order"], cms.Options{Time: signedAt})
	if err != nil {
		t.Fatal(err)
	}
	checkResult(t, der, s, contents["order"], cms.Options{Time: signedAt})
}

func TestPrepareRefusesGOST(t *testing.T) {
	kazakh, other := gost.GenerateKey(gost.Kazakh2015), gost.GenerateKey(gost.Kazakh2015)
	russian := must(gost.NewPrivateKey(gostParams(gost512), kazakh.Bytes()))
	for _, c := range []struct {
		name   string
		signer cms.Signer
		want   error
	}{
		{"foreign certificate", cms.Signer{Key: kazakh, Certificate: kazakhCA().leaf(other.Public())}, cms.ErrCertificate},
		{"the same point in the other country", cms.Signer{Key: russian, Certificate: kazakhCA().leaf(kazakh.Public())}, cms.ErrCertificate},
		{"the other way round", cms.Signer{Key: kazakh, Certificate: russianCA().leaf(russian.Public())}, cms.ErrCertificate},
		{"certificate of another kind", cms.Signer{Key: kazakh, Certificate: byName("RSA").Certificate}, cms.ErrCertificate},
		{"PSS", cms.Signer{Key: kazakh, Certificate: kazakhCA().leaf(kazakh.Public()), PSS: true}, cms.ErrAlgorithm},
		{"for encryption", cms.Signer{Key: kazakh, Certificate: kazakhCA().leaf(kazakh.Public(), encipherment)}, cms.ErrCertificate},
	} {
		if _, err := c.signer.Prepare(); !errors.Is(err, c.want) {
			t.Errorf("%s: Prepare = %v, want %v", c.name, err, c.want)
		}
	}
}
