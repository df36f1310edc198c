package cmp

import (
	"bytes"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
	"net/http"
	"time"

	"qoltanba/agent/bank"
	"qoltanba/agent/cmp"
	"qoltanba/agent/gost"
	"qoltanba/cmd/refbank/enroll"
	"qoltanba/cmd/refbank/store"
)

// forEverybody answers what nobody needs to prove anything for: a client trusts the CA's
// certificates by its own copy of the roots.
func (s *Server) forEverybody(m *cmp.Message) (cmp.Body, error) {
	if g, ok := m.Body.(*cmp.General); ok {
		if _, asks := g.Attribute(cmp.InfoCACerts); asks {
			return s.caCerts()
		}
	}
	return nil, fail(cmp.BadMessageCheck, "protection: there is none")
}

func (s *Server) caCerts() (cmp.Body, error) {
	value, err := cmp.MarshalCertificates([]*x509.Certificate{s.CA.Issuing(), s.CA.Root(), s.CA.GOSTIssuing(), s.CA.GOSTRoot()})
	if err != nil {
		return nil, err
	}
	return reply(cmp.Attribute{Type: cmp.InfoCACerts, Value: value}), s.Lose("genm caCerts", "")
}

func reply(a cmp.Attribute) cmp.Body {
	return &cmp.General{Reply: true, Attributes: []cmp.Attribute{a}}
}

// general answers a general message. Of what it asks the first that is known counts.
func (s *Server) general(r *http.Request, g *cmp.General, from *sender) (cmp.Body, error) {
	if a, ok := g.Attribute(bank.RegistrationOID); ok {
		return s.register(r, a.Value, from)
	}
	if _, ok := g.Attribute(cmp.InfoCACerts); ok {
		return s.caCerts()
	}
	if _, ok := g.Attribute(bank.PeriodOID); !ok {
		return &cmp.General{Reply: true}, nil
	}
	// A card that was used up passes, for a client that lost the last answer must be
	// able to go on.
	if from.card == nil {
		return nil, errNoCard
	}
	periods, err := s.Periods(r.Context(), *from.card)
	if err != nil {
		return nil, err
	}
	if periods == nil {
		periods = []int{}
	}
	value, err := asn1.Marshal(periods)
	if err != nil {
		return nil, err
	}
	return reply(cmp.Attribute{Type: bank.PeriodOID, Value: value}), s.Lose("genm periods", from.card.Client.UserID)
}

var errNoCard = errors.Join(errToken, store.ErrCredentials)

// register puts a certificate, the value, into force: with a card the first one, by a
// client the one that renews its own.
func (s *Server) register(r *http.Request, value []byte, from *sender) (cmp.Body, error) {
	cert, err := gost.ParseCertificate(value)
	if err != nil {
		return nil, fail(cmp.BadDataFormat, "request: not a certificate")
	}
	switch {
	case from.client:
		// The signer's certificate need not be in force: the answer to the same
		// message may have got lost.
		var user string
		if user, err = s.Store.IssuedTo(r.Context(), from.signer); errors.Is(err, store.ErrNotFound) {
			return nil, store.ErrNotIssued
		}
		if err == nil {
			_, err = s.RegisterRenewed(r.Context(), user, from.signer, cert)
		}
	case from.card != nil:
		_, err = s.Register(r.Context(), *from.card, cert)
	default:
		err = errNoCard
	}
	if err != nil {
		return nil, err
	}
	return reply(cmp.Attribute{Type: bank.RegistrationOID}), nil
}

// operation is the name in RFC 9810 of a message to a CA, for the log.
func operation(body cmp.Body) string {
	switch b := body.(type) {
	case *cmp.General:
		return "genm"
	case *cmp.Request:
		return map[cmp.Kind]string{cmp.Initial: "ir", cmp.Further: "cr", cmp.KeyUpdate: "kur"}[b.Kind]
	case *cmp.PollRequest:
		return "pollReq"
	case *cmp.Confirm:
		return "certConf"
	}
	return fmt.Sprintf("%T", body)
}

