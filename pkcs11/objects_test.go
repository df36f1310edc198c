package pkcs11_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/asn1"
	"maps"
	"testing"

	p11 "github.com/miekg/pkcs11"

	"qoltanba/agent"
)

// A list of objects that ended too early would take a key's certificate from it:
// the key would count as an orphan, and could be deleted.
func TestManyObjects(t *testing.T) {
	store, token, _ := usb(t)
	lib, slot := rawSlot(t, store)
	session := rawSession(t, lib, slot)
	const many = 300
	for range many {
		if _, err := lib.CreateObject(session, []*p11.Attribute{
			p11.NewAttribute(p11.CKA_CLASS, p11.CKO_DATA), p11.NewAttribute(p11.CKA_TOKEN, true), p11.NewAttribute(p11.CKA_PRIVATE, false),
		}); err != nil {
			t.Fatal(err)
		}
	}
	if err := lib.Finalize(); err != nil {
		t.Fatal(err)
	}
	all, err := openToken(t, open(t, store), token).(agent.Admin).Objects(t.Context())
	if err != nil || len(all) != many {
		t.Errorf("K50 Objects() = %d, %v, want %d", len(all), err, many)
	}
}

// A key tells that others may have it: one that was made elsewhere, one that can be read,
// and one that no longer can.
func TestK6CopiedKeys(t *testing.T) {
	store, token, _ := usb(t)
	lib, slot := rawSlot(t, store)
	session := rawSession(t, lib, slot)
	if err := lib.Login(session, p11.CKU_USER, "1234"); err != nil {
		t.Fatal(err)
	}
	elsewhere, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	value, err := elsewhere.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	p256, err := asn1.Marshal(asn1.ObjectIdentifier{1, 2, 840, 10045, 3, 1, 7})
	if err != nil {
		t.Fatal(err)
	}
	common := func(label string, more ...*p11.Attribute) []*p11.Attribute {
		return append([]*p11.Attribute{
			p11.NewAttribute(p11.CKA_TOKEN, true), p11.NewAttribute(p11.CKA_LABEL, label), p11.NewAttribute(p11.CKA_ID, []byte(label)),
			p11.NewAttribute(p11.CKA_EC_PARAMS, p256), p11.NewAttribute(p11.CKA_SIGN, true),
		}, more...)
	}
	if _, err := lib.CreateObject(session, common("elsewhere", p11.NewAttribute(p11.CKA_CLASS, p11.CKO_PRIVATE_KEY),
		p11.NewAttribute(p11.CKA_KEY_TYPE, p11.CKK_EC), p11.NewAttribute(p11.CKA_VALUE, value),
		p11.NewAttribute(p11.CKA_SENSITIVE, true), p11.NewAttribute(p11.CKA_EXTRACTABLE, false))); err != nil {
		t.Fatal(err)
	}
	for _, label := range []string{"readable", "no longer"} {
		_, private, err := lib.GenerateKeyPair(session, []*p11.Mechanism{p11.NewMechanism(p11.CKM_EC_KEY_PAIR_GEN, nil)},
			[]*p11.Attribute{p11.NewAttribute(p11.CKA_TOKEN, true), p11.NewAttribute(p11.CKA_EC_PARAMS, p256)},
			[]*p11.Attribute{p11.NewAttribute(p11.CKA_TOKEN, true), p11.NewAttribute(p11.CKA_LABEL, label), p11.NewAttribute(p11.CKA_ID, []byte(label)),
				p11.NewAttribute(p11.CKA_SENSITIVE, false), p11.NewAttribute(p11.CKA_EXTRACTABLE, true)})
		if err == nil && label == "no longer" {
			err = lib.SetAttributeValue(session, private, []*p11.Attribute{p11.NewAttribute(p11.CKA_SENSITIVE, true), p11.NewAttribute(p11.CKA_EXTRACTABLE, false)})
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := lib.Finalize(); err != nil {
		t.Fatal(err)
	}
	tok := openToken(t, open(t, store), token)
	if err := loginErr(tok, "1234"); err != nil {
		t.Fatal(err)
	}
	if _, err := tok.GenerateKey(t.Context(), agent.KeySpec{ID: []byte("made here"), Label: "made here", Algorithm: agent.P256}); err != nil {
		t.Fatal(err)
	}
	all, err := tok.(agent.Admin).Objects(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]bool{}
	for _, o := range all {
		if o.Kind == agent.ObjectPrivateKey {
			got[o.Label] = o.Copied
		}
	}
	if want := map[string]bool{"elsewhere": true, "readable": true, "no longer": true, "made here": false}; !maps.Equal(got, want) {
		t.Errorf("K6 copied: %v, want %v", got, want)
	}
}
