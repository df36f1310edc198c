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
func (e *env) visit(ctx context.Context, p asker, method string, alone func(ctx context.Context, b *body) error) error {
	return e.atAgent(ctx, p, p, func(c *controlClient) error {
		if err := c.call(ctx, method, nil, nil); err != nil && p.failure() == nil {
			return err
		}
		return p.failure()
	}, func(b *body) error { return errors.Join(alone(ctx, b), p.failure()) })
}

// atAgent calls over with the running agent, whose questions to this command p answers;
// where none runs, alone with an agent that lives as long as the command, whose windows
// are w's.
func (e *env) atAgent(ctx context.Context, p, w agent.Prompter, over func(*controlClient) error, alone func(*body) error) (err error) {
	d, err := locate(e.home)
	if err != nil {
		return err
	}
	h, c, err := enter(ctx, e.lang, d, p)
	if err != nil {
		return err
	}
	if c != nil {
		defer c.close()
		return over(c)
	}
	defer func() { err = errors.Join(err, h.Close()) }()
	log, logFile, err := openLog(d, e.debug)
	if err != nil {
		return err
	}
	defer logFile.Close()
	b, err := compose(e, d, h, log, w)
	if err != nil {
		return err
	}
	return alone(b)
}
