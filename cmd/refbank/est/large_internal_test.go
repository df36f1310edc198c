package est

import (
	"bytes"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/base64"
	"errors"
	"math/big"
	"net/http/httptest"
	"testing"

	"qoltanba/cmd/refbank/ca"
)

// A key that takes seconds to compute with is refused by its size.
func TestLargeKey(t *testing.T) {
	modulus := new(big.Int).Lsh(big.NewInt(1), 100_000)
	modulus.SetBit(modulus, 0, 1)
	spki, err := x509.MarshalPKIXPublicKey(&rsa.PublicKey{N: modulus, E: 1<<31 - 1})
	if err != nil {
		t.Fatal(err)
	}
	der, err := asn1.Marshal(struct {
		Info struct {
			Version    int
			Subject    pkix.RDNSequence
			Key        asn1.RawValue
			Attributes asn1.RawValue
		}
		Algorithm pkix.AlgorithmIdentifier
		Signature asn1.BitString
	}{
		Info: struct {
			Version    int
			Subject    pkix.RDNSequence
			Key        asn1.RawValue
			Attributes asn1.RawValue
		}{Key: asn1.RawValue{FullBytes: spki}, Attributes: asn1.RawValue{FullBytes: []byte{0xa0, 0}}},
		Algorithm: pkix.AlgorithmIdentifier{Algorithm: asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 11}, Parameters: asn1.NullRawValue},
		Signature: asn1.BitString{Bytes: bytes.Repeat([]byte{1}, 12_501), BitLength: 8 * 12_501},
	})
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest("POST", "/", bytes.NewReader(base64.StdEncoding.AppendEncode(nil, der)))
	r.Header.Set("Content-Type", "application/pkcs10")
	if _, err := readRequest(httptest.NewRecorder(), r); !errors.Is(err, ca.ErrKey) {
		t.Errorf("readRequest = %v, want ErrKey", err)
	}
}
