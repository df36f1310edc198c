package agenttest_test

import (
	"context"
	"crypto"
	"crypto/x509"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"qoltanba/agent"
	"qoltanba/agent/agenttest"
	"qoltanba/agent/audit"
)

func TestMemory(t *testing.T) {
	agenttest.TestToken(t, memory)
}

func TestMemoryGOST(t *testing.T) {
	agenttest.TestGOST(t, []agent.KeyAlgorithm{agent.GOST2004, agent.GOST2015, agent.GOST2012}, memory)
}

func memory(*testing.T) agenttest.Fixture {
	token := agenttest.NewToken("A1B2C3", "Accounts", "1234")
	tokens := agenttest.NewTokens(token)
	return agenttest.Fixture{
		Tokens:   tokens,
		ID:       token.ID(),
		PIN:      "1234",
		AdminPIN: agent.DefaultAdminPIN,
		Tries:    3,
		Remove:   func(*testing.T) { tokens.Remove(token.ID()) },
		Insert:   func(*testing.T) { tokens.Insert(token) },
	}
}

func TestFailAfter(t *testing.T) {
	token := agenttest.NewToken("1", "", "1234")
	info := token.AddKey(agent.RSA2048, "Accounts", "Aigerim")
	k, tok := unlocked(t, agenttest.NewTokens(token), token)
	if string(k.ID()) != string(info.ID) {
		t.Errorf("Keys() has %x, want %x of AddKey", k.ID(), info.ID)
	}
	failure := errors.New("out of paper")
	token.FailAfter(2, failure)
	for i, want := range []error{nil, nil, failure, failure} {
		if err := sign(k); !errors.Is(err, want) {
			t.Errorf("signature %d = %v, want %v", i, err, want)
		}
	}
	token.FailAfter(0, agent.ErrTokenLost)
	for range 2 {
		if err := sign(k); !errors.Is(err, agent.ErrTokenLost) {
			t.Errorf("Sign = %v, want ErrTokenLost", err)
		}
	}
	token.FailAfter(0, nil)
	if err := tok.Logout(t.Context()); !errors.Is(err, agent.ErrTokenLost) {
		t.Errorf("Logout in the lost session = %v, want ErrTokenLost", err)
	}
	if token.Signatures() != 2 || token.Logins() != 1 || token.Unlocked() {
		t.Errorf("%d signatures, %d logins, unlocked %v, want 2, 1, false", token.Signatures(), token.Logins(), token.Unlocked())
	}
}

func unlocked(t *testing.T, s *agenttest.Tokens, token *agenttest.Token) (agent.Key, agent.Token) {
	t.Helper()
	tok, err := s.Open(t.Context(), token.ID())
	if err != nil {
		t.Fatal(err)
	}
	if err := tok.Login(t.Context(), agent.NewSecret([]byte("1234"))); err != nil {
		t.Fatal(err)
	}
	keys, err := tok.Keys(t.Context())
	if err != nil || len(keys) != 1 {
		t.Fatalf("Keys() = %d, %v, want 1", len(keys), err)
	}
	return keys[0], tok
}

func sign(k agent.Key) error {
	_, err := k.Sign(nil, make([]byte, 32), crypto.SHA256)
	return err
}

func TestHold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		token := agenttest.NewToken("1", "", "1234")
		token.AddKey(agent.P256, "Accounts", "Aigerim")
		tokens := agenttest.NewTokens(token)
		k, tok := unlocked(t, tokens, token)

		held := token.Hold(agenttest.OpSign)
		signed := make(chan error, 1)
		go func() { signed <- sign(k) }()
		<-held.Reached
		if err := tok.Logout(t.Context()); err != nil { // goes past the signature
			t.Fatal(err)
		}
		held.Release()
		if err := <-signed; !errors.Is(err, agent.ErrLocked) {
			t.Errorf("Sign after Logout in between = %v, want ErrLocked", err)
		}

		token.Hold(agenttest.OpLogin)
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if err := tok.Login(ctx, agent.NewSecret([]byte("1234"))); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Login held for longer than its context = %v, want DeadlineExceeded", err)
		}
		if token.Logins() != 1 {
			t.Errorf("%d PINs were checked, want 1", token.Logins())
		}
	})
}

