package store_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"errors"
	"math/big"
	"sync/atomic"
	"testing"
	"time"

	"qoltanba/cmd/refbank/store"
)

// An issuer makes certificates for one key and counts them.
type issuer struct {
	key  *ecdsa.PrivateKey
	made atomic.Int64
}

func newIssuer(t *testing.T) *issuer {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return &issuer{key: key}
}

func (i *issuer) spki(t *testing.T) []byte {
	t.Helper()
	der, err := x509.MarshalPKIXPublicKey(i.key.Public())
	if err != nil {
		t.Fatal(err)
	}
	return der
}

// sign returns a new certificate that ends at that time.
func (i *issuer) sign(ends time.Time) (*x509.Certificate, error) {
	c := &x509.Certificate{SerialNumber: big.NewInt(i.made.Add(1)), NotBefore: now.Add(-time.Hour), NotAfter: ends}
	der, err := x509.CreateCertificate(rand.Reader, c, c, i.key.Public(), i.key)
	if err != nil {
		return nil, err
	}
	return x509.ParseCertificate(der)
}

func card(t *testing.T, s *store.Store) store.Card {
	t.Helper()
	c, err := s.CheckCard(t.Context(), client.UserID, pin, primary, now)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// issue has a certificate of a year issued.
func issue(t *testing.T, s *store.Store, c store.Card, i *issuer) (*x509.Certificate, error) {
	return s.Issue(t.Context(), c, i.spki(t), 12, now, func() (*x509.Certificate, error) { return i.sign(now.AddDate(1, 0, 0)) })
}

func TestIssueOnceForAKey(t *testing.T) {
	s, path := openCard(t)
	stores := []*store.Store{s, reopen(t, path)}
	i, c := newIssuer(t), card(t, s)
	certs := make([]*x509.Certificate, 20)
	for _, err := range atOnce(len(certs), func(n int) (err error) {
		certs[n], err = issue(t, stores[n%2], c, i)
		return err
	}) {
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, cert := range certs {
		if !cert.Equal(certs[0]) {
			t.Fatal("K117 the same request gave two certificates")
		}
	}
	if keys, n, err := s.Counts(t.Context(), client.UserID); keys != 1 || n != 1 || err != nil || i.made.Load() != 1 {
		t.Errorf("K117 Counts = %d, %d, %v and %d were made, want one", keys, n, err, i.made.Load())
	}
	if card(t, s).Used {
		t.Error("K120 the card is used up by issuing")
	}
}

func TestIssueRefuses(t *testing.T) {
	s, _ := openCard(t)
	c := card(t, s)
	other := client
	other.UserID = "qq222222_asdfghjk"
	if err := s.AddClient(t.Context(), other); err != nil {
		t.Fatal(err)
	}
	addCard(t, s, other.UserID, pin, now)
	first := newIssuer(t)
	if _, err := issue(t, s, c, first); err != nil {
		t.Fatal(err)
	}
	if _, err := issue(t, s, store.Card{Client: other, Issued: now}, first); !errors.Is(err, store.ErrKeyTaken) {
		t.Errorf("Issue(key of another client) = %v, want ErrKeyTaken", err)
	}
	for range 2 { // two keys got lost before they were registered
		if _, err := issue(t, s, c, newIssuer(t)); err != nil {
			t.Errorf("K123 Issue(new key) = %v", err)
		}
	}
	if _, err := issue(t, s, c, newIssuer(t)); !errors.Is(err, store.ErrKeyMany) {
		t.Errorf("Issue(fourth key) = %v, want ErrKeyMany", err)
	}
	if _, err := issue(t, s, c, first); err != nil {
		t.Errorf("Issue(first key again) = %v", err)
	}
	addCard(t, s, client.UserID, pin, now.Add(time.Hour))
	if _, err := issue(t, s, c, newIssuer(t)); !errors.Is(err, store.ErrCardUsed) {
		t.Errorf("Issue(with a card that was replaced meanwhile) = %v, want ErrCardUsed", err)
	}
	if _, err := issue(t, s, card(t, s), newIssuer(t)); err != nil {
		t.Errorf("Issue(new card) = %v", err)
	}
}

func TestIssueAnewAfterTheEnd(t *testing.T) {
	s, _ := openCard(t)
	i, c := newIssuer(t), card(t, s)
	old, err := issue(t, s, c, i)
	if err != nil {
		t.Fatal(err)
	}
	later := old.NotAfter
	cert, err := s.Issue(t.Context(), c, i.spki(t), 12, later, func() (*x509.Certificate, error) { return i.sign(later.AddDate(1, 0, 0)) })
	if err != nil || cert.Equal(old) {
		t.Errorf("Issue(after the end) = %v, the old one: %v", err, cert.Equal(old))
	}
}

func TestRegister(t *testing.T) {
	s, _ := openCard(t)
	c := card(t, s)
	lost, err := issue(t, s, c, newIssuer(t))
	if err != nil {
		t.Fatal(err)
	}
	cert, err := issue(t, s, c, newIssuer(t))
	if err != nil {
		t.Fatal(err)
	}
	foreign, err := newIssuer(t).sign(now.AddDate(1, 0, 0))
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name    string
		cert    *x509.Certificate
		changed bool
		want    error
	}{
		{"not issued", foreign, false, store.ErrNotIssued},
		{"K7 first", cert, true, nil},
		{"K117 again", cert, false, nil},
		{"K120 another with the same card", lost, false, store.ErrCardUsed},
		{"K117 and again", cert, false, nil},
	} {
		changed, err := s.Register(t.Context(), c, test.cert, now)
		if changed != test.changed || !errors.Is(err, test.want) {
			t.Errorf("%s: Register = %v, %v, want %v, %v", test.name, changed, err, test.changed, test.want)
		}
	}
	if !card(t, s).Used {
		t.Error("K120 the card is not used up by registering")
	}
	if got, err := s.ClientByCertificate(t.Context(), cert); err != nil || got.UserID != client.UserID {
		t.Errorf("ClientByCertificate = %+v, %v", got, err)
	}
	if _, err := issue(t, s, c, newIssuer(t)); !errors.Is(err, store.ErrCardUsed) {
		t.Errorf("Issue(new key, used card) = %v, want ErrCardUsed", err)
	}
}

// A card that was replaced while its certificate was on the way registers nothing: it may
// have been lost with its PIN.
func TestRegisterWithACardReplacedMeanwhile(t *testing.T) {
	s, _ := openCard(t)
	old := card(t, s)
	cert, err := issue(t, s, old, newIssuer(t))
	if err != nil {
		t.Fatal(err)
	}
	addCard(t, s, client.UserID, "NEW7PIN2", now.Add(time.Hour))
	if changed, err := s.Register(t.Context(), old, cert, now.Add(2*time.Hour)); changed || !errors.Is(err, store.ErrCardUsed) {
		t.Errorf("Register = %v, %v, want ErrCardUsed", changed, err)
	}
	if got, err := s.ClientByCertificate(t.Context(), cert); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("the certificate is in force for %+v, %v", got, err)
	}
	fresh, err := s.CheckCard(t.Context(), client.UserID, "NEW7PIN2", primary, now)
	if err != nil || fresh.Used {
		t.Fatalf("the new card: %+v, %v", fresh, err)
	}
	if changed, err := s.Register(t.Context(), fresh, cert, now.Add(3*time.Hour)); !changed || err != nil {
		t.Errorf("Register with the new card = %v, %v", changed, err)
	}
}

