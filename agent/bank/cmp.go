package bank

import (
	"context"
	"crypto"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
	"net/url"
	"slices"

	"qoltanba/agent"
	"qoltanba/agent/cmp"
)

// RegistrationOID is an attribute of general messages of our own (a UUID under 2.25),
// as CMP has none that registers a certificate. The certificate is its value; the
// answer has it without.
const RegistrationOID = "2.25.215953032411892754092881767523154072279"

// A cmpProtocol is CMP (RFC 9810) over HTTP (RFC 9811), inside TLS only. An applicant
// is proved in one of two ways, by what the primary key can do:
//
//   - With a key that TLS knows, messages are protected by a MAC whose secret is the
//     PIN, and the primary key is proved in TLS. A registration is a PUT, as with EST.
//   - With another, such as one of GOST, messages are signed by it, and User ID and
//     PIN go inside, as "USER:PIN" in a registration token (RFC 4211, 6.1): in the
//     controls of the request, and as an attribute of general messages, of which the
//     registration is one.
//
// An applicant's check is a general message with PeriodOID, which the answer has with
// the periods of the contract, a SEQUENCE OF INTEGER, or without.
//
// The new key is proved by the signature of the request in both ways. For a certificate
// that is renewed the key itself signs, as it does for its successor.
//
// What the bank answers is protected by the same secret, or signed by its CA or by
// somebody whom that has certified to speak for it. An error may come without: who
// could not check the protection of a message has none of his own to answer with. It
// says no and never yes, and TLS vouches for who says it.
type cmpProtocol struct {
	site
	to    *url.URL
	mac   cmp.MAC // without secret
	least int     // iterations of a MAC in answers
}

func newCMP(s site, c Config) *cmpProtocol {
	p := &cmpProtocol{site: s, to: c.CMP, mac: cmp.MAC{PBM: c.PBM, Iterations: c.Iterations}, least: cmp.MinIterations}
	if c.WeakMAC {
		p.least = 1
	}
	return p
}

// prove begins a conversation with what proves an applicant. The caller ends it.
func (p *cmpProtocol) prove(a agent.Applicant) (*conversation, error) {
	if !tlsKnows(a.Primary.Signer.Public()) {
		c := p.signed(a.Primary.Signer, a.Primary.Certificates)
		pair := append(append([]byte(a.UserID), ':'), a.PIN.Bytes()...)
		defer clear(pair)
		var err error
		c.token, err = asn1.Marshal(asn1.RawValue{Tag: asn1.TagUTF8String, Bytes: pair})
		return c, err
	}
	sender, err := commonName(a.UserID)
	if err != nil {
		return nil, err
	}
	mac := p.mac
	mac.Secret = a.PIN.Bytes()
	return &conversation{
		cmpProtocol: p,
		who:         primaryIdentity(a.Primary),
		by:          &mac,
		secret:      a.PIN.Bytes(),
		header:      cmp.Header{Sender: sender, SenderKID: []byte(a.UserID), TransactionID: cmp.NewID()},
	}, nil
}

// signed begins a conversation with a key that signs.
func (p *cmpProtocol) signed(key crypto.Signer, chain []*x509.Certificate) *conversation {
	return &conversation{
		cmpProtocol: p,
		by:          &cmp.Signer{Key: key, Certificates: chain},
		header:      cmp.Header{TransactionID: cmp.NewID()},
	}
}

func commonName(name string) ([]byte, error) {
	return asn1.Marshal(pkix.Name{CommonName: name}.ToRDNSequence())
}

// check asks for the periods of the contract, which a CA answers without issuing
// anything.
func (p *cmpProtocol) check(ctx context.Context, a agent.Applicant) (agent.Terms, error) {
	c, err := p.prove(a)
	if err != nil {
		return agent.Terms{}, err
	}
	defer c.end()
	answer, err := c.general(ctx, cmp.Attribute{Type: PeriodOID})
	if err != nil {
		return agent.Terms{}, err
	}
	periods, _ := answer.Attribute(PeriodOID)
	return readPeriods(periods.Value)
}

