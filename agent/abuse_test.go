package agent_test

import (
	"context"
	"crypto/x509"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"qoltanba/agent"
	"qoltanba/agent/agenttest"
)

// allowWhileUnlocked has the person switch the password off until the lock.
func (d *desk) allowWhileUnlocked() {
	d.t.Helper()
	if err := d.panel(agent.PanelAction{Kind: agent.PanelWhileUnlocked, Value: "true"}); err != nil {
		d.t.Fatal(err)
	}
}

// A program that reaches the control socket answers its own questions: the
// password always stands before a signature there.
func TestLocalAlwaysNeedsThePassword(t *testing.T) {
	d := newDesk(t)
	d.allowWhileUnlocked()
	d.session()
	r := order("pay the attacker")
	r.Profile = d.agent.Status().Profiles[0].ID
	_, err := d.agent.Local(agenttest.NewPerson("0000")).Sign(t.Context(), r, nil)
	if err == nil || d.token.Signatures() != 0 {
		t.Errorf("Sign = %v, %d signatures, want none without the password", err, d.token.Signatures())
	}
}

// A consent window that is left open does not keep the token unlocked.
func TestIdleLockIsNotOutwaited(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		d.allowWhileUnlocked()
		c := d.session()
		before := d.token.Logins()
		answer, held := agenttest.Hold(agenttest.Agree())
		d.person.Do(answer)
		done := make(chan error, 1)
		go func() { _, err := c.Sign(t.Context(), order("a"), nil); done <- err }()
		<-held.Reached
		time.Sleep(10 * time.Hour)
		held.Release()
		if err := <-done; err != nil || d.token.Logins() != before+1 {
			t.Errorf("Sign = %v after %d passwords, want one more", err, d.token.Logins()-before)
		}
	})
}

func TestPageThatIsGoneTakesNoSession(t *testing.T) {
	d := newDesk(t)
	c := d.page()
	s, err := c.OpenSession(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	c.Close()
	gone := d.page()
	gone.Close()
	gone.OpenSession(t.Context(), s.ID)
	if _, err := d.page().OpenSession(t.Context(), s.ID); err != nil {
		t.Errorf("OpenSession(resume) = %v, want the session", err)
	}
}

// A renewed certificate has the key identifier of the old one; the one that
// was chosen signs.
func TestRenewedCertificate(t *testing.T) {
	for name, old := range map[string]time.Time{"both valid": time.Now().Add(time.Hour), "old one expired": time.Now().Add(-time.Hour)} {
		t.Run(name, func(t *testing.T) {
			d := newDeskStopped(t)
			d.token = agenttest.NewToken("A1", "Accounts", "1234")
			d.token.AddKey(agent.P256, "Accounts", "Old", func(c *x509.Certificate) { c.NotAfter = old })
			d.token.Renew("New")
			d.tokens = agenttest.NewTokens(d.token)
			d.start()
			d.person.Do(agenttest.ProfilePIN(1, "1234"))
			c := d.page()
			s, err := c.OpenSession(t.Context(), "")
			if err != nil || s.Subject != "New" {
				t.Fatalf("OpenSession = %q, %v, want New", s.Subject, err)
			}
			if _, err := c.Sign(t.Context(), order("a"), nil); err != nil {
				t.Fatal(err)
			}
			if q := agenttest.Asked[agent.ConsentQuestion](d.person); q[0].Profile.Subject != "New" {
				t.Errorf("consent shows %q, want New", q[0].Profile.Subject)
			}
		})
	}
}

// hung is a driver that answers nothing any more once it is told to.
type hung struct {
	agent.Tokens
	stuck chan struct{}
}

type hungToken struct {
	agent.Token
	stuck chan struct{}
}

func (h hung) Open(ctx context.Context, id agent.TokenID) (agent.Token, error) {
	t, err := h.Tokens.Open(ctx, id)
	return hungToken{t, h.stuck}, err
}

func (h hungToken) Logout(ctx context.Context) error {
	<-ctx.Done()
	return ctx.Err()
}

func (h hungToken) Close() error {
	<-h.stuck
	return nil
}

func TestHungDriverDoesNotKeepTheAgent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stuck := make(chan struct{})
		d := newDeskStopped(t)
		stop := d.start(func(c *agent.Config) { c.Tokens = hung{c.Tokens, stuck} })
		d.session()
		begin := time.Now()
		stop()
		if took := time.Since(begin); took > time.Minute {
			t.Errorf("the agent's end took %v", took)
		}
		close(stuck)
	})
}

