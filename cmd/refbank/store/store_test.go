package store_test

import (
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"qoltanba/cmd/refbank/store"
)

var life = store.Life{Idle: time.Hour, Most: 8 * time.Hour}

var (
	now    = time.Date(2026, 10, 5, 9, 0, 0, 0, time.UTC)
	client = store.Client{
		UserID: "qq111111_qwertyui", Surname: "ТЕСТОВА", GivenName: "ӘСЕЛ", IIN: "850412300452",
		Company: "ЖШС «Үлгі»", BIN: "000140001239", Account: "KZ60999KZT0000000001",
	}
)

// open returns a store with one client, and the path of its file.
func open(t *testing.T) (*store.Store, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "bank ?#%.db")
	s := reopen(t, path)
	if err := s.AddClient(t.Context(), client); err != nil {
		t.Fatal(err)
	}
	return s, path
}

func reopen(t *testing.T, path string) *store.Store {
	t.Helper()
	s, err := store.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func TestFile(t *testing.T) {
	_, path := open(t)
	for _, suffix := range []string{"", "-wal"} {
		info, err := os.Stat(path + suffix)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != 0o600 {
			t.Errorf("mode of %s = %v, want 0600", info.Name(), info.Mode().Perm())
		}
	}
}

func TestClientByCertificate(t *testing.T) {
	s, _ := open(t)
	first, second := &x509.Certificate{Raw: []byte("first")}, &x509.Certificate{Raw: []byte("second")}
	for _, c := range []*x509.Certificate{first, second} {
		if err := s.SetCertificate(t.Context(), client.UserID, c); err != nil {
			t.Fatal(err)
		}
	}
	got, err := s.ClientByCertificate(t.Context(), second)
	want := client
	want.Fingerprint = store.Fingerprint(second)
	if err != nil || got != want {
		t.Errorf("ClientByCertificate(in force) = %+v, %v, want %+v", got, err, want)
	}
	if _, err := s.ClientByCertificate(t.Context(), first); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("ClientByCertificate(replaced) = %v, want ErrNotFound", err)
	}
	if err := s.SetCertificate(t.Context(), "nobody", first); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("SetCertificate(nobody) = %v, want ErrNotFound", err)
	}
	if err := s.AddClient(t.Context(), client); err != nil {
		t.Fatal(err)
	}
	if got, _ := s.Client(t.Context(), client.UserID); got != want {
		t.Errorf("AddClient of a known client left %+v, want %+v", got, want)
	}
}

func TestNewCertificateEndsSessions(t *testing.T) {
	s, _ := open(t)
	if err := s.AddSession(t.Context(), "", "cookie", client, now, life); err != nil {
		t.Fatal(err)
	}
	if err := s.SetCertificate(t.Context(), client.UserID, &x509.Certificate{Raw: []byte("new")}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Session(t.Context(), "cookie", now, time.Hour); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("Session = %v, want ErrNotFound", err)
	}
	// A login that was under way with the one before.
	if err := s.AddSession(t.Context(), "", "late", client, now, life); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("AddSession(replaced) = %v, want ErrNotFound", err)
	}
}

func TestNonce(t *testing.T) {
	const life = 5 * time.Minute
	for _, test := range []struct {
		name   string
		cookie string
		after  time.Duration
		taken  bool // by an earlier login
		want   error
	}{
		{"fresh", "a", 0, false, nil},
		{"last millisecond", "a", life - time.Millisecond, false, nil},
		{"expired", "a", life, false, store.ErrNonceExpired},
		{"used", "a", time.Second, true, store.ErrNonceUsed},
		{"other browser", "b", 0, false, store.ErrNonceUnknown},
		{"no cookie", "", 0, false, store.ErrNonceUnknown},
	} {
		t.Run(test.name, func(t *testing.T) {
			s, _ := open(t)
			if err := s.AddNonce(t.Context(), "a", "nonce", now, life); err != nil {
				t.Fatal(err)
			}
			if test.taken {
				if _, err := s.TakeNonce(t.Context(), "a", now); err != nil {
					t.Fatal(err)
				}
			}
			got, err := s.TakeNonce(t.Context(), test.cookie, now.Add(test.after))
			if !errors.Is(err, test.want) || (err == nil) != (got == "nonce") {
				t.Errorf("TakeNonce = %q, %v, want %v", got, err, test.want)
			}
		})
	}
}

