package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"qoltanba/agent"
	"qoltanba/agent/agenttest"
	"qoltanba/agent/agenttest/softhsm"
	"qoltanba/agent/gost"
	"qoltanba/cmd/refbank/ca"
	"qoltanba/cmd/refbank/server"
	"qoltanba/cmd/refbank/store"
	"qoltanba/pkcs11"
	"qoltanba/ui/text"
)

const gostSite = "https://ib.refbank.test"

// TestGOSTTokenAtTheBank goes the whole way with a GOST key of a PKCS #11 token: the
// bank certifies it, the person logs in with it and signs an order, the bank accepts
// both, and "qoltanba verify" says the same of the signature.
func TestGOSTTokenAtTheBank(t *testing.T) {
	for _, kind := range []agent.KeyAlgorithm{agent.GOST2015, agent.GOST2004} {
		t.Run("K6 K8 K111 "+string(kind), func(t *testing.T) {
			tokens := softhsm.NewGOST(t)
			token := tokens.Token(t, "Accounts", "1234")
			if kind == agent.GOST2015 {
				tokens.Fault(t).GOST512(t)
			}
			module, err := pkcs11.Open(tokens.Module, pkcs11.Options{Poll: 5 * time.Millisecond})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { module.Close() })
			b := newGOSTBank(t)
			b.certify(t, module, token, kind)

			page := newGOSTAgent(t, module)
			challenge := b.post(t, "/api/login/challenge", struct{}{}).Challenge
			login, _, err := page.Authenticate(t.Context(), challenge)
			if err != nil {
				t.Fatalf("Authenticate = %v", err)
			}
			if a := b.post(t, "/api/login", login); a.Company != "Company" {
				t.Fatalf("the bank answers the login with %+v", a)
			}

			orders := b.post(t, "/api/orders", map[string]any{"orders": []server.Payment{{
				Payee: "Payee", IBAN: "KZ61999KZT5004100100", BIC: "REFBKZKA", Amount: "12500.50", Currency: "KZT", KNP: "710", Purpose: "Goods",
			}}}).Orders
			if len(orders) != 1 {
				t.Fatalf("%d orders, want 1", len(orders))
			}
			id := orders[0].ID
			document := b.get(t, "/api/orders/"+id+"/document")
			signed, err := page.Sign(t.Context(), agent.SignRequest{
				Documents: []agent.Document{{Name: "order.xml", MediaType: "application/xml", Data: document}}, Detached: true,
			}, nil)
			if err != nil || !signed.Complete {
				t.Fatalf("Sign = %+v, %v", signed, err)
			}
			der := signed.Signatures[0].CMS
			if a := b.post(t, "/api/orders/"+id+"/signature", map[string]any{"cms": der}); a.Verdict != "accepted" {
				t.Errorf("the bank's verdict: %+v, want accepted", a)
			}

			verify := func(document []byte) (string, error) {
				dir := t.TempDir()
				for name, content := range map[string][]byte{"order.p7s": der, "order.xml": document, "root.pem": pemOf(b.ca.GOSTIssuing(), b.ca.GOSTRoot())} {
					if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
						t.Fatal(err)
					}
				}
				var out bytes.Buffer
				err := verifyCmd{
					File: filepath.Join(dir, "order.p7s"), Content: filepath.Join(dir, "order.xml"), CA: []string{filepath.Join(dir, "root.pem")},
				}.Run(&env{lang: text.EN, home: dir, out: &out})
				return out.String(), err
			}
			if out, err := verify(document); err != nil || !strings.Contains(out, "The certificate is valid now.") {
				t.Errorf("qoltanba verify: %v\n%s", err, out)
			}
			if out, err := verify(bytes.Replace(document, []byte("12500.50"), []byte("92500.50"), 1)); err == nil {
				t.Errorf("qoltanba verify is content with another document:\n%s", out)
			}
		})
	}
}

