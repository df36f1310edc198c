package agenttest

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"fmt"
	"slices"
	"sync"

	"qoltanba/agent"
	"qoltanba/agent/gost"
)

// PIN lengths and tries of a new Token.
const (
	minPIN = 4
	maxPIN = 16
	tries  = 3
)

// A Token is a token in memory: the thing a person holds. It keeps its keys
// while it is not inserted anywhere. It behaves as PKCS#11 tokens do: being
// logged in is a state of the token, shared by all sessions with it.
type Token struct {
	id agent.TokenID

	mu       sync.Mutex
	label    string
	pin      []byte
	left     int
	so       []byte // the administrator's PIN
	soLeft   int
	blank    bool // never formatted
	unset    bool // has no user PIN
	byAdmin  bool // the user PIN was set by the administrator
	unlocked bool
	keys     []*stored
	others   []agent.Object // what is neither a key nor its certificate
	macs     []secretKey
	room     int           // for secret keys, -1 without end
	hashes   []crypto.Hash // of HMACs
	plugged  int           // how often it was inserted or its sessions were cut, so far
	in       bool          // it is inserted
	changed  func()        // tells the Tokens it is in
	beside   func() int    // counts the tokens that are in there, this one as well

	signed, logins int
	failAfter      int // good signatures until failure, when failure is set
	failure        error
	holds          map[Op]*Held
}

// stored is a key pair on a token; cert is nil until one was stored.
type stored struct {
	id     []byte
	label  string
	signer crypto.Signer
	cert   *x509.Certificate
	copied bool // it was made elsewhere
}

// NewToken makes an initialized token without keys. It takes PINs of 4 to 16
// bytes, allows three tries and is of the manufacturer "Qoltanba", model
// "Memory". Its administrator's PIN is agent.DefaultAdminPIN, with three tries.
func NewToken(serial, label, pin string) *Token {
	return &Token{
		id:    agent.TokenID{Manufacturer: "Qoltanba", Serial: serial},
		label: label,
		pin:   []byte(pin),
		left:  tries,
		so:    []byte(agent.DefaultAdminPIN), soLeft: tries,
		room: -1, hashes: []crypto.Hash{crypto.SHA1, crypto.SHA256, crypto.SHA512},
		holds: make(map[Op]*Held),
	}
}

// ID is the token's identity.
func (t *Token) ID() agent.TokenID { return t.id }

// Info is what can be seen without a session.
func (t *Token) Info() agent.TokenInfo {
	t.mu.Lock()
	defer t.mu.Unlock()
	i := agent.TokenInfo{ID: t.id, Name: "Memory", Label: t.label, Model: "Memory", MinPIN: minPIN, MaxPIN: maxPIN}
	if t.blank {
		return i
	}
	i.Initialized, i.PINUnset, i.PINDefault = true, t.unset, t.byAdmin
	i.PINLow, i.PINFinal, i.PINLocked = t.left < tries && t.left > 0, t.left == 1, t.left == 0
	i.AdminPINLow, i.AdminPINFinal, i.AdminPINLocked = t.soLeft < tries && t.soLeft > 0, t.soLeft == 1, t.soLeft == 0
	for _, k := range t.keys {
		if k.cert != nil {
			i.Keys = append(i.Keys, agent.KeyInfo{ID: bytes.Clone(k.id), Label: k.label, Certificate: bytes.Clone(k.cert.Raw)})
		}
	}
	return i
}

// rsa2048 is made once in a test process, as making one takes longer than
// most tests.
var rsa2048 = sync.OnceValue(func() *rsa.PrivateKey { return must(rsa.GenerateKey(rand.Reader, 2048)) })

// AddKey puts a key pair with a certificate of TestCA on the token, as the
// bank's enrollment would. All RSA-2048 keys of a test process that come from
// here are the same key, under identifiers of their own.
func (t *Token) AddKey(alg agent.KeyAlgorithm, label, commonName string, edit ...func(*x509.Certificate)) agent.KeyInfo {
	var signer crypto.Signer
	if alg == agent.RSA2048 {
		signer = rsa2048()
	} else {
		signer = must(generate(alg))
	}
	k := &stored{id: randomID(8), label: label, signer: signer, cert: TestCA().Issue(signer.Public(), commonName, edit...)}
	t.mu.Lock()
	t.keys = append(t.keys, k)
	t.mu.Unlock()
	t.tell()
	return agent.KeyInfo{ID: k.id, Label: label, Certificate: k.cert.Raw}
}

// generate makes a private key, or returns ErrMechanism.
func generate(alg agent.KeyAlgorithm) (crypto.Signer, error) {
	switch alg {
	case agent.RSA2048:
		return rsa.GenerateKey(rand.Reader, 2048)
	case agent.RSA3072:
		return rsa.GenerateKey(rand.Reader, 3072)
	case agent.P256:
		return ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	case agent.P384:
		return ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	}
	if p := alg.GOST(); p != nil {
		return gost.GenerateKey(p), nil
	}
	return nil, fmt.Errorf("%q: %w", alg, agent.ErrMechanism)
}

