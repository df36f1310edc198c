package agent

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"time"

	"qoltanba/agent/gost"
)

// Renew asks for the token's password and has the bank issue the certificate that
// follows the profile's, for the same key, while the old one is valid. The old one
// stays in force until the new one is on the token and registered, and is removed
// then. What was cut off goes on from there when it is called again. It is ErrIssuer where
// the journal does not know the profile and no bank known here issued its certificate.
func (a *Agent) Renew(ctx context.Context, p ProfileID) error {
	c := a.Local(a.config.Prompter)
	defer c.Close()
	return c.Renew(ctx, p)
}

// Renew is Agent.Renew for the command line, whose prompter asks for the password. To
// a page it is ErrOrigin.
func (c *Client) Renew(ctx context.Context, p ProfileID) error {
	a := c.a
	if c.name() != "" {
		return ErrOrigin
	}
	if err := a.findIssuer(ctx, p); err != nil {
		return err
	}
	return c.turn(ctx, func(ctx context.Context) error {
		err := c.unlock(ctx, PINQuestion{Purpose: PurposeRenew}, &p, func(ctx context.Context, d *device, p ProfileID) error {
			return a.renew(ctx, d, p)
		})
		if err == nil {
			a.relock(ctx, p.Token)
			a.refresh(ctx)
		}
		return err
	})
}

// renew is Renew with the unlocked token. The history has that it was begun, or goes on,
// and how it ended.
func (a *Agent) renew(ctx context.Context, d *device, p ProfileID) error {
	w, renewer, err := a.takeUp(ctx, d, p)
	if err != nil {
		return err
	}
	if err := a.remember(recordOf(w.r, "renewal", "begun")); err != nil {
		return err
	}
	err = w.renew(ctx, renewer, p)
	if !errors.Is(err, ErrRenewalRefused) { // which has its record, with the certificate it is about
		w.a.note(w.recordOf("renewal", err))
	}
	return err
}

func (w *work) renew(ctx context.Context, renewer Renewer, p ProfileID) error {
	id, err := hex.DecodeString(w.r.Key)
	if err != nil {
		return err
	}
	if old := w.r.Replaced; len(old) > 0 {
		if err := w.removeReplaced(ctx, id); err != nil {
			return err
		}
		if len(w.r.Renewal) == 0 && !overtaken(old, w.r.Certificate) { // that is all that was left to do
			return nil
		}
	}
	key, err := certifiedKey(ctx, w.d, id, w.r.Certificate)
	if errors.Is(err, ErrNoKey) && len(w.r.Renewal) > 0 { // another computer has removed it: its successor proves as much
		key, err = certifiedKey(ctx, w.d, id, w.r.Renewal)
	}
	if err != nil {
		return err
	}
	old, begun := w.r.Certificate, len(w.r.Renewal) > 0
	if !begun {
		if err := w.askRenewal(ctx, renewer, key); err != nil {
			return err
		}
	}
	if err := w.replace(ctx, renewer, key, p); err != nil {
		return err
	}
	if begun && overtaken(old, w.r.Certificate) {
		return w.renew(ctx, renewer, p)
	}
	return nil
}

// overtaken tells whether a certificate that was renewed has ended, and its successor is
// due as well. Then the renewal that was finished is an old one, and not the one that the
// person asks for.
func overtaken(old, next []byte) bool {
	before, err := gost.ParseCertificate(old)
	after, err2 := gost.ParseCertificate(next)
	now := time.Now()
	return errors.Join(err, err2) == nil && now.After(before.NotAfter) && daysLeft(after.NotAfter, now) <= RenewalDue
}

// renewer returns who renews the certificates of a token's profile, and what the
// journal has of it; nil when nobody does.
func (a *Agent) renewer(id TokenID) (Renewer, registration) {
	r, known := a.journal.of(id)
	if !known || !r.Done {
		return nil, r
	}
	return a.renewerAt(r.Bank), r
}

// renewerAt returns who renews a bank's certificates, nil when nobody does.
func (a *Agent) renewerAt(host string) Renewer {
	for _, b := range a.config.Banks {
		if renewer, ok := b.Enroller.(Renewer); ok && b.Host == host && host != "" {
			return renewer
		}
	}
	return nil
}

// askRenewal has the bank issue the certificate that follows: one for the same name
// (RFC 7030, 4.2.2) that ends no earlier. The one in force is removed when it is registered.
func (w *work) askRenewal(ctx context.Context, renewer Renewer, key Key) error {
	certificate, err := renewer.Renew(ctx, key)
	if err != nil {
		return err
	}
	switch old := key.Certificate(); {
	case !bytes.Equal(certificate.RawSubject, old.RawSubject):
		return fmt.Errorf("the certificate that was returned is %q's: %w", certificate.Subject, ErrCertificate)
	case w.a.primary(certificate):
		return fmt.Errorf("the certificate that was returned is that of a primary key: %w", ErrCertificate)
	case certificate.Equal(old), certificate.NotAfter.Before(old.NotAfter):
		return fmt.Errorf("the certificate that was returned ends at %v: %w", certificate.NotAfter, ErrRenewal)
	}
	w.r.Renewal = certificate.Raw
	return w.put()
}

