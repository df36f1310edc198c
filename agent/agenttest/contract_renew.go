package agenttest

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"testing"

	"qoltanba/agent"
)

func testRenew(t *testing.T, f EnrollFixture) {
	renewer, ok := f.Enroller.(agent.Renewer)
	if !ok {
		t.Fatalf("%T is no agent.Renewer", f.Enroller)
	}
	k := f.newKey()
	var err error
	if k.certificate, err = f.submit(k); err != nil {
		t.Fatalf("Submit = %v", err)
	}
	if err := f.Enroller.Confirm(t.Context(), f.Applicant, k.certificate); err != nil {
		t.Fatalf("Confirm = %v", err)
	}
	chain, err := f.Enroller.CACerts(t.Context())
	if err != nil {
		t.Fatalf("CACerts = %v", err)
	}
	// The second time nothing is known of the key but that the bank issued its certificate.
	for _, userID := range []string{f.Applicant.UserID, ""} {
		if !renewer.IsIssuer(k.certificate, chain) {
			t.Error("IsIssuer(the bank's certificate) = false")
		}
		k.certificate = testRenewOnce(t, f, renewer, k, userID)
	}
	stranger := unknownKey()
	if renewer.IsIssuer(stranger.certificate, chain) {
		t.Error("IsIssuer(another CA's certificate) = true")
	}
	if err := renewer.ConfirmRenewal(t.Context(), "", stranger, k.certificate); err == nil {
		t.Error("ConfirmRenewal by another key succeeded")
	}
	if _, err := renewer.Renew(t.Context(), unknownKey()); err == nil {
		t.Error("Renew(unknown key) succeeded")
	}
}

// testRenewOnce renews the certificate of a key and returns what follows it.
func testRenewOnce(t *testing.T, f EnrollFixture, renewer agent.Renewer, k softKey, userID string) *x509.Certificate {
	t.Helper()
	next, err := renewer.Renew(t.Context(), k)
	if err != nil {
		t.Fatalf("Renew = %v", err)
	}
	again, err := renewer.Renew(t.Context(), k)
	if err != nil || !again.Equal(next) {
		t.Errorf("Renew again = %v, another certificate: %v", err, err == nil)
	}
	if !k.isOf(next) || !bytes.Equal(next.RawSubject, k.certificate.RawSubject) {
		t.Error("Renew returned a certificate for another key or name")
	}
	// By the new certificate, as when the old one has ended, and by the old one, again.
	for i, own := range []*x509.Certificate{next, k.certificate, k.certificate} {
		by := k
		by.certificate = own
		if err := renewer.ConfirmRenewal(t.Context(), userID, by, next); err != nil {
			t.Fatalf("ConfirmRenewal(%q) %d = %v", userID, i+1, err)
		}
		if !f.Registered(next) {
			t.Errorf("ConfirmRenewal(%q) %d did not register the certificate", userID, i+1)
		}
	}
	return next
}

// unknownKey is a key that the bank never certified.
func unknownKey() softKey {
	k := newSoftKey()
	k.certificate = NewCA("Nobody").Issue(k.Public(), "Somebody")
	return k
}

// A RenewingBank is what TestRenewAtTwo needs of an adapter.
type RenewingBank interface {
	agent.Enroller
	agent.Renewer
}

// TestRenewAtTwo renews a key's certificate, which is due, at two computers at once, and
// returns the next one. elsewhere knows nothing but the certificate; first knows the User
// ID, and confirms what elsewhere has registered.
func TestRenewAtTwo(t *testing.T, first, elsewhere RenewingBank, userID string, key crypto.Signer, cert *x509.Certificate) *x509.Certificate {
	t.Helper()
	issuers, err := elsewhere.CACerts(t.Context())
	if err != nil || !elsewhere.IsIssuer(cert, issuers) {
		t.Fatalf("the bank is not found by its certificate: %v", err)
	}
	by := softKey{key, cert}
	next, err := elsewhere.Renew(t.Context(), by)
	if err != nil {
		t.Fatalf("Renew = %v", err)
	}
	again, err := first.Renew(t.Context(), by)
	if err != nil || !again.Equal(next) || next.Equal(cert) {
		t.Errorf("Renew at two computers = %v, the same certificate: %t, that in force: %t", err, again.Equal(next), next.Equal(cert))
	}
	if err := elsewhere.ConfirmRenewal(t.Context(), "", by, next); err != nil {
		t.Errorf("ConfirmRenewal = %v", err)
	}
	// The other one goes on with what it has: nothing changes.
	if err := first.ConfirmRenewal(t.Context(), userID, softKey{key, next}, next); err != nil {
		t.Errorf("ConfirmRenewal at the other computer = %v", err)
	}
	return next
}
