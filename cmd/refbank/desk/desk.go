// Package desk is the clerk's desk of the reference bank, where a client gets what the
// Acceptance and Delivery Certificate lists: an OTP card with a primary initialization
// key, or a token that is prepared already; and code generators: a SpectraNet token, or
// an envelope for MobiPass.
//
// The key pair is made on the token and its private half never leaves it; the CA
// sees the public half alone. A token that holds a certificate already is not
// touched: it belongs to somebody.
package desk

import (
	"context"
	"crypto/rand"
	"crypto/x509"
	"fmt"
	"time"

	"qoltanba/agent"
	"qoltanba/cmd/refbank/ca"
	"qoltanba/cmd/refbank/store"
)

// factoryPIN is the user PIN that tokens are delivered with; the client changes it.
// It is known to everybody and thus no secret.
const factoryPIN = "12345678"

// certificateLife is how long a client's certificate is valid.
const certificateLife = 365 * 24 * time.Hour

// DemoClient returns the one client of a new reference bank. Person, company and
// numbers are made up; the numbers' check digits are right.
func DemoClient() store.Client {
	return store.Client{
		UserID:    "qq111111_qwertyui",
		Surname:   "СӘРСЕНОВА",
		GivenName: "ҮМІТ",
		IIN:       "850412300452",
		Company:   "ЖШС «Үлгі Сауда»",
		BIN:       "000140001239",
		Account:   "KZ60999KZT0000000001",
	}
}

// A Desk prepares tokens, and hands out cards with which clients prepare their own.
type Desk struct {
	CA      *ca.CA
	Primary *ca.Primary
	Store   *store.Store
	Tokens  agent.Tokens
}

// Prepare makes a key pair on the token that has that label or serial number, has
// the CA certify it for the client, writes the certificate to the token, and
// registers it as the client's certificate in force. It returns agent.ErrNoToken
// when no token or more than one is meant, agent.ErrInvalid when the token holds a
// certificate already, a *agent.PINError when it does not have the factory PIN, and
// store.ErrNotFound for a client who is unknown.
func (d Desk) Prepare(ctx context.Context, userID, name string, algorithm agent.KeyAlgorithm) (*x509.Certificate, error) {
	client, err := d.Store.Client(ctx, userID)
	if err != nil {
		return nil, err
	}
	id, err := d.find(ctx, name)
	if err != nil {
		return nil, err
	}
	token, err := d.Tokens.Open(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("opening the token %q: %w", name, err)
	}
	defer token.Close()
	cert, err := d.fill(ctx, token, client, algorithm)
	if err != nil {
		return nil, fmt.Errorf("preparing the token %q: %w", name, err)
	}
	// Last, so that a token that could not be finished is nobody's.
	return cert, d.Store.SetCertificate(ctx, userID, cert)
}

// find returns the one token that has that label or serial number.
func (d Desk) find(ctx context.Context, name string) (agent.TokenID, error) {
	tokens, err := d.Tokens.List(ctx)
	if err != nil {
		return agent.TokenID{}, fmt.Errorf("listing the tokens: %w", err)
	}
	var ids []agent.TokenID
	for _, t := range tokens {
		if t.Initialized && (t.Label == name || t.ID.Serial == name) {
			ids = append(ids, t.ID)
		}
	}
	if len(ids) != 1 {
		return agent.TokenID{}, fmt.Errorf("%d tokens have the label or serial number %q, want one: %w", len(ids), name, agent.ErrNoToken)
	}
	return ids[0], nil
}

// fill puts key pair and certificate on an empty token.
func (d Desk) fill(ctx context.Context, token agent.Token, client store.Client, algorithm agent.KeyAlgorithm) (*x509.Certificate, error) {
	pin := agent.NewSecret([]byte(factoryPIN))
	defer pin.Wipe()
	if err := token.Login(ctx, pin); err != nil {
		return nil, err
	}
	keys, err := token.Keys(ctx)
	if err != nil {
		return nil, err
	}
	if len(keys) > 0 {
		return nil, fmt.Errorf("it holds a certificate already: %w", agent.ErrInvalid)
	}
	id := make([]byte, 16)
	rand.Read(id) // never fails
	key, err := token.GenerateKey(ctx, agent.KeySpec{ID: id, Label: client.UserID, Algorithm: algorithm})
	if err != nil {
		return nil, err
	}
	cert, err := d.CA.IssueClient(key.Public(), subject(client), certificateLife)
	if err != nil {
		return nil, err
	}
	return cert, token.StoreCertificate(ctx, id, client.UserID, cert)
}
