package cmp_test

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"io"
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"qoltanba/agent"
	agentbank "qoltanba/agent/bank"
	agentcmp "qoltanba/agent/cmp"
	"qoltanba/cmd/refbank/ca"
	"qoltanba/cmd/refbank/enroll"
)

var question = &agentcmp.General{Attributes: []agentcmp.Attribute{{Type: agentbank.PeriodOID}}}

// Messages that no client sends that has everything right, and the whole of one that
// has.
func TestMessages(t *testing.T) {
	b := newBank(t, ecKey(), nil)
	stranger := agent.PrimaryKey{Signer: ecKey()}
	own, err := b.CA.IssueClient(stranger.Signer.Public(), ca.Subject{Surname: client.Surname, GivenName: client.GivenName, IIN: client.IIN, Company: client.Company, BIN: client.BIN}, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	stranger.Certificates = []*x509.Certificate{own}
	for what, c := range map[string]struct {
		spoil func(*talk)
		body  agentcmp.Body
		want  agentcmp.Failure
		word  string
	}{
		"K79 a wrong PIN":       {func(c *talk) { c.mac.Secret = []byte("WRONGPIN") }, question, agentcmp.BadMessageCheck, "credentials"},
		"K79 another User ID":   {func(c *talk) { c.header.Sender, c.header.SenderKID = name("nobody"), []byte("nobody") }, question, agentcmp.BadMessageCheck, "credentials"},
		"K79 a foreign key":     {func(c *talk) { c.primary = b.addClient(t, other, ecKey()) }, question, agentcmp.BadMessageCheck, "credentials"},
		"K5 a client's key":     {func(c *talk) { c.primary = stranger }, question, agentcmp.BadMessageCheck, "credentials"},
		"sender of another":     {func(c *talk) { c.header.Sender = name("qq222222_asdfghjk") }, question, agentcmp.BadRequest, "sender"},
		"no sender":             {func(c *talk) { c.header.Sender = nil }, question, agentcmp.BadRequest, "sender"},
		"no User ID":            {func(c *talk) { c.header.SenderKID = nil }, question, agentcmp.BadRequest, "sender"},
		"no transaction":        {func(c *talk) { c.header.TransactionID = nil }, question, agentcmp.BadRequest, "transaction"},
		"a long transaction":    {func(c *talk) { c.header.TransactionID = make([]byte, 65) }, question, agentcmp.BadRequest, "transaction"},
		"a short transaction":   {func(c *talk) { c.header.TransactionID = []byte("short") }, question, agentcmp.BadRequest, "transaction"},
		"a short nonce":         {func(c *talk) { c.header.SenderNonce = []byte("short") }, question, agentcmp.BadRequest, "transaction"},
		"a nonce of nobody":     {func(c *talk) { c.header.RecipientNonce = agentcmp.NewID() }, question, agentcmp.BadRecipientNonce, "transaction"},
		"a poll for nothing":    {func(*talk) {}, &agentcmp.PollRequest{}, agentcmp.BadRequest, "transaction"},
		"nothing confirmed":     {func(*talk) {}, &agentcmp.Confirm{Hash: make([]byte, 32)}, agentcmp.BadRequest, "transaction"},
		"an answer":             {func(*talk) {}, &agentcmp.General{Reply: true}, agentcmp.BadRequest, "body"},
		"an answer's body":      {func(*talk) {}, agentcmp.Confirmed{}, agentcmp.BadRequest, "body"},
		"a period of no number": {func(*talk) {}, request(period("12")), agentcmp.BadDataFormat, "period"},
		"a period below zero":   {func(*talk) {}, request(period(-12)), agentcmp.BadDataFormat, "period"},
		"no certificate":        {func(*talk) {}, &agentcmp.General{Attributes: []agentcmp.Attribute{{Type: agentbank.RegistrationOID, Value: token("x").Value}}}, agentcmp.BadDataFormat, "request"},
	} {
		t.Run(what, func(t *testing.T) {
			talk := b.talk(t)
			c.spoil(talk)
			m := talk.say(c.body)
			talk.refused(m, c.want, c.word)
			// Who proved nothing learns nothing from the protection either.
			if proved := c.word != "credentials" && c.word != "sender"; m.Protected() != proved {
				t.Errorf("the error is protected: %v", m.Protected())
			}
			if err := m.CheckMAC([]byte(pin), agentcmp.MinIterations); m.Protected() && err != nil {
				t.Errorf("CheckMAC = %v", err)
			}
		})
		// The right one forgives; this loop is not about tries.
		if _, err := b.Store.CheckCard(t.Context(), user, pin, nil, time.Now()); err != nil {
			t.Fatal(err)
		}
	}
	if n := b.issued(t); n != 0 {
		t.Errorf("%d certificates were issued, want none", n)
	}
}

// A transaction that waits, and what does not belong to it.
func TestWaiting(t *testing.T) {
	b := newBank(t, ecKey(), func(c *enroll.Config) { c.Faults.Pending = time.Hour })
	c := b.talk(t)
	first := c.der(request())
	m := c.read(c.post(first))
	if r, ok := m.Body.(*agentcmp.Response); !ok || r.Status.Code != agentcmp.Waiting {
		t.Fatalf("answer %+v, want waiting", m.Body)
	}
	nonce := m.SenderNonce

	again := b.talk(t)
	again.header = c.header
	again.refused(again.read(again.post(first)), agentcmp.TransactionIDInUse, "transaction")

	c.header.RecipientNonce, c.header.SenderNonce = agentcmp.NewID(), nil
	c.refused(c.say(&agentcmp.PollRequest{}), agentcmp.BadRecipientNonce, "transaction")

	stranger := b.talk(t)
	stranger.primary = b.addClient(t, other, ecKey())
	stranger.header = c.header
	stranger.header.Sender, stranger.header.SenderKID, stranger.header.RecipientNonce = name(other.UserID), []byte(other.UserID), nonce
	stranger.refused(stranger.say(&agentcmp.PollRequest{}), agentcmp.BadRequest, "transaction")

	c.header.RecipientNonce = nonce
	c.refused(c.say(&agentcmp.PollRequest{ID: 7}), agentcmp.BadRequest, "poll")
	poll := c.der(&agentcmp.PollRequest{})
	for i := range 2 {
		m = c.read(c.post(poll))
		if i > 0 { // the same bytes again
			c.refused(m, agentcmp.BadRecipientNonce, "transaction")
		} else if p, ok := m.Body.(*agentcmp.PollResponse); !ok || p.After <= 0 || p.After > time.Hour {
			t.Errorf("answer %+v, want less than an hour", m.Body)
		}
	}
	if n := b.issued(t); n != 0 {
		t.Errorf("%d certificates were issued, want none", n)
	}
}

// A transaction from the request to the confirmation.
func TestTransaction(t *testing.T) {
	b := newBank(t, ecKey(), nil)
	c := b.talk(t)
	m := c.say(request())
	r, ok := m.Body.(*agentcmp.Response)
	if !ok || !r.Status.Granted() || len(r.CACerts) != 2 {
		t.Fatalf("answer %+v, want a certificate", m.Body)
	}
	c.refused(c.say(&agentcmp.PollRequest{}), agentcmp.BadRequest, "poll")
	wrong, _ := agentcmp.ConfirmCertificate(0, b.CA.Issuing(), agentcmp.Status{})
	c.refused(c.say(wrong), agentcmp.BadCertID, "confirmation")
	right, _ := agentcmp.ConfirmCertificate(0, r.Certificate, agentcmp.Status{})
	if _, ok := c.say(right).Body.(agentcmp.Confirmed); !ok {
		t.Error("not confirmed")
	}
	c.refused(c.say(right), agentcmp.BadRequest, "confirmation")
	if n := b.issued(t); n != 1 {
		t.Errorf("%d certificates were issued, want 1", n)
	}
}

// A message that was taken is not taken again by a bank that was started anew, nor when it
// is so old that the bank has forgotten it.
func TestReplay(t *testing.T) {
	for kind, primary := range map[string]func() crypto.Signer{"MAC": ecKey, "signature": gostKey} {
		t.Run(kind, func(t *testing.T) {
			b := newBank(t, primary(), nil)
			proved := &agentcmp.General{Attributes: append(question.Attributes, token(user+":"+pin))}
			type message struct {
				*talk
				der []byte
			}
			var taken []message
			for _, body := range []agentcmp.Body{proved, request(token(user + ":" + pin))} {
				c := b.talk(t)
				der := c.der(body)
				if e, refused := c.read(c.post(der)).Body.(*agentcmp.Error); refused {
					t.Fatalf("refused: %v", e.Status)
				}
				taken = append(taken, message{c, der})
			}
			b.listen(t) // with a server that knows nothing of the one before
			for _, m := range taken {
				m.refused(m.read(m.post(m.der)), agentcmp.TransactionIDInUse, "transaction")
			}
			for _, at := range []time.Time{{}, time.Now().Add(-25 * time.Hour), time.Now().Add(25 * time.Hour)} {
				c := b.talk(t)
				c.header.Time = at
				c.refused(c.say(proved), agentcmp.BadTime, "time")
			}
			c := b.talk(t)
			c.header.Time = time.Now().Add(-23 * time.Hour)
			if e, refused := c.say(proved).Body.(*agentcmp.Error); refused {
				t.Errorf("from a clock that is 23 hours behind: %v", e.Status)
			}
		})
	}
}

// A MAC that takes the bank long is told so before it is computed, and costs no try.
func TestSlowMAC(t *testing.T) {
	b := newBank(t, ecKey(), nil)
	for _, pbm := range []bool{false, true} {
		for range 4 {
			c := b.talk(t)
			c.mac = &agentcmp.MAC{Secret: []byte("WRONGPIN"), PBM: pbm, Iterations: 150_001}
			c.refused(c.say(question), agentcmp.BadAlgorithm, "mac")
		}
		c := b.talk(t)
		c.mac.PBM, c.mac.Iterations = pbm, 150_000
		if m := c.say(question); !m.HasMAC() {
			t.Errorf("PBM %t: the most iterations: %+v", pbm, m.Body)
		}
	}
}

// A MAC that is weak is told so and costs no try.
func TestWeakMAC(t *testing.T) {
	b := newBank(t, ecKey(), nil)
	for range 8 {
		c := b.talk(t)
		// An INTEGER of 10,000, and one of 9,999.
		der := bytes.Replace(c.der(question), []byte{2, 2, 0x27, 0x10}, []byte{2, 2, 0x27, 0x0f}, 1)
		c.refused(c.read(c.post(der)), agentcmp.BadAlgorithm, "mac")
	}
	if _, err := b.agentClient(t).Check(t.Context(), b.applicant()); err != nil {
		t.Errorf("Check = %v, so the weak ones were tries", err)
	}
}

// User ID and PIN are inside of what a primary key signs that TLS cannot carry.
func TestToken(t *testing.T) {
	b := newBank(t, gostKey(), nil)
	for what, c := range map[string]struct {
		controls []agentcmp.Attribute
		want     agentcmp.Failure
		word     string
	}{
		"no token":        {nil, agentcmp.BadMessageCheck, "credentials"},
		"K79 a wrong PIN": {[]agentcmp.Attribute{token(user + ":WRONGPIN")}, agentcmp.BadMessageCheck, "credentials"},
		"K79 another":     {[]agentcmp.Attribute{token("nobody:" + pin)}, agentcmp.BadMessageCheck, "credentials"},
		"no PIN":          {[]agentcmp.Attribute{token(user + ":")}, agentcmp.BadDataFormat, "token"},
		"no User ID":      {[]agentcmp.Attribute{token(":" + pin)}, agentcmp.BadDataFormat, "token"},
		"no colon":        {[]agentcmp.Attribute{token(user)}, agentcmp.BadDataFormat, "token"},
		"no text":         {[]agentcmp.Attribute{{Type: agentcmp.ControlToken, Value: period(12).Value}}, agentcmp.BadDataFormat, "token"},
		"nothing":         {[]agentcmp.Attribute{{Type: agentcmp.ControlToken}}, agentcmp.BadDataFormat, "token"},
	} {
		t.Run(what, func(t *testing.T) {
			talk := b.talk(t)
			talk.refused(talk.say(request(c.controls...)), c.want, c.word)
		})
		if _, err := b.Store.CheckCard(t.Context(), user, pin, nil, time.Now()); err != nil {
			t.Fatal(err)
		}
	}
	// Of a primary key that the bank did not hand out, and of a changed message.
	stranger := b.talk(t)
	stranger.primary = b.addClient(t, other, gostKey())
	stranger.refused(stranger.say(request(token(user+":"+pin))), agentcmp.BadMessageCheck, "credentials")
	c := b.talk(t)
	der := c.der(&agentcmp.General{Attributes: append(question.Attributes, token(user+":"+pin))})
	another := agentcmp.NewID()
	changed := bytes.Replace(der, c.header.TransactionID, another, 1)
	c.header.TransactionID = another
	c.refused(c.read(c.post(changed)), agentcmp.BadMessageCheck, "credentials")
	if n := b.issued(t); n != 0 {
		t.Errorf("%d certificates were issued, want none", n)
	}
}

// A foreign key costs nobody a try: strangers make nobody wait.
func TestStrangers(t *testing.T) {
	for kind, key := range map[string]func() crypto.Signer{"MAC": ecKey, "signature": gostKey} {
		t.Run(kind, func(t *testing.T) {
			b := newBank(t, key(), nil)
			another, err := ca.OpenPrimary(filepath.Join(t.TempDir(), "another"))
			if err != nil {
				t.Fatal(err)
			}
			stranger := agent.PrimaryKey{Signer: key()}
			cert, err := another.Issue(stranger.Signer.Public(), ca.Subject{}, time.Hour)
			if err != nil {
				t.Fatal(err)
			}
			stranger.Certificates = []*x509.Certificate{cert}
			for range 8 {
				c := b.talk(t)
				c.primary = stranger
				c.refused(c.say(&agentcmp.General{Attributes: append(question.Attributes, token(user+":WRONGPIN"))}), agentcmp.BadMessageCheck, "credentials")
			}
			if _, err := b.agentClient(t).Check(t.Context(), b.applicant()); err != nil {
				t.Errorf("Check = %v", err)
			}
		})
	}
}

// Whatever comes without protection is answered, and nothing of it is done.
func TestUnprotected(t *testing.T) {
	b := newBank(t, ecKey(), nil)
	for _, body := range []agentcmp.Body{question, request(), &agentcmp.PollRequest{}, &agentcmp.Confirm{}, agentcmp.Confirmed{}, &agentcmp.Error{}} {
		c := b.talk(t)
		c.bare = true
		c.refused(c.say(body), agentcmp.BadMessageCheck, "protection")
	}
}

// forger has a public key and cannot sign with it.
type forger struct{ crypto.Signer }

func (f forger) Sign(random io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	return f.Signer.Sign(random, make([]byte, len(digest)), opts)
}

// Nobody gets a certificate for a key of somebody else.
func TestPossession(t *testing.T) {
	b := newBank(t, ecKey(), nil)
	for _, key := range []crypto.Signer{ecKey(), gostKey()} {
		c := b.talk(t)
		c.refused(c.say(agentcmp.NewRequest(agentcmp.Initial, name("anybody"), forger{key})), agentcmp.BadPossession, "request")
	}
	if n := b.issued(t); n != 0 {
		t.Errorf("%d certificates were issued, want none", n)
	}
}

// What is not a message of CMP is answered by HTTP.
func TestHTTP(t *testing.T) {
	b := newBank(t, ecKey(), nil)
	c := b.talk(t)
	good := c.der(question)
	for what, test := range map[string]struct {
		der    []byte
		edit   func(*http.Request)
		status int
	}{
		"nothing":      {nil, func(*http.Request) {}, http.StatusBadRequest},
		"no message":   {[]byte("hello"), func(*http.Request) {}, http.StatusBadRequest},
		"cut off":      {good[:len(good)-1], func(*http.Request) {}, http.StatusBadRequest},
		"too long":     {make([]byte, agentcmp.MaxMessage+1), func(*http.Request) {}, http.StatusRequestEntityTooLarge},
		"another type": {good, func(r *http.Request) { r.Header.Set("Content-Type", "text/plain") }, http.StatusUnsupportedMediaType},
		"asked for":    {nil, func(r *http.Request) { r.Method = "GET" }, http.StatusMethodNotAllowed},
	} {
		if answer, body := c.post(test.der, test.edit); answer.StatusCode != test.status {
			t.Errorf("%s: %d %q, want %d", what, answer.StatusCode, body, test.status)
		}
	}
	if m := c.read(c.post(good)); !m.HasMAC() {
		t.Errorf("the right one: %+v", m.Body)
	}
}
