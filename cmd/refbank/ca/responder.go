package ca

import (
	"crypto"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
)

// oidSpeaksForCA is id-kp-cmcCA: its holder may sign the CA's messages (RFC 6402, 2.10,
// and RFC 9480, 2.2).
var oidSpeaksForCA = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, 27}

// IssueResponder returns a certificate for signing what the CA answers, and nothing
// else, with the issuing CA as its chain.
func (c *CA) IssueResponder(public crypto.PublicKey) (*x509.Certificate, error) {
	t, err := template(pkix.Name{Country: []string{"KZ"}, Organization: []string{"Reference Bank"}, CommonName: "Reference Bank CMP"}, serverLife)
	if err != nil {
		return nil, err
	}
	t.KeyUsage = x509.KeyUsageDigitalSignature
	t.UnknownExtKeyUsage = []asn1.ObjectIdentifier{oidSpeaksForCA}
	return sign(t, c.ec.issuing, public, c.ec.key)
}
