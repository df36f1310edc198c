package cms

import (
	"bytes"
	"crypto/x509"
	"fmt"
	"slices"
	"time"

	"qoltanba/agent/gost"
)

// VerifyOptions says what a message is checked against.
type VerifyOptions struct {
	// Content is the detached content. Nil means that the message must carry
	// its content; empty but not nil is a detached document of no bytes.
	Content []byte

	// Roots are the trusted certificates; those with GOST keys come from
	// gost.ParseCertificate. They are demanded: the system's roots are for web
	// servers and are never used.
	Roots []*x509.Certificate

	// Intermediates may help to build a chain, as do the certificates in the
	// message. May be nil.
	Intermediates []*x509.Certificate

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

	embedded []*x509.Certificate
}

// Verify checks a CAdES-B-B message, in DER. It returns a result only when
// everything holds: the form, the algorithms, the signature over the signed
// attributes by the certificate that they name, the digest of the content, the key
// usage, and a chain to a root. Otherwise the error is one of ErrFormat,
// ErrAlgorithm, ErrDetached, ErrSignature, ErrDigest and ErrCertificate; with the
// last, errors.As finds the cause, such as x509.CertificateInvalidError. The work
// grows with the length of the message, which is for the caller to limit.
func Verify(der []byte, o VerifyOptions) (*Result, error) {
	r, err := Check(der, o.Content)
	if err != nil {
		return nil, err
	}
	if r.Chains, err = r.BuildChains(o); err != nil {
		return nil, err
	}
	return r, nil
}

// Check is Verify without a chain: its result tells which certificate's key signed
// the content, and not whether anybody vouches for the certificate. Content is as in
// VerifyOptions. A program that acts on a signature uses Verify; Check is for showing
// a person what there is.
//
// With ErrDigest, and only then, there are both a result and an error: the message is
// right, but was made for another content, and Content is nil.
func Check(der, content []byte) (*Result, error) {
	m, err := parse(der)
	if err != nil {
		return nil, err
	}
	digest, err := findDigest(m.signer.digestID)
	if err != nil {
		return nil, err
	}
	if m.attached == (content != nil) {
		return nil, fmt.Errorf("looking for the content: %w", ErrDetached)
	}
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
	if err := checkUsage(cert); err != nil {
		return nil, err
	}
	r := &Result{
		Certificate: cert,
		SigningTime: attrs.signingTime,
		Origin:      attrs.origin,
		embedded:    m.certificates,
	}
	if !bytes.Equal(attrs.messageDigest, digest.sum(content)) {
		return r, fmt.Errorf("comparing the content with messageDigest: %w", ErrDigest)
	}
	r.Content = content
	return r, nil
}

// BuildChains returns the chains from a result's certificate to a root, with the help
// of the certificates in the message. The error is ErrCertificate as Verify has it.
// Content of the options is not used.
//
// A chain of a GOST key may lead over keys of any kind. One of another key leads over
// keys of crypto/x509 only, which checks more: names and their constraints.
func (r *Result) BuildChains(o VerifyOptions) ([][]*x509.Certificate, error) {
	intermediates := slices.Concat(o.Intermediates, r.embedded)
	var chains [][]*x509.Certificate
	var err error
	if _, ok := r.Certificate.PublicKey.(*gost.PublicKey); ok {
		chains, err = gost.Verify(r.Certificate, gost.VerifyOptions{
			Roots:         o.Roots,
			Intermediates: intermediates,
			Time:          o.Time,
			KeyUsages:     o.KeyUsages,
		})
	} else {
		usages := o.KeyUsages
		if len(usages) == 0 {
			usages = []x509.ExtKeyUsage{x509.ExtKeyUsageAny} // the default of x509 is for web servers
		}
		chains, err = r.Certificate.Verify(x509.VerifyOptions{
			Roots:         pool(o.Roots),
			Intermediates: pool(intermediates),
			CurrentTime:   o.Time,
			KeyUsages:     usages,
		})
	}
	if err != nil {
		return nil, fmt.Errorf("building the chain: %w: %w", ErrCertificate, err)
	}
	return chains, nil
}

// pool is never nil, which would stand for the system's roots.
func pool(certs []*x509.Certificate) *x509.CertPool {
	p := x509.NewCertPool()
	for _, c := range certs {
		p.AddCert(c)
	}
	return p
}
