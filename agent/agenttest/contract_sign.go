package agenttest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/rsa"
	_ "crypto/sha256" // registers SHA-256
	_ "crypto/sha512" // registers SHA-384 and SHA-512
	"errors"
	"fmt"
	"sync"
	"testing"

	"qoltanba/agent"
	"qoltanba/agent/gost"
)

// digest is the digest of random bytes.
func digest(h crypto.Hash) []byte {
	data := make([]byte, 64)
	rand.Read(data)
	w := h.New()
	w.Write(data)
	return w.Sum(nil)
}

func verify(pub crypto.PublicKey, digest, sig []byte, opts crypto.SignerOpts) error {
	switch pub := pub.(type) {
	case *rsa.PublicKey:
		if _, ok := opts.(*rsa.PSSOptions); ok {
			want := &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash}
			return rsa.VerifyPSS(pub, opts.HashFunc(), digest, sig, want)
		}
		return rsa.VerifyPKCS1v15(pub, opts.HashFunc(), digest, sig)
	case *ecdsa.PublicKey:
		if !ecdsa.VerifyASN1(pub, digest, sig) {
			return errors.New("ECDSA signature is wrong")
		}
		return nil
	case *gost.PublicKey:
		return pub.Verify(digest, sig)
	}
	return fmt.Errorf("public key of type %T", pub)
}

func testKeysBeforeLogin(t *testing.T, f Fixture) {
	tok := f.unlocked(t)
	id := f.key(t, tok, agent.P256).ID()
	logout(t, tok)
	k := listed(t, tok, id)
	wantErr(t, "Sign before Login", sign(t, k), agent.ErrLocked)
	for range 2 { // the same value stays good over any number of logins
		f.login(t, tok)
		mustSign(t, k)
		logout(t, tok)
		wantErr(t, "Sign after Logout", sign(t, k), agent.ErrLocked)
	}
}

func testLocked(t *testing.T, f Fixture) {
	tok := f.unlocked(t)
	k := f.key(t, tok, agent.P256)
	mustSign(t, k)
	logout(t, tok)
	logout(t, tok) // no error
	wantErr(t, "Sign", sign(t, k), agent.ErrLocked)
}

func testLockedWriting(t *testing.T, f Fixture) {
	tok := f.unlocked(t)
	k := newKey(t, tok, agent.P256)
	logout(t, tok)
	_, err := tok.GenerateKey(t.Context(), agent.KeySpec{ID: randomID(8), Label: "x", Algorithm: agent.P256})
	wantErr(t, "GenerateKey", err, agent.ErrLocked)
	wantErr(t, "StoreCertificate", tok.StoreCertificate(t.Context(), k.ID(), "x", k.Certificate()), agent.ErrLocked)
}

func testSignatures(t *testing.T, f Fixture) {
	tok := f.unlocked(t)
	pss := func(h crypto.Hash, salt int) crypto.SignerOpts { return &rsa.PSSOptions{Hash: h, SaltLength: salt} }
	opts := map[agent.KeyAlgorithm]map[string]crypto.SignerOpts{
		agent.RSA2048: {
			"PKCS #1 SHA-256":           crypto.SHA256,
			"PKCS #1 SHA-384":           crypto.SHA384,
			"PKCS #1 SHA-512":           crypto.SHA512,
			"PSS SHA-256 equals hash":   pss(crypto.SHA256, rsa.PSSSaltLengthEqualsHash),
			"PSS SHA-384 auto":          pss(crypto.SHA384, rsa.PSSSaltLengthAuto),
			"PSS SHA-512 length given":  pss(crypto.SHA512, 64),
			"PSS SHA-256 auto (PS256)":  pss(crypto.SHA256, rsa.PSSSaltLengthAuto),
			"PSS SHA-512 equals hash 2": pss(crypto.SHA512, rsa.PSSSaltLengthEqualsHash),
		},
		agent.P256: {"SHA-256": crypto.SHA256, "SHA-384 is shortened": crypto.SHA384, "SHA-512 is shortened": crypto.SHA512},
		agent.P384: {"SHA-256": crypto.SHA256, "SHA-384": crypto.SHA384, "SHA-512 is shortened": crypto.SHA512},
	}
	keys := make(map[agent.KeyAlgorithm]agent.Key)
	if f.given {
		for _, k := range f.keys(t, tok) {
			mustSign(t, k)
			keys[kindOf(k)] = k
		}
	} else {
		for alg := range opts {
			keys[alg] = newKey(t, tok, alg)
		}
	}
	for alg, k := range keys {
		cases := opts[alg]
		for name, o := range cases {
			d := digest(o.HashFunc())
			sig, err := k.Sign(rand.Reader, d, o)
			if err != nil {
				t.Errorf("%s: %s: Sign = %v", alg, name, err)
				continue
			}
			if err := verify(k.Certificate().PublicKey, d, sig, o); err != nil {
				t.Errorf("%s: %s: signature does not verify: %v", alg, name, err)
			}
		}
	}
}

