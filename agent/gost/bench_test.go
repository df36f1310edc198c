package gost_test

import (
	"testing"

	"qoltanba/agent/gost"
)

func BenchmarkSign(b *testing.B) {
	for _, p := range curves() {
		b.Run(p.String(), func(b *testing.B) {
			k, digest := gost.GenerateKey(p), make([]byte, p.Size())
			for b.Loop() {
				if _, err := k.Sign(nil, digest, nil); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "signatures/s")
		})
	}
}

func BenchmarkVerify(b *testing.B) {
	for _, p := range curves() {
		b.Run(p.String(), func(b *testing.B) {
			k, digest := gost.GenerateKey(p), make([]byte, p.Size())
			signature, err := k.Sign(nil, digest, nil)
			if err != nil {
				b.Fatal(err)
			}
			public := k.Public().(*gost.PublicKey)
			for b.Loop() {
				if err := public.Verify(digest, signature); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "verifications/s")
		})
	}
}
