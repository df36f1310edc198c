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
	disk disk
}

var _ Store = (*FileStore)(nil)

const (
	recordName = "record"
	tempName   = "record.tmp"
	lockName   = "lock"
)

// OpenFileStore locks the folder, which it makes when it is not there, and removes
// what a Save that was killed left behind: no second ciphertext may lie about (see
// MobiPass). It returns ErrInUse when another program has it open.
func OpenFileStore(dir string) (*FileStore, error) { return openFileStore(dir, osDisk{}) }

func openFileStore(dir string, d disk) (*FileStore, error) {
	if err := makeFolder(dir, d); err != nil {
		return nil, err
	}
	lock, err := lockFile(filepath.Join(dir, lockName))
	if err != nil {
		return nil, fmt.Errorf("opening %s: %w", dir, err)
	}
	s := &FileStore{dir: dir, lock: lock, disk: d}
	if err := d.remove(s.path(tempName)); err != nil {
		lock.Close()
		return nil, err
	}
	return s, nil
}

// makeFolder makes a folder, and those above it that are missing, so that they last: a
// record is on the disk only if its folder is.
func makeFolder(dir string, d disk) error {
	_, err := os.Stat(dir)
	parent := filepath.Dir(dir)
	if !errors.Is(err, fs.ErrNotExist) || parent == dir { // such as a drive that is not there
		return err
	}
	if err := makeFolder(parent, d); err != nil {
		return err
	}
	if err := d.mkdir(dir); err != nil {
		return err
	}
	if err := d.syncDir(parent); err != nil {
		return errors.Join(err, d.remove(dir)) // the next one makes it anew
	}
	return nil
}

// Lock locks the file of that name, which it makes, until it is closed or the process
// ends. It returns ErrInUse while another holds it, in this process too.
func Lock(path string) (io.Closer, error) { return lockFile(path) }

// Close gives the lock back.
func (s *FileStore) Close() error { return s.lock.Close() }

// Load reads the record.
func (s *FileStore) Load() ([]byte, error) {
	f, err := os.Open(s.path(recordName))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	// One byte more than a record may have, which is then refused as damaged.
	return io.ReadAll(io.LimitReader(f, maxRecord+1))
}

// Save replaces the record: temporary file, sync, rename, sync of the folder.
func (s *FileStore) Save(record []byte) error {
	err := s.write(s.path(tempName), record)
	if err == nil {
		err = s.disk.rename(s.path(tempName), s.path(recordName))
	}
	if err != nil {
		return errors.Join(err, s.disk.remove(s.path(tempName)))
	}
	return s.disk.syncDir(s.dir)
}

func (s *FileStore) write(path string, record []byte) error {
	// What is there under this name, if anything, is not followed and not kept.
	if err := s.disk.remove(path); err != nil {
		return err
	}
	f, err := s.disk.create(path)
	if err != nil {
		return err
	}
	_, err = f.Write(record)
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// Remove removes the record. The folder and its lock stay; RemoveAll ends them too.
func (s *FileStore) Remove() error {
	if err := errors.Join(s.disk.remove(s.path(tempName)), s.disk.remove(s.path(recordName))); err != nil {
		return err
	}
	return s.disk.syncDir(s.dir)
}

// RemoveAll removes the record and the folder, and closes the store.
func (s *FileStore) RemoveAll() error {
	return errors.Join(s.Remove(), s.lock.Close(), s.disk.remove(s.path(lockName)), os.Remove(s.dir))
}

func (s *FileStore) path(name string) string { return filepath.Join(s.dir, name) }
