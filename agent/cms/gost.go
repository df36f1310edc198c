package cms

import (
	"golang.org/x/crypto/cryptobyte/asn1"

	"qoltanba/agent/gost"
)

// gostAlgorithms returns the algorithms of GOST. Kazakh signatures are named by the
// algorithm of the certificates' own signatures, as the National Certification
// Authority's programs do; Russian ones by the key's algorithm (RFC 4490, section 3,
// and the same for the keys of 2012), and the other name is accepted too.
func gostAlgorithms(null []byte) ([]*digest, []*scheme) {
	var ds []*digest
	var ss []*scheme
	for _, a := range []struct {
		family     family
		hash       gost.Hash
		digest     string
		signatures []string
	}{
		{gostKazakh, gost.Hash94Kazakh, "1.2.398.3.10.1.3.1", []string{"1.2.398.3.10.1.1.1.2"}},
		{gostKazakh, gost.Streebog512, "1.2.398.3.10.1.3.3", []string{"1.2.398.3.10.1.1.2.3.2"}},
		{gostRussian, gost.Hash94, "1.2.643.2.2.9", []string{"1.2.643.2.2.19", "1.2.643.2.2.3"}},
		{gostRussian, gost.Streebog256, "1.2.643.7.1.1.2.2", []string{"1.2.643.7.1.1.1.1", "1.2.643.7.1.1.3.2"}},
		{gostRussian, gost.Streebog512, "1.2.643.7.1.1.2.3", []string{"1.2.643.7.1.1.1.2", "1.2.643.7.1.1.3.3"}},
	} {
		both := func(dotted string) [][]byte {
			return [][]byte{tlv(asn1.SEQUENCE, oid(dotted), null), tlv(asn1.SEQUENCE, oid(dotted))}
		}
		d := &digest{a.hash, both(a.digest)}
		s := &scheme{family: a.family, digest: d}
		for _, name := range a.signatures {
			s.ids = append(s.ids, both(name)...)
		}
		ds, ss = append(ds, d), append(ss, s)
	}
	return ds, ss
}

// gost reports whether keys of the family go with one digest only.
func (f family) gost() bool { return f == gostKazakh || f == gostRussian }

// gostFamily returns the family of a key: the identifiers and byte order are those of
// its certificate's country.
func gostFamily(key *gost.PublicKey) family {
	if key.Params().Kazakh() {
		return gostKazakh
	}
	return gostRussian
}
