package pkcs11_test

import (
	"bytes"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"qoltanba/agent"
	"qoltanba/agent/agenttest"
	"qoltanba/agent/agenttest/need"
	"qoltanba/agent/agenttest/softhsm"
	"qoltanba/agent/cms"
	"qoltanba/agent/gost"
)

// The whole way of a key: made on the token, its request, its certificate under the
// same CKA_ID, and documents signed with it in another session.
func TestGOSTFromTokenToSignature(t *testing.T) {
	for _, kind := range []agent.KeyAlgorithm{agent.GOST2004, agent.GOST2015, agent.GOST2012} {
		t.Run("K6 "+string(kind), func(t *testing.T) {
			store := softhsm.NewGOST(t)
			token := store.Token(t, "Accounts", "1234")
			if kind == agent.GOST2015 {
				store.Fault(t).GOST512(t)
			}
			m := open(t, store)
			tok := openToken(t, m, token)
			k := generated(t, tok, kind)
			request, err := gost.CreateCertificateRequest(&x509.CertificateRequest{Subject: pkix.Name{CommonName: "Aigerim"}}, k)
			if err != nil {
				t.Fatalf("CreateCertificateRequest() = %v", err)
			}
			req, err := gost.ParseCertificateRequest(request)
			if err != nil {
				t.Fatalf("ParseCertificateRequest() = %v", err)
			}
			cert := agenttest.TestCA().Issue(req.PublicKey, req.Subject.CommonName)
			if err := tok.StoreCertificate(t.Context(), k.ID(), "Accounts", cert); err != nil {
				t.Fatalf("StoreCertificate() = %v", err)
			}
			if err := tok.Close(); err != nil {
				t.Fatal(err)
			}
			k, err = openToken(t, m, token).Key(t.Context(), k.ID())
			if err != nil {
				t.Fatalf("Key() = %v", err)
			}

			document := []byte("Pay 1,000,000 tenge to Aigerim")
			signer := cms.Signer{Key: k, Certificate: k.Certificate()}
			attached, err := cms.Sign(signer, document, cms.Options{})
			if err != nil {
				t.Fatalf("cms.Sign() = %v", err)
			}
			detached, err := cms.SignDigest(signer, sum(signer, document), cms.Options{Detached: true})
			if err != nil {
				t.Fatalf("cms.SignDigest() = %v", err)
			}
			root := agenttest.TestCA().GOST(kind.GOST())
			roots := []*x509.Certificate{root}
			for what, err := range map[string]error{
				"attached":                   verifyCMS(attached, cms.VerifyOptions{Roots: roots}),
				"the digest alone, detached": verifyCMS(detached, cms.VerifyOptions{Roots: roots, Content: document}),
			} {
				if err != nil {
					t.Errorf("%s: cms.Verify() = %v", what, err)
				}
			}
			if err := verifyCMS(detached, cms.VerifyOptions{Roots: roots, Content: document[1:]}); !errors.Is(err, cms.ErrDigest) {
				t.Errorf("another document: cms.Verify() = %v, want ErrDigest", err)
			}
			if !kind.GOST().Kazakh() { // those openssl does not know
				opensslVerifies(t, request, attached, document, root)
			}
		})
	}
}

func sum(s cms.Signer, document []byte) []byte {
	h := s.Hash().New()
	h.Write(document)
	return h.Sum(nil)
}

func verifyCMS(der []byte, o cms.VerifyOptions) error {
	_, err := cms.Verify(der, o)
	return err
}

// opensslVerifies has openssl's GOST engine check the request and the message of a
// token's key.
func opensslVerifies(t *testing.T, request, message, document []byte, root *x509.Certificate) {
	t.Helper()
	path := need.Program(t, "openssl")
	dir := t.TempDir()
	file := func(name string, content []byte) string {
		t.Helper()
		name = filepath.Join(dir, name)
		if err := os.WriteFile(name, content, 0o600); err != nil {
			t.Fatal(err)
		}
		return name
	}
	config := file("openssl.cnf", []byte("openssl_conf = conf\n[conf]\nengines = engines\n[engines]\ngost = gost\n"+
		"[gost]\nengine_id = gost\ndefault_algorithms = ALL\n[req]\ndistinguished_name = dn\n[dn]\n"))
	openssl := func(args ...string) ([]byte, error) {
		cmd := exec.Command(path, args...)
		cmd.Env = append(os.Environ(), "OPENSSL_CONF="+config)
		return cmd.CombinedOutput()
	}
	if out, err := openssl("engine", "-c", "gost"); err != nil || !bytes.Contains(out, []byte("gost2012_256")) {
		need.Missing(t, "openssl has no GOST engine (libengine-gost-openssl): %v\n%s", err, out)
	}
	out, err := openssl("req", "-verify", "-noout", "-inform", "DER", "-in", file("request", request))
	if err != nil || !bytes.Contains(out, []byte("verify OK")) {
		t.Errorf("openssl req -verify: %v\n%s", err, out)
	}
	args := []string{"cms", "-verify", "-cades", "-purpose", "any", "-binary", "-inform", "DER", "-in", file("message", message), "-out", filepath.Join(dir, "out"),
		"-CAfile", file("root.pem", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: root.Raw}))}
	if out, err := openssl(args...); err != nil || !bytes.Contains(out, []byte("CAdES Verification successful")) {
		t.Errorf("openssl cms -verify: %v\n%s", err, out)
	}
	if got, err := os.ReadFile(filepath.Join(dir, "out")); err != nil || !bytes.Equal(got, document) {
		t.Errorf("openssl reads %q, %v, want the document", got, err)
	}
	message[len(message)-1] ^= 1
	file("message", message)
	if out, err := openssl(args...); err == nil {
		t.Errorf("openssl accepts a damaged signature: %s", out)
	}
}