// newGOSTAgent returns a page of the bank at an agent with that module.
func newGOSTAgent(t *testing.T, module *pkcs11.Module) *agent.Client {
	t.Helper()
	a, err := agent.New(agent.Config{
		Version: "test", Tokens: module, Prompter: agenttest.NewPerson("1234"), Vault: agenttest.NewVault(),
		History: agenttest.NewHistory(), Dir: t.TempDir(), TempDir: t.TempDir(),
		Banks:    []agent.Bank{{Names: map[string]string{"en": "Bank"}, Origins: []string{gostSite}, Trusted: true}},
		Site:     func(host string) string { return host },
		OpenFile: func(string) error { return nil },
		Logger:   slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	seen := make(chan struct{}, 1)
	forget := a.Subscribe(func(s agent.Status) {
		if len(s.Profiles) == 1 && !s.Profiles[0].Empty {
			select {
			case seen <- struct{}{}:
			default:
			}
		}
	})
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { // ended and waited for at the end of the test
		defer close(done)
		a.Run(ctx)
	}()
	t.Cleanup(func() {
		stop()
		<-done
	})
	select {
	case <-seen:
	case <-time.After(time.Minute):
		t.Fatalf("no profile of the token: %+v", a.Status().Profiles)
	}
	forget()
	origin, err := a.Admit(t.Context(), gostSite)
	if err != nil {
		t.Fatal(err)
	}
	page := a.Connect(origin, func(agent.Event) {})
	t.Cleanup(page.Close)
	return page
}

// A gostBank is the reference bank with one client, and a browser at it.
type gostBank struct {
	ca      *ca.CA
	store   *store.Store
	browser *http.Client
}

func newGOSTBank(t *testing.T) *gostBank {
	t.Helper()
	dir := t.TempDir()
	b := &gostBank{}
	var err error
	if b.ca, err = ca.Open(filepath.Join(dir, "ca")); err != nil {
		t.Fatal(err)
	}
	if b.store, err = store.Open(filepath.Join(dir, "bank.db")); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.store.Close() })
	site, err := server.New(t.Context(), server.Config{
		Origin:        gostSite,
		Roots:         []*x509.Certificate{b.ca.Root(), b.ca.GOSTRoot()},
		Intermediates: []*x509.Certificate{b.ca.Issuing(), b.ca.GOSTIssuing()},
		Store:         b.store,
		SignedDir:     filepath.Join(dir, "signed"),
		SDK:           fstest.MapFS{"client.js": {Data: []byte("export {};")}},
		Logger:        slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	b.browser = &http.Client{Jar: jar, Transport: atSite{site}}
	return b
}

// atSite takes requests to the bank without a network.
type atSite struct{ http.Handler }

func (s atSite) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Host = r.URL.Host
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w.Result(), nil
}

// certify makes a key on the token and puts the bank's certificate for it there.
func (b *gostBank) certify(t *testing.T, module *pkcs11.Module, token *softhsm.Token, kind agent.KeyAlgorithm) {
	t.Helper()
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	tok, err := module.Open(t.Context(), token.ID)
	check(err)
	defer tok.Close()
	pin := agent.NewSecret([]byte(token.PIN))
	defer pin.Wipe()
	check(tok.Login(t.Context(), pin))
	id := make([]byte, 8)
	rand.Read(id)
	key, err := tok.GenerateKey(t.Context(), agent.KeySpec{ID: id, Label: "Accounts", Algorithm: kind})
	check(err)
	der, err := gost.CreateCertificateRequest(&x509.CertificateRequest{Subject: pkix.Name{CommonName: "Aigerim"}}, key)
	check(err)
	request, err := gost.ParseCertificateRequest(der)
	check(err)
	client := store.Client{UserID: aGOSTUser, Surname: "TEST", GivenName: "AIGERIM", IIN: "850412300452",
		Company: "Company", BIN: "000140001239", Account: "KZ60999KZT0000000001"}
	check(b.store.AddClient(t.Context(), client))
	cert, err := b.ca.IssueClient(request.PublicKey, ca.Subject{
		Surname: client.Surname, GivenName: client.GivenName, IIN: client.IIN, Company: client.Company, BIN: client.BIN,
	}, time.Hour)
	check(err)
	check(b.store.SetCertificate(t.Context(), client.UserID, cert))
	check(tok.StoreCertificate(t.Context(), id, "Accounts", cert))
}

const aGOSTUser = "qq111111_qwertyui"

// gostAnswer is what the bank's pages get.
type gostAnswer struct {
	Error, Challenge, Company, Verdict, Reason string
	Orders                                     []struct{ ID string }
}

func (b *gostBank) post(t *testing.T, path string, body any) (a gostAnswer) {
	t.Helper()
	data, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b.ask(t, http.MethodPost, path, data), &a); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return a
}

func (b *gostBank) get(t *testing.T, path string) []byte {
	t.Helper()
	return b.ask(t, http.MethodGet, path, nil)
}

func (b *gostBank) ask(t *testing.T, method, path string, body []byte) []byte {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, gostSite+path, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Origin", gostSite)
	response, err := b.browser.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	if response.StatusCode >= 300 {
		t.Fatalf("%s %s = %d %s", method, path, response.StatusCode, answer)
	}
	return answer
}
