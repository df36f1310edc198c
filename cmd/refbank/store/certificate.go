package store

import (
	"context"
	"crypto/sha256"
	"crypto/x509"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"time"
)

// What can be wrong with a certificate that is to be issued or registered.
var (
	ErrKeyTaken  = errors.New("the public key belongs to another client")
	ErrKeyMany   = errors.New("too many keys were certified for this card")
	ErrCardUsed  = errors.New("the card was used up by another certificate")
	ErrNotIssued = errors.New("the certificate was not issued to this client")
	ErrReplaced  = errors.New("another certificate is in force")
)

// maxKeys is how many key pairs one card may be used for, as one may get lost before
// it is registered.
const maxKeys = 3

// An issue is a certificate of the CA and to whom it was given.
type issue struct {
	certificate *x509.Certificate
	userID      string
	months      int // period that was asked for
}

func keyDigest(spki []byte) string {
	sum := sha256.Sum256(spki)
	return hex.EncodeToString(sum[:])
}

// Issue returns the certificate that a client has for a public key, given as its
// SubjectPublicKeyInfo. Where there is none, or it has ended, it calls sign and keeps what that
// returns: the same request twice gives the same certificate, after a kill and under
// concurrency too. sign runs within the transaction, so it must not use the Store.
func (s *Store) Issue(ctx context.Context, card Card, spki []byte, months int, now time.Time, sign func() (*x509.Certificate, error)) (*x509.Certificate, error) {
	var cert *x509.Certificate
	err := s.change(ctx, func(tx *sql.Tx) error {
		newest, err := newest(ctx, tx, spki)
		if err == nil {
			if newest.userID != card.Client.UserID {
				return ErrKeyTaken
			}
			if now.Before(newest.certificate.NotAfter) {
				cert = newest.certificate
				return nil
			}
		} else if !errors.Is(err, ErrNotFound) {
			return err
		}
		// Looked at again under the lock: a card is used up once.
		var used bool
		var keys int
		err = tx.QueryRowContext(ctx, `SELECT used IS NOT NULL OR issued != ?,
				(SELECT count(DISTINCT public_key) FROM certificates WHERE certificates.user_id = cards.user_id AND certificates.issued >= cards.issued)
			FROM cards WHERE user_id = ?`, millis(card.Issued), card.Client.UserID).Scan(&used, &keys)
		switch {
		case err != nil:
			return found(err)
		case used:
			return ErrCardUsed
		case keys >= maxKeys:
			return ErrKeyMany
		}
		if cert, err = sign(); err != nil {
			return err
		}
		return addCertificate(ctx, tx, issue{cert, card.Client.UserID, months}, now)
	})
	if err != nil {
		return nil, fmt.Errorf("issuing to %s: %w", card.Client.UserID, err)
	}
	return cert, nil
}

// Renew returns the certificate that follows the given one, which is in force, for the
// same key. That is one that was issued before and is not registered, however soon it
// ends: its answer got lost, or came to another computer, which may have gone on. Else it
// is the given one itself, while that is valid for longer than early, or what sign returns,
// which gets the period in months.
func (s *Store) Renew(ctx context.Context, old *x509.Certificate, early time.Duration, now time.Time, sign func(months int) (*x509.Certificate, error)) (*x509.Certificate, error) {
	var cert *x509.Certificate
	err := s.change(ctx, func(tx *sql.Tx) error {
		newest, err := newest(ctx, tx, old.RawSubjectPublicKeyInfo)
		if err != nil {
			return err
		}
		cert = newest.certificate
		waits := !cert.Equal(old) && !cert.NotAfter.Before(old.NotAfter) && cert.NotAfter.After(now)
		if waits || cert.NotAfter.Sub(now) > early {
			return nil
		}
		if cert, err = sign(newest.months); err != nil {
			return err
		}
		return addCertificate(ctx, tx, issue{cert, newest.userID, newest.months}, now)
	})
	if err != nil {
		return nil, fmt.Errorf("renewing a certificate: %w", err)
	}
	return cert, nil
}

// newest returns the certificate that was issued last for a public key.
func newest(ctx context.Context, tx *sql.Tx, spki []byte) (issue, error) {
	var c issue
	var der []byte
	err := tx.QueryRowContext(ctx, `SELECT user_id, months, der FROM certificates
		WHERE public_key = ? ORDER BY issued DESC, rowid DESC LIMIT 1`, keyDigest(spki)).Scan(&c.userID, &c.months, &der)
	if err != nil {
		return issue{}, found(err)
	}
	c.certificate, err = x509.ParseCertificate(der)
	return c, err
}

