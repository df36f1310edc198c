package bank

import (
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"net/url"

	"qoltanba/agent"
)

// Enrollment tells where a bank's certificates are had from.
type Enrollment struct {
	EST          string `json:"est"`          // https, with the path: "https://ca.bank.example/.well-known/est"
	Registration string `json:"registration"` // https; the User ID follows as one more name
	CA           string `json:"ca"`           // PEM, one or more: who may certify these servers and the bank's clients
}

// Config returns it as New takes it.
func (e Enrollment) Config() (Config, error) {
	est, err := url.Parse(e.EST)
	if err != nil {
		return Config{}, fmt.Errorf("EST: %w: %w", agent.ErrInvalid, err)
	}
	registration, err := url.Parse(e.Registration)
	if err != nil {
		return Config{}, fmt.Errorf("registration: %w: %w", agent.ErrInvalid, err)
	}
	var roots []*x509.Certificate
	for rest := []byte(e.CA); ; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
		// No other kind of block: a private key does not belong here.
		if block.Type != "CERTIFICATE" {
			return Config{}, fmt.Errorf("CA with a %s: %w", block.Type, agent.ErrInvalid)
		}
		cert, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return Config{}, fmt.Errorf("CA: %w: %w", agent.ErrInvalid, err)
		}
		if !cert.IsCA {
			return Config{}, fmt.Errorf("%q is no CA: %w", cert.Subject, agent.ErrInvalid)
		}
		roots = append(roots, cert)
	}
	return Config{EST: est, Registration: registration, Roots: roots}, nil
}

// check demands all that New does.
func (e Enrollment) check() error {
	c, err := e.Config()
	if err == nil {
		_, err = New(c)
	}
	return err
}
