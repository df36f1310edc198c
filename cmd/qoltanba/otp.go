package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/alecthomas/kong"

	"qoltanba/agent"
	"qoltanba/ui/text"
)

// otpCmd is the code generators for a terminal: the agent asks this command what to do,
// as it asks the window. PINs and keys are typed in the terminal and nowhere else.
type otpCmd struct {
	List      otpListCmd      `cmd:"" help:"${otp_help_list}"`
	Add       otpAddCmd       `cmd:"" help:"${otp_help_add}"`
	Code      otpCodeCmd      `cmd:"" help:"${otp_help_code}"`
	Respond   otpRespondCmd   `cmd:"" help:"${otp_help_respond}"`
	ChangePIN otpChangePINCmd `cmd:"" name:"change-pin" help:"${otp_help_change_pin}"`
	Remove    otpRemoveCmd    `cmd:"" help:"${otp_help_remove}"`
}

// otpHelp puts the help texts of the commands in.
func otpHelp(l text.Lang) kong.Option {
	return kong.Vars{
		"otp_help":            l.T(text.OTPHelp),
		"otp_help_list":       l.T(text.OTPHelpList),
		"otp_help_add":        l.T(text.OTPHelpAdd),
		"otp_help_code":       l.T(text.OTPHelpCode),
		"otp_help_respond":    l.T(text.OTPHelpRespond),
		"otp_help_change_pin": l.T(text.OTPHelpChangePIN),
		"otp_help_remove":     l.T(text.OTPHelpRemove),
		"otp_device":          l.T(text.OTPHelpDevice),
		"otp_file":            l.T(text.OTPHelpFile),
		"otp_typed":           l.T(text.OTPHelpTyped),
		"otp_mobipass":        l.T(text.OTPHelpMobiPass),
		"otp_bank":            l.T(text.OTPHelpBank),
		"otp_serial":          l.T(text.OTPHelpSerial),
		"otp_name":            l.T(text.OTPHelpName),
		"otp_token":           l.T(text.OTPHelpToken),
		"otp_forget":          l.T(text.OTPHelpForget),
		"otp_number":          l.T(text.OTPHelpNumber),
	}
}

// deviceFlag chooses a code generator; where only one fits it is not needed.
type deviceFlag struct {
	Device string `help:"${otp_device}" placeholder:"NAME"`
}

// pick returns the one that is meant, of that kind, or of any with "".
func (f deviceFlag) pick(l text.Lang, s agent.GeneratorPanel, kind agent.GeneratorKind) (agent.GeneratorView, error) {
	fit := slices.DeleteFunc(slices.Clone(s.Devices), func(v agent.GeneratorView) bool {
		return kind != "" && v.Kind != kind || f.Device != "" && f.Device != v.ID && f.Device != v.Serial && f.Device != v.Name
	})
	switch {
	case len(fit) == 0 && s.Problem != "":
		return agent.GeneratorView{}, agent.ErrorNamed(s.Problem)
	case len(fit) == 0:
		return agent.GeneratorView{}, agent.ErrNoGenerator
	case len(fit) > 1:
		return agent.GeneratorView{}, saying(l.T(text.OTPWhich))
	}
	return fit[0], nil
}

// with is withCodes with the device that is meant.
func (f deviceFlag) with(ctx context.Context, e *env, kind agent.GeneratorKind, work func(context.Context, *codesDesk, *terminal, agent.GeneratorView) error) error {
	return e.withCodes(ctx, func(ctx context.Context, c *codesDesk, t *terminal) error {
		v, err := f.pick(e.lang, c.panel, kind)
		if err != nil {
			return err
		}
		return work(ctx, c, t, v)
	})
}

// shown returns the device with that id as a panel shows it.
func shown(s agent.GeneratorPanel, id string) (v agent.GeneratorView, ok bool) {
	i := slices.IndexFunc(s.Devices, func(v agent.GeneratorView) bool { return v.ID == id })
	if i < 0 {
		return v, false
	}
	return s.Devices[i], true
}

// codesDesk is the code generators in the hands of a command.
type codesDesk struct {
	panel   agent.GeneratorPanel
	updates <-chan agent.GeneratorPanel
	act     func(context.Context, agent.GeneratorAction) error
}

// until waits for a state of the panel.
func (c *codesDesk) until(ctx context.Context, is func(agent.GeneratorPanel) bool) error {
	for !is(c.panel) {
		select {
		case c.panel = <-c.updates:
		case <-ctx.Done():
			return agent.ErrCanceled
		}
	}
	return nil
}

// do does something with a device and returns what it shows then.
func (c *codesDesk) do(ctx context.Context, v agent.GeneratorView, a agent.GeneratorAction) (agent.GeneratorView, error) {
	a.Device = v.ID
	if err := c.act(ctx, a); err != nil {
		return v, err
	}
	var now agent.GeneratorView
	err := c.until(ctx, func(s agent.GeneratorPanel) bool {
		var there bool
		now, there = shown(s, v.ID)
		return !there || now.Steps > v.Steps
	})
	return now, err
}

// codesPrompter shows the code generators by doing a command's work. It asks nothing
// else.
type codesPrompter struct {
	nobody
	work func(context.Context, *codesDesk) error
	err  error // what work returned
}

func (p *codesPrompter) failure() error { return p.err }

