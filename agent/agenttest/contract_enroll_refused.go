package agenttest

import (
	"bytes"
	"context"
	"crypto"
	"errors"
	"fmt"
	"io"
	"testing"
	"time"

	"qoltanba/agent"
)

func testCredentials(t *testing.T, f EnrollFixture) {
	for name, spoil := range map[string]func(*agent.Applicant){
		"User ID":  func(a *agent.Applicant) { a.UserID = "ag999999_nobody" },
		"PIN":      func(a *agent.Applicant) { a.PIN = agent.NewSecret([]byte("WRONGPIN")) },
		"no PIN":   func(a *agent.Applicant) { a.PIN = agent.NewSecret(nil) },
		"key file": func(a *agent.Applicant) { a.Primary = f.Foreign },
	} {
		a := f.Applicant
		spoil(&a)
		if _, err := f.Enroller.Check(t.Context(), a); !errors.Is(err, agent.ErrCredentials) {
			t.Errorf("%s: Check = %v, want ErrCredentials", name, err)
		}
		if _, err := f.Enroller.Submit(t.Context(), a, f.newKey()); !errors.Is(err, agent.ErrCredentials) {
			t.Errorf("%s: Submit = %v, want ErrCredentials", name, err)
		}
	}
	f.issued(t, 0)
	if _, err := f.Enroller.Check(t.Context(), f.Applicant); err != nil {
		t.Errorf("Check(right) afterwards = %v", err)
	}
}

func testSmallLetters(t *testing.T, f EnrollFixture) {
	a := f.Applicant
	a.PIN = agent.NewSecret(bytes.ToLower(f.Applicant.PIN.Bytes()))
	if a.PIN.Equal(f.Applicant.PIN) {
		t.Fatal("the PIN has no letters")
	}
	before := 0
	if f.Tries != nil {
		before = f.Tries()
	}
	if _, err := f.Enroller.Check(t.Context(), a); !errors.Is(err, agent.ErrCredentials) {
		t.Errorf("Check(small letters) = %v, want ErrCredentials", err)
	}
	if f.Tries != nil && f.Tries()-before != 1 {
		t.Errorf("Check made %d tries, want 1", f.Tries()-before)
	}
}

func testLostAnswers(t *testing.T, f EnrollFixture) {
	k := f.newKey()
	f.LoseAnswer()
	if _, err := f.submit(k); !errors.Is(err, agent.ErrBank) {
		t.Errorf("Submit without answer = %v, want ErrBank", err)
	}
	cert, err := f.submit(k)
	if err != nil {
		t.Fatalf("Submit again = %v", err)
	}
	f.issued(t, 1)
	f.LoseAnswer()
	if err := f.Enroller.Confirm(t.Context(), f.Applicant, cert); !errors.Is(err, agent.ErrBank) {
		t.Errorf("Confirm without answer = %v, want ErrBank", err)
	}
	if err := f.Enroller.Confirm(t.Context(), f.Applicant, cert); err != nil {
		t.Errorf("Confirm again = %v", err)
	}
}

func testPending(t *testing.T, f EnrollFixture) {
	const after = 2 * time.Hour
	f.Pend(after)
	k := f.newKey()
	_, err := f.submit(k)
	if p, ok := errors.AsType[*agent.PendingError](err); !ok || p.After != after {
		t.Errorf("Submit = %v, want a PendingError of %v", err, after)
	}
	if _, err := f.submit(k); err != nil {
		t.Errorf("Submit later = %v", err)
	}
}

// lockedKey is a key whose token is locked.
type lockedKey struct{ softKey }

func (lockedKey) Sign(io.Reader, []byte, crypto.SignerOpts) ([]byte, error) {
	return nil, fmt.Errorf("signing: %w", agent.ErrLocked)
}

func testKeyError(t *testing.T, f EnrollFixture) {
	if _, err := f.Enroller.Submit(t.Context(), f.Applicant, lockedKey{f.newKey()}); !errors.Is(err, agent.ErrLocked) {
		t.Errorf("Submit(locked key) = %v, want ErrLocked", err)
	}
	f.issued(t, 0)
}

func testEnrollContext(t *testing.T, f EnrollFixture) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, check := f.Enroller.Check(ctx, f.Applicant)
	_, certs := f.Enroller.CACerts(ctx)
	_, submit := f.Enroller.Submit(ctx, f.Applicant, f.newKey())
	confirm := f.Enroller.Confirm(ctx, f.Applicant, f.Applicant.Primary.Certificates[0])
	for name, err := range map[string]error{"Check": check, "CACerts": certs, "Submit": submit, "Confirm": confirm} {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s = %v, want context.Canceled", name, err)
		}
	}
	f.issued(t, 0)
}
