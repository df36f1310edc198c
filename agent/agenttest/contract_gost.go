package agenttest

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"slices"
	"sync"
	"testing"

	"qoltanba/agent"
	"qoltanba/agent/gost"
)

// gostKinds are those of GOST keys that a token can be asked to make.
var gostKinds = []agent.KeyAlgorithm{agent.GOST2004, agent.GOST2012, agent.GOST2015}

// A gostRule is a part of the contract of GOST keys, for one kind of them.
type gostRule struct {
	name string
	test func(t *testing.T, f Fixture, kind agent.KeyAlgorithm)
}

// gostRules hold for every token with GOST keys.
var gostRules = []gostRule{
	{"a key signs its own digest and no other", testGOSTDigests},
	{"signing and logging out may meet", testGOSTConcurrent},
	{"a removed token is lost and comes back", testGOSTRemoved},
}

// gostWriting are the rules of tokens that make GOST keys.
var gostWriting = []gostRule{
	{"K6 a generated key stays on the token", testGOSTGenerate},
	{"K123 a key without certificate is found by its id", testGOSTByID},
	{"K6 a request is signed and its certificate stored", testGOSTCertificate},
	{"keys of all kinds are listed", testGOSTListed},
}

// gostReading are the rules of tokens that come with their GOST keys.
var gostReading = []gostRule{
	{"a key is listed and found with its certificate", testGOSTGiven},
}

// TestGOST is the contract of GOST keys for a token that makes those kinds of them, and
// no others.
func TestGOST(t *testing.T, kinds []agent.KeyAlgorithm, open func(t *testing.T) Fixture) {
	testGOST(t, kinds, slices.Concat(gostRules, gostWriting), open)
	t.Run("other kinds are refused", func(t *testing.T) {
		tok := open(t).unlocked(t)
		for _, kind := range append([]agent.KeyAlgorithm{"GOST-2012-512"}, gostKinds...) {
			if slices.Contains(kinds, kind) {
				continue
			}
			id := randomID(8)
			_, err := tok.GenerateKey(t.Context(), agent.KeySpec{ID: id, Algorithm: kind})
			wantErr(t, "GenerateKey("+string(kind)+")", err, agent.ErrMechanism)
			_, err = tok.Key(t.Context(), id)
			wantErr(t, "Key() of what was refused", err, agent.ErrNoKey)
		}
	})
}

// TestReadOnlyGOST is the same contract for a token that comes with keys of those
// kinds, one of each at least, and is never written to.
func TestReadOnlyGOST(t *testing.T, kinds []agent.KeyAlgorithm, open func(t *testing.T) Fixture) {
	testGOST(t, kinds, slices.Concat(gostRules, gostReading), given(open))
}

func testGOST(t *testing.T, kinds []agent.KeyAlgorithm, rules []gostRule, open func(t *testing.T) Fixture) {
	for _, kind := range kinds {
		for _, r := range rules {
			t.Run(string(kind)+" "+r.name, func(t *testing.T) { r.test(t, open(t), kind) })
		}
	}
}

// gostKey is key for a kind of GOST, and no other will do.
func (f Fixture) gostKey(t *testing.T, tok agent.Token, kind agent.KeyAlgorithm) agent.Key {
	t.Helper()
	k := f.key(t, tok, kind)
	if p, ok := k.Public().(*gost.PublicKey); !ok || p.Params() != kind.GOST() {
		t.Fatalf("the token has the public key %v, want one of %v", k.Public(), kind.GOST())
	}
	return k
}

// made generates a key.
func made(t *testing.T, tok agent.Token, kind agent.KeyAlgorithm) agent.Key {
	t.Helper()
	k, err := tok.GenerateKey(context.Background(), agent.KeySpec{ID: randomID(8), Label: "Half-made", Algorithm: kind})
	if err != nil {
		t.Fatalf("GenerateKey(%s) = %v", kind, err)
	}
	return k
}

func testGOSTGenerate(t *testing.T, f Fixture, kind agent.KeyAlgorithm) {
	tok := f.unlocked(t)
	k := made(t, tok, kind)
	if p, ok := k.Public().(*gost.PublicKey); !ok || p.Params() != kind.GOST() {
		t.Fatalf("GenerateKey() has the public key %v, want one of %v", k.Public(), kind.GOST())
	}
	mustSign(t, k)
	if f.ReadPrivate != nil && f.ReadPrivate(t, k.ID()) == nil {
		t.Error("the private value can be read")
	}
	if keys, err := tok.Keys(t.Context()); err != nil || len(keys) != 0 {
		t.Errorf("Keys() = %d keys, %v, want none without a certificate", len(keys), err)
	}
	_, err := tok.GenerateKey(t.Context(), agent.KeySpec{ID: k.ID(), Algorithm: kind})
	wantErr(t, "GenerateKey(id on the token already)", err, agent.ErrInvalid)
	logout(t, tok)
	wantErr(t, "Sign after Logout", sign(t, k), agent.ErrLocked)
	_, err = tok.GenerateKey(t.Context(), agent.KeySpec{ID: randomID(8), Algorithm: kind})
	wantErr(t, "GenerateKey while locked", err, agent.ErrLocked)
	f.login(t, tok)
	mustSign(t, k)
}

