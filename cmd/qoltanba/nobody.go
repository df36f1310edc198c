package main

import (
	"context"

	"qoltanba/agent"
)

// nobody is a Prompter for commands that ask nothing.
type nobody struct{}

func (nobody) Site(context.Context, agent.SiteQuestion) error { return agent.ErrNoWindow }

func (nobody) Driver(context.Context, agent.DriverQuestion) error { return agent.ErrNoWindow }

func (nobody) Consent(context.Context, agent.ConsentQuestion, func(int) error) error {
	return agent.ErrNoWindow
}

func (nobody) PIN(context.Context, agent.PINQuestion, func(context.Context, agent.ProfileID, *agent.Secret) error) error {
	return agent.ErrNoWindow
}

func (nobody) ChangePIN(context.Context, agent.PINQuestion, func(context.Context, agent.ProfileID, *agent.Secret, *agent.Secret) error) error {
	return agent.ErrNoWindow
}

func (nobody) Panel(context.Context, agent.PanelState) (agent.PanelAction, error) {
	return agent.PanelAction{}, agent.ErrNoWindow
}

func (nobody) Token(context.Context, agent.TokenPanel, <-chan agent.TokenPanel, func(context.Context, agent.TokenAction) error) error {
	return agent.ErrNoWindow
}

func (nobody) Wizard(context.Context, agent.WizardState, <-chan agent.WizardState, func(context.Context, agent.WizardAction) error) error {
	return agent.ErrNoWindow
}

func (nobody) Generators(context.Context, agent.GeneratorPanel, <-chan agent.GeneratorPanel, func(context.Context, agent.GeneratorAction) error) error {
	return agent.ErrNoWindow
}

func (nobody) Notify(context.Context, agent.Notice) error { return agent.ErrNoWindow }

func (nobody) Prepare() {}
