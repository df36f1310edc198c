package ui

import (
	"context"

	"qoltanba/agent"
)

// Wizard implements agent.Prompter.
func (w *Windows) Wizard(ctx context.Context, s agent.WizardState, updates <-chan agent.WizardState, do func(context.Context, agent.WizardAction) error) error {
	return agent.ErrNoWindow
}
