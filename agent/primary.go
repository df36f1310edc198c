package agent

import (
	"bytes"
	"crypto/x509"
	"slices"
)

// PrimaryRule tells the certificates of a bank's primary initialization keys from
// all others. Those keys ask for the first certificate and sign nothing else: Sign
// and Authenticate refuse them with ErrPrimary, whichever bank's site asks.
type PrimaryRule struct {
	Issuers  []*x509.Certificate // CAs that issue to primary keys only
	Policies []x509.OID          // certificate policies that only primary keys have
}

// Matches tells whether a certificate is that of a primary key: one of the issuers
// is named in it, or it has one of the policies.
//
// Names are compared, signatures are not checked. What matches is refused, and a
// forged name would only take from a certificate what no bank would give it. A name
// also finds the keys of a CA that renewed its own, and those of one whose algorithm
// crypto/x509 does not know, such as GOST. RFC 5280 section 4.1.2.6 has a CA write
// its name into what it issues byte for byte as its own certificate has it.
func (r PrimaryRule) Matches(cert *x509.Certificate) bool {
	return slices.ContainsFunc(r.Issuers, func(i *x509.Certificate) bool {
		return bytes.Equal(i.RawSubject, cert.RawIssuer)
	}) || slices.ContainsFunc(r.Policies, func(p x509.OID) bool {
		return slices.ContainsFunc(cert.Policies, p.Equal)
	})
}

// primary tells whether a certificate is that of a primary key of any bank. A
// descriptor that nobody trusts counts as well: it can only forbid.
func (a *Agent) primary(cert *x509.Certificate) bool {
	return slices.ContainsFunc(a.config.Banks, func(b Bank) bool { return b.Primary.Matches(cert) })
}

// refusePrimary returns ErrPrimary for the profile of a primary key, as far as the
// certificate can be seen without a password.
func (a *Agent) refusePrimary(p ProfileID) error {
	for _, k := range a.tokenInfo(p.Token).Keys {
		if p.Key != "" && p.Certificate != fingerprint(k.Certificate) {
			continue
		}
		if cert, err := x509.ParseCertificate(k.Certificate); err == nil && a.primary(cert) {
			return ErrPrimary
		}
	}
	return nil
}
