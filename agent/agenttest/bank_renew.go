package agenttest

import (
	"context"
	"crypto/x509"
	"fmt"
	"slices"

	"qoltanba/agent"
	"qoltanba/agent/gost"
)

// IsIssuer is as agent.Renewer has it.
func (b *Bank) IsIssuer(certificate *x509.Certificate, issuers []*x509.Certificate) bool {
	ours := b.ca.roots()
	return !certificate.IsCA && slices.ContainsFunc(issuers, func(c *x509.Certificate) bool {
		return slices.ContainsFunc(ours, c.Equal) && gost.CheckSignature(complete(certificate), c) == nil
	})
}

// Renew is as agent.Renewer has it.
func (b *Bank) Renew(ctx context.Context, key agent.Key) (*x509.Certificate, error) {
	if err := proof(ctx, key); err != nil {
		return nil, fmt.Errorf("renewing a certificate: %w", err)
	}
	cert, err := b.Recertify(key.Certificate())
	if err == nil && b.Lost() {
		return nil, fmt.Errorf("renewing a certificate: %w", agent.ErrBank)
	}
	return cert, err
}

// Recertify is Renew for somebody who has proved to hold the certificate's key.
func (b *Bank) Recertify(old *x509.Certificate) (*x509.Certificate, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	i := b.issued[string(old.RawSubjectPublicKeyInfo)]
	if i == nil {
		return nil, fmt.Errorf("renewing a certificate: %w", agent.ErrCredentials)
	}
	c := b.clients[i.userID]
	if c.inForce == nil || !c.inForce.Equal(old) && !i.certificate.Equal(old) {
		return nil, &agent.RejectedError{Text: "not in force"}
	}
	if c.inForce.Equal(i.certificate) { // not renewed since
		i.certificate = b.issue(old.PublicKey, i.userID, c.months[0])
	}
	return i.certificate, nil
}

// ConfirmRenewal is as agent.Renewer has it.
func (b *Bank) ConfirmRenewal(ctx context.Context, userID string, key agent.Key, certificate *x509.Certificate) error {
	if err := proof(ctx, key); err != nil {
		return fmt.Errorf("registering a certificate: %w", err)
	}
	return b.Reconfirm(userID, key.Certificate(), certificate)
}

// Reconfirm is ConfirmRenewal for somebody who has proved to hold the key of the
// old certificate.
func (b *Bank) Reconfirm(userID string, old, certificate *x509.Certificate) error {
	b.mu.Lock()
	i := b.issued[string(old.RawSubjectPublicKeyInfo)]
	if userID == "" && i != nil {
		userID = i.userID
	}
	c := b.clients[userID]
	var err error
	switch {
	case c == nil || i == nil || i.userID != userID:
		err = agent.ErrCredentials
	case c.inForce != nil && c.inForce.Equal(certificate): // the same again
	case c.inForce == nil || string(c.inForce.RawSubjectPublicKeyInfo) != string(certificate.RawSubjectPublicKeyInfo):
		err = &agent.RejectedError{Text: "another key is registered"}
	default:
		err = b.register(c, userID, certificate)
	}
	b.mu.Unlock()
	return b.confirmed(err)
}
