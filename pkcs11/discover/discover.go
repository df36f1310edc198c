// Package discover finds the PKCS#11 modules of this computer.
//
// A module is code that gets to know PINs. It is found by a file name in the
// system's folders, in p11-kit's list, or by a path that somebody named; and it
// is refused when anybody but the person and the administrator could have
// changed it. Whether it is the file that was there yesterday is the agent's to
// judge (agent.Agent.AdmitDriver), by its digest.
package discover

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"qoltanba/agent"
)

// Sources tells which modules are wanted, beside those of p11-kit.
type Sources struct {
	Named []string // paths from the command line
	Own   []string // paths that the person added
	Known []Known  // what the banks' descriptors name
}

// Known is a kind of token with the file names that its module may have.
type Known struct {
	Name    string // what people call the token
	Modules []string
}

// Find returns every module in the order in which they are to be asked: the
// named ones, the person's own, those that descriptors know, those of p11-kit.
// A file is there once, by the path that all links lead to, however many names
// it has. One that may not be loaded has its Problem set, and so has one that
// was named and is not there; the error tells more of them, for the log.
func Find(s Sources) ([]agent.Driver, error) { return host().find(s) }

// places are the folders of a computer in which modules are looked for.
type places struct {
	folders []string // modules by file name
	bundles string   // macOS: frameworks, folders with a module of the same name; "" for none
	p11kit  p11kit
}

func (p places) find(s Sources) ([]agent.Driver, error) {
	var f found
	for _, path := range s.Named {
		f.add(path, "", false)
	}
	for _, path := range s.Own {
		f.add(path, "", true)
	}
	for _, k := range s.Known {
		for _, name := range k.Modules {
			if path := p.lookUp(name); path != "" {
				f.add(path, k.Name, false)
			}
		}
	}
	listed, err := p.p11kit.paths()
	for _, path := range listed {
		f.add(path, "", false)
	}
	return f.drivers, errors.Join(err, errors.Join(f.errs...))
}

// lookUp returns the path of the module with that file name, "" when none is
// installed.
func (p places) lookUp(name string) string {
	for _, dir := range p.folders {
		if path := filepath.Join(dir, name); isFile(path) {
			return path
		}
	}
	if p.bundles != "" {
		if path := filepath.Join(p.bundles, name+".framework", name); isFile(path) {
			return path
		}
	}
	return ""
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

// found gathers drivers, each once.
type found struct {
	drivers []agent.Driver
	errs    []error
}

func (f *found) add(path, name string, own bool) {
	real, err := check(path)
	if err != nil {
		real = cmp.Or(real, path)
	}
	for i := range f.drivers {
		if d := &f.drivers[i]; d.Path == real {
			d.Name, d.Own = cmp.Or(d.Name, name), d.Own || own
			return
		}
	}
	if err != nil {
		f.errs = append(f.errs, fmt.Errorf("module %s: %w", path, err))
	}
	f.drivers = append(f.drivers, agent.Driver{Path: real, Name: name, Own: own, Problem: agent.ErrorName(err)})
}

// check returns the file that path leads to, which nobody else can change. Its
// errors are agent.ErrModuleMissing and agent.ErrModuleUnsafe, with
// agent.ErrModule; an unsafe file's path is returned too where it is known.
func check(path string) (string, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return "", missing(err)
	}
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		return path, missing(err)
	}
	if !isFile(real) {
		return real, missing(errors.New("not a file"))
	}
	if err := safe(path, real); errors.Is(err, fs.ErrNotExist) {
		return real, missing(err) // gone this moment
	} else if err != nil {
		return real, fmt.Errorf("%w: %w: %w", err, agent.ErrModuleUnsafe, agent.ErrModule)
	}
	return real, nil
}

func missing(err error) error {
	return fmt.Errorf("%w: %w: %w", err, agent.ErrModuleMissing, agent.ErrModule)
}

// Digest returns the SHA-256 of a file in hex. All of it is read each time:
// whoever changes a file can keep its size and its dates.
func Digest(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", missing(err)
	}
	defer f.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, f); err != nil {
		return "", fmt.Errorf("reading %s: %w: %w", path, err, agent.ErrModule)
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}
