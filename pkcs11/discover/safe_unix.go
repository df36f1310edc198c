//go:build unix

package discover

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

const maxLinks = 40 // as Linux follows, path_resolution(7)

// safe follows path as the system would. Every folder on the way, every link
// and the file itself must belong to the person or to root, and nobody else may
// write to the folders and to the file.
func safe(path, _ string) error {
	dir, rest := "/", strings.Split(strings.TrimPrefix(path, "/"), "/")
	if err := ours(dir); err != nil {
		return err
	}
	for links := 0; len(rest) > 0; {
		name := rest[0]
		rest = rest[1:]
		switch name {
		case "", ".":
			continue
		case "..":
			dir = filepath.Dir(dir) // looked at on the way down
			continue
		}
		next := filepath.Join(dir, name)
		if err := ours(next); err != nil {
			return err
		}
		target, err := os.Readlink(next)
		switch {
		case errors.Is(err, syscall.EINVAL): // no link
			dir = next
			continue
		case err != nil:
			return err
		}
		if links++; links > maxLinks {
			return fmt.Errorf("too many links at %s", next)
		}
		if filepath.IsAbs(target) {
			dir = "/"
		}
		rest = append(strings.Split(target, "/"), rest...)
	}
	return nil
}

// ours tells what is wrong with one step. Its owner can give himself the right
// to write at any time; the mode of a link means nothing.
func ours(path string) error {
	info, err := os.Lstat(path)
	if err != nil {
		return err
	}
	s, ok := info.Sys().(*syscall.Stat_t)
	if !ok || s.Uid != 0 && int(s.Uid) != os.Getuid() {
		return fmt.Errorf("%s belongs to somebody else", path)
	}
	// A sticky folder such as /tmp lets nobody replace another's files.
	sticky := info.IsDir() && info.Mode()&fs.ModeSticky != 0
	if info.Mode()&fs.ModeSymlink == 0 && info.Mode().Perm()&0o022 != 0 && !sticky {
		return fmt.Errorf("others can write to %s", path)
	}
	return nil
}
