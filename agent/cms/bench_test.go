package cms_test

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"testing"
	"time"

	"qoltanba/agent/cms"
	"qoltanba/agent/gost"
)

// BenchmarkSign signs 4 KiB with a prepared signer, in turns with the bare key, so
// that a busy machine slows both alike; of-bare is the share of the bare key's speed
// that is left.
func BenchmarkSign(b *testing.B) {
	content := make([]byte, 4096)
	for _, a := range algorithms {
		b.Run(a.name, func(b *testing.B) {
			s := a.signer()
			p := must(s.Prepare())
			o := cms.Options{Time: signedAt, Origin: origin}
			digest := make([]byte, a.hash.Size())
			var opts crypto.SignerOpts = a.hash
			if s.PSS {
				opts = &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash, Hash: crypto.SHA256}
			}
			var whole, bare time.Duration
			for b.Loop() {
				start := time.Now()
				if _, err := p.Sign(content, o); err != nil {
					b.Fatal(err)
				}
				between := time.Now()
				if _, err := s.Key.Sign(rand.Reader, digest, opts); err != nil {
					b.Fatal(err)
				}
				whole += between.Sub(start)
				bare += time.Since(between)
			}
			b.ReportMetric(float64(whole)/float64(b.N), "ns/op")
			b.ReportMetric(float64(bare)/float64(whole), "of-bare")
			b.ReportMetric(float64(b.N)/whole.Seconds(), "signatures/s")
		})
	}
}

// BenchmarkBatch signs 1,000 documents of 2 KiB, an ordinary payment order, with a
// Kazakh GOST key in memory. of-bare is the share of the bare key's speed that is left.
func BenchmarkBatch(b *testing.B) {
	documents := make([][]byte, 1000)
	for i := range documents {
		documents[i] = bytes.Repeat([]byte{byte(i)}, 2048)
	}
	for _, params := range []*gost.Params{gost.Kazakh2015, gost.Kazakh2004} {
		b.Run(params.String(), func(b *testing.B) {
			s := byName(params.String())
			p := must(s.Prepare())
			o := cms.Options{Time: signedAt, Origin: origin}
			digest := make([]byte, params.Size())
			var batch, bare time.Duration
			for b.Loop() {
				for _, d := range documents { // in turns, as BenchmarkSign
					start := time.Now()
					if _, err := p.Sign(d, o); err != nil {
						b.Fatal(err)
					}
					between := time.Now()
					if _, err := s.Key.Sign(nil, digest, params.Hash()); err != nil {
						b.Fatal(err)
					}
					batch += between.Sub(start)
					bare += time.Since(between)
				}
			}
			b.ReportMetric(float64(batch)/float64(b.N), "ns/op")
			b.ReportMetric(float64(bare)/float64(batch), "of-bare")
			b.ReportMetric(float64(b.N*len(documents))/batch.Seconds(), "signatures/s")
		})
	}
}

// BenchmarkBuild is BenchmarkSign without the key: what the message itself costs.
func BenchmarkBuild(b *testing.B) {
	s := byName("P-256")
	value := make([]byte, 71)
	s.Key = fakeKey{s.Key.Public(), func([]byte, crypto.SignerOpts) ([]byte, error) { return value, nil }}
	p := must(s.Prepare())
	content := make([]byte, 4096)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := p.Sign(content, cms.Options{Time: signedAt, Origin: origin}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkVerify(b *testing.B) {
	for _, a := range algorithms {
		b.Run(a.name, func(b *testing.B) {
			der := must(cms.Sign(a.signer(), make([]byte, 4096), cms.Options{Time: signedAt}))
			v := trust()
			b.ReportAllocs()
			for b.Loop() {
				if _, err := cms.Verify(der, v); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
