package pkcs11

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rand"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"sync/atomic"

	p11 "github.com/miekg/pkcs11"

	"qoltanba/agent"
	"qoltanba/agent/gost"
)

var _ agent.Key = (*key)(nil)

// key is a private key on a token. It implements agent.Key.
type key struct {
	t      *Token
	id     []byte
	label  string
	public crypto.PublicKey
	cert   *x509.Certificate
	handle atomic.Pointer[handle]
}

// handle is where a key was found after a login. Handles die with the login.
type handle struct {
	login  uint64
	signer crypto.Signer
}

func (k *key) ID() []byte                     { return bytes.Clone(k.id) }
func (k *key) Label() string                  { return k.label }
func (k *key) Certificate() *x509.Certificate { return k.cert }
func (k *key) Public() crypto.PublicKey       { return k.public }

// Sign implements crypto.Signer. The token uses randomness of its own.
func (k *key) Sign(_ io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	digest, opts, err := agent.CheckDigest(k.public, digest, opts)
	if err != nil {
		return nil, fmt.Errorf("signing: %w", err)
	}
	signature, err := k.sign(digest, opts)
	if err != nil {
		return nil, k.t.fail("signing", err)
	}
	return signature, nil
}

func (k *key) sign(digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	t := k.t
	for {
		n := t.login.Load()
		switch {
		case t.gone.Load():
			return nil, agent.ErrTokenLost
		case n == 0:
			return nil, agent.ErrLocked
		}
		signature, fresh, err := k.attempt(n, digest, opts)
		switch {
		case err == nil:
			return signature, nil
		case t.gone.Load() || t.login.Load() != n:
			continue // the login ended meanwhile, which explains any error
		case !errors.Is(err, errNotFound) && !isCode(err, p11.CKR_OBJECT_HANDLE_INVALID, p11.CKR_KEY_HANDLE_INVALID, p11.CKR_USER_NOT_LOGGED_IN):
			return nil, err
		case !fresh:
			k.handle.Store(nil) // somebody else logged out and in again
			continue
		}
		// The key is not where it was just found. Either another session of
		// this process logged out, which alive notes, or the token is another.
		_, err = call(context.Background(), t.turn, t.alive, nil)
		if err == nil && t.login.Load() == n {
			err = agent.ErrTokenLost
		}
		if err != nil {
			return nil, err
		}
	}
}

// attempt signs if login n still holds, with the handle that was found after
// that login. It tells whether it had to find it.
func (k *key) attempt(n uint64, digest []byte, opts crypto.SignerOpts) (signature []byte, fresh bool, err error) {
	turn := k.turn()
	turn.take()
	defer turn.give()
	if k.t.login.Load() != n {
		return nil, false, errNotFound
	}
	h := k.handle.Load()
	if h == nil || h.login != n {
		fresh = true
		signer, err := k.find()
		if err != nil {
			return nil, true, err
		}
		if signer == nil {
			return nil, true, errNotFound
		}
		h = &handle{login: n, signer: signer}
		k.handle.Store(h)
	}
	signature, err = h.signer.Sign(rand.Reader, digest, opts)
	return signature, fresh, err
}

// turn is what keeps the token from being logged out during a signature.
func (k *key) turn() turn {
	if _, ok := k.public.(*gost.PublicKey); ok {
		return k.t.turn
	}
	return k.t.signing
}

// find looks for the key. The key's turn is held.
func (k *key) find() (crypto.Signer, error) {
	if p, ok := k.public.(*gost.PublicKey); ok {
		return k.t.findGOST(k.id, p)
	}
	typ, ok := keyType(k.public)
	if !ok {
		return nil, nil
	}
	return k.t.find(k.id, typ, k.public)
}

// errNotFound means that no private key with its id is visible.
var errNotFound = errors.New("key not found")
