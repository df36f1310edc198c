package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"

	"golang.org/x/term"

	"qoltanba/agent"
	"qoltanba/agent/child"
	"qoltanba/pkcs11"
	"qoltanba/pkcs11/remote"
	"qoltanba/ui/text"
)

// moduleCmd is the helper process of one PKCS#11 module. The agent starts it and
// asks over stdin and stdout; it ends when that pipe does.
type moduleCmd struct {
	Path string `arg:""`
	Name string `help:""`
}

// Run takes the pipe before anything else: drivers print to stdout.
func (m moduleCmd) Run(ctx context.Context, e *env) error {
	if term.IsTerminal(int(os.Stdin.Fd())) {
		return saying(e.lang.T(text.CLIModuleAlone))
	}
	pipe, err := child.Stdio()
	if err != nil {
		return err
	}
	// The goroutines that sign are in the driver's C code nearly all the time. One that
	// returns must find a processor free, or the token waits: with no more of them than
	// cores a batch took a sixth longer (make bench).
	runtime.GOMAXPROCS(runtime.GOMAXPROCS(0) + moduleSessions)
	// An interrupt at the terminal is for the agent, which ends this program.
	ctx = context.WithoutCancel(ctx)
	opened, err := pkcs11.Open(m.Path, pkcs11.Options{Name: m.Name, Sessions: moduleSessions})
	if err != nil {
		return remote.Serve(ctx, pipe, nil, err)
	}
	return errors.Join(remote.Serve(ctx, pipe, opened, nil), opened.Close())
}

// moduleSessions is how many signatures a token makes at the same time.
const moduleSessions = 2

// helperCommand starts this program as the helper of a module.
func helperCommand(log *slog.Logger) func(agent.Driver) child.Command {
	path, err := self()
	if err != nil {
		log.Error("helpers cannot be started", "err", err)
	}
	return func(d agent.Driver) child.Command {
		return child.Command{
			Path: path, Args: []string{"module", "--name=" + d.Name, "--", d.Path},
			Keep: remote.Environment, Name: "module process", Log: log.With("module", d.Path),
		}
	}
}

// self is the file of this program.
func self() (string, error) {
	exe, err := os.Executable()
	if err == nil {
		exe, err = filepath.EvalSymlinks(exe)
	}
	if err != nil {
		return "", fmt.Errorf("finding this program's file: %w", err)
	}
	return exe, nil
}
