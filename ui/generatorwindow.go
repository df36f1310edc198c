package ui

import (
	"context"

	"qoltanba/agent"
)

// Generators implements agent.Prompter.
func (w *Windows) Generators(ctx context.Context, s agent.GeneratorPanel, updates <-chan agent.GeneratorPanel, do func(context.Context, agent.GeneratorAction) error) error {
	return agent.ErrNoWindow
}
