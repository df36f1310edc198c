package agent

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"qoltanba/agent/sealed"
)

// trust is what the person agreed to for good: sites allowed or refused,
// whether an unlocked token may sign without asking again, and which PKCS#11
// modules may be loaded. It lies in a file sealed with a key from the keyring, so
// that a program without access to the keyring cannot add a site silently. A
// program of the same person that can open the keyring can; so can one that puts
// back an older copy of the file.
//
// Where no keyring runs, trust lives in memory and ends with the agent.
type trust struct {
	path     string
	vault    Vault
	log      *slog.Logger
	children *children // the keyring is asked once, in the life of the agent and not of a request

	once   sync.Once
	loaded chan struct{} // closed when the file was read
	key    *Secret       // nil when there is no keyring; set before loaded is closed

	saving sync.Mutex // held while the file is written; taken before mu

	mu   sync.Mutex // never held while the disk works: every page that connects waits for it
	data trustData
}

// trustData is the content of the file. A site is allowed as an exact origin
// and refused as a whole domain: who says no to one page of it means the site.
type trustData struct {
	Allowed       map[string]bool `json:"allowed"` // origins
	Refused       map[string]bool `json:"refused"` // registrable domains
	WhileUnlocked bool            `json:"whileUnlocked"`

	Modules map[string]string `json:"modules"` // SHA-256 of those that may be loaded, by path
	Own     []string          `json:"own"`     // paths of modules that the person added
	// Doubtful tells that an earlier file did not fit its seal: what it held of
	// modules is not known, so none is taken for new without a question.
	Doubtful bool `json:"doubtful"`
}

const (
	trustFile    = "trust.json"
	trustPurpose = "trust"
	trustKey     = "trust-key" // the entry in the keyring
)

func newTrust(children *children, dir string, v Vault, log *slog.Logger) *trust {
	t := &trust{path: filepath.Join(dir, trustFile), vault: v, log: log, children: children, loaded: make(chan struct{})}
	t.data.init()
	return t
}

func (d *trustData) init() {
	if d.Allowed == nil {
		d.Allowed = map[string]bool{}
	}
	if d.Refused == nil {
		d.Refused = map[string]bool{}
	}
	if d.Modules == nil {
		d.Modules = map[string]string{}
	}
}

func (d *trustData) clone() trustData {
	c := *d
	c.Allowed, c.Refused, c.Modules, c.Own = maps.Clone(d.Allowed), maps.Clone(d.Refused), maps.Clone(d.Modules), slices.Clone(d.Own)
	return c
}

// open reads the file once, and waits for that until ctx ends. The keyring may
// be locked and ask the person for its own password, so this is done when trust
// is first needed, not at start, and is not begun anew by every page that comes
// and goes meanwhile.
func (t *trust) open(ctx context.Context) {
	t.once.Do(func() {
		started := t.children.start(func(life context.Context) { // ends with the keyring's answer, or with the agent
			defer close(t.loaded)
			t.read(life)
		})
		if !started {
			close(t.loaded) // without a key: nothing is agreed to any more
		}
	})
	select {
	case <-t.loaded:
	case <-ctx.Done():
	}
}

func (t *trust) read(life context.Context) {
	key, err := t.vault.Get(life, trustKey)
	if errors.Is(err, ErrNoKey) {
		fresh := make([]byte, 32)
		rand.Read(fresh)
		key = NewSecret(fresh)
		err = t.vault.Set(life, trustKey, key)
	}
	if err != nil {
		t.log.Warn("approvals last until the agent ends", "err", err)
		return
	}
	t.key = key
	var d trustData
	t.saving.Lock()
	defer t.saving.Unlock()
	err = sealed.Load(t.path, trustPurpose, key.Bytes(), &d)
	switch {
	case err == nil:
		t.mu.Lock()
		defer t.mu.Unlock()
		d.init()
		t.data = d
	case !errors.Is(err, os.ErrNotExist):
		// Fail closed: every site and every module is asked about again. The
		// file is kept for whoever looks into it.
		t.log.Error("approvals cannot be trusted and were put aside", "err", err)
		if err := os.Rename(t.path, t.path+".bad"); err != nil {
			t.log.Error("putting the approvals aside", "err", err)
		}
		t.mu.Lock()
		t.data.Doubtful = true
		d := t.data.clone()
		t.mu.Unlock()
		if err := t.save(d); err != nil {
			t.log.Error("writing new approvals", "err", err)
		}
	}
}

// view gives f the data. Until the keyring has answered, nothing is agreed to.
func (t *trust) view(ctx context.Context, f func(trustData)) {
	t.open(ctx)
	t.mu.Lock()
	defer t.mu.Unlock()
	f(t.data)
}

// kept tells whether approvals outlive the agent.
func (t *trust) kept(ctx context.Context) bool {
	t.open(ctx)
	select {
	case <-t.loaded:
		return t.key != nil
	default:
		return false
	}
}

func (t *trust) allowed(ctx context.Context, o Origin) (yes bool) {
	t.view(ctx, func(d trustData) { yes = d.Allowed[o.String()] })
	return yes
}

func (t *trust) refused(ctx context.Context, site string) (yes bool) {
	t.view(ctx, func(d trustData) { yes = d.Refused[site] })
	return yes
}

// sites returns the origins allowed and the domains refused, sorted.
func (t *trust) sites(ctx context.Context) (allowed, refused []string) {
	t.view(ctx, func(d trustData) {
		allowed, refused = slices.Sorted(maps.Keys(d.Allowed)), slices.Sorted(maps.Keys(d.Refused))
	})
	return allowed, refused
}

func (t *trust) whileUnlocked(ctx context.Context) (yes bool) {
	t.view(ctx, func(d trustData) { yes = d.WhileUnlocked })
	return yes
}

// answer keeps what the person said about a site.
func (t *trust) answer(ctx context.Context, o Origin, site string, allowed bool) error {
	return t.change(ctx, func(d *trustData) {
		if allowed {
			d.Allowed[o.String()] = true
		} else {
			d.Refused[site] = true
		}
	})
}

// forget takes back an answer, given as sites returned it.
func (t *trust) forget(ctx context.Context, name string) error {
	return t.change(ctx, func(d *trustData) {
		delete(d.Allowed, name)
		delete(d.Refused, name)
	})
}

// change applies f and writes the file. When it cannot be written the change
// still holds until the agent ends, and the error says that it lasts no longer.
func (t *trust) change(ctx context.Context, f func(*trustData)) error {
	kept := t.kept(ctx)
	t.saving.Lock()
	defer t.saving.Unlock()
	t.mu.Lock()
	f(&t.data)
	d := t.data.clone()
	t.mu.Unlock()
	if !kept {
		return nil
	}
	return t.save(d)
}

// save writes the file. t.saving is held.
func (t *trust) save(d trustData) error {
	if err := sealed.Save(t.path, trustPurpose, t.key.Bytes(), d); err != nil {
		return fmt.Errorf("saving the approvals: %w", err)
	}
	return nil
}
