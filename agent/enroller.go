package agent

import (
	"context"
	"crypto"
	"crypto/x509"
	"fmt"
	"time"

	"qoltanba/agent/gost"
)

// Enroller is the port to a bank's certification authority and to its register
// of certificates. Each call may be made again, also after an answer that got
// lost: the same applicant with the same key gets the same certificate, and one
// registration. No call tries anything twice by itself that the bank may count.
//
// A User ID, a PIN, or a primary key that do not belong together are
// ErrCredentials, whichever it is. A bank that cannot be reached is ErrBank, one
// that is not the descriptor's ErrBankForeign.
type Enroller interface {
	// Check asks whether the bank knows the applicant. Nothing is issued and
	// nothing used up. Too many wrong tries are a ManyTriesError.
	Check(ctx context.Context, a Applicant) (Terms, error)
	// CACerts returns the certificates of the bank's CA, which end at one that
	// the descriptor names. It sends nothing about the applicant. With an error it may
	// return some, where one of several servers has told its own.
	CACerts(ctx context.Context) ([]*x509.Certificate, error)
	// Submit asks for the certificate of a key, which it signs with: a token's
	// key must be unlocked. The certificate is checked to be the key's and the
	// CA's, else ErrCertificate or ErrBankForeign. It waits for a CA that is
	// slow for seconds, and returns a PendingError for one that is slower.
	Submit(ctx context.Context, a Applicant, key crypto.Signer) (*x509.Certificate, error)
	// Confirm registers the certificate with the bank, which uses up the PIN.
	// It returns a RejectedError when another one was registered with it.
	Confirm(ctx context.Context, a Applicant, certificate *x509.Certificate) error
}

// Renewer is an Enroller that also gives new certificates for old keys. What
// proves the person is the key with its certificate, which is still valid.
type Renewer interface {
	// IsIssuer tells whether the bank's CA issued a certificate, which may have ended since.
	// issuers are those that CACerts returned; the bank is not asked again.
	IsIssuer(certificate *x509.Certificate, issuers []*x509.Certificate) bool
	// Renew asks for a certificate that follows the key's.
	Renew(ctx context.Context, key Key) (*x509.Certificate, error)
	// ConfirmRenewal registers it in the place of the one before. The key's certificate
	// is that one or, when that has ended meanwhile or is not on the token any more, the
	// new one itself. The User ID is "" where it is not known: the key tells the bank whose
	// certificate it is.
	ConfirmRenewal(ctx context.Context, userID string, key Key, certificate *x509.Certificate) error
}

// Applicant is a person who asks for the first certificate, and what the bank
// handed out to prove it. Whoever made it wipes the PIN.
type Applicant struct {
	UserID  string
	PIN     *Secret // of the OTP card
	Primary PrimaryKey
	Months  int // period that the certificate is to be valid for, 0 for the bank's own
}

// PrimaryKey is a primary initialization key: it proves who asks for the first
// certificate, and signs nothing else.
type PrimaryKey struct {
	Signer       crypto.Signer
	Certificates []*x509.Certificate // its own, then those of its issuers
}

// wipe overwrites the key as far as it can be: those of crypto/rsa and crypto/ecdsa cannot.
func (p PrimaryKey) wipe() {
	if k, ok := p.Signer.(*gost.PrivateKey); ok {
		k.Wipe()
	}
}

// Terms are what a bank demands of a request, as far as it tells.
type Terms struct {
	Algorithms []KeyAlgorithm // empty: any kind of key
	Months     []int          // periods of the contract; empty: not told
}

// A PendingError says that the bank wants to be asked again later.
type PendingError struct {
	After time.Duration // not before
}

func (e *PendingError) Error() string { return fmt.Sprintf("%v: %v", ErrPending, e.After) }

// Unwrap returns ErrPending.
func (*PendingError) Unwrap() error { return ErrPending }

// A ManyTriesError says that the bank answers nobody for that User ID for a while, as too
// many have tried a wrong PIN.
type ManyTriesError struct {
	After time.Duration // not before; 0 where nobody knows
}

func (e *ManyTriesError) Error() string { return fmt.Sprintf("%v: %v", ErrManyTries, e.After) }

// Unwrap returns ErrManyTries.
func (*ManyTriesError) Unwrap() error { return ErrManyTries }

// An OtherBankError says that a registration was begun at another bank than the one that
// was chosen.
type OtherBankError struct {
	Host string // that its certificates come from, in one printable line
}

func (e *OtherBankError) Error() string { return fmt.Sprintf("%v: %q", ErrOtherBank, e.Host) }

// Unwrap returns ErrOtherBank.
func (*OtherBankError) Unwrap() error { return ErrOtherBank }

// A RenewalRefusedError says that the bank refused to register a renewed certificate.
type RenewalRefusedError struct {
	Serial string // of the certificate, in hex
}

func (e *RenewalRefusedError) Error() string {
	return fmt.Sprintf("%v: serial number %s", ErrRenewalRefused, e.Serial)
}

// Unwrap returns ErrRenewalRefused.
func (*RenewalRefusedError) Unwrap() error { return ErrRenewalRefused }

// A RejectedError says that the bank refused.
type RejectedError struct {
	// Text is what the bank says to it, in whichever language; it may be empty.
	// It is short and one printable line.
	Text string
}

func (e *RejectedError) Error() string {
	if e.Text == "" {
		return ErrRejected.Error()
	}
	return fmt.Sprintf("%v: %q", ErrRejected, e.Text)
}

// Unwrap returns ErrRejected.
func (*RejectedError) Unwrap() error { return ErrRejected }
