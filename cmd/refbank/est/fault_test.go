package est_test

import (
	"crypto/x509"
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"qoltanba/cmd/refbank/ca"
	"qoltanba/cmd/refbank/est"
)

func TestLostAnswer(t *testing.T) {
	b := newBank(t, func(c *est.Config) { c.Faults.LostAnswer = true })
	key := ecKey(t)
	lost := func(method, path, contentType string, body func(*conn) []byte) reply {
		t.Helper()
		c := b.agent(t)
		if r, err := c.send(method, path, contentType, body(c)); err == nil {
			t.Fatalf("K115 %s %s = %d %q, want no answer", method, path, r.status, r.body)
		}
		c = b.agent(t)
		return c.must(method, path, contentType, body(c))
	}
	nothing := func(*conn) []byte { return nil }
	lost("GET", estPath+"cacerts", "", nothing).der(t)
	lost("GET", estPath+"csrattrs", "", nothing).der(t)
	r := lost("POST", estPath+"simpleenroll", "application/pkcs10", func(c *conn) []byte {
		return base64DER(csr{key: key, challenge: c.binding()}.der(t))
	})
	cert := r.certificate(t)
	lost("PUT", "/registration/"+user, "application/pkix-cert", func(*conn) []byte { return cert.Raw }).
		want(t, http.StatusNoContent, "")
	if keys, certs := b.counts(t); keys != 1 || certs != 1 {
		t.Errorf("K117 %d keys and %d certificates, want one", keys, certs)
	}
	if got, err := b.Store.ClientByCertificate(t.Context(), cert); err != nil || got.UserID != user {
		t.Errorf("K117 ClientByCertificate = %+v, %v", got, err)
	}
}

func TestPending(t *testing.T) {
	b := newBank(t, func(c *est.Config) { c.Faults.Pending = 1500 * time.Millisecond })
	key := ecKey(t)
	r := b.agent(t).enroll(key, 0)
	if _, certs := b.counts(t); r.status != http.StatusAccepted || r.header.Get("Retry-After") != "2" || certs != 0 {
		t.Errorf("answer = %d, Retry-After %q, %d certificates, want 202, 2, 0", r.status, r.header.Get("Retry-After"), certs)
	}
	b.agent(t).enroll(key, 0).certificate(t)
}

func TestSlowAndRefusing(t *testing.T) {
	slow := newBank(t, func(c *est.Config) { c.Faults.Slow = 300 * time.Millisecond })
	start := time.Now()
	slow.agent(t).enroll(ecKey(t), 0).certificate(t)
	if took := time.Since(start); took < 300*time.Millisecond {
		t.Errorf("took %v, want 300 ms or more", took)
	}
	b := newBank(t, func(c *est.Config) { c.Faults.RefuseCSR = true })
	b.agent(t).enroll(ecKey(t), 0).want(t, http.StatusForbidden, "refused")
}

// TestWrongCA shows that the certificates of these faults are not good, or not yet.
func TestWrongCA(t *testing.T) {
	for name, wrong := range map[string]func(*bank) (*ca.CA, error){
		"expired-ca": func(b *bank) (*ca.CA, error) { return ca.OpenExpired(filepath.Join(b.dir, "ca")) },
		"clock-skew": func(b *bank) (*ca.CA, error) { return b.CA.WithClock(time.Hour), nil },
	} {
		t.Run(name, func(t *testing.T) {
			b := newBank(t, nil)
			right := b.CA
			var err error
			if b.CA, err = wrong(b); err != nil {
				t.Fatal(err)
			}
			b.listen(t, b.own)
			cert := b.agent(t).enroll(ecKey(t), 0).certificate(t)
			if _, err := cert.Verify(x509.VerifyOptions{
				Roots: right.Roots(), Intermediates: b.CA.Intermediates(), KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
			}); err == nil {
				t.Error("the certificate is good")
			}
		})
	}
}
