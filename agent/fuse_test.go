package agent_test

import (
	"context"
	"crypto"
	"crypto/x509"
	"slices"
	"sync"

	"qoltanba/agent"
	"qoltanba/agent/agenttest"
)

// A fuse stands before everything that a registration does outside: it blows at one
// of these operations, before it is done or after, and from then on nothing is done
// any more. To the agent that is as if it were killed there.
type fuse struct {
	mu    sync.Mutex
	at    int // operation, from 1; 0 for never
	after bool
	err   error
	pull  func() // what happens in its place: nothing blows
	blown bool
	log   []string
}

func (f *fuse) around(what string, do func() error) error {
	f.mu.Lock()
	f.log = append(f.log, what)
	here := f.at == len(f.log)
	blown, pull := f.blown, f.pull
	f.blown = f.blown || here && pull == nil
	f.mu.Unlock()
	if here && pull != nil {
		if f.after {
			defer pull()
		} else {
			pull()
		}
		return do()
	}
	if blown || here && !f.after {
		return f.err
	}
	err := do()
	if here {
		return f.err
	}
	return err
}

// mend has everything work again.
func (f *fuse) mend() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.at, f.blown = 0, false
}

func (f *fuse) operations() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.log)
}

type fusedTokens struct {
	agent.Tokens
	*fuse
}

func (f fusedTokens) Open(ctx context.Context, id agent.TokenID) (agent.Token, error) {
	t, err := f.Tokens.Open(ctx, id)
	if err != nil {
		return nil, err
	}
	return fusedToken{t, t.(agent.Admin), f.fuse}, nil
}

type fusedToken struct {
	agent.Token
	agent.Admin
	*fuse
}

func (f fusedToken) SetPIN(ctx context.Context, old, new *agent.Secret) error {
	return f.around("SetPIN", func() error { return f.Token.SetPIN(ctx, old, new) })
}

func (f fusedToken) GenerateKey(ctx context.Context, spec agent.KeySpec) (key agent.Key, err error) {
	err = f.around("GenerateKey", func() error {
		key, err = f.Token.GenerateKey(ctx, spec)
		return err
	})
	return key, err
}

func (f fusedToken) Key(ctx context.Context, id []byte) (key agent.Key, err error) {
	err = f.around("Key", func() error {
		key, err = f.Token.Key(ctx, id)
		return err
	})
	return key, err
}

func (f fusedToken) StoreCertificate(ctx context.Context, id []byte, label string, c *x509.Certificate) error {
	return f.around("StoreCertificate", func() error { return f.Token.StoreCertificate(ctx, id, label, c) })
}

func (f fusedToken) Delete(ctx context.Context, x agent.Object) error {
	return f.around("Delete", func() error { return f.Admin.Delete(ctx, x) })
}

type fusedBank struct {
	*agenttest.Bank
	*fuse
}

func (f fusedBank) Check(ctx context.Context, a agent.Applicant) (terms agent.Terms, err error) {
	terms, err = f.Bank.Check(ctx, a)
	terms.Algorithms = []agent.KeyAlgorithm{agent.P256}
	return terms, err
}

func (f fusedBank) Submit(ctx context.Context, a agent.Applicant, key crypto.Signer) (c *x509.Certificate, err error) {
	err = f.around("Submit", func() error {
		c, err = f.Bank.Submit(ctx, a, key)
		return err
	})
	return c, err
}

func (f fusedBank) Confirm(ctx context.Context, a agent.Applicant, c *x509.Certificate) error {
	return f.around("Confirm", func() error { return f.Bank.Confirm(ctx, a, c) })
}

func (f fusedBank) Renew(ctx context.Context, key agent.Key) (c *x509.Certificate, err error) {
	err = f.around("Renew", func() error {
		c, err = f.Bank.Renew(ctx, key)
		return err
	})
	return c, err
}

func (f fusedBank) ConfirmRenewal(ctx context.Context, userID string, key agent.Key, c *x509.Certificate) error {
	return f.around("ConfirmRenewal", func() error { return f.Bank.ConfirmRenewal(ctx, userID, key, c) })
}
