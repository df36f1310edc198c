package cms

import (
	"bytes"
	"crypto/x509"
	"fmt"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"

	"qoltanba/agent/gost"
)

// serialNumber returns a certificate's serial number as a DER element.
func serialNumber(cert *x509.Certificate) []byte {
	var b cryptobyte.Builder
	b.AddASN1BigInt(cert.SerialNumber)
	return b.BytesOrPanic()
}

// sameCertificate reports whether a certificate has this issuer and serial number,
// both DER elements.
func sameCertificate(cert *x509.Certificate, issuer, serial []byte) bool {
	return bytes.Equal(issuer, cert.RawIssuer) && bytes.Equal(serial, serialNumber(cert))
}

// checkUsage returns ErrCertificate when a certificate has a key usage that allows
// neither digitalSignature nor contentCommitment.
func checkUsage(cert *x509.Certificate) error {
	const signs = x509.KeyUsageDigitalSignature | x509.KeyUsageContentCommitment
	if cert.KeyUsage != 0 && cert.KeyUsage&signs == 0 {
		return fmt.Errorf("checking the key usage, which is not for signatures: %w", ErrCertificate)
	}
	return nil
}

// signingCertificate returns a SigningCertificateV2 (RFC 5035, section 3) that
// names one certificate. The digest algorithm is left out when it is the default,
// SHA-256, which it is for GOST keys too, as the National Certification Authority's
// programs have it.
func signingCertificate(cert *x509.Certificate, d *digest) []byte {
	if _, ok := d.hash.(gost.Hash); ok {
		d = digests[0]
	}
	var algorithm []byte
	if d != digests[0] {
		algorithm = d.ids[0]
	}
	issuer := tlv(asn1.SEQUENCE, tlv(tag4, cert.RawIssuer)) // GeneralNames, directoryName
	return tlv(asn1.SEQUENCE, tlv(asn1.SEQUENCE, tlv(asn1.SEQUENCE,
		algorithm,
		tlv(asn1.OCTET_STRING, d.sum(cert.Raw)),
		tlv(asn1.SEQUENCE, issuer, serialNumber(cert)),
	)))
}

// A reference is what signing-certificate-v2 says of the signer's certificate.
type reference struct {
	digest         *digest
	sum            []byte
	issuer, serial []byte // DER elements; nil when left out
}

// readReference reads a SigningCertificateV2 with exactly one certificate and
// without policies, which CAdES does not allow (EN 319 122-1, clause 5.2.2.3).
func readReference(in cryptobyte.String) (r reference, err error) {
	var attr, certs, id, issuerSerial, names, name cryptobyte.String
	if !in.ReadASN1(&attr, asn1.SEQUENCE) || !in.Empty() ||
		!attr.ReadASN1(&certs, asn1.SEQUENCE) || !attr.Empty() ||
		!certs.ReadASN1(&id, asn1.SEQUENCE) || !certs.Empty() {
		return r, malformed("signing-certificate-v2")
	}
	r.digest = digests[0]
	if id.PeekASN1Tag(asn1.SEQUENCE) {
		var algorithm cryptobyte.String
		if !id.ReadASN1Element(&algorithm, asn1.SEQUENCE) {
			return r, malformed("signing-certificate-v2")
		}
		if r.digest, err = findDigest(algorithm); err != nil {
			return r, fmt.Errorf("reading signing-certificate-v2: %w", err)
		}
	}
	if !id.ReadASN1Bytes(&r.sum, asn1.OCTET_STRING) {
		return r, malformed("signing-certificate-v2")
	}
	if id.Empty() {
		return r, nil
	}
	if !id.ReadASN1(&issuerSerial, asn1.SEQUENCE) || !id.Empty() ||
		!issuerSerial.ReadASN1(&names, asn1.SEQUENCE) ||
		!names.ReadASN1(&name, tag4) || !names.Empty() ||
		!name.ReadASN1Element((*cryptobyte.String)(&r.issuer), asn1.SEQUENCE) || !name.Empty() ||
		!issuerSerial.ReadASN1Element((*cryptobyte.String)(&r.serial), asn1.INTEGER) || !issuerSerial.Empty() {
		return r, malformed("the issuer in signing-certificate-v2")
	}
	return r, nil
}

// find returns the certificate that the reference names.
func (r reference) find(certs []*x509.Certificate) (*x509.Certificate, error) {
	for _, c := range certs {
		if !bytes.Equal(r.sum, r.digest.sum(c.Raw)) {
			continue
		}
		if r.issuer != nil && !sameCertificate(c, r.issuer, r.serial) {
			break
		}
		return c, nil
	}
	return nil, fmt.Errorf("looking for the certificate of signing-certificate-v2: %w", ErrCertificate)
}
