package ca

import (
	"crypto"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// PrimaryPolicy is the certificate policy of primary initialization keys. An agent
// signs nothing with a key whose certificate has it.
const PrimaryPolicy = "2.25.322300876496440413005654878203615172597"

// IsPrimary tells by its policy whether a certificate is that of a primary key, whichever
// authority issued it: the clients' own may have done so by mistake. Who logs in, signs or
// renews with one is refused.
func IsPrimary(cert *x509.Certificate) bool {
	return slices.ContainsFunc(cert.Policies, func(p x509.OID) bool { return p.String() == PrimaryPolicy })
}

// The files of a Primary.
const (
	primaryFile = "primary.pem"
	primaryKey  = "primary.key"
)

// A Primary certifies primary initialization keys: those that a client gets from the
// bank to ask the CA for the first certificate, and that are good for nothing else.
type Primary struct {
	ec   primary
	gost primary
}

// A primary is an authority with a key of one kind.
type primary struct {
	certificate *x509.Certificate
	key         crypto.Signer
}

// OpenPrimary reads the authority from a folder, or makes a new one there when the
// folder does not exist, as Open does.
func OpenPrimary(dir string) (*Primary, error) {
	var p Primary
	var err error
	if p.ec, err = openPrimary(dir, "", newEC); err != nil {
		return nil, err
	}
	if p.gost, err = openPrimary(filepath.Join(dir, GOSTFolder), "GOST ", newGOST); err != nil {
		return nil, err
	}
	return &p, nil
}

func openPrimary(dir, kind string, key newKey) (p primary, err error) {
	p.certificate, err = readCertificate(filepath.Join(dir, primaryFile))
	if errors.Is(err, fs.ErrNotExist) {
		if _, err := os.Stat(dir); err == nil {
			return p, fmt.Errorf("reading the authority in %s: it is incomplete", dir)
		}
		return createPrimary(dir, kind, key)
	}
	if err != nil {
		return p, err
	}
	p.key, err = readKey(filepath.Join(dir, primaryKey), p.certificate)
	return p, err
}

func createPrimary(dir, kind string, key newKey) (p primary, err error) {
	if p.key, err = key(); err != nil {
		return p, err
	}
	t, err := authority("Reference Bank "+kind+"Initialization CA", issuingLife)
	if err != nil {
		return p, err
	}
	t.MaxPathLenZero = true
	if p.certificate, err = sign(t, t, p.key.Public(), p.key); err != nil {
		return p, err
	}
	der, err := marshalKey(p.key)
	if err != nil {
		return p, fmt.Errorf("encoding the key: %w", err)
	}
	return p, writeFolder(dir, []file{
		{primaryKey, 0o600, encode("PRIVATE KEY", der)},
		{primaryFile, 0o644, encode("CERTIFICATE", p.certificate.Raw)},
	})
}

// Certificate returns the authority's own certificate with a P-256 key, which nobody
// else signed.
func (p *Primary) Certificate() *x509.Certificate { return p.ec.certificate }

// GOSTCertificate returns the authority's own certificate with a GOST key, for
// package gost.
func (p *Primary) GOSTCertificate() *x509.Certificate { return p.gost.certificate }

// Roots returns a new pool with Certificate alone.
func (p *Primary) Roots() *x509.CertPool { return pool(p.ec.certificate) }

// Issue returns a certificate for TLS client authentication and nothing else; for a
// GOST key, which no TLS carries, it stands for the same right in CMP. The issuer is
// GOSTCertificate for GOST keys and Certificate for others. It returns ErrKey as
// IssueClient does.
func (p *Primary) Issue(public crypto.PublicKey, s Subject, life time.Duration) (*x509.Certificate, error) {
	if err := checkKey(public); err != nil {
		return nil, err
	}
	issuer := p.ec
	if isGOST(public) {
		issuer = p.gost
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
	return sign(t, issuer.certificate, public, issuer.key)
}
