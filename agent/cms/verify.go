package cms

import (
	"bytes"
	"crypto/x509"
	"fmt"
	"time"
)

// VerifyOptions says what a message is checked against.
type VerifyOptions struct {
	// Content is the detached content. Nil means that the message must carry
	// its content; empty but not nil is a detached document of no bytes.
	Content []byte

	// Roots are the trusted certificates. They are demanded: the system's roots
	// are for web servers and are never used.
	Roots *x509.CertPool

	// Intermediates may help to build a chain, as do the certificates in the
	// message. May be nil.
	Intermediates *x509.CertPool

	// Time is when the chain must be valid; zero means now. SigningTime is the
	// signer's own claim and is not used for this.
	Time time.Time

	// KeyUsages are the extended key usages of which the chain must allow one;
	// none means any.
	KeyUsages []x509.ExtKeyUsage
}

// A Result is what a valid message says.
type Result struct {
	// Content is what was signed. It shares memory with the message or, if that
	// is detached, with VerifyOptions.Content.
	Content []byte

	// Certificate is the signer's.
	Certificate *x509.Certificate

	// Chains are the valid chains from Certificate to a root. Revocation is not
	// checked.
	Chains [][]*x509.Certificate

	// SigningTime is the time that the signer claims, in UTC.
	SigningTime time.Time

	// Origin is the web origin for which the document was signed (OriginOID);
	// empty when the message names none.
	Origin string
}

// Verify checks a CAdES-B-B message, in DER. It returns a result only when
// everything holds: the form, the algorithms, the signature over the signed
// attributes by the certificate that they name, the digest of the content, the key
// usage, and a chain to a root. Otherwise the error is one of ErrFormat,
// ErrAlgorithm, ErrDetached, ErrSignature, ErrDigest and ErrCertificate; with the
// last, errors.As finds the cause, such as x509.CertificateInvalidError. The work
// grows with the length of the message, which is for the caller to limit.
func Verify(der []byte, o VerifyOptions) (*Result, error) {
	m, err := parse(der)
	if err != nil {
		return nil, err
	}
	digest, err := findDigest(m.signer.digestID)
	if err != nil {
		return nil, err
	}
	if m.attached == (o.Content != nil) {
		return nil, fmt.Errorf("looking for the content: %w", ErrDetached)
	}
	content := o.Content
	if m.attached {
		content = m.content
	}

	attrs := &m.signer.attributes
	cert, err := attrs.reference.find(m.certificates)
	if err != nil {
		return nil, err
	}
	if !m.signer.names(cert) {
		return nil, fmt.Errorf("comparing the signer identifier with the certificate: %w", ErrCertificate)
	}
	scheme, err := findScheme(m.signer.signatureID, digest, cert)
	if err != nil {
		return nil, err
	}
	if !scheme.verify(cert.PublicKey, digest.sum(attrs.signed), m.signer.signature) {
		return nil, fmt.Errorf("checking the signed attributes: %w", ErrSignature)
	}
	if !bytes.Equal(attrs.messageDigest, digest.sum(content)) {
		return nil, fmt.Errorf("comparing the content with messageDigest: %w", ErrDigest)
	}
	if err := checkUsage(cert); err != nil {
		return nil, err
	}
	chains, err := verifyChain(cert, m.certificates, o)
	if err != nil {
		return nil, err
	}
	return &Result{
		Content:     content,
		Certificate: cert,
		Chains:      chains,
		SigningTime: attrs.signingTime,
		Origin:      attrs.origin,
	}, nil
}

// verifyChain builds the chains of a certificate with the help of the embedded
// ones.
func verifyChain(cert *x509.Certificate, embedded []*x509.Certificate, o VerifyOptions) ([][]*x509.Certificate, error) {
	if o.Roots == nil {
		return nil, fmt.Errorf("building the chain without roots: %w", ErrCertificate)
	}
	intermediates := x509.NewCertPool()
	if o.Intermediates != nil {
		intermediates = o.Intermediates.Clone()
	}
	for _, c := range embedded {
		intermediates.AddCert(c)
	}
	usages := o.KeyUsages
	if len(usages) == 0 {
		usages = []x509.ExtKeyUsage{x509.ExtKeyUsageAny} // the default of x509 is for web servers
	}
	chains, err := cert.Verify(x509.VerifyOptions{
		Roots:         o.Roots,
		Intermediates: intermediates,
		CurrentTime:   o.Time,
		KeyUsages:     usages,
	})
	if err != nil {
		return nil, fmt.Errorf("building the chain: %w: %w", ErrCertificate, err)
	}
	return chains, nil
}
