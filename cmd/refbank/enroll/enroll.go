// Package enroll has the rules by which the reference bank certifies keys and registers
// certificates. They are the same whichever protocol asks: packages est and cmp turn
// messages into calls of it, and its errors into answers.
//
// Decisions a new engineer needs; they are what a bank should copy:
//
//   - User ID, PIN of the OTP card and primary initialization key must belong together.
//     Which of them is wrong is not told.
//   - Everything may be asked again: a key of a client has one certificate, however
//     often its answer got lost, and the PIN is used up by the registration alone. A
//     certificate that is not registered is good for nothing here, so one that was
//     given and never confirmed does no harm.
//   - A certificate is renewed by whoever has its key, at any computer. A User ID that is
//     said must be the right one, and none is needed: it adds nothing to the key.
//   - A certificate of a primary key is told by its policy too, whichever CA issued it, and
//     renews nothing.
//   - Names in a certificate come from the contract, never from the request.
package enroll

import (
	"bytes"
	"context"
	"crypto"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"qoltanba/agent/gost"
	"qoltanba/cmd/refbank/ca"
	"qoltanba/cmd/refbank/store"
)

// Config is what the rules work with.
type Config struct {
	CA      *ca.CA
	Primary *ca.Primary
	Store   *store.Store
	Logger  *slog.Logger
	Faults  Faults
}

// Rules are the rules. They are safe for concurrent use.
type Rules struct {
	Config

	mu   sync.Mutex
	seen map[string]bool // requests that a fault has struck
}

// New returns Rules.
func New(c Config) *Rules { return &Rules{Config: c, seen: map[string]bool{}} }

// A Refusal is what is told to somebody who is refused: a word and a sentence.
type Refusal struct{ Word, Text string }

func (r *Refusal) Error() string { return r.Word + ": " + r.Text }

func refuse(word, format string, args ...any) error {
	return &Refusal{word, fmt.Sprintf(format, args...)}
}

// Refused returns the refusal that an error of this package is, or nil for one that is
// not the other end's fault.
func Refused(err error) *Refusal {
	if r, ok := errors.AsType[*Refusal](err); ok {
		return r
	}
	for _, known := range []struct {
		err  error
		word string
	}{
		{store.ErrCredentials, "credentials"},
		{store.ErrCardUsed, "card"},
		{ca.ErrKey, "key"},
		{store.ErrKeyTaken, "key"},
		{store.ErrKeyMany, "key"},
		{store.ErrNotIssued, "certificate"},
		{store.ErrReplaced, "certificate"},
	} {
		if errors.Is(err, known.err) {
			return &Refusal{known.word, known.err.Error()}
		}
	}
	return nil
}

// usage is what the certificates of those who ask must be good for.
var usage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}

// CheckPrimary returns ErrCredentials for a certificate that is not one of a primary
// key. That costs no try of a PIN, so strangers make nobody wait.
func (r *Rules) CheckPrimary(cert *x509.Certificate) error {
	err := verify(cert, r.Primary.Roots(), x509.NewCertPool(),
		gost.VerifyOptions{Roots: []*x509.Certificate{r.Primary.GOSTCertificate()}})
	if err != nil {
		return fmt.Errorf("primary key: %w: %w", store.ErrCredentials, err)
	}
	return nil
}

// CheckClient returns ErrCredentials for a certificate that the CA did not issue, or that
// is one of a primary key.
func (r *Rules) CheckClient(cert *x509.Certificate) error {
	if ca.IsPrimary(cert) {
		return fmt.Errorf("client's certificate is that of a primary key: %w", store.ErrCredentials)
	}
	err := verify(cert, r.CA.Roots(), r.CA.Intermediates(), gost.VerifyOptions{
		Roots: []*x509.Certificate{r.CA.GOSTRoot()}, Intermediates: []*x509.Certificate{r.CA.GOSTIssuing()}})
	if err != nil {
		return fmt.Errorf("client's certificate: %w: %w", store.ErrCredentials, err)
	}
	return nil
}

func verify(cert *x509.Certificate, roots, intermediates *x509.CertPool, o gost.VerifyOptions) error {
	if _, ok := cert.PublicKey.(*gost.PublicKey); ok {
		o.KeyUsages = usage
		_, err := gost.Verify(cert, o)
		return err
	}
	_, err := cert.Verify(x509.VerifyOptions{Roots: roots, Intermediates: intermediates, KeyUsages: usage})
	return err
}

// Periods returns the periods, in months, that a card may ask for. One that was used up
// has none, as nothing new is issued for it.
func (r *Rules) Periods(ctx context.Context, card store.Card) ([]int, error) {
	if card.Used {
		return nil, nil
	}
	return r.Store.Periods(ctx, card.Client.UserID)
}

// A Request asks for a certificate. Its sender has shown to have the key.
type Request struct {
	Operation string // of which protocol; requests of different ones are struck by faults apart
	PublicKey crypto.PublicKey
	SPKI      []byte // the key as SubjectPublicKeyInfo
	Months    int    // 0: the shortest period of the contract
}

