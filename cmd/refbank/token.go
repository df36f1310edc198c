package main

import (
	"context"
	"fmt"

	"qoltanba/agent"
	"qoltanba/cmd/refbank/desk"
	"qoltanba/cmd/refbank/store"
	"qoltanba/pkcs11"
)

type tokenCommand struct {
	clientFlag
	Module    string             `required:"" placeholder:"PATH" help:"PKCS#11 module of the token."`
	Label     string             `required:"" placeholder:"NAME" help:"The token's label or serial number. It must be empty and have the factory PIN."`
	Algorithm agent.KeyAlgorithm `default:"RSA-2048" enum:"RSA-2048,P-256" help:"Kind of the key pair: ${enum}."`
}

func (t tokenCommand) Run(ctx context.Context, f folder) error {
	b, err := f.open(ctx)
	if err != nil {
		return err
	}
	defer b.store.Close()
	module, err := pkcs11.Open(t.Module, pkcs11.Options{})
	if err != nil {
		return err
	}
	defer module.Close()
	cert, err := desk.Desk{CA: b.ca, Store: b.store, Tokens: module}.Prepare(ctx, t.id(), t.Label, t.Algorithm)
	if err != nil {
		return err
	}
	fmt.Println("prepared", t.id(), store.Fingerprint(cert))
	return nil
}
