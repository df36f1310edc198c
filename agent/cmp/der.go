package cmp

import (
	"bytes"
	"crypto/x509"
	"crypto/x509/pkix"
	stdasn1 "encoding/asn1"
	"fmt"
	"unicode/utf8"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// context returns a context-specific constructed tag. Tags are explicit in RFC 4210
// and mostly implicit in RFC 4211.
func context(n int) asn1.Tag { return asn1.Tag(n).ContextSpecific().Constructed() }

// usual is room for a message with certificates: a buffer that grows leaves copies
// of what is in it, which nobody wipes.
const usual = 16 << 10

// build returns what f writes.
func build(f func(*cryptobyte.Builder)) ([]byte, error) {
	b := cryptobyte.NewBuilder(make([]byte, 0, usual))
	f(b)
	return b.Bytes()
}

// oid returns the DER element of a dotted identifier, which is a constant of this
// package.
func oid(dotted string) []byte {
	der, err := marshalOID(dotted)
	if err != nil {
		panic("cmp: " + dotted + ": " + err.Error())
	}
	return der
}

// marshalOID encodes an identifier with arcs of any size.
func marshalOID(dotted string) ([]byte, error) {
	id, err := x509.ParseOID(dotted)
	if err != nil {
		return nil, err
	}
	content, err := id.MarshalBinary()
	if err != nil {
		return nil, err
	}
	var b cryptobyte.Builder
	b.AddASN1(asn1.OBJECT_IDENTIFIER, func(b *cryptobyte.Builder) { b.AddBytes(content) })
	return b.Bytes()
}

// algorithmID returns an AlgorithmIdentifier.
func algorithmID(dotted string, parameters ...byte) []byte {
	der, err := build(func(b *cryptobyte.Builder) {
		b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddBytes(oid(dotted))
			b.AddBytes(parameters)
		})
	})
	if err != nil {
		panic("cmp: " + dotted + ": " + err.Error())
	}
	return der
}

// splitAlgorithm returns the identifier of an AlgorithmIdentifier, as a DER element,
// and the parameters behind it.
func splitAlgorithm(der cryptobyte.String) (id, parameters cryptobyte.String, err error) {
	var content cryptobyte.String
	if !der.ReadASN1(&content, asn1.SEQUENCE) || !der.Empty() || !content.ReadASN1Element(&id, asn1.OBJECT_IDENTIFIER) {
		return nil, nil, fmt.Errorf("an algorithm: %w", ErrFormat)
	}
	return id, content, nil
}

// readName reads a GeneralName that must be a directory name, as RFC 9483, section
// 3.1, demands.
func readName(in *cryptobyte.String, name *[]byte) error {
	var general cryptobyte.String
	var tag asn1.Tag
	if !in.ReadAnyASN1(&general, &tag) {
		return fmt.Errorf("a name: %w", ErrFormat)
	}
	if tag != tagGeneralName {
		return fmt.Errorf("a name that is none of a directory: %w", ErrUnsupported)
	}
	if !isName(general) {
		return fmt.Errorf("a name: %w", ErrFormat)
	}
	*name = general
	return nil
}

// isName reports whether der is one Name.
func isName(der []byte) bool {
	var name pkix.RDNSequence
	rest, err := stdasn1.Unmarshal(der, &name)
	return err == nil && len(rest) == 0
}

// An Attribute is a value with its kind: a control of a request (RFC 4211, section
// 6), or what a general message asks and answers (RFC 4210, section 5.3.19).
type Attribute struct {
	Type  string // dotted identifier
	Value []byte // one DER element, nil for none
}

func writeAttributes(b *cryptobyte.Builder, all []Attribute) {
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		for _, a := range all {
			b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
				id, err := marshalOID(a.Type)
				if err != nil {
					b.SetError(err)
				}
				b.AddBytes(id)
				b.AddBytes(a.Value)
			})
		}
	})
}

// readAttributes reads a SEQUENCE OF attributes. One kind is there once.
func readAttributes(in *cryptobyte.String, empty bool) ([]Attribute, bool) {
	var list cryptobyte.String
	if !in.ReadASN1(&list, asn1.SEQUENCE) || list.Empty() && !empty {
		return nil, false
	}
	var all []Attribute
	seen := map[string]bool{}
	for !list.Empty() {
		var one, id, value cryptobyte.String
		var tag asn1.Tag
		var o x509.OID
		if !list.ReadASN1(&one, asn1.SEQUENCE) || !one.ReadASN1(&id, asn1.OBJECT_IDENTIFIER) || o.UnmarshalBinary(id) != nil ||
			!one.Empty() && (!one.ReadAnyASN1Element(&value, &tag) || !one.Empty()) {
			return nil, false
		}
		a := Attribute{Type: o.String(), Value: value}
		if all = append(all, a); seen[a.Type] || len(all) > maxAttributes {
			return nil, false
		}
		seen[a.Type] = true
	}
	return all, true
}

func writeTexts(b *cryptobyte.Builder, text string) {
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1(asn1.UTF8String, func(b *cryptobyte.Builder) { b.AddBytes([]byte(text)) })
	})
}

// readTexts reads a PKIFreeText and returns the first of its texts.
func readTexts(in *cryptobyte.String) (first string, ok bool) {
	var list cryptobyte.String
	if !in.ReadASN1(&list, asn1.SEQUENCE) || list.Empty() {
		return "", false
	}
	for n := 0; !list.Empty(); n++ {
		var text []byte
		if !list.ReadASN1Bytes(&text, asn1.UTF8String) || !utf8.Valid(text) || len(text) > maxText || n == maxTexts {
			return "", false
		}
		if n == 0 {
			first = string(text)
		}
	}
	return first, true
}

// readOptionalTexts is readTexts where there may be none.
func readOptionalTexts(in *cryptobyte.String) (first string, ok bool) {
	if !in.PeekASN1Tag(asn1.SEQUENCE) {
		return "", true
	}
	return readTexts(in)
}

func contains(all [][]byte, one []byte) bool {
	for _, known := range all {
		if bytes.Equal(known, one) {
			return true
		}
	}
	return false
}
