package est_test

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"net/http"
	"os/exec"
	"strings"
	"testing"
	"time"

	"qoltanba/agent/agenttest/need"
	"qoltanba/cmd/refbank/ca"
)

var versions = map[string]uint16{"TLS 1.2": tls.VersionTLS12, "TLS 1.3": tls.VersionTLS13}

func TestCACerts(t *testing.T) {
	b := newBank(t, nil)
	c := b.dial(t, tls.VersionTLS12, nil)
	c.user, c.pin = "", ""
	r := c.must("GET", estPath+"cacerts", "", nil)
	certs := certificates(t, r.der(t))
	if len(certs) != 2 || !certs[0].Equal(b.CA.Issuing()) || !certs[1].Equal(b.CA.Root()) {
		t.Errorf("%d certificates, want issuing CA and root", len(certs))
	}
	if got := r.header.Get("Content-Type"); got != "application/pkcs7-mime; smime-type=certs-only" || r.header.Get("Content-Transfer-Encoding") != "base64" {
		t.Errorf("Content-Type = %s", got)
	}
	lines := strings.Split(string(r.body), "\n")
	for _, line := range lines[:len(lines)-2] {
		if len(line) != 64 {
			t.Fatalf("a line of %d characters, want 64", len(line))
		}
	}
	if lines[len(lines)-1] != "" {
		t.Error("no newline at the end")
	}
	t.Run("openssl", func(t *testing.T) {
		need.Program(t, "openssl")
		command := exec.Command("openssl", "pkcs7", "-inform", "DER", "-print_certs", "-noout")
		command.Stdin = bytes.NewReader(r.der(t))
		if out, err := command.CombinedOutput(); err != nil || strings.Count(string(out), "subject=") != 2 {
			t.Errorf("openssl pkcs7: %v\n%s", err, out)
		}
	})
}

func TestEnroll(t *testing.T) {
	for name, version := range versions {
		for kind, key := range map[string]crypto.Signer{"RSA-2048": rsaKey(t), "P-256": ecKey(t)} {
			t.Run("K7 "+name+" "+kind, func(t *testing.T) {
				b := newBank(t, nil)
				cert := b.dial(t, version, &b.primary).enroll(key, 24).certificate(t)
				if _, err := cert.Verify(x509.VerifyOptions{
					Roots: b.CA.Roots(), Intermediates: b.CA.Intermediates(), KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
				}); err != nil {
					t.Errorf("chain: %v", err)
				}
				n := cert.Subject
				got := n.CommonName + "|" + n.SerialNumber + "|" + strings.Join(append(n.Organization, n.OrganizationalUnit...), "|")
				if want := "ТЕСТОВА ӘСЕЛ|IIN850412300452|ЖШС «Үлгі»|BIN000140001239"; got != want {
					t.Errorf("subject = %s, want %s", got, want)
				}
				if want := time.Now().AddDate(0, 24, 0); cert.NotAfter.Sub(want).Abs() > time.Minute {
					t.Errorf("K55 valid until %v, want %v", cert.NotAfter, want)
				}
				// A new connection, so another binding and other bytes; the same key.
				again := b.dial(t, version, &b.primary).enroll(key, 12).certificate(t)
				if keys, certs := b.counts(t); !again.Equal(cert) || keys != 1 || certs != 1 {
					t.Errorf("K117 the same: %v, %d keys and %d certificates, want one", again.Equal(cert), keys, certs)
				}
			})
		}
	}
}

func TestPeriods(t *testing.T) {
	b := newBank(t, nil)
	c := b.agent(t)
	for _, test := range []struct {
		name   string
		months int
		want   int // 0 for refused
	}{
		{"K55 one of the contract", 24, 24},
		{"K55 none named", 0, 12},
		{"K56 not in the contract", 36, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := c.enroll(ecKey(t), test.months)
			if test.want == 0 {
				r.want(t, http.StatusForbidden, "period")
				return
			}
			if want, got := time.Now().AddDate(0, test.want, 0), r.certificate(t).NotAfter; got.Sub(want).Abs() > time.Minute {
				t.Errorf("valid until %v, want %v", got, want)
			}
		})
	}
	if err := b.Store.SetPeriods(t.Context(), user); err != nil {
		t.Fatal(err)
	}
	c.enroll(ecKey(t), 0).want(t, http.StatusForbidden, "period")
}

func TestBadRequests(t *testing.T) {
	b := newBank(t, nil)
	c := b.agent(t)
	key := ecKey(t)
	good := csr{key: key, challenge: c.binding()}.der(t)
	tampered := bytes.Clone(good)
	tampered[len(tampered)-1] ^= 1
	unbound, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{}, key)
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		der    []byte
		status int
		word   string
	}{
		"nothing":           {nil, http.StatusBadRequest, "request"},
		"no PKCS#10":        {[]byte("hello"), http.StatusBadRequest, "request"},
		"more after it":     {append(bytes.Clone(good), 0), http.StatusBadRequest, "request"},
		"wrong signature":   {tampered, http.StatusBadRequest, "request"},
		"attributes twice":  {csr{key: key, challenge: c.binding(), twice: true}.der(t), http.StatusBadRequest, "request"},
		"signed with SHA-1": {csr{key: key, challenge: c.binding(), sha1: true}.der(t), http.StatusBadRequest, "request"},
		"negative period":   {csr{key: key, challenge: c.binding(), months: -12}.der(t), http.StatusBadRequest, "request"},
		"65 KiB":            {make([]byte, 65<<10), http.StatusRequestEntityTooLarge, "size"},
		"without attribute": {unbound, http.StatusBadRequest, "binding"},
	} {
		t.Run(name, func(t *testing.T) { b.agent(t).post("simpleenroll", test.der).want(t, test.status, test.word) })
	}
	c.must("POST", estPath+"simpleenroll", "text/plain", []byte("x")).want(t, http.StatusUnsupportedMediaType, "type")
	c.must("POST", estPath+"simpleenroll", "application/pkcs10", []byte("$$$$")).want(t, http.StatusBadRequest, "request")
	if _, certs := b.counts(t); certs != 0 {
		t.Errorf("%d certificates were issued", certs)
	}
}

func TestKeysOfOthers(t *testing.T) {
	b := newBank(t, nil)
	key := ecKey(t)
	b.agent(t).enroll(key, 0).certificate(t)
	other := client
	other.UserID, other.IIN = "qq222222_asdfghjk", "900101300459"
	primary := b.addClient(t, other)
	c := b.dial(t, tls.VersionTLS13, &primary)
	c.user = other.UserID
	c.enroll(key, 0).want(t, http.StatusForbidden, "key")
}

func TestSubjectOfTheRequestIsIgnored(t *testing.T) {
	b := newBank(t, nil)
	c := b.agent(t)
	foreign, err := b.Primary.Issue(ecKey(t).Public(), ca.Subject{Surname: "X", GivenName: "Y", IIN: "1", Company: "Z", BIN: "2"}, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	cert := c.post("simpleenroll", csr{key: ecKey(t), subject: foreign.RawSubject, challenge: c.binding()}.der(t)).certificate(t)
	if got := cert.Subject.SerialNumber; got != "IIN850412300452" {
		t.Errorf("serialNumber = %s, want that of the contract", got)
	}
}
