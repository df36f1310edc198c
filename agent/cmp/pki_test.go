package cmp_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"math/big"
	"slices"
	"sync"
	"testing"
	"time"

	"qoltanba/agent/cmp"
	"qoltanba/agent/gost"
)

// An identity is a key with a certificate of its own.
type identity struct {
	name string
	key  crypto.Signer
	cert *x509.Certificate
}

func (i identity) signer() *cmp.Signer {
	return &cmp.Signer{Key: i.key, Certificates: []*x509.Certificate{i.cert}}
}

// identities have one key of each kind that signs here. They are made once, as RSA
// takes long.
var identities = sync.OnceValue(func() (all []identity) {
	for _, k := range []struct {
		name string
		key  crypto.Signer
	}{
		{"RSA", must(rsa.GenerateKey(rand.Reader, 2048))},
		{"P-256", must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))},
		{"P-384", must(ecdsa.GenerateKey(elliptic.P384(), rand.Reader))},
		{"P-521", must(ecdsa.GenerateKey(elliptic.P521(), rand.Reader))},
		{"Kazakh 2004", gost.GenerateKey(gost.Kazakh2004)},
		{"Kazakh 2015", gost.GenerateKey(gost.Kazakh2015)},
	} {
		all = append(all, certify(k.name, k.key))
	}
	return all
})

func byName(name string) identity {
	all := identities()
	return all[slices.IndexFunc(all, func(i identity) bool { return i.name == name })]
}

func certify(name string, key crypto.Signer) identity {
	t := &x509.Certificate{
		SerialNumber: big.NewInt(7), Subject: pkix.Name{CommonName: name},
		NotBefore: time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC), NotAfter: time.Date(2099, 1, 1, 0, 0, 0, 0, time.UTC),
		KeyUsage: x509.KeyUsageDigitalSignature, SubjectKeyId: []byte(name),
	}
	var der []byte
	if public, ok := key.Public().(*gost.PublicKey); ok {
		der = must(gost.CreateCertificate(t, t, public, key))
	} else {
		der = must(x509.CreateCertificate(rand.Reader, t, t, key.Public(), key))
	}
	return identity{name, key, must(gost.ParseCertificate(der))}
}

// name returns the DER of a Name.
func name(common string) []byte {
	return must(asn1.Marshal(pkix.Name{CommonName: common}.ToRDNSequence()))
}

func value(v any) []byte { return must(asn1.Marshal(v)) }

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func parse(t *testing.T, der []byte) *cmp.Message {
	t.Helper()
	m, err := cmp.Parse(der)
	if err != nil {
		t.Fatalf("Parse = %v", err)
	}
	return m
}

// secret is User ID and PIN of nobody.
var secret = []byte("K7M2P9XQ")

// cheap is the MAC with the fewest iterations, for tests of other things.
var cheap = &cmp.MAC{Secret: secret, Iterations: cmp.MinIterations}
