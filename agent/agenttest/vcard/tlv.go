package vcard

import "slices"

// object encodes a BER-TLV data object.
func object(tag int, value []byte) []byte {
	var b []byte
	if tag > 0xFF {
		b = append(b, byte(tag>>8))
	}
	b = append(b, byte(tag))
	switch n := len(value); {
	case n < 0x80:
		b = append(b, byte(n))
	case n < 0x100:
		b = append(b, 0x81, byte(n))
	default:
		b = append(b, 0x82, byte(n>>8), byte(n))
	}
	return slices.Concat(b, value)
}

// objects reads data objects with tags and lengths of one byte, which is all
// that OpenSC sends. It stops at what is no such object.
func objects(b []byte) map[byte][]byte {
	all := make(map[byte][]byte)
	for len(b) >= 2 && b[1] < 0x80 && len(b) >= 2+int(b[1]) {
		end := 2 + int(b[1])
		all[b[0]] = b[2:end]
		b = b[end:]
	}
	return all
}
