package agent

import (
	"context"
	"fmt"
	"unicode/utf8"
)

// The PINs of a token as it leaves the factory, and after Format.
const (
	DefaultPIN      = "12345678"
	DefaultAdminPIN = "87654321"
)

// MaxLabel is the length of a token's label in bytes (CK_TOKEN_INFO).
const MaxLabel = 32

// CheckLabel returns ErrLabel for what cannot be a token's label.
func CheckLabel(label string) error {
	if len(label) > MaxLabel || !utf8.ValidString(label) {
		return fmt.Errorf("label of %d bytes: %w", len(label), ErrLabel)
	}
	return nil
}

// Admin is the ability of a Token to be administered, which not every Token
// has. The administrator is PKCS#11's security officer. Except for Objects,
// Delete and Details every method locks the private keys first, as a token
// takes one kind of login at a time. A wrong administrator's PIN is a *PINError
// with Admin set, one that is locked ErrAdminPINLocked. For a token with a PIN
// pad PINs are empty.
type Admin interface {
	// CheckAdminPIN asks the token whether this is the administrator's PIN.
	CheckAdminPIN(ctx context.Context, pin *Secret) error
	// SetAdminPIN changes it. Errors also as for Token.SetPIN.
	SetAdminPIN(ctx context.Context, old, new *Secret) error
	// Unblock sets the user PIN anew (C_InitPIN) and gives it all its tries
	// back. ErrPINLength as for Token.SetPIN.
	Unblock(ctx context.Context, admin, pin *Secret) error
	// Format erases the token (C_InitToken) and sets the user PIN. The session
	// and every other with this token is lost afterwards, whatever comes out:
	// open the token anew.
	//
	// The slots are read once more directly before C_InitToken: unless this
	// token, by manufacturer and serial number, is there and alone, nothing is
	// touched (ErrTokenLost, ErrManyTokens). ErrFormatUnknown means that the
	// token went while it was being erased, ErrFormatErased that it is erased
	// and has no user PIN yet; formatting again mends both.
	Format(ctx context.Context, admin *Secret, f Format) error
	// Objects lists what is on the token: all of it while it is unlocked, else
	// what is public.
	Objects(ctx context.Context) ([]Object, error)
	// Delete destroys one object, as Objects gave it, on the unlocked token. It
	// returns ErrNoKey when it is not there (any more).
	Delete(ctx context.Context, o Object) error
	// Details reads what a support clerk asks for.
	Details(ctx context.Context) (Details, error)
}

// Format says what a formatted token is to be like.
type Format struct {
	Label string  // of the token, UTF-8, at most MaxLabel bytes, "" for none
	PIN   *Secret // the user PIN; the token's own limits hold
}

// ObjectKind is the kind of an Object (CKA_CLASS).
type ObjectKind string

// The kinds of objects.
const (
	ObjectPrivateKey  ObjectKind = "private-key"
	ObjectPublicKey   ObjectKind = "public-key"
	ObjectCertificate ObjectKind = "certificate"
	ObjectOther       ObjectKind = "other" // data, secret keys, and what the vendor keeps there
)

// Object is something on a token.
type Object struct {
	Kind        ObjectKind `json:"kind"`
	ID          []byte     `json:"id,omitempty"`          // CKA_ID
	Label       string     `json:"label"`                 // CKA_LABEL
	Algorithm   string     `json:"algorithm"`             // of a key: "RSA-2048", "P-256", "GOST R 34.10", else ""
	Certificate []byte     `json:"certificate,omitempty"` // DER
	Private     bool       `json:"private"`               // CKA_PRIVATE

	// Copied: a private key that others may have as well. The token says that it was not
	// made there, or that it could be read (CKA_LOCAL, CKA_NEVER_EXTRACTABLE, CKA_ALWAYS_SENSITIVE).
	Copied bool `json:"copied,omitempty"`
}

// Details is what a token tells of itself beside its TokenInfo.
type Details struct {
	Driver     string   `json:"driver"`     // what the module calls itself, with its version (CK_INFO)
	Module     string   `json:"module"`     // file of the module
	Hardware   string   `json:"hardware"`   // "1.2"
	Firmware   string   `json:"firmware"`   // "1.2"
	Mechanisms []string `json:"mechanisms"` // "CKM_RSA_PKCS", sorted; those without a name in hex
	FreeMemory int64    `json:"freeMemory"` // bytes for public objects, -1 where the token does not tell
}
