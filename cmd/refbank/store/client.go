package store

import (
	"context"
	"crypto/sha256"
	"crypto/x509"
	"database/sql"
	"encoding/hex"
	"fmt"
)

// A Client is a person who acts for a legal entity.
type Client struct {
	UserID    string // from Appendix 2 to the Agreement, such as qq111111_qwertyui
	Surname   string
	GivenName string
	IIN       string // 12 digits, the person's number
	Company   string
	BIN       string // 12 digits, the company's number
	Account   string // IBAN of the company's account

	// Fingerprint is that of the certificate in force, "" for none. AddClient
	// does not write it; SetCertificate does.
	Fingerprint string
}

// Fingerprint returns the SHA-256 digest of a certificate in hexadecimal.
func Fingerprint(c *x509.Certificate) string {
	sum := sha256.Sum256(c.Raw)
	return hex.EncodeToString(sum[:])
}

// AddClient adds a client, or writes the data of a known one anew and leaves the
// certificate as it is.
func (s *Store) AddClient(ctx context.Context, c Client) error {
	_, err := s.db.ExecContext(ctx, `
		INSERT INTO clients (user_id, surname, given_name, iin, company, bin, account)
		VALUES (?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (user_id) DO UPDATE SET surname = excluded.surname, given_name = excluded.given_name,
			iin = excluded.iin, company = excluded.company, bin = excluded.bin, account = excluded.account`,
		c.UserID, c.Surname, c.GivenName, c.IIN, c.Company, c.BIN, c.Account)
	if err != nil {
		return fmt.Errorf("adding client %s: %w", c.UserID, err)
	}
	return nil
}

// SetCertificate makes a certificate the one in force. The one before is good for
// nothing from then on, and sessions opened with it end.
func (s *Store) SetCertificate(ctx context.Context, userID string, c *x509.Certificate) error {
	err := s.change(ctx, func(tx *sql.Tx) error {
		return putInForce(ctx, tx, userID, c)
	})
	if err != nil {
		return fmt.Errorf("registering the certificate of client %s: %w", userID, err)
	}
	return nil
}

func putInForce(ctx context.Context, tx *sql.Tx, userID string, c *x509.Certificate) error {
	result, err := tx.ExecContext(ctx, `UPDATE clients SET fingerprint = ? WHERE user_id = ?`, Fingerprint(c), userID)
	if err != nil {
		return err
	}
	n, err := result.RowsAffected()
	if err != nil {
		return err
	}
	if n == 0 {
		return ErrNotFound
	}
	return endSessions(ctx, tx, userID)
}

// Client returns the client with that User ID, or ErrNotFound.
func (s *Store) Client(ctx context.Context, userID string) (Client, error) {
	return scanClient(s.db.QueryRowContext(ctx, `SELECT `+clientColumns+` FROM clients WHERE user_id = ?`, userID))
}

// ClientByCertificate returns the client whose certificate in force it is, or
// ErrNotFound.
func (s *Store) ClientByCertificate(ctx context.Context, c *x509.Certificate) (Client, error) {
	return scanClient(s.db.QueryRowContext(ctx, `SELECT `+clientColumns+` FROM clients WHERE fingerprint = ?`, Fingerprint(c)))
}

const clientColumns = `clients.user_id, surname, given_name, iin, company, bin, account, coalesce(fingerprint, '')`

func scanClient(row *sql.Row) (Client, error) {
	var c Client
	err := row.Scan(&c.UserID, &c.Surname, &c.GivenName, &c.IIN, &c.Company, &c.BIN, &c.Account, &c.Fingerprint)
	if err != nil {
		return Client{}, fmt.Errorf("reading a client: %w", found(err))
	}
	return c, nil
}
