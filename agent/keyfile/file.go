package keyfile

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"

	"qoltanba/agent"
	"qoltanba/agent/gost"
	"qoltanba/agent/pfx"
)

// maxSize is the size of the largest file that is read, in bytes.
const maxSize = 1 << 20

// maker stands for the manufacturer, and for the kind of token.
const maker = "PKCS #12"

// A file is a key file as it was found. Once it is gone it stays so: the next look
// finds a new one in its place. The state of being logged in is the file's, for all
// sessions with it, as PKCS#11 has it.
type file struct {
	path  string
	label string
	stat  os.FileInfo
	sum   [sha256.Size]byte

	mu    sync.RWMutex
	gone  bool
	shown []shown // the keys whose certificates are known
	known bool    // no more will be seen with the password
	pairs []pair  // nil while it is locked
}

// read reads a file, whose Secret the caller wipes.
func read(path string) (*agent.Secret, os.FileInfo, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	stat, err := f.Stat()
	if err != nil {
		return nil, nil, err
	}
	if !fits(stat) {
		return nil, nil, fmt.Errorf("%d bytes: %w", stat.Size(), agent.ErrTooLarge)
	}
	data := make([]byte, stat.Size())
	if _, err := io.ReadFull(f, data); err != nil {
		return nil, nil, err
	}
	return agent.NewSecret(data), stat, nil
}

// fits tells whether it may be a key file by what the folder tells.
func fits(stat os.FileInfo) bool {
	return stat.Mode().IsRegular() && stat.Size() > 0 && stat.Size() <= maxSize
}

// found reads a file that has appeared. One that is no PKCS#12 file is taken in as
// well: who tries its password is told what is wrong with it.
func found(path string) (*file, error) {
	data, stat, err := read(path)
	if err != nil {
		return nil, err
	}
	defer data.Wipe()
	f := &file{path: path, label: filepath.Base(path), stat: stat, sum: sha256.Sum256(data.Bytes())}
	all, sealed, err := pfx.Look(data.Bytes())
	if err != nil {
		return f, nil
	}
	for _, c := range all {
		cert, err := gost.ParseCertificate(c.DER)
		if err != nil || cert.IsCA {
			continue // an issuer's is no profile
		}
		f.shown = append(f.shown, shown{id: keyID(cert), label: c.Name, certificate: cert})
	}
	f.known = !sealed || len(f.shown) > 0
	return f, nil
}

// unchanged tells whether the file lies there as it was found.
func (f *file) unchanged() bool {
	now, err := os.Stat(f.path)
	return err == nil && os.SameFile(f.stat, now) && now.Size() == f.stat.Size() && now.ModTime().Equal(f.stat.ModTime())
}

// stays tells whether sessions with the file go on.
func (f *file) stays() bool {
	f.mu.RLock()
	gone := f.gone
	f.mu.RUnlock()
	return !gone && f.unchanged()
}

// lose ends every session with the file, and wipes its keys.
func (f *file) lose() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.gone = true
	f.lock()
}

// lock wipes the keys. f.mu is held.
func (f *file) lock() {
	for _, p := range f.pairs {
		if k, ok := p.signer.(*gost.PrivateKey); ok {
			k.Wipe()
		}
	}
	f.pairs = nil
}

// describe returns what the file tells without a password.
func (f *file) describe() agent.TokenInfo {
	f.mu.RLock()
	defer f.mu.RUnlock()
	info := agent.TokenInfo{
		ID:          f.id(),
		Name:        maker,
		Label:       f.label,
		Model:       maker,
		Initialized: true,
		KeyFile:     true,
		Sealed:      !f.known,
	}
	for _, s := range f.shown {
		info.Keys = append(info.Keys, agent.KeyInfo{ID: s.id, Label: s.label, Certificate: s.certificate.Raw})
	}
	return info
}

// id is made of the content and tells nothing of it.
func (f *file) id() agent.TokenID {
	return agent.TokenID{Manufacturer: maker, Serial: hex.EncodeToString(f.sum[:16])}
}

// unlock opens the file with its password. f.mu is held.
func (f *file) unlock(password *agent.Secret) error {
	f.lock()
	if password.Len() == 0 { // a file that needs none keeps its key from nobody
		return &agent.PINError{Retries: agent.RetriesUnknown}
	}
	data, _, err := read(f.path)
	if err != nil {
		return fmt.Errorf("%w: %w", agent.ErrTokenLost, err)
	}
	defer data.Wipe()
	if sha256.Sum256(data.Bytes()) != f.sum {
		return fmt.Errorf("the file has changed: %w", agent.ErrTokenLost)
	}
	content, err := pfx.Read(data.Bytes(), password.Bytes())
	switch {
	case errors.Is(err, pfx.ErrPassword): // also a damaged file: the format cannot tell
		return &agent.PINError{Retries: agent.RetriesUnknown}
	case err != nil:
		return fmt.Errorf("%w: %w", agent.ErrUnreadable, err)
	}
	defer content.Wipe()
	pairs := match(content)
	if len(pairs) == 0 {
		return fmt.Errorf("%d keys and %d certificates: %w: %w", len(content.Keys), len(content.Certificates), agent.ErrUnpaired, agent.ErrUnreadable)
	}
	f.pairs = pairs
	f.shown, f.known = nil, true
	for _, p := range f.pairs {
		f.shown = append(f.shown, p.shown)
	}
	return nil
}
