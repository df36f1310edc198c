package agent_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"qoltanba/agent"
	"qoltanba/agent/agenttest"
)

func TestJoinTokensContract(t *testing.T) {
	agenttest.TestToken(t, func(*testing.T) agenttest.Fixture {
		token := agenttest.NewToken("A1", "Accounts", "1234")
		tokens := agenttest.NewTokens(token)
		return agenttest.Fixture{
			Tokens: agent.JoinTokens(agenttest.NewTokens(), agent.JoinTokens(tokens), agenttest.NewTokens()), ID: token.ID(),
			PIN: "1234", AdminPIN: agent.DefaultAdminPIN, Tries: 3,
			Remove: func(*testing.T) { tokens.Remove(token.ID()) },
			Insert: func(*testing.T) { tokens.Insert(token) },
		}
	})
}

// failing is a source that cannot be asked.
type failing struct{ agent.Tokens }

func (failing) List(context.Context) ([]agent.TokenInfo, error) { return nil, agent.ErrModule }

func (failing) Open(context.Context, agent.TokenID) (agent.Token, error) { return nil, agent.ErrModule }

// scripted is a source that tells what a test says.
type scripted struct {
	agent.Tokens
	now chan []agent.TokenInfo // closed when it fails
}

func (s scripted) Watch(ctx context.Context, changed func([]agent.TokenInfo)) error {
	for {
		select {
		case now, ok := <-s.now:
			if !ok {
				return agent.ErrModule
			}
			changed(now)
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func TestJoinTokensWatch(t *testing.T) {
	a, b := scripted{now: make(chan []agent.TokenInfo)}, scripted{now: make(chan []agent.TokenInfo)}
	info := func(serial string) []agent.TokenInfo {
		return []agent.TokenInfo{{ID: agent.TokenID{Serial: serial}}}
	}
	told := make(chan []string)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { // ends with ctx
		ended <- agent.JoinTokens(a, b).Watch(ctx, func(now []agent.TokenInfo) {
			serials := []string{}
			for _, i := range now {
				serials = append(serials, i.ID.Serial)
			}
			told <- serials
		})
	}()
	want := func(step string, serials ...string) {
		t.Helper()
		if got := <-told; !slices.Equal(got, serials) {
			t.Errorf("%s: told of %q, want %q", step, got, serials)
		}
	}
	b.now <- nil // says nothing yet: the other may have one
	b.now <- info("file")
	want("the first token, while the other source is at work", "file")
	b.now <- nil
	want("it was removed", []string{}...)
	a.now <- info("token")
	want("the other source", "token")
	b.now <- info("file")
	want("in the order of the sources", "token", "file")
	close(a.now)
	want("a source that failed", "file")
	stop()
	if err := <-ended; !errors.Is(err, agent.ErrModule) || !errors.Is(err, context.Canceled) {
		t.Errorf("Watch = %v, want both errors", err)
	}
}

func TestJoinTokensFail(t *testing.T) {
	if _, err := agent.JoinTokens(failing{}, failing{}).List(t.Context()); !errors.Is(err, agent.ErrModule) {
		t.Errorf("List = %v, want ErrModule", err)
	}
	if all, err := agent.JoinTokens(failing{}, agenttest.NewTokens(agenttest.NewToken("A1", "", "1234"))).List(t.Context()); err != nil || len(all) != 1 {
		t.Errorf("List = %v, %v, want the other's token", all, err)
	}
	if _, err := agent.JoinTokens(failing{}, agenttest.NewTokens()).Open(t.Context(), agent.TokenID{Serial: "x"}); !errors.Is(err, agent.ErrModule) {
		t.Errorf("Open = %v, want the reason that says more", err)
	}
}
