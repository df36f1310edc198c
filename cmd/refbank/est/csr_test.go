package est_test

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	_ "crypto/sha1"
	_ "crypto/sha256"
	"crypto/x509"
	"testing"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"

	"qoltanba/cmd/refbank/est"
)

// A csr is what a PKCS#10 request is made of, by crypto/x509's ways except for the
// attributes, which that cannot write.
type csr struct {
	key       crypto.Signer
	subject   []byte // RDNSequence, nil for the empty one
	challenge string // "" for none
	months    int    // 0 for none
	twice     bool   // the attributes
	sha1      bool   // for the signature; of an EC key
}

func (c csr) der(t testing.TB) []byte {
	t.Helper()
	spki, err := x509.MarshalPKIXPublicKey(c.key.Public())
	if err != nil {
		t.Fatal(err)
	}
	var b cryptobyte.Builder
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1Int64(0)
		if c.subject == nil {
			b.AddASN1(asn1.SEQUENCE, func(*cryptobyte.Builder) {})
		}
		b.AddBytes(c.subject)
		b.AddBytes(spki)
		b.AddASN1(asn1.Tag(0).ContextSpecific().Constructed(), func(b *cryptobyte.Builder) {
			c.attributes(b)
			if c.twice {
				c.attributes(b)
			}
		})
	})
	info, err := b.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	hash := crypto.SHA256
	if c.sha1 {
		hash = crypto.SHA1
	}
	h := hash.New()
	h.Write(info)
	signature, err := c.key.Sign(rand.Reader, h.Sum(nil), hash)
	if err != nil {
		t.Fatal(err)
	}
	var out cryptobyte.Builder
	out.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddBytes(info)
		b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
			switch _, isRSA := c.key.(*rsa.PrivateKey); {
			case isRSA:
				b.AddBytes(oid("1.2.840.113549.1.1.11")) // sha256WithRSAEncryption
				b.AddASN1NULL()
			case c.sha1:
				b.AddBytes(oid("1.2.840.10045.4.1")) // ecdsa-with-SHA1
			default:
				b.AddBytes(oid("1.2.840.10045.4.3.2")) // ecdsa-with-SHA256
			}
		})
		b.AddASN1BitString(signature)
	})
	return out.BytesOrPanic()
}

func (c csr) attributes(b *cryptobyte.Builder) {
	attribute := func(id string, value func(*cryptobyte.Builder)) {
		b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddBytes(oid(id))
			b.AddASN1(asn1.SET, value)
		})
	}
	if c.challenge != "" {
		attribute("1.2.840.113549.1.9.7", func(b *cryptobyte.Builder) {
			b.AddASN1(asn1.PrintableString, func(b *cryptobyte.Builder) { b.AddBytes([]byte(c.challenge)) })
		})
	}
	if c.months != 0 {
		attribute(est.PeriodOID, func(b *cryptobyte.Builder) { b.AddASN1Int64(int64(c.months)) })
	}
}

func oid(dotted string) []byte {
	id, err := x509.ParseOID(dotted)
	if err != nil {
		panic(err)
	}
	content, err := id.MarshalBinary()
	if err != nil {
		panic(err)
	}
	var b cryptobyte.Builder
	b.AddASN1(asn1.OBJECT_IDENTIFIER, func(b *cryptobyte.Builder) { b.AddBytes(content) })
	return b.BytesOrPanic()
}

// certificates reads a certs-only SignedData, strictly.
func certificates(t testing.TB, der []byte) []*x509.Certificate {
	t.Helper()
	tag0 := asn1.Tag(0).ContextSpecific().Constructed()
	in := cryptobyte.String(der)
	var info, explicit, signed, content, certs cryptobyte.String
	var version int
	if !in.ReadASN1(&info, asn1.SEQUENCE) || !in.Empty() || !info.SkipASN1(asn1.OBJECT_IDENTIFIER) ||
		!info.ReadASN1(&explicit, tag0) || !info.Empty() || !explicit.ReadASN1(&signed, asn1.SEQUENCE) ||
		!signed.ReadASN1Integer(&version) || version != 1 || !signed.SkipASN1(asn1.SET) ||
		!signed.ReadASN1(&content, asn1.SEQUENCE) || !signed.ReadASN1(&certs, tag0) ||
		!signed.SkipASN1(asn1.SET) || !signed.Empty() {
		t.Fatalf("not certs-only: %x", der)
	}
	list, err := x509.ParseCertificates(certs)
	if err != nil {
		t.Fatal(err)
	}
	return list
}
