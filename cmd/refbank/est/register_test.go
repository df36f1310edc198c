package est_test

import (
	"crypto"
	"crypto/tls"
	"crypto/x509"
	"net/http"
	"testing"
	"time"

	"qoltanba/cmd/refbank/ca"
	"qoltanba/cmd/refbank/store"
)

func (c *conn) register(user string, cert *x509.Certificate) reply {
	c.t.Helper()
	return c.must("PUT", "/registration/"+user, "application/pkix-cert", cert.Raw)
}

func TestRegister(t *testing.T) {
	b := newBank(t, nil)
	c := b.agent(t)
	lost, key := ecKey(t), ecKey(t)
	first, cert := c.enroll(lost, 0).certificate(t), c.enroll(key, 0).certificate(t)
	foreign, err := b.CA.IssueClient(ecKey(t).Public(), ca.Subject{}, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name   string
		user   string
		cert   *x509.Certificate
		status int
		word   string
	}{
		{"of another client", "qq222222_asdfghjk", cert, http.StatusUnauthorized, "credentials"},
		{"not issued to anybody", user, foreign, http.StatusForbidden, "certificate"},
		{"K7 first", user, cert, http.StatusCreated, ""},
		{"K117 answer was lost", user, cert, http.StatusNoContent, ""},
		{"K120 other certificate with the same card", user, first, http.StatusConflict, "card"},
		{"K117 and again", user, cert, http.StatusNoContent, ""},
	} {
		t.Run(test.name, func(t *testing.T) { c.register(test.user, test.cert).want(t, test.status, test.word) })
	}
	if got, err := b.Store.ClientByCertificate(t.Context(), cert); err != nil || got.UserID != user {
		t.Errorf("K7 ClientByCertificate = %+v, %v", got, err)
	}
	if again := c.enroll(key, 0).certificate(t); !again.Equal(cert) {
		t.Error("K117 the request was answered with another certificate after the registration")
	}
	c.enroll(ecKey(t), 0).want(t, http.StatusForbidden, "card")
	c.must("PUT", "/registration/"+user, "application/pkix-cert", []byte("x")).want(t, http.StatusBadRequest, "request")
	c.must("PUT", "/registration/"+user, "text/plain", cert.Raw).want(t, http.StatusUnsupportedMediaType, "type")
}

