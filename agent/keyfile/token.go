package keyfile

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rand"
	"crypto/x509"
	"fmt"
	"io"
	"slices"

	"qoltanba/agent"
)

var (
	_ agent.Token = (*token)(nil)
	_ agent.Key   = (*key)(nil)
)

// token is a session with a file.
type token struct {
	set    *Set
	file   *file
	closed bool // guarded by file.mu
}

// enter begins something that needs the file, which it holds still for; leave ends
// it.
func (t *token) enter(ctx context.Context, doing string) (leave func(), err error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("%s: %w", doing, err)
	}
	if !t.file.unchanged() {
		t.file.lose()
	}
	t.file.mu.RLock()
	if t.closed || t.file.gone {
		t.file.mu.RUnlock()
		return nil, fmt.Errorf("%s: %w", doing, agent.ErrTokenLost)
	}
	return t.file.mu.RUnlock, nil
}

// change is enter for what changes the file's state.
func (t *token) change(ctx context.Context, doing string, f func() error) error {
	leave, err := t.enter(ctx, doing)
	if err != nil {
		return err
	}
	leave()
	t.file.mu.Lock()
	defer t.file.mu.Unlock()
	if t.closed || t.file.gone {
		return fmt.Errorf("%s: %w", doing, agent.ErrTokenLost)
	}
	if err := f(); err != nil {
		return fmt.Errorf("%s: %w", doing, err)
	}
	return nil
}

func (t *token) Info(ctx context.Context) (agent.TokenInfo, error) {
	leave, err := t.enter(ctx, "reading the key file")
	if err != nil {
		return agent.TokenInfo{}, err
	}
	leave()
	return t.file.describe(), nil
}

// Login opens the file with its password. A file that is damaged, or of a kind that
// is not known, is agent.ErrUnreadable where that shows, and one without a key and its
// certificate agent.ErrUnpaired.
func (t *token) Login(ctx context.Context, pin *agent.Secret) error {
	err := t.change(ctx, "opening the key file", func() error { return t.file.unlock(pin) })
	if err == nil {
		t.set.learn(t.file)
	}
	return err
}

func (t *token) Logout(ctx context.Context) error {
	return t.change(ctx, "locking the key file", func() error {
		t.file.lock()
		return nil
	})
}

// Keys returns the keys whose certificates are known, see the package.
func (t *token) Keys(ctx context.Context) ([]agent.Key, error) {
	leave, err := t.enter(ctx, "listing keys")
	if err != nil {
		return nil, err
	}
	defer leave()
	var all []agent.Key
	for _, s := range t.file.shown {
		all = append(all, &key{t, s})
	}
	return all, nil
}

// Key finds a key by its identifier. A key without a certificate has none here.
func (t *token) Key(ctx context.Context, id []byte) (agent.Key, error) {
	leave, err := t.enter(ctx, "finding a key")
	if err != nil {
		return nil, err
	}
	defer leave()
	if t.file.pairs == nil {
		return nil, fmt.Errorf("finding a key: %w", agent.ErrLocked)
	}
	var longest *key
	for _, s := range t.file.shown {
		if bytes.Equal(s.id, id) && (longest == nil || s.certificate.NotAfter.After(longest.shown.certificate.NotAfter)) {
			longest = &key{t, s}
		}
	}
	if longest == nil {
		return nil, fmt.Errorf("finding a key: %w", agent.ErrNoKey)
	}
	return longest, nil
}

// GenerateKey returns agent.ErrReadOnly.
func (t *token) GenerateKey(ctx context.Context, _ agent.KeySpec) (agent.Key, error) {
	return nil, t.refuse(ctx, "generating a key")
}

// StoreCertificate returns agent.ErrReadOnly.
func (t *token) StoreCertificate(ctx context.Context, _ []byte, _ string, _ *x509.Certificate) error {
	return t.refuse(ctx, "storing a certificate")
}

// SetPIN returns agent.ErrReadOnly.
func (t *token) SetPIN(ctx context.Context, _, _ *agent.Secret) error {
	return t.refuse(ctx, "changing the password")
}

func (t *token) refuse(ctx context.Context, doing string) error {
	return t.change(ctx, doing, func() error { return agent.ErrReadOnly })
}

func (t *token) Close() error {
	t.file.mu.Lock()
	defer t.file.mu.Unlock()
	if !t.closed {
		t.closed = true
		t.file.lock()
	}
	return nil
}

// key finds its private half anew for each signature: it is good over Logout and
// Login.
type key struct {
	token *token
	shown shown
}

func (k *key) ID() []byte                     { return bytes.Clone(k.shown.id) }
func (k *key) Label() string                  { return k.shown.label }
func (k *key) Certificate() *x509.Certificate { return k.shown.certificate }
func (k *key) Public() crypto.PublicKey       { return k.shown.certificate.PublicKey }

// Sign signs with the key in memory; the file must lie where it was.
func (k *key) Sign(_ io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	digest, opts, err := agent.CheckDigest(k.Public(), digest, opts)
	if err != nil {
		return nil, fmt.Errorf("signing: %w", err)
	}
	leave, err := k.token.enter(context.Background(), "signing")
	if err != nil {
		return nil, err
	}
	defer leave() // so that nobody wipes the key meanwhile
	i := slices.IndexFunc(k.token.file.pairs, func(p pair) bool { return bytes.Equal(p.id, k.shown.id) })
	if i < 0 {
		return nil, fmt.Errorf("signing: %w", agent.ErrLocked)
	}
	signature, err := k.token.file.pairs[i].signer.Sign(rand.Reader, digest, opts)
	if err != nil {
		return nil, fmt.Errorf("signing: %w: %w", agent.ErrToken, err)
	}
	return signature, nil
}
