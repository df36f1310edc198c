package ui

import (
	"context"

	"qoltanba/agent"
)

// Driver implements agent.Prompter.
func (w *Windows) Driver(ctx context.Context, q agent.DriverQuestion) error { return agent.ErrNoWindow }

// Token implements agent.Prompter.
func (w *Windows) Token(ctx context.Context, s agent.TokenPanel, updates <-chan agent.TokenPanel, do func(context.Context, agent.TokenAction) error) error {
	return agent.ErrNoWindow
}
