package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"

	"qoltanba/agent"
	"qoltanba/agent/bank"
)

// moduleFolders are the system folders in which a PKCS#11 module is looked for
// by its file name. A person cannot write to any of them.
func moduleFolders() []string {
	switch runtime.GOOS {
	case "windows":
		root := os.Getenv("SystemRoot")
		return []string{filepath.Join(root, "System32")}
	case "darwin":
		return []string{"/usr/local/lib", "/Library/Frameworks"}
	}
	var all []string
	for _, lib := range []string{"/usr/lib", "/usr/lib64", "/usr/local/lib", "/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu"} {
		all = append(all, lib, filepath.Join(lib, "pkcs11"), filepath.Join(lib, "softhsm"))
	}
	return all
}

// findModule returns the path of the module with that file name, "" when there
// is none.
func findModule(name string) string {
	for _, dir := range moduleFolders() {
		path := filepath.Join(dir, name)
		if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() {
			return path
		}
	}
	return ""
}

// A module is a library to load, and what people call its tokens, "" for their
// own names.
type module struct{ path, name string }

// candidates returns the modules to load, each once however many names lead to
// it, as a library must not be opened twice: those named on the command line,
// then of each descriptor those that are installed. The error tells of those
// that may not be loaded.
func candidates(descriptors []*bank.Descriptor, named []string) (all []module, err error) {
	add := func(path, name string) {
		real, bad := checkModule(path)
		if bad != nil {
			err = errors.Join(err, bad)
			return
		}
		for i, m := range all {
			if m.path == real {
				all[i].name = cmp.Or(m.name, name)
				return
			}
		}
		all = append(all, module{real, name})
	}
	for _, path := range named {
		add(path, "")
	}
	for _, d := range descriptors {
		for _, name := range d.Driver.Modules {
			if path := findModule(name); path != "" {
				add(path, d.Driver.Name)
			}
		}
	}
	return all, err
}

// checkModule returns the file that path leads to, after it made sure that it
// and every folder above it belong to the person or to the administrator, and
// that nobody else can write to them: a module is code that runs in this
// process.
func checkModule(path string) (string, error) {
	real, err := filepath.EvalSymlinks(path)
	if err == nil {
		real, err = filepath.Abs(real)
	}
	if err != nil {
		return "", fmt.Errorf("module %s: %w: %w", path, agent.ErrModule, err)
	}
	if runtime.GOOS == "windows" {
		return real, nil // the folders are the system's
	}
	for p := real; ; p = filepath.Dir(p) {
		info, err := os.Stat(p)
		if err != nil {
			return "", fmt.Errorf("module %s: %w: %w", path, agent.ErrModule, err)
		}
		if !ours(info) {
			return "", fmt.Errorf("module %s: %s belongs to somebody else: %w", path, p, agent.ErrModule)
		}
		// A sticky folder such as /tmp lets nobody replace another's files.
		if info.Mode().Perm()&0o022 != 0 && (!info.IsDir() || info.Mode()&os.ModeSticky == 0) {
			return "", fmt.Errorf("module %s: others can write to %s: %w", path, p, agent.ErrModule)
		}
		if p == filepath.Dir(p) {
			return real, nil
		}
	}
}

// finder looks for modules.
type finder struct {
	descriptors []*bank.Descriptor
	named       []string
	log         *slog.Logger
}

func (f finder) find(context.Context) []agent.Driver {
	all, err := candidates(f.descriptors, f.named)
	if err != nil {
		f.log.Error("module not used", "err", err)
	}
	var drivers []agent.Driver
	for _, m := range all {
		drivers = append(drivers, agent.Driver{Path: m.path, Name: m.name})
	}
	return drivers
}
