package cmp_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"qoltanba/agent/agenttest/need"
	"qoltanba/agent/cmp"
)

// opensslIterations are those of OpenSSL's own messages, which no option changes.
const opensslIterations = 500

// A responder answers OpenSSL's client with this package.
type responder struct {
	t      *testing.T
	by     cmp.Protector // of the answers
	signer *x509.Certificate
	mu     sync.Mutex
	seen   []string
	cert   *x509.Certificate
}

func (r *responder) ServeHTTP(w http.ResponseWriter, h *http.Request) {
	der, err := io.ReadAll(h.Body)
	if err != nil {
		r.t.Error(err)
	}
	m, err := cmp.Parse(der)
	if err != nil {
		r.t.Errorf("Parse = %v", err)
		return
	}
	if r.signer != nil {
		err = m.CheckSignature(r.signer)
	} else {
		err = m.CheckMAC(secret, opensslIterations)
	}
	if err != nil {
		r.t.Errorf("OpenSSL's protection: %v", err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	out, err := (&cmp.Message{
		Header: cmp.Header{Recipient: m.Sender, TransactionID: m.TransactionID, SenderNonce: cmp.NewID(), RecipientNonce: m.SenderNonce, SenderKID: m.SenderKID},
		Body:   r.answer(m.Body),
	}).Marshal(r.by)
	if err != nil {
		r.t.Errorf("Marshal = %v", err)
	}
	w.Header().Set("Content-Type", "application/pkixcmp")
	w.Write(out)
}

func (r *responder) answer(body cmp.Body) cmp.Body {
	switch b := body.(type) {
	case *cmp.Request:
		r.seen = append(r.seen, "request")
		public, err := b.CheckPossession()
		if err != nil {
			r.t.Errorf("CheckPossession = %v", err)
		}
		r.cert = issue(public)
		return &cmp.Response{Kind: b.Kind, ID: b.ID, Status: cmp.Status{Code: cmp.Waiting}}
	case *cmp.PollRequest:
		r.seen = append(r.seen, "poll")
		if len(r.seen) < 3 {
			return &cmp.PollResponse{ID: b.ID, After: time.Second, Text: "баяу"}
		}
		return &cmp.Response{Kind: cmp.Initial, ID: b.ID, Certificate: r.cert}
	case *cmp.Confirm:
		r.seen = append(r.seen, "confirm")
		if b.Status.Code != cmp.Accepted || !b.Confirms(r.cert) {
			r.t.Errorf("confirmed: %+v", b)
		}
		return cmp.Confirmed{}
	}
	r.t.Errorf("a %T", body)
	return &cmp.Error{Status: cmp.Status{Code: cmp.Rejection, Failure: cmp.BadRequest}}
}

func issue(public crypto.PublicKey) *x509.Certificate {
	issuer := byName("P-256")
	template := &x509.Certificate{SerialNumber: big.NewInt(9), Subject: pkix.Name{CommonName: "A"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour)}
	return must(x509.ParseCertificate(must(x509.CreateCertificate(rand.Reader, template, issuer.cert, public, issuer.key))))
}

// OpenSSL's client enrolls with what this package reads and writes.
func TestOpenSSLClient(t *testing.T) {
	openssl := need.Program(t, "openssl")
	own := byName("P-384")
	dir := t.TempDir()
	write := func(name, kind string, der []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	newKey := write("new.pem", "EC PRIVATE KEY", must(x509.MarshalECPrivateKey(byName("P-521").key.(*ecdsa.PrivateKey))))
	ownKey := write("own.key", "EC PRIVATE KEY", must(x509.MarshalECPrivateKey(own.key.(*ecdsa.PrivateKey))))
	ownCert := write("own.pem", "CERTIFICATE", own.cert.Raw)
	server := write("server.pem", "CERTIFICATE", byName("RSA").cert.Raw)
	for _, c := range []struct {
		name    string
		by      cmp.Protector
		signer  *x509.Certificate
		options []string
	}{
		{"PBM", &cmp.MAC{Secret: secret, PBM: true}, nil,
			[]string{"-ref", "qq111111_qwertyui", "-secret", "pass:" + string(secret)}},
		{"PBM with HMAC-SHA256", &cmp.MAC{Secret: secret, PBM: true}, nil,
			[]string{"-ref", "qq111111_qwertyui", "-secret", "pass:" + string(secret), "-mac", "hmacWithSHA256"}},
		{"signature", byName("RSA").signer(), own.cert,
			[]string{"-cert", ownCert, "-key", ownKey, "-srvcert", server, "-digest", "sha384"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := &responder{t: t, by: c.by, signer: c.signer}
			h := httptest.NewServer(r)
			defer h.Close()
			out := filepath.Join(dir, "out.pem")
			args := append([]string{"cmp", "-cmd", "ir", "-server", strings.TrimPrefix(h.URL, "http://"), "-path", "cmp",
				"-newkey", newKey, "-subject", "/CN=A", "-certout", out}, c.options...)
			if text, err := exec.CommandContext(t.Context(), openssl, args...).CombinedOutput(); err != nil {
				t.Fatalf("openssl cmp: %v\n%s", err, text)
			}
			if got := strings.Join(r.seen, " "); got != "request poll poll confirm" {
				t.Errorf("OpenSSL sent %s", got)
			}
			got, err := os.ReadFile(out)
			if err != nil {
				t.Fatal(err)
			}
			if block, _ := pem.Decode(got); block == nil || !bytes.Equal(block.Bytes, r.cert.Raw) {
				t.Error("OpenSSL has another certificate")
			}
		})
	}
}