// readPeriods reads a SEQUENCE OF INTEGER, or nothing.
func readPeriods(der []byte) (terms agent.Terms, err error) {
	if len(der) == 0 {
		return terms, nil
	}
	if rest, err := asn1.Unmarshal(der, &terms.Months); err != nil || len(rest) > 0 {
		return agent.Terms{}, malformed("periods")
	}
	if len(terms.Months) > maxTerms || slices.ContainsFunc(terms.Months, func(months int) bool { return months <= 0 }) {
		return agent.Terms{}, malformed("periods")
	}
	return terms, nil
}

// issuers asks for the CA's certificates (RFC 9483, 4.3.1) without saying who asks. A
// CA that does not tell them has those of the descriptor.
func (p *cmpProtocol) issuers(ctx context.Context) ([]*x509.Certificate, error) {
	c := &conversation{cmpProtocol: p, header: cmp.Header{TransactionID: cmp.NewID()}}
	answer, err := c.general(ctx, cmp.Attribute{Type: cmp.InfoCACerts})
	if errors.Is(err, agent.ErrRejected) || errors.Is(err, agent.ErrCredentials) {
		return p.roots, nil
	}
	if err != nil {
		return nil, err
	}
	told, _ := answer.Attribute(cmp.InfoCACerts)
	if told.Value == nil {
		return p.roots, nil
	}
	all, err := cmp.ParseCertificates(told.Value)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", agent.ErrBank, err)
	}
	return all, nil
}

// submit is an ir, polling, and the confirmation.
func (p *cmpProtocol) submit(ctx context.Context, a agent.Applicant, key crypto.Signer) (*x509.Certificate, error) {
	c, err := p.prove(a)
	if err != nil {
		return nil, err
	}
	defer c.end()
	subject, err := commonName(a.UserID)
	if err != nil {
		return nil, err
	}
	q := cmp.NewRequest(cmp.Initial, subject, key)
	if c.token != nil {
		q.Controls = append(q.Controls, cmp.Attribute{Type: cmp.ControlToken, Value: c.token})
	}
	if a.Months != 0 {
		months, err := asn1.Marshal(a.Months)
		if err != nil {
			return nil, err
		}
		q.Controls = append(q.Controls, cmp.Attribute{Type: PeriodOID, Value: months})
	}
	return c.certificate(ctx, q, key.Public())
}

// confirm registers by PUT with a primary key that TLS knows, else by a signed message.
func (p *cmpProtocol) confirm(ctx context.Context, a agent.Applicant, certificate *x509.Certificate) error {
	if tlsKnows(a.Primary.Signer.Public()) {
		return p.register(ctx, primaryIdentity(a.Primary), a, certificate)
	}
	c, err := p.prove(a)
	if err != nil {
		return err
	}
	defer c.end()
	return c.registerSigned(ctx, certificate)
}

// renew is a kur, signed by the key for its next certificate.
func (p *cmpProtocol) renew(ctx context.Context, key agent.Key) (*x509.Certificate, error) {
	old := key.Certificate()
	id, err := cmp.OldCertID(old)
	if err != nil {
		return nil, err
	}
	q := cmp.NewRequest(cmp.KeyUpdate, old.RawSubject, key)
	q.Controls = append(q.Controls, id)
	return p.signed(key, []*x509.Certificate{old}).certificate(ctx, q, key.Public())
}

func (p *cmpProtocol) confirmRenewal(ctx context.Context, userID string, key agent.Key, certificate *x509.Certificate) error {
	if tlsKnows(key.Public()) {
		return p.register(ctx, keyIdentity(key), agent.Applicant{UserID: userID}, certificate)
	}
	return p.signed(key, []*x509.Certificate{key.Certificate()}).registerSigned(ctx, certificate)
}

func (c *conversation) registerSigned(ctx context.Context, certificate *x509.Certificate) error {
	answer, err := c.general(ctx, cmp.Attribute{Type: RegistrationOID, Value: certificate.Raw})
	if err != nil {
		return err
	}
	if _, done := answer.Attribute(RegistrationOID); !done {
		return malformed("no registration")
	}
	return nil
}
