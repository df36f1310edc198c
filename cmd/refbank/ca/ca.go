// Package ca is the reference bank's certification authority: a root, an issuing
// CA below it for clients and servers, and beside them the authority that
// certifies primary initialization keys.
//
// Decisions a new engineer needs:
//
//   - There are two of each: one with P-256 keys, for clients with RSA and EC keys
//     and for servers, and one with keys of GOST R 34.10-2015, for clients with
//     Kazakh GOST keys. Programs that know no GOST, such as browsers, see the
//     first one only.
//   - All keys live in files of mode 0600, which is right for a demo and wrong for
//     a bank: there the root is offline and the issuing key is in an HSM.
//   - The P-256 root is constrained to the names of the demo (RFC 5280 §4.2.1.10),
//     so that a developer who trusts it in a browser puts no real site at risk.
//   - Primary initialization keys have an authority of their own that is not
//     below the root, so that no check for a client's certificate can ever take
//     one for the other.
//   - Nothing is revoked here. The bank accepts one registered certificate per
//     client and forgets the one before, which ends its use at once.
package ca

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
	"math/big"
	"net"
	"time"

	"qoltanba/agent/gost"
)

// ErrKey means that a public key is not one the CA issues certificates for.
var ErrKey = errors.New("public key not accepted")

// Lifetimes of the certificates.
const (
	rootLife    = 20 * 365 * 24 * time.Hour
	issuingLife = 10 * 365 * 24 * time.Hour
	serverLife  = 90 * 24 * time.Hour
	// backdate lets a computer whose clock is a little slow use a new
	// certificate.
	backdate = 5 * time.Minute
)

// A CA issues certificates. It is safe for concurrent use.
type CA struct {
	ec   hierarchy
	gost hierarchy
	skew time.Duration // see WithClock
}

// A hierarchy is a root and the CA that issues, with keys of one kind.
type hierarchy struct {
	root    *x509.Certificate
	issuing *x509.Certificate
	key     crypto.Signer // of issuing
}

// Root returns the root certificate with a P-256 key.
func (c *CA) Root() *x509.Certificate { return c.ec.root }

// Issuing returns the certificate of the CA that issues, signed by the root.
func (c *CA) Issuing() *x509.Certificate { return c.ec.issuing }

// GOSTRoot returns the root certificate with a GOST key. It is for package gost: a
// pool of crypto/x509 can do nothing with it.
func (c *CA) GOSTRoot() *x509.Certificate { return c.gost.root }

// GOSTIssuing returns the certificate of the CA that issues for GOST keys, signed by
// GOSTRoot.
func (c *CA) GOSTIssuing() *x509.Certificate { return c.gost.issuing }

// Roots returns a new pool with Root alone.
func (c *CA) Roots() *x509.CertPool { return pool(c.ec.root) }

// Intermediates returns a new pool with Issuing alone.
func (c *CA) Intermediates() *x509.CertPool { return pool(c.ec.issuing) }

func pool(certificate *x509.Certificate) *x509.CertPool {
	p := x509.NewCertPool()
	p.AddCert(certificate)
	return p
}

// A Subject names the holder of a client certificate by the conventions of
// Kazakhstan: the person, and the legal entity that he or she signs for.
type Subject struct {
	Surname   string
	GivenName string
	IIN       string // 12 digits, the person's number
	Company   string // legal entity
	BIN       string // 12 digits, the entity's number
}

// name orders the attributes as Kazakh certificates do: CN, SN, serialNumber
// with the prefix IIN, C, O, and OU with the prefix BIN.
func (s Subject) name() pkix.Name {
	attribute := func(last int, value string) pkix.AttributeTypeAndValue {
		return pkix.AttributeTypeAndValue{Type: asn1.ObjectIdentifier{2, 5, 4, last}, Value: value}
	}
	return pkix.Name{ExtraNames: []pkix.AttributeTypeAndValue{
		attribute(3, s.Surname+" "+s.GivenName),
		attribute(4, s.Surname),
		attribute(5, "IIN"+s.IIN),
		attribute(6, "KZ"),
		attribute(10, s.Company),
		attribute(11, "BIN"+s.BIN),
	}}
}

// IssueClient returns a certificate for logging in and for signing: key usage
// digitalSignature and contentCommitment, extended key usage clientAuth (login)
// and emailProtection (which Kazakh signing certificates carry, and which
// OpenSSL demands of a CMS signer). It returns ErrKey unless the key is RSA of
// 2048 to 4096 bits, on P-256, P-384 or P-521, or a *gost.PublicKey with Kazakh
// parameters; for the last GOSTIssuing is the issuer, and for others Issuing.
func (c *CA) IssueClient(public crypto.PublicKey, s Subject, life time.Duration) (*x509.Certificate, error) {
	if err := checkKey(public); err != nil {
		return nil, err
	}
	h := c.ec
	if isGOST(public) {
		h = c.gost
	}
	t, err := template(s.name(), life)
	if err != nil {
		return nil, err
	}
	t.KeyUsage = x509.KeyUsageDigitalSignature | x509.KeyUsageContentCommitment
	t.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth, x509.ExtKeyUsageEmailProtection}
	t.NotBefore, t.NotAfter = t.NotBefore.Add(c.skew), t.NotAfter.Add(c.skew)
	return sign(t, h.issuing, public, h.key)
}

