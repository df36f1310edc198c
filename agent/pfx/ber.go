package pfx

import (
	"bytes"
	"encoding/asn1"
	"fmt"
)

// Limits of what is read. A bank's file has some kilobytes, a depth of ten, a key or two
// and their issuers' certificates. Each key is tried with each certificate.
const (
	maxFile         = 1 << 20
	maxDepth        = 32
	maxNodes        = 10000
	maxKeys         = 16
	maxCertificates = 64
	maxKey          = 16 << 10 // an RSA key of 16,384 bits is shorter; one of a megabyte is computed with for an hour
)

// A node is one BER value (ITU-T X.690): a primitive one has content, a
// constructed one children.
type node struct {
	class, tag  int
	constructed bool
	content     []byte
	children    []node
}

// parser counts what it has made, so that a small file cannot become large.
type parser struct{ nodes int }

// parse reads one value that takes up all of b.
func parse(b []byte) (node, error) {
	var p parser
	n, rest, err := p.value(b, 0)
	if err == nil && len(rest) > 0 {
		err = damaged("%d bytes follow the end", len(rest))
	}
	return n, err
}

func damaged(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrDamaged, fmt.Sprintf(format, args...))
}

// value reads one value and returns what follows it.
func (p *parser) value(b []byte, depth int) (n node, rest []byte, err error) {
	if p.nodes++; p.nodes > maxNodes || depth > maxDepth {
		return n, nil, damaged("nested too deeply")
	}
	if len(b) < 2 {
		return n, nil, damaged("cut off")
	}
	n.class, n.constructed, n.tag = int(b[0]>>6), b[0]&0x20 != 0, int(b[0]&0x1f)
	if n.tag == 0x1f {
		return n, nil, damaged("a long tag") // none occurs in PKCS#12
	}
	length, b, err := readLength(b[1:])
	switch {
	case err != nil:
		return n, nil, err
	case length < 0 && !n.constructed:
		return n, nil, damaged("a primitive value without length")
	case length < 0:
		return p.indefinite(n, b, depth)
	case length > len(b):
		return n, nil, damaged("cut off")
	}
	content, rest := b[:length], b[length:]
	if !n.constructed {
		n.content = content
		return n, rest, nil
	}
	for len(content) > 0 {
		var child node
		if child, content, err = p.value(content, depth+1); err != nil {
			return n, nil, err
		}
		n.children = append(n.children, child)
	}
	return n, rest, nil
}

// indefinite reads children up to the end-of-contents octets (X.690, 8.1.5).
func (p *parser) indefinite(n node, b []byte, depth int) (node, []byte, error) {
	for {
		if len(b) < 2 {
			return n, nil, damaged("cut off")
		}
		if b[0] == 0 && b[1] == 0 {
			return n, b[2:], nil
		}
		child, rest, err := p.value(b, depth+1)
		if err != nil {
			return n, nil, err
		}
		n.children, b = append(n.children, child), rest
	}
}

// readLength returns -1 for the indefinite form.
func readLength(b []byte) (length int, rest []byte, err error) {
	first := b[0]
	b = b[1:]
	switch {
	case first == 0x80:
		return -1, b, nil
	case first < 0x80:
		return int(first), b, nil
	}
	n := int(first & 0x7f)
	if n > 4 || n > len(b) {
		return 0, nil, damaged("a length of %d bytes", n)
	}
	for _, c := range b[:n] {
		length = length<<8 | int(c)
	}
	return length, b[n:], nil
}

// is tells whether n is of a universal tag.
func (n node) is(tag int) bool { return n.class == asn1.ClassUniversal && n.tag == tag }

// field returns the child at place i, of that universal tag.
func (n node) field(i, tag int) (node, error) {
	if i >= len(n.children) {
		return node{}, damaged("a field is missing")
	}
	if !n.children[i].is(tag) {
		return node{}, damaged("a field of tag %d where %d belongs", n.children[i].tag, tag)
	}
	return n.children[i], nil
}

// explicit returns what is inside the context tag [0] at place i.
func (n node) explicit(i int) (node, error) {
	if i >= len(n.children) {
		return node{}, damaged("a field is missing")
	}
	c := n.children[i]
	if c.class != asn1.ClassContextSpecific || c.tag != 0 || len(c.children) != 1 {
		return node{}, damaged("no [0] where it belongs")
	}
	return c.children[0], nil
}

// octets returns the bytes of an octet string, also of one in pieces (X.690,
// 8.7), whatever its own tag is.
func (n node) octets() ([]byte, error) {
	if !n.constructed {
		return n.content, nil
	}
	var all []byte
	for _, c := range n.children {
		if !c.is(asn1.TagOctetString) {
			return nil, damaged("an octet string of other values")
		}
		piece, err := c.octets()
		if err != nil {
			return nil, err
		}
		all = append(all, piece...)
	}
	return all, nil
}

// oid returns an object identifier in its dotted form.
func (n node) oid() (string, error) {
	if !n.is(asn1.TagOID) || len(n.content) == 0 {
		return "", damaged("no object identifier where it belongs")
	}
	var id asn1.ObjectIdentifier
	if rest, err := asn1.Unmarshal(n.der(), &id); err != nil || len(rest) > 0 {
		return "", damaged("object identifier")
	}
	return id.String(), nil
}

// number returns a small positive integer.
func (n node) number() (int, error) {
	if !n.is(asn1.TagInteger) || len(n.content) == 0 || len(n.content) > 4 || n.content[0]&0x80 != 0 {
		return 0, damaged("no number where it belongs")
	}
	v := 0
	for _, c := range n.content {
		v = v<<8 | int(c)
	}
	return v, nil
}

// der encodes a node with definite lengths.
func (n node) der() []byte {
	content := n.content
	if n.constructed {
		var all [][]byte
		for _, c := range n.children {
			all = append(all, c.der())
		}
		content = bytes.Join(all, nil)
	}
	head := []byte{byte(n.class<<6 | n.tag)}
	if n.constructed {
		head[0] |= 0x20
	}
	switch l := len(content); {
	case l < 0x80:
		head = append(head, byte(l))
	case l < 0x100:
		head = append(head, 0x81, byte(l))
	case l < 0x10000:
		head = append(head, 0x82, byte(l>>8), byte(l))
	default:
		head = append(head, 0x83, byte(l>>16), byte(l>>8), byte(l))
	}
	return append(head, content...)
}
