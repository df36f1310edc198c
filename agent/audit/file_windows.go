package audit

import (
	"errors"
	"os"
	"syscall"
)

// errSharingViolation is ERROR_SHARING_VIOLATION, which package syscall lacks.
const errSharingViolation = syscall.Errno(32)

// openLocked opens or creates the file at path. Others may read it; without
// FILE_SHARE_WRITE nobody else can open it for writing, and without
// FILE_SHARE_DELETE not remove it, until the handle is closed.
func openLocked(path string) (f *os.File, created bool, err error) {
	name, err := syscall.UTF16PtrFromString(path)
	if err != nil {
		return nil, false, err
	}
	h, err := syscall.CreateFile(name, syscall.GENERIC_READ|syscall.GENERIC_WRITE, syscall.FILE_SHARE_READ,
		nil, syscall.OPEN_ALWAYS, syscall.FILE_ATTRIBUTE_NORMAL, 0)
	if errors.Is(err, errSharingViolation) {
		return nil, false, ErrLocked
	}
	if err != nil {
		return nil, false, &os.PathError{Op: "open", Path: path, Err: err}
	}
	return os.NewFile(uintptr(h), path), false, nil
}

// syncDir does nothing: NTFS journals names, and folders cannot be flushed.
func syncDir(string) error { return nil }
