package main

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// harden keeps other programs of the same person from reading this one's
// memory through ptrace or a core dump: PINs pass through it.
func harden() error {
	if err := unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0); err != nil {
		return fmt.Errorf("turning ptrace off: %w", err)
	}
	if err := unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{}); err != nil {
		return fmt.Errorf("turning core dumps off: %w", err)
	}
	return nil
}
