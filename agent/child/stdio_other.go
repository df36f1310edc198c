//go:build unix && !linux

package child

import "golang.org/x/sys/unix"

// replace makes fd another name for the file of by.
func replace(fd, by int) error { return unix.Dup2(by, fd) }