func TestCA(t *testing.T) {
	token := agenttest.NewToken("1", "", "1234")
	info := token.AddKey(agent.P384, "Accounts", "Aigerim")
	cert, err := x509.ParseCertificate(info.Certificate)
	if err != nil {
		t.Fatal(err)
	}
	for _, now := range []time.Time{time.Now(), time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)} {
		_, err = cert.Verify(x509.VerifyOptions{
			Roots: agenttest.TestCA().Pool(), CurrentTime: now,
			KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
		})
		if err != nil || cert.Subject.CommonName != "Aigerim" {
			t.Errorf("certificate of %q: %v", cert.Subject.CommonName, err)
		}
	}
	old := agenttest.NewCA("Other").Issue(cert.PublicKey, "Old", func(c *x509.Certificate) { c.NotAfter = c.NotBefore.AddDate(1, 0, 0) })
	if time.Now().Before(old.NotAfter) || old.CheckSignatureFrom(agenttest.TestCA().Certificate()) == nil {
		t.Errorf("the edited certificate ends %v, issued by %v", old.NotAfter, old.Issuer)
	}
}

func TestVault(t *testing.T) {
	v := agenttest.NewVault()
	ctx := t.Context()
	if _, err := v.Get(ctx, "a"); !errors.Is(err, agent.ErrNoKey) {
		t.Errorf("Get(absent) = %v, want ErrNoKey", err)
	}
	value := agent.NewSecret([]byte("secret"))
	if err := v.Set(ctx, "a", value); err != nil {
		t.Fatal(err)
	}
	value.Wipe()
	got, err := v.Get(ctx, "a")
	if err != nil || string(got.Bytes()) != "secret" {
		t.Errorf("Get() = %q, %v, want a copy", got.Bytes(), err)
	}
	got.Wipe()
	v.SetAbsent(true)
	_, err = v.Get(ctx, "a")
	for _, err := range []error{err, v.Set(ctx, "a", value), v.Delete(ctx, "a")} {
		if !errors.Is(err, agent.ErrVault) {
			t.Errorf("without a keyring: %v, want ErrVault", err)
		}
	}
	v.SetAbsent(false)
	if got, err := v.Get(ctx, "a"); err != nil || string(got.Bytes()) != "secret" {
		t.Errorf("Get() = %q, %v, want what was kept", got.Bytes(), err)
	}
	for range 2 {
		if err := v.Delete(ctx, "a"); err != nil {
			t.Errorf("Delete() = %v", err)
		}
	}
	if _, err := v.Get(ctx, "a"); !errors.Is(err, agent.ErrNoKey) {
		t.Errorf("Get(deleted) = %v, want ErrNoKey", err)
	}
}

func TestHistory(t *testing.T) {
	h := agenttest.NewHistory()
	first, err := h.Append(audit.Record{Kind: "sign", Data: map[string]string{"origin": "https://ib.bank.kz"}}, audit.Record{Kind: "sign"})
	if err != nil || first.N != 2 {
		t.Errorf("Append(2 records) = %v, %v, want number 2", first.N, err)
	}
	full := errors.New("disk full")
	h.FailWith(full)
	if _, err := h.Append(audit.Record{Kind: "lost"}); !errors.Is(err, full) {
		t.Errorf("Append to a full disk = %v", err)
	}
	h.FailWith(nil)
	if _, err := h.Append(audit.Record{Kind: "good"}, audit.Record{Kind: "odd", Data: func() {}}); err == nil {
		t.Error("Append took a function as data")
	}
	if _, err := h.Append(audit.Record{}); err == nil {
		t.Error("Append took a record without a kind")
	}
	if head, err := h.Append(); err != nil || head != first {
		t.Errorf("Append() = %v, %v, want the head as it is", head, err)
	}
	second, err := h.Append(audit.Record{Kind: "login"})
	if err != nil || second.N != 3 || second.Hash == first.Hash {
		t.Errorf("Append = %v, %v, want number 3 and another hash", second, err)
	}
	if got := h.Records(); len(got) != 3 || got[2].Kind != "login" || h.Appends() != 2 {
		t.Errorf("Records() = %v after %d appends, want 3 after 2", got, h.Appends())
	}
}
