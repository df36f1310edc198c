package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/alecthomas/kong"

	"qoltanba/agent"
	"qoltanba/agent/payment"
	"qoltanba/ui/text"
)

// tokenCmd is the token panel for a terminal: the agent asks this command what
// to do, as it asks the window.
type tokenCmd struct {
	List      tokenListCmd      `cmd:"" help:"${cli_help_list}"`
	Info      tokenInfoCmd      `cmd:"" help:"${cli_help_info}"`
	Format    tokenFormatCmd    `cmd:"" help:"${cli_help_format}"`
	ChangePIN tokenChangePINCmd `cmd:"" name:"change-pin" help:"${cli_help_change_pin}"`
	Unblock   tokenUnblockCmd   `cmd:"" help:"${cli_help_unblock}"`
	Watch     tokenWatchCmd     `cmd:"" help:"${cli_help_watch}"`
}

// tokenHelp puts the help texts of the commands in.
func tokenHelp(l text.Lang) kong.Option {
	return kong.Vars{
		"cli_help_token":      l.T(text.CLIHelpToken),
		"cli_help_list":       l.T(text.CLIHelpList),
		"cli_help_info":       l.T(text.CLIHelpInfo),
		"cli_help_format":     l.T(text.CLIHelpFormat),
		"cli_help_change_pin": l.T(text.CLIHelpChangePIN),
		"cli_help_unblock":    l.T(text.CLIHelpUnblock),
		"cli_help_watch":      l.T(text.CLIHelpWatch),
		"json_help":           l.T(text.CLIHelpJSON),
		"token_help":          l.T(text.CLIHelpSerial),
		"name_help":           l.T(text.CLIHelpName),
		"reregister_help":     l.T(text.CLIHelpReregister),
		"admin_help":          l.T(text.CLIHelpAdmin),
	}
}

// jsonFlag chooses output for programs.
type jsonFlag struct {
	JSON bool `help:"${json_help}" name:"json"`
}

// tokenFlag chooses a token; where only one is connected it is not needed.
type tokenFlag struct {
	Token string `help:"${token_help}" placeholder:"SERIAL"`
}

// pick returns the token that is meant.
func (f tokenFlag) pick(l text.Lang, s agent.TokenPanel) (agent.TokenView, error) {
	fit := slices.DeleteFunc(slices.Clone(s.Tokens), func(v agent.TokenView) bool {
		return f.Token != "" && v.Info.ID.Serial != f.Token
	})
	switch {
	case len(s.Tokens) == 0 && s.Problem != "":
		return agent.TokenView{}, agent.ErrorNamed(s.Problem)
	case len(s.Tokens) == 0:
		return agent.TokenView{}, agent.ErrNoToken
	case len(fit) == 0:
		return agent.TokenView{}, saying(l.T(text.CLINoSuchToken, f.Token))
	case len(fit) > 1:
		return agent.TokenView{}, saying(l.T(text.CLIWhichToken))
	}
	return fit[0], nil
}

// deskWork is what a command does while it has the token panel: state is the
// first one after the tokens were read, updates brings those that follow.
type deskWork func(ctx context.Context, state agent.TokenPanel, updates <-chan agent.TokenPanel, do func(context.Context, agent.TokenAction) error) error

// deskPrompter shows the token panel by doing a command's work. It asks nothing
// else.
type deskPrompter struct {
	nobody
	work deskWork
	err  error // what work returned
}

// Token implements agent.Prompter.
func (p *deskPrompter) Token(ctx context.Context, _ agent.TokenPanel, updates <-chan agent.TokenPanel, do func(context.Context, agent.TokenAction) error) error {
	select {
	case s := <-updates:
		p.err = p.work(ctx, s, updates, do)
	case <-ctx.Done():
		p.err = agent.ErrCanceled
	}
	return agent.ErrDenied // the panel is closed
}

func (p *deskPrompter) failure() error { return p.err }

// atDesk does work at the token panel of the running agent, or of one of its
// own.
func (e *env) atDesk(ctx context.Context, work deskWork) error {
	p := &deskPrompter{work: work}
	return e.visit(ctx, p, controlToken, func(ctx context.Context, b *body) error {
		return b.alone(ctx, func(ctx context.Context) error {
			client := b.agent.Local(p)
			defer client.Close()
			return client.ShowToken(ctx)
		})
	})
}

