package main

import (
	"context"
	"errors"
	"time"

	"qoltanba/agent"
	"qoltanba/agent/audit"
	"qoltanba/ui/text"
)

const (
	homePatience = 5 * time.Second
	homeRetry    = 50 * time.Millisecond
)

// enter takes the home, and returns its history; or it connects to the agent
// that has it, as dialControl does. A home may be taken for a while by one
// that is just starting or ending, which is waited for, and by a command that
// waits for a person, which is said.
func enter(ctx context.Context, lang text.Lang, d dirs, p agent.Prompter) (*history, *controlClient, error) {
	retry := time.NewTicker(homeRetry)
	defer retry.Stop()
	late := time.After(homePatience)
	for {
		// First the agent: one that runs never has its lock tried.
		if c := dialControl(ctx, d, p); c != nil {
			return nil, c, nil
		}
		h, err := openHistory(d)
		if !errors.Is(err, audit.ErrLocked) {
			return h, nil, err
		}
		select {
		case <-retry.C:
		case <-late:
			return nil, nil, saying(lang.T(text.CLIHomeTaken, d.state))
		case <-ctx.Done():
			return nil, nil, agent.ErrCanceled
		}
	}
}