func testDigests(t *testing.T, f Fixture) {
	tok := f.unlocked(t)
	ec, rs := f.key(t, tok, agent.P256), f.key(t, tok, agent.RSA2048)
	cases := []struct {
		name   string
		key    agent.Key
		length int
		opts   crypto.SignerOpts
	}{
		{"short digest", rs, 31, crypto.SHA256},
		{"long digest", rs, 33, crypto.SHA256},
		{"no digest", rs, 0, crypto.SHA256},
		{"short digest, EC", ec, 5, crypto.SHA256},
		{"digest of another hash", ec, 32, crypto.SHA512},
		{"no hash", rs, 32, crypto.Hash(0)},
		{"no hash, EC", ec, 32, crypto.Hash(0)},
		{"unknown hash", rs, 32, crypto.Hash(99)},
		{"SHA-1", rs, 20, crypto.SHA1},
		{"SHA3-256", rs, 32, crypto.SHA3_256},
		{"no options", rs, 32, nil},
		{"PSS without hash", rs, 32, &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash}},
		{"PSS with a salt of its own length", rs, 32, &rsa.PSSOptions{Hash: crypto.SHA256, SaltLength: 20}},
		{"PSS with EC", ec, 32, &rsa.PSSOptions{Hash: crypto.SHA256, SaltLength: rsa.PSSSaltLengthEqualsHash}},
	}
	if kindOf(ec) == agent.RSA2048 { // it came with no other
		cases = cases[:len(cases)-1]
	}
	for _, c := range cases {
		sig, err := c.key.Sign(nil, make([]byte, c.length), c.opts)
		wantErr(t, c.name+": Sign", err, agent.ErrInvalid)
		if sig != nil {
			t.Errorf("%s: Sign gave a signature", c.name)
		}
	}
	mustSign(t, ec) // nothing of this hurt the session
	mustSign(t, rs)
}

func testConcurrent(t *testing.T, f Fixture) {
	tok := f.unlocked(t)
	keys := []agent.Key{f.key(t, tok, agent.P256), f.key(t, tok, agent.RSA2048)}
	var all sync.WaitGroup
	for i := range 16 {
		all.Go(func() {
			for range 5 {
				if err := sign(t, keys[i%2]); err != nil {
					t.Errorf("goroutine %d: Sign = %v", i, err)
				}
			}
		})
	}
	all.Wait()
}

func testSignWhileLogout(t *testing.T, f Fixture) {
	tok := f.unlocked(t)
	k := f.key(t, tok, agent.P256)
	stop := make(chan struct{})
	signed := make(chan struct{}, 1)
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				err := sign(t, k)
				if err != nil && !errors.Is(err, agent.ErrLocked) {
					t.Errorf("Sign beside Logout = %v, want a signature or ErrLocked", err)
					return
				}
				if err == nil {
					select {
					case signed <- struct{}{}:
					default:
					}
				}
			}
		})
	}
	for range 20 {
		awaited(t, "a signature", signed)
		logout(t, tok)
		f.login(t, tok)
	}
	close(stop)
	all.Wait()
	mustSign(t, k)
	logout(t, tok)
	wantErr(t, "Sign", sign(t, k), agent.ErrLocked)
}
