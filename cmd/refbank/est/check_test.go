package est_test

import (
	"crypto/tls"
	"encoding/base64"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"

	"qoltanba/cmd/refbank/ca"
	"qoltanba/cmd/refbank/est"
)

// check returns the periods that csrattrs names.
func (c *conn) check() []int {
	c.t.Helper()
	in := cryptobyte.String(c.must("GET", estPath+"csrattrs", "", nil).der(c.t))
	var list, id, attribute, values cryptobyte.String
	if !in.ReadASN1(&list, asn1.SEQUENCE) || !in.Empty() || !list.ReadASN1Element(&id, asn1.OBJECT_IDENTIFIER) || string(id) != string(oid("1.2.840.113549.1.9.7")) {
		c.t.Fatal("csrattrs does not begin with challengePassword")
	}
	if list.Empty() {
		return nil
	}
	if !list.ReadASN1(&attribute, asn1.SEQUENCE) || !list.Empty() || !attribute.ReadASN1Element(&id, asn1.OBJECT_IDENTIFIER) ||
		string(id) != string(oid(est.PeriodOID)) || !attribute.ReadASN1(&values, asn1.SET) {
		c.t.Fatal("csrattrs is not as expected")
	}
	var periods []int
	for !values.Empty() {
		var months int
		if !values.ReadASN1Integer(&months) {
			c.t.Fatal("a period is no number")
		}
		periods = append(periods, months)
	}
	return periods
}

func TestCheck(t *testing.T) {
	b := newBank(t, nil)
	c := b.agent(t)
	for range 8 { // more often than wrong PINs may come
		if got := c.check(); !slices.Equal(got, []int{12, 24}) {
			t.Fatalf("K79 check names the periods %v, want 12 and 24", got)
		}
	}
	if keys, certs := b.counts(t); keys != 0 || certs != 0 {
		t.Errorf("K104 check issued %d certificates", certs)
	}
	cert := c.enroll(ecKey(t), 0).certificate(t)
	if got := c.check(); len(got) != 2 {
		t.Errorf("K120 check names %v after a certificate was issued, want both periods", got)
	}
	if r := c.must("PUT", "/registration/"+user, "application/pkix-cert", cert.Raw); r.status != http.StatusCreated {
		t.Fatalf("registration = %d %q", r.status, r.body)
	}
	if got := c.check(); len(got) != 0 {
		t.Errorf("K120 check names %v for a card that is used up, want none", got)
	}
}

// TestCredentials shows that wrong User ID, wrong PIN and foreign primary key get one
// and the same answer, wherever they are asked for.
func TestCredentials(t *testing.T) {
	for name, spoil := range map[string]func(t *testing.T, b *bank, c *conn) *conn{
		"K79 wrong PIN":         func(_ *testing.T, _ *bank, c *conn) *conn { c.pin = "AAAAAAAA"; return c },
		"K72 small letters":     func(_ *testing.T, _ *bank, c *conn) *conn { c.pin = strings.ToLower(pin); return c },
		"K82 one for I":         func(_ *testing.T, _ *bank, c *conn) *conn { c.pin = strings.ReplaceAll(pin, "I", "1"); return c },
		"K79 wrong User ID":     func(_ *testing.T, _ *bank, c *conn) *conn { c.user = "ag111111_qwertyui"; return c },
		"K79 no PIN":            func(_ *testing.T, _ *bank, c *conn) *conn { c.user, c.pin = "", ""; return c },
		"K79 no primary key":    func(t *testing.T, b *bank, _ *conn) *conn { return b.dial(t, tls.VersionTLS12, nil) },
		"K79 key of other bank": func(t *testing.T, b *bank, _ *conn) *conn { return b.dial(t, tls.VersionTLS13, newBankKey(t)) },
		"K83 key of other client": func(t *testing.T, b *bank, _ *conn) *conn {
			other := client
			other.UserID, other.IIN = "qq222222_asdfghjk", "900101300459"
			key := b.addClient(t, other)
			return b.dial(t, tls.VersionTLS13, &key)
		},
		"K5 certificate of the CA for a primary key": func(t *testing.T, b *bank, c *conn) *conn {
			key := ecKey(t)
			cert := c.enroll(key, 0).certificate(t)
			return b.dial(t, tls.VersionTLS13, &tls.Certificate{Certificate: [][]byte{cert.Raw}, PrivateKey: key})
		},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBank(t, nil)
			c := spoil(t, b, b.agent(t))
			_, before := b.counts(t)
			registered, err := b.CA.IssueClient(ecKey(t).Public(), ca.Subject{}, time.Hour)
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range []reply{
				c.must("GET", estPath+"csrattrs", "", nil),
				c.enroll(ecKey(t), 0),
				c.must("PUT", "/registration/"+user, "application/pkix-cert", registered.Raw),
			} {
				r.want(t, http.StatusUnauthorized, "credentials")
				if got, want := string(r.body), "credentials: wrong User ID, PIN or primary initialization key\n"; got != want {
					t.Errorf("answer = %q, want %q", got, want)
				}
				if r.header.Get("WWW-Authenticate") != `Basic realm="OTP card", charset="UTF-8"` {
					t.Errorf("WWW-Authenticate = %q", r.header.Get("WWW-Authenticate"))
				}
			}
			if _, certs := b.counts(t); certs != before {
				t.Errorf("%d certificates were issued", certs-before)
			}
			// K116: with the right data it goes on.
			b.agent(t).enroll(ecKey(t), 0).certificate(t)
		})
	}
}

