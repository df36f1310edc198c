package pkcs11

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"

	p11 "github.com/miekg/pkcs11"

	"qoltanba/agent"
)

func TestText(t *testing.T) {
	for in, want := range map[string]string{
		"Accounts                        ": "Accounts",
		"Accounts\x00\x00\x00":             "Accounts",
		"Accounts\x00      ":               "Accounts",
		"   ":                              "",
		"\x00\x00":                         "",
		"Есеп ":                            "Есеп",
		"\xd1\xf7\xe5\xf2 1":               `\xd1\xf7\xe5\xf2 1`, // Windows-1251
		"a\ufffdb\xff":                     "a\ufffdb" + `\xff`,
	} {
		if got := text(in); got != want {
			t.Errorf("text(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestCounts(t *testing.T) {
	const present, removable = p11.CKF_TOKEN_PRESENT, p11.CKF_TOKEN_PRESENT | p11.CKF_REMOVABLE_DEVICE
	for _, c := range []struct {
		name        string
		slot, token uint
		want        bool
	}{
		{"K20 an initialized token", removable, p11.CKF_TOKEN_INITIALIZED | p11.CKF_LOGIN_REQUIRED, true},
		{"a token in software", present, p11.CKF_TOKEN_INITIALIZED | p11.CKF_LOGIN_REQUIRED, true},
		{"K19 a new device", removable, 0, true},
		{"a spare slot", present, p11.CKF_SO_PIN_LOCKED, false},
		{"trusted certificates", present, p11.CKF_TOKEN_INITIALIZED | p11.CKF_WRITE_PROTECTED, false},
		{"a read-only token with login", removable, p11.CKF_TOKEN_INITIALIZED | p11.CKF_WRITE_PROTECTED | p11.CKF_LOGIN_REQUIRED, true},
	} {
		if got := counts(c.slot, c.token); got != c.want {
			t.Errorf("%s: counts = %v, want %v", c.name, got, c.want)
		}
	}
}

func TestSessions(t *testing.T) {
	for _, c := range []struct {
		has    uint
		wanted int
		want   int
	}{
		{p11.CK_EFFECTIVELY_INFINITE, 4, 5},
		{p11.CK_UNAVAILABLE_INFORMATION, 2, 3},
		{100, 4, 5},
		{5, 4, 3},
		{3, 4, 2}, // crypto11 refuses 1
		{1, 1, 2},
	} {
		f := found{raw: p11.TokenInfo{MaxRwSessionCount: c.has}}
		if got := f.sessions(c.wanted); got != c.want {
			t.Errorf("sessions(%d) of %d = %d, want %d", c.wanted, c.has, got, c.want)
		}
	}
}

func TestPINError(t *testing.T) {
	const set = p11.CKF_TOKEN_INITIALIZED
	for flags, want := range map[uint]error{
		set:                              &agent.PINError{Retries: agent.RetriesUnknown},
		set | p11.CKF_USER_PIN_COUNT_LOW: &agent.PINError{Retries: agent.RetriesLow},
		set | p11.CKF_USER_PIN_FINAL_TRY: &agent.PINError{Retries: 1},
		set | p11.CKF_USER_PIN_COUNT_LOW | p11.CKF_USER_PIN_FINAL_TRY:                           &agent.PINError{Retries: 1},
		set | p11.CKF_USER_PIN_LOCKED:                                                           agent.ErrPINLocked,
		set | p11.CKF_USER_PIN_COUNT_LOW | p11.CKF_USER_PIN_FINAL_TRY | p11.CKF_USER_PIN_LOCKED: agent.ErrPINLocked,
	} {
		if got := pinError(p11.TokenInfo{Flags: flags}); got.Error() != want.Error() {
			t.Errorf("pinError(%#x) = %v, want %v", flags, got, want)
		}
	}
}

func TestTranslate(t *testing.T) {
	for code, want := range map[uint]error{
		0x05: agent.ErrTokenLost, 0x30: agent.ErrTokenLost, 0x32: agent.ErrTokenLost,
		0x60: agent.ErrTokenLost, 0x82: agent.ErrTokenLost, 0x90: agent.ErrTokenLost,
		0xB0: agent.ErrTokenLost, 0xB3: agent.ErrTokenLost, 0xE0: agent.ErrTokenLost,
		0xE1: agent.ErrTokenLost, 0x101: agent.ErrTokenLost, 0x190: agent.ErrTokenLost,
		0xA1: agent.ErrPINLength, 0xA2: agent.ErrPINLength, 0xA4: agent.ErrPINLocked,
		0x54: agent.ErrMechanism, 0x62: agent.ErrMechanism, 0x63: agent.ErrMechanism,
		0x68: agent.ErrMechanism, 0x70: agent.ErrMechanism, 0x71: agent.ErrMechanism,
		0x130: agent.ErrMechanism, 0x140: agent.ErrMechanism,
		0x50: agent.ErrDenied, 0x191: agent.ErrModule,
		0x06: agent.ErrToken, 0x100: agent.ErrToken, 0x31: agent.ErrToken, 0x80000001: agent.ErrToken,
	} {
		for _, err := range []error{p11.Error(code), fmt.Errorf("x: %w", p11.Error(code))} {
			got := translate(err)
			if !errors.Is(got, want) {
				t.Errorf("translate(%v) = %v, want %v", err, got, want)
			}
			if !errors.Is(got, p11.Error(code)) {
				t.Errorf("translate(%v) = %v, which lost the code", err, got)
			}
		}
	}
	var pin *agent.PINError
	if err := translate(p11.Error(0xA0)); !errors.As(err, &pin) || pin.Retries != agent.RetriesUnknown {
		t.Errorf("translate(0xA0) = %v, want a PINError", err)
	}
	for _, err := range []error{agent.ErrNoKey, context.Canceled, &agent.PINError{Retries: 2},
		fmt.Errorf("%w: %w", agent.ErrModule, p11.Error(0x05))} {
		if got := translate(err); got != err {
			t.Errorf("translate(%v) = %v, want it unchanged", err, got)
		}
	}
	if err := translate(errors.New("crypto11 says so")); !errors.Is(err, agent.ErrToken) {
		t.Errorf("translate(other) = %v, want ErrToken", err)
	}
}

// A call into the library that ctx gave up on goes on, keeps the turn, and is
// undone if it succeeded.
func TestCallGivenUp(t *testing.T) {
	for name, answer := range map[string]error{"succeeds later": nil, "fails later": agent.ErrToken} {
		turn := newTurn(1)
		ctx, end := context.WithCancel(t.Context())
		begun, release, undone := make(chan struct{}), make(chan struct{}), make(chan struct{}, 1)
		ended := make(chan error)
		go func() { // ends with ctx
			_, err := call(ctx, turn, func() (int, error) {
				close(begun)
				<-release
				return 1, answer
			}, func() { undone <- struct{}{} })
			ended <- err
		}()
		<-begun
		end()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("%s: call = %v, want context.Canceled", name, err)
		}
		select {
		case turn <- struct{}{}:
			t.Errorf("%s: the turn is free while the call goes on", name)
		default:
		}
		if _, err := call(ctx, turn, func() (int, error) { return 0, nil }, nil); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: call with an ended context = %v", name, err)
		}
		close(release)
		turn.take() // the call has ended, and what had to be undone is
		if got := len(undone) == 1; got != (answer == nil) {
			t.Errorf("%s: undone = %v", name, got)
		}
	}
}

// Not every token cuts a digest that is longer than the curve's order, so it is
// cut before.
// A secret is there while the call runs, also when nobody waits for it any
// more, and is wiped when it has returned or will not run.
func TestCallWipesSecrets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		turn := newTurn(1)
		ctx, end := context.WithCancel(t.Context())
		pins := [2]*agent.Secret{agent.NewSecret([]byte("1234")), agent.NewSecret([]byte("5678"))}
		release := make(chan struct{})
		seen := ""
		ended := make(chan error)
		for _, pin := range pins {
			go func() { // ends with ctx
				_, err := call(ctx, turn, func() (nothing, error) {
					<-release
					seen = strings.Clone(letters(pin))
					return nothing{}, nil
				}, nil, pin)
				ended <- err
			}()
			synctest.Wait() // the first has the turn
		}
		end()
		for range pins {
			if err := <-ended; !errors.Is(err, context.Canceled) {
				t.Errorf("call = %v, want context.Canceled", err)
			}
		}
		if got := string(pins[1].Bytes()); got != "\x00\x00\x00\x00" {
			t.Errorf("the secret of a call that does not run is %q", got)
		}
		close(release)
		synctest.Wait()
		if seen != "1234" {
			t.Errorf("the call saw %q, want the secret", seen)
		}
		if got := string(pins[0].Bytes()); got != "\x00\x00\x00\x00" {
			t.Errorf("the secret of a call that returned is %q", got)
		}
	})
}

func TestDigestCut(t *testing.T) {
	for _, c := range []struct {
		curve elliptic.Curve
		hash  crypto.Hash
		want  int
	}{
		{elliptic.P256(), crypto.SHA256, 32},
		{elliptic.P256(), crypto.SHA512, 32},
		{elliptic.P384(), crypto.SHA256, 32},
		{elliptic.P384(), crypto.SHA512, 48},
		{elliptic.P521(), crypto.SHA512, 64},
	} {
		got, _, err := agent.CheckDigest(&ecdsa.PublicKey{Curve: c.curve}, make([]byte, c.hash.Size()), c.hash)
		if err != nil || len(got) != c.want {
			t.Errorf("%s with %s: %d bytes, %v, want %d", c.curve.Params().Name, c.hash, len(got), err, c.want)
		}
	}
}
