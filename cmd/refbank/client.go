package main

import (
	"cmp"
	"context"
	"fmt"

	"qoltanba/cmd/refbank/desk"
)

type clientCommand struct {
	User string `placeholder:"ID" help:"User ID of the client. Default: the demo client."`
}

// Run prints what the bank has of a client: how many keys were certified, with how many
// certificates, and the SHA-256 of the one in force, "-" for none.
func (c clientCommand) Run(ctx context.Context, f folder) error {
	return f.at(ctx, func(d desk.Desk) error {
		user := cmp.Or(c.User, desk.DemoClient().UserID)
		client, err := d.Store.Client(ctx, user)
		if err != nil {
			return err
		}
		keys, certificates, err := d.Store.Counts(ctx, user)
		if err != nil {
			return err
		}
		fmt.Printf("keys %d\ncertificates %d\nin-force %s\n", keys, certificates, cmp.Or(client.Fingerprint, "-"))
		return nil
	})
}
