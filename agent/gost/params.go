package gost

import (
	"encoding/asn1"
	"fmt"
	"slices"
)

// Params are what an algorithm identifier says of a key: country, curve, digest.
// There is one value for each; compare the pointers.
type Params struct {
	name      string
	curve     *curve
	hash      Hash
	kazakh    bool
	key       asn1.ObjectIdentifier // of the algorithm
	set       asn1.ObjectIdentifier // of the curve
	signature asn1.ObjectIdentifier // of the signature with the digest

	// Algorithm identifiers as DER; the first is the one that is written. They
	// are compared as a whole, so that nothing slips through a parser.
	keyIDs, signatureIDs [][]byte
}

// The two kinds of Kazakh keys.
var (
	Kazakh2004 = newParams("ST RK GOST R 34.310-2004", cryptoProA, Hash94Kazakh,
		kazakhstan(1, 1), kazakhstan(1, 1, 1), kazakhstan(1, 2), kazakhHash(1, 1, 0))
	Kazakh2015 = newParams("GOST R 34.10-2015 512 bit", tc26A512, Streebog512,
		kazakhstan(2, 2), kazakhstan(2, 2, 1), kazakhstan(2, 3, 2), kazakhHash(3))
)

// kazakh256 are the keys that are recognized and refused.
var kazakh256 = kazakhstan(2, 1)

func kazakhstan(arcs ...int) asn1.ObjectIdentifier {
	return append(asn1.ObjectIdentifier{1, 2, 398, 3, 10, 1, 1}, arcs...)
}

func kazakhHash(arcs ...int) asn1.ObjectIdentifier {
	return append(asn1.ObjectIdentifier{1, 2, 398, 3, 10, 1, 3}, arcs...)
}

func cryptoPro(arcs ...int) asn1.ObjectIdentifier {
	return append(asn1.ObjectIdentifier{1, 2, 643, 2, 2}, arcs...)
}

func tc26(arcs ...int) asn1.ObjectIdentifier {
	return append(asn1.ObjectIdentifier{1, 2, 643, 7, 1}, arcs...)
}

// supported are all parameter sets: the Kazakh ones, then the Russian ones.
var supported = func() []*Params {
	list := []*Params{Kazakh2004, Kazakh2015}
	for _, s := range []struct {
		name  string
		arcs  []int
		curve *curve
	}{
		{"CryptoPro-A", []int{35, 1}, cryptoProA},
		{"CryptoPro-B", []int{35, 2}, cryptoProB},
		{"CryptoPro-C", []int{35, 3}, cryptoProC},
		{"CryptoPro-XchA", []int{36, 0}, cryptoProA},
		{"CryptoPro-XchB", []int{36, 1}, cryptoProC},
	} {
		list = append(list,
			newParams("GOST R 34.10-2001 "+s.name, s.curve, Hash94,
				cryptoPro(19), cryptoPro(s.arcs...), cryptoPro(3), cryptoPro(30, 1)),
			newParams("GOST R 34.10-2012 256 bit "+s.name, s.curve, Streebog256,
				tc26(1, 1, 1), cryptoPro(s.arcs...), tc26(1, 3, 2), tc26(1, 2, 2)))
	}
	for i, c := range []*curve{tc26A256, cryptoProA, cryptoProB, cryptoProC} {
		list = append(list, newParams("GOST R 34.10-2012 256 bit TC26-"+string("ABCD"[i]), c, Streebog256,
			tc26(1, 1, 1), tc26(2, 1, 1, i+1), tc26(1, 3, 2), tc26(1, 2, 2)))
	}
	for i, c := range []*curve{tc26A512, tc26B512, tc26C512} {
		list = append(list, newParams("GOST R 34.10-2012 512 bit TC26-"+string("ABC"[i]), c, Streebog512,
			tc26(1, 1, 2), tc26(2, 1, 2, i+1), tc26(1, 3, 3), tc26(1, 2, 3)))
	}
	return list
}()

// Russian2012 are the keys of GOST R 34.10-2012 with 256 bits that are the most
// common: on CryptoPro-A.
var Russian2012 = supported[slices.IndexFunc(supported, func(p *Params) bool {
	return p.hash == Streebog256 && p.set.Equal(cryptoPro(35, 1))
})]

// Supported returns all parameter sets, the Kazakh ones first.
func Supported() []*Params { return slices.Clone(supported) }

