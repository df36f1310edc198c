package ca

import (
	"crypto"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// The files of a CA. ChainFile holds issuing CA and root, for the -CAfile option
// of openssl.
const (
	rootFile    = "root.pem"
	rootKeyFile = "root.key"
	issuingFile = "issuing.pem"
	issuingKey  = "issuing.key"
	ChainFile   = "chain.pem"
)

// Open reads the CA from a folder, or makes a new one there when the folder does
// not exist. A folder that is incomplete or damaged is an error and never
// replaced: its certificates may be in use.
func Open(dir string) (*CA, error) {
	c, err := read(dir)
	if err == nil || !errors.Is(err, fs.ErrNotExist) {
		return c, err
	}
	if _, err := os.Stat(dir); err == nil {
		return nil, fmt.Errorf("reading the CA in %s: it is incomplete", dir)
	}
	c, rootKey, key, err := create()
	if err != nil {
		return nil, fmt.Errorf("making a CA: %w", err)
	}
	return c, c.write(dir, rootKey, key)
}

func read(dir string) (*CA, error) {
	root, err := readCertificate(filepath.Join(dir, rootFile))
	if err != nil {
		return nil, err
	}
	issuing, err := readCertificate(filepath.Join(dir, issuingFile))
	if err != nil {
		return nil, err
	}
	key, err := readKey(filepath.Join(dir, issuingKey))
	if err != nil {
		return nil, err
	}
	if !sameKey(issuing.PublicKey, key.Public()) {
		return nil, fmt.Errorf("reading the CA in %s: the key is not that of the issuing CA", dir)
	}
	return &CA{root: root, issuing: issuing, key: key}, nil
}

func sameKey(a, b crypto.PublicKey) bool {
	k, ok := a.(interface{ Equal(crypto.PublicKey) bool })
	return ok && k.Equal(b)
}

func readCertificate(name string) (*x509.Certificate, error) {
	der, err := readPEM(name, "CERTIFICATE")
	if err != nil {
		return nil, err
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", name, err)
	}
	return c, nil
}

func readKey(name string) (crypto.Signer, error) {
	der, err := readPEM(name, "PRIVATE KEY")
	if err != nil {
		return nil, err
	}
	key, err := x509.ParsePKCS8PrivateKey(der)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", name, err)
	}
	signer, ok := key.(crypto.Signer)
	if !ok {
		return nil, fmt.Errorf("reading %s: a %T can not sign", name, key)
	}
	return signer, nil
}

func readPEM(name, kind string) ([]byte, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(data)
	if block == nil || block.Type != kind {
		return nil, fmt.Errorf("reading %s: no PEM block of type %s", name, kind)
	}
	return block.Bytes, nil
}

// write writes the CA into a new folder.
func (c *CA) write(dir string, rootKey, key crypto.PrivateKey) error {
	rootDER, err := x509.MarshalPKCS8PrivateKey(rootKey)
	if err != nil {
		return fmt.Errorf("encoding the root key: %w", err)
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return fmt.Errorf("encoding the issuing key: %w", err)
	}
	root, issuing := encode("CERTIFICATE", c.root.Raw), encode("CERTIFICATE", c.issuing.Raw)
	return writeFolder(dir, []file{
		{rootKeyFile, 0o600, encode("PRIVATE KEY", rootDER)},
		{issuingKey, 0o600, encode("PRIVATE KEY", keyDER)},
		{rootFile, 0o644, root},
		{issuingFile, 0o644, issuing},
		{ChainFile, 0o644, append(issuing[:len(issuing):len(issuing)], root...)},
	})
}

type file struct {
	name string
	mode fs.FileMode
	data []byte
}

// writeFolder makes the folder appear whole or not at all: a kill in between leaves
// a folder under another name, which nobody reads.
func writeFolder(dir string, files []file) error {
	if err := os.MkdirAll(filepath.Dir(dir), 0o700); err != nil {
		return fmt.Errorf("making the CA's folder: %w", err)
	}
	unfinished, err := os.MkdirTemp(filepath.Dir(dir), filepath.Base(dir)+"-*")
	if err != nil {
		return fmt.Errorf("making the CA's folder: %w", err)
	}
	for _, f := range files {
		if err := os.WriteFile(filepath.Join(unfinished, f.name), f.data, f.mode); err != nil {
			return fmt.Errorf("writing the CA: %w", err)
		}
	}
	if err := os.Rename(unfinished, dir); err != nil {
		return fmt.Errorf("writing the CA: %w", err)
	}
	return nil
}

func encode(kind string, der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
}