// IssueServer returns a TLS certificate for the names, which may be IP
// addresses, with the issuing CA as its chain. The root allows the names that
// end in refbank.test, localhost, and loopback addresses.
func (c *CA) IssueServer(public crypto.PublicKey, names ...string) (*x509.Certificate, error) {
	t, err := template(pkix.Name{CommonName: names[0]}, serverLife)
	if err != nil {
		return nil, err
	}
	t.KeyUsage = x509.KeyUsageDigitalSignature
	t.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	for _, n := range names {
		if ip := net.ParseIP(n); ip != nil {
			t.IPAddresses = append(t.IPAddresses, ip)
		} else {
			t.DNSNames = append(t.DNSNames, n)
		}
	}
	return sign(t, c.ec.issuing, public, c.ec.key)
}

func checkKey(public crypto.PublicKey) error {
	switch k := public.(type) {
	case *rsa.PublicKey:
		if bits := k.N.BitLen(); bits < 2048 || bits > 4096 {
			return fmt.Errorf("RSA of %d bits: %w", bits, ErrKey)
		}
	case *ecdsa.PublicKey:
		switch k.Curve {
		case elliptic.P256(), elliptic.P384(), elliptic.P521():
		default:
			return fmt.Errorf("curve %s: %w", k.Params().Name, ErrKey)
		}
	case *gost.PublicKey:
		if !k.Params().Kazakh() {
			return fmt.Errorf("%v: %w", k.Params(), ErrKey)
		}
	default:
		return fmt.Errorf("%T: %w", public, ErrKey)
	}
	return nil
}

func isGOST(public crypto.PublicKey) bool {
	_, ok := public.(*gost.PublicKey)
	return ok
}

// A newKey makes the keys of a hierarchy.
type newKey func() (crypto.Signer, error)

func newEC() (crypto.Signer, error) { return ecdsa.GenerateKey(elliptic.P256(), rand.Reader) }

func newGOST() (crypto.Signer, error) { return gost.GenerateKey(gost.Kazakh2015), nil }

// create makes root and issuing CA, and returns the root's key beside. kind goes into
// their names.
func create(kind string, key newKey) (h hierarchy, rootKey crypto.Signer, err error) {
	if rootKey, err = key(); err != nil {
		return h, nil, err
	}
	if h.key, err = key(); err != nil {
		return h, nil, err
	}
	root, err := authority("Reference Bank "+kind+"Root CA", rootLife)
	if err != nil {
		return h, nil, err
	}
	root.MaxPathLen = 1
	if !isGOST(rootKey.Public()) {
		constrain(root)
	}
	issuing, err := authority("Reference Bank "+kind+"Issuing CA", issuingLife)
	if err != nil {
		return h, nil, err
	}
	issuing.MaxPathLenZero = true
	if h.root, err = sign(root, root, rootKey.Public(), rootKey); err != nil {
		return h, nil, err
	}
	h.issuing, err = sign(issuing, h.root, h.key.Public(), rootKey)
	return h, rootKey, err
}

// constrain limits a root to the names of the demo. The GOST root issues to clients
// only and no browser can read it, so it has no need; package gost refuses
// constraints, for it does not know how to check them.
func constrain(root *x509.Certificate) {
	root.PermittedDNSDomainsCritical = true
	root.PermittedDNSDomains = []string{"refbank.test", "localhost"}
	root.PermittedIPRanges = []*net.IPNet{
		{IP: net.IPv4(127, 0, 0, 0).To4(), Mask: net.CIDRMask(8, 32)},
		{IP: net.IPv6loopback, Mask: net.CIDRMask(128, 128)},
	}
}

func authority(name string, life time.Duration) (*x509.Certificate, error) {
	t, err := template(pkix.Name{Country: []string{"KZ"}, Organization: []string{"Reference Bank"}, CommonName: name}, life)
	if err != nil {
		return nil, err
	}
	t.IsCA = true
	t.BasicConstraintsValid = true
	t.KeyUsage = x509.KeyUsageCertSign | x509.KeyUsageCRLSign
	return t, nil
}

// template has what all certificates share: a serial number of 127 random bits
// (RFC 5280 §4.1.2.2 wants it positive and at most 20 bytes) and the validity.
func template(name pkix.Name, life time.Duration) (*x509.Certificate, error) {
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		return nil, fmt.Errorf("drawing a serial number: %w", err)
	}
	now := time.Now()
	return &x509.Certificate{
		SerialNumber: serial,
		Subject:      name,
		NotBefore:    now.Add(-backdate),
		NotAfter:     now.Add(life),
	}, nil
}

// sign issues a certificate with a key that is the parent's, or, where the parent is
// the template itself, the certificate's own.
func sign(t, parent *x509.Certificate, public crypto.PublicKey, key crypto.Signer) (*x509.Certificate, error) {
	var der []byte
	var err error
	if of, ok := public.(*gost.PublicKey); ok {
		der, err = gost.CreateCertificate(t, parent, of, key)
	} else {
		der, err = x509.CreateCertificate(rand.Reader, t, parent, public, key)
	}
	if err != nil {
		return nil, fmt.Errorf("issuing a certificate: %w", err)
	}
	return gost.ParseCertificate(der)
}