// request takes an ir or a kur.
func (s *Server) request(r *http.Request, t *transaction, q *cmp.Request) (cmp.Body, error) {
	public, err := q.CheckPossession()
	switch {
	case errors.Is(err, cmp.ErrPossession):
		return nil, fail(cmp.BadPossession, "request: wrong proof of possession")
	case err != nil:
		return rejected(q, fail(cmp.BadTemplate, "key: of an unknown kind")), nil
	}
	// The message is wiped once it is answered, with the PIN in it.
	t.request = &cmp.Request{Kind: q.Kind, ID: q.ID, Subject: bytes.Clone(q.Subject)}
	t.asked = enroll.Request{Operation: operation(q), PublicKey: public, SPKI: bytes.Clone(q.SubjectPublicKeyInfo())}
	if months, ok := q.Control(bank.PeriodOID); ok {
		if rest, err := asn1.Unmarshal(months.Value, &t.asked.Months); err != nil || len(rest) > 0 || t.asked.Months <= 0 {
			return nil, fail(cmp.BadDataFormat, "period: not a positive INTEGER")
		}
	}
	if q.Kind == cmp.KeyUpdate && t.from.client {
		own, err := cmp.OldCertID(t.from.signer)
		if err != nil {
			return nil, err
		}
		if old, _ := q.Control(cmp.ControlOldCertID); !bytes.Equal(old.Value, own.Value) {
			return rejected(q, fail(cmp.BadCertID, "oldCertID: not the certificate that signs")), nil
		}
	}
	body, err := s.certify(r, t)
	if !t.waiting {
		t.request.Subject = nil // not to be kept for as long as the transaction is
	}
	return body, err
}

// certify issues what a transaction asks for. What a CA may refuse is told by the status
// of the answer (RFC 4210, 5.2.3); who may not ask at all gets an error.
func (s *Server) certify(r *http.Request, t *transaction) (cmp.Body, error) {
	q := t.request
	cert, err := s.issue(r, t)
	pending, wait := errors.AsType[*enroll.PendingError](err)
	switch {
	case wait:
		t.waiting, t.patience, t.due = true, pending.After, time.Time{}
		return &cmp.Response{Kind: q.Kind, ID: q.ID, Status: cmp.Status{Code: cmp.Waiting}}, nil
	case errors.Is(err, enroll.ErrLost), errors.Is(err, store.ErrCredentials):
		return nil, err
	case err != nil && enroll.Refused(err) == nil:
		return nil, err
	case err != nil:
		return rejected(q, err), nil
	}
	t.waiting, t.given = false, cert
	answer := &cmp.Response{Kind: q.Kind, ID: q.ID, Certificate: cert}
	if _, ok := t.asked.PublicKey.(*gost.PublicKey); ok {
		answer.CACerts = []*x509.Certificate{s.CA.GOSTIssuing(), s.CA.GOSTRoot()}
	} else {
		answer.CACerts = []*x509.Certificate{s.CA.Issuing(), s.CA.Root()}
	}
	return answer, nil
}

func rejected(q *cmp.Request, err error) cmp.Body {
	return &cmp.Response{Kind: q.Kind, ID: q.ID, Status: failed(err)}
}

func (s *Server) issue(r *http.Request, t *transaction) (*x509.Certificate, error) {
	switch {
	case t.request.Kind == cmp.KeyUpdate && t.from.client:
		holder, err := s.Holder(r.Context(), t.from.signer)
		if err != nil {
			return nil, err
		}
		subject, err := readName(t.request.Subject)
		if err != nil {
			return nil, err
		}
		return s.Next(r.Context(), holder, t.from.signer, subject, t.asked)
	case t.request.Kind == cmp.Initial && t.from.card != nil:
		return s.First(r.Context(), *t.from.card, t.asked)
	}
	return nil, errNoCard
}

func readName(der []byte) (name pkix.Name, err error) {
	var sequence pkix.RDNSequence
	if _, err := asn1.Unmarshal(der, &sequence); err != nil {
		return name, fail(cmp.BadTemplate, "subject: cannot be read")
	}
	name.FillFromRDNSequence(&sequence)
	return name, nil
}

// poll asks again for a certificate that was waited for.
func (s *Server) poll(r *http.Request, t *transaction, p *cmp.PollRequest) (cmp.Body, error) {
	if !t.waiting || p.ID != t.request.ID {
		return nil, fail(cmp.BadRequest, "poll: nothing is waiting")
	}
	if err := s.Lose("pollReq", string(t.asked.SPKI)); err != nil {
		return nil, err
	}
	if t.due.IsZero() { // who was not told how long to wait is told, however slow he is
		t.due = time.Now().Add(t.patience)
	}
	if left := time.Until(t.due); left > 0 {
		return &cmp.PollResponse{ID: p.ID, After: (left + time.Second - 1).Truncate(time.Second)}, nil
	}
	return s.certify(r, t)
}
