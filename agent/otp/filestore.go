package otp

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// FileStore is a Store in a folder of its own, which is locked while it is open: two
// programs that count tries in one record would each give three.
type FileStore struct {
	dir  string
	lock io.Closer
}

var _ Store = (*FileStore)(nil)

const (
	recordName = "record"
	tempName   = "record.tmp"
	lockName   = "lock"
)

// testOnlyStep is told what Save has done, so that a test can end the process there.
var testOnlyStep = func(step string) {}

// OpenFileStore locks the folder, which it makes when it is not there, and removes
// what a Save that was killed left behind: no second ciphertext may lie about (see
// MobiPass). It returns ErrInUse when another program has it open.
func OpenFileStore(dir string) (*FileStore, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	lock, err := lockFile(filepath.Join(dir, lockName))
	if err != nil {
		return nil, fmt.Errorf("opening %s: %w", dir, err)
	}
	if err := remove(filepath.Join(dir, tempName)); err != nil {
		lock.Close()
		return nil, err
	}
	return &FileStore{dir: dir, lock: lock}, nil
}

// Lock locks the file of that name, which it makes, until it is closed or the process
// ends. It returns ErrInUse while another holds it, in this process too.
func Lock(path string) (io.Closer, error) { return lockFile(path) }

// Close gives the lock back.
func (s *FileStore) Close() error { return s.lock.Close() }

// Load reads the record.
func (s *FileStore) Load() ([]byte, error) {
	f, err := os.Open(filepath.Join(s.dir, recordName))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	// One byte more than a record may have, which is then refused as damaged.
	return io.ReadAll(io.LimitReader(f, maxRecord+1))
}

// Save replaces the record: temporary file, sync, rename, sync of the folder.
func (s *FileStore) Save(record []byte) error {
	temp := filepath.Join(s.dir, tempName)
	err := s.write(temp, record)
	if err == nil {
		testOnlyStep("synced")
		err = os.Rename(temp, filepath.Join(s.dir, recordName))
	}
	if err != nil {
		return errors.Join(err, remove(temp))
	}
	testOnlyStep("renamed")
	if err := syncDir(s.dir); err != nil {
		return err
	}
	testOnlyStep("saved")
	return nil
}

func (s *FileStore) write(path string, record []byte) error {
	// What is there under this name, if anything, is not followed and not kept.
	if err := remove(path); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	testOnlyStep("created")
	_, err = f.Write(record)
	testOnlyStep("written")
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// Remove removes the record. The folder and its lock stay; RemoveAll ends them too.
func (s *FileStore) Remove() error {
	if err := errors.Join(remove(filepath.Join(s.dir, tempName)), remove(filepath.Join(s.dir, recordName))); err != nil {
		return err
	}
	return syncDir(s.dir)
}

// RemoveAll removes the record and the folder, and closes the store.
func (s *FileStore) RemoveAll() error {
	return errors.Join(s.Remove(), s.lock.Close(), remove(filepath.Join(s.dir, lockName)), os.Remove(s.dir))
}

func remove(path string) error {
	if err := os.Remove(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