// replace puts the certificate that was issued in the place of the one in force: on the
// token beside it, into the bank's register, and then alone. Where a clock is wrong, so that
// it is not valid yet, it waits: nobody could sign until then.
func (w *work) replace(ctx context.Context, renewer Renewer, key Key, p ProfileID) error {
	certificate, err := gost.ParseCertificate(w.r.Renewal)
	if err != nil {
		return err
	}
	if left := time.Until(certificate.NotBefore); left > 0 {
		return &PendingError{After: left}
	}
	if err := w.store(ctx, key.ID(), certificate); err != nil {
		return err
	}
	if time.Now().After(key.Certificate().NotAfter) { // it was cut off, and the old one proves nothing any more
		if key, err = certifiedKey(ctx, w.d, key.ID(), certificate.Raw); err != nil {
			return err
		}
	}
	if err := renewer.ConfirmRenewal(ctx, w.r.UserID, key, certificate); err != nil {
		return w.unconfirmed(certificate, err)
	}
	w.r.Certificate, w.r.Renewal, w.r.Replaced = certificate.Raw, nil, w.r.Certificate
	if err := w.put(); err != nil {
		return err
	}
	w.a.followRenewal(p, certificate)
	return w.removeReplaced(ctx, key.ID())
}

// unconfirmed is why a new certificate was not registered. One that the bank refuses stays
// on the token and in the journal: the bank may have taken it before, and only people
// there can tell. It is tried again when the person asks for it, and never by itself.
func (w *work) unconfirmed(certificate *x509.Certificate, err error) error {
	if !errors.Is(err, ErrRejected) && !errors.Is(err, ErrCredentials) {
		return err // it may go well the next time
	}
	refused := &RenewalRefusedError{Serial: serialOf(certificate)}
	w.a.log.Warn("a renewed certificate is not registered", "serial", refused.Serial, "err", err)
	record := w.recordOf("renewal", refused)
	record.Certificate = fingerprint(certificate.Raw)
	w.a.note(record)
	return refused
}

// serialOf writes a certificate's serial number as a bank knows it: in hex, whole bytes.
func serialOf(certificate *x509.Certificate) string {
	return fmt.Sprintf("%X", certificate.SerialNumber.Bytes())
}

// certifiedKey finds the key that has a certificate.
func certifiedKey(ctx context.Context, d *device, id, certificate []byte) (Key, error) {
	keys, err := d.token.Keys(ctx)
	if err != nil {
		return nil, err
	}
	for _, k := range keys {
		if c := k.Certificate(); bytes.Equal(k.ID(), id) && c != nil && bytes.Equal(c.Raw, certificate) {
			return k, nil
		}
	}
	return nil, ErrNoKey
}

// followRenewal keeps the person's choice of a profile, whose certificate is another
// one now, and may have become another one elsewhere before.
func (a *Agent) followRenewal(p ProfileID, certificate *x509.Certificate) {
	a.mu.Lock()
	chosen := a.settings.Preferred
	a.mu.Unlock()
	preferred := chosen.Token == p.Token && chosen.Key == p.Key
	if !preferred {
		return
	}
	p.Certificate = fingerprint(certificate.Raw)
	if err := a.Prefer(p); err != nil {
		a.log.Error("keeping the choice of the renewed profile", "err", err)
	}
}

// removeReplaced removes the certificate that nobody needs any more: documents carry
// the one that they were signed with.
func (w *work) removeReplaced(ctx context.Context, id []byte) error {
	// A session with it would ask for the password of a profile that is in no list.
	old := ProfileID{Token: w.d.id, Key: w.r.Key, Certificate: fingerprint(w.r.Replaced)}
	w.a.endSessions("token", func(s *session) bool { return s.profile == old })
	if err := w.removeCertificate(ctx, id, w.r.Replaced); err != nil {
		return err
	}
	w.r.Replaced = nil
	return w.put()
}

// removeCertificate removes a certificate of a key from the token, if it is there.
func (w *work) removeCertificate(ctx context.Context, id, certificate []byte) error {
	admin, objects, err := w.objects(ctx)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(objects, func(o Object) bool {
		return o.Kind == ObjectCertificate && bytes.Equal(o.ID, id) && bytes.Equal(o.Certificate, certificate)
	})
	if i < 0 {
		return nil
	}
	return admin.Delete(ctx, objects[i])
}
