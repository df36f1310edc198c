package gost

import (
	"bytes"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"slices"
	"time"
)

// VerifyOptions says what a certificate is checked against. The certificates come
// from ParseCertificate.
type VerifyOptions struct {
	// Roots are the trusted certificates.
	Roots []*x509.Certificate

	// Intermediates may help to build a chain.
	Intermediates []*x509.Certificate

	// Time is when every certificate of the chain must be valid; zero means now.
	Time time.Time

	// KeyUsages are the extended key usages of which the chain must allow one;
	// none means any.
	KeyUsages []x509.ExtKeyUsage
}

// maxSignatures limits the work that a stranger's certificates cause.
const maxSignatures = 100

// Verify returns the chains from a certificate to a root, as
// x509.Certificate.Verify does, with keys and signatures of this package. The
// errors are x509.CertificateInvalidError, x509.UnhandledCriticalExtension and
// x509.UnknownAuthorityError; of several, the first. Revocation is not checked, and
// a certificate with name constraints issues nothing.
func Verify(cert *x509.Certificate, o VerifyOptions) ([][]*x509.Certificate, error) {
	if o.Time.IsZero() {
		o.Time = time.Now()
	}
	s := search{options: o, left: maxSignatures}
	s.extend([]*x509.Certificate{cert})
	if len(s.chains) > 0 {
		return s.chains, nil
	}
	if s.err != nil {
		return nil, s.err
	}
	return nil, x509.UnknownAuthorityError{Cert: cert}
}

// A search builds chains.
type search struct {
	options VerifyOptions
	left    int // signatures that may still be checked
	chains  [][]*x509.Certificate
	err     error // the first
}

// extend looks for the ways from the last certificate of a chain to a root. The
// chain is good so far but for the last certificate.
func (s *search) extend(chain []*x509.Certificate) {
	last := chain[len(chain)-1]
	if err := s.check(chain); err != nil {
		s.fail(err)
		return
	}
	if slices.ContainsFunc(s.options.Roots, last.Equal) {
		if !allows(chain, s.options.KeyUsages) {
			s.fail(x509.CertificateInvalidError{Cert: chain[0], Reason: x509.IncompatibleUsage})
			return
		}
		s.chains = append(s.chains, slices.Clone(chain))
		return
	}
	for _, parent := range slices.Concat(s.options.Roots, s.options.Intermediates) {
		if !mayIssue(parent, last) || slices.ContainsFunc(chain, parent.Equal) || s.left == 0 {
			continue
		}
		s.left--
		if err := CheckSignature(last, parent); err != nil {
			s.fail(fmt.Errorf("%w: %w", x509.UnknownAuthorityError{Cert: last}, err))
			continue
		}
		s.extend(append(chain[:len(chain):len(chain)], parent))
	}
}

// fail keeps the first error.
func (s *search) fail(err error) {
	if s.err == nil {
		s.err = err
	}
}

// mayIssue reports whether names and key identifiers fit, which need not be true.
func mayIssue(parent, child *x509.Certificate) bool {
	return bytes.Equal(parent.RawSubject, child.RawIssuer) &&
		(len(child.AuthorityKeyId) == 0 || len(parent.SubjectKeyId) == 0 ||
			bytes.Equal(child.AuthorityKeyId, parent.SubjectKeyId))
}

// check checks the last certificate of a chain (RFC 5280, section 6.1): its dates,
// and, if it is an issuer, its right to issue the one before it.
func (s *search) check(chain []*x509.Certificate) error {
	c := chain[len(chain)-1]
	invalid := func(reason x509.InvalidReason) error {
		return x509.CertificateInvalidError{Cert: c, Reason: reason}
	}
	if len(c.UnhandledCriticalExtensions) > 0 {
		return x509.UnhandledCriticalExtension{}
	}
	if s.options.Time.Before(c.NotBefore) || s.options.Time.After(c.NotAfter) {
		return invalid(x509.Expired)
	}
	if len(chain) == 1 {
		return nil
	}
	if !c.BasicConstraintsValid || !c.IsCA ||
		c.KeyUsage != 0 && c.KeyUsage&x509.KeyUsageCertSign == 0 {
		return invalid(x509.NotAuthorizedToSign)
	}
	if constrained(c) {
		return invalid(x509.CANotAuthorizedForThisName)
	}
	if c.MaxPathLen > 0 || c.MaxPathLenZero {
		between := 0
		for _, b := range chain[1 : len(chain)-1] {
			if !bytes.Equal(b.RawSubject, b.RawIssuer) { // self-issued ones do not count
				between++
			}
		}
		if between > c.MaxPathLen {
			return invalid(x509.TooManyIntermediates)
		}
	}
	return nil
}

// constrained reports whether a certificate has name constraints.
func constrained(c *x509.Certificate) bool {
	return slices.ContainsFunc(c.Extensions, func(e pkix.Extension) bool {
		return e.Id.Equal([]int{2, 5, 29, 30})
	})
}

// allows reports whether every certificate of a chain allows one of the usages.
func allows(chain []*x509.Certificate, usages []x509.ExtKeyUsage) bool {
	if len(usages) == 0 || slices.Contains(usages, x509.ExtKeyUsageAny) {
		return true
	}
	return slices.ContainsFunc(usages, func(u x509.ExtKeyUsage) bool {
		for _, c := range chain {
			if len(c.ExtKeyUsage)+len(c.UnknownExtKeyUsage) > 0 &&
				!slices.Contains(c.ExtKeyUsage, u) && !slices.Contains(c.ExtKeyUsage, x509.ExtKeyUsageAny) {
				return false
			}
		}
		return true
	})
}
