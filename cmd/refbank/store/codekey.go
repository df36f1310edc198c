package store

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"qoltanba/agent/sealed"
)

// codeKeyFile lies beside the database. It holds the AES-256 key under which the seeds
// of tokens and the keys of MobiPass are kept, so that a copy of the database makes no
// codes. In a bank of flesh and blood it is in an HSM.
const codeKeyFile = "codes.key"

const codeKeyLen = 32

// sealSeed returns what is kept of a device's seed or key. The device's number is
// bound in: what was sealed for one opens for no other. It is called within a change:
// of two processes that make the key file at once, one waits for the other.
func (s *Store) sealSeed(device string, seed []byte) ([]byte, error) {
	if err := s.makeCodeKey(); err != nil {
		return nil, err
	}
	aead, err := s.codeKey()
	if err != nil {
		return nil, err
	}
	return aead.Seal(nil, nil, seed, []byte(device)), nil
}

// openSeed is the reverse of sealSeed. The caller wipes what it returns.
func (s *Store) openSeed(device string, box []byte) ([]byte, error) {
	aead, err := s.codeKey()
	if err != nil {
		return nil, err
	}
	seed, err := aead.Open(nil, nil, box, []byte(device))
	if err != nil {
		return nil, fmt.Errorf("opening the key of device %s: %w", device, err)
	}
	return seed, nil
}

func (s *Store) codeKey() (cipher.AEAD, error) {
	key, err := os.ReadFile(filepath.Join(s.dir, codeKeyFile))
	if err != nil {
		return nil, err
	}
	defer clear(key)
	if len(key) != codeKeyLen {
		return nil, fmt.Errorf("%s has %d bytes, want %d", codeKeyFile, len(key), codeKeyLen)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(block)
}

// makeCodeKey makes the file where it is missing.
func (s *Store) makeCodeKey() error {
	name := filepath.Join(s.dir, codeKeyFile)
	if _, err := os.Stat(name); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	key := make([]byte, codeKeyLen)
	defer clear(key)
	rand.Read(key) // never fails
	return sealed.WriteFile(name, key)
}
