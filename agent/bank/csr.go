package bank

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/base64"
	"fmt"

	"qoltanba/agent"
)

// Attributes of a request. RFC 2985, 5.4.1 and 5.4.2.
var (
	oidChallengePassword = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 7}
	oidExtensionRequest  = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 14}
	oidSubjectAltName    = asn1.ObjectIdentifier{2, 5, 29, 17}
)

// PeriodOID is the attribute of a request with the period for which the
// certificate is to be valid: one INTEGER, in months. PKCS #10 has no place for a
// period, so this one is our own (a UUID under 2.25).
const PeriodOID = "2.25.285904285749485485755400836721808995143"

// request is what a certificate is asked for with. It is built by hand, as
// crypto/x509 writes no challengePassword.
type request struct {
	subject []byte // DER of the Name
	altName []byte // value of the extension, nil for none
	months  int
	binding []byte // of the TLS connection that it will go over
}

// attribute is an Attribute with one value (RFC 2986, 4.1).
type attribute struct {
	Type   asn1.RawValue
	Values []asn1.RawValue `asn1:"set"`
}

// sign returns the CertificationRequest, DER. The signature shows that the
// sender has the key, and covers the binding, so that it is of no use on another
// connection (RFC 7030, 3.5).
func (r request) sign(key crypto.Signer) ([]byte, error) {
	info, err := r.info(key.Public())
	if err != nil {
		return nil, err
	}
	hash, algorithm, err := scheme(key.Public())
	if err != nil {
		return nil, err
	}
	h := hash.New()
	h.Write(info)
	signature, err := key.Sign(rand.Reader, h.Sum(nil), hash)
	if err != nil {
		return nil, fmt.Errorf("signing the request: %w", err)
	}
	return asn1.Marshal(struct {
		Info      asn1.RawValue
		Algorithm pkix.AlgorithmIdentifier
		Signature asn1.BitString
	}{asn1.RawValue{FullBytes: info}, algorithm, asn1.BitString{Bytes: signature, BitLength: 8 * len(signature)}})
}

// info is the CertificationRequestInfo, DER.
func (r request) info(public crypto.PublicKey) ([]byte, error) {
	spki, err := x509.MarshalPKIXPublicKey(public)
	if err != nil {
		return nil, fmt.Errorf("a key that crypto/x509 does not know: %w: %w", agent.ErrMechanism, err)
	}
	attributes, err := r.attributes()
	if err != nil {
		return nil, err
	}
	return asn1.Marshal(struct {
		Version    int
		Subject    asn1.RawValue
		PublicKey  asn1.RawValue
		Attributes []attribute `asn1:"tag:0,set"` // encoding/asn1 sorts it, as DER wants
	}{0, asn1.RawValue{FullBytes: r.subject}, asn1.RawValue{FullBytes: spki}, attributes})
}

func (r request) attributes() ([]attribute, error) {
	period, err := asn1Object(PeriodOID)
	if err != nil {
		return nil, err
	}
	password, err := asn1.MarshalWithParams(base64.StdEncoding.EncodeToString(r.binding), "printable")
	if err != nil {
		return nil, err
	}
	all := []attribute{{object(oidChallengePassword), []asn1.RawValue{{FullBytes: password}}}}
	if r.months != 0 {
		number, err := asn1.Marshal(r.months)
		if err != nil {
			return nil, err
		}
		all = append(all, attribute{period, []asn1.RawValue{{FullBytes: number}}})
	}
	if r.altName != nil {
		extensions, err := asn1.Marshal([]pkix.Extension{{Id: oidSubjectAltName, Value: r.altName}})
		if err != nil {
			return nil, err
		}
		all = append(all, attribute{object(oidExtensionRequest), []asn1.RawValue{{FullBytes: extensions}}})
	}
	return all, nil
}

// object encodes an identifier that encoding/asn1 can hold.
func object(id asn1.ObjectIdentifier) asn1.RawValue {
	der, err := asn1.Marshal(id)
	if err != nil {
		panic(err) // a constant
	}
	return asn1.RawValue{FullBytes: der}
}

// asn1Object encodes one with arcs of any size, as those of a UUID.
func asn1Object(dotted string) (asn1.RawValue, error) {
	id, err := x509.ParseOID(dotted)
	if err != nil {
		return asn1.RawValue{}, err
	}
	content, err := id.MarshalBinary()
	if err != nil {
		return asn1.RawValue{}, err
	}
	return asn1.RawValue{Tag: asn1.TagOID, Bytes: content}, nil
}

// Signature algorithms. RFC 4055, 5, and RFC 5758, 3.2.
var (
	rsaSHA256   = pkix.AlgorithmIdentifier{Algorithm: asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 11}, Parameters: asn1.NullRawValue}
	ecdsaSHA256 = pkix.AlgorithmIdentifier{Algorithm: asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 2}}
	ecdsaSHA384 = pkix.AlgorithmIdentifier{Algorithm: asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 3}}
)

// scheme tells how requests for a key are signed.
func scheme(public crypto.PublicKey) (crypto.Hash, pkix.AlgorithmIdentifier, error) {
	switch k := public.(type) {
	case *rsa.PublicKey:
		return crypto.SHA256, rsaSHA256, nil
	case *ecdsa.PublicKey:
		switch k.Curve.Params().BitSize {
		case 256:
			return crypto.SHA256, ecdsaSHA256, nil
		case 384:
			return crypto.SHA384, ecdsaSHA384, nil
		}
	}
	return 0, pkix.AlgorithmIdentifier{}, fmt.Errorf("a request for a %T: %w", public, agent.ErrMechanism)
}
