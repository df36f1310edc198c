package bank

import (
	"crypto"
	"crypto/x509"
	"errors"
	"fmt"
	"slices"

	"qoltanba/agent"
	"qoltanba/agent/pfx"
)

// ReadPrimary reads the primary key from the key file that the bank handed out,
// a PKCS#12 file. A wrong password is ErrCredentials, as a wrong PIN is, since
// the one is mostly the other; a damaged file can look the same. A file that has
// no key, or several, or one that TLS cannot use (of GOST, say), is ErrKeyFile.
//
// The key lives in the memory of crypto packages and cannot be wiped from there.
func ReadPrimary(file []byte, password *agent.Secret) (agent.PrimaryKey, error) {
	p, err := readPrimary(file, password)
	if err != nil {
		return agent.PrimaryKey{}, fmt.Errorf("reading the key file: %w", err)
	}
	return p, nil
}

func readPrimary(file []byte, password *agent.Secret) (agent.PrimaryKey, error) {
	content, err := pfx.Read(file, password.Bytes())
	switch {
	case errors.Is(err, pfx.ErrPassword):
		return agent.PrimaryKey{}, fmt.Errorf("%w: %w", agent.ErrCredentials, err)
	case err != nil:
		return agent.PrimaryKey{}, fmt.Errorf("%w: %w", agent.ErrKeyFile, err)
	}
	defer content.Wipe()
	if len(content.Keys) != 1 {
		return agent.PrimaryKey{}, fmt.Errorf("%d keys, want one: %w", len(content.Keys), agent.ErrKeyFile)
	}
	parsed, err := x509.ParsePKCS8PrivateKey(content.Keys[0].PKCS8)
	if err != nil {
		return agent.PrimaryKey{}, fmt.Errorf("%w: %w", agent.ErrKeyFile, err)
	}
	key, signs := parsed.(crypto.Signer)
	if !signs {
		return agent.PrimaryKey{}, fmt.Errorf("a %T: %w", parsed, agent.ErrKeyFile)
	}
	var chain []*x509.Certificate
	for _, c := range content.Certificates {
		cert, err := x509.ParseCertificate(c.DER)
		if err != nil {
			return agent.PrimaryKey{}, fmt.Errorf("%w: %w", agent.ErrKeyFile, err)
		}
		chain = append(chain, cert)
	}
	own := slices.IndexFunc(chain, func(c *x509.Certificate) bool {
		return key.Public().(interface{ Equal(crypto.PublicKey) bool }).Equal(c.PublicKey)
	})
	if own < 0 {
		return agent.PrimaryKey{}, fmt.Errorf("no certificate for the key: %w", agent.ErrKeyFile)
	}
	leaf := chain[own]
	return agent.PrimaryKey{Signer: key, Certificates: append([]*x509.Certificate{leaf}, slices.Delete(chain, own, own+1)...)}, nil
}
