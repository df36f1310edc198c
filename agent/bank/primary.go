package bank

import (
	"crypto"
	"crypto/x509"
	"errors"
	"fmt"
	"slices"

	"qoltanba/agent"
	"qoltanba/agent/gost"
	"qoltanba/agent/pfx"
)

// ReadPrimary reads the primary key from the key file that the bank handed out,
// a PKCS#12 file. A wrong password is ErrCredentials, as a wrong PIN is, since
// the one is mostly the other; a damaged file can look the same. A file that has
// no key, or several, or one of an unknown kind, is ErrKeyFile. The kinds are RSA, EC,
// and GOST as package gost has it.
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
	var chain []*x509.Certificate
	for _, c := range content.Certificates {
		cert, err := gost.ParseCertificate(c.DER)
		if err != nil {
			return agent.PrimaryKey{}, fmt.Errorf("%w: %w", agent.ErrKeyFile, err)
		}
		chain = append(chain, cert)
	}
	key, err := readSigner(content.Keys[0].PKCS8, chain)
	if err != nil {
		return agent.PrimaryKey{}, fmt.Errorf("%w: %w", agent.ErrKeyFile, err)
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

// readSigner reads a private key. One of GOST is written in several ways, of which
// the right one is that which gives the public key of a certificate.
func readSigner(pkcs8 []byte, chain []*x509.Certificate) (crypto.Signer, error) {
	if parsed, err := x509.ParsePKCS8PrivateKey(pkcs8); err == nil {
		key, signs := parsed.(crypto.Signer)
		if !signs {
			return nil, fmt.Errorf("a %T", parsed)
		}
		return key, nil
	}
	var public *gost.PublicKey
	for _, cert := range chain {
		if k, ok := cert.PublicKey.(*gost.PublicKey); ok {
			public = k
			if key, err := gost.ParsePrivateKey(pkcs8, public); err == nil {
				return key, nil
			}
		}
	}
	return gost.ParsePrivateKey(pkcs8, public) // says what is wrong with it
}