func TestRenew(t *testing.T) {
	s, _ := openCard(t)
	i, c := newIssuer(t), card(t, s)
	old, err := issue(t, s, c, i)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Register(t.Context(), c, old, now); err != nil {
		t.Fatal(err)
	}
	const early = 30 * 24 * time.Hour
	renew := func(at time.Time) *x509.Certificate {
		t.Helper()
		cert, err := s.Renew(t.Context(), old, early, at, func(months int) (*x509.Certificate, error) { return i.sign(at.AddDate(0, months, 0)) })
		if err != nil {
			t.Fatal(err)
		}
		return cert
	}
	if got := renew(old.NotAfter.Add(-early - time.Second)); !got.Equal(old) {
		t.Error("Renew gave another certificate too early")
	}
	at := old.NotAfter.Add(-early)
	renewed := renew(at)
	if renewed.Equal(old) || !renewed.NotAfter.Equal(at.AddDate(0, 12, 0)) {
		t.Errorf("Renew gave one that ends %v, want %v", renewed.NotAfter, at.AddDate(0, 12, 0))
	}
	if again := renew(at.Add(time.Hour)); !again.Equal(renewed) {
		t.Error("Renew gave two certificates for one lost answer")
	}
	// However short the time is that certificates are valid for.
	if again := renew(renewed.NotAfter.Add(-time.Hour)); !again.Equal(renewed) {
		t.Error("Renew gave a second certificate before the first was registered")
	}
	for n, want := range []bool{true, false} {
		if changed, err := s.RegisterRenewed(t.Context(), client.UserID, renewed); changed != want || err != nil {
			t.Errorf("RegisterRenewed %d = %v, %v, want %v", n, changed, err, want)
		}
	}
	// Another computer has the next one already, and this one says once more what it has done.
	next, err := s.Renew(t.Context(), renewed, early, renewed.NotAfter.Add(-early), func(months int) (*x509.Certificate, error) {
		return i.sign(renewed.NotAfter.AddDate(0, months, 0))
	})
	if err != nil || next.Equal(renewed) {
		t.Fatalf("Renew(the renewed one) = %v, the same certificate: %t", err, err == nil)
	}
	if changed, err := s.RegisterRenewed(t.Context(), client.UserID, renewed); changed || err != nil {
		t.Errorf("RegisterRenewed(the one in force) = %v, %v, want that nothing changed", changed, err)
	}
	if _, err := s.RegisterRenewed(t.Context(), client.UserID, old); !errors.Is(err, store.ErrNotIssued) {
		t.Errorf("RegisterRenewed(the old one) = %v, want ErrNotIssued", err)
	}
	if _, err := s.RegisterRenewed(t.Context(), "somebody", renewed); !errors.Is(err, store.ErrNotIssued) {
		t.Errorf("RegisterRenewed(of another client) = %v, want ErrNotIssued", err)
	}
	addCard(t, s, client.UserID, pin, now.Add(time.Hour))
	other, err := issue(t, s, card(t, s), newIssuer(t))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.RegisterRenewed(t.Context(), client.UserID, other); !errors.Is(err, store.ErrReplaced) {
		t.Errorf("RegisterRenewed(another key) = %v, want ErrReplaced", err)
	}
}
