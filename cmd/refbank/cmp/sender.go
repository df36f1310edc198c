package cmp

import (
	"bytes"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"qoltanba/agent/cmp"
	"qoltanba/agent/gost"
	"qoltanba/cmd/refbank/store"
)

// A sender is who sent a message, as far as its protection tells.
type sender struct {
	mac    *cmp.MAC          // to answer with; nil for one who signed
	card   *store.Card       // of one who proved User ID, PIN and primary key
	signer *x509.Certificate // of one who signed: of a primary key, or of a client
	client bool              // signer is a client's
}

// same reports whether two messages came from the same sender. Those that follow the
// first of a transaction carry no token when they are signed.
func (s *sender) same(o *sender) bool {
	if s.signer != nil || o.signer != nil {
		return s.signer != nil && o.signer != nil && s.signer.Equal(o.signer)
	}
	return s.card.Client.UserID == o.card.Client.UserID
}

func (s *sender) wipe() {
	if s.mac != nil {
		clear(s.mac.Secret)
	}
}

// authenticate returns who sent a message, or nil for one that nobody protected.
func (s *Server) authenticate(r *http.Request, m *cmp.Message) (*sender, error) {
	switch {
	case !m.Protected():
		return nil, nil
	case m.HasMAC():
		return s.byMAC(r, m)
	}
	return s.bySignature(r, m)
}

// maxIterations is how many iterations the bank makes for a MAC at the most: it makes
// them for those too who do not know the PIN. Agents and OpenSSL ask for UsualIterations.
const maxIterations = cmp.UsualIterations * 3 / 2

func (s *Server) byMAC(r *http.Request, m *cmp.Message) (*sender, error) {
	// What is wrong with the MAC itself tells nothing about a PIN and costs no try.
	if iterations, err := m.MACIterations(); err != nil || iterations < cmp.MinIterations || iterations > maxIterations {
		return nil, fail(cmp.BadAlgorithm, "mac: want PBMAC1 or PBM with %d to %d iterations", cmp.MinIterations, maxIterations)
	}
	user := string(m.SenderKID)
	if user == "" || !isNamed(m.Sender, user) {
		return nil, fail(cmp.BadRequest, "sender: its common name and senderKID must be the User ID")
	}
	if len(r.TLS.PeerCertificates) == 0 {
		return nil, fmt.Errorf("no TLS client certificate: %w", store.ErrCredentials)
	}
	primary := r.TLS.PeerCertificates[0]
	if err := s.CheckPrimary(primary); err != nil {
		return nil, err
	}
	from := &sender{}
	card, err := s.Store.CheckCardMAC(r.Context(), user, func(pin []byte) bool {
		if m.CheckMAC(pin, cmp.MinIterations) != nil {
			return false
		}
		var err error
		from.mac, err = m.AnswerMAC(bytes.Clone(pin))
		return err == nil
	}, primary, time.Now())
	if err != nil {
		from.wipe()
		return nil, err
	}
	from.card = &card
	return from, nil
}

// isNamed reports whether the DER of a Name is that common name alone.
func isNamed(der []byte, common string) bool {
	var sequence pkix.RDNSequence
	if rest, err := asn1.Unmarshal(der, &sequence); err != nil || len(rest) > 0 {
		return false
	}
	var name pkix.Name
	name.FillFromRDNSequence(&sequence)
	return len(name.Names) == 1 && name.CommonName == common
}

func (s *Server) bySignature(r *http.Request, m *cmp.Message) (*sender, error) {
	if len(m.Certificates) == 0 {
		return nil, fail(cmp.BadRequest, "signature: the signer's certificate must be the first of the extra ones")
	}
	// A copy: a transaction keeps it, and the message is wiped.
	signer, err := gost.ParseCertificate(bytes.Clone(m.Certificates[0].Raw))
	if err != nil {
		return nil, err
	}
	from := &sender{signer: signer}
	err = s.CheckPrimary(from.signer)
	if err != nil {
		if s.CheckClient(from.signer) != nil {
			return nil, err
		}
		from.client = true
	}
	if err := m.CheckSignature(from.signer); err != nil {
		return nil, fmt.Errorf("%w: %w", store.ErrCredentials, err)
	}
	token, there := token(m.Body)
	if !there || from.client {
		return from, nil
	}
	user, pin, err := readToken(token)
	if err != nil {
		return nil, err
	}
	defer clear(pin)
	card, err := s.Store.CheckCard(r.Context(), user, string(pin), from.signer, time.Now())
	if err != nil {
		return nil, err
	}
	from.card = &card
	return from, nil
}

// token returns the registration token of a message.
func token(body cmp.Body) ([]byte, bool) {
	var a cmp.Attribute
	var there bool
	switch b := body.(type) {
	case *cmp.Request:
		a, there = b.Control(cmp.ControlToken)
	case *cmp.General:
		a, there = b.Attribute(cmp.ControlToken)
	}
	return a.Value, there
}

var errToken = errors.New("no registration token")

// readToken reads "USER:PIN". The caller wipes the PIN; that in the message is wiped with
// the message.
func readToken(der []byte) (user string, pin []byte, err error) {
	var value asn1.RawValue
	if rest, err := asn1.Unmarshal(der, &value); err != nil || len(rest) > 0 || value.Class != asn1.ClassUniversal || value.Tag != asn1.TagUTF8String {
		return "", nil, fail(cmp.BadDataFormat, "token: not a UTF8String")
	}
	before, after, ok := bytes.Cut(value.Bytes, []byte(":"))
	if !ok || len(before) == 0 || len(after) == 0 {
		return "", nil, fail(cmp.BadDataFormat, "token: not User ID, colon, PIN")
	}
	return strings.Clone(string(before)), bytes.Clone(after), nil
}
