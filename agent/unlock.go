package agent

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"time"
)

// unlock asks for a profile and its password until one is right, then calls
// then with the unlocked token; an error of then goes back to the question, as
// an error of the login does. The choice is the one profile only, or every
// profile when that is nil. Where the person allowed signing while unlocked and
// that one profile's token is, nobody is asked. The caller has the turn.
func (c *Client) unlock(ctx context.Context, q PINQuestion, only *ProfileID,
	then func(context.Context, *device, ProfileID) error) error {
	a := c.a
	// Never for the command line: whoever reaches the control socket answers its
	// own questions, so the password is all that stands there.
	if only != nil && c.name() != "" && a.trust.whileUnlocked(ctx) {
		a.mu.Lock()
		d, overdue := a.devices[only.Token], a.overdue
		a.mu.Unlock()
		if d != nil && a.unlocked(d) && !overdue {
			err := then(ctx, d, *only)
			a.failed(d, err)
			return err
		}
	}
	offered := func(p Profile) bool { return only == nil || p.ID == *only }
	now, updates, stop := a.follow(offered)
	defer stop()
	q.Origin = c.name()
	q.Bank, _ = a.bankOf(c.origin)
	q.Profiles, q.Updates = now, updates
	return c.prompter.PIN(ctx, q, func(ctx context.Context, p ProfileID, pin *Secret) error {
		defer pin.Wipe()
		if only != nil && p != *only {
			return fmt.Errorf("another profile than the one shown: %w", ErrInvalid)
		}
		if err := a.refusePrimary(p); err != nil {
			return err
		}
		d, err := a.device(ctx, p.Token)
		if err != nil {
			return err
		}
		if err := a.login(ctx, d, pin); err != nil {
			if _, wrong := errors.AsType[*PINError](err); wrong || errors.Is(err, ErrPINLocked) {
				a.refresh(ctx)
			}
			return err
		}
		if p.Key == "" { // the token was sealed, and tells now what it holds
			a.refresh(ctx)
		}
		a.turn.forgive(c.name())
		if c.barred() {
			a.relock(ctx, p.Token)
			return ErrOrigin
		}
		if err := then(ctx, d, p); err != nil {
			a.failed(d, err)
			a.relock(ctx, p.Token)
			return err
		}
		return nil
	})
}

// relock locks the token again after a request, unless the person chose to
// sign without asking while it is unlocked.
func (a *Agent) relock(ctx context.Context, id TokenID) {
	if a.trust.whileUnlocked(ctx) {
		return
	}
	a.mu.Lock()
	d := a.devices[id]
	a.mu.Unlock()
	if d != nil {
		a.logout(ctx, d)
	}
}

// findKey finds the profile's key on an open token and checks that its
// certificate is valid now and not that of a primary key.
func (a *Agent) findKey(ctx context.Context, d *device, p ProfileID) (Key, error) {
	keys, err := d.token.Keys(ctx)
	if err != nil {
		return nil, fmt.Errorf("looking for the key: %w", err)
	}
	if p.Key == "" {
		// A token that was sealed is chosen for its one key. Among several the person
		// chooses, now that they can be seen.
		if len(keys) != 1 || !a.tokenInfo(p.Token).KeyFile {
			return nil, ErrNoKey
		}
		p = profileOf(p.Token, keys[0])
	}
	id, err := hex.DecodeString(p.Key)
	if err != nil {
		return nil, ErrNoKey
	}
	for _, k := range keys {
		cert := k.Certificate()
		if cert == nil || !bytes.Equal(k.ID(), id) || fingerprint(cert.Raw) != p.Certificate {
			continue
		}
		if a.primary(cert) {
			return nil, ErrPrimary // no list showed it as long as the token was locked
		}
		if now := time.Now(); now.Before(cert.NotBefore) || now.After(cert.NotAfter) {
			return nil, fmt.Errorf("certificate not valid now: %w", ErrCertificate)
		}
		return k, nil
	}
	return nil, ErrNoKey
}

// profileOf is the profile of a key with a certificate.
func profileOf(id TokenID, k Key) ProfileID {
	return ProfileID{Token: id, Key: hex.EncodeToString(k.ID()), Certificate: fingerprint(k.Certificate().Raw)}
}
