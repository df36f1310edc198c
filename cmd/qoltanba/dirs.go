package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// dirs are the folders of one person's agent. All are private to that person.
type dirs struct {
	config  string // settings, approvals, banks.d
	state   string // history
	runtime string // control socket, copies that the person looks at
	policy  string // the administrator's, for policy.json; may be missing
	system  string // the same for banks.d, "" with a home that was named
}

// locate finds the folders and makes those of the person. With home they all
// lie below it, and the administrator's banks are left out. The policy is not:
// an argument does not lift it.
func locate(home string) (dirs, error) {
	d := dirs{policy: systemDir()}
	if home != "" {
		abs, err := filepath.Abs(home)
		if err != nil {
			return dirs{}, err
		}
		d.config, d.state, d.runtime = filepath.Join(abs, "config"), filepath.Join(abs, "state"), filepath.Join(abs, "run")
	} else {
		config, err := os.UserConfigDir()
		if err != nil {
			return dirs{}, fmt.Errorf("finding the settings' folder: %w", err)
		}
		d.config = filepath.Join(config, "qoltanba")
		d.state, d.runtime = stateDir(d.config), runtimeDir(d.config)
		d.system = d.policy
	}
	for _, dir := range []string{d.config, d.state, d.runtime} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return dirs{}, err
		}
		if err := private(dir); err != nil {
			return dirs{}, err
		}
	}
	return d, nil
}

func stateDir(config string) string {
	if runtime.GOOS != "linux" {
		return filepath.Join(config, "state")
	}
	if x := os.Getenv("XDG_STATE_HOME"); filepath.IsAbs(x) {
		return filepath.Join(x, "qoltanba")
	}
	return filepath.Join(filepath.Dir(filepath.Dir(config)), ".local", "state", "qoltanba")
}

func runtimeDir(config string) string {
	if x := os.Getenv("XDG_RUNTIME_DIR"); runtime.GOOS == "linux" && filepath.IsAbs(x) {
		return filepath.Join(x, "qoltanba")
	}
	return filepath.Join(config, "run")
}

func systemDir() string {
	switch runtime.GOOS {
	case "windows":
		exe, err := os.Executable()
		if err != nil || !forbidden(filepath.Dir(exe)) {
			return ""
		}
		return filepath.Dir(exe)
	case "darwin":
		return "/Library/Application Support/qoltanba"
	}
	return "/etc/qoltanba"
}

// forbidden tells whether this process may not write to a folder. What lies
// beside the program is the administrator's word only where that holds: into a
// folder of the person's own, any program of the person could put it.
func forbidden(dir string) bool {
	f, err := os.CreateTemp(dir, ".qoltanba-*")
	if err != nil {
		return errors.Is(err, os.ErrPermission)
	}
	f.Close()
	os.Remove(f.Name())
	return false
}

// removeCopies removes the copies of documents that an agent which was killed
// left in the runtime folder. The caller holds the history's lock.
func removeCopies(dir string) error {
	all, err := os.ReadDir(dir)
	for _, e := range all {
		if strings.HasPrefix(e.Name(), "qoltanba-copy-") {
			err = errors.Join(err, os.RemoveAll(filepath.Join(dir, e.Name())))
		}
	}
	return err
}

// private makes sure that nobody else can enter the folder. On Windows the
// person's profile folder sees to that.
func private(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	info, err := os.Stat(dir)
	if err != nil {
		return err
	}
	if info.Mode().Perm()&0o077 == 0 {
		return nil
	}
	if err := os.Chmod(dir, 0o700); err != nil {
		return fmt.Errorf("making %s private: %w", dir, err)
	}
	return nil
}
