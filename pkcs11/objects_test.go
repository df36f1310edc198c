package pkcs11_test

import (
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
