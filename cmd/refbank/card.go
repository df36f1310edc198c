package main

import (
	"context"
	"fmt"
	"strings"

	"qoltanba/agent"
	"qoltanba/cmd/refbank/desk"
	"qoltanba/cmd/refbank/store"
)

type contractCommand struct {
	User      string `required:"" placeholder:"ID" help:"User ID, such as qq222222_asdfghjk."`
	Surname   string `required:"" help:"Of the person who signs."`
	GivenName string `required:"" placeholder:"NAME" help:"Of the same person."`
	IIN       string `name:"iin" required:"" placeholder:"NUMBER" help:"The person's number, 12 digits."`
	Company   string `required:"" placeholder:"NAME" help:"Legal entity that the person signs for."`
	BIN       string `name:"bin" required:"" placeholder:"NUMBER" help:"The entity's number, 12 digits."`
	Account   string `required:"" placeholder:"IBAN" help:"The entity's account."`
	Period    []int  `required:"" placeholder:"MONTHS" help:"How long certificates may be valid, by Appendix 2; several with commas."`
}

// Run writes the client down, or the data of a known one anew.
func (c contractCommand) Run(ctx context.Context, f folder) error {
	if strings.ContainsAny(c.User, ":/ ") { // HTTP Basic and paths split there
		return fmt.Errorf("the User ID %q: %w", c.User, agent.ErrInvalid)
	}
	for _, number := range []string{c.IIN, c.BIN} {
		if len(number) != 12 || strings.Trim(number, "0123456789") != "" {
			return fmt.Errorf("%q has not 12 digits: %w", number, agent.ErrInvalid)
		}
	}
	for _, months := range c.Period {
		if months < 1 || months > 120 {
			return fmt.Errorf("a period of %d months: %w", months, agent.ErrInvalid)
		}
	}
	b, err := f.open(ctx)
	if err != nil {
		return err
	}
	defer b.store.Close()
	if err := b.store.AddClient(ctx, store.Client{
		UserID: c.User, Surname: c.Surname, GivenName: c.GivenName, IIN: c.IIN,
		Company: c.Company, BIN: c.BIN, Account: c.Account,
	}); err != nil {
		return err
	}
	return b.store.SetPeriods(ctx, c.User, c.Period...)
}

type cardCommand struct {
	User      string             `placeholder:"ID" help:"User ID of the client. Default: the demo client."`
	KeyFile   string             `required:"" type:"path" placeholder:"PATH" help:"New file for the primary initialization key, such as Key.pfx or GOST.pfx. Its password is the PIN."`
	Algorithm agent.KeyAlgorithm `default:"RSA-2048" enum:"RSA-2048,P-256,GOST-2004,GOST-2015" help:"Kind of the primary key: ${enum}."`
}

// Run prints what the client gets on paper: "user-id", "pin" and "key-file", one a
// line with its value.
func (c cardCommand) Run(ctx context.Context, f folder) error {
	if c.User == "" {
		c.User = desk.DemoClient().UserID
	}
	return f.at(ctx, func(d desk.Desk) error {
		pin, err := d.HandOut(ctx, c.User, c.KeyFile, c.Algorithm)
		if err != nil {
			return err
		}
		fmt.Printf("user-id %s\npin %s\nkey-file %s\n", c.User, pin, c.KeyFile)
		return nil
	})
}
