package bank

import (
	"bytes"
	"context"
	"crypto"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"qoltanba/agent"
	"qoltanba/agent/cmp"
)

// A conversation is one transaction of CMP: messages that follow each other, each
// over a connection of its own.
type conversation struct {
	*cmpProtocol
	who    identity      // in TLS
	by     cmp.Protector // nil for one that says nothing of anybody
	secret []byte        // of a MAC; nil where by signs
	token  []byte        // User ID and PIN, where by signs

	header cmp.Header // of every message
	theirs []byte     // nonce of the last answer
}

// end wipes what the conversation has of the applicant.
func (c *conversation) end() { clear(c.token) }

const cmpType = "application/pkixcmp"

// ask sends a message and returns the answer to it, of which it is known who made it.
// A refusal is an error.
func (c *conversation) ask(ctx context.Context, body cmp.Body) (*cmp.Message, error) {
	h := c.header
	h.Time, h.SenderNonce, h.RecipientNonce = time.Now(), cmp.NewID(), c.theirs
	der, err := (&cmp.Message{Header: h, Body: body}).Marshal(c.by)
	if errors.Is(err, cmp.ErrUnsupported) {
		return nil, fmt.Errorf("%w: %w", agent.ErrMechanism, err)
	}
	if err != nil {
		return nil, err
	}
	defer clear(der)
	got, err := c.exchange(ctx, c.to, c.who, func(func() ([]byte, error)) (message, error) {
		return message{method: http.MethodPost, contentType: cmpType, body: der}, nil
	})
	if err != nil {
		return nil, err
	}
	// RFC 9811 lets a CMP error come with a status of HTTP that fits it. To wait is
	// said by HTTP alone.
	got.pin = c.secret != nil || c.token != nil
	if got.status == http.StatusTooManyRequests || got.status != http.StatusOK && got.is(cmpType) != nil {
		return nil, got.err(time.Now())
	}
	if err := got.is(cmpType); err != nil {
		return nil, err
	}
	m, err := cmp.Parse(got.body)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", agent.ErrBank, err)
	}
	if !bytes.Equal(m.TransactionID, h.TransactionID) || !bytes.Equal(m.RecipientNonce, h.SenderNonce) {
		return nil, malformed("it answers another message")
	}
	if refusal, ok := m.Body.(*cmp.Error); ok {
		// A MAC with another secret than ours tells what is wrong where the CA
		// does not: OpenSSL's names no reason.
		if c.secret != nil && m.HasMAC() && errors.Is(m.CheckMAC(c.secret, 1), cmp.ErrProtection) {
			refusal.Status.Failure |= cmp.BadMessageCheck
		}
		return nil, refused(refusal.Status)
	}
	if err := c.checkProtection(m); err != nil {
		return nil, err
	}
	c.theirs = m.SenderNonce
	return m, nil
}

// checkProtection returns nil for an answer that the bank made. Who was asked without
// protection need not answer with it.
func (c *conversation) checkProtection(m *cmp.Message) error {
	switch {
	case c.by == nil:
		return nil
	case c.secret != nil && m.HasMAC():
		if err := m.CheckMAC(c.secret, c.least); err != nil {
			return fmt.Errorf("the bank's answer: %w: %w", agent.ErrBank, err)
		}
		return nil
	case len(m.Certificates) == 0:
		return fmt.Errorf("an answer that nobody has signed: %w", agent.ErrBank)
	}
	signer := m.Certificates[0]
	if err := m.CheckSignature(signer); err != nil {
		return fmt.Errorf("the bank's answer: %w: %w", agent.ErrBank, err)
	}
	if !signer.IsCA && !slices.ContainsFunc(signer.UnknownExtKeyUsage, oidSpeaksForCA.Equal) {
		return fmt.Errorf("an answer signed by %q, which is no CA: %w", signer.Subject, agent.ErrBankForeign)
	}
	return c.verify(signer, m.Certificates, time.Now())
}

// oidSpeaksForCA is id-kp-cmcCA: its holder may sign the CA's messages (RFC 6402,
// 2.10, and RFC 9480, 2.2).
var oidSpeaksForCA = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, 27}

// refused is what a refusal means.
func refused(s cmp.Status) error {
	switch {
	case s.Failure&(cmp.BadMessageCheck|cmp.SignerNotTrusted) != 0:
		return fmt.Errorf("the bank answers %v: %w", s, agent.ErrCredentials)
	case s.Failure&(cmp.SystemUnavailable|cmp.SystemFailure) != 0:
		return fmt.Errorf("the bank answers %v: %w", s, agent.ErrBank)
	}
	return &agent.RejectedError{Text: printable(s.Text)}
}

// general asks with a general message. User ID and PIN go along where they must.
func (c *conversation) general(ctx context.Context, about cmp.Attribute) (*cmp.General, error) {
	question := &cmp.General{Attributes: []cmp.Attribute{about}}
	if c.token != nil {
		question.Attributes = append(question.Attributes, cmp.Attribute{Type: cmp.ControlToken, Value: c.token})
	}
	m, err := c.ask(ctx, question)
	if err != nil {
		return nil, err
	}
	answer, ok := m.Body.(*cmp.General)
	if !ok || !answer.Reply {
		return nil, malformed("another kind of message")
	}
	return answer, nil
}

// certificate asks for a certificate until the CA has made one, and confirms it or
// says that it does not fit.
func (c *conversation) certificate(ctx context.Context, q *cmp.Request, public crypto.PublicKey) (*x509.Certificate, error) {
	m, err := c.ask(ctx, q)
	polled := false
	for left := waitAll; err == nil; m, err = c.ask(ctx, &cmp.PollRequest{ID: q.ID}) {
		switch b := m.Body.(type) {
		case *cmp.Response:
			switch {
			case b.Kind != q.Kind || b.ID != q.ID:
				return nil, malformed("another request's certificate")
			case b.Status.Granted():
				return c.settle(ctx, b, m.Certificates, public)
			case b.Status.Code != cmp.Waiting:
				return nil, refused(b.Status)
			case polled: // else it could go on for ever
				return nil, malformed("it waits twice")
			}
		case *cmp.PollResponse:
			if err := await(ctx, &left, min(max(b.After, leastWait), longestWait)); err != nil {
				return nil, err
			}
		default:
			return nil, malformed("another kind of message")
		}
		polled = true
	}
	return nil, err
}

func (c *conversation) settle(ctx context.Context, r *cmp.Response, others []*x509.Certificate, public crypto.PublicKey) (*x509.Certificate, error) {
	cert, unfit := c.pick([]*x509.Certificate{r.Certificate}, slices.Concat(r.CACerts, others), public)
	var status cmp.Status
	if unfit != nil {
		status = cmp.Status{Code: cmp.Rejection, Failure: cmp.BadCertID}
	}
	confirm, version := cmp.ConfirmCertificate(r.ID, r.Certificate, status)
	c.header.Version = version
	m, err := c.ask(ctx, confirm)
	if unfit != nil {
		return nil, unfit // whatever the CA says to it
	}
	if err != nil {
		return nil, fmt.Errorf("confirming the certificate: %w", err)
	}
	if _, ok := m.Body.(cmp.Confirmed); !ok {
		return nil, malformed("no confirmation")
	}
	return cert, nil
}
