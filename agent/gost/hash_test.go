package gost_test

import (
	"crypto/hmac"
	"encoding/hex"
	"encoding/json"
	"hash"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"qoltanba/agent/gost"
)

var hashes = []gost.Hash{gost.Streebog256, gost.Streebog512, gost.Hash94, gost.Hash94Kazakh}

func hashNamed(t *testing.T, name string) gost.Hash {
	t.Helper()
	for _, h := range hashes {
		if h.String() == name {
			return h
		}
	}
	t.Fatalf("no hash %q", name)
	return 0
}

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// readVectors reads a file of testdata.
func readVectors[T any](t testing.TB, file string) (v T) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", file))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func TestDigestVectors(t *testing.T) {
	for _, v := range readVectors[[]struct{ Source, Hash, Message, Digest string }](t, "digests.json") {
		h := hashNamed(t, v.Hash)
		if got := hex.EncodeToString(h.Sum(unhex(t, v.Message))); got != v.Digest {
			t.Errorf("%s: %v = %s, want %s", v.Source, h, got, v.Digest)
		}
	}
}

// TestHMAC shows that block and digest sizes are right: RFC 7836, appendix B.
func TestHMAC(t *testing.T) {
	key := unhex(t, "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f")
	for h, want := range map[gost.Hash]string{
		gost.Streebog256: "a1aa5f7de402d7b3d323f2991c8d4534013137010a83754fd0af6d7cd4922ed9",
		gost.Streebog512: "a59bab22ecae19c65fbde6e5f4e9f5d8549d31f037f9df9b905500e171923a773d5f1530f2ed7e964cb2eedc29e9ad2f3afe93b2814f79f5000ffc0366c251e6",
	} {
		mac := hmac.New(func() hash.Hash { return h.New() }, key)
		mac.Write(unhex(t, "0126bdb87800af214341456563780100"))
		if got := hex.EncodeToString(mac.Sum(nil)); got != want {
			t.Errorf("HMAC with %v = %s, want %s", h, got, want)
		}
	}
}

// TestHashPieces shows that a digest does not depend on how the message came, that
// Sum changes nothing, and that Reset forgets.
func TestHashPieces(t *testing.T) {
	message := make([]byte, 300)
	for i := range message {
		message[i] = byte(i * i)
	}
	for _, h := range hashes {
		d := h.New()
		for n := range len(message) {
			want := string(h.Sum(message[:n]))
			d.Reset()
			for rest := message[:n]; len(rest) > 0; {
				piece := min(len(rest), rand.IntN(150))
				d.Write(rest[:piece])
				d.Sum(nil)
				rest = rest[piece:]
			}
			if got := string(d.Sum(nil)); got != want || d.Size() != len(want) || h.Size() != len(want) {
				t.Fatalf("%v of %d bytes in pieces = %x, want %x", h, n, got, want)
			}
		}
	}
}

func TestHashMeta(t *testing.T) {
	if f := gost.Streebog512.HashFunc(); f != 0 {
		t.Errorf("HashFunc() = %v, want none", f)
	}
	defer func() {
		if recover() == nil {
			t.Errorf("Hash(0).New() did not panic; %v", gost.Hash(0))
		}
	}()
	gost.Hash(0).New()
}

func BenchmarkHash(b *testing.B) {
	data := make([]byte, 16384)
	for _, h := range hashes {
		b.Run(h.String(), func(b *testing.B) {
			d := h.New()
			b.SetBytes(int64(len(data)))
			for b.Loop() {
				d.Write(data)
			}
		})
	}
}
