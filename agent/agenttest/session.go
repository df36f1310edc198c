package agenttest

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
	_ agent.Token = (*session)(nil)
	_ agent.Key   = (*key)(nil)
)

// session is agent.Token over a Token. It is lost once the token was removed
// or its sessions were cut since it was opened.
type session struct {
	t       *Token
	plugged int  // t.plugged at the start
	closed  bool // guarded by t.mu
}

func (t *Token) open() *session {
	t.mu.Lock()
	defer t.mu.Unlock()
	return &session{t: t, plugged: t.plugged}
}

// lost is asked with t.mu held.
func (s *session) lost() error {
	if s.closed || !s.t.in || s.t.plugged != s.plugged {
		return agent.ErrTokenLost
	}
	return nil
}

// do runs f with the token's lock held, after the operation was entered and
// if the session is alive. needLogin demands an unlocked token.
func (s *session) do(ctx context.Context, op Op, doing string, needLogin bool, f func() error) error {
	err := s.t.enter(ctx, op)
	if err == nil {
		s.t.mu.Lock()
		err = s.lost()
		if err == nil && needLogin && !s.t.unlocked {
			err = agent.ErrLocked
		}
		if err == nil {
			err = f()
		}
		s.t.mu.Unlock()
	}
	if err != nil {
		return fmt.Errorf("%s: %w", doing, err)
	}
	return nil
}

func (s *session) Info(ctx context.Context) (agent.TokenInfo, error) {
	if err := s.do(ctx, "", "reading the token", false, func() error { return nil }); err != nil {
		return agent.TokenInfo{}, err
	}
	return s.t.Info(), nil
}

func (s *session) Login(ctx context.Context, pin *agent.Secret) error {
	defer s.t.tell() // the tries left may have changed
	return s.do(ctx, OpLogin, "logging in", false, func() error {
		err := s.t.checkPIN(pin)
		s.t.unlocked = err == nil
		return err
	})
}

func (s *session) Logout(ctx context.Context) error {
	return s.do(ctx, "", "logging out", false, func() error {
		s.t.unlocked = false
		return nil
	})
}

func (s *session) Keys(ctx context.Context) ([]agent.Key, error) {
	var keys []agent.Key
	err := s.do(ctx, "", "listing keys", false, func() error {
		for _, k := range s.t.keys {
			if k.cert != nil {
				keys = append(keys, s.newKey(k))
			}
		}
		return nil
	})
	return keys, err
}

func (s *session) Key(ctx context.Context, id []byte) (agent.Key, error) {
	var found agent.Key
	err := s.do(ctx, "", "finding a key", true, func() error {
		var longest *stored
		for _, k := range s.t.keys {
			if bytes.Equal(k.id, id) && (longest == nil || longest.cert == nil ||
				k.cert != nil && k.cert.NotAfter.After(longest.cert.NotAfter)) {
				longest = k
			}
		}
		if longest == nil {
			return agent.ErrNoKey
		}
		found = s.newKey(longest)
		return nil
	})
	return found, err
}

func (s *session) GenerateKey(ctx context.Context, spec agent.KeySpec) (agent.Key, error) {
	var made agent.Key
	err := s.do(ctx, OpGenerate, "generating a key", true, func() error {
		if len(spec.ID) < 8 {
			return fmt.Errorf("identifier of %d bytes: %w", len(spec.ID), agent.ErrInvalid)
		}
		if s.t.find(spec.ID) != nil {
			return fmt.Errorf("identifier %x is on the token already: %w", spec.ID, agent.ErrInvalid)
		}
		signer, err := generate(spec.Algorithm)
		if err != nil {
			return err
		}
		k := &stored{id: bytes.Clone(spec.ID), label: spec.Label, signer: signer}
		s.t.keys = append(s.t.keys, k)
		made = s.newKey(k)
		return nil
	})
	return made, err
}

func (s *session) StoreCertificate(ctx context.Context, id []byte, label string, cert *x509.Certificate) error {
	defer s.t.tell()
	cert = complete(cert)
	return s.do(ctx, OpStore, "storing a certificate", true, func() error {
		k := s.t.find(id)
		switch {
		case k == nil:
			return agent.ErrNoKey
		case !agent.SamePublicKey(k.signer.Public(), cert.PublicKey):
			return agent.ErrCertificate
		case k.cert == nil:
			k.cert, k.label = cert, label
			return nil
		case slices.ContainsFunc(s.t.keys, func(k *stored) bool { return bytes.Equal(k.id, id) && k.cert.Equal(cert) }):
			return nil
		}
		s.t.keys = append(s.t.keys, &stored{id: k.id, label: label, signer: k.signer, cert: cert})
		return nil
	})
}

func (s *session) SetPIN(ctx context.Context, old, new *agent.Secret) error {
	defer s.t.tell()
	return s.do(ctx, OpSetPIN, "changing the PIN", false, func() error {
		switch {
		case new.Len() < minPIN || new.Len() > maxPIN:
			return agent.ErrPINLength
		case new.Equal(old):
			return agent.ErrPINSame
		}
		if err := s.t.checkPIN(old); err != nil {
			return err
		}
		s.t.pin, s.t.byAdmin = bytes.Clone(new.Bytes()), false
		return nil
	})
}

func (s *session) Close() error {
	s.t.mu.Lock()
	defer s.t.mu.Unlock()
	if s.lost() == nil {
		s.t.unlocked = false
	}
	s.closed = true
	return nil
}

// key is agent.Key. Label and certificate are those it had when it was listed.
type key struct {
	s      *session
	id     []byte
	label  string
	signer crypto.Signer
	cert   *x509.Certificate
}

// newKey is called with t.mu held.
func (s *session) newKey(k *stored) *key {
	return &key{s: s, id: k.id, label: k.label, signer: k.signer, cert: k.cert}
}

func (k *key) ID() []byte                     { return bytes.Clone(k.id) }
func (k *key) Label() string                  { return k.label }
func (k *key) Certificate() *x509.Certificate { return k.cert }
func (k *key) Public() crypto.PublicKey       { return k.signer.Public() }

func (k *key) Sign(_ io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	digest, opts, err := agent.CheckDigest(k.Public(), digest, opts)
	if err != nil {
		return nil, fmt.Errorf("signing: %w", err)
	}
	err = k.s.do(context.Background(), OpSign, "signing", true, k.s.t.countSignature)
	if err != nil {
		return nil, err
	}
	return k.signer.Sign(rand.Reader, digest, opts) // tokens use a source of their own
}
