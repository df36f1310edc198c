package bank_test

import (
	"crypto"
	"crypto/rsa"
	"crypto/x509"
	"encoding/asn1"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"qoltanba/agent"
	"qoltanba/agent/bank"
)

// attributes reads those of a request that crypto/x509 leaves alone.
func attributes(t *testing.T, csr *x509.CertificateRequest) (password string, months int) {
	var info struct {
		Version    int
		Subject    asn1.RawValue
		PublicKey  asn1.RawValue
		Attributes []asn1.RawValue `asn1:"tag:0,set"`
	}
	if _, err := asn1.Unmarshal(csr.RawTBSCertificateRequest, &info); err != nil {
		t.Fatalf("CertificationRequestInfo: %v", err)
	}
	for _, raw := range info.Attributes {
		var a struct {
			Type   asn1.RawValue
			Values []asn1.RawValue `asn1:"set"`
		}
		if _, err := asn1.Unmarshal(raw.FullBytes, &a); err != nil || len(a.Values) != 1 {
			t.Fatalf("attribute: %v", err)
		}
		var id x509.OID
		if err := id.UnmarshalBinary(a.Type.Bytes); err != nil {
			t.Fatal(err)
		}
		switch id.String() {
		case "1.2.840.113549.1.9.7":
			if a.Values[0].Tag != asn1.TagPrintableString {
				t.Errorf("challengePassword has the tag %d", a.Values[0].Tag)
			}
			password = string(a.Values[0].Bytes)
		case bank.PeriodOID:
			if _, err := asn1.Unmarshal(a.Values[0].FullBytes, &months); err != nil {
				t.Fatal(err)
			}
		}
	}
	return password, months
}

func lines(der []byte) string {
	text := base64.StdEncoding.EncodeToString(der)
	var out strings.Builder
	for len(text) > 64 {
		fmt.Fprintf(&out, "%s\r\n", text[:64])
		text = text[64:]
	}
	return out.String() + text + "\r\n"
}

func writeCerts(w http.ResponseWriter, certs ...*x509.Certificate) {
	w.Header().Set("Content-Type", "application/pkcs7-mime; smime-type=certs-only")
	w.Header().Set("Content-Transfer-Encoding", "base64")
	io.WriteString(w, lines(certsOnly(certs...)))
}

// certsOnly writes SignedData with certificates and nothing else.
func certsOnly(certs ...*x509.Certificate) []byte {
	var all []byte
	for _, c := range certs {
		all = append(all, c.Raw...)
	}
	data := marshal(struct {
		Version int
		Digests []asn1.RawValue `asn1:"set"`
		Content struct{ Type asn1.ObjectIdentifier }
		Certs   asn1.RawValue
		Signers []asn1.RawValue `asn1:"set"`
	}{
		Version: 1,
		Content: struct{ Type asn1.ObjectIdentifier }{asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 1}},
		Certs:   asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: 0, IsCompound: true, Bytes: all},
	})
	return marshal(struct {
		Type    asn1.ObjectIdentifier
		Content asn1.RawValue
	}{
		Type:    asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 2},
		Content: asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: 0, IsCompound: true, Bytes: data},
	})
}

func marshal(v any) []byte {
	der, err := asn1.Marshal(v)
	if err != nil {
		panic(err)
	}
	return der
}

// softKey is an agent.Key in memory.
type softKey struct {
	crypto.Signer
	certificate *x509.Certificate
}

func (softKey) ID() []byte                       { return nil }
func (softKey) Label() string                    { return "" }
func (k softKey) Certificate() *x509.Certificate { return k.certificate }

// plainKey is an RSA key in a token that does not know PSS.
type plainKey struct{ *rsa.PrivateKey }

func (k plainKey) Sign(random io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	if _, pss := opts.(*rsa.PSSOptions); pss {
		return nil, fmt.Errorf("signing: %w", agent.ErrMechanism)
	}
	return k.PrivateKey.Sign(random, digest, opts)
}

// lockedKey is a key whose token is locked.
type lockedKey struct{ crypto.Signer }

func (lockedKey) Sign(io.Reader, []byte, crypto.SignerOpts) ([]byte, error) {
	return nil, fmt.Errorf("signing: %w", agent.ErrLocked)
}

// periods is csrattrs that names some.
func periods(t testing.TB, months ...int) []byte {
	t.Helper()
	id, err := x509.ParseOID(bank.PeriodOID)
	if err != nil {
		t.Fatal(err)
	}
	content, err := id.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	type attribute struct {
		Type   asn1.RawValue
		Values []int `asn1:"set"`
	}
	return marshal([]attribute{{asn1.RawValue{Tag: asn1.TagOID, Bytes: content}, months}})
}
