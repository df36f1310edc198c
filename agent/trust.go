package agent

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"qoltanba/agent/sealed"
)

// trust is what the person agreed to for good: sites allowed or refused, and
// whether an unlocked token may sign without asking again. It lies in a file
// sealed with a key from the keyring, so that a program without access to the
// keyring cannot add a site silently. A program of the same person that can
// open the keyring can; so can one that puts back an older copy of the file.
//
// Where no keyring runs, trust lives in memory and ends with the agent.
type trust struct {
	path  string
	vault Vault
	log   *slog.Logger

	load sync.Mutex // held while the file is read the first time; the keyring may ask the person
	done bool
	key  *Secret // nil when there is no keyring

	mu   sync.Mutex
	data trustData
}

type trustData struct {
	Sites         map[string]bool `json:"sites"` // origin → allowed or refused
	WhileUnlocked bool            `json:"whileUnlocked"`
}

const (
	trustFile    = "trust.json"
	trustPurpose = "trust"
	trustKey     = "trust-key" // the entry in the keyring
)

func newTrust(dir string, v Vault, log *slog.Logger) *trust {
	return &trust{path: filepath.Join(dir, trustFile), vault: v, log: log, data: trustData{Sites: map[string]bool{}}}
}

// open reads the file once. The keyring may be locked and ask the person for
// its own password, so this is done when trust is first needed, not at start.
func (t *trust) open(ctx context.Context) {
	t.load.Lock()
	defer t.load.Unlock()
	if t.done || ctx.Err() != nil {
		return
	}
	key, err := t.vault.Get(ctx, trustKey)
	if errors.Is(err, ErrNoKey) {
		fresh := make([]byte, 32)
		rand.Read(fresh)
		key = NewSecret(fresh)
		err = t.vault.Set(ctx, trustKey, key)
	}
	if ctx.Err() != nil {
		key.Wipe()
		return // asked again next time
	}
	t.done = true
	if err != nil {
		t.log.Warn("approvals last until the agent ends", "err", err)
		return
	}
	t.key = key
	var d trustData
	err = sealed.Load(t.path, trustPurpose, key.Bytes(), &d)
	switch {
	case err == nil:
		t.mu.Lock()
		defer t.mu.Unlock()
		if t.data = d; t.data.Sites == nil {
			t.data.Sites = map[string]bool{}
		}
	case !errors.Is(err, os.ErrNotExist):
		// Fail closed: every site is asked about again. The file is kept for
		// whoever looks into it.
		t.log.Error("approvals cannot be trusted and were put aside", "err", err)
		if err := os.Rename(t.path, t.path+".bad"); err != nil {
			t.log.Error("putting the approvals aside", "err", err)
		}
	}
}

// kept tells whether approvals outlive the agent.
func (t *trust) kept(ctx context.Context) bool {
	t.open(ctx)
	t.load.Lock()
	defer t.load.Unlock()
	return t.key != nil
}

// site tells what the person said about an origin.
func (t *trust) site(ctx context.Context, o Origin) (allowed, known bool) {
	t.open(ctx)
	t.mu.Lock()
	defer t.mu.Unlock()
	allowed, known = t.data.Sites[o.String()]
	return allowed, known
}

// sites returns the origins that the person allowed, sorted.
func (t *trust) sites(ctx context.Context) []string {
	t.open(ctx)
	t.mu.Lock()
	defer t.mu.Unlock()
	var all []string
	for s, allowed := range t.data.Sites {
		if allowed {
			all = append(all, s)
		}
	}
	slices.Sort(all)
	return all
}

func (t *trust) whileUnlocked(ctx context.Context) bool {
	t.open(ctx)
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.data.WhileUnlocked
}

// change applies f and writes the file. When it cannot be written the change
// still holds until the agent ends, and the error says that it lasts no longer.
func (t *trust) change(ctx context.Context, f func(*trustData)) error {
	if !t.kept(ctx) {
		t.mu.Lock()
		defer t.mu.Unlock()
		f(&t.data)
		return nil
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	f(&t.data)
	if err := sealed.Save(t.path, trustPurpose, t.key.Bytes(), t.data); err != nil {
		return fmt.Errorf("saving the approvals: %w", err)
	}
	return nil
}
