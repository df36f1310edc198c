package agenttest

import (
	"bytes"
	"context"
	"crypto"
	"crypto/hmac"
	"slices"
	"testing"

	"qoltanba/agent"
)

// macHashes are the hashes of the codes of a SpectraNet token.
var macHashes = []crypto.Hash{crypto.SHA1, crypto.SHA256, crypto.SHA512}

// macs is the token's ability.
func macs(t *testing.T, tok agent.Token) agent.MACs {
	t.Helper()
	m, ok := tok.(agent.MACs)
	if !ok {
		t.Fatalf("%T keeps no secret keys", tok)
	}
	return m
}

// importKey puts a key on an unlocked token and returns its id.
func importKey(t *testing.T, m agent.MACs, hash crypto.Hash, key []byte) (id []byte) {
	t.Helper()
	id = randomID(16)
	err := m.ImportMACKey(context.Background(), agent.MACKeySpec{ID: id, Label: "Qoltanba test", Hash: hash}, agent.NewSecret(bytes.Clone(key)))
	if err != nil {
		t.Fatalf("ImportMACKey(%v, %d bytes) = %v", hash, len(key), err)
	}
	return id
}

// sameMAC compares what a token computes with what is right.
func sameMAC(t *testing.T, m agent.MACs, id []byte, hash crypto.Hash, key, message []byte) {
	t.Helper()
	got, err := m.MAC(context.Background(), id, hash, message)
	want := hmac.New(hash.New, key)
	want.Write(message)
	if err != nil || !bytes.Equal(got, want.Sum(nil)) {
		t.Errorf("MAC(%v) of %d bytes with a key of %d = %x, %v, want %x", hash, len(message), len(key), got, err, want.Sum(nil))
	}
}

func testMACs(t *testing.T, f Fixture) {
	m := macs(t, f.unlocked(t))
	for _, hash := range macHashes {
		// Shorter than the digest, as long, and longer than a block.
		for _, n := range []int{16, 20, hash.Size(), hash.New().BlockSize() + 1} {
			key := randomID(n)
			id := importKey(t, m, hash, key)
			for _, size := range []int{8, 64, 200} {
				sameMAC(t, m, id, hash, key, randomID(size))
			}
		}
	}
}

func testMACKeyStays(t *testing.T, f Fixture) {
	tok := f.unlocked(t)
	m := macs(t, tok)
	key := randomID(32)
	id := importKey(t, m, crypto.SHA256, key)
	logout(t, tok)
	_, err := m.MAC(t.Context(), id, crypto.SHA256, key)
	wantErr(t, "MAC while locked", err, agent.ErrLocked)
	wantErr(t, "DeleteMACKey while locked", m.DeleteMACKey(t.Context(), id), agent.ErrLocked)
	spec := agent.MACKeySpec{ID: randomID(16), Label: "x", Hash: crypto.SHA256}
	wantErr(t, "ImportMACKey while locked", m.ImportMACKey(t.Context(), spec, agent.NewSecret(randomID(32))), agent.ErrLocked)
	if err := tok.Close(); err != nil {
		t.Fatal(err)
	}

	// It is found again, and is no key that signs.
	again := f.unlocked(t)
	sameMAC(t, macs(t, again), id, crypto.SHA256, key, []byte("again"))
	keys, err := again.Keys(t.Context())
	if err != nil || len(keys) != 0 {
		t.Errorf("Keys() = %d keys, %v, want none", len(keys), err)
	}
	_, err = again.Key(t.Context(), id)
	wantErr(t, "Key of a secret key", err, agent.ErrNoKey)
}

