package agent

import (
	"context"
	"crypto"
)

// MACs is the ability of a Token to keep secret keys and to compute HMACs with them
// (PKCS#11: CKK_GENERIC_SECRET), which not every Token has. A key stays on the token
// until it is deleted, is seen only while the token is unlocked, and never leaves it.
//
// For which hashes a token computes them shows at run time: ErrMechanism for the others.
// Every method returns ErrLocked before Login.
type MACs interface {
	// ImportMACKey puts a key on the token, under a CKA_ID that is not there yet
	// (ErrInvalid); ErrTokenFull when there is no room. When it fails nothing stays
	// behind, unless the token went meanwhile. The key stays its caller's.
	ImportMACKey(ctx context.Context, spec MACKeySpec, key *Secret) error
	// MAC is the HMAC of message with the key of that CKA_ID, of the hash that the key
	// was imported for. It returns ErrNoKey when the token has no such key.
	MAC(ctx context.Context, id []byte, hash crypto.Hash, message []byte) ([]byte, error)
	// DeleteMACKey destroys the secret key with that CKA_ID and nothing else that has
	// it. It is no error when the token has none.
	DeleteMACKey(ctx context.Context, id []byte) error
}

// MACKeySpec says which key to import.
type MACKeySpec struct {
	ID    []byte      // CKA_ID, at least 8 random bytes
	Label string      // CKA_LABEL
	Hash  crypto.Hash // crypto.SHA1, SHA256 or SHA512
}
