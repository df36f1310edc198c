package agent

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"qoltanba/agent/sealed"
)

// LabelPrefix begins the CKA_LABEL of every key that a registration makes, so
// that a half-made one is known by the token itself.
const LabelPrefix = "Qoltanba "

// journal remembers which tokens a registration was begun with and not
// finished. It holds no secret. Such a token is not formatted: what the bank has
// issued for it already would be lost.
type journal struct {
	path string

	mu     sync.Mutex
	begun  []TokenID
	broken bool // the file cannot be read: every token counts as begun
}

const journalFile = "registrations.json"

// loadJournal returns a journal and why its file cannot be read, if so.
func loadJournal(dir string) (*journal, error) {
	j := &journal{path: filepath.Join(dir, journalFile)}
	data, err := os.ReadFile(j.path)
	if errors.Is(err, os.ErrNotExist) {
		return j, nil
	}
	if err == nil {
		err = json.Unmarshal(data, &j.begun)
	}
	if err != nil {
		j.broken = true
		return j, fmt.Errorf("reading the journal of registrations: %w", err)
	}
	return j, nil
}

// unfinished tells whether a registration with that token was begun.
func (j *journal) unfinished(id TokenID) bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.broken || slices.Contains(j.begun, id)
}

// other returns the token that a registration was begun with, when it is another
// one than that.
func (j *journal) other(id TokenID) (TokenID, bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if len(j.begun) == 0 || slices.Contains(j.begun, id) {
		return TokenID{}, false
	}
	return j.begun[0], true
}

// begin notes that a registration with that token begins, before it does.
func (j *journal) begin(id TokenID) error {
	return j.change(func(all []TokenID) []TokenID {
		if slices.Contains(all, id) {
			return all
		}
		return append(all, id)
	})
}

// finish notes that there is nothing unfinished with that token any more.
func (j *journal) finish(id TokenID) error {
	return j.change(func(all []TokenID) []TokenID {
		return slices.DeleteFunc(all, func(t TokenID) bool { return t == id })
	})
}

func (j *journal) change(f func([]TokenID) []TokenID) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.broken {
		return fmt.Errorf("the journal of registrations is damaged: %w", ErrUnfinished)
	}
	next := f(slices.Clone(j.begun))
	data, err := json.MarshalIndent(next, "", "  ")
	if err == nil {
		err = sealed.WriteFile(j.path, data)
	}
	if err != nil {
		return fmt.Errorf("writing the journal of registrations: %w", err)
	}
	j.begun = next
	return nil
}

// halfMade tells whether a key of ours without its certificate is among the
// objects. Its public half shows that without login.
func halfMade(objects []Object) bool {
	return slices.ContainsFunc(objects, func(o Object) bool { return ours(o) && !certified(objects, o.ID) })
}

func ours(o Object) bool {
	return (o.Kind == ObjectPrivateKey || o.Kind == ObjectPublicKey) && strings.HasPrefix(o.Label, LabelPrefix)
}

func certified(objects []Object, id []byte) bool {
	return slices.ContainsFunc(objects, func(o Object) bool {
		return o.Kind == ObjectCertificate && slices.Equal(o.ID, id)
	})
}
