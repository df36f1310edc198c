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
)

// The time for which every certificate here is valid, if not edited.
var (
	notBefore = time.Date(1999, 1, 1, 0, 0, 0, 0, time.UTC)
	notAfter  = time.Date(2099, 12, 31, 23, 59, 59, 0, time.UTC)
)

// CA is a certification authority in memory. Its key is P-256.
type CA struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

// NewCA makes a root certificate of that name with a fresh key.
func NewCA(name string) *CA {
	key := must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	t := &x509.Certificate{
		SerialNumber:          serial(),
		Subject:               pkix.Name{CommonName: name},
		NotBefore:             notBefore,
		NotAfter:              notAfter,
		IsCA:                  true,
		BasicConstraintsValid: true,
		KeyUsage:              x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
	}
	der := must(x509.CreateCertificate(rand.Reader, t, t, key.Public(), key))
	return &CA{cert: must(x509.ParseCertificate(der)), key: key}
}

// TestCA is the CA that issued the certificates of Token.AddKey. It is the
// same for a whole test process.
var TestCA = sync.OnceValue(func() *CA { return NewCA("Qoltanba Test CA") })

// Certificate is the root certificate.
func (c *CA) Certificate() *x509.Certificate { return c.cert }

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
	return must(x509.ParseCertificate(must(x509.CreateCertificate(rand.Reader, t, c.cert, pub, c.key))))
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
