package agenttest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"sync"
	"time"

	"qoltanba/agent/gost"
)

// The time for which every certificate here is valid, if not edited.
var (
	notBefore = time.Date(1999, 1, 1, 0, 0, 0, 0, time.UTC)
	notAfter  = time.Date(2099, 12, 31, 23, 59, 59, 0, time.UTC)
)

// CA is a certification authority in memory. Its key is P-256; for GOST keys it has
// roots of its own, one for each kind.
type CA struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey

	mu   sync.Mutex
	gost map[*gost.Params]*gostCA
}

// gostCA issues certificates for the keys that are of the same kind as its own.
type gostCA struct {
	cert *x509.Certificate
	key  *gost.PrivateKey
}

// NewCA makes a root certificate of that name with a fresh key.
func NewCA(name string) *CA {
	key := must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	t := root(name)
	der := must(x509.CreateCertificate(rand.Reader, t, t, key.Public(), key))
	return &CA{cert: must(x509.ParseCertificate(der)), key: key, gost: make(map[*gost.Params]*gostCA)}
}

// root is the template of a root certificate.
func root(name string) *x509.Certificate {
	return &x509.Certificate{
		SerialNumber:          serial(),
		Subject:               pkix.Name{CommonName: name},
		NotBefore:             notBefore,
		NotAfter:              notAfter,
		IsCA:                  true,
		BasicConstraintsValid: true,
		KeyUsage:              x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
	}
}

// TestCA is the CA that issued the certificates of Token.AddKey. It is the
// same for a whole test process.
var TestCA = sync.OnceValue(func() *CA { return NewCA("Qoltanba Test CA") })

// Certificate is the root certificate.
func (c *CA) Certificate() *x509.Certificate { return c.cert }

// roots are the root certificates, as many as there are.
func (c *CA) roots() []*x509.Certificate {
	c.mu.Lock()
	defer c.mu.Unlock()
	all := []*x509.Certificate{c.cert}
	for _, g := range c.gost {
		all = append(all, g.cert)
	}
	return all
}

// GOST is the root certificate for GOST keys of that kind.
func (c *CA) GOST(p *gost.Params) *x509.Certificate { return c.forGOST(p).cert }

func (c *CA) forGOST(p *gost.Params) *gostCA {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.gost[p] == nil {
		key := gost.GenerateKey(p)
		t := root(c.cert.Subject.CommonName + ", " + p.String())
		der := must(gost.CreateCertificate(t, t, key.Public().(*gost.PublicKey), key))
		c.gost[p] = &gostCA{cert: must(gost.ParseCertificate(der)), key: key}
	}
	return c.gost[p]
}

// Pool holds the root certificate alone.
func (c *CA) Pool() *x509.CertPool {
	p := x509.NewCertPool()
	p.AddCert(c.cert)
	return p
}

// Issue certifies a public key for signatures. Each edit may change the
// template before it is signed.
func (c *CA) Issue(pub crypto.PublicKey, commonName string, edit ...func(*x509.Certificate)) *x509.Certificate {
	t := &x509.Certificate{
		SerialNumber:          serial(),
		Subject:               pkix.Name{CommonName: commonName},
		NotBefore:             notBefore,
		NotAfter:              notAfter,
		BasicConstraintsValid: true,
		KeyUsage:              x509.KeyUsageDigitalSignature | x509.KeyUsageContentCommitment,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}
	for _, e := range edit {
		e(t)
	}
	if k, ok := pub.(*gost.PublicKey); ok {
		ca := c.forGOST(k.Params())
		return must(gost.ParseCertificate(must(gost.CreateCertificate(t, ca.cert, k, ca.key))))
	}
	return must(x509.ParseCertificate(must(x509.CreateCertificate(rand.Reader, t, c.cert, pub, c.key))))
}

// complete returns a certificate with its public key, which crypto/x509 leaves out when
// it is one of GOST.
func complete(cert *x509.Certificate) *x509.Certificate {
	if c, err := gost.ParseCertificate(cert.Raw); err == nil {
		return c
	}
	return cert
}

func serial() *big.Int { return new(big.Int).SetBytes(randomID(16)) }

// randomID returns n random bytes of which the first is neither 0 nor above
// 127, so that they also make a positive serial number of n bytes.
func randomID(n int) []byte {
	b := make([]byte, n)
	rand.Read(b)
	b[0] = b[0]&0x7f | 0x40
	return b
}

// must panics: key generation and encoding of our own values cannot fail.
func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
