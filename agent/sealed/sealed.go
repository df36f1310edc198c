// Package sealed keeps a small JSON file that is authenticated with a key.
//
// The file is one line with the tag and then the JSON, which a person may read:
//
//	sealed-v1 9f2c…64 hex digits…
//	{
//		"origins": […]
//	}
//
// The tag is HMAC-SHA-256 over "sealed-v1\n", the purpose and the payload, each of
// the two behind its length (8 bytes, big endian). The purpose ("approved origins")
// is not in the file: who loads it says what it must have been sealed for, so one
// sealed file cannot stand in for another that has the same key.
//
// This shows a change by whoever can write the file but does not have the key. It
// does not show that an older copy of the file was put back, or that the file was
// removed, and it does not hold off malware of the same user that can read the
// keyring. It hides nothing: the JSON is plain.
package sealed

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
)

const (
	domain = "sealed-v1"

	// MaxSize is the greatest size of a file in bytes.
	MaxSize = 4 << 20
	// MinKey is the least length of a key in bytes, that of the hash (RFC 2104
	// section 3), so that an empty answer of a keyring seals nothing.
	MinKey = sha256.Size
)

// ErrTampered: the tag does not fit. The file was changed, or was sealed with
// another key or for another purpose.
var ErrTampered = errors.New("file does not fit its seal")

// Load reads the file at path, sealed with key for purpose, into v as
// json.Unmarshal does. v is untouched unless the tag fits. Errors: os.ErrNotExist,
// ErrTampered, those of reading, and of JSON that does not fit v.
func Load(path, purpose string, key []byte, v any) error {
	file, err := read(path)
	if err != nil {
		return fmt.Errorf("reading a sealed file: %w", err)
	}
	_, payload, _ := bytes.Cut(file, []byte{'\n'})
	want, err := seal(purpose, key, payload)
	if err != nil {
		return err
	}
	// The whole file is compared, so that a tag has one spelling only.
	if !hmac.Equal(file, want) {
		return fmt.Errorf("reading %s: %w", path, ErrTampered)
	}
	if err := json.Unmarshal(payload, v); err != nil {
		return fmt.Errorf("reading %s: %w", path, err)
	}
	return nil
}

// Save writes v as JSON to path, sealed with key for purpose, as WriteFile does.
func Save(path, purpose string, key []byte, v any) error {
	payload, err := json.MarshalIndent(v, "", "\t")
	if err != nil {
		return fmt.Errorf("sealing %s: %w", path, err)
	}
	file, err := seal(purpose, key, append(payload, '\n'))
	if err != nil {
		return err
	}
	if len(file) > MaxSize {
		return fmt.Errorf("sealing %s: %d bytes, at most %d", path, len(file), MaxSize)
	}
	return WriteFile(path, file)
}

// seal returns the file that holds payload.
func seal(purpose string, key, payload []byte) ([]byte, error) {
	if len(key) < MinKey {
		return nil, fmt.Errorf("sealing key of %d bytes, at least %d", len(key), MinKey)
	}
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(domain + "\n"))
	for _, part := range [][]byte{[]byte(purpose), payload} {
		mac.Write(binary.BigEndian.AppendUint64(nil, uint64(len(part))))
		mac.Write(part)
	}
	file := append([]byte(domain), ' ')
	file = append(hex.AppendEncode(file, mac.Sum(nil)), '\n')
	return append(file, payload...), nil
}

func read(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, MaxSize+1))
	if err == nil && len(b) > MaxSize {
		err = fmt.Errorf("%s is over %d bytes", path, MaxSize)
	}
	return b, err
}
