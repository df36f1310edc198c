package otp

import (
	"errors"
	"io"
	"io/fs"
	"os"
)

// disk is what a FileStore changes on a disk. Tests put another in the place of osDisk:
// one that notes the order, fails, or ends the process.
type disk interface {
	// mkdir makes a folder that nobody else may open; one that is there is no error.
	mkdir(path string) error
	// create makes a file that nobody else may read; one that is there is an error.
	create(path string) (diskFile, error)
	// rename puts one file in the place of another. It lasts once syncDir has returned.
	rename(from, to string) error
	// remove removes a file or an empty folder; one that is not there is no error.
	remove(path string) error
	// syncDir makes what was made, renamed and removed in the folder last.
	syncDir(path string) error
}

// diskFile is a new file. What was written is on the disk when Sync returns nil.
type diskFile interface {
	io.WriteCloser
	Sync() error
}

// osDisk is the computer's own.
type osDisk struct{}

var _ disk = osDisk{}

func (osDisk) mkdir(path string) error {
	if err := os.Mkdir(path, 0o700); !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}

func (osDisk) create(path string) (diskFile, error) {
	return os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
}

func (osDisk) rename(from, to string) error { return replaceFile(from, to) }

func (osDisk) remove(path string) error {
	if err := os.Remove(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

func (osDisk) syncDir(path string) error { return syncDir(path) }