func testGOSTByID(t *testing.T, f Fixture, kind agent.KeyAlgorithm) {
	tok := f.unlocked(t)
	k := made(t, tok, kind)
	found := func(tok agent.Token) {
		t.Helper()
		got, err := tok.Key(t.Context(), k.ID())
		if err != nil {
			t.Fatalf("Key() = %v", err)
		}
		if !agent.SamePublicKey(got.Public(), k.Public()) || got.Label() != "Half-made" || got.Certificate() != nil {
			t.Errorf("Key() = %v, label %q, certificate %v, want the key that was made", got.Public(), got.Label(), got.Certificate())
		}
		mustSign(t, got)
	}
	found(tok)
	logout(t, tok)
	_, err := tok.Key(t.Context(), k.ID())
	wantErr(t, "Key() while locked", err, agent.ErrLocked)
	f.login(t, tok)
	found(tok)
	if err := tok.Close(); err != nil {
		t.Fatalf("Close() = %v", err)
	}
	found(f.unlocked(t))
}

func testGOSTDigests(t *testing.T, f Fixture, kind agent.KeyAlgorithm) {
	k := f.gostKey(t, f.unlocked(t), kind)
	own := kind.GOST().Hash()
	size := own.Size()
	type refused struct {
		name string
		size int
		opts crypto.SignerOpts
	}
	cases := []refused{
		{"short digest", size - 1, own}, {"long digest", size + 1, own}, {"no digest", 0, own},
		{"no options", size, nil}, {"no hash", size, crypto.Hash(0)}, {"unknown hash", size, gost.Hash(0)},
		{"SHA-256", 32, crypto.SHA256}, {"SHA-512", 64, crypto.SHA512},
		{"PSS", 32, &rsa.PSSOptions{Hash: crypto.SHA256, SaltLength: rsa.PSSSaltLengthEqualsHash}},
	}
	for _, h := range []gost.Hash{gost.Streebog256, gost.Streebog512, gost.Hash94, gost.Hash94Kazakh} {
		if h != own {
			cases = append(cases, refused{h.String(), h.Size(), h})
		}
	}
	for _, c := range cases {
		sig, err := k.Sign(nil, make([]byte, c.size), c.opts)
		wantErr(t, c.name+": Sign", err, agent.ErrInvalid)
		if sig != nil {
			t.Errorf("%s: Sign gave a signature", c.name)
		}
	}
	for _, d := range [][]byte{make([]byte, size), bytes.Repeat([]byte{0xff}, size)} { // 0 counts as 1
		sig, err := k.Sign(nil, d, own)
		if err == nil {
			err = verify(k.Public(), d, sig, own)
		}
		if err != nil {
			t.Errorf("Sign(%x…) = %v", d[:2], err)
		}
	}
}

func testGOSTCertificate(t *testing.T, f Fixture, kind agent.KeyAlgorithm) {
	tok := f.unlocked(t)
	k := made(t, tok, kind)
	der, err := gost.CreateCertificateRequest(&x509.CertificateRequest{Subject: pkix.Name{CommonName: "Aigerim"}}, k)
	if err != nil {
		t.Fatalf("CreateCertificateRequest() = %v", err)
	}
	req, err := gost.ParseCertificateRequest(der)
	if err != nil || !agent.SamePublicKey(req.PublicKey, k.Public()) {
		t.Fatalf("the request is for %v, %v, want the key", req.PublicKey, err)
	}
	store := func(id []byte, cert *x509.Certificate) error {
		return tok.StoreCertificate(context.Background(), id, "Accounts", cert)
	}
	other := TestCA().Issue(gost.GenerateKey(kind.GOST()).Public(), "Marat")
	wantErr(t, "StoreCertificate(another key's)", store(k.ID(), other), agent.ErrCertificate)
	wantErr(t, "StoreCertificate(an EC key's)", store(k.ID(), TestCA().Issue(must(generate(agent.P256)).Public(), "Marat")), agent.ErrCertificate)
	wantErr(t, "StoreCertificate(no such key)", store(randomID(8), other), agent.ErrNoKey)

	cert := TestCA().Issue(req.PublicKey, "Aigerim")
	plain := must(x509.ParseCertificate(cert.Raw)) // as whoever knows nothing of GOST reads it
	for range 2 {
		if err := store(k.ID(), plain); err != nil {
			t.Fatalf("StoreCertificate() = %v", err)
		}
	}

	byID, err := tok.Key(t.Context(), k.ID())
	if err != nil {
		t.Fatalf("Key() = %v", err)
	}
	for what, got := range map[string]agent.Key{"Key()": byID, "Keys()": listed(t, tok, k.ID())} {
		if got.Label() != "Accounts" || got.Certificate() == nil || !agent.SamePublicKey(got.Public(), k.Public()) ||
			!agent.SamePublicKey(got.Certificate().PublicKey, k.Public()) {
			t.Fatalf("%s has label %q, public key %v, or a certificate that does not fit", what, got.Label(), got.Public())
		}
		sameCertificate(t, what, got.Certificate().Raw, cert)
		mustSign(t, got)
		root := []*x509.Certificate{TestCA().GOST(kind.GOST())}
		if _, err := gost.Verify(got.Certificate(), gost.VerifyOptions{Roots: root}); err != nil {
			t.Errorf("%s: the chain of the certificate: %v", what, err)
		}
	}
	logout(t, tok)
	early := listed(t, tok, k.ID())
	wantErr(t, "Sign before Login", sign(t, early), agent.ErrLocked)
	f.login(t, tok)
	mustSign(t, early)
}

