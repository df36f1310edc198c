package gost

import (
	"crypto"
	"hash"
)

// A Hash is one of the digests that GOST signatures go with. It is a
// crypto.SignerOpts, but has no crypto.Hash.
type Hash int

// The digests.
const (
	Streebog256  Hash = iota + 1 // GOST R 34.11-2012, 256 bit
	Streebog512                  // GOST R 34.11-2012, 512 bit
	Hash94                       // GOST R 34.11-94 with CryptoPro's substitution
	Hash94Kazakh                 // ST RK GOST R 34.311-95: the same with the substitution of the standard's examples
)

// New returns a new hash.Hash. It panics when h is none of the constants.
func (h Hash) New() hash.Hash {
	switch h {
	case Streebog256, Streebog512:
		return newStreebog(h.Size())
	case Hash94:
		return newHash94(table94CryptoPro)
	case Hash94Kazakh:
		return newHash94(table94Test)
	}
	panic("gost: unknown hash")
}

// Size returns the length of the digest in bytes.
func (h Hash) Size() int {
	if h == Streebog512 {
		return 64
	}
	return 32
}

// Sum returns the digest of data.
func (h Hash) Sum(data []byte) []byte {
	d := h.New()
	d.Write(data)
	return d.Sum(nil)
}

// HashFunc returns 0: package crypto has no number for these digests.
func (h Hash) HashFunc() crypto.Hash { return 0 }

// String returns the name of the digest.
func (h Hash) String() string {
	switch h {
	case Streebog256:
		return "GOST R 34.11-2012 256 bit"
	case Streebog512:
		return "GOST R 34.11-2012 512 bit"
	case Hash94:
		return "GOST R 34.11-94"
	case Hash94Kazakh:
		return "ST RK GOST R 34.311-95"
	}
	return "unknown GOST hash"
}
