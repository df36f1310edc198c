package gost

import (
	"math/rand/v2"
	"testing"
)

// TestStreebogWords compares the two ways to compress, each of which the vectors of
// RFC 6986 meet on other processors.
func TestStreebogWords(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	words := func() (w [8]uint64) {
		for i := range w {
			w[i] = random.Uint64()
		}
		return w
	}
	for i := range 10000 {
		one := streebog{h: words()}
		other := one
		n, m := words(), words()
		one.compress(&n, &m)
		other.compressWords(&n, &m)
		if one != other {
			t.Fatalf("compression %d: %x and %x", i, one.h, other.h)
		}
	}
}
