package agent

import (
	"context"
	"crypto"
	"crypto/x509"

	"qoltanba/agent/gost"
)

// Tokens is the port to everything that holds keys.
type Tokens interface {
	// List returns the tokens that are connected now. It does not log in.
	List(ctx context.Context) ([]TokenInfo, error)
	// Watch calls changed with the tokens connected at the start and again
	// each time one came, went, or changed its state. It returns when ctx ends.
	Watch(ctx context.Context, changed func([]TokenInfo)) error
	// Open opens a session with the token of that identity, as List gave it.
	// It returns ErrNoToken when it is not connected.
	Open(ctx context.Context, id TokenID) (Token, error)
}

// TokenID is what makes a token the same one again: the manufacturer and the
// serial number that the token itself tells (CK_TOKEN_INFO). Slot numbers are
// not part of it, as they change with every re-plugging.
type TokenID struct {
	Manufacturer string `json:"manufacturer"`
	Serial       string `json:"serial"`
}

// TokenInfo describes a connected token without logging in.
type TokenInfo struct {
	ID    TokenID `json:"id"`
	Name  string  `json:"name"`  // what people call it: "KAZTOKEN", else the model
	Label string  `json:"label"` // CKA label, "" for none
	Model string  `json:"model"`

	Initialized bool `json:"initialized"` // CKF_TOKEN_INITIALIZED
	PINPad      bool `json:"pinPad"`      // CKF_PROTECTED_AUTHENTICATION_PATH
	PINUnset    bool `json:"pinUnset"`    // no CKF_USER_PIN_INITIALIZED: nobody can log in before Admin.Unblock
	PINDefault  bool `json:"pinDefault"`  // CKF_USER_PIN_TO_BE_CHANGED
	PINLow      bool `json:"pinLow"`      // CKF_USER_PIN_COUNT_LOW
	PINFinal    bool `json:"pinFinal"`    // CKF_USER_PIN_FINAL_TRY
	PINLocked   bool `json:"pinLocked"`   // CKF_USER_PIN_LOCKED
	MinPIN      int  `json:"minPIN"`      // bytes
	MaxPIN      int  `json:"maxPIN"`      // bytes

	// The same for the administrator (PKCS#11: security officer).
	AdminPINDefault bool `json:"adminPINDefault"` // CKF_SO_PIN_TO_BE_CHANGED
	AdminPINLow     bool `json:"adminPINLow"`     // CKF_SO_PIN_COUNT_LOW
	AdminPINFinal   bool `json:"adminPINFinal"`   // CKF_SO_PIN_FINAL_TRY
	AdminPINLocked  bool `json:"adminPINLocked"`  // CKF_SO_PIN_LOCKED

	// KeyFile: a key file on a drive, not a device. It is never formatted, no profile
	// is registered on it, and it does not count where one token alone is demanded.
	KeyFile bool `json:"keyFile"`
	// Sealed: its certificates cannot be seen before a Login.
	Sealed bool `json:"sealed"`

	// Keys holds what can be seen without logging in: the certificates that
	// are public on the token, one entry for each.
	Keys []KeyInfo `json:"keys"`
}

// KeyInfo describes a key and its certificate.
type KeyInfo struct {
	ID          []byte `json:"id"`                    // CKA_ID
	Label       string `json:"label"`                 // CKA_LABEL of the certificate
	Certificate []byte `json:"certificate,omitempty"` // DER
}

// Token is a session with one token. Its methods may be called from several
// goroutines. After ErrTokenLost every method keeps returning it; Open the
// token anew once it is back.
type Token interface {
	// Info reads the token's state anew.
	Info(ctx context.Context) (TokenInfo, error)
	// Login checks the PIN and unlocks the private keys. It always asks the
	// token, also when it is unlocked already. It returns a *PINError for a
	// wrong PIN and ErrPINLocked when no more tries are left; either way the
	// token is locked afterwards.
	Login(ctx context.Context, pin *Secret) error
	// Logout locks the private keys. It is no error when they are locked.
	Logout(ctx context.Context) error
	// Keys returns the keys that have a certificate. A Key stays good over
	// Logout and Login; while the token is locked its Sign returns ErrLocked.
	Keys(ctx context.Context) ([]Key, error)
	// Key finds a key pair by its CKA_ID, with a certificate or without; of several
	// with the one that is valid longest. It returns ErrNoKey when the token does not
	// have the private half. Before Login it returns ErrLocked if the token hides
	// private keys until then.
	Key(ctx context.Context, id []byte) (Key, error)
	// GenerateKey makes a key pair on the token, which may take minutes. The
	// private half is sensitive and not extractable. ErrLocked before Login.
	GenerateKey(ctx context.Context, spec KeySpec) (Key, error)
	// StoreCertificate writes the certificate of the key with that id, beside those
	// that it has; the same again does nothing. It returns ErrCertificate when the
	// public keys differ, ErrNoKey without key.
	StoreCertificate(ctx context.Context, id []byte, label string, certificate *x509.Certificate) error
	// SetPIN changes the user PIN. Errors as Login, ErrPINLength and ErrPINSame;
	// the token is locked afterwards.
	SetPIN(ctx context.Context, old, new *Secret) error
	// Close logs out and ends the session. Calling it again does nothing.
	Close() error
}

// Key is a private key that stays where it is. Sign takes a digest and the
// usual crypto.SignerOpts (a crypto.Hash, *rsa.PSSOptions, or the gost.Hash of a
// GOST key); digest length and hash are checked before the token sees them. Sign
// may be called from several goroutines. Public of a GOST key is a
// *gost.PublicKey, and its signatures have the byte order of the key's country.
type Key interface {
	crypto.Signer
	// ID is the key's CKA_ID.
	ID() []byte
	// Label is the key's CKA_LABEL.
	Label() string
	// Certificate is nil for a key that has none yet. Its PublicKey is the key's.
	Certificate() *x509.Certificate
}

// KeySpec says which key pair to generate.
type KeySpec struct {
	ID        []byte // CKA_ID, at least 8 random bytes; must not be on the token yet
	Label     string // CKA_LABEL of both halves
	Algorithm KeyAlgorithm
}

// KeyAlgorithm is the kind of key pair that GenerateKey makes.
type KeyAlgorithm string

// The kinds of key pairs.
const (
	RSA2048 KeyAlgorithm = "RSA-2048"
	RSA3072 KeyAlgorithm = "RSA-3072"
	P256    KeyAlgorithm = "P-256"
	P384    KeyAlgorithm = "P-384"

	// GOST keys, by standard: gost.Kazakh2004, gost.Kazakh2015 and
	// gost.Russian2012.
	GOST2004 KeyAlgorithm = "GOST-2004"
	GOST2015 KeyAlgorithm = "GOST-2015"
	GOST2012 KeyAlgorithm = "GOST-2012-256"
)

// GOST returns what a GOST key of that kind is, nil for the other kinds.
func (a KeyAlgorithm) GOST() *gost.Params {
	switch a {
	case GOST2004:
		return gost.Kazakh2004
	case GOST2015:
		return gost.Kazakh2015
	case GOST2012:
		return gost.Russian2012
	}
	return nil
}
