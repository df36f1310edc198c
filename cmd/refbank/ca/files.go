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

	"qoltanba/agent/gost"
)

// The files of a CA. ChainFile holds issuing CA and root, for the -CAfile option
// of openssl. GOSTFolder is a folder within the CA's, with the same files for GOST.
const (
	rootFile    = "root.pem"
	rootKeyFile = "root.key"
	issuingFile = "issuing.pem"
	issuingKey  = "issuing.key"
	ChainFile   = "chain.pem"
	GOSTFolder  = "gost"
)

// Open reads the CA from a folder, or makes a new one there when the folder does
// not exist. A folder that is incomplete or damaged is an error and never
// replaced: its certificates may be in use.
func Open(dir string) (*CA, error) {
	var c CA
	var err error
	if c.ec, err = openHierarchy(dir, "", newEC); err != nil {
		return nil, err
	}
	// A folder from before there was GOST lacks this one, and gets it here.
	if c.gost, err = openHierarchy(filepath.Join(dir, GOSTFolder), "GOST ", newGOST); err != nil {
		return nil, err
	}
	return &c, nil
}

func openHierarchy(dir, kind string, key newKey) (hierarchy, error) {
	h, err := read(dir)
	if err == nil || !errors.Is(err, fs.ErrNotExist) {
		return h, err
	}
	if _, err := os.Stat(dir); err == nil {
		return h, fmt.Errorf("reading the CA in %s: it is incomplete", dir)
	}
	h, rootKey, err := create(kind, key)
	if err != nil {
		return h, fmt.Errorf("making a CA: %w", err)
	}
	return h, h.write(dir, rootKey)
}

func read(dir string) (h hierarchy, err error) {
	if h.root, err = readCertificate(filepath.Join(dir, rootFile)); err != nil {
		return h, err
	}
	if h.issuing, err = readCertificate(filepath.Join(dir, issuingFile)); err != nil {
		return h, err
	}
	h.key, err = readKey(filepath.Join(dir, issuingKey), h.issuing)
	return h, err
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
	c, err := gost.ParseCertificate(der)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", name, err)
	}
	return c, nil
}

// readKey reads the key of a certificate.
func readKey(name string, cert *x509.Certificate) (crypto.Signer, error) {
	der, err := readPEM(name, "PRIVATE KEY")
	if err != nil {
		return nil, err
	}
	var key any
	if public, ok := cert.PublicKey.(*gost.PublicKey); ok {
		key, err = gost.ParsePrivateKey(der, public)
	} else {
		key, err = x509.ParsePKCS8PrivateKey(der)
	}
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", name, err)
	}
	signer, ok := key.(crypto.Signer)
	if !ok || !sameKey(cert.PublicKey, signer.Public()) {
		return nil, fmt.Errorf("reading %s: the key is not that of %q", name, cert.Subject.CommonName)
	}
	return signer, nil
}

func marshalKey(key crypto.Signer) ([]byte, error) {
	if k, ok := key.(*gost.PrivateKey); ok {
		return k.Marshal(), nil
	}
	return x509.MarshalPKCS8PrivateKey(key)
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

// write writes a hierarchy into a new folder.
func (h hierarchy) write(dir string, rootKey crypto.Signer) error {
	rootDER, err := marshalKey(rootKey)
	if err != nil {
		return fmt.Errorf("encoding the root key: %w", err)
	}
	keyDER, err := marshalKey(h.key)
	if err != nil {
		return fmt.Errorf("encoding the issuing key: %w", err)
	}
	root, issuing := encode("CERTIFICATE", h.root.Raw), encode("CERTIFICATE", h.issuing.Raw)
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
