package cms

import (
	"bytes"
	"crypto/x509"
	"slices"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// Context-specific constructed tags of RFC 5652.
var (
	tag0 = asn1.Tag(0).ContextSpecific().Constructed()
	tag4 = asn1.Tag(4).ContextSpecific().Constructed()
)

// Object identifiers, as DER elements: an arc of OriginOID does not fit an int,
// so identifiers are written and compared as bytes.
var (
	oidData               = oid("1.2.840.113549.1.7.1")
	oidSignedData         = oid("1.2.840.113549.1.7.2")
	oidContentType        = oid("1.2.840.113549.1.9.3")
	oidMessageDigest      = oid("1.2.840.113549.1.9.4")
	oidSigningTime        = oid("1.2.840.113549.1.9.5")
	oidSigningCertificate = oid("1.2.840.113549.1.9.16.2.47") // signing-certificate-v2, RFC 5035
	oidOrigin             = oid(OriginOID)
)

// oid returns the DER element of a dotted identifier, which is a constant of this
// package.
func oid(dotted string) []byte {
	id, err := x509.ParseOID(dotted)
	if err != nil {
		panic("cms: " + dotted + ": " + err.Error())
	}
	content, err := id.MarshalBinary()
	if err != nil {
		panic("cms: " + dotted + ": " + err.Error())
	}
	return tlv(asn1.OBJECT_IDENTIFIER, content)
}

// size returns the length of an element with n bytes of content.
func size(n int) int {
	total := 2 + n
	if n >= 0x80 {
		for l := n; l > 0; l >>= 8 {
			total++
		}
	}
	return total
}

// open appends the tag and the length of an element with n bytes of content; the
// caller appends the content. cryptobyte.Builder would do, but it learns a length
// afterwards and moves the content once per level.
func open(out []byte, tag asn1.Tag, n int) []byte {
	out = append(out, byte(tag))
	if n < 0x80 {
		return append(out, byte(n))
	}
	octets := size(n) - n - 2
	out = append(out, 0x80|byte(octets))
	for i := octets - 1; i >= 0; i-- {
		out = append(out, byte(n>>(8*i)))
	}
	return out
}

// tlv returns an element whose content is the parts one after the other.
func tlv(tag asn1.Tag, parts ...[]byte) []byte {
	n := 0
	for _, p := range parts {
		n += len(p)
	}
	out := open(make([]byte, 0, size(n)), tag, n)
	for _, p := range parts {
		out = append(out, p...)
	}
	return out
}

// set returns a SET OF, sorted and without repeated elements (X.690, 11.6). It
// reorders elements.
func set(tag asn1.Tag, elements [][]byte) []byte {
	slices.SortFunc(elements, bytes.Compare)
	return tlv(tag, slices.CompactFunc(elements, bytes.Equal)...)
}

// readSet splits the content of a SET OF into its elements, all of one tag. It
// reports whether they are in DER order and all different.
func readSet(in cryptobyte.String, tag asn1.Tag) ([]cryptobyte.String, bool) {
	var elements []cryptobyte.String
	for !in.Empty() {
		var e cryptobyte.String
		if !in.ReadASN1Element(&e, tag) {
			return nil, false
		}
		if n := len(elements); n > 0 && bytes.Compare(elements[n-1], e) >= 0 {
			return nil, false
		}
		elements = append(elements, e)
	}
	return elements, true
}

// readOID reads one object identifier and reports whether it is want, a DER
// element.
func readOID(in *cryptobyte.String, want []byte) bool {
	var id cryptobyte.String
	return in.ReadASN1Element(&id, asn1.OBJECT_IDENTIFIER) && bytes.Equal(id, want)
}
