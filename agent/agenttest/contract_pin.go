package agenttest

import (
	"context"
	"testing"

	"qoltanba/agent"
)

// wrong is a PIN of the same length that differs in every byte.
func (f Fixture) wrong() string {
	b := []byte(f.PIN)
	for i := range b {
		b[i] ^= 1
	}
	return string(b)
}

func testWrongPIN(t *testing.T, f Fixture) {
	tok := f.unlocked(t)
	k := f.key(t, tok, agent.P256)
	logout(t, tok)
	e := wantPINError(t, "Login(wrong)", login(tok, f.wrong()))
	if f.Tries > 1 && e.Retries != f.Tries-1 && e.Retries != agent.RetriesLow {
		t.Errorf("Login(wrong) tells %d tries, want %d or that they are few", e.Retries, f.Tries-1)
	}
	if i, err := tok.Info(t.Context()); err != nil || !i.PINLow && e.Retries == agent.RetriesLow {
		t.Errorf("Info() after a wrong PIN = %+v, %v, want PINLow", i, err)
	}
	wantErr(t, "Sign", sign(t, k), agent.ErrLocked)
	f.login(t, tok)
	mustSign(t, k)
	if i := f.info(t); i.PINLow || i.PINFinal || i.PINLocked {
		t.Errorf("List() after the right PIN = %+v, want no warnings", i)
	}
}

// A PKCS #11 token that is logged in answers any PIN alike, so a check that
// forgets to log out first accepts every PIN.
func testWrongPINUnlocked(t *testing.T, f Fixture) {
	tok := f.unlocked(t)
	k := f.key(t, tok, agent.P256)
	wantPINError(t, "Login(wrong) while unlocked", login(tok, f.wrong()))
	wantErr(t, "Sign", sign(t, k), agent.ErrLocked)
	f.login(t, tok)
	f.login(t, tok) // the right one may be entered again
	mustSign(t, k)
}

func testEmptyPIN(t *testing.T, f Fixture) {
	tok := f.open(t)
	for range max(f.Tries, 3) + 1 {
		wantPINError(t, "Login(empty)", login(tok, ""))
	}
	f.login(t, tok)
}

func testPINLadder(t *testing.T, f Fixture) {
	if f.Tries == 0 { // SoftHSM: it says so by never locking
		tok := f.open(t)
		for range 10 {
			wantPINError(t, "Login(wrong)", login(tok, f.wrong()))
		}
		f.login(t, tok)
		return
	}
	tok := f.unlocked(t)
	k := f.key(t, tok, agent.P256)
	for left := f.Tries - 1; left > 0; left-- {
		e := wantPINError(t, "Login(wrong)", login(tok, f.wrong()))
		i := f.info(t)
		if !(i.PINLow || i.PINFinal) || i.PINFinal != (left == 1) || i.PINLocked {
			t.Errorf("with %d tries left List() = %+v", left, i)
		}
		if left == 1 && e.Retries != 1 {
			t.Errorf("before the last try Login(wrong) tells %d tries, want 1", e.Retries)
		}
	}
	wantErr(t, "Login(wrong), the last try", login(tok, f.wrong()), agent.ErrPINLocked)
	wantErr(t, "Login(right), too late", login(tok, f.PIN), agent.ErrPINLocked)
	wantErr(t, "SetPIN, too late", setPIN(tok, f.PIN, f.PIN+"7"), agent.ErrPINLocked)
	wantErr(t, "Sign", sign(t, k), agent.ErrLocked)
	if i := f.info(t); !i.PINLocked {
		t.Errorf("List() = %+v, want PINLocked", i)
	}
}

func setPIN(tok agent.Token, old, new string) error {
	return tok.SetPIN(context.Background(), agent.NewSecret([]byte(old)), agent.NewSecret([]byte(new)))
}

func testSetPIN(t *testing.T, f Fixture) {
	tok := f.unlocked(t)
	k := newKey(t, tok, agent.P256)
	fresh := f.PIN + "7"
	long := make([]byte, f.info(t).MaxPIN+1)

	// These do not reach the token, so they cost no try.
	wantErr(t, "SetPIN(wrong, short)", setPIN(tok, f.wrong(), "7"), agent.ErrPINLength)
	wantErr(t, "SetPIN(right, short)", setPIN(tok, f.PIN, "7"), agent.ErrPINLength)
	wantErr(t, "SetPIN(right, empty)", setPIN(tok, f.PIN, ""), agent.ErrPINLength)
	wantErr(t, "SetPIN(right, long)", setPIN(tok, f.PIN, string(long)), agent.ErrPINLength)
	wantErr(t, "SetPIN(right, right)", setPIN(tok, f.PIN, f.PIN), agent.ErrPINSame)
	if i := f.info(t); i.PINLow {
		t.Errorf("List() = %+v, want no try spent", i)
	}

	wantPINError(t, "SetPIN(wrong, new)", setPIN(tok, f.wrong(), fresh))
	wantErr(t, "Sign after a wrong old PIN", sign(t, k), agent.ErrLocked)
	f.login(t, tok) // it still is the PIN

	if err := setPIN(tok, f.PIN, fresh); err != nil {
		t.Fatalf("SetPIN(right, new) = %v", err)
	}
	wantErr(t, "Sign after SetPIN", sign(t, k), agent.ErrLocked)
	wantPINError(t, "Login(old)", login(tok, f.PIN))
	if err := login(tok, fresh); err != nil {
		t.Fatalf("Login(new) = %v", err)
	}
	mustSign(t, k)
}
