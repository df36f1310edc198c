package pfx

import (
	"crypto/sha1"
	"encoding/asn1"
)

// MaxIterations is how many iterations one part of a file may have.
const MaxIterations = maxIterations

// MACKey is the key of a MAC by SHA-1.
func MACKey(password string, salt []byte, iterations int) []byte {
	return derive(sha1.New, bmp([]byte(password)), salt, iterations, forMAC, sha1.Size)
}

// Loosen writes a file anew as BER: with indefinite lengths, and octet strings
// in pieces.
func Loosen(file []byte) ([]byte, error) {
	n, err := parse(file)
	if err != nil {
		return nil, err
	}
	return loosen(n), nil
}

func loosen(n node) []byte {
	head := byte(n.class<<6|n.tag) | 0x20
	var inside []byte
	octets := n.is(asn1.TagOctetString) || n.class == asn1.ClassContextSpecific
	switch {
	case n.constructed:
		for _, c := range n.children {
			inside = append(inside, loosen(c)...)
		}
	case octets && len(n.content) > 16:
		for rest := n.content; len(rest) > 0; {
			piece := rest[:min(len(rest), 100)]
			rest = rest[len(piece):]
			inside = append(append(inside, 0x04, byte(len(piece))), piece...)
		}
	default:
		return n.der()
	}
	return append(append([]byte{head, 0x80}, inside...), 0, 0)
}
