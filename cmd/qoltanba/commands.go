package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"qoltanba/agent"
	"qoltanba/ui/text"
)

// ask calls a method of the running agent that asks nothing back.
func (e *env) ask(ctx context.Context, method string, result any) error {
	d, err := locate(e.home)
	if err != nil {
		return err
	}
	c := dialControl(ctx, d, nobody{})
	if c == nil {
		return saying(e.lang.T(text.CLINotRunning))
	}
	defer c.close()
	return c.call(ctx, method, nil, result)
}

type statusCmd struct{}

// Run prints the state of the running agent.
func (statusCmd) Run(ctx context.Context, e *env) error {
	var s agent.Status
	if err := e.ask(ctx, controlStatus, &s); err != nil {
		return err
	}
	l := e.lang
	fmt.Fprintln(e.out, l.T(text.CLIRunning, s.Version))
	fmt.Fprintln(e.out, statusLine(l, s.Token))
	if s.Port != 0 {
		fmt.Fprintln(e.out, l.T(text.StatusPort, s.Port))
	} else {
		fmt.Fprintln(e.out, l.T(text.StatusNoPort))
	}
	if s.Problem != "" {
		sentence, hint := l.ErrorNamed(s.Problem)
		fmt.Fprintln(e.out, sentence, hint)
	}
	for _, p := range s.Profiles {
		fmt.Fprintf(e.out, "  %s\n", profileLine(p))
		if days := endsIn(l, p); days != "" {
			fmt.Fprintf(e.out, "    %s\n", days)
		}
	}
	return nil
}

func statusLine(l text.Lang, s agent.TokenState) string {
	return l.T(map[agent.TokenState]text.Key{
		agent.TokenAbsent: text.StatusAbsent, agent.TokenLocked: text.StatusLocked,
		agent.TokenUnlocked: text.StatusUnlocked, agent.TokenBlocked: text.StatusBlocked,
	}[s])
}

func profileLine(p agent.Profile) string {
	if p.Subject == "" {
		return p.Name
	}
	return p.Name + " — " + p.Subject
}

type lockCmd struct{}

// Run locks the running agent's tokens.
func (lockCmd) Run(ctx context.Context, e *env) error {
	if err := e.ask(ctx, controlLock, nil); err != nil {
		return err
	}
	fmt.Fprintln(e.out, e.lang.T(text.CLILocked))
	return nil
}

type signCmd struct {
	File     string `arg:"" help:"${file_help}" type:"existingfile"`
	Attached bool   `help:"${attached_help}"`
	Out      string `help:"${out_help}" short:"o" type:"path"`
}

// Run signs a file through the running agent, or on its own. Consent and
// password are asked for in this terminal.
func (s signCmd) Run(ctx context.Context, e *env) error {
	out := cmp.Or(s.Out, s.File+".p7s")
	if _, err := os.Lstat(out); !errors.Is(err, os.ErrNotExist) {
		return saying(e.lang.T(text.CLIExists, out))
	}
	data, err := os.ReadFile(s.File)
	if err != nil {
		return err
	}
	t, err := openTerminal(e.lang)
	if err != nil {
		return err
	}
	defer t.close()
	p := signParams{Name: filepath.Base(s.File), Data: data, Detached: !s.Attached}
	var answer signAnswer
	err = e.atAgent(ctx, t, t, func(c *controlClient) error {
		var status agent.Status
		if err := c.call(ctx, controlStatus, nil, &status); err != nil {
			return err
		}
		if p.Profile, err = t.choose(ctx, status.Profiles); err != nil {
			return err
		}
		return c.call(ctx, controlSign, p, &answer)
	}, func(b *body) error {
		answer, err = signAlone(ctx, b, t, p)
		return err
	})
	if err != nil {
		return err
	}
	if err := writeNew(out, answer.CMS); err != nil {
		return err
	}
	fmt.Fprintln(e.out, e.lang.T(text.CLISigned, out))
	return nil
}

// signAlone signs with an agent that lives as long as the command.
func signAlone(ctx context.Context, b *body, t *terminal, p signParams) (answer signAnswer, err error) {
	err = b.alone(ctx, func(ctx context.Context) error {
		all := b.agent.Status().Profiles
		if problem := agent.ErrorNamed(b.agent.Status().Problem); len(signable(all)) == 0 && problem != nil {
			return problem // why there is none
		}
		if p.Profile, err = t.choose(ctx, all); err != nil {
			return err
		}
		answer, err = signOne(ctx, b.agent.Local(t), p)
		return err
	})
	return answer, err
}

// alone runs an agent that lives as long as f, which is called when the tokens
// have been looked at.
func (b *body) alone(ctx context.Context, f func(context.Context) error) error {
	return b.runAgent(ctx, func(ctx context.Context) error {
		for _, settled := range []<-chan struct{}{b.modules.Settled(), b.keyFiles.Settled()} {
			select {
			case <-settled:
			case <-ctx.Done():
				return agent.ErrCanceled
			}
		}
		return f(ctx)
	})
}

// writeNew writes a file that must not be there yet. At an error, such as a
// full disk, nothing stays.
func writeNew(path string, data []byte) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err = errors.Join(err, f.Close()); err != nil {
		err = errors.Join(err, os.Remove(path))
	}
	return err
}

// signable are the profiles that a document can be signed with.
func signable(all []agent.Profile) []agent.Profile {
	return slices.DeleteFunc(slices.Clone(all), func(p agent.Profile) bool { return p.Empty })
}