// Generators implements agent.Prompter.
func (p *codesPrompter) Generators(ctx context.Context, _ agent.GeneratorPanel, updates <-chan agent.GeneratorPanel, do func(context.Context, agent.GeneratorAction) error) error {
	select {
	case s := <-updates: // the stored devices were opened
		p.err = p.work(ctx, &codesDesk{panel: s, updates: updates, act: do})
	case <-ctx.Done():
		p.err = agent.ErrCanceled
	}
	return agent.ErrDenied // the window is closed
}

// atCodes does work at the code generators of the running agent, or of one of its own.
func (e *env) atCodes(ctx context.Context, work func(context.Context, *codesDesk) error) error {
	p := &codesPrompter{work: work}
	err := e.visit(ctx, p, controlOTP, func(ctx context.Context, b *body) error {
		return b.alone(ctx, func(ctx context.Context) error { // keys may lie in a token
			client := b.agent.Local(p)
			defer client.Close()
			return client.ShowGenerators(ctx)
		})
	})
	if errors.Is(err, agent.ErrVault) { // what to do about it is said for code generators
		err = errors.Join(saying(e.lang.T(text.OTPVault)), err)
	}
	return err
}

// withCodes is atCodes with a terminal.
func (e *env) withCodes(ctx context.Context, work func(context.Context, *codesDesk, *terminal) error) error {
	t, err := openTerminal(e.lang)
	if err != nil {
		return err
	}
	defer t.close()
	return e.atCodes(ctx, func(ctx context.Context, c *codesDesk) error { return work(ctx, c, t) })
}

type otpListCmd struct{ jsonFlag }

// generatorJSON is how a code generator is printed for programs.
type generatorJSON struct {
	ID      string              `json:"id"`
	Kind    agent.GeneratorKind `json:"kind"`
	Name    string              `json:"name"`
	Bank    string              `json:"bank"`
	Serial  string              `json:"serial,omitempty"`
	Token   string              `json:"token,omitempty"`  // serial number of the token that holds the keys
	Stored  *bool               `json:"stored,omitempty"` // MobiPass: a key is there
	Problem string              `json:"problem,omitempty"`
}

// Run lists the code generators.
func (o otpListCmd) Run(ctx context.Context, e *env) error {
	return e.atCodes(ctx, func(_ context.Context, c *codesDesk) error {
		if o.JSON {
			all := []generatorJSON{}
			for _, v := range c.panel.Devices {
				j := generatorJSON{ID: v.ID, Kind: v.Kind, Name: v.Name, Bank: v.Bank, Serial: v.Serial, Problem: v.Problem}
				if v.Token != nil {
					j.Token = v.Token.Serial
				}
				if v.Kind == agent.GeneratorMobi {
					j.Stored = &v.Mobi.Stored
				}
				all = append(all, j)
			}
			return json.NewEncoder(e.out).Encode(all)
		}
		if len(c.panel.Devices) == 0 {
			fmt.Fprintln(e.out, e.lang.T(text.OTPNone))
		}
		for _, v := range c.panel.Devices {
			fmt.Fprintln(e.out, generatorLine(e.lang, v))
		}
		return nil
	})
}

// generatorLine names a code generator in one line, and what is wrong with it. The names
// have no control characters, which a terminal would obey.
func generatorLine(l text.Lang, v agent.GeneratorView) string {
	kind := "SpectraNet " + v.Serial
	if v.Kind == agent.GeneratorMobi {
		kind = "MobiPass"
	}
	line := fmt.Sprintf("%s\t%s\t%s", v.Name, kind, v.Bank)
	if v.Token != nil {
		line += "\t" + l.T(text.GeneratorOnToken, v.TokenName)
	}
	switch {
	case v.Problem == agent.ErrorName(agent.ErrLocked): // as it should be
	case v.Problem != "":
		sentence, _ := l.ErrorNamed(v.Problem)
		line += "\t" + sentence
	case v.Kind == agent.GeneratorMobi && !v.Mobi.Stored:
		line += "\t" + l.T(text.OTPNoKey)
	}
	return line
}

type otpRemoveCmd struct {
	deviceFlag
	jsonFlag

	Forget bool `help:"${otp_forget}"`
}

// Run takes a code generator away, after the person has agreed in the terminal: from the
// token as well that holds its keys, unless that is not there and the person gives it up.
func (r otpRemoveCmd) Run(ctx context.Context, e *env) error {
	err := r.with(ctx, e, "", func(ctx context.Context, c *codesDesk, t *terminal, v agent.GeneratorView) error {
		there := v.Token == nil
		if !there {
			_, there = c.token(ctx, func(id agent.TokenID) bool { return id == *v.Token })
		}
		if there || !r.Forget {
			var err error
			if v, err = c.ready(ctx, t, v); err != nil {
				return err
			}
			t.say("%s ", e.lang.T(text.OTPRemoveAsk, v.Name))
		} else {
			t.say("%s ", e.lang.T(text.OTPForgetAsk, v.Name, v.TokenName))
		}
		if err := t.confirm(ctx); err != nil {
			return err
		}
		_, err := c.do(ctx, v, agent.GeneratorAction{Kind: agent.GeneratorRemove, Forget: r.Forget && !there})
		return err
	})
	return e.tell(r.JSON, e.lang.T(text.OTPRemoved), err)
}
