package est_test

import (
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"qoltanba/cmd/refbank/ca"
)

// K5: a primary key that the clients' own CA certified renews nothing, though its
// certificate was registered by mistake.
func TestK5PrimaryPolicyRenewsNothing(t *testing.T) {
	b := newBank(t, nil)
	key := ecKey(t)
	own := b.inForce(t, key, time.Hour)
	template := *own.Leaf
	for of, test := range map[string]struct {
		policies []x509.OID
		status   int
		word     string
	}{
		"no policy":            {nil, http.StatusOK, ""},
		"another policy":       {[]x509.OID{parseOID(t, "1.2.398.3.3.2.1")}, http.StatusOK, ""},
		"that of primary keys": {[]x509.OID{parseOID(t, "1.2.398.3.3.2.1"), parseOID(t, ca.PrimaryPolicy)}, http.StatusUnauthorized, "credentials"},
	} {
		t.Run(of, func(t *testing.T) {
			template.Policies = test.policies
			der, err := x509.CreateCertificate(rand.Reader, &template, b.CA.Issuing(), key.Public(), b.issuingKey(t))
			if err != nil {
				t.Fatal(err)
			}
			cert, err := x509.ParseCertificate(der)
			if err != nil {
				t.Fatal(err)
			}
			if err := b.Store.SetCertificate(t.Context(), user, cert); err != nil {
				t.Fatal(err)
			}
			c := b.renew(t, &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key})
			got := c.post("simplereenroll", csr{key: key, subject: cert.RawSubject, challenge: c.binding()}.der(t))
			if test.status == http.StatusOK {
				got.certificate(t)
				return
			}
			got.want(t, test.status, test.word)
			c.register(user, own.Leaf).want(t, test.status, test.word)
			c.must("PUT", "/registration", "application/pkix-cert", own.Leaf.Raw).want(t, test.status, test.word)
		})
	}
}

func parseOID(t *testing.T, dotted string) x509.OID {
	t.Helper()
	oid, err := x509.ParseOID(dotted)
	if err != nil {
		t.Fatal(err)
	}
	return oid
}

// issuingKey is the key that the CA certifies clients with.
func (b *bank) issuingKey(t *testing.T) any {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(b.dir, "ca", "issuing.key"))
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(data)
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	return key
}
