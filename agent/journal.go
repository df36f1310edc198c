package agent

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
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

// A registration is what the journal keeps of one token's profile, from before
// its key is made until the token is formatted. It holds no secret. How far it is:
//
//	begun       Key
//	key made    Public
//	issued      Certificate
//	asked for   Confirming
//	done        Done, without Confirming and Issued
//	renewing    Done and Renewal; Replaced from when that is registered until the old one is off the token
//	set aside   Aside, at any point before Done; with Gone and without Key where the key is gone
type registration struct {
	Token  TokenID `json:"token"`
	Bank   string  `json:"bank"`   // host that its certificates come from
	UserID string  `json:"userID"` // "" where it is not known, as for one that was registered elsewhere
	Name   string  `json:"name"`   // Token Name
	Months int     `json:"months"` // 0 for the bank's own

	// Foreign: it was registered elsewhere, by a program that does not begin labels with
	// LabelPrefix. Name is the whole CKA_LABEL.
	Foreign bool `json:"foreign,omitempty"`

	Key         string        `json:"key"`                   // CKA_ID in hex, known before the key is made
	Password    passwordState `json:"password,omitempty"`    // whether the token has the new one
	Public      string        `json:"public,omitempty"`      // SHA-256 of the SubjectPublicKeyInfo in hex, once the key is made
	Certificate []byte        `json:"certificate,omitempty"` // DER, once it is issued
	Done        bool          `json:"done"`                  // it is on the token and registered
	Aside       bool          `json:"aside,omitempty"`       // it was given up with its token, and goes on only with that
	Renewal     []byte        `json:"renewal,omitempty"`     // DER of the certificate that follows, until it is registered
	Replaced    []byte        `json:"replaced,omitempty"`    // DER of the one before, until it is removed from the token

	// Gone is the CKA_ID in hex of a key that a registration was begun with before, and
	// that is not on the token any more. What is left of it there, its public half and its
	// certificate, is of no use, and is removed before the next key is made. Until one is
	// begun the entry has Gone without Key, and is set aside.
	Gone string `json:"gone,omitempty"`

	// Confirming: the bank was asked to register the certificate and may have done so. Once
	// an answer was lost it stays true until the bank says that it is done.
	// Issued has, until it is done, the certificates that the key has for User IDs that
	// it was begun for before.
	Confirming bool              `json:"confirming,omitempty"`
	Issued     map[string][]byte `json:"issued,omitempty"` // DER by User ID
}

// unfinished tells whether it is begun and to go on: neither done nor set aside.
func (r registration) unfinished() bool { return !r.Done && !r.Aside }

// changeUser goes on for another User ID, with the same key. What was issued for the
// one before is kept, should the person come back to it.
func (r *registration) changeUser(userID string) {
	if r.UserID == userID {
		return
	}
	r.Issued = maps.Clone(r.Issued) // the journal has the other one
	if len(r.Certificate) > 0 {
		if r.Issued == nil {
			r.Issued = map[string][]byte{}
		}
		r.Issued[r.UserID] = r.Certificate
	}
	r.UserID, r.Certificate = userID, r.Issued[userID]
	delete(r.Issued, userID)
}

// withoutGone leaves out what is left of a key that is gone, unless the key is there again.
func (r registration) withoutGone(objects []Object) []Object {
	if r.Gone == "" {
		return objects
	}
	gone := func(o Object) bool { return hex.EncodeToString(o.ID) == r.Gone }
	if slices.ContainsFunc(objects, func(o Object) bool { return gone(o) && o.Kind == ObjectPrivateKey }) {
		return objects
	}
	return slices.DeleteFunc(slices.Clone(objects), gone)
}

// label is the CKA_LABEL of the registration's key and certificates.
func (r registration) label() string {
	if r.Foreign {
		return r.Name
	}
	return LabelPrefix + r.Name
}

// passwordState is how far the new password of a token is.
type passwordState string

const (
	passwordSetting passwordState = "setting" // the token may have it or not
	passwordSet     passwordState = "set"
)

