package est

import (
	"crypto/x509"
	"encoding/base64"
	"net/http"
	"slices"
	"strconv"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

const certsOnlyType = "application/pkcs7-mime; smime-type=certs-only"

// certsOnly returns a SignedData without signers that holds certificates (RFC 5272,
// 4.1, as RFC 7030, 4.1.3 asks for).
func certsOnly(certificates ...*x509.Certificate) ([]byte, error) {
	explicit := asn1.Tag(0).ContextSpecific().Constructed()
	var b cryptobyte.Builder
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) { // ContentInfo
		b.AddBytes(oid("1.2.840.113549.1.7.2")) // signedData
		b.AddASN1(explicit, func(b *cryptobyte.Builder) {
			b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
				b.AddASN1Int64(1)
				b.AddASN1(asn1.SET, func(*cryptobyte.Builder) {}) // digestAlgorithms
				b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
					b.AddBytes(oid("1.2.840.113549.1.7.1")) // data, and none of it
				})
				b.AddASN1(explicit, func(b *cryptobyte.Builder) {
					for _, c := range certificates {
						b.AddBytes(c.Raw)
					}
				})
				b.AddASN1(asn1.SET, func(*cryptobyte.Builder) {}) // signerInfos
			})
		})
	})
	return b.Bytes()
}

// attributes returns what csrattrs answers (RFC 7030, 4.5.2): that a request has a
// challengePassword, and the periods that it may name.
func attributes(periods []int) ([]byte, error) {
	var b cryptobyte.Builder
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddBytes(oidChallenge)
		if len(periods) == 0 {
			return
		}
		b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddBytes(oidPeriod)
			b.AddASN1(asn1.SET, func(b *cryptobyte.Builder) { // in DER order, for they rise
				for _, months := range periods {
					b.AddASN1Int64(int64(months))
				}
			})
		})
	})
	return b.Bytes()
}

// write answers with DER in base64, in lines of 64 characters: RFC 8951 asks for no
// lines, but libest reads nothing else.
func (s *Server) write(w http.ResponseWriter, contentType string, der []byte) error {
	text := base64.StdEncoding.AppendEncode(nil, der)
	body := text
	if !s.foreign {
		body = nil
		for line := range slices.Chunk(text, 64) {
			body = append(append(body, line...), '\n')
		}
	}
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("Content-Transfer-Encoding", "base64")
	// Else net/http sends a long answer in chunks, which strongSwan does not read.
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	_, err := w.Write(body)
	return err
}

// writeCertificates answers with certificates.
func (s *Server) writeCertificates(w http.ResponseWriter, certificates ...*x509.Certificate) error {
	der, err := certsOnly(certificates...)
	if err != nil {
		return err
	}
	return s.write(w, certsOnlyType, der)
}
