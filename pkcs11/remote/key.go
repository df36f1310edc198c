package remote

import (
	"bytes"
	"context"
	"crypto"
	"crypto/x509"
	"fmt"
	"io"
	"sync"
	"time"

	"qoltanba/agent"
)

var _ agent.Key = (*key)(nil)

// key is a private key on a token in a helper. It implements agent.Key.
type key struct {
	t      *token
	wire   wireKey
	public crypto.PublicKey
	cert   *x509.Certificate

	mu     sync.Mutex
	queue  []*wish // that no group has taken
	groups int     // under way
}

// wish is a signature that somebody waits for.
type wish struct {
	digest []byte
	opts   wireOpts
	done   chan struct{}
	value  []byte
	err    error
}

func (k *key) ID() []byte                     { return bytes.Clone(k.wire.ID) }
func (k *key) Label() string                  { return k.wire.Label }
func (k *key) Certificate() *x509.Certificate { return k.cert }
func (k *key) Public() crypto.PublicKey       { return k.public }

const (
	maxGroup  = 8 // signatures in one message
	maxGroups = 4 // under way, so that the helper has the next one at hand
)

// Sign implements crypto.Signer. Signatures that are asked for while others are
// under way go over together.
func (k *key) Sign(_ io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	// The helper cuts the digest, where the curve wants that.
	_, opts, err := agent.CheckDigest(k.public, digest, opts)
	if err != nil {
		return nil, fmt.Errorf("signing: %w", err)
	}
	w := &wish{digest: digest, opts: toWireOpts(opts), done: make(chan struct{})}
	k.mu.Lock()
	k.queue = append(k.queue, w)
	free := k.groups < maxGroups
	if free {
		k.groups++
	}
	k.mu.Unlock()
	if free {
		go k.carry() // ends when nothing waits any more
	}
	<-w.done
	return w.value, w.err
}

// carry takes groups over until nothing waits.
func (k *key) carry() {
	for {
		group := k.next()
		if group == nil {
			return
		}
		k.signGroup(group)
	}
}

// next takes the wishes at the head of the queue that are alike, or gives up the
// group's place.
func (k *key) next() []*wish {
	k.mu.Lock()
	defer k.mu.Unlock()
	n := 0
	for n < len(k.queue) && n < maxGroup && k.queue[n].opts == k.queue[0].opts {
		n++
	}
	if n == 0 {
		k.groups--
		return nil
	}
	group := k.queue[:n:n]
	k.queue = k.queue[n:]
	return group
}

// signGroup asks for the signatures of a group and hands them out.
func (k *key) signGroup(group []*wish) {
	p := signParams{session: k.t.session, Key: k.wire.Key, wireOpts: group[0].opts}
	for _, w := range group {
		p.Digests = append(p.Digests, w.digest)
	}
	var out signatures
	limit := k.t.m.opts.Patience * time.Duration(len(group)) // each has its time
	err := k.t.do(context.Background(), "signing", methodSign, p, nil, &out, limit)
	if err == nil && len(out.Signatures) != len(group) {
		err = fmt.Errorf("signing: %d signatures for %d digests: %w", len(out.Signatures), len(group), agent.ErrToken)
	}
	for i, w := range group {
		w.err = err
		if err == nil {
			if w.value = out.Signatures[i].Value; out.Signatures[i].Failed != nil || len(w.value) == 0 {
				w.value, w.err = nil, fmt.Errorf("signing: %w", out.Signatures[i].failure())
			}
		}
		close(w.done)
	}
}

// failure is why there is no signature.
func (s signature) failure() error {
	if s.Failed == nil {
		return agent.ErrToken
	}
	return s.Failed.Err()
}
