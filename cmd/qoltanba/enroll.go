package main

import (
	"context"
	"errors"

	"github.com/alecthomas/kong"

	"qoltanba/agent"
	"qoltanba/ui/text"
)

// enrollHelp puts the help texts of the commands in.
func enrollHelp(l text.Lang) kong.Option {
	return kong.Vars{
		"cli_help_enroll": l.T(text.CLIHelpEnroll),
		"cli_help_renew":  l.T(text.CLIHelpRenew),
		"user_id_help":    l.T(text.CLIHelpUserID),
		"tok_name_help":   l.T(text.CLIHelpTokName),
		"months_help":     l.T(text.CLIHelpMonths),
		"bank_help":       l.T(text.CLIHelpBank),
	}
}

// enrollCmd is the Profile Creation Wizard for a terminal. Its flags fill fields in
// beforehand; a PIN or a password is no flag. The key file's is the program's own,
// --key-file.
type enrollCmd struct {
	UserID string `help:"${user_id_help}" name:"user-id" placeholder:"ID"`
	Name   string `help:"${tok_name_help}"`
	Months int    `help:"${months_help}" placeholder:"N"`
	Bank   string `help:"${bank_help}" placeholder:"HOST"`
}

// Run registers a profile, or goes on with a registration that was begun.
func (c enrollCmd) Run(ctx context.Context, e *env) error {
	if c.Name != "" {
		if err := agent.CheckTokenName(c.Name); err != nil {
			return err
		}
	}
	if c.Months < 0 {
		return agent.ErrPeriod
	}
	t, err := openTerminal(e.lang)
	if err != nil {
		return err
	}
	defer t.close()
	w := &terminalWizard{terminal: t, userID: c.UserID, name: c.Name, months: c.Months, bank: c.Bank}
	own := *e
	if len(e.keyFiles) > 0 { // here it is no token to sign with
		w.keyFile, own.keyFiles = e.keyFiles[0], nil
	}
	err = own.atAgent(ctx, w, nobody{}, func(c *controlClient) error {
		var s agent.Status
		if err := c.call(ctx, controlStatus, nil, &s); err != nil {
			return err
		}
		if err := noToken(s); err != nil {
			return err
		}
		return c.call(ctx, controlEnroll, nil, nil)
	}, func(b *body) error {
		return b.alone(ctx, func(ctx context.Context) error {
			if err := noToken(b.agent.Status()); err != nil {
				return err
			}
			client := b.agent.Local(w)
			defer client.Close()
			return client.ShowWizard(ctx)
		})
	})
	switch {
	case w.finished:
		return nil
	case w.err != nil: // in its own words, and not as the agent got it back
		err = w.err
	}
	kept := text.CLIEnrollLeft
	if w.begun {
		kept = text.CLIEnrollKept
	}
	if errors.Is(err, agent.ErrDenied) || errors.Is(err, agent.ErrCanceled) { // there is nothing else to say
		return saying(e.lang.T(kept))
	}
	if w.begun {
		t.say("\n%s\n", e.lang.T(kept))
	}
	return err
}

// noToken is the reason why no token will be seen however long one waits, or nil.
func noToken(s agent.Status) error {
	if len(s.Profiles) == 0 && s.Problem != "" {
		return agent.ErrorNamed(s.Problem)
	}
	return nil
}
