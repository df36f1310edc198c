//go:build unix

package audit

import (
	"errors"
	"os"
	"syscall"
)

// openLocked opens or creates the file at path and takes the only write lock.
// The lock ends with the file, or with the process.
func openLocked(path string) (f *os.File, created bool, err error) {
	const flags = os.O_RDWR | syscall.O_NONBLOCK // a FIFO must not hold us up
	f, err = os.OpenFile(path, flags, 0)
	if errors.Is(err, os.ErrNotExist) {
		created = true
		f, err = os.OpenFile(path, flags|os.O_CREATE, 0o600)
	}
	if err != nil {
		return nil, false, err
	}
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		err = ErrLocked
	}
	if err != nil {
		f.Close()
		return nil, false, err
	}
	return f, created, nil
}

// syncDir makes a new name in the folder last.
func syncDir(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
