package agent

import "context"

// Vault is the port to the person's keyring. Get returns ErrNoKey when there
// is no such entry and ErrVault when no keyring can be used; Set and Delete
// return ErrVault likewise. Deleting what is not there is no error.
type Vault interface {
	Get(ctx context.Context, name string) (*Secret, error)
	Set(ctx context.Context, name string, value *Secret) error
	Delete(ctx context.Context, name string) error
}
