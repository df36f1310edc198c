package cmp_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"qoltanba/agent"
	agentbank "qoltanba/agent/bank"
	agentcmp "qoltanba/agent/cmp"
	"qoltanba/agent/gost"
	"qoltanba/cmd/refbank/ca"
	"qoltanba/cmd/refbank/cmp"
	"qoltanba/cmd/refbank/enroll"
	"qoltanba/cmd/refbank/est"
	"qoltanba/cmd/refbank/store"
)

const (
	user = "qq111111_qwertyui"
	pin  = "I0O1ABCD"
)

var client = store.Client{
	UserID: user, Surname: "ТЕСТОВА", GivenName: "ӘСЕЛ", IIN: "850412300452",
	Company: "ЖШС «Үлгі»", BIN: "000140001239", Account: "KZ60999KZT0000000001",
}

var other = store.Client{
	UserID: "qq222222_asdfghjk", Surname: "БЕКЕНОВ", GivenName: "ДАНИЯР", IIN: "900101300459",
	Company: "ТОО «Образец»", BIN: "000140001240", Account: "KZ60999KZT0000000002",
}

// A bank is a server with one client, who has a card and a primary key of some kind.
type bank struct {
	enroll.Config
	address string
	primary agent.PrimaryKey
}

// newBank starts a bank; change may change its configuration.
func newBank(t testing.TB, primary crypto.Signer, change func(*enroll.Config)) *bank {
	t.Helper()
	dir := t.TempDir()
	b := &bank{Config: enroll.Config{Logger: slog.New(slog.DiscardHandler)}}
	var err error
	if b.CA, err = ca.Open(filepath.Join(dir, "ca")); err != nil {
		t.Fatal(err)
	}
	if b.Primary, err = ca.OpenPrimary(filepath.Join(dir, "primary")); err != nil {
		t.Fatal(err)
	}
	if b.Store, err = store.Open(filepath.Join(dir, "bank.db")); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Store.Close() })
	if change != nil {
		change(&b.Config)
	}
	b.primary = b.addClient(t, client, primary)
	b.listen(t)
	return b
}

// listen serves CMP, and registration as EST has it.
func (b *bank) listen(t testing.TB) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	b.address = listener.Addr().String()
	key := ecKey()
	certificate, err := b.CA.IssueServer(key.Public(), "localhost", "127.0.0.1")
	if err != nil {
		t.Fatal(err)
	}
	over, err := cmp.New(b.Config)
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{ErrorLog: slog.NewLogLogger(slog.DiscardHandler, 0)}
	est.New(est.Config{Config: b.Config}).Attach(server, tls.Certificate{Certificate: [][]byte{certificate.Raw, b.CA.Issuing().Raw}, PrivateKey: key})
	mux := http.NewServeMux()
	mux.Handle(cmp.Path, over)
	mux.Handle("/", server.Handler)
	server.Handler = mux
	done := make(chan error, 1)
	go func() { done <- server.ServeTLS(listener, "", "") }() // ends by Close
	t.Cleanup(func() {
		server.Close()
		<-done
	})
}

// addClient adds a client with a contract and a card, and returns the primary key.
func (b *bank) addClient(t testing.TB, c store.Client, key crypto.Signer) agent.PrimaryKey {
	t.Helper()
	cert, err := b.Primary.Issue(key.Public(), ca.Subject{Surname: c.Surname, GivenName: c.GivenName, IIN: c.IIN, Company: c.Company, BIN: c.BIN}, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Store.AddClient(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	if err := b.Store.SetPeriods(t.Context(), c.UserID, 12, 24); err != nil {
		t.Fatal(err)
	}
	if err := b.Store.AddCard(t.Context(), c.UserID, pin, cert, time.Now()); err != nil {
		t.Fatal(err)
	}
	return agent.PrimaryKey{Signer: key, Certificates: []*x509.Certificate{cert}}
}

func (b *bank) issued(t testing.TB) int {
	t.Helper()
	_, certificates, err := b.Store.Counts(t.Context(), user)
	if err != nil {
		t.Fatal(err)
	}
	return certificates
}

func (b *bank) applicant() agent.Applicant {
	return agent.Applicant{UserID: user, PIN: agent.NewSecret([]byte(pin)), Primary: b.primary, Months: 24}
}

// agentClient is the agent's own client for this bank, over CMP alone.
func (b *bank) agentClient(t testing.TB, edit ...func(*agentbank.Config)) *agentbank.Client {
	t.Helper()
	base := &url.URL{Scheme: "https", Host: b.address}
	config := agentbank.Config{
		CMP:          base.JoinPath(cmp.Path),
		Registration: base.JoinPath("registration"),
		Roots:        []*x509.Certificate{b.CA.Root(), b.CA.GOSTRoot()},
		Iterations:   agentcmp.MinIterations,
	}
	for _, e := range edit {
		e(&config)
	}
	c, err := agentbank.New(config)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func ecKey() crypto.Signer {
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	return k
}

// rsaKey is the same for all tests, as it takes long.
var rsaKey = sync.OnceValue(func() crypto.Signer {
	k, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return k
})

func gostKey() crypto.Signer { return gost.GenerateKey(gost.Kazakh2015) }
