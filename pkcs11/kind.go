package pkcs11

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
)

// supported tells whether crypto11 signs with keys of that kind.
func supported(public crypto.PublicKey) bool {
	switch public.(type) {
	case *rsa.PublicKey, *ecdsa.PublicKey:
		return true
	}
	return false
}
