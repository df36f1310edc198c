package ca

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// PrimaryPolicy is the certificate policy of primary initialization keys. An agent
// signs nothing with a key whose certificate has it.
const PrimaryPolicy = "2.25.322300876496440413005654878203615172597"

// The files of a Primary.
const (
	primaryFile = "primary.pem"
	primaryKey  = "primary.key"
)

// A Primary certifies primary initialization keys: those that a client gets from the
// bank to ask the CA for the first certificate, and that are good for nothing else.
type Primary struct {
	certificate *x509.Certificate
	key         crypto.Signer
}

// OpenPrimary reads the authority from a folder, or makes a new one there when the
// folder does not exist, as Open does.
func OpenPrimary(dir string) (*Primary, error) {
	cert, err := readCertificate(filepath.Join(dir, primaryFile))
	if errors.Is(err, fs.ErrNotExist) {
		if _, err := os.Stat(dir); err == nil {
			return nil, fmt.Errorf("reading the authority in %s: it is incomplete", dir)
		}
		return createPrimary(dir)
	}
	if err != nil {
		return nil, err
	}
	key, err := readKey(filepath.Join(dir, primaryKey))
	if err != nil {
		return nil, err
	}
	if !sameKey(cert.PublicKey, key.Public()) {
		return nil, fmt.Errorf("reading the authority in %s: the key is not that of the certificate", dir)
	}
	return &Primary{certificate: cert, key: key}, nil
}

func createPrimary(dir string) (*Primary, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	t, err := authority("Reference Bank Initialization CA", issuingLife)
	if err != nil {
		return nil, err
	}
	t.MaxPathLenZero = true
	cert, err := sign(t, t, key.Public(), key)
	if err != nil {
		return nil, err
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, fmt.Errorf("encoding the key: %w", err)
	}
	return &Primary{certificate: cert, key: key}, writeFolder(dir, []file{
		{primaryKey, 0o600, encode("PRIVATE KEY", der)},
		{primaryFile, 0o644, encode("CERTIFICATE", cert.Raw)},
	})
}

// Certificate returns the authority's own certificate, which nobody else signed.
func (p *Primary) Certificate() *x509.Certificate { return p.certificate }

// Roots returns a new pool with that certificate alone.
func (p *Primary) Roots() *x509.CertPool { return pool(p.certificate) }

// Issue returns a certificate for TLS client authentication and nothing else. It
// returns ErrKey as IssueClient does.
func (p *Primary) Issue(public crypto.PublicKey, s Subject, life time.Duration) (*x509.Certificate, error) {
	if err := checkKey(public); err != nil {
		return nil, err
	}
	t, err := template(s.name(), life)
	if err != nil {
		return nil, err
	}
	policy, err := x509.ParseOID(PrimaryPolicy)
	if err != nil {
		return nil, fmt.Errorf("certificate policy: %w", err)
	}
	t.Policies = []x509.OID{policy}
	t.KeyUsage = x509.KeyUsageDigitalSignature
	t.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
	return sign(t, p.certificate, public, p.key)
}
