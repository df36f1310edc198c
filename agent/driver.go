package agent

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"slices"
)

// driverRecord is the history's record about a module. One that was found is
// written down once where the answer is kept, not at every start without a
// keyring.
type driverRecord struct {
	Action string `json:"action"` // "found", "changed", "refused", "added" or "forgotten"
	Path   string `json:"path"`
	SHA256 string `json:"sha256,omitempty"`
}

func (driverRecord) kind() string { return "driver" }

// AdmitDriver decides whether a module may be loaded whose file has that
// SHA-256, in hex. A path that is new is noted without a question, as the
// administrator put the file there or the person named it. Another file than
// the one noted is asked about in its turn, and again only when it changed once
// more or the person looks for drivers anew; so is every file when the notes
// themselves were changed. ErrModuleChanged means that nobody agreed.
//
// The notes wait for the keyring, so this may take as long as the person needs
// to unlock it. Without a keyring they last until the agent ends.
func (a *Agent) AdmitDriver(ctx context.Context, d Driver, sum string) error {
	switch noted, doubtful, err := a.noted(ctx, d.Path); {
	case err != nil:
		return err
	case noted == sum:
		return nil
	case noted == "" && !doubtful:
		if a.trust.kept(ctx) {
			a.note(driverRecord{"found", d.Path, sum})
		}
		a.noteModule(ctx, d.Path, sum)
		return nil
	case a.refusedDriver(d.Path) == sum:
		return notAdmitted(d.Path, ErrDenied)
	}
	return a.turn.do(ctx, "", func(ctx context.Context) error { return a.askDriver(ctx, d, sum) })
}

// askDriver asks the person about a changed module. The caller has the turn.
func (a *Agent) askDriver(ctx context.Context, d Driver, sum string) error {
	// While the turn was waited for, the same file may have been judged.
	if noted, _, err := a.noted(ctx, d.Path); err != nil || noted == sum {
		return err
	}
	if a.refusedDriver(d.Path) == sum {
		return notAdmitted(d.Path, ErrDenied)
	}
	q := DriverQuestion{Path: d.Path, Name: d.Name, SHA256: sum, Kept: a.trust.kept(ctx)}
	err := a.config.Prompter.Driver(ctx, q)
	a.log.Info("changed module asked about", "path", d.Path, "sha256", sum, "allowed", err == nil)
	switch {
	case errors.Is(err, ErrDenied):
		a.mu.Lock()
		a.refused[d.Path] = sum
		a.mu.Unlock()
		a.note(driverRecord{"refused", d.Path, sum})
		return notAdmitted(d.Path, err)
	case err != nil: // nobody answered
		return notAdmitted(d.Path, err)
	}
	if err := a.remember(driverRecord{"changed", d.Path, sum}); err != nil {
		return err
	}
	a.noteModule(ctx, d.Path, sum)
	return nil
}

// notAdmitted is ErrModuleChanged, whatever the cause: that is what keeps the
// module from being used.
func notAdmitted(path string, cause error) error {
	return fmt.Errorf("module %s: %v: %w: %w", path, cause, ErrModuleChanged, ErrModule)
}

// noted returns the digest noted for a path, "" for none, and whether that there
// is none may be somebody's work.
func (a *Agent) noted(ctx context.Context, path string) (sum string, doubtful bool, err error) {
	a.trust.view(ctx, func(t trustData) { sum, doubtful = t.Modules[path], t.Doubtful })
	if ctx.Err() != nil {
		return "", false, canceled(ctx) // the notes may not have been read yet
	}
	return sum, doubtful, nil
}

func (a *Agent) noteModule(ctx context.Context, path, sum string) {
	if err := a.trust.change(ctx, func(t *trustData) { t.Modules[path] = sum }); err != nil {
		a.log.Error("module admitted until the agent ends", "path", path, "err", err)
	}
}

func (a *Agent) refusedDriver(path string) string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.refused[path]
}

// AddDriver keeps a module of the person's own choice, which notes its file as
// it is now. It is found from then on.
func (a *Agent) AddDriver(ctx context.Context, path string) error {
	if !filepath.IsAbs(path) {
		return fmt.Errorf("module %q: no full path: %w", path, ErrInvalid)
	}
	path = filepath.Clean(path)
	real, sum, err := readModule(path)
	if err != nil {
		return err
	}
	if err := a.remember(driverRecord{"added", path, sum}); err != nil {
		return err
	}
	return a.trust.change(ctx, func(t *trustData) {
		t.Modules[real] = sum
		if !slices.Contains(t.Own, path) {
			t.Own = append(t.Own, path)
		}
	})
}

// ForgetDriver takes back AddDriver, given the path that was added or the file
// that it leads to. A module that the system has as well stays noted.
func (a *Agent) ForgetDriver(ctx context.Context, path string) error {
	var gone []string
	err := a.trust.change(ctx, func(t *trustData) {
		t.Own = slices.DeleteFunc(slices.Clone(t.Own), func(own string) bool {
			real, err := filepath.EvalSymlinks(own)
			forget := own == path || err == nil && real == path
			if forget {
				gone = append(gone, own)
			}
			return forget
		})
	})
	for _, own := range gone {
		a.note(driverRecord{"forgotten", own, ""})
	}
	if len(gone) == 0 {
		return errors.Join(err, fmt.Errorf("module %s was not added by the person: %w", path, ErrInvalid))
	}
	return err
}

// OwnDrivers returns the paths that AddDriver added, in that order. Like
// AdmitDriver it waits for the keyring.
func (a *Agent) OwnDrivers(ctx context.Context) (paths []string) {
	a.trust.view(ctx, func(t trustData) { paths = slices.Clone(t.Own) })
	return paths
}

// forgiveDrivers forgets the person's refusals: who looks for drivers anew may
// have changed his mind.
func (a *Agent) forgiveDrivers() {
	a.mu.Lock()
	defer a.mu.Unlock()
	clear(a.refused)
}

// readModule returns the file that path leads to, and its SHA-256.
func readModule(path string) (real, sum string, err error) {
	real, err = filepath.EvalSymlinks(path)
	if err != nil {
		return "", "", fmt.Errorf("%w: %w: %w", err, ErrModuleMissing, ErrModule)
	}
	f, _, err := openRegular(real)
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, errNoFile):
		return "", "", fmt.Errorf("module %s: %w: %w: %w", real, err, ErrModuleMissing, ErrModule)
	case err != nil:
		return "", "", fmt.Errorf("%w: %w", err, ErrModule)
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", "", fmt.Errorf("reading module %s: %w: %w", real, err, ErrModule)
	}
	return real, hex.EncodeToString(h.Sum(nil)), nil
}
