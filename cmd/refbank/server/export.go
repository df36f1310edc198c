package server

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// export writes an accepted order as ID.xml and its signature as ID.p7s, for checks
// from outside, such as
//
//	openssl cms -verify -cades -inform DER -in ID.p7s -content ID.xml -CAfile chain.pem
//
// (without -content when the signature carries the document). Files that are there
// already are left alone.
func (s *Server) export(id string, document, cms []byte) error {
	if err := os.MkdirAll(s.SignedDir, 0o700); err != nil {
		return fmt.Errorf("exporting order %s: %w", id, err)
	}
	for _, f := range []struct {
		name string
		data []byte
	}{{id + ".xml", document}, {id + ".p7s", cms}} {
		if err := writeOnce(filepath.Join(s.SignedDir, f.name), f.data); err != nil {
			return fmt.Errorf("exporting order %s: %w", id, err)
		}
	}
	return nil
}

// writeOnce makes the file appear whole or not at all, also after a power cut:
// one that is there is never written again.
func writeOnce(name string, data []byte) error {
	if _, err := os.Stat(name); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(name), ".new-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // fails after the rename, which is right
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	if err := errors.Join(err, f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), name)
}
