package agent

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"

	"qoltanba/agent/gost"
)

// generateKey finds the key that is in the journal, or makes it.
func (w *work) generateKey(ctx context.Context) error {
	key, err := keyOf(ctx, w.d, w.r)
	switch {
	case errors.Is(err, ErrNoKey):
		key, err = w.newKey(ctx)
	case err == nil && w.r.Public == "": // it was cut off between making it and asking
		err = w.made(ctx, key.ID())
	}
	if errors.Is(err, errCopied) {
		key, err = w.newKey(ctx)
	}
	if err != nil {
		return err
	}
	w.key, w.r.Gone = key, ""
	if w.r.Public, err = publicHash(key); err != nil {
		return err
	}
	return w.put()
}

// newKey makes a key of the first kind that the bank takes and the token can make.
func (w *work) newKey(ctx context.Context) (key Key, err error) {
	id, err := hex.DecodeString(w.r.Key)
	if err != nil {
		return nil, err
	}
	if err := w.makeRoom(ctx, id); err != nil {
		return nil, err
	}
	w.e.mu.Lock()
	kinds := w.e.kinds
	w.e.mu.Unlock()
	if len(kinds) == 0 {
		kinds = likelyKinds(w.who.Primary)
	}
	for _, kind := range kinds {
		key, err = w.d.token.GenerateKey(ctx, KeySpec{ID: id, Label: w.r.label(), Algorithm: kind})
		if errors.Is(err, ErrInvalid) { // the id is taken: a generation that was left waiting has ended
			if made, found := keyOf(ctx, w.d, w.r); found == nil {
				return made, w.made(ctx, id)
			}
		}
		switch {
		case err == nil:
			return key, w.lookForOtherProgram(ctx, id)
		case !errors.Is(err, ErrMechanism):
			return nil, err
		}
	}
	return nil, fmt.Errorf("%w: %w", ErrKeyKind, err)
}

// makeRoom removes what is left of a key that is gone, its public half and its certificate,
// of which nothing can be made any more, and of a generation of this key that was cut off:
// a public half without its private one would stand in the way of the same id.
func (w *work) makeRoom(ctx context.Context, id []byte) error {
	gone, err := hex.DecodeString(w.r.Gone)
	if err != nil {
		return err
	}
	admin, objects, err := w.objects(ctx) // once: a token takes its time
	if err == nil && len(gone) > 0 {
		objects, err = clearID(ctx, admin, objects, gone, ObjectPublicKey, ObjectCertificate)
	}
	if err == nil {
		objects, err = clearID(ctx, admin, objects, id, ObjectPublicKey)
	}
	if err != nil {
		return err
	}
	return w.refuseOtherProgram(ctx, admin, objects, id)
}

// errCopied: a key that others may have was in the place of ours, and was deleted.
var errCopied = fmt.Errorf("a key that others may have had the CKA_ID of ours: %w", ErrToken)

// made is lookForOtherProgram for a key that was found under the id of the journal. One that
// others may have is deleted, for another to be made (errCopied): whoever knew the id may
// have put it there, and no certificate was asked for with it.
func (w *work) made(ctx context.Context, id []byte) error {
	admin, objects, err := w.objects(ctx)
	switch {
	case err != nil:
		return err
	case !copied(objects, id):
		return w.refuseOtherProgram(ctx, admin, objects, id)
	case hasCertificate(objects, id):
		return fmt.Errorf("key %x may be had by others, and has a certificate: %w", id, ErrKeyGone)
	}
	if err := deleteKey(ctx, admin, objects, id); err != nil {
		return err
	}
	return errCopied
}

func (w *work) lookForOtherProgram(ctx context.Context, id []byte) error {
	admin, objects, err := w.objects(ctx)
	if err != nil {
		return err
	}
	return w.refuseOtherProgram(ctx, admin, objects, id)
}

// refuseOtherProgram refuses a token on which another program, with a journal of its own,
// makes a key for a registration at the same time, with ErrOtherProgram. It is called before
// a key is made and again before the journal has that key: if two programs made one at the
// same time, each deletes its own, and no certificate was asked for with it.
func (w *work) refuseOtherProgram(ctx context.Context, admin Admin, objects []Object, id []byte) error {
	if !slices.ContainsFunc(objects, func(o Object) bool { return ours(o) && !bytes.Equal(o.ID, id) }) {
		return nil
	}
	if err := deleteKey(ctx, admin, objects, id); err != nil {
		return err
	}
	if err := w.a.giveUp(w.r, asideOther); err != nil {
		return err
	}
	return ErrOtherProgram
}

// deleteKey deletes both halves of the key with that id.
func deleteKey(ctx context.Context, admin Admin, objects []Object, id []byte) error {
	for _, o := range objects {
		if (o.Kind == ObjectPrivateKey || o.Kind == ObjectPublicKey) && bytes.Equal(o.ID, id) {
			if err := admin.Delete(ctx, o); err != nil && !errors.Is(err, ErrNoKey) { // gone with its other half
				return err
			}
		}
	}
	return nil
}

// objects lists what is on the token, for whoever may have to delete some of it. On a token
// that cannot be administered there is nothing to be seen, and admin is nil.
func (w *work) objects(ctx context.Context) (admin Admin, all []Object, err error) {
	admin, ok := w.d.token.(Admin)
	if !ok {
		return nil, nil, nil
	}
	all, err = admin.Objects(ctx)
	return admin, all, err
}

// likelyKinds are the kinds of keys to try at a bank that does not say what it takes:
// one that hands out GOST.pfx signs with GOST.
func likelyKinds(primary PrimaryKey) []KeyAlgorithm {
	kinds := []KeyAlgorithm{RSA2048, P256}
	if _, ok := primary.Signer.Public().(*gost.PublicKey); ok {
		kinds = append([]KeyAlgorithm{GOST2015, GOST2004}, kinds...)
	}
	return kinds
}

// clearID removes the objects of those kinds that a key's id has, without the key itself,
// and returns those that are left.
func clearID(ctx context.Context, admin Admin, objects []Object, id []byte, kinds ...ObjectKind) (left []Object, err error) {
	// A private half that is there was not found for another reason, and would be of no
	// use to anybody without its public one.
	if slices.ContainsFunc(objects, func(o Object) bool { return o.Kind == ObjectPrivateKey && bytes.Equal(o.ID, id) }) {
		return nil, fmt.Errorf("key %x is on the token and was not found: %w", id, ErrToken)
	}
	for _, o := range objects {
		if !slices.Contains(kinds, o.Kind) || !bytes.Equal(o.ID, id) {
			left = append(left, o)
		} else if err := admin.Delete(ctx, o); err != nil {
			return nil, err
		}
	}
	return left, nil
}

// keyOf finds a registration's key on the unlocked token. ErrNoKey: it was not made
// yet. ErrKeyGone: it was made, and is not there any more.
func keyOf(ctx context.Context, d *device, r registration) (Key, error) {
	id, err := hex.DecodeString(r.Key)
	if err != nil {
		return nil, err
	}
	key, err := d.token.Key(ctx, id)
	switch {
	case errors.Is(err, ErrNoKey) && r.Public != "":
		return nil, ErrKeyGone
	case err != nil:
		return nil, err
	}
	if hash, err := publicHash(key); err != nil || r.Public != "" && hash != r.Public {
		return nil, errors.Join(ErrKeyGone, err)
	}
	return key, nil
}

// publicHash is the SHA-256 of a key's SubjectPublicKeyInfo, in hex.
func publicHash(key Key) (string, error) {
	der, err := gost.MarshalPublicKey(key.Public())
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(der)
	return hex.EncodeToString(sum[:]), nil
}
