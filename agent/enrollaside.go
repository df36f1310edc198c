package agent

import (
	"cmp"
	"context"
	"strings"

	"qoltanba/agent/payment"
)

// asideReason is why a registration that is not finished was set aside, in the words
// of the history.
type asideReason string

const (
	asideMissing asideReason = "token lost or broken"
	asideKeyGone asideReason = "key gone from the token"
	asideOther   asideReason = "another program registers with the token"
)

// giveUp sets aside a registration that is not finished: it is in nobody's way any more.
// The history has what it was, and why, before. The journal keeps one whose token is missing
// with a mark: should the token be found, its key is that registration's and no other's. Of
// one whose key is gone it keeps the CKA_ID alone, and of one that made way for another
// program nothing.
func (a *Agent) giveUp(r registration, why asideReason) error {
	record := recordOf(r, "set-aside", "begun")
	record.Public, record.Reason = r.Public, string(why)
	if err := a.remember(record); err != nil {
		return err
	}
	var err error
	switch why {
	case asideMissing:
		r.Aside = true
		err = a.journal.put(r)
	case asideKeyGone:
		err = a.journal.put(registration{Token: r.Token, Bank: r.Bank, Aside: true, Gone: r.Key})
	default:
		err = a.journal.forget(r.Token)
	}
	record.Result = result(err)
	a.note(record)
	return err
}

// found tells whether a registration was set aside whose token is back, with a key of that
// CKA_ID, in hex: it may go on. Without its key the token was erased elsewhere, and is as
// good as another one.
func (r registration) found(has func(key string) bool) bool {
	return r.Aside && r.Key != "" && has(r.Key)
}

// otherBank is the refusal to continue a registration at another bank than its own.
func otherBank(r registration) error { return &OtherBankError{Host: payment.Visible(r.Bank)} }

// takeBack takes back a registration that was set aside, now that its token is found.
// Another User ID is asked about later, as always.
func (e *enrollment) takeBack(r registration) (registration, error) {
	r, err := e.atBank(r)
	if err != nil {
		return r, err
	}
	if err := e.a.remember(recordOf(r, "taken-back", "begun")); err != nil {
		return r, err
	}
	r.Aside = false
	return r, e.a.journal.put(r)
}

// restart gives up a registration whose key is gone. Nothing of it will come back:
// another key is made, as the person agreed to (K123), now or when the wizard is opened
// the next time.
func (e *enrollment) restart(ctx context.Context) error {
	e.mu.Lock()
	id := e.s.Token.ID.Token
	e.mu.Unlock()
	err := e.a.turn.do(ctx, "", func(context.Context) error {
		r, begun := e.a.journal.begun(id)
		if !begun {
			return nil
		}
		return e.a.giveUp(r, asideKeyGone)
	})
	if err != nil {
		return err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.s.Resumed, e.s.Fixed, e.s.Tasks, e.s.Failure = false, false, nil, nil
	return nil
}

// otherRegistration is what a person is told of a registration.
func otherRegistration(r registration) OtherRegistration {
	// A token without a serial number needs another word that can be typed.
	serial := cmp.Or(strings.TrimSpace(payment.Visible(r.Token.Serial)), strings.TrimSpace(payment.Visible(r.Token.Manufacturer)), "?")
	return OtherRegistration{Serial: serial, UserID: r.UserID, Bank: r.Bank, Confirming: r.Confirming}
}

// inTheWay is the registration of another token that keeps the connected one from
// being registered (K122).
func (e *enrollment) inTheWay() (registration, bool) {
	e.a.mu.Lock()
	all := e.a.cryptoTokens()
	e.a.mu.Unlock()
	if len(all) != 1 {
		return registration{}, false
	}
	return e.a.journal.other(all[0].ID)
}

// miss turns to the page that sets the registration of a lost token aside.
func (e *enrollment) miss() error {
	if _, there := e.inTheWay(); !there {
		return ErrInvalid
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.move(WizardMissed)
	return nil
}

// setAside sets the registration of a lost token aside, so that the connected one can
// be registered. serial was typed to confirm it.
func (e *enrollment) setAside(ctx context.Context, serial string) error {
	err := e.a.turn.do(ctx, "", func(context.Context) error { // nobody continues it meanwhile
		r, there := e.inTheWay()
		switch {
		case !there:
			return ErrInvalid
		case !strings.EqualFold(strings.TrimSpace(serial), otherRegistration(r).Serial):
			return ErrConfirmation
		}
		return e.a.giveUp(r, asideMissing)
	})
	if err != nil {
		return err
	}
	e.mu.Lock()
	e.move(WizardAgreed)
	e.mu.Unlock()
	e.a.announce()
	return nil
}

// differs tells whether the token's registration was begun for another User ID, and may
// not go on for this one: the person has not said so, or the bank may have registered it
// for the other. e.mu is held.
func (e *enrollment) differs(userID string) bool {
	r, begun := e.a.journal.begun(e.s.Token.ID.Token)
	return begun && r.UserID != "" && r.UserID != userID && (e.anew != userID || r.Confirming)
}

// beginAnew goes on for the User ID that was entered, with the key that the token has. A
// key that the bank may have registered for the first User ID stays that one's.
func (e *enrollment) beginAnew(ctx context.Context) error {
	e.mu.Lock()
	r, _ := e.a.journal.begun(e.s.Token.ID.Token)
	if !r.Confirming {
		e.anew = e.s.UserID
	}
	e.mu.Unlock()
	if r.Confirming {
		return ErrUnfinished
	}
	return e.ask(ctx)
}

// keepUser goes back to the User ID that the registration was begun for.
func (e *enrollment) keepUser() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	id := e.s.Token.ID.Token
	r, _ := e.a.journal.begun(id)
	e.s.UserID, e.anew = r.UserID, ""
	e.desk.withToken(id, func(k *knownToken) { release(&k.card) })
	e.setPrimary(PrimaryKey{})
	e.move(WizardBack)
	return nil
}