func TestNonceOfABrowserIsReplaced(t *testing.T) {
	s, _ := open(t)
	for _, n := range []string{"one", "two"} {
		if err := s.AddNonce(t.Context(), "a", n, now, time.Minute); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := s.TakeNonce(t.Context(), "a", now); got != "two" || err != nil {
		t.Errorf("TakeNonce = %q, %v, want two", got, err)
	}
}

func TestNonceOnceUnderConcurrency(t *testing.T) {
	s, _ := open(t)
	if err := s.AddNonce(t.Context(), "a", "nonce", now, time.Minute); err != nil {
		t.Fatal(err)
	}
	results := atOnce(20, func(int) error {
		_, err := s.TakeNonce(t.Context(), "a", now)
		return err
	})
	taken := 0
	for _, err := range results {
		if err == nil {
			taken++
		} else if !errors.Is(err, store.ErrNonceUsed) {
			t.Errorf("TakeNonce = %v, want ErrNonceUsed", err)
		}
	}
	if taken != 1 {
		t.Errorf("taken %d times, want 1", taken)
	}
}

func TestSessionSlidesAndEnds(t *testing.T) {
	s, path := open(t)
	if err := s.AddSession(t.Context(), "", "secret cookie", client, now, life); err != nil {
		t.Fatal(err)
	}
	at := now.Add(59 * time.Minute)
	if c, err := s.Session(t.Context(), "secret cookie", at, time.Hour); err != nil || c != client {
		t.Errorf("Session = %+v, %v, want %+v", c, err, client)
	}
	if _, err := s.Session(t.Context(), "secret cookie", at.Add(59*time.Minute), time.Hour); err != nil {
		t.Errorf("used session ended: %v", err)
	}
	if _, err := s.Session(t.Context(), "secret cookie", at.Add(3*time.Hour), time.Hour); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("idle session = %v, want ErrNotFound", err)
	}
	for _, suffix := range []string{"", "-wal"} {
		if data, err := os.ReadFile(path + suffix); err != nil || strings.Contains(string(data), "secret cookie") {
			t.Errorf("the cookie is in the file (%v)", err)
		}
	}
	if err := s.EndSession(t.Context(), "secret cookie"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Session(t.Context(), "secret cookie", at, time.Hour); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("ended session = %v, want ErrNotFound", err)
	}
}

// A session that is never idle ends all the same, however it was opened.
func TestSessionEndsForGood(t *testing.T) {
	s, _ := openCodes(t)
	if err := s.AddSession(t.Context(), "", "by key", client, now, life); err != nil {
		t.Fatal(err)
	}
	login := codeLogin(client.UserID, code(t, 0))
	if _, err := s.LoginByCode(t.Context(), login, now); err != nil {
		t.Fatal(err)
	}
	for _, cookie := range []string{"by key", login.Cookie} {
		for at := now; at.Before(now.Add(life.Most)); at = at.Add(31*time.Minute + 17*time.Second) {
			if _, err := s.Session(t.Context(), cookie, at, life.Idle); err != nil {
				t.Fatalf("%s: Session after %v = %v", cookie, at.Sub(now), err)
			}
		}
		if _, err := s.Session(t.Context(), cookie, now.Add(life.Most-time.Millisecond), life.Idle); err != nil {
			t.Errorf("%s: Session at the last moment = %v", cookie, err)
		}
		if _, err := s.Session(t.Context(), cookie, now.Add(life.Most), life.Idle); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("%s: Session after %v = %v, want ErrNotFound", cookie, life.Most, err)
		}
	}
	short := store.Life{Idle: time.Hour, Most: time.Minute}
	if err := s.AddSession(t.Context(), "", "short", client, now, short); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Session(t.Context(), "short", now.Add(time.Minute), time.Hour); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("Session that is shorter than it may be idle = %v, want ErrNotFound", err)
	}
}

func order(id string) store.Order {
	return store.Order{
		ID: id, UserID: client.UserID, Payee: "ТОО «Образец»", IBAN: "KZ61999KZT5004100100",
		Amount: 1250075, Currency: "KZT", Purpose: "Rent", Document: []byte("<Document>" + id), State: store.Issued, Created: now,
	}
}

func TestOrderBelongsToItsClient(t *testing.T) {
	s, _ := open(t)
	if err := s.AddOrders(t.Context(), []store.Order{order("A")}); err != nil {
		t.Fatal(err)
	}
	got, err := s.Order(t.Context(), client.UserID, "A")
	if fmt.Sprint(got) != fmt.Sprint(order("A")) || err != nil {
		t.Errorf("Order = %+v, %v, want %+v", got, err, order("A"))
	}
	if _, err := s.Order(t.Context(), "somebody", "A"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("Order(somebody) = %v, want ErrNotFound", err)
	}
}

func TestAddOrdersAllOrNone(t *testing.T) {
	s, _ := open(t)
	if err := s.AddOrders(t.Context(), []store.Order{order("A"), order("B"), order("A")}); err == nil {
		t.Fatal("the same id twice was kept")
	}
	if _, err := s.Order(t.Context(), client.UserID, "B"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("Order(B) = %v, want ErrNotFound", err)
	}
}

