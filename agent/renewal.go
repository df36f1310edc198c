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

// RenewalDue is how many days before its end a certificate is offered to be renewed.
const RenewalDue = 30

// daysLeft is how many days a certificate is still valid, the last one begun
// included; 0 when it has ended.
func daysLeft(notAfter, now time.Time) int {
	left := notAfter.Sub(now)
	if left <= 0 {
		return 0
	}
	return int((left + 24*time.Hour - 1) / (24 * time.Hour))
}

// renewer returns who renews the certificates of a token's profile, and what the
// journal has of it; nil when nobody does.
func (a *Agent) renewer(id TokenID) (Renewer, registration) {
	r, known := a.journal.of(id)
	if !known || !r.Done {
		return nil, r
	}
	for _, b := range a.config.Banks {
		if renewer, ok := b.Enroller.(Renewer); ok && b.Host == r.Bank {
			return renewer, r
		}
	}
	return nil, r
}

// renewable tells whether Renew can do anything for a profile: it was registered from
// this computer, with a bank that renews, and its certificate is valid. One that has
// ended counts while its successor is issued and not on the token yet. a.mu is held.
func (a *Agent) renewable(p Profile) bool {
	if p.Empty || p.KeyFile {
		return false
	}
	renewer, r := a.renewer(p.ID.Token)
	if renewer == nil || p.ID.Key != r.Key || !p.Expired {
		return renewer != nil && p.ID.Key == r.Key
	}
	next, err := gost.ParseCertificate(r.Renewal)
	stored := func(t TokenInfo) bool {
		return slices.ContainsFunc(t.Keys, func(k KeyInfo) bool { return bytes.Equal(k.Certificate, r.Renewal) })
	}
	return err == nil && p.ID.Certificate == fingerprint(r.Certificate) && time.Now().Before(next.NotAfter) && !slices.ContainsFunc(a.tokens, stored)
}

// Renew asks for the token's password and has the bank issue the certificate that
// follows the profile's, for the same key, while the old one is valid. The old one
// stays in force until the new one is on the token and registered, and is removed
// then. What was cut off goes on from there when it is called again.
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

// renew is Renew with the unlocked token.
func (a *Agent) renew(ctx context.Context, d *device, p ProfileID) error {
	renewer, r := a.renewer(d.id)
	if renewer == nil || p.Key != r.Key {
		return ErrNoEnrollment
	}
	id, err := hex.DecodeString(r.Key)
	if err != nil {
		return err
	}
	key, err := certifiedKey(ctx, d, id, r.Certificate)
	if err != nil {
		return err
	}
	w := &work{a: a, d: d, r: r, bank: Bank{Host: r.Bank}}
	if len(r.Replaced) > 0 { // that is all that was left to do
		return w.removeReplaced(ctx, id)
	}
	if len(r.Renewal) == 0 {
		if err := w.a.rememberEnrollment(recordOf(w.r, "renewal", "begun")); err != nil {
			return err
		}
		certificate, err := renewer.Renew(ctx, key)
		if err != nil {
			return err
		}
		if certificate.Equal(key.Certificate()) {
			return fmt.Errorf("the certificate that is in force was returned: %w", ErrRenewal)
		}
		w.r.Renewal = certificate.Raw
		if err := w.put(); err != nil {
			return err
		}
	}
	certificate, err := gost.ParseCertificate(w.r.Renewal)
	if err != nil {
		return err
	}
	if err := w.store(ctx, id, certificate); err != nil {
		return err
	}
	if time.Now().After(key.Certificate().NotAfter) { // it was cut off, and the old one proves nothing any more
		if key, err = certifiedKey(ctx, d, id, certificate.Raw); err != nil {
			return err
		}
	}
	if err := renewer.ConfirmRenewal(ctx, r.UserID, key, certificate); err != nil {
		return w.unconfirmed(certificate, err)
	}
	w.r.Certificate, w.r.Renewal, w.r.Replaced = certificate.Raw, nil, w.r.Certificate
	if err := w.put(); err != nil {
		return err
	}
	w.record("renewal", nil)
	a.followRenewal(p, certificate)
	return w.removeReplaced(ctx, id)
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
	w.a.noteEnrollment(record)
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
// one now.
func (a *Agent) followRenewal(p ProfileID, certificate *x509.Certificate) {
	a.mu.Lock()
	preferred := a.settings.Preferred == p
	a.mu.Unlock()
	if !preferred {
		return
	}
	p.Certificate = fingerprint(certificate.Raw)
	if err := a.Prefer(p); err != nil {
		a.log.Error("preferred profile", "err", err)
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