// tell prints the outcome of a command: for programs as JSON, with the name of
// the error if it has one; the error itself is still returned.
func (e *env) tell(asJSON bool, done string, err error) error {
	if asJSON {
		outcome := struct {
			Done  bool   `json:"done"`
			Error string `json:"error,omitempty"`
		}{err == nil, agent.ErrorName(err)}
		return errors.Join(json.NewEncoder(e.out).Encode(outcome), err)
	}
	if err == nil {
		fmt.Fprintln(e.out, done)
	}
	return err
}

type tokenFormatCmd struct {
	tokenFlag
	jsonFlag

	Name       string `help:"${name_help}"`
	Reregister bool   `help:"${reregister_help}"`
}

// Run formats a token, after the person has agreed in the terminal.
func (f tokenFormatCmd) Run(ctx context.Context, e *env) error {
	t, err := openTerminal(e.lang)
	if err != nil {
		return err
	}
	defer t.close()
	err = e.atDesk(ctx, func(ctx context.Context, s agent.TokenPanel, _ <-chan agent.TokenPanel, do func(context.Context, agent.TokenAction) error) error {
		v, err := f.pick(e.lang, s)
		if err != nil {
			return err
		}
		act := agent.TokenAction{Kind: agent.TokenFormat, Token: v.Info.ID, Label: f.Name, Reregister: f.Reregister}
		// What is refused for certain is refused before anything is typed.
		if refusal := agent.ErrorNamed(v.Refusal); refusal != nil && !(f.Reregister && errors.Is(refusal, agent.ErrRegistered)) {
			return refusal
		}
		for _, c := range v.Losing {
			t.say("%s\n", e.lang.T(text.CLIFormatLosing, c.Subject, c.Issuer, e.lang.Date(c.NotAfter)))
		}
		for _, g := range v.Generators {
			t.say("%s\n", e.lang.Losing(g))
		}
		t.say("%s ", e.lang.T(text.CLIFormatAsk, v.Name+" ("+payment.Visible(v.Info.ID.Serial)+")"))
		if err := t.confirm(ctx); err != nil {
			return err
		}
		if f.Reregister && v.Confirm != "" {
			t.say("%s ", e.lang.T(text.CLIFormatType, v.Confirm))
			if act.Confirm, err = t.line(ctx); err != nil {
				return err
			}
		}
		if v.Content == agent.ContentBlank { // it takes any, which is its PIN from then on
			act.Old, err = t.fresh(ctx, v, text.CLIAdminPIN, false)
		} else {
			act.Old, err = t.pin(ctx, v, text.CLIAdminPIN)
		}
		if err != nil {
			return err
		}
		return do(ctx, act)
	})
	return e.tell(f.JSON, e.lang.T(text.CLIFormatted), err)
}

type tokenChangePINCmd struct {
	tokenFlag
	jsonFlag

	Admin bool `help:"${admin_help}"`
}

// Run changes the user PIN or the administrator's.
func (c tokenChangePINCmd) Run(ctx context.Context, e *env) error {
	kind, old, new := agent.TokenChangePIN, text.ChangeOld, text.ChangeNew
	if c.Admin {
		kind, old, new = agent.TokenChangeAdminPIN, text.CLIAdminPIN, text.CLINewAdminPIN
	}
	return e.newPIN(ctx, c.tokenFlag, c.jsonFlag, kind, old, new, text.CLIPINChanged)
}

type tokenUnblockCmd struct {
	tokenFlag
	jsonFlag
}

// Run sets a new user PIN with the administrator's.
func (c tokenUnblockCmd) Run(ctx context.Context, e *env) error {
	return e.newPIN(ctx, c.tokenFlag, c.jsonFlag, agent.TokenUnblock, text.CLIAdminPIN, text.ChangeNew, text.CLIUnblocked)
}

// newPIN asks for a PIN and a new one, twice, in the terminal and does what they
// are for.
func (e *env) newPIN(ctx context.Context, which tokenFlag, out jsonFlag, kind agent.TokenActionKind, old, new, done text.Key) error {
	t, err := openTerminal(e.lang)
	if err != nil {
		return err
	}
	defer t.close()
	err = e.atDesk(ctx, func(ctx context.Context, s agent.TokenPanel, _ <-chan agent.TokenPanel, do func(context.Context, agent.TokenAction) error) error {
		v, err := which.pick(e.lang, s)
		if err != nil {
			return err
		}
		act := agent.TokenAction{Kind: kind, Token: v.Info.ID}
		if act.Old, err = t.pin(ctx, v, old); err != nil {
			return err
		}
		if act.New, err = t.fresh(ctx, v, new, kind != agent.TokenChangeAdminPIN); err != nil {
			act.Wipe()
			return err
		}
		return do(ctx, act)
	})
	return e.tell(out.JSON, e.lang.T(done), err)
}
