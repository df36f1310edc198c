package cms_test

import (
	"bytes"
	"crypto"
	_ "crypto/md5" // for a message that must be refused
	"crypto/rand"
	_ "crypto/sha1" // for a message that must be refused
	"crypto/x509"
	"encoding/asn1"
	"math/big"
	"slices"

	"qoltanba/agent/cms"
)

// A forge is a message as its parts, all DER elements, to be changed one by one
// and put together again with encoding/asn1, which shares no code with the
// package.
type forge struct {
	// What follows an element that should be the last of its parent.
	trailing, afterInfo, afterSigned, afterOctets, afterContent, afterData []byte

	contentInfoType, version, digests []byte
	contentType, content              []byte // content: OCTET STRING, nil when detached
	certificates                      [][]byte
	revocation                        []byte

	signerVersion, sid, digestID, signatureID []byte
	attributes                                [][]byte
	unsorted                                  bool // keep the attributes' order
	unsigned                                  []byte
	signatureTag                              int
	signers                                   int

	key  crypto.Signer
	hash cms.Hash
}

var (
	null     = []byte{asn1.TagNull, 0}
	ecSHA1   = seq(oid(1, 2, 840, 10045, 4, 1))
	ecSHA256 = seq(oid(1, 2, 840, 10045, 4, 3, 2))
	ecSHA384 = seq(oid(1, 2, 840, 10045, 4, 3, 3))
	sha1ID   = seq(oid(1, 3, 14, 3, 2, 26))
	md5ID    = seq(oid(1, 2, 840, 113549, 2, 5))
	sha256ID = seq(oid(2, 16, 840, 1, 101, 3, 4, 2, 1))
	sha384ID = seq(oid(2, 16, 840, 1, 101, 3, 4, 2, 2))
	data     = oid(1, 2, 840, 113549, 1, 7, 1)

	contentType        = oid(1, 2, 840, 113549, 1, 9, 3)
	messageDigest      = oid(1, 2, 840, 113549, 1, 9, 4)
	signingTime        = oid(1, 2, 840, 113549, 1, 9, 5)
	signingCertificate = oid(1, 2, 840, 113549, 1, 9, 16, 2, 47)
	originID           = must(asn1.Marshal(must(x509OID(cms.OriginOID))))
)

func x509OID(s string) (asn1.RawValue, error) {
	id, err := x509.ParseOID(s)
	if err != nil {
		return asn1.RawValue{}, err
	}
	b, err := id.MarshalBinary()
	return asn1.RawValue{Tag: asn1.TagOID, Bytes: b}, err
}

func element(class, tag int, constructed bool, parts ...[]byte) []byte {
	return must(asn1.Marshal(asn1.RawValue{
		Class: class, Tag: tag, IsCompound: constructed, Bytes: slices.Concat(parts...),
	}))
}

func seq(parts ...[]byte) []byte          { return element(0, asn1.TagSequence, true, parts...) }
func setOf(parts ...[]byte) []byte        { return element(0, asn1.TagSet, true, parts...) }
func octets(b []byte) []byte              { return element(0, asn1.TagOctetString, false, b) }
func utf8String(s string) []byte          { return element(0, asn1.TagUTF8String, false, []byte(s)) }
func utc(s string) []byte                 { return element(0, asn1.TagUTCTime, false, []byte(s)) }
func generalized(s string) []byte         { return element(0, asn1.TagGeneralizedTime, false, []byte(s)) }
func ctx(tag int, parts ...[]byte) []byte { return element(2, tag, true, parts...) }
func oid(arcs ...int) []byte              { return must(asn1.Marshal(asn1.ObjectIdentifier(arcs))) }
func integer(n int64) []byte              { return must(asn1.Marshal(n)) }
func serial(c *x509.Certificate) []byte   { return must(asn1.Marshal(new(big.Int).Set(c.SerialNumber))) }

func attr(id []byte, values ...[]byte) []byte { return seq(id, setOf(values...)) }

func sum(h cms.Hash, b []byte) []byte {
	d := h.New()
	d.Write(b)
	return d.Sum(nil)
}

// reference is an ESSCertIDv2 with the default digest; the parts come after it.
func reference(c *x509.Certificate, parts ...[]byte) []byte {
	return seq(append([][]byte{octets(sum(crypto.SHA256, c.Raw))}, parts...)...)
}

func issuerSerial(issuer, serial []byte) []byte { return seq(seq(ctx(4, issuer)), serial) }

// newForge returns a message that verifies, attached, by the P-256 signer.
func newForge(content []byte) *forge {
	return newForgeBy(byName("P-256"), content, sha256ID, ecSHA256)
}

// newForgeBy returns a message that verifies, attached, if the identifiers are the
// signer's.
func newForgeBy(s cms.Signer, content, digestID, signatureID []byte) *forge {
	return &forge{
		contentInfoType: oid(1, 2, 840, 113549, 1, 7, 2),
		version:         integer(1),
		digests:         setOf(digestID),
		contentType:     data,
		content:         octets(content),
		certificates:    [][]byte{s.Certificate.Raw, s.Chain[0].Raw},
		signerVersion:   integer(1),
		sid:             seq(s.Certificate.RawIssuer, serial(s.Certificate)),
		digestID:        digestID,
		signatureID:     signatureID,
		attributes: [][]byte{
			attr(contentType, data),
			attr(signingTime, utc("260504103015Z")),
			attr(messageDigest, octets(sum(s.Hash(), content))),
			attr(signingCertificate, seq(seq(reference(s.Certificate)))),
			attr(originID, utf8String(origin)),
		},
		signatureTag: asn1.TagOctetString,
		signers:      1,
		key:          s.Key,
		hash:         s.Hash(),
	}
}

// replace puts another attribute in the place of the one with the same identifier;
// with no values it takes it out.
func (f *forge) replace(id []byte, values ...[]byte) {
	i := slices.IndexFunc(f.attributes, func(a []byte) bool { return bytes.Contains(a, id) })
	if f.attributes = slices.Delete(f.attributes, i, i+1); len(values) > 0 {
		f.attributes = append(f.attributes, attr(id, values...))
	}
}

// bytes signs the attributes and puts the message together.
func (f *forge) bytes() []byte {
	if !f.unsorted {
		slices.SortFunc(f.attributes, bytes.Compare)
	}
	slices.SortFunc(f.certificates, bytes.Compare)
	signature := must(f.key.Sign(rand.Reader, sum(f.hash, setOf(f.attributes...)), f.hash))
	signer := seq(f.signerVersion, f.sid, f.digestID, ctx(0, f.attributes...), f.signatureID,
		element(0, f.signatureTag, false, signature), f.unsigned)
	signers := slices.Repeat(signer, f.signers)
	content := []byte(nil)
	if f.content != nil {
		content = ctx(0, f.content, f.afterOctets)
	}
	certificates := []byte(nil)
	if f.certificates != nil {
		certificates = ctx(0, f.certificates...)
	}
	return slices.Concat(seq(f.contentInfoType, ctx(0, seq(f.version, f.digests, seq(f.contentType, content, f.afterContent),
		certificates, f.revocation, setOf(signers), f.afterData), f.afterSigned), f.afterInfo), f.trailing)
}
