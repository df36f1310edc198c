// Command refbank is the reference bank: a web site for legal entities with its own
// certification authority, for the demo, for tests, and as the example for bank
// developers. Nothing is paid.
package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/alecthomas/kong"

	"qoltanba/cmd/refbank/ca"
	"qoltanba/cmd/refbank/desk"
	"qoltanba/cmd/refbank/store"
)

type commands struct {
	Dir string `required:"" type:"path" placeholder:"DIR" help:"Folder with all data of the bank."`

	Init       initCommand       `cmd:"" help:"Make the CA and the demo client, where they are missing."`
	Token      tokenCommand      `cmd:"" help:"Prepare a token for the demo client, at the clerk's desk."`
	Serve      serveCommand      `cmd:"" help:"Serve the web site until interrupted."`
	Descriptor descriptorCommand `cmd:"" help:"Print the descriptor by which agents know this bank."`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var c commands
	parsed := kong.Parse(&c, kong.Name("refbank"), kong.UsageOnError(),
		kong.Description("The reference bank of Qoltanba. It pays nothing."),
		kong.BindTo(ctx, (*context.Context)(nil)))
	if err := parsed.Run(folder(c.Dir)); err != nil {
		fmt.Fprintln(os.Stderr, "refbank:", err)
		stop()
		os.Exit(1)
	}
}

// A folder holds all data of the bank: ca/, bank.db and signed/.
type folder string

func (f folder) signed() string { return filepath.Join(string(f), "signed") }

// open opens CA and database and makes them where they are missing.
func (f folder) open(ctx context.Context) (*ca.CA, *store.Store, error) {
	if err := os.MkdirAll(string(f), 0o700); err != nil {
		return nil, nil, err
	}
	authority, err := ca.Open(filepath.Join(string(f), "ca"))
	if err != nil {
		return nil, nil, err
	}
	s, err := store.Open(filepath.Join(string(f), "bank.db"))
	if err != nil {
		return nil, nil, err
	}
	if err := s.AddClient(ctx, desk.DemoClient()); err != nil {
		return nil, nil, errors.Join(err, s.Close())
	}
	return authority, s, nil
}

type initCommand struct{}

func (initCommand) Run(ctx context.Context, f folder) error {
	_, s, err := f.open(ctx)
	if err != nil {
		return err
	}
	return s.Close()
}

// logger writes to stderr: stdout belongs to what a command answers.
func logger() *slog.Logger { return slog.New(slog.NewTextHandler(os.Stderr, nil)) }
