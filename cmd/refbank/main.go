// Command refbank is the reference bank: a web site for legal entities with its own
// certification authority, for the demo, for tests, and as the example for bank
// developers. Nothing is paid.
//
// A client gets a profile in one of two ways: "refbank token" prepares a token at the
// clerk's desk, or "refbank card" hands out an OTP card with Key.pfx or GOST.pfx and
// the agent enrolls at "refbank serve --est". There it renews the certificate before its
// end, by the key that it is for. Beside it, "refbank spectranet" and
// "refbank mobipass" are the desk for code generators, and "refbank logins" ends the
// wait of a client after wrong codes.
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
	Contract   contractCommand   `cmd:"" help:"Write down a client and the periods of the contract."`
	Card       cardCommand       `cmd:"" help:"Hand out an OTP card and a primary initialization key; prints User ID and PIN."`
	Client     clientCommand     `cmd:"" help:"Print what the bank has of a client: keys, certificates, the one in force."`
	Token      tokenCommand      `cmd:"" help:"Prepare a token for a client, at the clerk's desk."`
	Spectranet spectranetCommand `cmd:"" help:"SpectraNet tokens: hand out, unlock, resynchronize, block."`
	Mobipass   mobipassCommand   `cmd:"" help:"MobiPass: make an envelope, block."`
	Logins     loginsCommand     `cmd:"" help:"Logins by code: who waits after wrong codes; end a wait."`
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

// A folder holds all data of the bank: ca/, primary/, bank.db and signed/.
type folder string

func (f folder) ca() string     { return filepath.Join(string(f), "ca") }
func (f folder) signed() string { return filepath.Join(string(f), "signed") }

// A refbank is what the commands work with.
type refbank struct {
	ca      *ca.CA
	primary *ca.Primary
	store   *store.Store
}

// open opens CA and database and makes them where they are missing. The caller closes
// the store.
func (f folder) open(ctx context.Context) (b refbank, err error) {
	if err := os.MkdirAll(string(f), 0o700); err != nil {
		return b, err
	}
	if b.ca, err = ca.Open(f.ca()); err != nil {
		return b, err
	}
	if b.primary, err = ca.OpenPrimary(filepath.Join(string(f), "primary")); err != nil {
		return b, err
	}
	if b.store, err = store.Open(filepath.Join(string(f), "bank.db")); err != nil {
		return b, err
	}
	if err := b.addDemoClient(ctx); err != nil {
		return b, errors.Join(err, b.store.Close())
	}
	return b, nil
}

// addDemoClient adds the demo client, or writes the data of a known one anew. Periods
// that were changed stay.
func (b refbank) addDemoClient(ctx context.Context) error {
	demo := desk.DemoClient()
	if err := b.store.AddClient(ctx, demo); err != nil {
		return err
	}
	periods, err := b.store.Periods(ctx, demo.UserID)
	if err != nil || len(periods) > 0 {
		return err
	}
	return b.store.SetPeriods(ctx, demo.UserID, desk.DemoPeriods()...)
}

type initCommand struct{}

func (initCommand) Run(ctx context.Context, f folder) error {
	b, err := f.open(ctx)
	if err != nil {
		return err
	}
	return b.store.Close()
}

// logger writes to stderr: stdout belongs to what a command answers.
func logger() *slog.Logger { return slog.New(slog.NewTextHandler(os.Stderr, nil)) }