// journal remembers which tokens a registration was begun with, and how far each
// came. A token whose registration is not finished is not formatted: what the
// bank has issued for it already would be lost.
type journal struct {
	path   string
	broken bool                                 // the file cannot be read: every token counts as begun
	save   func(path string, data []byte) error // sealed.WriteFile; another one in tests

	writing sync.Mutex // held while the file is written; taken before mu

	mu  sync.Mutex // never held while the disk works: the tray waits for it
	all []registration
}

const journalFile = "registrations.json"

// loadJournal returns a journal and why its file cannot be read, if so.
func loadJournal(dir string) (*journal, error) {
	j := &journal{path: filepath.Join(dir, journalFile), save: sealed.WriteFile}
	data, err := os.ReadFile(j.path)
	if errors.Is(err, os.ErrNotExist) {
		return j, nil
	}
	if err == nil {
		err = json.Unmarshal(data, &j.all)
	}
	if err != nil {
		j.broken = true
		return j, fmt.Errorf("reading the journal of registrations: %w", err)
	}
	return j, nil
}

// of returns what is known of a token's registration, also of one that was set aside.
func (j *journal) of(id TokenID) (registration, bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, r := range j.all {
		if r.Token == id {
			return r, true
		}
	}
	return registration{}, false
}

// begun returns a token's registration that is not finished. One that was set aside
// counts when it was taken back.
func (j *journal) begun(id TokenID) (registration, bool) {
	r, known := j.of(id)
	return r, known && r.unfinished()
}

// unfinished tells whether a registration with that token was begun and is not
// finished.
func (j *journal) unfinished(id TokenID) bool {
	_, begun := j.begun(id)
	return j.broken || begun
}

// other returns a registration that was begun with another token than that, and stands
// in the way of one with it.
func (j *journal) other(id TokenID) (registration, bool) {
	if j.unfinished(id) {
		return registration{}, false
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, r := range j.all {
		if r.unfinished() {
			return r, true
		}
	}
	return registration{}, false
}

// put writes down how far a registration is. It is on the disk when put returns.
func (j *journal) put(r registration) error {
	return j.change(func(all []registration) []registration {
		for i := range all {
			if all[i].Token == r.Token {
				all[i] = r
				return all
			}
		}
		return append(all, r)
	})
}

// forget notes that there is nothing of ours on a token any more.
func (j *journal) forget(id TokenID) error {
	if _, known := j.of(id); !known {
		return nil
	}
	return j.change(func(all []registration) []registration {
		return slices.DeleteFunc(all, func(r registration) bool { return r.Token == id })
	})
}

// change writes down what f makes of the registrations. Until it is on the disk readers
// see what was there before, and are not kept waiting.
func (j *journal) change(f func([]registration) []registration) error {
	j.writing.Lock()
	defer j.writing.Unlock()
	if j.broken {
		return ErrJournalDamaged
	}
	next := f(slices.Clone(j.all)) // which nobody else changes
	data, err := json.MarshalIndent(next, "", "  ")
	if err == nil {
		err = j.save(j.path, data)
	}
	if err != nil {
		return fmt.Errorf("writing the journal of registrations: %w: %w", ErrJournal, err)
	}
	j.mu.Lock()
	j.all = next
	j.mu.Unlock()
	return nil
}

// halfMade tells whether a key of ours without its certificate is among the
// objects. Its public half shows that without login.
func halfMade(objects []Object) bool {
	return slices.ContainsFunc(objects, func(o Object) bool { return ours(o) && !hasCertificate(objects, o.ID) })
}

// ours tells whether an object is half of a key that a registration has made, by its label.
func ours(o Object) bool {
	return (o.Kind == ObjectPrivateKey || o.Kind == ObjectPublicKey) && strings.HasPrefix(o.Label, LabelPrefix)
}

// copied tells whether others may have the key of that CKA_ID. OpenSC says so of each key,
// also of one that its token has just made: it may keep a key from being used, and no more.
func copied(objects []Object, id []byte) bool {
	return slices.ContainsFunc(objects, func(o Object) bool { return o.Copied && slices.Equal(o.ID, id) })
}

func hasCertificate(objects []Object, id []byte) bool {
	return slices.ContainsFunc(objects, func(o Object) bool {
		return o.Kind == ObjectCertificate && slices.Equal(o.ID, id)
	})
}
