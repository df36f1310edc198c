package main

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
)

// dirs are the folders of one person's agent. All are private to that person.
type dirs struct {
	config  string // settings, approvals, banks.d
	state   string // history
	runtime string // control socket, copies that the person looks at
	system  string // the administrator's: banks.d, policy.json; may be missing
}

// locate finds the folders and makes those of the person. With home they all
// lie below it, and there is no administrator's.
func locate(home string) (dirs, error) {
	var d dirs
	if home != "" {
		abs, err := filepath.Abs(home)
		if err != nil {
			return dirs{}, err
		}
		d = dirs{config: filepath.Join(abs, "config"), state: filepath.Join(abs, "state"), runtime: filepath.Join(abs, "run")}
	} else {
		config, err := os.UserConfigDir()
		if err != nil {
			return dirs{}, fmt.Errorf("finding the settings' folder: %w", err)
		}
		d.config = filepath.Join(config, "qoltanba")
		d.state, d.runtime = stateDir(d.config), runtimeDir(d.config)
		d.system = systemDir()
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
		// Beside the program, where only an administrator writes.
		exe, err := os.Executable()
		if err != nil {
			return ""
		}
		return filepath.Dir(exe)
	case "darwin":
		return "/Library/Application Support/qoltanba"
	}
	return "/etc/qoltanba"
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
