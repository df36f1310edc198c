package agenttest

import (
	"bytes"
	"context"
	"crypto"
	"crypto/x509"
	"slices"
	"testing"

	"qoltanba/agent"
)

func testEmpty(t *testing.T, f Fixture) {
	i := f.info(t)
	if !i.Initialized || i.PINLocked || i.Name == "" || i.MinPIN > len(f.PIN) || i.MaxPIN < len(f.PIN) || len(i.Keys) != 0 {
		t.Errorf("List() = %+v, want an initialized token with a name and without keys", i)
	}
	tok := f.unlocked(t)
	if keys, err := tok.Keys(t.Context()); err != nil || len(keys) != 0 {
		t.Errorf("Keys() = %d keys, %v, want none", len(keys), err)
	}
}

func testListedWithoutLogin(t *testing.T, f Fixture) {
	tok := f.unlocked(t)
	k := f.key(t, tok, agent.P256)
	if err := tok.Close(); err != nil {
		t.Fatalf("Close() = %v", err)
	}
	check := func(what string, i agent.TokenInfo) {
		t.Helper()
		at := slices.IndexFunc(i.Keys, func(i agent.KeyInfo) bool { return bytes.Equal(i.ID, k.ID()) })
		if at < 0 || len(i.Keys) != 1 && !f.given || i.Keys[at].Label != k.Label() {
			t.Fatalf("%s has the keys %v, want id %x, label %q", what, i.Keys, k.ID(), k.Label())
		}
		sameCertificate(t, what, i.Keys[at].Certificate, k.Certificate())
	}
	check("List()", f.info(t))
	tok = f.open(t)
	i, err := tok.Info(t.Context())
	if err != nil {
		t.Fatalf("Info() = %v", err)
	}
	check("Info()", i)
	if i.ID != f.ID {
		t.Errorf("Info() is of %v, want %v", i.ID, f.ID)
	}
	got := listed(t, tok, k.ID())
	sameCertificate(t, "Keys()", got.Certificate().Raw, k.Certificate())
	if got.Label() != k.Label() || !agent.SamePublicKey(got.Public(), k.Public()) {
		t.Errorf("Keys() = label %q, public key %v, want %q and the key's own", got.Label(), got.Public(), k.Label())
	}
}

func testGenerate(t *testing.T, f Fixture) {
	tok := f.unlocked(t)
	for _, alg := range []agent.KeyAlgorithm{agent.RSA2048, agent.P256, agent.P384} {
		id := randomID(8)
		k, err := tok.GenerateKey(t.Context(), agent.KeySpec{ID: id, Label: "Accounts", Algorithm: alg})
		if err != nil {
			t.Fatalf("GenerateKey(%s) = %v", alg, err)
		}
		if !bytes.Equal(k.ID(), id) || k.Label() != "Accounts" || k.Certificate() != nil {
			t.Errorf("GenerateKey(%s) has id %x, label %q, certificate %v", alg, k.ID(), k.Label(), k.Certificate())
		}
		mustSign(t, k) // a certificate request is signed before there is a certificate
		if keys, err := tok.Keys(t.Context()); err != nil || len(keys) != 0 {
			t.Errorf("Keys() = %d keys, %v, want none without a certificate", len(keys), err)
		}
		if der, err := x509.MarshalPKCS8PrivateKey(k); err == nil {
			t.Errorf("the %s key can be written as PKCS #8 of %d bytes", alg, len(der))
		}
		if _, ok := k.(crypto.Decrypter); ok {
			t.Errorf("the %s key decrypts", alg)
		}
		if f.ReadPrivate != nil && f.ReadPrivate(t, id) == nil {
			t.Errorf("the private value of the %s key can be read", alg)
		}
	}
}

func testKeyByID(t *testing.T, f Fixture) {
	tok := f.unlocked(t)
	id := randomID(8)
	made, err := tok.GenerateKey(t.Context(), agent.KeySpec{ID: id, Label: "Half-made", Algorithm: agent.P256})
	if err != nil {
		t.Fatalf("GenerateKey() = %v", err)
	}
	newKey(t, tok, agent.P256) // another one
	found := func(when string) agent.Key {
		t.Helper()
		k, err := tok.Key(t.Context(), id)
		if err != nil {
			t.Fatalf("Key() %s = %v", when, err)
		}
		if !bytes.Equal(k.ID(), id) || !agent.SamePublicKey(k.Public(), made.Public()) {
			t.Errorf("Key() %s has id %x, public key %v, want those of the key that was made", when, k.ID(), k.Public())
		}
		mustSign(t, k)
		return k
	}
	k := found("after GenerateKey")
	if k.Label() != "Half-made" || k.Certificate() != nil {
		t.Errorf("Key() has label %q, certificate %v, want Half-made and none", k.Label(), k.Certificate())
	}
	logout(t, tok)
	_, err = tok.Key(t.Context(), id)
	wantErr(t, "Key() while locked", err, agent.ErrLocked)
	wantErr(t, "Sign while locked", sign(t, k), agent.ErrLocked)
	f.login(t, tok)
	mustSign(t, k)
	found("after another login")

	for _, unknown := range [][]byte{randomID(8), id[:7], nil} {
		_, err = tok.Key(t.Context(), unknown)
		wantErr(t, "Key(unknown id)", err, agent.ErrNoKey)
	}

	cert := TestCA().Issue(made.Public(), "Aigerim")
	if err := tok.StoreCertificate(t.Context(), id, "Accounts", cert); err != nil {
		t.Fatalf("StoreCertificate() = %v", err)
	}
	k = found("with its certificate")
	if k.Label() != "Accounts" || k.Certificate() == nil {
		t.Fatalf("Key() has label %q, certificate %v, want Accounts and the one that was stored", k.Label(), k.Certificate())
	}
	sameCertificate(t, "Key()", k.Certificate().Raw, cert)

	again := f.open(t) // as after a restart
	f.login(t, again)
	if k, err = again.Key(t.Context(), id); err != nil {
		t.Fatalf("Key() in another session = %v", err)
	}
	mustSign(t, k)
}

