//go:build unix

package child

import (
	"fmt"
	"io"
	"os"

	"golang.org/x/sys/unix"
)

// Stdio takes stdin and stdout away from the rest of the program and returns
// them as one pipe. What prints to stdout later prints to stderr:
// graphics drivers do, and would break the frames. Programs that are started
// later do not get the pipe. It is called once, first thing in main.
func Stdio() (io.ReadWriteCloser, error) {
	in, err := private(0, "stdin")
	if err != nil {
		return nil, err
	}
	out, err := private(1, "stdout")
	if err != nil {
		return nil, err
	}
	null, err := os.Open(os.DevNull)
	if err != nil {
		return nil, err
	}
	defer null.Close()
	if err := replace(0, int(null.Fd())); err != nil {
		return nil, fmt.Errorf("replacing stdin: %w", err)
	}
	if err := replace(1, 2); err != nil {
		return nil, fmt.Errorf("replacing stdout: %w", err)
	}
	return &stdio{in, out}, nil
}

// private returns a descriptor for the same file that no other program gets. It
// does not block the thread, so that Close makes a Read return.
func private(fd int, name string) (*os.File, error) {
	own, err := unix.FcntlInt(uintptr(fd), unix.F_DUPFD_CLOEXEC, 3)
	if err == nil {
		err = unix.SetNonblock(own, true)
	}
	if err != nil {
		return nil, fmt.Errorf("taking over %s: %w", name, err)
	}
	return os.NewFile(uintptr(own), name), nil
}