// inForce gives the client a certificate in force that ends after so long.
func (b *bank) inForce(t *testing.T, key crypto.Signer, life time.Duration) *tls.Certificate {
	t.Helper()
	spki, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		t.Fatal(err)
	}
	card, err := b.Store.CheckCard(t.Context(), user, pin, nil, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	cert, err := b.Store.Issue(t.Context(), card, spki, 12, time.Now().Add(-time.Hour), func() (*x509.Certificate, error) {
		return b.CA.IssueClient(key.Public(), ca.Subject{Surname: client.Surname, GivenName: client.GivenName, IIN: client.IIN, Company: client.Company, BIN: client.BIN}, life)
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.Store.Register(t.Context(), card, cert, time.Now()); err != nil {
		t.Fatal(err)
	}
	return &tls.Certificate{Certificate: [][]byte{cert.Raw}, PrivateKey: key, Leaf: cert}
}

// renew asks for the next certificate, without User ID and PIN.
func (b *bank) renew(t *testing.T, own *tls.Certificate) *conn {
	t.Helper()
	c := b.dial(t, tls.VersionTLS13, own)
	c.user, c.pin = "", ""
	return c
}

func TestRenew(t *testing.T) {
	const day = 24 * time.Hour
	for kind, key := range map[string]crypto.Signer{"RSA-2048": rsaKey(t), "P-256": ecKey(t)} {
		t.Run(kind, func(t *testing.T) {
			b := newBank(t, nil)
			old := b.inForce(t, key, 29*day)
			c := b.renew(t, old)
			request := func(c *conn) []byte {
				return csr{key: key, subject: old.Leaf.RawSubject, challenge: c.binding()}.der(t)
			}
			renewed := c.post("simplereenroll", request(c)).certificate(t)
			if want := time.Now().AddDate(0, 12, 0); renewed.NotAfter.Sub(want).Abs() > time.Minute {
				t.Errorf("renewed until %v, want %v", renewed.NotAfter, want)
			}
			if again := c.post("simplereenroll", request(c)).certificate(t); !again.Equal(renewed) {
				t.Error("K117 a lost answer gave a second certificate")
			}
			for _, want := range []int{http.StatusCreated, http.StatusNoContent} {
				c.register(user, renewed).want(t, want, "")
			}
			// The old one is good for nothing now, except for the same again.
			c.post("simplereenroll", request(c)).want(t, http.StatusConflict, "certificate")
			c.register(user, old.Leaf).want(t, http.StatusForbidden, "certificate")
			next := b.renew(t, &tls.Certificate{Certificate: [][]byte{renewed.Raw}, PrivateKey: key})
			if early := next.post("simplereenroll", request(next)).certificate(t); !early.Equal(renewed) {
				t.Error("another certificate was issued a year before the end")
			}
			next.register(user, renewed).want(t, http.StatusNoContent, "")
			if keys, certs := b.counts(t); keys != 1 || certs != 2 {
				t.Errorf("%d keys and %d certificates, want 1 and 2", keys, certs)
			}
		})
	}
}

func TestRenewRefuses(t *testing.T) {
	b := newBank(t, nil)
	key := ecKey(t)
	old := b.inForce(t, key, time.Hour)
	subject := old.Leaf.RawSubject
	c := b.renew(t, old)
	for name, test := range map[string]struct {
		c      *conn
		csr    csr
		status int
		word   string
	}{
		"other key":         {c, csr{key: ecKey(t), subject: subject, challenge: c.binding()}, http.StatusForbidden, "key"},
		"other name":        {c, csr{key: key, challenge: c.binding()}, http.StatusBadRequest, "subject"},
		"not bound":         {c, csr{key: key, subject: subject}, http.StatusBadRequest, "binding"},
		"K5 primary key":    {b.agent(t), csr{key: b.primary.PrivateKey.(crypto.Signer), subject: subject, challenge: "x"}, http.StatusUnauthorized, "credentials"},
		"no certificate":    {b.dial(t, tls.VersionTLS13, nil), csr{key: key, subject: subject, challenge: "x"}, http.StatusUnauthorized, "credentials"},
		"not in force":      {b.renew(t, b.issued(t)), csr{key: key, subject: subject, challenge: "x"}, http.StatusConflict, "certificate"},
		"in force, has end": {b.renew(t, b.ended(t)), csr{key: key, subject: subject, challenge: "x"}, http.StatusUnauthorized, "credentials"},
	} {
		t.Run(name, func(t *testing.T) { test.c.post("simplereenroll", test.csr.der(t)).want(t, test.status, test.word) })
	}
	// A registration without a card is for the holder of the key alone.
	thief := b.renew(t, b.issued(t))
	thief.register(user, old.Leaf).want(t, http.StatusForbidden, "key")
	stranger := b.dial(t, tls.VersionTLS13, nil)
	stranger.user, stranger.pin = "", ""
	stranger.register(user, old.Leaf).want(t, http.StatusUnauthorized, "credentials")
	c.register("qq222222_asdfghjk", old.Leaf).want(t, http.StatusForbidden, "certificate")
	if got, err := b.Store.Client(t.Context(), user); err != nil || got.Fingerprint != store.Fingerprint(old.Leaf) {
		t.Errorf("in force is %s, %v, want the old one", got.Fingerprint, err)
	}
}

// Without User ID it is the TLS client whose certificate is renewed.
func TestRenewWithoutUserID(t *testing.T) {
	b := newBank(t, nil)
	key := ecKey(t)
	old := b.inForce(t, key, 29*24*time.Hour)
	c := b.renew(t, old)
	put := func(c *conn, cert *x509.Certificate) reply {
		t.Helper()
		return c.must("PUT", "/registration", "application/pkix-cert", cert.Raw)
	}
	renewed := c.post("simplereenroll", csr{key: key, subject: old.Leaf.RawSubject, challenge: c.binding()}.der(t)).certificate(t)
	by := func(cert *x509.Certificate) *conn {
		return b.renew(t, &tls.Certificate{Certificate: [][]byte{cert.Raw}, PrivateKey: key})
	}

	card := b.renew(t, old)
	card.user, card.pin = user, pin
	put(card, renewed).want(t, http.StatusBadRequest, "request")
	put(b.agent(t), renewed).want(t, http.StatusBadRequest, "request")
	put(b.renew(t, nil), renewed).want(t, http.StatusUnauthorized, "credentials")
	put(b.renew(t, &b.primary), renewed).want(t, http.StatusUnauthorized, "credentials")
	put(b.renew(t, b.issued(t)), renewed).want(t, http.StatusForbidden, "certificate") // of nobody
	put(c, b.issued(t).Leaf).want(t, http.StatusForbidden, "key")
	if got, err := b.Store.Client(t.Context(), user); err != nil || got.Fingerprint != store.Fingerprint(old.Leaf) {
		t.Fatalf("in force is %s, %v, want the old one", got.Fingerprint, err)
	}

	// By the new certificate, where the old one has gone, and again by either.
	put(by(renewed), renewed).want(t, http.StatusCreated, "")
	put(by(renewed), renewed).want(t, http.StatusNoContent, "")
	put(c, renewed).want(t, http.StatusNoContent, "")
	put(c, old.Leaf).want(t, http.StatusForbidden, "certificate")
	if got, err := b.Store.Client(t.Context(), user); err != nil || got.Fingerprint != store.Fingerprint(renewed) {
		t.Errorf("in force is %s, %v, want the renewed one", got.Fingerprint, err)
	}
}

// issued returns a certificate of the CA that nobody registered.
func (b *bank) issued(t *testing.T) *tls.Certificate { return b.issue(t, time.Hour) }

// ended returns one that has ended.
func (b *bank) ended(t *testing.T) *tls.Certificate { return b.issue(t, -time.Minute) }

func (b *bank) issue(t *testing.T, life time.Duration) *tls.Certificate {
	t.Helper()
	key := ecKey(t)
	cert, err := b.CA.IssueClient(key.Public(), ca.Subject{Surname: client.Surname}, life)
	if err != nil {
		t.Fatal(err)
	}
	return &tls.Certificate{Certificate: [][]byte{cert.Raw}, PrivateKey: key, Leaf: cert}
}
