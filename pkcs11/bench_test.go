package pkcs11_test

import (
	"crypto"
	"crypto/sha256"
	"fmt"
	"sync"
	"testing"
	"time"

	p11 "github.com/miekg/pkcs11"

	"qoltanba/agent"
	"qoltanba/agent/agenttest/softhsm"
	"qoltanba/pkcs11"
)

// BenchmarkSign signs with 1 and 2 goroutines, in turns through a Key and in a
// bare loop of C_SignInit and C_Sign with a session for each goroutine. The
// metric ratio is the Key's speed over that of the bare loop.
func BenchmarkSign(b *testing.B) {
	for _, alg := range []agent.KeyAlgorithm{agent.RSA2048, agent.P256} {
		for _, n := range []int{1, 2} {
			b.Run(fmt.Sprintf("%s/goroutines=%d", alg, n), func(b *testing.B) { benchmarkSign(b, alg, n) })
		}
	}
}

func benchmarkSign(b *testing.B, alg agent.KeyAlgorithm, goroutines int) {
	s := softhsm.New(b)
	token := s.Token(b, "Accounts", "1234")
	m, err := pkcs11.Open(s.Module, pkcs11.Options{Sessions: goroutines})
	if err != nil {
		b.Fatal(err)
	}
	defer m.Close()
	k := newKey(b, openToken(b, m, token), alg)
	digest := sha256.Sum256([]byte("order"))
	ours := func(int) {
		if _, err := k.Sign(nil, digest[:], crypto.SHA256); err != nil {
			b.Error(err)
		}
	}
	bare := bareLoop(b, s, token, k.ID(), alg, goroutines, digest[:])

	const rounds = 20 // so that both meet the same disturbances
	each := b.N/(rounds*goroutines) + 1
	var oursTook, bareTook time.Duration
	b.ResetTimer()
	for range rounds {
		oursTook += run(goroutines, each, ours)
		b.StopTimer()
		bareTook += run(goroutines, each, bare)
		b.StartTimer()
	}
	total := float64(rounds * goroutines * each)
	b.ReportMetric(total/oursTook.Seconds(), "sign/s")
	b.ReportMetric(total/bareTook.Seconds(), "bare-sign/s")
	b.ReportMetric(bareTook.Seconds()/oursTook.Seconds(), "ratio")
}

// run calls f each times in every goroutine and takes the time.
func run(goroutines, each int, f func(goroutine int)) time.Duration {
	start := time.Now()
	var all sync.WaitGroup
	for g := range goroutines {
		all.Go(func() {
			for range each {
				f(g)
			}
		})
	}
	all.Wait()
	return time.Since(start)
}

// bareLoop returns a function that signs past package pkcs11, with a session of
// its own for each goroutine. The token is unlocked.
func bareLoop(b *testing.B, s *softhsm.Store, token *softhsm.Token, id []byte, alg agent.KeyAlgorithm, goroutines int, digest []byte) func(int) {
	lib := p11.New(s.Module)
	mechanism := p11.NewMechanism(p11.CKM_ECDSA, nil)
	if alg == agent.RSA2048 {
		mechanism = p11.NewMechanism(p11.CKM_RSA_PKCS, nil)
		// DigestInfo of SHA-256, RFC 8017 section 9.2.
		digest = append([]byte{0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20}, digest...)
	}
	sessions := make([]p11.SessionHandle, goroutines)
	keys := make([]p11.ObjectHandle, goroutines)
	for g := range goroutines {
		sessions[g] = publicSession(b, lib, token)
		if err := lib.FindObjectsInit(sessions[g], []*p11.Attribute{
			p11.NewAttribute(p11.CKA_CLASS, p11.CKO_PRIVATE_KEY), p11.NewAttribute(p11.CKA_ID, id)}); err != nil {
			b.Fatal(err)
		}
		found, _, err := lib.FindObjects(sessions[g], 1)
		if err != nil || len(found) != 1 {
			b.Fatalf("FindObjects = %v, %v", found, err)
		}
		if err := lib.FindObjectsFinal(sessions[g]); err != nil {
			b.Fatal(err)
		}
		keys[g] = found[0]
	}
	return func(g int) {
		err := lib.SignInit(sessions[g], []*p11.Mechanism{mechanism}, keys[g])
		if err == nil {
			_, err = lib.Sign(sessions[g], digest)
		}
		if err != nil {
			b.Error(err)
		}
	}
}