func TestDroppedDescriptorIsNoExcuse(t *testing.T) {
	const evil = "https://login-halykbank.com"
	d := newDesk(t, func(c *agent.Config) {
		c.Banks = []agent.Bank{
			{Names: map[string]string{"ru": "Халык"}, Origins: []string{"https://halykbank.kz"}, Trusted: true},
			{Names: map[string]string{"ru": "Халык"}, Origins: []string{evil}},
		}
	})
	if _, err := d.agent.Admit(t.Context(), evil); !errors.Is(err, agent.ErrOrigin) {
		t.Errorf("Admit = %v, want ErrOrigin", err)
	}
	if q := agenttest.Asked[agent.SiteQuestion](d.person); len(q) > 0 {
		t.Errorf("asked %+v", q)
	}
}

func TestRefusalHoldsForTheWholeSite(t *testing.T) {
	d := newDesk(t)
	d.person.Do(agenttest.Refuse())
	for _, s := range []string{"https://a.evil.org", "https://b.evil.org", "https://c.evil.org"} {
		if _, err := d.agent.Admit(t.Context(), s); !errors.Is(err, agent.ErrOrigin) {
			t.Errorf("Admit(%s) = %v, want ErrOrigin", s, err)
		}
	}
	if n := len(agenttest.Asked[agent.SiteQuestion](d.person)); n != 1 {
		t.Errorf("%d questions, want 1", n)
	}
	if err := d.panel(agent.PanelAction{Kind: agent.PanelForgetSite, Value: "evil.org"}); err != nil {
		t.Fatal(err)
	}
	if q := agenttest.Asked[agent.PanelState](d.person); len(q[0].Refused) != 1 || q[0].Refused[0] != "evil.org" {
		t.Errorf("main window shows refused %q", q[0].Refused)
	}
}

// Silent requests between refused ones do not make a site patient again.
func TestRefusalsAddUp(t *testing.T) {
	d := newDesk(t)
	d.allowWhileUnlocked()
	c := d.session()
	shown := 0
	for range 20 {
		d.person.Do(agenttest.Refuse())
		if _, err := c.Sign(t.Context(), order("a"), nil); errors.Is(err, agent.ErrDenied) {
			shown++
		}
		c.Authenticate(t.Context(), challenge())
	}
	if shown != 3 {
		t.Errorf("%d refused windows in a row, want 3 and then no more", shown)
	}
}

// Lock in the main window works while another of its actions waits.
func TestPanelLocksWhileItWaits(t *testing.T) {
	d := newDesk(t)
	c := d.session()
	answer, held := agenttest.Hold(agenttest.Agree())
	d.person.Do(answer)
	result := make(chan error, 1)
	go func() { _, err := c.Sign(t.Context(), order("a"), nil); result <- err }()
	<-held.Reached
	d.person.Do(agenttest.Choose(agent.PanelAction{Kind: agent.PanelChangePIN}), agenttest.Choose(agent.PanelAction{Kind: agent.PanelLock}))
	panel := make(chan error, 1)
	go func() { panel <- d.agent.ShowPanel(t.Context()) }()
	if err := <-result; !errors.Is(err, agent.ErrCanceled) {
		t.Errorf("Sign = %v, want it ended by Lock", err)
	}
	<-panel
}

// What the status says of the lock is so.
func TestStatusAfterATokenError(t *testing.T) {
	d := newDesk(t)
	d.allowWhileUnlocked()
	c := d.session()
	d.token.FailAfter(1, agent.ErrToken)
	if r, err := c.Sign(t.Context(), order("a", "b", "c"), nil); err != nil || r.Complete {
		t.Fatalf("Sign = complete %v, %v, want a part", r.Complete, err)
	}
	if s := d.agent.Status().Token; (s == agent.TokenUnlocked) != d.token.Unlocked() {
		t.Errorf("status %s, token unlocked: %v", s, d.token.Unlocked())
	}
}

func TestForgottenSiteGetsNoSession(t *testing.T) {
	d := newDesk(t)
	o, err := d.agent.Admit(t.Context(), "https://other.kz")
	if err != nil {
		t.Fatal(err)
	}
	c := d.agent.Connect(o, func(agent.Event) {})
	defer c.Close()
	answer, held := agenttest.Hold(agenttest.PIN("1234"))
	d.person.Do(answer)
	result := make(chan error, 1)
	go func() { _, err := c.OpenSession(t.Context(), ""); result <- err }()
	<-held.Reached
	if err := d.panel(agent.PanelAction{Kind: agent.PanelForgetSite, Value: "https://other.kz"}); err != nil {
		t.Fatal(err)
	}
	held.Release()
	if err := <-result; !errors.Is(err, agent.ErrOrigin) {
		t.Errorf("OpenSession = %v, want ErrOrigin", err)
	}
	late := d.agent.Connect(o, func(agent.Event) {})
	defer late.Close()
	if _, err := late.OpenSession(t.Context(), ""); !errors.Is(err, agent.ErrOrigin) {
		t.Errorf("a page admitted before = %v, want ErrOrigin", err)
	}
}
