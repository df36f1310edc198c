package agent_test

import (
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"qoltanba/agent"
	"qoltanba/agent/agenttest"
)

// stuck is agent.Tokens whose tokens cannot be opened.
type stuck struct {
	agent.Tokens
	opened  atomic.Int64
	tooMuch func()
}

func (s *stuck) Open(context.Context, agent.TokenID) (agent.Token, error) {
	if s.opened.Add(1) > 20 {
		s.tooMuch()
	}
	return nil, agent.ErrModule
}

// A token that cannot be read is not asked again and again without a pause.
func TestPanelGivesATokenTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		s := &stuck{tooMuch: cancel}
		d := newBenchDesk(t, func(c *agent.Config) { s.Tokens, c.Tokens = c.Tokens, s })
		d.person.Do(func() agenttest.Answer {
			answer, held := agenttest.Hold(agenttest.Refuse())
			go func() {
				<-held.Reached
				select {
				case <-time.After(time.Minute):
				case <-ctx.Done():
				}
				held.Release()
			}()
			return answer
		}())
		_ = d.agent.ShowToken(ctx, agent.PageToken, agent.TokenID{})
		if n := s.opened.Load(); n < 2 || n > 20 {
			t.Errorf("opened %d times in a minute, want more than once and not without a pause", n)
		}
	})
}
