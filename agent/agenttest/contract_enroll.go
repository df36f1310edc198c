package agenttest

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"errors"
	"testing"
	"time"

	"qoltanba/agent"
	"qoltanba/agent/gost"
)

// EnrollFixture is what TestEnroller needs of an adapter: a bank with one client
// who has an unused card.
type EnrollFixture struct {
	Enroller  agent.Enroller
	Applicant agent.Applicant // a period of the contract, and letters in the PIN
	Foreign   agent.PrimaryKey
	NoPeriod  int // months that the contract has not

	Issued     func() int                   // certificates, by the CA
	Registered func(*x509.Certificate) bool // in force for the applicant

	// Key makes the keys that are certified; nil: on P-256.
	Key func() crypto.Signer

	// Tries counts those of the applicant's PIN; when nil they are not counted.
	Tries func() int

	// For TestEnrollerFaults: LoseAnswer loses the bank's next answer, and Pend lets
	// the next request for a certificate wait for longer than minutes.
	LoseAnswer func()
	Pend       func(time.Duration)
}

// TestEnroller is the contract of agent.Enroller and agent.Renewer. It calls open anew
// for every rule.
func TestEnroller(t *testing.T, open func(t *testing.T) EnrollFixture) {
	TestFirstCertificate(t, open)
	t.Run("a certificate is renewed", func(t *testing.T) { testRenew(t, open(t)) })
}

// TestFirstCertificate is the contract of agent.Enroller alone, for an adapter that does
// not renew.
func TestFirstCertificate(t *testing.T, open func(t *testing.T) EnrollFixture) {
	for _, r := range []struct {
		name string
		test func(t *testing.T, f EnrollFixture)
	}{
		{"K104 checking issues nothing and uses nothing up", testCheck},
		{"K79 wrong User ID, PIN and key file are one error", testCredentials},
		{"K73 K86 a PIN in small letters is wrong and tried once", testSmallLetters},
		{"K7 a key is certified and registered", testEnroll},
		{"K118 the same key gets the same certificate", testEnrollTwice},
		{"K56 a period that the contract has not is refused", testNoPeriod},
		{"K120 the PIN is used up by the registration", testUsedUp},
		{"a certificate of nobody is not registered", testConfirmForeign},
		{"the error of a key comes through", testKeyError},
		{"an ended context is honoured by the enroller", testEnrollContext},
	} {
		t.Run(r.name, func(t *testing.T) { r.test(t, open(t)) })
	}
}

// TestEnrollerFaults is the part of the contract for a bank that can lose answers
// and take its time.
func TestEnrollerFaults(t *testing.T, open func(t *testing.T) EnrollFixture) {
	t.Run("K115 lost answers are made good", func(t *testing.T) { testLostAnswers(t, open(t)) })
	t.Run("a bank that needs more time says when", func(t *testing.T) { testPending(t, open(t)) })
}

// softKey is an agent.Key in memory that has no token.
type softKey struct {
	crypto.Signer
	certificate *x509.Certificate
}

func (softKey) ID() []byte                       { return []byte("soft key") }
func (softKey) Label() string                    { return "" }
func (k softKey) Certificate() *x509.Certificate { return k.certificate }

func newSoftKey() softKey {
	return softKey{Signer: must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))}
}

func (f EnrollFixture) newKey() softKey {
	if f.Key == nil {
		return newSoftKey()
	}
	return softKey{Signer: f.Key()}
}

// isOf reports whether a certificate is the key's.
func (k softKey) isOf(cert *x509.Certificate) bool {
	return k.Public().(interface{ Equal(crypto.PublicKey) bool }).Equal(cert.PublicKey)
}

func (f EnrollFixture) submit(k softKey) (*x509.Certificate, error) {
	return f.Enroller.Submit(context.Background(), f.Applicant, k)
}

func (f EnrollFixture) issued(t *testing.T, want int) {
	t.Helper()
	if got := f.Issued(); got != want {
		t.Errorf("%d certificates were issued, want %d", got, want)
	}
}

func testCheck(t *testing.T, f EnrollFixture) {
	for range 2 {
		if _, err := f.Enroller.Check(t.Context(), f.Applicant); err != nil {
			t.Fatalf("Check = %v", err)
		}
	}
	f.issued(t, 0)
	if _, err := f.submit(f.newKey()); err != nil {
		t.Errorf("Submit after Check = %v", err)
	}
}

