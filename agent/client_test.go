package agent_test

import (
	"crypto/ecdsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"math/big"
	"slices"
	"strings"
	"testing"

	"qoltanba/agent"
	"qoltanba/agent/agenttest"
)

func TestK8Login(t *testing.T) {
	d := newDesk(t)
	c := d.page()
	nonce := challenge()
	token, session, err := c.Authenticate(t.Context(), nonce)
	if err != nil {
		t.Fatal(err)
	}
	if token.Format != "web-eid:1.0" || token.Algorithm != "ES256" || session.Subject != "Aigerim Serikova" {
		t.Errorf("token %+v, session %+v", token, session)
	}
	if err := verifyLogin(token, bankSite, nonce); err != nil {
		t.Error(err)
	}
	if verifyLogin(token, "https://other.test", nonce) == nil {
		t.Error("the token is good for another site")
	}
	if n := len(agenttest.Asked[agent.PINQuestion](d.person)); n != 1 {
		t.Errorf("%d password windows for a login that opens a session, want 1", n)
	}
	for _, bad := range []string{"", "short", strings.Repeat("x", 129)} {
		if _, _, err := c.Authenticate(t.Context(), bad); !errors.Is(err, agent.ErrInvalid) {
			t.Errorf("Authenticate(%d characters) = %v, want ErrInvalid", len(bad), err)
		}
	}
}

// verifyLogin checks an ES256 token as the Web eID document describes it.
func verifyLogin(token agent.LoginToken, origin, challenge string) error {
	der, err := base64.StdEncoding.DecodeString(token.UnverifiedCertificate)
	if err != nil {
		return err
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return err
	}
	sig, err := base64.StdEncoding.DecodeString(token.Signature)
	if err != nil {
		return err
	}
	o, c := sha256.Sum256([]byte(origin)), sha256.Sum256([]byte(challenge))
	digest := sha256.Sum256(append(o[:], c[:]...))
	r, s := new(big.Int).SetBytes(sig[:32]), new(big.Int).SetBytes(sig[32:])
	if !ecdsa.Verify(cert.PublicKey.(*ecdsa.PublicKey), digest[:], r, s) {
		return errors.New("the login token's signature does not verify")
	}
	return nil
}

func TestK113SeveralProfiles(t *testing.T) {
	d := newDesk(t)
	second := agenttest.NewToken("B2", "Director", "5678")
	second.AddKey(agent.RSA2048, "Director", "Nurlan Abenov")
	d.insert(second)
	d.person.Do(agenttest.ProfilePIN(1, "5678"))
	s, err := d.page().OpenSession(t.Context(), "")
	if err != nil || s.Subject != "Nurlan Abenov" {
		t.Fatalf("OpenSession = %+v, %v, want the profile chosen", s, err)
	}
	if q := agenttest.Asked[agent.PINQuestion](d.person); len(q[0].Profiles) != 2 {
		t.Errorf("profiles shown: %+v, want both", q[0].Profiles)
	}
	if d.token.Logins() != 0 || second.Logins() != 1 {
		t.Errorf("logins %d and %d, want the second token's only", d.token.Logins(), second.Logins())
	}
}

func TestK27K28Names(t *testing.T) {
	d := newDesk(t)
	d.insert(agenttest.NewToken("C3", "", "12345678"))
	d.insert(agenttest.NewToken("D4", "Old", "12345678"))
	d.person.Do(agenttest.Refuse())
	d.page().OpenSession(t.Context(), "")
	var names []string
	for _, p := range agenttest.Asked[agent.PINQuestion](d.person)[0].Profiles {
		names = append(names, p.Name)
	}
	slices.Sort(names)
	if want := []string{"Memory <no label> -?", "Memory Accounts", "Memory Old -?"}; !slices.Equal(names, want) {
		t.Errorf("names = %q, want %q", names, want)
	}
}

func TestNoTokenWaits(t *testing.T) {
	d := newDesk(t)
	d.remove(d.token)
	answer, held := agenttest.Hold(agenttest.PIN("1234"))
	d.person.Do(answer)
	result := make(chan error, 1)
	go func() { _, err := d.page().OpenSession(t.Context(), ""); result <- err }()
	<-held.Reached
	held.Release()
	d.tokens.Insert(d.token)
	if err := <-result; err != nil {
		t.Errorf("OpenSession = %v, want it to go on when a token comes", err)
	}
	if q := agenttest.Asked[agent.PINQuestion](d.person); len(q[0].Profiles) != 0 {
		t.Errorf("profiles at the start: %v, want none", q[0].Profiles)
	}
}

func TestSessionResume(t *testing.T) {
	d := newDesk(t)
	first := d.page()
	s, err := first.OpenSession(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.page().OpenSession(t.Context(), s.ID); !errors.Is(err, agent.ErrNoSession) {
		t.Errorf("OpenSession of a session in use = %v, want ErrNoSession", err)
	}
	first.Close()
	again, err := d.page().OpenSession(t.Context(), s.ID)
	if err != nil || again.ID != s.ID {
		t.Errorf("OpenSession(resume) = %+v, %v, want the same session", again, err)
	}
	if n := len(agenttest.Asked[agent.PINQuestion](d.person)); n != 1 {
		t.Errorf("%d password windows, want none for the resumed session", n)
	}
}

func TestTokenRemovedEndsSessions(t *testing.T) {
	d := newDesk(t)
	o, _ := agent.ParseOrigin(bankSite)
	events := make(chan agent.Event, 8)
	c := d.agent.Connect(o, func(e agent.Event) { events <- e })
	defer c.Close()
	if _, err := c.OpenSession(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	d.tokens.Remove(d.token.ID())
	if e := <-events; e != (agent.Event{Kind: agent.EventSessionClosed, Reason: "token"}) {
		t.Errorf("first event = %+v, want session.closed token", e)
	}
	if e := <-events; e.Kind != agent.EventTokenRemoved {
		t.Errorf("second event = %+v, want token.removed", e)
	}
	if _, err := c.Sign(t.Context(), order("a"), nil); !errors.Is(err, agent.ErrNoSession) {
		t.Errorf("Sign = %v, want ErrNoSession", err)
	}
}
