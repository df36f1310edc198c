// Package harden keeps other programs out of this one's memory.
package harden

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// Process turns ptrace and core dumps off for this process, so that programs of
// the same person do not read the PINs that pass through it (prctl(2),
// PR_SET_DUMPABLE).
func Process() error {
	if err := unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0); err != nil {
		return fmt.Errorf("turning ptrace off: %w", err)
	}
	if err := unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{}); err != nil {
		return fmt.Errorf("turning core dumps off: %w", err)
	}
	return nil
}