func testEnroll(t *testing.T, f EnrollFixture) {
	k := f.newKey()
	cert, err := f.submit(k)
	if err != nil {
		t.Fatalf("Submit = %v", err)
	}
	if !k.isOf(cert) {
		t.Error("Submit returned a certificate for another key")
	}
	chain, err := f.Enroller.CACerts(t.Context())
	if err != nil {
		t.Fatalf("CACerts = %v", err)
	}
	if err := leadsTo(cert, chain); err != nil {
		t.Errorf("the certificate is not of CACerts: %v", err)
	}
	if got, want := cert.NotAfter, time.Now().AddDate(0, f.Applicant.Months, 0); want.Sub(got).Abs() > 72*time.Hour {
		t.Errorf("K55 the certificate ends %v, want %v", got, want)
	}
	if f.Registered(cert) {
		t.Error("registered before Confirm")
	}
	for range 2 {
		if err := f.Enroller.Confirm(t.Context(), f.Applicant, cert); err != nil {
			t.Fatalf("Confirm = %v", err)
		}
	}
	if !f.Registered(cert) {
		t.Error("Confirm did not register the certificate")
	}
	f.issued(t, 1)
	if bytes.Equal(f.Applicant.PIN.Bytes(), make([]byte, f.Applicant.PIN.Len())) {
		t.Error("the caller's PIN was wiped")
	}
}

// leadsTo returns nil when one of the roots, or one below them, issued the certificate.
func leadsTo(cert *x509.Certificate, roots []*x509.Certificate) error {
	if _, ok := cert.PublicKey.(*gost.PublicKey); ok {
		_, err := gost.Verify(cert, gost.VerifyOptions{Roots: roots})
		return err
	}
	pool := x509.NewCertPool()
	for _, c := range roots {
		pool.AddCert(c)
	}
	_, err := cert.Verify(x509.VerifyOptions{Roots: pool, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny}})
	return err
}

func testEnrollTwice(t *testing.T, f EnrollFixture) {
	k := f.newKey()
	first, err := f.submit(k)
	if err != nil {
		t.Fatalf("Submit = %v", err)
	}
	second, err := f.submit(k)
	if err != nil || !second.Equal(first) {
		t.Errorf("Submit again = %v, another certificate: %v", err, err == nil)
	}
	f.issued(t, 1)
}

func testNoPeriod(t *testing.T, f EnrollFixture) {
	f.Applicant.Months = f.NoPeriod
	if _, err := f.submit(f.newKey()); !errors.Is(err, agent.ErrRejected) {
		t.Errorf("Submit(%d months) = %v, want ErrRejected", f.NoPeriod, err)
	}
	f.issued(t, 0)
}

func testUsedUp(t *testing.T, f EnrollFixture) {
	cert, err := f.submit(f.newKey())
	if err != nil {
		t.Fatalf("Submit = %v", err)
	}
	lost, err := f.submit(f.newKey()) // the first key got lost
	if err != nil {
		t.Fatalf("Submit(another key) before Confirm = %v", err)
	}
	if err := f.Enroller.Confirm(t.Context(), f.Applicant, cert); err != nil {
		t.Fatalf("Confirm = %v", err)
	}
	if err := f.Enroller.Confirm(t.Context(), f.Applicant, lost); !errors.Is(err, agent.ErrRejected) {
		t.Errorf("Confirm(another certificate) = %v, want ErrRejected", err)
	}
	_, err = f.submit(f.newKey())
	if !errors.Is(err, agent.ErrRejected) && !errors.Is(err, agent.ErrCredentials) {
		t.Errorf("Submit(third key) after Confirm = %v, want a refusal", err)
	}
	f.issued(t, 2)
}

func testConfirmForeign(t *testing.T, f EnrollFixture) {
	foreign := NewCA("Nobody").Issue(newSoftKey().Public(), f.Applicant.UserID)
	if err := f.Enroller.Confirm(t.Context(), f.Applicant, foreign); !errors.Is(err, agent.ErrRejected) {
		t.Errorf("Confirm(foreign) = %v, want ErrRejected", err)
	}
	if f.Registered(foreign) {
		t.Error("a foreign certificate was registered")
	}
}
