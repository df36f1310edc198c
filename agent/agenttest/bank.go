package agenttest

import (
	"cmp"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"fmt"
	"slices"
	"sync"
	"time"

	"qoltanba/agent"
	"qoltanba/agent/gost"
)

var (
	_ agent.Enroller = (*Bank)(nil)
	_ agent.Renewer  = (*Bank)(nil)
)

// Bank is a bank with its CA in memory. It is also what a server in a test may
// hand its requests to: then Certify takes the place of Submit.
type Bank struct {
	ca      *CA
	primary *CA // of primary keys

	mu      sync.Mutex
	clients map[string]*client
	issued  map[string]*issue // by public key
	count   int               // of certificates
	pending []time.Duration
	lose    bool
}

// client is what the bank knows of a User ID.
type client struct {
	pin     string
	primary []byte // certificate
	months  []int
	tries   int
	used    bool // the card
	inForce *x509.Certificate
}

type issue struct {
	userID      string
	certificate *x509.Certificate // the newest
}

// NewBank returns a bank without clients.
func NewBank() *Bank {
	return &Bank{
		ca:      NewCA("Qoltanba Test Bank CA"),
		primary: NewCA("Qoltanba Test Initialization CA"),
		clients: make(map[string]*client),
		issued:  make(map[string]*issue),
	}
}

// CA is the bank's CA.
func (b *Bank) CA() *CA { return b.ca }

// AddClient hands a card with that PIN and a new primary key to a client whose
// contract has the periods, in months.
func (b *Bank) AddClient(userID, pin string, months ...int) agent.Applicant {
	key := must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	cert := b.primary.Issue(key.Public(), userID)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.clients[userID] = &client{pin: pin, primary: cert.Raw, months: months}
	return agent.Applicant{
		UserID:  userID,
		PIN:     agent.NewSecret([]byte(pin)),
		Primary: agent.PrimaryKey{Signer: key, Certificates: []*x509.Certificate{cert}},
		Months:  months[0],
	}
}

// Issued is the number of certificates that the CA made.
func (b *Bank) Issued() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.count
}

// Tries is the number of times that somebody tried a PIN for that User ID.
func (b *Bank) Tries(userID string) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.clients[userID].tries
}

// Registered reports whether that certificate of a client is in force.
func (b *Bank) Registered(userID string, certificate *x509.Certificate) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	c := b.clients[userID].inForce
	return c != nil && c.Equal(certificate)
}

// Pend lets the next requests for a certificate wait, one after the other.
func (b *Bank) Pend(after ...time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.pending = append(b.pending, after...)
}

// LoseAnswer loses the answer to the next request that changes something, after
// the change.
func (b *Bank) LoseAnswer() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.lose = true
}

// Lost reports whether the answer that would be given now is to be lost.
func (b *Bank) Lost() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	lost := b.lose
	b.lose = false
	return lost
}

// Check is as agent.Enroller has it.
func (b *Bank) Check(ctx context.Context, a agent.Applicant) (agent.Terms, error) {
	if err := ctx.Err(); err != nil {
		return agent.Terms{}, fmt.Errorf("checking %q: %w", a.UserID, err)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	c, err := b.client(a)
	if err != nil {
		return agent.Terms{}, fmt.Errorf("checking %q: %w", a.UserID, err)
	}
	return agent.Terms{Months: slices.Clone(c.months)}, nil
}

// client returns the client whose User ID, PIN and primary key these are.
func (b *Bank) client(a agent.Applicant) (*client, error) {
	c := b.clients[a.UserID]
	if c == nil || a.PIN.Len() == 0 || len(a.Primary.Certificates) == 0 {
		return nil, agent.ErrCredentials
	}
	c.tries++
	if !a.PIN.Equal(agent.NewSecret([]byte(c.pin))) || !slices.Equal(a.Primary.Certificates[0].Raw, c.primary) {
		return nil, agent.ErrCredentials
	}
	return c, nil
}

// CACerts is as agent.Enroller has it.
func (b *Bank) CACerts(ctx context.Context) ([]*x509.Certificate, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("asking for the CA: %w", err)
	}
	return b.ca.roots(), nil
}

// Submit is as agent.Enroller has it.
func (b *Bank) Submit(ctx context.Context, a agent.Applicant, key crypto.Signer) (*x509.Certificate, error) {
	if err := proof(ctx, key); err != nil {
		return nil, fmt.Errorf("asking for a certificate: %w", err)
	}
	cert, err := b.Certify(a, key.Public())
	if err == nil && b.Lost() {
		return nil, fmt.Errorf("asking for a certificate: %w", agent.ErrBank)
	}
	return cert, err
}

// proof lets the key sign.
func proof(ctx context.Context, key crypto.Signer) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	digest, opts := signs(key)
	_, err := key.Sign(rand.Reader, digest, opts)
	return err
}

// Certify is Submit for somebody who has proved to hold the key.
func (b *Bank) Certify(a agent.Applicant, public crypto.PublicKey) (*x509.Certificate, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	c, err := b.client(a)
	if err != nil {
		return nil, fmt.Errorf("certifying a key of %q: %w", a.UserID, err)
	}
	if a.Months != 0 && !slices.Contains(c.months, a.Months) {
		return nil, &agent.RejectedError{Text: "the contract has no such period"}
	}
	if len(b.pending) > 0 {
		after := b.pending[0]
		b.pending = b.pending[1:]
		return nil, &agent.PendingError{After: after}
	}
	spki := spki(public)
	switch before := b.issued[spki]; {
	case before != nil && before.userID == a.UserID:
		return before.certificate, nil
	case before != nil || c.used:
		return nil, &agent.RejectedError{Text: "the card was used up"}
	}
	cert := b.issue(public, a.UserID, cmp.Or(a.Months, c.months[0]))
	b.issued[spki] = &issue{a.UserID, cert}
	return cert, nil
}

// spki is the SubjectPublicKeyInfo.
func spki(public crypto.PublicKey) string {
	return string(must(gost.MarshalPublicKey(public)))
}

func (b *Bank) issue(public crypto.PublicKey, userID string, months int) *x509.Certificate {
	b.count++
	return b.ca.Issue(public, userID, func(t *x509.Certificate) {
		t.NotBefore = time.Now().Add(-time.Minute)
		t.NotAfter = time.Now().AddDate(0, months, 0)
	})
}

// Confirm is as agent.Enroller has it.
func (b *Bank) Confirm(ctx context.Context, a agent.Applicant, certificate *x509.Certificate) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("registering a certificate: %w", err)
	}
	b.mu.Lock()
	c, err := b.client(a)
	if err == nil {
		if same := c.inForce != nil && c.inForce.Equal(certificate); !same && c.used {
			err = &agent.RejectedError{Text: "another certificate is registered"}
		} else {
			err = b.register(c, a.UserID, certificate)
		}
	}
	b.mu.Unlock()
	return b.confirmed(err)
}

// register puts into force the newest certificate of a key. The caller holds mu.
func (b *Bank) register(c *client, userID string, certificate *x509.Certificate) error {
	i := b.issued[string(certificate.RawSubjectPublicKeyInfo)]
	if i == nil || i.userID != userID || !i.certificate.Equal(certificate) {
		return &agent.RejectedError{Text: "not issued to this client"}
	}
	c.used, c.inForce = true, certificate
	return nil
}

func (b *Bank) confirmed(err error) error {
	if err == nil && b.Lost() {
		err = agent.ErrBank
	}
	if err != nil {
		return fmt.Errorf("registering a certificate: %w", err)
	}
	return nil
}
