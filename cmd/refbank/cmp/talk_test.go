package cmp_test

import (
	"bytes"
	"crypto/tls"
	"crypto/x509/pkix"
	"encoding/asn1"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"qoltanba/agent"
	agentbank "qoltanba/agent/bank"
	agentcmp "qoltanba/agent/cmp"
	"qoltanba/agent/gost"
	"qoltanba/cmd/refbank/cmp"
)

// A talk is what one client says, message by message; its fields may be spoiled.
type talk struct {
	t       *testing.T
	b       *bank
	primary agent.PrimaryKey // in TLS, and to sign with where MAC is nil
	mac     *agentcmp.MAC
	bare    bool // without protection
	header  agentcmp.Header
}

// talk begins one as an agent does that has everything right.
func (b *bank) talk(t *testing.T) *talk {
	c := &talk{t: t, b: b, primary: b.primary, header: agentcmp.Header{TransactionID: agentcmp.NewID(), Time: time.Now()}}
	if _, ok := b.primary.Signer.(*gost.PrivateKey); ok {
		return c
	}
	c.mac = &agentcmp.MAC{Secret: []byte(pin), Iterations: agentcmp.MinIterations}
	c.header.Sender, c.header.SenderKID = name(user), []byte(user)
	return c
}

func name(common string) []byte {
	der, err := asn1.Marshal(pkix.Name{CommonName: common}.ToRDNSequence())
	if err != nil {
		panic(err)
	}
	return der
}

func (c *talk) protector() agentcmp.Protector {
	switch {
	case c.bare:
		return nil
	case c.mac != nil:
		return c.mac
	}
	return &agentcmp.Signer{Key: c.primary.Signer, Certificates: c.primary.Certificates}
}

// der is a message, protected.
func (c *talk) der(body agentcmp.Body) []byte {
	c.t.Helper()
	if c.header.SenderNonce == nil {
		c.header.SenderNonce = agentcmp.NewID()
	}
	der, err := (&agentcmp.Message{Header: c.header, Body: body}).Marshal(c.protector())
	if err != nil {
		c.t.Fatal(err)
	}
	return der
}

// post sends bytes as they are.
func (c *talk) post(der []byte, edit ...func(*http.Request)) (*http.Response, []byte) {
	c.t.Helper()
	config := &tls.Config{RootCAs: c.b.CA.Roots()}
	if c.mac != nil {
		own := tls.Certificate{Certificate: [][]byte{c.primary.Certificates[0].Raw}, PrivateKey: c.primary.Signer}
		config.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return &own, nil }
	}
	transport := &http.Transport{TLSClientConfig: config}
	defer transport.CloseIdleConnections()
	r, err := http.NewRequestWithContext(c.t.Context(), "POST", "https://"+c.b.address+cmp.Path, bytes.NewReader(der))
	if err != nil {
		c.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/pkixcmp")
	for _, e := range edit {
		e(r)
	}
	answer, err := transport.RoundTrip(r)
	if err != nil {
		c.t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	return answer, body
}

// say sends a message and returns the answer, and goes on with it.
func (c *talk) say(body agentcmp.Body) *agentcmp.Message {
	c.t.Helper()
	m := c.read(c.post(c.der(body)))
	c.header.RecipientNonce, c.header.SenderNonce = m.SenderNonce, nil
	return m
}

func (c *talk) read(answer *http.Response, body []byte) *agentcmp.Message {
	c.t.Helper()
	if answer.StatusCode != http.StatusOK {
		c.t.Fatalf("answer %d %q", answer.StatusCode, body)
	}
	m, err := agentcmp.Parse(body)
	if err != nil {
		c.t.Fatal(err)
	}
	if !bytes.Equal(m.TransactionID, c.header.TransactionID) || !bytes.Equal(m.RecipientNonce, c.header.SenderNonce) {
		c.t.Errorf("answer of transaction %x to %x", m.TransactionID, m.RecipientNonce)
	}
	return m
}

// refused fails unless the answer is an error with that reason.
func (c *talk) refused(m *agentcmp.Message, want agentcmp.Failure, word string) {
	c.t.Helper()
	e, ok := m.Body.(*agentcmp.Error)
	if !ok || e.Status.Code != agentcmp.Rejection || e.Status.Failure != want || !strings.HasPrefix(e.Status.Text, word+": ") {
		c.t.Errorf("answer %+v, want an error %b %s", m.Body, want, word)
	}
}

func request(controls ...agentcmp.Attribute) *agentcmp.Request {
	q := agentcmp.NewRequest(agentcmp.Initial, name("anybody"), ecKey())
	q.Controls = controls
	return q
}

func token(text string) agentcmp.Attribute {
	der, err := asn1.Marshal(asn1.RawValue{Tag: asn1.TagUTF8String, Bytes: []byte(text)})
	if err != nil {
		panic(err)
	}
	return agentcmp.Attribute{Type: agentcmp.ControlToken, Value: der}
}

func period(v any) agentcmp.Attribute {
	der, err := asn1.Marshal(v)
	if err != nil {
		panic(err)
	}
	return agentcmp.Attribute{Type: agentbank.PeriodOID, Value: der}
}
