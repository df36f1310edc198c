package remote_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"

	"qoltanba/agent"
	"qoltanba/agent/agenttest"
	"qoltanba/agent/jsonrpc"
)

func TestSecretsStayOutOfJSON(t *testing.T) {
	const old, new = "p!N-0ld-5251", "p!N-n3w-8472"
	over(t, func(t *testing.T, l *link) {
		l.person.Do(agenttest.PIN(old, new), agenttest.NewPIN(old, new))
		tries := 0
		err := l.PIN(t.Context(), pinQuestion(accounts), func(_ context.Context, _ agent.ProfileID, pin *agent.Secret) error {
			if tries++; tries == 1 {
				return &agent.PINError{Retries: 1}
			}
			return nil
		})
		if err != nil {
			t.Errorf("PIN = %v", err)
		}
		err = l.ChangePIN(t.Context(), pinQuestion(accounts), func(_ context.Context, _ agent.ProfileID, a, b *agent.Secret) error {
			if string(a.Bytes()) != old || string(b.Bytes()) != new {
				t.Errorf("ChangePIN got %q and %q", a.Bytes(), b.Bytes())
			}
			return nil
		})
		if err != nil {
			t.Errorf("ChangePIN = %v", err)
		}
		synctest.Wait()
		if got := len(l.frames.of(jsonrpc.Secret)); got != 3 {
			t.Errorf("%d secret frames, want 3", got)
		}
		text := bytes.Join(l.frames.of(jsonrpc.Text), nil)
		if !bytes.Contains(text, []byte("https://ib.bank.kz")) {
			t.Fatal("the tap saw no question")
		}
		for _, secret := range []string{old, new} {
			for _, form := range []string{secret, base64.StdEncoding.EncodeToString([]byte(secret)), hex.EncodeToString([]byte(secret))} {
				if bytes.Contains(text, []byte(form)) {
					t.Errorf("JSON has %q", form)
				}
			}
		}
	})
}

// try takes over the secret: what the window handed over is wiped when the
// verdict is there, whether the agent took it or was gone.
func TestSecretsAreWiped(t *testing.T) {
	over(t, func(t *testing.T, l *link) {
		typed := agent.NewSecret([]byte("12345678"))
		l.person.pin = func(ctx context.Context, q agent.PINQuestion, try pinTry) error {
			return try(ctx, accounts.ID, typed)
		}
		err := l.PIN(t.Context(), pinQuestion(accounts), func(_ context.Context, _ agent.ProfileID, pin *agent.Secret) error {
			if string(pin.Bytes()) != "12345678" {
				t.Errorf("entered %q", pin.Bytes())
			}
			return agent.ErrPINLocked
		})
		synctest.Wait()
		if !errors.Is(err, agent.ErrPINLocked) || !bytes.Equal(typed.Bytes(), make([]byte, 8)) {
			t.Errorf("PIN = %v, the window's copy is %q", err, typed.Bytes())
		}
	})
}

func TestEmptySecrets(t *testing.T) {
	over(t, func(t *testing.T, l *link) {
		l.person.Do(agenttest.PIN(""), agenttest.NewPIN("", "1"), agenttest.NewPIN("1", ""))
		// A PIN that is entered on the device itself is an empty one here.
		if err := l.PIN(t.Context(), pinQuestion(accounts), func(_ context.Context, _ agent.ProfileID, pin *agent.Secret) error {
			return lengths(pin, nil, 0, 0)
		}); err != nil {
			t.Errorf("PIN = %v", err)
		}
		for _, want := range [][2]int{{0, 1}, {1, 0}} {
			if err := l.ChangePIN(t.Context(), pinQuestion(accounts), func(_ context.Context, _ agent.ProfileID, a, b *agent.Secret) error {
				return lengths(a, b, want[0], want[1])
			}); err != nil {
				t.Errorf("ChangePIN = %v", err)
			}
		}
	})
}

func lengths(a, b *agent.Secret, first, second int) error {
	if a.Len() != first || b.Len() != second {
		return fmt.Errorf("%d and %d bytes, want %d and %d", a.Len(), b.Len(), first, second)
	}
	return nil
}
