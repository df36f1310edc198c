package cms

import (
	"bytes"
	"fmt"
	"time"
	"unicode/utf8"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// attribute returns an Attribute with one value (RFC 5652, section 5.3).
func attribute(id, value []byte) []byte {
	return tlv(asn1.SEQUENCE, id, tlv(asn1.SET, value))
}

// The two forms of signingTime: UTCTime from 1950 to 2049, else GeneralizedTime,
// both in UTC with seconds (RFC 5652, section 11.3).
const (
	utcTime         = "060102150405Z"
	generalizedTime = "20060102150405Z"
)

func encodeTime(t time.Time) ([]byte, error) {
	t = t.UTC()
	switch year := t.Year(); {
	case year < 0 || year > 9999:
		return nil, fmt.Errorf("encoding the year %d: %w", year, ErrFormat)
	case year < 1950 || year > 2049:
		return tlv(asn1.GeneralizedTime, []byte(t.Format(generalizedTime))), nil
	}
	return tlv(asn1.UTCTime, []byte(t.Format(utcTime))), nil
}

// readTime reads what encodeTime writes, and nothing else.
func readTime(in cryptobyte.String) (time.Time, bool) {
	var text cryptobyte.String
	var tag asn1.Tag
	element := in
	if !in.ReadAnyASN1(&text, &tag) {
		return time.Time{}, false
	}
	layout := generalizedTime
	if tag == asn1.UTCTime {
		layout = utcTime
	}
	t, err := time.Parse(layout, string(text))
	if err != nil {
		return time.Time{}, false
	}
	if tag == asn1.UTCTime && t.Year() >= 2050 {
		t = t.AddDate(-100, 0, 0) // time.Parse turns at 1969, ASN.1 at 1950
	}
	// Fractions, GeneralizedTime where UTCTime is due, and second values end here.
	again, err := encodeTime(t)
	return t, err == nil && bytes.Equal(again, element)
}

// attributes are the signed attributes of a message.
type attributes struct {
	signed        []byte // the SET OF that the signature covers
	messageDigest []byte
	signingTime   time.Time
	reference     reference
	origin        string
}

// readAttributes reads the content of signedAttrs. Attributes of other kinds are
// allowed, for they are signed, and ignored.
func readAttributes(in cryptobyte.String) (a attributes, err error) {
	a.signed = tlv(asn1.SET, in)
	list, ok := readSet(in, asn1.SEQUENCE)
	if !ok {
		return a, malformed("the set of signed attributes")
	}
	values := make(map[string]cryptobyte.String, len(list))
	for _, element := range list {
		var attr, id, vals cryptobyte.String
		if !element.ReadASN1(&attr, asn1.SEQUENCE) ||
			!attr.ReadASN1Element(&id, asn1.OBJECT_IDENTIFIER) ||
			!attr.ReadASN1(&vals, asn1.SET) || !attr.Empty() || vals.Empty() {
			return a, malformed("a signed attribute")
		}
		if _, twice := values[string(id)]; twice {
			return a, malformed("a signed attribute that is there twice")
		}
		values[string(id)] = vals
	}

	contentType := values[string(oidContentType)]
	if !readOID(&contentType, oidData) || !contentType.Empty() {
		return a, malformed("contentType")
	}
	messageDigest := values[string(oidMessageDigest)]
	if !messageDigest.ReadASN1Bytes(&a.messageDigest, asn1.OCTET_STRING) || !messageDigest.Empty() {
		return a, malformed("messageDigest")
	}
	if a.signingTime, ok = readTime(values[string(oidSigningTime)]); !ok {
		return a, malformed("signingTime")
	}
	if a.reference, err = readReference(values[string(oidSigningCertificate)]); err != nil {
		return a, err
	}
	if origin, there := values[string(oidOrigin)]; there {
		var text cryptobyte.String
		if !origin.ReadASN1(&text, asn1.UTF8String) || !origin.Empty() || len(text) == 0 || !utf8.Valid(text) {
			return a, malformed("the origin")
		}
		a.origin = string(text)
	}
	return a, nil
}
