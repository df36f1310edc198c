//go:build cgo

package remote_test

import (
	"crypto"
	"crypto/sha256"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"qoltanba/agent"
	"qoltanba/agent/agenttest"
	"qoltanba/agent/agenttest/softhsm"
	"qoltanba/pkcs11"
	"qoltanba/pkcs11/remote"
)

// BenchmarkSign signs as a batch does, through a helper and in turns with the
// module in this process. The metric ratio is the helper's speed over the other.
func BenchmarkSign(b *testing.B) {
	for _, alg := range []agent.KeyAlgorithm{agent.RSA2048, agent.P256} {
		b.Run(fmt.Sprint(alg), func(b *testing.B) {
			store := softhsm.New(b)
			far, near := store.Token(b, "Far", "1234"), store.Token(b, "Near", "1234")
			helper := module(b, store.Module, remote.Options{Poll: time.Second})
			inside, err := pkcs11.Open(store.Module, pkcs11.Options{Sessions: 2})
			if err != nil {
				b.Fatal(err)
			}
			defer inside.Close()
			f, n := benchKey(b, helper, far, alg), benchKey(b, inside, near, alg)
			const rounds = 10
			each := b.N/rounds + 1
			var farTook, nearTook time.Duration
			b.ResetTimer()
			for range rounds {
				farTook += signMany(b, f, each)
				b.StopTimer()
				nearTook += signMany(b, n, each)
				b.StartTimer()
			}
			b.ReportMetric(float64(rounds*each)/farTook.Seconds(), "sign/s")
			b.ReportMetric(float64(rounds*each)/nearTook.Seconds(), "inside-sign/s")
			b.ReportMetric(nearTook.Seconds()/farTook.Seconds(), "ratio")
		})
	}
}

func benchKey(b *testing.B, tokens agent.Tokens, token *softhsm.Token, alg agent.KeyAlgorithm) agent.Key {
	b.Helper()
	tok, err := tokens.Open(b.Context(), token.ID)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { tok.Close() })
	if err := tok.Login(b.Context(), agent.NewSecret([]byte(token.PIN))); err != nil {
		b.Fatal(err)
	}
	id := []byte("12345678")
	k, err := tok.GenerateKey(b.Context(), agent.KeySpec{ID: id, Label: "x", Algorithm: alg})
	if err != nil {
		b.Fatal(err)
	}
	if err := tok.StoreCertificate(b.Context(), id, "x", agenttest.TestCA().Issue(k.Public(), "x")); err != nil {
		b.Fatal(err)
	}
	return k
}

// signMany signs n times from as many goroutines as a batch has.
func signMany(b *testing.B, k agent.Key, n int) time.Duration {
	digest := sha256.Sum256([]byte("order"))
	start := time.Now()
	var next atomic.Int64
	var all sync.WaitGroup
	for range 32 {
		all.Go(func() {
			for next.Add(1) <= int64(n) {
				if _, err := k.Sign(nil, digest[:], crypto.SHA256); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
	return time.Since(start)
}