// Renew stores another certificate for the first key pair, as a renewal does:
// the old one stays, under the same CKA_ID.
func (t *Token) Renew(commonName string, edit ...func(*x509.Certificate)) agent.KeyInfo {
	t.mu.Lock()
	k := *t.keys[0]
	k.cert = TestCA().Issue(k.signer.Public(), commonName, edit...)
	t.keys = append(t.keys, &k)
	t.mu.Unlock()
	t.tell()
	return agent.KeyInfo{ID: bytes.Clone(k.id), Label: k.label, Certificate: bytes.Clone(k.cert.Raw)}
}

// SetTries sets how many tries for the PIN are left; 0 locks it.
func (t *Token) SetTries(left int) {
	t.mu.Lock()
	t.left = left
	t.mu.Unlock()
	t.tell()
}

// Signatures is the number of signatures made so far.
func (t *Token) Signatures() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.signed
}

// Logins is the number of PINs checked so far, right and wrong ones.
func (t *Token) Logins() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.logins
}

// Unlocked tells whether the private keys can be used now.
func (t *Token) Unlocked() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.unlocked
}

// FailAfter lets n more signatures succeed and then makes every one fail with
// err; a nil err ends that. With ErrTokenLost the token's sessions are cut as
// well, while the token itself stays inserted.
func (t *Token) FailAfter(n int, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.failAfter, t.failure = n, err
}

// Op is an operation of a token that can be held.
type Op string

// The operations.
const (
	OpLogin    Op = "login"
	OpSign     Op = "sign"
	OpGenerate Op = "generate"
	OpStore    Op = "store"
	OpSetPIN   Op = "set-pin"
	OpImport   Op = "import"
	OpMAC      Op = "mac"
	OpAdmin    Op = "admin" // every one of agent.Admin but OpFormat
	OpFormat   Op = "format"
)

// Held is an operation that a test holds.
type Held struct {
	// Reached is closed when the operation has begun and waits.
	Reached <-chan struct{}

	reached  chan struct{}
	released chan struct{}
	once     sync.Once
}

func newHeld() *Held {
	h := &Held{reached: make(chan struct{}), released: make(chan struct{})}
	h.Reached = h.reached
	return h
}

// Release lets the operation go on. It may be called early and again.
func (h *Held) Release() { h.once.Do(func() { close(h.released) }) }

// wait reports that it was reached and returns when released or when ctx ends.
func (h *Held) wait(ctx context.Context) error {
	close(h.reached)
	select {
	case <-h.released:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Hold makes the next operation of that kind wait, before it does anything,
// until it is released or its context ends.
func (t *Token) Hold(op Op) *Held {
	h := newHeld()
	t.mu.Lock()
	defer t.mu.Unlock()
	t.holds[op] = h
	return h
}

// enter begins an operation.
func (t *Token) enter(ctx context.Context, op Op) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	t.mu.Lock()
	h := t.holds[op]
	delete(t.holds, op)
	t.mu.Unlock()
	if h == nil {
		return nil
	}
	return h.wait(ctx)
}

func (t *Token) plug(changed func(), beside func() int) {
	t.mu.Lock()
	t.in, t.changed, t.beside = true, changed, beside
	t.plugged++
	t.mu.Unlock()
	changed()
}

func (t *Token) unplug() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.in, t.changed, t.unlocked = false, nil, false
}

// tell reports a change to the Tokens that the token is inserted in.
func (t *Token) tell() {
	t.mu.Lock()
	changed := t.changed
	t.mu.Unlock()
	if changed != nil {
		changed()
	}
}

// checkPIN asks for the PIN with t.mu held. Whatever comes out, the token was
// logged out before.
func (t *Token) checkPIN(pin *agent.Secret) error {
	t.unlocked = false
	if t.left == 0 {
		return agent.ErrPINLocked
	}
	if pin.Len() == 0 { // an empty PIN is wrong and costs no try
		return &agent.PINError{Retries: t.left}
	}
	t.logins++
	if !pin.Equal(agent.NewSecret(t.pin)) {
		t.left--
		if t.left == 0 {
			return agent.ErrPINLocked
		}
		return &agent.PINError{Retries: t.left}
	}
	t.left = tries
	return nil
}

// checkAdmin asks for the administrator's PIN in the same way.
func (t *Token) checkAdmin(pin *agent.Secret) error {
	t.unlocked = false
	switch {
	case t.soLeft == 0:
		return agent.ErrAdminPINLocked
	case pin.Len() == 0:
		return &agent.PINError{Retries: t.soLeft, Admin: true}
	case pin.Equal(agent.NewSecret(t.so)):
		t.soLeft = tries
		return nil
	}
	if t.soLeft--; t.soLeft == 0 {
		return agent.ErrAdminPINLocked
	}
	return &agent.PINError{Retries: t.soLeft, Admin: true}
}

// countSignature returns the failure that is due, with t.mu held.
func (t *Token) countSignature() error {
	if t.failure != nil {
		if t.failAfter <= 0 {
			if errors.Is(t.failure, agent.ErrTokenLost) {
				t.plugged++
				t.unlocked = false
			}
			return t.failure
		}
		t.failAfter--
	}
	t.signed++
	return nil
}

func (t *Token) find(id []byte) *stored {
	i := slices.IndexFunc(t.keys, func(k *stored) bool { return bytes.Equal(k.id, id) })
	if i < 0 {
		return nil
	}
	return t.keys[i]
}
