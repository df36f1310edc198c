//go:build cgo

package remote_test

import (
	"context"
	"crypto/x509"
	"errors"
	"testing"

	"qoltanba/agent"
	"qoltanba/agent/agenttest"
	"qoltanba/pkcs11/remote"
)

// swapped is a token whose keys come with the certificate of another key.
type swapped struct {
	*agenttest.Tokens
	cert *x509.Certificate
}

func (s swapped) Open(ctx context.Context, id agent.TokenID) (agent.Token, error) {
	t, err := s.Tokens.Open(ctx, id)
	return swappedToken{t, s.cert}, err
}

type swappedToken struct {
	agent.Token
	cert *x509.Certificate
}

func (t swappedToken) Key(ctx context.Context, id []byte) (agent.Key, error) {
	k, err := t.Token.Key(ctx, id)
	return swappedKey{k, t.cert}, err
}

type swappedKey struct {
	agent.Key
	cert *x509.Certificate
}

func (k swappedKey) Certificate() *x509.Certificate { return k.cert }

// A certificate that comes over the pipe keeps its own key: one of another key is no
// certificate of this one.
func TestForeignCertificateOverPipe(t *testing.T) {
	token := agenttest.NewToken("A1", "", "1234")
	id := token.AddKey(agent.P256, "Accounts", "Aigerim").ID
	other := agenttest.NewToken("B2", "", "1234").AddKey(agent.P256, "Accounts", "Aigerim")
	cert, err := x509.ParseCertificate(other.Certificate)
	if err != nil {
		t.Fatal(err)
	}
	here, there := pipes()
	served := make(chan error, 1)
	go func() {
		served <- remote.Serve(context.Background(), there, swapped{agenttest.NewTokens(token), cert}, nil)
	}()
	tok, end := remote.OverForTest(t, here, token.ID())
	if err := tok.Login(t.Context(), agent.NewSecret([]byte("1234"))); err != nil {
		t.Fatal(err)
	}
	if k, err := tok.Key(t.Context(), id); !errors.Is(err, agent.ErrToken) {
		t.Errorf("Key() = %v, %v, want ErrToken for a certificate of another key", k, err)
	}
	end()
	if err := <-served; err != nil {
		t.Errorf("Serve() = %v", err)
	}
}
