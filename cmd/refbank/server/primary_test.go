package server_test

import (
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"qoltanba/agent/cms"
	"qoltanba/cmd/refbank/ca"
)

// TestPrimaryKeySignsNothing shows the bank's side of K5, also for a client whose
// primary initialization key was registered by mistake.
func TestPrimaryKeySignsNothing(t *testing.T) {
	b := newBank(t)
	w := login(t, b, b.asel)
	id, document := makeOrder(w, good)
	primary, err := ca.OpenPrimary(filepath.Join(b.dir, "primary"))
	if err != nil {
		t.Fatal(err)
	}
	asel := b.asel
	asel.key = ecKey(t, elliptic.P256())
	asel.cert, err = primary.Issue(asel.key.Public(), ca.Subject{
		Surname: asel.Surname, GivenName: asel.GivenName, IIN: asel.IIN, Company: asel.Company, BIN: asel.BIN,
	}, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	status, a := submit(w, id, signed(t, asel, document, cms.Options{Origin: origin}))
	if status != http.StatusOK || a.Verdict != "refused" || a.Reason != "certificate" {
		t.Errorf("K5 verdict on an order = %d %+v, want refused: certificate", status, a)
	}
	if err := b.store.SetCertificate(t.Context(), asel.UserID, asel.cert); err != nil {
		t.Fatal(err)
	}
	stranger := newBrowser(t, b)
	status, a = stranger.post("/api/login", token(t, asel, "ES256", origin, challenge(stranger)))
	if status != http.StatusUnauthorized || a.Error != "token-certificate" {
		t.Errorf("K5 login = %d %+v, want 401 token-certificate", status, a)
	}
}

// Nor does one whose certificate the clients' own CA issued: its policy tells what it is.
func TestK5PrimaryPolicySignsNothing(t *testing.T) {
	b := newBank(t)
	asel := b.asel
	asel.cert = b.primaryOf(t, asel.cert)
	if err := b.store.SetCertificate(t.Context(), asel.UserID, asel.cert); err != nil {
		t.Fatal(err)
	}
	stranger := newBrowser(t, b)
	status, a := stranger.post("/api/login", token(t, asel, "ES256", origin, challenge(stranger)))
	if status != http.StatusUnauthorized || a.Error != "token-certificate" {
		t.Errorf("K5 login = %d %+v, want 401 token-certificate", status, a)
	}
	if err := b.store.SetCertificate(t.Context(), asel.UserID, b.asel.cert); err != nil {
		t.Fatal(err)
	}
	w := login(t, b, b.asel)
	id, document := makeOrder(w, good)
	status, a = submit(w, id, signed(t, asel, document, cms.Options{Origin: origin}))
	if status != http.StatusOK || a.Verdict != "refused" || a.Reason != "certificate" {
		t.Errorf("K5 verdict on an order = %d %+v, want refused: certificate", status, a)
	}
}

// primaryOf returns a client's certificate with the policy of primary keys, signed by the
// same CA.
func (b *bank) primaryOf(t *testing.T, cert *x509.Certificate) *x509.Certificate {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(b.dir, "ca", "issuing.key"))
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(data)
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	template := *cert
	template.Policies = []x509.OID{policy(t)}
	der, err := x509.CreateCertificate(rand.Reader, &template, b.ca.Issuing(), cert.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	marked, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return marked
}

func policy(t *testing.T) x509.OID {
	t.Helper()
	oid, err := x509.ParseOID(ca.PrimaryPolicy)
	if err != nil {
		t.Fatal(err)
	}
	return oid
}
