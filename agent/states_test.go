package agent_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"qoltanba/agent"
)

func TestTokenState(t *testing.T) {
	const (
		A, L, U, B = agent.TokenAbsent, agent.TokenLocked, agent.TokenUnlocked, agent.TokenBlocked
	)
	table := map[agent.TokenEvent]map[agent.TokenState]agent.TokenState{
		agent.TokenInserted:   {A: L, L: L, U: U, B: B},
		agent.TokenRemoved:    {A: A, L: A, U: A, B: A},
		agent.TokenLoggedIn:   {A: A, L: U, U: U, B: U},
		agent.TokenLoggedOut:  {A: A, L: L, U: L, B: B},
		agent.TokenPINBlocked: {A: A, L: B, U: B, B: B},
		agent.TokenUnblocked:  {A: A, L: L, U: U, B: L},
	}
	for e, row := range table {
		for s, want := range row {
			if got := s.Next(e); got != want {
				t.Errorf("%s.Next(%s) = %s, want %s", s, e, got, want)
			}
		}
	}
	if got := U.Next("nonsense"); got != U {
		t.Errorf("Next of an unknown event = %s, want the state kept", got)
	}
}

func TestSecretShowsNothing(t *testing.T) {
	s := agent.NewSecret([]byte("12345678"))
	var log strings.Builder
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "pin", s)
	for _, text := range []string{fmt.Sprint(s), fmt.Sprintf("%v %+v %#v %s %q %x %d", s, s, s, s, s, s, s), log.String()} {
		if strings.Contains(text, "1234") || strings.Contains(text, "3132") || strings.Contains(text, "49 50") {
			t.Errorf("a secret was printed: %s", text)
		}
	}
	if _, err := json.Marshal(struct{ PIN *agent.Secret }{s}); err == nil {
		t.Error("a secret was marshalled")
	}
	b := s.Bytes()
	s.Wipe()
	if string(b) != strings.Repeat("\x00", 8) {
		t.Errorf("after Wipe: %q", b)
	}
}

func TestErrorNames(t *testing.T) {
	seen := map[string]bool{}
	for _, err := range agent.Sentinels() {
		name := agent.ErrorName(fmt.Errorf("doing: %w", err))
		if name == "" || seen[name] || !errors.Is(agent.ErrorNamed(name), err) {
			t.Errorf("%v: name %q", err, name)
		}
		seen[name] = true
	}
	if n := agent.ErrorName(errors.Join(agent.ErrToken, &agent.PINError{Retries: 1})); n != "pin" {
		t.Errorf("ErrorName(PINError) = %q, want pin", n)
	}
	if n := agent.ErrorName(errors.New("other")); n != "" {
		t.Errorf("ErrorName(other) = %q", n)
	}
}