func TestJudgeAcceptsOnce(t *testing.T) {
	s, path := open(t)
	signer := putInForce(t, s, "certificate")
	if err := s.AddOrders(t.Context(), []store.Order{order("A")}); err != nil {
		t.Fatal(err)
	}
	refused := store.Signature{OrderID: "A", CMS: []byte{1}, Verdict: store.SignatureRefused, Reason: "origin", Received: now}
	if got, err := s.Judge(t.Context(), refused); err != nil || got.Verdict != store.SignatureRefused {
		t.Fatalf("Judge(refused) = %+v, %v", got, err)
	}
	// A second process has the file open as well.
	stores := []*store.Store{s, reopen(t, path)}
	var mu sync.Mutex
	verdicts := map[string]int{}
	for _, err := range atOnce(20, func(i int) error {
		got, err := stores[i%2].Judge(t.Context(), store.Signature{
			OrderID: "A", CMS: []byte{2, byte(i)}, Verdict: store.SignatureAccepted, Signer: signer, Received: now,
		})
		mu.Lock()
		defer mu.Unlock()
		verdicts[string(got.Verdict)+got.Reason]++
		return err
	}) {
		if err != nil {
			t.Error(err)
		}
	}
	if verdicts["accepted"] != 1 || verdicts["refused"+store.AcceptedBefore] != 19 {
		t.Errorf("verdicts = %v, want 1 accepted and 19 refused", verdicts)
	}
	if o, _ := s.Order(t.Context(), client.UserID, "A"); o.State != store.Accepted {
		t.Errorf("state = %s, want accepted", o.State)
	}
	list, err := s.Payments(t.Context(), client.UserID, 100)
	if err != nil || len(list) != 21 {
		t.Fatalf("Payments = %d, %v, want 21", len(list), err)
	}
	if first := list[20]; first.Signature.Reason != "origin" || first.Order.Payee != order("A").Payee || !first.Signature.Received.Equal(now) {
		t.Errorf("oldest payment = %+v", first)
	}
	exported := 0
	if err := s.EachSigned(t.Context(), func(id string, document, cms []byte) error {
		exported++
		if id != "A" || string(document) != "<Document>A" || len(cms) != 2 {
			t.Errorf("EachSigned gave %s %s %x", id, document, cms)
		}
		return nil
	}); err != nil || exported != 1 {
		t.Errorf("EachSigned: %d, %v, want 1", exported, err)
	}
}

// putInForce makes a certificate the client's and returns its fingerprint.
func putInForce(t *testing.T, s *store.Store, name string) string {
	t.Helper()
	cert := &x509.Certificate{Raw: []byte(name)}
	if err := s.SetCertificate(t.Context(), client.UserID, cert); err != nil {
		t.Fatal(err)
	}
	return store.Fingerprint(cert)
}

// A certificate may be replaced while its signature is looked at.
func TestJudgeAfterTheCertificateWasReplaced(t *testing.T) {
	s, _ := open(t)
	if err := s.AddOrders(t.Context(), []store.Order{order("A")}); err != nil {
		t.Fatal(err)
	}
	signed := store.Signature{OrderID: "A", CMS: []byte{1}, Verdict: store.SignatureAccepted, Signer: putInForce(t, s, "stolen"), Received: now}
	next := putInForce(t, s, "next")
	if got, err := s.Judge(t.Context(), signed); err != nil || got.Verdict != store.SignatureRefused || got.Reason != store.ReasonSigner {
		t.Errorf("Judge(replaced) = %+v, %v, want refused for the signer", got, err)
	}
	signed.Signer = next
	if got, err := s.Judge(t.Context(), signed); err != nil || got.Verdict != store.SignatureAccepted {
		t.Errorf("Judge(in force) = %+v, %v, want accepted", got, err)
	}
}

func TestJudgeUnknownOrder(t *testing.T) {
	s, _ := open(t)
	for _, v := range []store.Verdict{store.SignatureAccepted, store.SignatureRefused} {
		if _, err := s.Judge(t.Context(), store.Signature{OrderID: "none", CMS: []byte{1}, Verdict: v}); err == nil {
			t.Errorf("Judge(%s) of an unknown order was written", v)
		}
	}
}

// atOnce calls f n times in parallel and returns the errors.
func atOnce(n int, f func(i int) error) []error {
	results := make([]error, n)
	var calls sync.WaitGroup
	for i := range n {
		calls.Go(func() { results[i] = f(i) })
	}
	calls.Wait()
	return results
}

// A login that opens nothing ends nothing.
func TestSessionBefore(t *testing.T) {
	s, _ := open(t)
	replaced := client
	replaced.Fingerprint = "of a certificate that was replaced"
	for _, err := range []error{s.AddSession(t.Context(), "", "first", client, now, life), s.AddSession(t.Context(), "", "elsewhere", client, now, life)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := s.AddSession(t.Context(), "first", "second", replaced, now, life); !errors.Is(err, store.ErrNotFound) {
		t.Fatalf("AddSession(replaced) = %v, want ErrNotFound", err)
	}
	if _, err := s.Session(t.Context(), "first", now, time.Hour); err != nil {
		t.Errorf("Session before a login that failed = %v", err)
	}
	if err := s.AddSession(t.Context(), "first", "second", client, now, life); err != nil {
		t.Fatal(err)
	}
	for cookie, want := range map[string]error{"first": store.ErrNotFound, "second": nil, "elsewhere": nil} {
		if _, err := s.Session(t.Context(), cookie, now, time.Hour); !errors.Is(err, want) {
			t.Errorf("Session(%s) = %v, want %v", cookie, err, want)
		}
	}
}