// One GOST key must not hide the others, nor be hidden by them.
func testGOSTListed(t *testing.T, f Fixture, kind agent.KeyAlgorithm) {
	tok := f.unlocked(t)
	kinds := []agent.KeyAlgorithm{agent.RSA2048, kind, agent.P256, kind}
	keys := make(map[string]agent.Key)
	for _, alg := range kinds {
		k := newKey(t, tok, alg)
		keys[string(k.ID())] = k
	}
	orphan := made(t, tok, kind)
	for _, when := range []string{"unlocked", "locked"} {
		all, err := tok.Keys(t.Context())
		if err != nil || len(all) != len(kinds) {
			t.Fatalf("Keys() while %s = %d keys, %v, want %d", when, len(all), err, len(kinds))
		}
		for _, k := range all {
			if made := keys[string(k.ID())]; made == nil || !agent.SamePublicKey(k.Public(), made.Public()) {
				t.Errorf("Keys() while %s has %x with %T", when, k.ID(), k.Public())
			}
		}
		if when == "unlocked" {
			for _, k := range append(all, orphan) {
				mustSign(t, k)
				found, err := tok.Key(t.Context(), k.ID())
				if err != nil {
					t.Fatalf("Key(%x) = %v", k.ID(), err)
				}
				mustSign(t, found)
			}
		}
		logout(t, tok)
	}
	if i := f.info(t); len(i.Keys) != len(kinds) {
		t.Errorf("List() has %d certificates, want %d", len(i.Keys), len(kinds))
	}
}

func testGOSTConcurrent(t *testing.T, f Fixture, kind agent.KeyAlgorithm) {
	tok := f.unlocked(t)
	keys := []agent.Key{f.gostKey(t, tok, kind), f.gostKey(t, tok, kind), f.key(t, tok, agent.P256)}
	var all sync.WaitGroup
	defer all.Wait()
	for _, k := range append(keys, keys...) {
		all.Go(func() {
			for range 3 {
				if err := sign(t, k); err != nil && !errors.Is(err, agent.ErrLocked) {
					t.Errorf("Sign beside Logout = %v, want a signature or ErrLocked", err)
				}
			}
		})
	}
	for range 5 {
		logout(t, tok)
		f.login(t, tok)
	}
	all.Wait()
	for _, k := range keys {
		mustSign(t, k)
	}
}

func testGOSTRemoved(t *testing.T, f Fixture, kind agent.KeyAlgorithm) {
	f.removable(t)
	tok := f.unlocked(t)
	k := f.gostKey(t, tok, kind)
	mustSign(t, k)
	f.Remove(t)
	wantErr(t, "Sign without the token", sign(t, k), agent.ErrTokenLost)
	f.Insert(t)
	wantErr(t, "Sign in the old session", sign(t, k), agent.ErrTokenLost)
	again := f.open(t)
	f.login(t, again)
	mustSign(t, listed(t, again, k.ID()))
}

// Locked or not, a key is listed with the same certificate, and that is its own.
func testGOSTGiven(t *testing.T, f Fixture, kind agent.KeyAlgorithm) {
	tok := f.unlocked(t)
	k := f.gostKey(t, tok, kind)
	found, err := tok.Key(t.Context(), k.ID())
	if err != nil {
		t.Fatalf("Key() = %v", err)
	}
	mustSign(t, found)
	logout(t, tok)
	early := listed(t, tok, k.ID())
	for what, got := range map[string]agent.Key{"Keys()": k, "Key()": found, "Keys() while locked": early} {
		if got.Certificate() == nil || got.Label() != k.Label() || !agent.SamePublicKey(got.Public(), k.Public()) ||
			!agent.SamePublicKey(got.Certificate().PublicKey, k.Public()) {
			t.Fatalf("%s has label %q, public key %v, or a certificate that does not fit", what, got.Label(), got.Public())
		}
	}
	wantErr(t, "Sign before Login", sign(t, early), agent.ErrLocked)
	f.login(t, tok)
	mustSign(t, early)
}

// signs returns what a key signs: the digest of random bytes.
func signs(k crypto.Signer) ([]byte, crypto.SignerOpts) {
	if p, ok := k.Public().(*gost.PublicKey); ok {
		data := make([]byte, 64)
		rand.Read(data)
		h := p.Params().Hash()
		return h.Sum(data), h
	}
	return digest(crypto.SHA256), crypto.SHA256
}