func testMACRefused(t *testing.T, f Fixture) {
	m := macs(t, f.unlocked(t))
	id := importKey(t, m, crypto.SHA256, randomID(32))
	for name, spec := range map[string]agent.MACKeySpec{
		"a short identifier": {ID: randomID(7), Hash: crypto.SHA256},
		"the same again":     {ID: id, Hash: crypto.SHA256},
	} {
		wantErr(t, "ImportMACKey with "+name, m.ImportMACKey(t.Context(), spec, agent.NewSecret(randomID(32))), agent.ErrInvalid)
	}
	spec := agent.MACKeySpec{ID: randomID(16), Hash: crypto.SHA256}
	wantErr(t, "ImportMACKey of nothing", m.ImportMACKey(t.Context(), spec, nil), agent.ErrInvalid)
	spec.Hash = crypto.MD5
	wantErr(t, "ImportMACKey for MD5", m.ImportMACKey(t.Context(), spec, agent.NewSecret(randomID(32))), agent.ErrMechanism)
	_, err := m.MAC(t.Context(), id, crypto.MD5, nil)
	wantErr(t, "MAC with MD5", err, agent.ErrMechanism)
	for _, unknown := range [][]byte{nil, randomID(16), spec.ID} {
		_, err := m.MAC(t.Context(), unknown, crypto.SHA256, []byte("x"))
		wantErr(t, "MAC without the key", err, agent.ErrNoKey)
	}
}

func testMACDeleted(t *testing.T, f Fixture) {
	tok := f.unlocked(t)
	m := macs(t, tok)
	pair := newKey(t, tok, agent.P256)
	keys := [][]byte{randomID(32), randomID(32)}
	ids := [][]byte{importKey(t, m, crypto.SHA256, keys[0]), importKey(t, m, crypto.SHA256, keys[1])}
	for range 2 { // the second time it is gone already
		if err := m.DeleteMACKey(t.Context(), ids[0]); err != nil {
			t.Errorf("DeleteMACKey() = %v", err)
		}
	}
	for _, other := range [][]byte{nil, pair.ID()} {
		if err := m.DeleteMACKey(t.Context(), other); err != nil {
			t.Errorf("DeleteMACKey(%x) = %v", other, err)
		}
	}
	_, err := m.MAC(t.Context(), ids[0], crypto.SHA256, nil)
	wantErr(t, "MAC with a deleted key", err, agent.ErrNoKey)
	sameMAC(t, m, ids[1], crypto.SHA256, keys[1], []byte("still there"))
	mustSign(t, listed(t, tok, pair.ID()))
	all, err := tok.(agent.Admin).Objects(t.Context())
	if i := slices.IndexFunc(all, func(o agent.Object) bool { return bytes.Equal(o.ID, ids[1]) }); err != nil || i < 0 || !all[i].Private {
		t.Errorf("Objects() = %+v, %v, want the private secret key", all, err)
	}
}

func testMACContext(t *testing.T, f Fixture) {
	m := macs(t, f.unlocked(t))
	key := randomID(32)
	id := importKey(t, m, crypto.SHA256, key)
	ended, end := context.WithCancel(t.Context())
	end()
	spec := agent.MACKeySpec{ID: randomID(16), Label: "x", Hash: crypto.SHA256}
	wantErr(t, "ImportMACKey", m.ImportMACKey(ended, spec, agent.NewSecret(randomID(32))), context.Canceled)
	_, err := m.MAC(ended, id, crypto.SHA256, nil)
	wantErr(t, "MAC", err, context.Canceled)
	wantErr(t, "DeleteMACKey", m.DeleteMACKey(ended, id), context.Canceled)
	sameMAC(t, m, id, crypto.SHA256, key, nil)
	_, err = m.MAC(t.Context(), spec.ID, crypto.SHA256, nil)
	wantErr(t, "MAC with a key that was not imported", err, agent.ErrNoKey)
}

func testMACRemoved(t *testing.T, f Fixture) {
	m := macs(t, f.unlocked(t))
	key := randomID(32)
	id := importKey(t, m, crypto.SHA256, key)
	f.Remove(t)
	_, err := m.MAC(t.Context(), id, crypto.SHA256, nil)
	wantErr(t, "MAC without the token", err, agent.ErrTokenLost)
	f.Insert(t)
	spec := agent.MACKeySpec{ID: randomID(16), Label: "x", Hash: crypto.SHA256}
	wantErr(t, "ImportMACKey in the old session", m.ImportMACKey(t.Context(), spec, agent.NewSecret(randomID(32))), agent.ErrTokenLost)
	wantErr(t, "DeleteMACKey in the old session", m.DeleteMACKey(t.Context(), id), agent.ErrTokenLost)
	sameMAC(t, macs(t, f.unlocked(t)), id, crypto.SHA256, key, []byte("back"))
}
