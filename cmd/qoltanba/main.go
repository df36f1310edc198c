// Command qoltanba is the signing agent: a tray icon, the bridge for web
// pages, and a command line for the same things.
//
// It links no window toolkit: what a person sees is drawn by qoltanba-window,
// which lies beside it and is started when a window is needed. Nor does the agent
// load a PKCS#11 module: each one runs in a helper, which is this program started
// as "qoltanba module".
//
// One agent runs for a person; a second start shows it. The one that holds the
// history file's lock is the agent, and owns the control socket.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"

	"qoltanba/cmd/internal/harden"
	"qoltanba/ui/text"
)

// version is set by the build.
var version = "dev"

// cli is the command line. Its help texts are keys of ui/text, put in by main.
type cli struct {
	Home    string           `help:"${cli_help_home}" type:"path"`
	Module  []string         `help:"${cli_help_module}" type:"path"`
	KeyFile []string         `help:"${cli_help_key_file}" type:"path"`
	Debug   bool             `help:"${cli_help_debug}"`
	Version kong.VersionFlag `help:"${cli_help_version}"`

	Tray   trayCmd   `cmd:"" default:"1" help:"${cli_help_tray}"`
	Status statusCmd `cmd:"" help:"${cli_help_status}"`
	Lock   lockCmd   `cmd:"" help:"${cli_help_lock}"`
	Sign   signCmd   `cmd:"" help:"${cli_help_sign}"`
	Token  tokenCmd  `cmd:"" help:"${cli_help_token}"`
	OTP    otpCmd    `cmd:"" name:"otp" help:"${otp_help}"`
	Enroll enrollCmd `cmd:"" help:"${cli_help_enroll}"`
	Renew  renewCmd  `cmd:"" help:"${cli_help_renew}"`
	Verify verifyCmd `cmd:"" help:"${cli_help_verify}"`

	ModuleHelper moduleCmd `cmd:"" name:"module" hidden:""`
}

// env is what every command gets.
type env struct {
	lang    text.Lang
	home    string
	modules []string
	// keyFiles are those of the command line, beside those of removable drives.
	keyFiles []string
	debug    bool
	out      io.Writer
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	lang := systemLanguage()
	if err := run(ctx, lang, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, explain(lang, err))
		os.Exit(1)
	}
}

func run(ctx context.Context, lang text.Lang, args []string) error {
	if err := harden.Process(); err != nil {
		return err
	}
	var c cli
	parser, err := kong.New(&c, kong.Name("qoltanba"), kong.Description(lang.T(text.CLIHelp)), kong.BindTo(ctx, (*context.Context)(nil)), tokenHelp(lang), enrollHelp(lang), otpHelp(lang), verifyHelp(lang), kong.Vars{
		"version":           version,
		"cli_help_home":     lang.T(text.CLIHelpHome),
		"cli_help_module":   lang.T(text.CLIHelpModule),
		"cli_help_key_file": lang.T(text.CLIHelpKeyFile),
		"cli_help_version":  lang.T(text.CLIHelpVersion),
		"cli_help_debug":    lang.T(text.CLIHelpDebug),
		"cli_help_tray":     lang.T(text.CLIHelpTray),
		"cli_help_status":   lang.T(text.CLIHelpStatus),
		"cli_help_lock":     lang.T(text.CLIHelpLock),
		"cli_help_sign":     lang.T(text.CLIHelpSign),
		"file_help":         lang.T(text.CLIHelpFile),
		"attached_help":     lang.T(text.CLIHelpAttached),
		"out_help":          lang.T(text.CLIHelpOut),
	})
	if err != nil {
		return err
	}
	k, err := parser.Parse(args)
	if misread, ok := errors.AsType[*kong.ParseError](err); ok {
		return saying(fmt.Sprintf(lang.T(text.CLIUsage), misread))
	}
	if err != nil {
		return err
	}
	return k.Run(&env{lang: lang, home: c.Home, modules: c.Module, keyFiles: c.KeyFile, debug: c.Debug, out: os.Stdout})
}

// systemLanguage follows the locale, in the order of POSIX.
func systemLanguage() text.Lang {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if v := os.Getenv(name); v != "" {
			return text.FromLocale(v)
		}
	}
	return text.RU // Windows sets none of them; most of our users read Russian
}