func testHalfKey(t *testing.T, f Fixture) {
	tok, a := f.admin(t)
	f.login(t, tok)
	id := randomID(8)
	k, err := tok.GenerateKey(t.Context(), agent.KeySpec{ID: id, Label: "Half", Algorithm: agent.P256})
	if err != nil {
		t.Fatalf("GenerateKey() = %v", err)
	}
	mustSign(t, k)
	if err := a.Delete(t.Context(), agent.Object{Kind: agent.ObjectPrivateKey, ID: id, Label: "Half"}); err != nil {
		t.Fatalf("Delete() = %v", err)
	}
	_, err = tok.Key(t.Context(), id)
	wantErr(t, "Key() without the private half", err, agent.ErrNoKey)
}

func testGenerateRefused(t *testing.T, f Fixture) {
	tok := f.unlocked(t)
	k := newKey(t, tok, agent.P256)
	cases := []struct {
		name string
		spec agent.KeySpec
		want error
	}{
		{"id on the token already", agent.KeySpec{ID: k.ID(), Label: "x", Algorithm: agent.P256}, agent.ErrInvalid},
		{"id on the token already, other kind", agent.KeySpec{ID: k.ID(), Label: "x", Algorithm: agent.RSA2048}, agent.ErrInvalid},
		{"short id", agent.KeySpec{ID: randomID(7), Label: "x", Algorithm: agent.P256}, agent.ErrInvalid},
		{"no id", agent.KeySpec{Label: "x", Algorithm: agent.P256}, agent.ErrInvalid},
		{"unknown algorithm", agent.KeySpec{ID: randomID(8), Label: "x", Algorithm: "RSA-512"}, agent.ErrMechanism},
	}
	for _, c := range cases {
		_, err := tok.GenerateKey(t.Context(), c.spec)
		wantErr(t, c.name+": GenerateKey", err, c.want)
	}
	mustSign(t, k)
	if keys, err := tok.Keys(t.Context()); err != nil || len(keys) != 1 {
		t.Errorf("Keys() = %d keys, %v, want the one", len(keys), err)
	}
}

func testStore(t *testing.T, f Fixture) {
	tok := f.unlocked(t)
	k := newKey(t, tok, agent.P256)
	other := TestCA().Issue(must(generate(agent.P256)).Public(), "Marat")
	cases := []struct {
		name string
		id   []byte
		cert *x509.Certificate
		want error
	}{
		{"another key's certificate", k.ID(), other, agent.ErrCertificate},
		{"no such key", randomID(8), other, agent.ErrNoKey},
	}
	for _, c := range cases {
		err := tok.StoreCertificate(context.Background(), c.id, "x", c.cert)
		wantErr(t, c.name+": StoreCertificate", err, c.want)
	}
	// The same once more, as after an interrupted enrollment, is no error.
	if err := tok.StoreCertificate(context.Background(), k.ID(), "Accounts", k.Certificate()); err != nil {
		t.Errorf("the same certificate: StoreCertificate = %v", err)
	}
	if i := f.info(t); len(i.Keys) != 1 {
		t.Errorf("List() has %d certificates, want 1", len(i.Keys))
	} else {
		sameCertificate(t, "List()", i.Keys[0].Certificate, k.Certificate())
	}
}

func testStoreNext(t *testing.T, f Fixture) {
	tok := f.unlocked(t)
	k := newKey(t, tok, agent.P256)
	next := TestCA().Issue(k.Public(), "Aigerim", func(c *x509.Certificate) { c.NotAfter = c.NotAfter.AddDate(1, 0, 0) })
	for range 2 {
		if err := tok.StoreCertificate(context.Background(), k.ID(), "Accounts", next); err != nil {
			t.Fatalf("the next certificate: StoreCertificate = %v", err)
		}
	}
	keys, err := tok.Keys(t.Context())
	if err != nil || len(keys) != 2 {
		t.Fatalf("Keys() = %d keys, %v, want one for each certificate", len(keys), err)
	}
	for _, k := range keys {
		mustSign(t, k)
	}
	byID, err := tok.Key(t.Context(), k.ID())
	if err != nil || byID.Certificate() == nil {
		t.Fatalf("Key() = %v, want the key with a certificate", err)
	}
	sameCertificate(t, "Key()", byID.Certificate().Raw, next)
}
