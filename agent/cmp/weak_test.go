package cmp_test

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"io"
	"testing"

	"qoltanba/agent/cmp"
)

// posed is a key that says to be another one, as this package writes no message with a
// key that it would not take.
type posed struct {
	crypto.Signer
	as crypto.PublicKey
}

func (p posed) Public() crypto.PublicKey { return p.as }

func (p posed) Sign(random io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	return p.Signer.Sign(random, digest, opts)
}

// An RSA key that is too short proves nothing, however right its signature is.
func TestShortRSA(t *testing.T) {
	strong := byName("RSA")
	for bits, right := range map[int]bool{1024: false, 2040: false, 2048: true} {
		key, err := rsa.GenerateKey(rand.Reader, bits)
		if err != nil {
			t.Fatal(err)
		}
		// The signer shows the short key's certificate.
		who := certify("short", key)
		m := sealed(t, &cmp.Signer{Key: posed{key, strong.key.Public()}, Certificates: []*x509.Certificate{who.cert}})
		if err := m.CheckSignature(who.cert); (err == nil) != right || !right && (!errors.Is(err, cmp.ErrProtection) || !errors.Is(err, cmp.ErrUnsupported)) {
			t.Errorf("%d bits: CheckSignature = %v, right %t", bits, err, right)
		}
		request := cmp.NewRequest(cmp.Initial, name("A"), &twice{posed{key, key.Public()}, strong.key.Public(), 0})
		der, err := (&cmp.Message{Body: request}).Marshal(nil)
		if err != nil {
			t.Fatalf("%d bits: Marshal = %v", bits, err)
		}
		q := parse(t, der).Body.(*cmp.Request)
		public, err := q.CheckPossession()
		if (err == nil) != right || !right && !errors.Is(err, cmp.ErrPossession) {
			t.Errorf("%d bits: CheckPossession = %v, right %t", bits, err, right)
		}
		if k, ok := public.(*rsa.PublicKey); right && (!ok || k.N.Cmp(key.N) != 0) {
			t.Errorf("%d bits: CheckPossession = %v, want the key", bits, public)
		}
	}
}

// twice is posed once the request has its public key.
type twice struct {
	posed
	later crypto.PublicKey
	asked int
}

func (k *twice) Public() crypto.PublicKey {
	if k.asked++; k.asked == 1 {
		return k.posed.Public()
	}
	return k.later
}
