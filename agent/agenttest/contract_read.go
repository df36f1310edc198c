package agenttest

import (
	"context"
	"testing"

	"qoltanba/agent"
)

func testGivenKeyByID(t *testing.T, f Fixture) {
	tok := f.unlocked(t)
	all := f.keys(t, tok)
	for _, want := range all {
		k, err := tok.Key(t.Context(), want.ID())
		if err != nil {
			t.Fatalf("Key(%x) = %v", want.ID(), err)
		}
		if !agent.SamePublicKey(k.Public(), want.Public()) || k.Label() != want.Label() || k.Certificate() == nil {
			t.Errorf("Key(%x) has label %q, public key %v, certificate %v, want those of Keys()", want.ID(), k.Label(), k.Public(), k.Certificate())
		}
		mustSign(t, k)
	}
	for _, unknown := range [][]byte{randomID(8), all[0].ID()[:7], nil} {
		_, err := tok.Key(t.Context(), unknown)
		wantErr(t, "Key(unknown id)", err, agent.ErrNoKey)
	}
	logout(t, tok)
	_, err := tok.Key(t.Context(), all[0].ID())
	wantErr(t, "Key() while locked", err, agent.ErrLocked)
}

func testReadOnly(t *testing.T, f Fixture) {
	tok := f.open(t)
	refused := func(when string, cert agent.Key) {
		t.Helper()
		_, err := tok.GenerateKey(context.Background(), agent.KeySpec{ID: randomID(8), Label: "x", Algorithm: agent.P256})
		wantErr(t, "GenerateKey "+when, err, agent.ErrReadOnly)
		wantErr(t, "SetPIN "+when, setPIN(tok, f.PIN, f.PIN+"7"), agent.ErrReadOnly)
		if cert != nil {
			err = tok.StoreCertificate(context.Background(), cert.ID(), "x", cert.Certificate())
			wantErr(t, "StoreCertificate "+when, err, agent.ErrReadOnly)
		}
	}
	refused("before Login", nil)
	f.login(t, tok)
	k := f.keys(t, tok)[0]
	refused("after Login", k)
	mustSign(t, k) // it is as it was
	if _, ok := tok.(agent.Admin); ok {
		t.Errorf("%T is an agent.Admin", tok)
	}
	if i := f.info(t); !i.KeyFile || !i.Initialized || i.Name == "" || i.Label == "" {
		t.Errorf("List() = %+v, want a key file with a name and a label", i)
	}
}
