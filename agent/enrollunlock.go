package agent

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// unlock takes the token and its password, and finds out where to go on.
func (e *enrollment) unlock(ctx context.Context, act WizardAction) error {
	if !e.chosen {
		if act.Bank < 0 || act.Bank >= len(e.banks) {
			return fmt.Errorf("bank %d of %d: %w", act.Bank, len(e.banks), ErrNoEnrollment)
		}
		e.mu.Lock()
		e.s.Bank, e.bank = act.Bank, e.banks[act.Bank]
		e.mu.Unlock()
	}
	err := e.a.turn.do(ctx, "", func(ctx context.Context) error {
		if err := e.soleToken(act.Token); err != nil {
			return err
		}
		d, err := e.a.device(ctx, act.Token)
		if err != nil {
			return err
		}
		err = e.desk.enterPIN(ctx, d, act.Old)
		if err == nil {
			err = e.judge(ctx, d)
		}
		e.desk.settle(ctx, d, TokenAction{Kind: TokenEnterPIN}, err)
		return err
	})
	if err != nil {
		e.desk.forgetPINs(func(TokenID) bool { return true })
	}
	return err
}

// soleToken demands that the token is connected, and no other beside it (K21).
func (e *enrollment) soleToken(id TokenID) error {
	e.a.mu.Lock()
	defer e.a.mu.Unlock()
	all := e.a.cryptoTokens()
	switch {
	case !connected(all, id):
		return ErrNoToken
	case len(all) > 1:
		return ErrManyTokens
	}
	return nil
}

// judge decides what an unlocked token is good for, and turns to the next page.
func (e *enrollment) judge(ctx context.Context, d *device) error {
	a := e.a
	var k knownToken
	e.desk.withToken(d.id, func(known *knownToken) { k = *known })
	v := a.view(a.tokenInfo(d.id), 1, &k)
	if err := a.registrationRefusal(v, 1); err != nil {
		return err
	}
	r, begun := a.journal.begun(d.id)
	if r.found(holds(k.objects)) {
		var err error
		if r, err = e.takeBack(r); err != nil {
			return err
		}
		begun = true
	}
	if !begun && v.Content == ContentUnfinished {
		var err error
		if r, err = adopt(ctx, d, a.config.Banks[e.bank].Host, k.objects); err != nil {
			return err
		}
		if err := a.remember(recordOf(r, "adopted", "begun")); err != nil {
			return err
		}
		if err := a.journal.put(r); err != nil {
			return err
		}
		begun = true
	}
	event := WizardUnlocked
	if begun {
		var err error
		if r, err = e.atBank(r); err != nil {
			return err
		}
		e.take(r)
		event = WizardBegun
		if r.Public != "" {
			if _, err := keyOf(ctx, d, r); errors.Is(err, ErrKeyGone) {
				event = WizardKeyGone
			} else if err != nil {
				return err
			}
		}
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.s.Token = a.describe(ProfileID{Token: d.id})
	e.s.Resumed = begun
	e.s.Fixed = e.s.Resumed && holds(k.objects)(r.Key)
	if event == WizardUnlocked && e.s.UserID != "" {
		event = WizardBegun // it was entered before the token went
	}
	e.move(event)
	return nil
}

// atBank is a registration as it goes on at the bank that the person has chosen, and has
// seen the host of: what comes next is sent there. That must be the one where it was begun,
// unless no bank has those hosts any more.
func (e *enrollment) atBank(r registration) (registration, error) {
	a := e.a
	host := a.config.Banks[e.bank].Host
	switch {
	case r.Bank == host:
		return r, nil
	case slices.ContainsFunc(a.config.Banks, func(b Bank) bool { return b.Host == r.Bank }):
		return r, otherBank(r)
	}
	r.Bank = host
	if err := a.remember(recordOf(r, "moved", "begun")); err != nil {
		return r, err
	}
	return r, a.journal.put(r)
}

// take fills the pages with what the journal has.
func (e *enrollment) take(r registration) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if r.UserID != "" && (e.anew == "" || e.s.UserID != e.anew) {
		e.s.UserID = r.UserID
	}
	if r.Name != "" {
		e.s.Name = r.Name
	}
	if e.s.Months == 0 {
		e.s.Months = r.Months
	}
}

// holds tells which CKA_IDs, in hex, objects have.
func holds(objects []Object) func(key string) bool {
	return func(key string) bool {
		return slices.ContainsFunc(objects, func(o Object) bool { return hex.EncodeToString(o.ID) == key })
	}
}

// adopt makes a journal entry for a key that this program made and whose entry is lost
// (K53). The bank may have issued a certificate for it, so the key is kept.
func adopt(ctx context.Context, d *device, bank string, objects []Object) (registration, error) {
	r := registration{Token: d.id, Bank: bank}
	for _, o := range objects {
		if ours(o) && !hasCertificate(objects, o.ID) && !copied(objects, o.ID) {
			r.Key, r.Name = hex.EncodeToString(o.ID), strings.TrimPrefix(o.Label, LabelPrefix)
			if o.Kind == ObjectPrivateKey {
				break
			}
		}
	}
	if r.Key == "" { // it is unfinished for another reason
		return r, ErrUnfinished
	}
	key, err := keyOf(ctx, d, r)
	switch {
	case errors.Is(err, ErrNoKey): // its public half alone
		return r, nil
	case err == nil:
		r.Public, err = publicHash(key)
	}
	return r, err
}
