package cms

import (
	"crypto"
	"crypto/rand"
	"crypto/x509"
	"fmt"
	"slices"
	"time"
	"unicode/utf8"

	"golang.org/x/crypto/cryptobyte/asn1"
)

// A Signer is a key with its certificate. Its digest follows from the certificate:
// SHA-384 for P-384, SHA-512 for P-521, that of its parameters for a GOST key, else
// SHA-256.
type Signer struct {
	// Key makes the signatures. It may be slow or ask for a person: a token. A
	// GOST key has a *gost.PublicKey and signs in the byte order of its country.
	Key crypto.Signer

	// Certificate belongs to Key and is embedded in every message. One with a
	// GOST key may have been read by crypto/x509 or by package gost.
	Certificate *x509.Certificate

	// Chain is embedded beside Certificate, in any order; it may be nil.
	Chain []*x509.Certificate

	// PSS selects RSA-PSS in place of PKCS#1 v1.5; it is for RSA keys only.
	PSS bool
}

// Options says how one document is signed.
type Options struct {
	// Detached leaves the content out of the message.
	Detached bool

	// Time is the signingTime, kept in whole seconds; zero means now.
	Time time.Time

	// Origin is the web origin for which the document is signed, written as
	// the signed attribute OriginOID. Empty leaves the attribute out.
	Origin string
}

// Hash returns the digest that the signer uses over content, or nil when the
// certificate's key is of a kind that this package does not sign with.
func (s Signer) Hash() Hash {
	if s.Certificate == nil {
		return nil
	}
	_, hash := keyFamily(s.Certificate, s.PSS)
	return hash
}

// Sign returns a CAdES-B-B message over content, in DER. See Prepared.Sign.
func Sign(s Signer, content []byte, o Options) ([]byte, error) {
	p, err := s.Prepare()
	if err != nil {
		return nil, err
	}
	return p.Sign(content, o)
}

// SignDigest returns a detached CAdES-B-B message over the content that has the
// given digest. See Prepared.SignDigest.
func SignDigest(s Signer, digest []byte, o Options) ([]byte, error) {
	p, err := s.Prepare()
	if err != nil {
		return nil, err
	}
	return p.SignDigest(digest, o)
}

// A Prepared is a Signer with everything encoded that does not depend on the
// document. It does not change, and may be used by as many goroutines as its Key
// allows.
type Prepared struct {
	key    crypto.Signer
	scheme *scheme
	opts   crypto.SignerOpts

	head         []byte // SignedData: version, digestAlgorithms
	certificates []byte // SignedData: certificates
	signer       []byte // SignerInfo: version, sid, digestAlgorithm
	contentType  []byte // attribute
	certificate  []byte // attribute signing-certificate-v2
}

// Prepare checks that key and certificate belong together and may sign, and
// encodes what all messages of the signer have in common. It returns
// ErrCertificate or ErrAlgorithm. The key is asked for its public half only.
func (s Signer) Prepare() (*Prepared, error) {
	if s.Key == nil || s.Certificate == nil {
		return nil, fmt.Errorf("preparing a signer without key or certificate: %w", ErrCertificate)
	}
	certificates := make([][]byte, 0, 1+len(s.Chain))
	for _, c := range append([]*x509.Certificate{s.Certificate}, s.Chain...) {
		if c == nil || len(c.Raw) == 0 {
			return nil, fmt.Errorf("embedding a certificate that was not parsed: %w", ErrCertificate)
		}
		certificates = append(certificates, c.Raw)
	}
	scheme, err := signingScheme(s.Certificate, s.PSS)
	if err != nil {
		return nil, err
	}
	// Every public key of the standard library has Equal; see crypto.PublicKey.
	pub, ok := publicKey(s.Certificate).(interface{ Equal(crypto.PublicKey) bool })
	if !ok || !pub.Equal(s.Key.Public()) {
		return nil, fmt.Errorf("comparing the key with the certificate's: %w", ErrCertificate)
	}
	if err := checkUsage(s.Certificate); err != nil {
		return nil, err
	}

	version := tlv(asn1.INTEGER, []byte{1}) // RFC 5652, sections 5.1 and 5.3
	digestID := scheme.digest.ids[0]
	serial := serialNumber(s.Certificate)
	return &Prepared{
		key:          s.Key,
		scheme:       scheme,
		opts:         scheme.options(),
		head:         slices.Concat(version, tlv(asn1.SET, digestID)),
		certificates: set(tag0, certificates),
		signer:       slices.Concat(version, tlv(asn1.SEQUENCE, s.Certificate.RawIssuer, serial), digestID),
		contentType:  attribute(oidContentType, oidData),
		certificate:  attribute(oidSigningCertificate, signingCertificate(s.Certificate, scheme.digest)),
	}, nil
}

