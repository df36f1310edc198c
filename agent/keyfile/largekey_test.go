package keyfile_test

import (
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"math/big"
	"testing"
	"time"

	"qoltanba/agent"
)

// largeKey is an RSA key of about that many bits in PKCS #8. Its numbers fit each other, and
// its factors are no primes.
func largeKey(bits int) []byte {
	one, e := big.NewInt(1), big.NewInt(3)
	factor := func(bits int) *big.Int { return new(big.Int).Add(new(big.Int).Lsh(one, uint(bits)), one) }
	p, q := factor(bits/2), factor(bits/2+2)
	less := func(n *big.Int) *big.Int { return new(big.Int).Sub(n, one) }
	d := new(big.Int).ModInverse(e, less(q))
	return must(asn1.Marshal(struct {
		Version   int
		Algorithm pkix.AlgorithmIdentifier
		Key       []byte
	}{0, pkix.AlgorithmIdentifier{Algorithm: asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 1}, Parameters: asn1.NullRawValue},
		must(asn1.Marshal(struct {
			Version                     int
			N                           *big.Int
			E                           int
			D, P, Q, Dp, Dq, Coefficent *big.Int
		}{0, new(big.Int).Mul(p, q), 3, d, p, q, new(big.Int).Mod(d, less(p)), d, new(big.Int).ModInverse(q, p)}))}))
}

// A key that takes minutes to compute with is none: whoever has the turn could not be ended.
func TestLargeKeyInAFile(t *testing.T) {
	m := made{keys: [][]byte{largeKey(1 << 18)}, certificates: [][]byte{everything().certificates[0]}}
	s := set(drive(t, map[string][]byte{"Key.pfx": m.encode(t, password)}))
	token, err := s.Open(t.Context(), only(t, s).ID)
	if err != nil {
		t.Fatal(err)
	}
	defer token.Close()
	start := time.Now()
	err = token.Login(t.Context(), agent.NewSecret([]byte(password)))
	if passed := time.Since(start); !errors.Is(err, agent.ErrUnreadable) || passed > 5*time.Second {
		t.Errorf("Login = %v after %v, want ErrUnreadable at once", err, passed)
	}
}
