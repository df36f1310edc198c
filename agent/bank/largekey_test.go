package bank_test

import (
	"bytes"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"math/big"
	"net/http"
	"testing"
	"time"

	"qoltanba/agent"
	"qoltanba/agent/bank"
)

// What no key of a usual size could sign.
type (
	certificate struct {
		TBS       tbs
		Algorithm pkix.AlgorithmIdentifier
		Signature asn1.BitString
	}
	tbs struct {
		Version    int `asn1:"explicit,tag:0"`
		Serial     int
		Algorithm  pkix.AlgorithmIdentifier
		Issuer     pkix.RDNSequence
		Validity   validity
		Subject    pkix.RDNSequence
		Key        asn1.RawValue
		Extensions []pkix.Extension `asn1:"explicit,tag:3"`
	}
	validity struct{ From, To time.Time }
)

// largeCAs are two certificates of CAs. The first has a key of so many bits, and the second
// says that it was issued by it.
func largeCAs(t *testing.T, bits int) []*x509.Certificate {
	t.Helper()
	n := new(big.Int).SetBit(big.NewInt(1), bits-1, 1)
	large := &rsa.PublicKey{N: n, E: 1<<31 - 1}
	signature := bytes.Repeat([]byte{0x55}, bits/8)
	issue := func(subject string, key *rsa.PublicKey) *x509.Certificate {
		spki, err := x509.MarshalPKIXPublicKey(key)
		if err != nil {
			t.Fatal(err)
		}
		name := func(s string) pkix.RDNSequence { return pkix.Name{CommonName: s}.ToRDNSequence() }
		rsaSHA256 := pkix.AlgorithmIdentifier{Algorithm: asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 11}, Parameters: asn1.NullRawValue}
		der, err := asn1.Marshal(certificate{tbs{2, 1, rsaSHA256, name("Large CA"), validity{time.Now().AddDate(-1, 0, 0).UTC(), time.Now().AddDate(1, 0, 0).UTC()},
			name(subject), asn1.RawValue{FullBytes: spki},
			[]pkix.Extension{{Id: asn1.ObjectIdentifier{2, 5, 29, 19}, Critical: true, Value: []byte{0x30, 3, 1, 1, 0xff}}}},
			rsaSHA256, asn1.BitString{Bytes: signature, BitLength: 8 * len(signature)}})
		if err != nil {
			t.Fatal(err)
		}
		cert, err := x509.ParseCertificate(der)
		if err != nil {
			t.Fatal(err)
		}
		return cert
	}
	return []*x509.Certificate{issue("Large CA", large), issue("Below", &rsa.PublicKey{N: new(big.Int).SetBit(big.NewInt(1), 2047, 1), E: 65537})}
}

// A key of a million bits takes minutes to compute with, which nothing ends. It is nobody's.
func TestLargeKeysOfCAs(t *testing.T) {
	all := largeCAs(t, 1<<20)
	s := start(t, answering(func(w http.ResponseWriter, r *http.Request) bool {
		writeCerts(w, all...)
		return true
	}))
	done := make(chan error, 1)
	go func() { // ends with the answer
		_, err := s.client(0).CACerts(t.Context())
		done <- err
	}()
	select {
	case err := <-done:
		if !errors.Is(err, agent.ErrBankForeign) {
			t.Errorf("CACerts = %v, want ErrBankForeign", err)
		}
	case <-time.After(5 * time.Second):
		t.Error("CACerts takes its time")
	}
	e := bank.Enrollment{EST: s.http.URL, Registration: s.http.URL, CA: certificatePEM(all[0].Raw)}
	if _, err := bank.Parse(descriptor(t, e)); !errors.Is(err, agent.ErrInvalid) {
		t.Errorf("Parse(a CA with such a key) = %v, want ErrInvalid", err)
	}
}
