//go:build unix

package main

import (
	"os"
	"syscall"
)

// ours tells whether a file belongs to the person or to root. Its owner can
// give himself the right to write at any time.
func ours(info os.FileInfo) bool {
	s, ok := info.Sys().(*syscall.Stat_t)
	return ok && (s.Uid == 0 || int(s.Uid) == os.Getuid())
}