// First returns the certificate for the key of somebody with that card.
func (r *Rules) First(ctx context.Context, card store.Card, q Request) (*x509.Certificate, error) {
	months, err := r.period(ctx, card, q.Months)
	if err != nil {
		return nil, err
	}
	if err := r.before(ctx, q); err != nil {
		return nil, err
	}
	now := time.Now()
	cert, err := r.Store.Issue(ctx, card, q.SPKI, months, now, func() (*x509.Certificate, error) {
		return r.issue(card.Client, q, months, now)
	})
	if err != nil {
		return nil, err
	}
	r.Logger.Info("certificate given", "fingerprint", store.Fingerprint(cert), "months", months)
	return cert, r.Lose(q.Operation, store.Fingerprint(cert))
}

// early is how long before its end a certificate is renewed. Until then renewing gives
// the same certificate again.
const early = 30 * 24 * time.Hour

// Holder returns the client whose certificate in force this one is.
func (r *Rules) Holder(ctx context.Context, cert *x509.Certificate) (store.Client, error) {
	client, err := r.Store.ClientByCertificate(ctx, cert)
	if errors.Is(err, store.ErrNotFound) {
		err = store.ErrReplaced
	}
	return client, err
}

// Next returns the certificate that follows the one in force, for the same key and the
// same name. Its holder asks.
func (r *Rules) Next(ctx context.Context, holder store.Client, old *x509.Certificate, subject pkix.Name, q Request) (*x509.Certificate, error) {
	if !bytes.Equal(q.SPKI, old.RawSubjectPublicKeyInfo) {
		return nil, refuse("key", "a certificate is renewed for its own key only")
	}
	if !sameName(subject, old.Subject) {
		return nil, refuse("subject", "not that of the certificate to be renewed")
	}
	if err := r.before(ctx, q); err != nil {
		return nil, err
	}
	now := time.Now()
	cert, err := r.Store.Renew(ctx, old, early, now, func(months int) (*x509.Certificate, error) {
		return r.issue(holder, q, months, now)
	})
	if err != nil {
		return nil, err
	}
	r.Logger.Info("certificate renewed", "fingerprint", store.Fingerprint(cert))
	return cert, r.Lose(q.Operation, store.Fingerprint(cert))
}

// period returns the period for a request that names one, or 0 for none.
func (r *Rules) period(ctx context.Context, card store.Card, named int) (int, error) {
	periods, err := r.Store.Periods(ctx, card.Client.UserID)
	if err != nil {
		return 0, err
	}
	switch {
	case len(periods) == 0:
		return 0, refuse("period", "the contract has no period")
	case named == 0:
		return periods[0], nil
	case !slices.Contains(periods, named):
		return 0, refuse("period", "the contract does not have %d months", named)
	}
	return named, nil
}

func (r *Rules) issue(c store.Client, q Request, months int, now time.Time) (*x509.Certificate, error) {
	validity := now.AddDate(0, months, 0).Sub(now)
	if r.Faults.Due {
		validity = early
	}
	return r.CA.IssueClient(q.PublicKey, ca.Subject{
		Surname: c.Surname, GivenName: c.GivenName, IIN: c.IIN, Company: c.Company, BIN: c.BIN,
	}, validity)
}

// sameName compares what two names say. The kind of a string does not matter: a client
// may have read and written the name anew.
func sameName(a, b pkix.Name) bool {
	return slices.EqualFunc(a.Names, b.Names, func(x, y pkix.AttributeTypeAndValue) bool {
		return x.Type.Equal(y.Type) && x.Value == y.Value
	})
}

// Register puts a certificate into force with a card, which that uses up. It reports
// whether anything changed: the same again changes nothing.
func (r *Rules) Register(ctx context.Context, card store.Card, cert *x509.Certificate) (changed bool, err error) {
	changed, err = r.Store.Register(ctx, card, cert, time.Now())
	if err != nil {
		return false, err
	}
	return changed, r.registered(cert, changed)
}

// RegisterRenewed puts a certificate into force that renews the one in force. Who asks
// holds own, which has the same key.
func (r *Rules) RegisterRenewed(ctx context.Context, userID string, own, cert *x509.Certificate) (changed bool, err error) {
	if !bytes.Equal(own.RawSubjectPublicKeyInfo, cert.RawSubjectPublicKeyInfo) {
		return false, refuse("key", "a certificate is renewed for its own key only")
	}
	if changed, err = r.Store.RegisterRenewed(ctx, userID, cert); err != nil {
		return false, err
	}
	return changed, r.registered(cert, changed)
}

func (r *Rules) registered(cert *x509.Certificate, changed bool) error {
	r.Logger.Info("certificate registered", "fingerprint", store.Fingerprint(cert), "changed", changed)
	return r.Lose("register", store.Fingerprint(cert))
}