func addCertificate(ctx context.Context, tx *sql.Tx, c issue, now time.Time) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO certificates (fingerprint, user_id, public_key, months, der, issued) VALUES (?, ?, ?, ?, ?, ?)`,
		Fingerprint(c.certificate), c.userID, keyDigest(c.certificate.RawSubjectPublicKeyInfo), c.months, c.certificate.Raw, millis(now))
	return err
}

// Register puts a certificate into force with a card, and uses the card up. It
// reports whether anything changed: the same again changes nothing. A card that
// registered another certificate is ErrCardUsed.
func (s *Store) Register(ctx context.Context, card Card, cert *x509.Certificate, now time.Time) (changed bool, err error) {
	userID := card.Client.UserID
	err = s.change(ctx, func(tx *sql.Tx) error {
		newest, err := newest(ctx, tx, cert.RawSubjectPublicKeyInfo)
		if errors.Is(err, ErrNotFound) || err == nil && (newest.userID != userID || !newest.certificate.Equal(cert)) {
			return ErrNotIssued
		} else if err != nil {
			return err
		}
		var used bool
		var inForce string
		err = tx.QueryRowContext(ctx, `SELECT used IS NOT NULL OR issued != ?, coalesce(fingerprint, '')
			FROM cards JOIN clients USING (user_id) WHERE user_id = ?`, millis(card.Issued), userID).Scan(&used, &inForce)
		switch {
		case err != nil:
			return found(err)
		case used && inForce == Fingerprint(cert):
			return nil
		case used:
			return ErrCardUsed
		}
		changed = true
		if _, err := tx.ExecContext(ctx, `UPDATE cards SET used = ? WHERE user_id = ?`, millis(now), userID); err != nil {
			return err
		}
		return putInForce(ctx, tx, userID, cert)
	})
	if err != nil {
		return false, fmt.Errorf("registering a certificate of %s: %w", userID, err)
	}
	return changed, nil
}

// RegisterRenewed puts a certificate into force that renews the one in force: the
// newest that the CA issued for the same key. Another key's is ErrReplaced. That the one in
// force is registered again changes nothing, also when a computer got the next one since.
func (s *Store) RegisterRenewed(ctx context.Context, userID string, cert *x509.Certificate) (changed bool, err error) {
	err = s.change(ctx, func(tx *sql.Tx) error {
		var inForce, key string
		noClient := tx.QueryRowContext(ctx, `SELECT fingerprint, public_key FROM clients JOIN certificates USING (fingerprint)
			WHERE clients.user_id = ?`, userID).Scan(&inForce, &key)
		if noClient != nil && !errors.Is(noClient, sql.ErrNoRows) {
			return noClient
		}
		if noClient == nil && inForce == Fingerprint(cert) {
			return nil
		}
		newest, err := newest(ctx, tx, cert.RawSubjectPublicKeyInfo)
		switch {
		case errors.Is(err, ErrNotFound), err == nil && (newest.userID != userID || !newest.certificate.Equal(cert)):
			return ErrNotIssued
		case err != nil:
			return err
		case noClient != nil, key != keyDigest(cert.RawSubjectPublicKeyInfo):
			return ErrReplaced
		}
		changed = true
		return putInForce(ctx, tx, userID, cert)
	})
	if err != nil {
		return false, fmt.Errorf("registering a renewed certificate of %s: %w", userID, err)
	}
	return changed, nil
}

// IssuedTo returns the User ID of whom a certificate was issued to, whether it is in
// force or not, or ErrNotFound.
func (s *Store) IssuedTo(ctx context.Context, cert *x509.Certificate) (userID string, err error) {
	err = s.db.QueryRowContext(ctx, `SELECT user_id FROM certificates WHERE fingerprint = ?`, Fingerprint(cert)).Scan(&userID)
	if err != nil {
		return "", fmt.Errorf("reading whom a certificate was issued to: %w", found(err))
	}
	return userID, nil
}

// Counts tells how many keys of a client were certified, with how many certificates.
func (s *Store) Counts(ctx context.Context, userID string) (keys, certificates int, err error) {
	err = s.db.QueryRowContext(ctx, `SELECT count(DISTINCT public_key), count(*) FROM certificates WHERE user_id = ?`, userID).Scan(&keys, &certificates)
	return keys, certificates, err
}