// Hash returns the digest that is used over content.
func (p *Prepared) Hash() Hash { return p.scheme.digest.hash }

// Sign returns a CAdES-B-B message over content, in DER. It returns ErrFormat when
// the options cannot be encoded, and the key's own error, wrapped. The key's
// signature is not checked; Verify does that.
func (p *Prepared) Sign(content []byte, o Options) ([]byte, error) {
	return p.sign(content, p.scheme.digest.sum(content), o)
}

// SignDigest returns a message over the content that has the given digest, made
// with Hash. The message is detached whatever the options say. Beside the errors
// of Sign it returns ErrDigest when the digest has another length than Hash gives.
// That the digest is one of a document the signer has seen is for the caller to
// know.
func (p *Prepared) SignDigest(digest []byte, o Options) ([]byte, error) {
	if len(digest) != p.Hash().Size() {
		return nil, fmt.Errorf("signing a digest of %d bytes with %v: %w", len(digest), p.Hash(), ErrDigest)
	}
	o.Detached = true
	return p.sign(nil, digest, o)
}

func (p *Prepared) sign(content, digest []byte, o Options) ([]byte, error) {
	attributes, err := p.attributes(digest, o)
	if err != nil {
		return nil, err
	}
	signature, err := p.key.Sign(rand.Reader, p.scheme.digest.sum(attributes), p.opts)
	if err != nil {
		return nil, fmt.Errorf("signing the attributes: %w", err)
	}
	return p.assemble(content, o.Detached, attributes, signature), nil
}

// attributes returns the signed attributes as the SET OF that is signed.
func (p *Prepared) attributes(digest []byte, o Options) ([]byte, error) {
	when := o.Time
	if when.IsZero() {
		when = time.Now()
	}
	signingTime, err := encodeTime(when)
	if err != nil {
		return nil, err
	}
	list := make([][]byte, 0, 5)
	list = append(list,
		p.contentType,
		p.certificate,
		attribute(oidSigningTime, signingTime),
		attribute(oidMessageDigest, tlv(asn1.OCTET_STRING, digest)),
	)
	if o.Origin != "" {
		if !utf8.ValidString(o.Origin) {
			return nil, fmt.Errorf("encoding the origin, which is not UTF-8: %w", ErrFormat)
		}
		list = append(list, attribute(oidOrigin, tlv(asn1.UTF8String, []byte(o.Origin))))
	}
	return set(asn1.SET, list), nil
}

// assemble puts the message together in one piece of memory: all lengths are known
// from the inside out.
func (p *Prepared) assemble(content []byte, detached bool, attributes, signature []byte) []byte {
	var (
		signatureID = p.scheme.ids[0]
		signerInfo  = len(p.signer) + len(attributes) + len(signatureID) + size(len(signature))
		signerInfos = size(signerInfo)
		encapsule   = len(oidData)
	)
	if !detached {
		encapsule += size(size(len(content)))
	}
	signedData := len(p.head) + size(encapsule) + len(p.certificates) + size(signerInfos)
	contentInfo := len(oidSignedData) + size(size(signedData))

	out := make([]byte, 0, size(contentInfo))
	out = open(out, asn1.SEQUENCE, contentInfo)
	out = append(out, oidSignedData...)
	out = open(out, tag0, size(signedData))
	out = open(out, asn1.SEQUENCE, signedData)
	out = append(out, p.head...)
	out = open(out, asn1.SEQUENCE, encapsule)
	out = append(out, oidData...)
	if !detached {
		out = open(out, tag0, size(len(content)))
		out = open(out, asn1.OCTET_STRING, len(content))
		out = append(out, content...)
	}
	out = append(out, p.certificates...)
	out = open(out, asn1.SET, signerInfos)
	out = open(out, asn1.SEQUENCE, signerInfo)
	out = append(out, p.signer...)
	// Signed as a SET OF, carried as [0] IMPLICIT: RFC 5652, section 5.4.
	out = append(out, byte(tag0))
	out = append(out, attributes[1:]...)
	out = append(out, signatureID...)
	out = open(out, asn1.OCTET_STRING, len(signature))
	return append(out, signature...)
}
