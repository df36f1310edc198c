package est

import (
	"bytes"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"io"
	"mime"
	"net/http"
	"slices"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"

	"qoltanba/cmd/refbank/ca"
)

// PeriodOID identifies the attribute of a request that names the period which the
// client chose: an INTEGER, in months. csrattrs lists the periods of the contract in
// it. A request without it gets the shortest of them.
const PeriodOID = "2.25.285904285749485485755400836721808995143"

// The attributes that are looked at, as DER elements: an arc of PeriodOID does not fit
// an int.
var (
	oidChallenge = oid("1.2.840.113549.1.9.7") // RFC 2985, 5.4.1
	oidPeriod    = oid(PeriodOID)
)

// maxRequest bounds a request or certificate, in bytes as sent.
const maxRequest = 64 << 10

// maxRSA is the size of the largest RSA modulus that is computed with, in bits: that of
// crypto/tls.
const maxRSA = 8192

// signatures are the algorithms that a request may be signed with.
var signatures = []x509.SignatureAlgorithm{
	x509.SHA256WithRSA, x509.SHA384WithRSA, x509.SHA512WithRSA,
	x509.SHA256WithRSAPSS, x509.SHA384WithRSAPSS, x509.SHA512WithRSAPSS,
	x509.ECDSAWithSHA256, x509.ECDSAWithSHA384, x509.ECDSAWithSHA512,
}

// A request is a PKCS#10 request whose signature is right.
type request struct {
	*x509.CertificateRequest
	challenge string
	months    int // 0 for none named
}

// readBody returns the body of a request that must have that media type.
func readBody(w http.ResponseWriter, r *http.Request, want string) ([]byte, error) {
	if got, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || got != want {
		return nil, refused(http.StatusUnsupportedMediaType, "type", "want Content-Type %s", want)
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxRequest))
	if err != nil {
		return nil, refused(http.StatusRequestEntityTooLarge, "size", "more than %d bytes, or cut off", maxRequest)
	}
	return body, nil
}

// readRequest reads the PKCS#10 request in base64 that is the body, with any white
// space in it and whatever Content-Transfer-Encoding says (RFC 8951, 3.1).
func readRequest(w http.ResponseWriter, r *http.Request) (*request, error) {
	body, err := readBody(w, r, "application/pkcs10")
	if err != nil {
		return nil, err
	}
	der, err := base64.StdEncoding.DecodeString(string(bytes.Join(bytes.Fields(body), nil)))
	if err != nil {
		return nil, refused(http.StatusBadRequest, "request", "not base64")
	}
	csr, err := x509.ParseCertificateRequest(der)
	if err != nil {
		return nil, refused(http.StatusBadRequest, "request", "not PKCS#10: %v", err)
	}
	if !slices.Contains(signatures, csr.SignatureAlgorithm) {
		return nil, refused(http.StatusBadRequest, "request", "signature algorithm %v", csr.SignatureAlgorithm)
	}
	// A key as large as a request can be costs six seconds.
	if k, ok := csr.PublicKey.(*rsa.PublicKey); ok && k.N.BitLen() > maxRSA {
		return nil, fmt.Errorf("RSA of %d bits: %w", k.N.BitLen(), ca.ErrKey)
	}
	if err := csr.CheckSignature(); err != nil {
		return nil, refused(http.StatusBadRequest, "request", "wrong signature")
	}
	q := &request{CertificateRequest: csr}
	if !q.readAttributes(csr.RawTBSCertificateRequest) {
		return nil, refused(http.StatusBadRequest, "request", "wrong attributes")
	}
	return q, nil
}

// readAttributes reads the attributes of a CertificationRequestInfo (RFC 2986, 4.1).
// Those of other kinds are ignored; one that is there twice is wrong.
func (q *request) readAttributes(info cryptobyte.String) bool {
	var content, attributes cryptobyte.String
	if !info.ReadASN1(&content, asn1.SEQUENCE) ||
		!content.SkipASN1(asn1.INTEGER) || !content.SkipASN1(asn1.SEQUENCE) || !content.SkipASN1(asn1.SEQUENCE) ||
		!content.ReadASN1(&attributes, asn1.Tag(0).ContextSpecific().Constructed()) {
		return false
	}
	seen := map[string]bool{}
	for !attributes.Empty() {
		var attribute, id, values cryptobyte.String
		if !attributes.ReadASN1(&attribute, asn1.SEQUENCE) ||
			!attribute.ReadASN1Element(&id, asn1.OBJECT_IDENTIFIER) ||
			!attribute.ReadASN1(&values, asn1.SET) || !attribute.Empty() || seen[string(id)] {
			return false
		}
		seen[string(id)] = true
		switch {
		case bytes.Equal(id, oidChallenge):
			var text cryptobyte.String
			var tag asn1.Tag
			// A DirectoryString; base64 is the same bytes in all kinds of it but two,
			// which nobody uses here.
			if !values.ReadAnyASN1(&text, &tag) || !values.Empty() || len(text) == 0 {
				return false
			}
			q.challenge = string(text)
		case bytes.Equal(id, oidPeriod):
			if !values.ReadASN1Integer(&q.months) || !values.Empty() || q.months <= 0 {
				return false
			}
		}
	}
	return true
}

// oid returns the DER element of a dotted identifier, which is a constant of this
// package.
func oid(dotted string) []byte {
	id, err := x509.ParseOID(dotted)
	if err != nil {
		panic("est: " + dotted + ": " + err.Error())
	}
	content, err := id.MarshalBinary()
	if err != nil {
		panic("est: " + dotted + ": " + err.Error())
	}
	var b cryptobyte.Builder
	b.AddASN1(asn1.OBJECT_IDENTIFIER, func(b *cryptobyte.Builder) { b.AddBytes(content) })
	return b.BytesOrPanic()
}
