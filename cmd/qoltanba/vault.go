package main

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"

	"github.com/zalando/go-keyring"

	"qoltanba/agent"
)

var _ agent.Vault = keyringVault{}

// keyringVault is the person's keyring: Secret Service, Credential Manager or
// Keychain. Values are kept as base64, as not every keyring takes any byte.
// go-keyring hands them over as Go strings, which cannot be wiped.
type keyringVault struct {
	service string
	user    string // the folder of the settings, so that two homes do not share
}

func (v keyringVault) Get(ctx context.Context, name string) (*agent.Secret, error) {
	var text string
	err := v.wait(ctx, func() (err error) {
		text, err = keyring.Get(v.service, v.account(name))
		return err
	})
	if err != nil {
		return nil, err
	}
	b, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return nil, fmt.Errorf("keyring entry %s: %w", name, agent.ErrVault)
	}
	return agent.NewSecret(b), nil
}

func (v keyringVault) Set(ctx context.Context, name string, value *agent.Secret) error {
	return v.wait(ctx, func() error {
		return keyring.Set(v.service, v.account(name), base64.StdEncoding.EncodeToString(value.Bytes()))
	})
}

func (v keyringVault) Delete(ctx context.Context, name string) error {
	err := v.wait(ctx, func() error { return keyring.Delete(v.service, v.account(name)) })
	if errors.Is(err, agent.ErrNoKey) {
		return nil
	}
	return err
}

func (v keyringVault) account(name string) string { return name + " " + v.user }

// wait runs a call into the keyring, which may ask the person and has no
// context of its own: when ctx ends first, the call is left to finish alone.
func (v keyringVault) wait(ctx context.Context, call func() error) error {
	if !keyringThere() {
		return fmt.Errorf("%w: no session bus", agent.ErrVault)
	}
	done := make(chan error, 1)
	go func() { done <- call() }() // ends with the keyring's answer
	select {
	case err := <-done:
		switch {
		case err == nil:
			return nil
		case errors.Is(err, keyring.ErrNotFound):
			return agent.ErrNoKey
		}
		return fmt.Errorf("%w: %w", agent.ErrVault, err)
	case <-ctx.Done():
		return fmt.Errorf("%w: %w", agent.ErrVault, ctx.Err())
	}
}
