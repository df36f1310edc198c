package bank

import (
	"bytes"
	"crypto/x509"
	"encoding/asn1"
	"encoding/base64"
	"fmt"

	"qoltanba/agent"
)

// lineLength is that of base64 in a message. RFC 7030 takes it from RFC 2045,
// and some servers refuse longer lines.
const lineLength = 64

// encode writes base64 in lines, each with its end.
func encode(der []byte) []byte {
	all := make([]byte, base64.StdEncoding.EncodedLen(len(der)))
	base64.StdEncoding.Encode(all, der)
	var out bytes.Buffer
	for len(all) > 0 {
		n := min(lineLength, len(all))
		out.Write(all[:n])
		out.WriteByte('\n')
		all = all[n:]
	}
	return out.Bytes()
}

// decode reads base64 with white space wherever it likes (RFC 8951, 3).
func decode(text []byte) ([]byte, error) {
	clean := bytes.Join(bytes.Fields(text), nil)
	der := make([]byte, base64.StdEncoding.DecodedLen(len(clean)))
	n, err := base64.StdEncoding.Decode(der, clean)
	if err != nil {
		return nil, fmt.Errorf("an answer that is not base64: %w", agent.ErrBank)
	}
	return der[:n], nil
}

// PKCS #7 content types. RFC 5652, 4 and 5.1.
var (
	oidData       = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 1}
	oidSignedData = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 2}
)

// certsOnly reads the certificates of a "certs-only" message, which is SignedData
// without content and without signers (RFC 5272, 4.1).
func certsOnly(der []byte) ([]*x509.Certificate, error) {
	var message struct {
		Type    asn1.ObjectIdentifier
		Content asn1.RawValue // [0]
	}
	if rest, err := asn1.Unmarshal(der, &message); err != nil || len(rest) > 0 || !message.Type.Equal(oidSignedData) {
		return nil, malformed("no SignedData")
	}
	// Version, digest algorithms, content, certificates [0] and revocation lists
	// [1] where there are some, and signers.
	var fields []asn1.RawValue
	if rest, err := asn1.Unmarshal(message.Content.Bytes, &fields); err != nil || len(rest) > 0 || len(fields) < 4 {
		return nil, malformed("SignedData")
	}
	var content []asn1.RawValue
	var kind asn1.ObjectIdentifier
	_, err := asn1.Unmarshal(fields[2].FullBytes, &content)
	if err == nil && len(content) == 1 {
		_, err = asn1.Unmarshal(content[0].FullBytes, &kind)
	}
	if signers := fields[len(fields)-1]; err != nil || !kind.Equal(oidData) || signers.Tag != asn1.TagSet || len(signers.Bytes) > 0 {
		return nil, malformed("not certificates only")
	}
	if certs := fields[3]; certs.Class == asn1.ClassContextSpecific && certs.Tag == 0 {
		if all, err := x509.ParseCertificates(certs.Bytes); err == nil && len(all) > 0 {
			return all, nil
		}
	}
	return nil, malformed("no certificates that can be read")
}

// maxCerts is the number of certificates that a message may have.
const maxCerts = 32

func readCerts(body []byte) ([]*x509.Certificate, error) {
	der, err := decode(body)
	if err != nil {
		return nil, err
	}
	certs, err := certsOnly(der)
	if err == nil && len(certs) > maxCerts {
		err = malformed("too many certificates")
	}
	return certs, err
}

func malformed(what string) error {
	return fmt.Errorf("an answer that cannot be read (%s): %w", what, agent.ErrBank)
}

// maxTerms is the number of periods, and of kinds of keys, that a bank may name.
const maxTerms = 64

// readTerms reads csrattrs (RFC 7030, 4.5.2): a sequence of identifiers, and of
// attributes with values. What is about neither the kind of key nor the period is
// left alone: the binding is always sent, and names are the CA's affair.
func readTerms(body []byte) (agent.Terms, error) {
	der, err := decode(body)
	if err != nil || len(der) == 0 {
		return agent.Terms{}, err
	}
	var all []asn1.RawValue
	if rest, err := asn1.Unmarshal(der, &all); err != nil || len(rest) > 0 {
		return agent.Terms{}, malformed("csrattrs")
	}
	var terms agent.Terms
	named := false // a kind of key with its parameters, known here or not
	for _, raw := range all {
		if raw.Tag != asn1.TagSequence { // an identifier alone: any of that kind
			var id asn1.ObjectIdentifier
			if _, err := asn1.Unmarshal(raw.FullBytes, &id); err == nil {
				terms.Algorithms = append(terms.Algorithms, kindsOf[id.String()]...)
			}
			continue
		}
		var a attribute
		var id x509.OID
		if rest, err := asn1.Unmarshal(raw.FullBytes, &a); err != nil || len(rest) > 0 || id.UnmarshalBinary(a.Type.Bytes) != nil {
			return agent.Terms{}, malformed("csrattrs")
		}
		if err := add(&terms, id.String(), a.Values); err != nil {
			return agent.Terms{}, malformed("csrattrs")
		}
		named = named || kindsOf[id.String()] != nil
	}
	if max(len(terms.Algorithms), len(terms.Months)) > maxTerms {
		return agent.Terms{}, malformed("too many terms")
	}
	if named && len(terms.Algorithms) == 0 {
		return agent.Terms{}, fmt.Errorf("csrattrs with kinds of keys that no token makes here: %w", agent.ErrKeyKind)
	}
	return terms, nil
}

// Kinds of keys in csrattrs: the attribute, and its value. RFC 3279, 2.3.1, and
// RFC 5480, 2.1.1.1.
const (
	oidRSA  = "1.2.840.113549.1.1.1"
	oidEC   = "1.2.840.10045.2.1"
	oidP256 = "1.2.840.10045.3.1.7"
	oidP384 = "1.3.132.0.34"
)

// kindsOf has the kinds of keys that a token makes here, by the identifier of a family.
var kindsOf = map[string][]agent.KeyAlgorithm{
	oidRSA: {agent.RSA2048, agent.RSA3072},
	oidEC:  {agent.P256, agent.P384},
}

// add reads one attribute into the terms. Kinds of keys that a token does not make
// are left out.
func add(terms *agent.Terms, attribute string, values []asn1.RawValue) error {
	for _, v := range values {
		var number int
		var curve asn1.ObjectIdentifier
		var err error
		switch attribute {
		case PeriodOID, oidRSA:
			_, err = asn1.Unmarshal(v.FullBytes, &number)
		case oidEC:
			_, err = asn1.Unmarshal(v.FullBytes, &curve)
		}
		if err != nil {
			return err
		}
		switch {
		case attribute == PeriodOID && number > 0:
			terms.Months = append(terms.Months, number)
		case attribute == oidRSA && number == 2048:
			terms.Algorithms = append(terms.Algorithms, agent.RSA2048)
		case attribute == oidRSA && number == 3072:
			terms.Algorithms = append(terms.Algorithms, agent.RSA3072)
		case curve.String() == oidP256:
			terms.Algorithms = append(terms.Algorithms, agent.P256)
		case curve.String() == oidP384:
			terms.Algorithms = append(terms.Algorithms, agent.P384)
		}
	}
	return nil
}
