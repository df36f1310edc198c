package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"

	"golang.org/x/term"

	"qoltanba/agent"
	"qoltanba/agent/payment"
	"qoltanba/ui/text"
)

var _ agent.Prompter = (*terminal)(nil)

// terminal asks a person in a terminal. It takes the terminal itself and not
// stdin: a password never comes from a pipe or a file.
type terminal struct {
	nobody
	lang    text.Lang
	in, out *os.File
	lines   *bufio.Reader
}

func openTerminal(lang text.Lang) (*terminal, error) {
	from, to := "/dev/tty", "/dev/tty"
	if runtime.GOOS == "windows" {
		from, to = "CONIN$", "CONOUT$"
	}
	in, err := os.OpenFile(from, os.O_RDWR, 0)
	if err != nil {
		return nil, saying(lang.T(text.CLINeedsTerminal))
	}
	out, err := os.OpenFile(to, os.O_WRONLY, 0)
	if err != nil || !term.IsTerminal(int(in.Fd())) {
		in.Close()
		return nil, saying(lang.T(text.CLINeedsTerminal))
	}
	return &terminal{lang: lang, in: in, out: out, lines: bufio.NewReader(in)}, nil
}

func (t *terminal) close() error { return errors.Join(t.in.Close(), t.out.Close()) }

// say writes to the terminal, not to stdout or stderr, which may be files. A
// terminal obeys control characters: those of documents and tokens have been
// written out by package payment.
func (t *terminal) say(format string, args ...any) { fmt.Fprintf(t.out, format, args...) }

// choose lets the person choose a profile to sign with; one alone is taken.
func (t *terminal) choose(ctx context.Context, all []agent.Profile) (agent.ProfileID, error) {
	all = signable(all)
	switch len(all) {
	case 0:
		return agent.ProfileID{}, agent.ErrNoToken
	case 1:
		return all[0].ID, nil
	}
	for i, p := range all {
		t.say("  %d. %s\n", i+1, profileLine(p))
	}
	for {
		t.say("%s ", t.lang.T(text.CLIChoose, len(all)))
		line, err := t.line(ctx)
		if err != nil {
			return agent.ProfileID{}, err
		}
		if n, err := strconv.Atoi(line); err == nil && n >= 1 && n <= len(all) {
			return all[n-1].ID, nil
		}
	}
}

// Consent shows the document in full and takes a typed word for agreement.
func (t *terminal) Consent(ctx context.Context, q agent.ConsentQuestion, _ func(int) error) error {
	for _, d := range q.Documents {
		t.document(d)
	}
	t.say("%s: %s\n", t.lang.T(text.Profile), profileLine(q.Profile))
	t.say("%s ", t.lang.T(text.CLISignQuestion))
	return t.confirm(ctx)
}

// confirm takes a typed yes, and anything else for ErrDenied.
func (t *terminal) confirm(ctx context.Context) error {
	line, err := t.line(ctx)
	if err == nil && !strings.EqualFold(line, t.lang.T(text.CLIYes)) {
		err = agent.ErrDenied
	}
	return err
}

func (t *terminal) document(d payment.Document) {
	l := t.lang
	for _, f := range d.Flags {
		t.say("! %s\n", l.Flag(f))
	}
	if d.Kind != payment.KindPayment {
		t.row(text.FileName, d.Name)
		t.row(text.FileType, d.Type)
		t.row(text.FileSize, l.Size(d.Size))
		t.row(text.FileHash, d.SHA256)
		if d.Text != "" {
			t.say("%s\n", d.Text)
		}
		return
	}
	for _, p := range d.Payments {
		t.row(text.Payee, p.Payee)
		t.row(text.Account, p.Account)
		t.row(text.Bank, p.Bank)
		t.row(text.Amount, l.Money(p.Amount, p.Currency))
		t.row(text.Purpose, p.Purpose)
		t.row(text.Payer, strings.TrimPrefix(p.Payer+", "+p.PayerAccount, ", "))
		t.row(text.Reference, p.Reference)
		t.row(text.Date, l.Date(p.Date))
		t.say("\n")
	}
}

func (t *terminal) row(key text.Key, value string) {
	if value != "" {
		t.say("%s: %s\n", t.lang.T(key), value)
	}
}

// PIN asks for the password of the profile that was chosen before.
func (t *terminal) PIN(ctx context.Context, q agent.PINQuestion, try func(context.Context, agent.ProfileID, *agent.Secret) error) error {
	choice := q.Profiles
	for {
		for len(choice) == 0 {
			t.say("%s\n", t.lang.T(text.TokenConnect))
			select {
			case choice = <-q.Updates:
			case <-ctx.Done():
				return agent.ErrCanceled
			}
		}
		pin, err := t.pin(ctx, viewOf(choice[0]), text.Password)
		if err != nil {
			return err
		}
		err = try(ctx, choice[0].ID, pin)
		_, wrong := errors.AsType[*agent.PINError](err)
		lost := errors.Is(err, agent.ErrTokenLost) || errors.Is(err, agent.ErrNoToken)
		if !wrong && !lost {
			return err
		}
		explain := t.lang.Error
		if choice[0].KeyFile {
			explain = t.lang.KeyFileError
		}
		sentence, hint := explain(err)
		t.say("%s %s\n", sentence, hint)
		if lost {
			choice = nil
		}
	}
}

// password asks for a secret, without echo.
func (t *terminal) password(ctx context.Context, label text.Key) (*agent.Secret, error) {
	return t.hidden(ctx, t.lang.T(label))
}

// hidden reads without echo, which is off before the prompt is shown: who types fast may
// begin with it. A read from a terminal cannot be interrupted: when ctx ends it is left
// behind, and echo is switched on again.
func (t *terminal) hidden(ctx context.Context, label string) (*agent.Secret, error) {
	fd := int(t.in.Fd())
	state, err := term.GetState(fd)
	if err == nil {
		err = echoOff(fd)
	}
	if err != nil {
		return nil, fmt.Errorf("terminal: %w", err)
	}
	defer func() { _ = term.Restore(fd, state) }()
	t.say("%s: ", label)
	defer t.say("\n")
	type read struct {
		b   []byte
		err error
	}
	done := make(chan read, 1)
	go func() { // ends with the line, or with the program
		b, err := term.ReadPassword(fd)
		_ = term.Restore(fd, state) // it leaves the terminal as it found it: silent
		done <- read{b, err}
	}()
	select {
	case r := <-done:
		if r.err != nil {
			return nil, agent.ErrDenied // end of input
		}
		return agent.NewSecret(r.b), nil
	case <-ctx.Done():
		return nil, agent.ErrCanceled
	}
}

// line reads what the person typed, without blanks around it.
func (t *terminal) line(ctx context.Context) (string, error) {
	type read struct {
		s   string
		err error
	}
	done := make(chan read, 1)
	go func() { // ends with the line, or with the program
		s, err := t.lines.ReadString('\n')
		done <- read{s, err}
	}()
	select {
	case r := <-done:
		if r.err != nil {
			return "", agent.ErrDenied
		}
		return strings.TrimSpace(r.s), nil
	case <-ctx.Done():
		return "", agent.ErrCanceled
	}
}
