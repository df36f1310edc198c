package gost_test

import (
	"bytes"
	"crypto"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"qoltanba/agent/gost"
)

func public(k *gost.PrivateKey) *gost.PublicKey { return k.Public().(*gost.PublicKey) }

func TestKeyRoundTrip(t *testing.T) {
	for _, p := range gost.Supported() {
		k := gost.GenerateKey(p)
		again, err := gost.ParsePublicKey(public(k).Marshal())
		if err != nil || !again.Equal(public(k)) || again.Params() != p {
			t.Errorf("%v: ParsePublicKey = %v, %v", p, again, err)
		}
		for _, beside := range []*gost.PublicKey{nil, public(k)} {
			again, err := gost.ParsePrivateKey(k.Marshal(), beside)
			if err != nil || !again.Equal(k) || again.Params() != p {
				t.Errorf("%v: ParsePrivateKey(beside %v) = %v, %v", p, beside != nil, again, err)
			}
		}
		if other := gost.GenerateKey(p); k.Equal(other) || public(k).Equal(other.Public()) {
			t.Errorf("%v: two keys are equal", p)
		}
		if s := fmt.Sprintf("%v %+v %#v %s", k, k, k, k); bytes.Contains([]byte(s), []byte(hex.EncodeToString(k.Bytes()[:4]))) {
			t.Errorf("%v: printed as %s", p, s)
		}
	}
}

// TestKnownKey is the 512-bit key and signature of another program that
// Kazakhstan's services accept.
func TestKnownKey(t *testing.T) {
	v := readVectors[struct{ Message, Digest, X, Y, Signature, SPKI string }](t, "kazakh2015.json")
	key, err := gost.ParsePublicKey(unhex(t, v.SPKI))
	if err != nil {
		t.Fatal(err)
	}
	x, y := unhex(t, v.X), unhex(t, v.Y)
	slices.Reverse(x)
	slices.Reverse(y)
	if key.Params() != gost.Kazakh2015 || !bytes.Equal(key.Bytes(), append(x, y...)) {
		t.Errorf("key is %v %x", key.Params(), key.Bytes())
	}
	if got := hex.EncodeToString(key.Marshal()); got != v.SPKI {
		t.Errorf("Marshal() = %s, want %s", got, v.SPKI)
	}
	digest := key.Params().Hash().Sum([]byte(v.Message))
	if hex.EncodeToString(digest) != v.Digest {
		t.Errorf("digest = %x, want %s", digest, v.Digest)
	}
	if err := key.Verify(digest, unhex(t, v.Signature)); err != nil {
		t.Errorf("Verify = %v", err)
	}
}

// TestRFC7836Keys derives the public keys of RFC 7836, appendix B, from the private
// ones.
func TestRFC7836Keys(t *testing.T) {
	for _, v := range readVectors[[]struct{ D, Q string }](t, "keys.json") {
		k, err := gost.NewPrivateKey(gost.Kazakh2015, unhex(t, v.D)) // the same curve
		if err != nil {
			t.Fatal(err)
		}
		if got := hex.EncodeToString(public(k).Bytes()); got != v.Q {
			t.Errorf("public key of %s = %s, want %s", v.D, got, v.Q)
		}
	}
}

func TestBadPoint(t *testing.T) {
	for _, p := range gost.Supported() {
		good := public(gost.GenerateKey(p)).Bytes()
		edit := func(f func(b []byte)) []byte {
			b := bytes.Clone(good)
			f(b)
			return b
		}
		for _, c := range []struct {
			name  string
			point []byte
			want  error
		}{
			{"not on the curve", edit(func(b []byte) { b[0] ^= 1 }), gost.ErrKey},
			{"zero", make([]byte, len(good)), gost.ErrKey},
			{"coordinate too large", bytes.Repeat([]byte{0xff}, len(good)), gost.ErrKey},
			{"too short", good[:len(good)-1], gost.ErrFormat},
			{"too long", append(bytes.Clone(good), 0), gost.ErrFormat},
			{"none", nil, gost.ErrFormat},
		} {
			if k, err := gost.NewPublicKey(p, c.point); !errors.Is(err, c.want) || k != nil {
				t.Errorf("%v: NewPublicKey(%s) = %v, want %v", p, c.name, err, c.want)
			}
		}
	}
}

// TestPointOutsideGroup: a point of order 2 is on the curves whose cofactor is 4.
func TestPointOutsideGroup(t *testing.T) {
	for name, x := range map[string]string{
		"GOST R 34.10-2012 256 bit TC26-A": "aa4aa1e7dc7530a67ec42a195cfe448758d978d4444b978e15ff95f573fe0001",
		"GOST R 34.10-2012 512 bit TC26-C": "7112fddd49b2b2211e5b5c1f4bcd9a6d1a0945510bcd25d61d013ab8014573c6440bb802bb1a5cfa5108edae38b28a9cb7ff39258aa29bd8efec9455978f629a",
	} {
		for _, p := range curves() {
			if p.String() != name {
				continue
			}
			point := append(unhex(t, x), make([]byte, p.Size())...)
			if k, err := gost.NewPublicKey(p, point); !errors.Is(err, gost.ErrKey) || !strings.Contains(err.Error(), "group") {
				t.Errorf("%v: NewPublicKey(order 2) = %v, %v, want ErrKey", p, k, err)
			}
		}
	}
}

func TestBadScalar(t *testing.T) {
	for _, p := range gost.Supported() {
		n := p.Size()
		for _, c := range []struct {
			name   string
			scalar []byte
			want   error
		}{
			{"zero", make([]byte, n), gost.ErrKey},
			{"too large", bytes.Repeat([]byte{0xff}, n), gost.ErrKey},
			{"too short", make([]byte, n-1), gost.ErrFormat},
			{"too long", make([]byte, n+1), gost.ErrFormat},
		} {
			if k, err := gost.NewPrivateKey(p, c.scalar); !errors.Is(err, c.want) || k != nil {
				t.Errorf("%v: NewPrivateKey(%s) = %v, want %v", p, c.name, err, c.want)
			}
		}
	}
}

func TestSignOptions(t *testing.T) {
	k := gost.GenerateKey(gost.Kazakh2015)
	digest := make([]byte, 64)
	for _, c := range []struct {
		name   string
		digest []byte
		opts   crypto.SignerOpts
		want   error
	}{
		{"its hash", digest, gost.Streebog512, nil},
		{"no options", digest, nil, nil},
		{"no hash", digest, crypto.Hash(0), nil},
		{"another hash", digest, gost.Streebog256, gost.ErrDigest},
		{"SHA-512", digest, crypto.SHA512, gost.ErrDigest},
		{"32 bytes", digest[:32], nil, gost.ErrDigest},
		{"no bytes", nil, nil, gost.ErrDigest},
		{"65 bytes", make([]byte, 65), nil, gost.ErrDigest},
	} {
		signature, err := k.Sign(nil, c.digest, c.opts)
		if !errors.Is(err, c.want) || (signature == nil) != (c.want != nil) {
			t.Errorf("Sign(%s) = %x, %v, want %v", c.name, signature, err, c.want)
		}
	}
	if err := public(k).Verify(make([]byte, sha256.Size), make([]byte, 128)); !errors.Is(err, gost.ErrDigest) {
		t.Errorf("Verify(32 bytes) = %v, want ErrDigest", err)
	}
	k.Wipe()
	if signature, err := k.Sign(nil, digest, nil); !errors.Is(err, gost.ErrKey) {
		t.Errorf("Sign after Wipe = %x, %v, want ErrKey", signature, err)
	}
}