// newBankKey returns a primary key of a bank that nobody knows.
func newBankKey(t *testing.T) *tls.Certificate {
	t.Helper()
	other, err := ca.OpenPrimary(t.TempDir() + "/primary")
	if err != nil {
		t.Fatal(err)
	}
	key := ecKey(t)
	cert, err := other.Issue(key.Public(), ca.Subject{Surname: client.Surname, IIN: client.IIN}, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	return &tls.Certificate{Certificate: [][]byte{cert.Raw}, PrivateKey: key}
}

func TestWrongPINsWait(t *testing.T) {
	b := newBank(t, nil)
	c := b.agent(t)
	c.pin = "AAAAAAAA"
	for range 5 {
		c.must("GET", estPath+"csrattrs", "", nil).want(t, http.StatusUnauthorized, "credentials")
	}
	c.pin = pin
	r := c.must("GET", estPath+"csrattrs", "", nil)
	r.want(t, http.StatusTooManyRequests, "wait")
	if after, err := strconv.Atoi(r.header.Get("Retry-After")); err != nil || after < 1 || after > 31 {
		t.Errorf("K86 Retry-After = %q, want up to 31 s", r.header.Get("Retry-After"))
	}
	// Strangers make nobody wait.
	other := newBank(t, nil)
	for range 8 {
		stranger := other.dial(t, tls.VersionTLS13, newBankKey(t))
		stranger.must("GET", estPath+"csrattrs", "", nil).want(t, http.StatusUnauthorized, "credentials")
	}
	other.agent(t).check()
}

// TestHeaderSpelling looks at the bytes: libest does not know Go's Www-Authenticate.
func TestHeaderSpelling(t *testing.T) {
	b := newBank(t, nil)
	raw, err := tls.Dial("tcp", b.address, &tls.Config{RootCAs: b.CA.Roots()})
	if err != nil {
		t.Fatal(err)
	}
	defer raw.Close()
	basic := base64.StdEncoding.EncodeToString([]byte("a:b"))
	if _, err := raw.Write([]byte("GET " + estPath + "csrattrs HTTP/1.0\r\nHost: localhost\r\nAuthorization: Basic " + basic + "\r\n\r\n")); err != nil {
		t.Fatal(err)
	}
	answer := make([]byte, 4096)
	n, _ := raw.Read(answer)
	if !strings.Contains(string(answer[:n]), "\r\nWWW-Authenticate: Basic ") {
		t.Errorf("answer %q", answer[:n])
	}
}
