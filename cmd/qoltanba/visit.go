package main

import (
	"context"
	"errors"

	"qoltanba/agent"
)

// asker is a prompter that does a command's work when its window is shown; failure is
// what came of it.
type asker interface {
	agent.Prompter
	failure() error
}

// visit lets p do its work at the running agent, which shows it what the method of the
// control socket is for; where none runs, at an agent that lives as long as the command.
func (e *env) visit(p asker, method string, alone func(ctx context.Context, b *body) error) error {
	d, err := locate(e.home)
	if err != nil {
		return err
	}
	h, c, err := enter(e.ctx, e.lang, d, p)
	if err != nil {
		return err
	}
	if c != nil {
		defer c.close()
		if err := c.call(e.ctx, method, nil, nil); err != nil && p.failure() == nil {
			return err
		}
		return p.failure()
	}
	defer h.Close()
	log, logFile, err := openLog(d, e.debug)
	if err != nil {
		return err
	}
	defer logFile.Close()
	b, err := compose(e, d, h, log, p)
	if err != nil {
		return err
	}
	return errors.Join(alone(e.ctx, b), p.failure())
}
