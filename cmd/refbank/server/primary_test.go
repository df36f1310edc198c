package server_test

import (
	"crypto/elliptic"
	"net/http"
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
