package gost_test

import (
	"bytes"
	"cmp"
	"crypto/rand"
	"errors"
	"flag"
	"runtime"
	"slices"
	"sync"
	"testing"

	"qoltanba/agent/gost"
)

var pairs = flag.Int("pairs", 0, "random signatures for each curve (0: 10,000, or 100 under the race detector)")

// curves returns one parameter set for every curve, the Kazakh ones first.
func curves() []*gost.Params {
	names := []string{
		"ST RK GOST R 34.310-2004", "GOST R 34.10-2015 512 bit", // CryptoPro-A, TC26-512-A
		"GOST R 34.10-2012 256 bit TC26-A", "GOST R 34.10-2012 256 bit TC26-C", "GOST R 34.10-2012 256 bit TC26-D",
		"GOST R 34.10-2012 512 bit TC26-B", "GOST R 34.10-2012 512 bit TC26-C",
	}
	return slices.DeleteFunc(gost.Supported(), func(p *gost.Params) bool { return !slices.Contains(names, p.String()) })
}

// TestPairs signs random digests with random keys and verifies them, and not with
// a bit changed.
func TestPairs(t *testing.T) {
	const perKey = 50
	for _, p := range curves() {
		n := *pairs
		if n == 0 && (raceEnabled || testing.Short()) {
			n = 100
		}
		n = cmp.Or(n, 10_000)
		t.Run(p.String(), func(t *testing.T) {
			keys := make(chan *gost.PrivateKey)
			var workers sync.WaitGroup
			for range runtime.GOMAXPROCS(0) {
				workers.Go(func() { // until keys is closed
					for k := range keys {
						for i := range perKey {
							pair(t, k, i == 0)
						}
					}
				})
			}
			for range n / perKey {
				keys <- gost.GenerateKey(p)
			}
			close(keys)
			workers.Wait()
		})
	}
}

func pair(t *testing.T, k *gost.PrivateKey, damage bool) {
	digest := make([]byte, k.Params().Size())
	rand.Read(digest)
	signature, err := k.Sign(nil, digest, k.Params().Hash())
	if err != nil {
		t.Errorf("Sign = %v", err)
		return
	}
	if err := public(k).Verify(digest, signature); err != nil {
		t.Errorf("Verify(%x, %x) by %x = %v", digest, signature, public(k).Bytes(), err)
	}
	if !damage {
		return
	}
	for _, b := range [][]byte{digest, signature} {
		b[len(b)/2] ^= 1
		if err := public(k).Verify(digest, signature); !errors.Is(err, gost.ErrSignature) {
			t.Errorf("Verify with a bit changed = %v, want ErrSignature", err)
		}
		b[len(b)/2] ^= 1
	}
}

// TestBadSignature: r and s out of range, the wrong length, the other country's
// byte order, another key's.
func TestBadSignature(t *testing.T) {
	for _, p := range gost.Supported() {
		k, n := gost.GenerateKey(p), p.Size()
		digest := bytes.Repeat([]byte{7}, n)
		good, err := k.Sign(nil, digest, nil)
		if err != nil {
			t.Fatal(err)
		}
		zero, large := make([]byte, n), bytes.Repeat([]byte{0xff}, n)
		other := slices.Clone(good)
		slices.Reverse(other)
		for name, signature := range map[string][]byte{
			"first half 0":         slices.Concat(zero, good[n:]),
			"second half 0":        slices.Concat(good[:n], zero),
			"first half too large": slices.Concat(large, good[n:]),
			"last half too large":  slices.Concat(good[:n], large),
			"too short":            good[:2*n-1],
			"too long":             append(slices.Clone(good), 0),
			"empty":                nil,
			"reversed":             other,
			"halves exchanged":     slices.Concat(good[n:], good[:n]),
		} {
			if err := public(k).Verify(digest, signature); !errors.Is(err, gost.ErrSignature) {
				t.Errorf("%v: Verify(%s) = %v, want ErrSignature", p, name, err)
			}
		}
		if err := public(gost.GenerateKey(p)).Verify(digest, good); !errors.Is(err, gost.ErrSignature) {
			t.Errorf("%v: Verify by another key = %v, want ErrSignature", p, err)
		}
		if err := public(k).Verify(digest, good); err != nil {
			t.Errorf("%v: Verify = %v", p, err)
		}
	}
}