func newParams(name string, c *curve, h Hash, key, set, signature, digest asn1.ObjectIdentifier) *Params {
	p := &Params{name: name, curve: c, hash: h, kazakh: key[2] == 398, key: key, set: set, signature: signature}
	whole := marshalID(key, set, digest)
	bare := marshalID(key, set)
	switch {
	case p.kazakh:
		p.keyIDs = [][]byte{whole}
	case key.Equal(cryptoPro(19)):
		// RFC 4491, section 2.3.2: the digest is named, and there may be
		// parameters of a cipher, which signatures do not use.
		p.keyIDs = [][]byte{whole}
		for i := range 5 {
			p.keyIDs = append(p.keyIDs, marshalID(key, set, digest, cryptoPro(31, i)))
		}
	case set[3] == 2:
		p.keyIDs = [][]byte{whole} // RFC 9215, section 4.2: with a set of CryptoPro's, the digest is named
	default:
		p.keyIDs = [][]byte{bare, whole}
	}
	null := mustMarshal(struct {
		Algorithm asn1.ObjectIdentifier
		Null      asn1.RawValue
	}{signature, asn1.NullRawValue})
	absent := mustMarshal(struct{ Algorithm asn1.ObjectIdentifier }{signature})
	p.signatureIDs = [][]byte{absent, null}
	if p.kazakh {
		slices.Reverse(p.signatureIDs)
	}
	return p
}

// marshalID returns an AlgorithmIdentifier whose parameters are identifiers.
func marshalID(algorithm asn1.ObjectIdentifier, parameters ...asn1.ObjectIdentifier) []byte {
	return mustMarshal(struct {
		Algorithm  asn1.ObjectIdentifier
		Parameters []asn1.ObjectIdentifier
	}{algorithm, parameters})
}

// mustMarshal encodes what cannot fail.
func mustMarshal(v any) []byte {
	der, err := asn1.Marshal(v)
	if err != nil {
		panic("gost: " + err.Error())
	}
	return der
}

// findParams returns the parameters that the algorithm identifier of a key names.
func findParams(id []byte) (*Params, error) {
	for _, p := range supported {
		if slices.ContainsFunc(p.keyIDs, func(known []byte) bool { return string(known) == string(id) }) {
			return p, nil
		}
	}
	algorithm, err := identifier(id)
	if err != nil {
		return nil, fmt.Errorf("reading the algorithm of a key: %w", err)
	}
	switch {
	case algorithm.Equal(kazakh256):
		return nil, fmt.Errorf("a Kazakh 256-bit key (%v), whose curve is not published: %w", algorithm, ErrUnsupported)
	case isGOST(algorithm):
		return nil, fmt.Errorf("parameters of a %v key: %w", algorithm, ErrUnsupported)
	}
	return nil, fmt.Errorf("a %v key: %w", algorithm, ErrUnsupported)
}

// isGOST reports whether the algorithm of a key is one of this package, whatever
// its parameters.
func isGOST(algorithm asn1.ObjectIdentifier) bool {
	return algorithm.Equal(kazakh256) ||
		slices.ContainsFunc(supported, func(p *Params) bool { return algorithm.Equal(p.key) })
}

// identifier returns the algorithm of an AlgorithmIdentifier.
func identifier(id []byte) (asn1.ObjectIdentifier, error) {
	var a struct {
		Algorithm  asn1.ObjectIdentifier
		Parameters asn1.RawValue `asn1:"optional"`
	}
	if rest, err := asn1.Unmarshal(id, &a); err != nil || len(rest) > 0 {
		return nil, ErrFormat
	}
	return a.Algorithm, nil
}

// Hash returns the digest that keys of these parameters sign.
func (p *Params) Hash() Hash { return p.hash }

// Curve returns the identifier of the curve, as the key's algorithm identifier
// has it.
func (p *Params) Curve() asn1.ObjectIdentifier { return slices.Clone(p.set) }

// Kazakh reports whether keys and signatures have Kazakh identifiers and byte
// order.
func (p *Params) Kazakh() bool { return p.kazakh }

// Size returns the bytes of a scalar, a coordinate, a digest and half a signature.
func (p *Params) Size() int { return 8 * p.curve.field.n }

// SignatureAlgorithm returns the AlgorithmIdentifier of a signature, as DER.
func (p *Params) SignatureAlgorithm() []byte { return slices.Clone(p.signatureIDs[0]) }

// String returns the name of standard and curve.
func (p *Params) String() string { return p.name }
