package agent_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"qoltanba/agent"
	"qoltanba/agent/agenttest"
)

func TestAdmitKnown(t *testing.T) {
	d := newDesk(t)
	if o, err := d.agent.Admit(t.Context(), bankSite); err != nil || o.String() != bankSite {
		t.Errorf("Admit = %v, %v", o, err)
	}
	if len(agenttest.Asked[agent.SiteQuestion](d.person)) != 0 {
		t.Error("the administrator's bank was asked about")
	}
}

// thisComputer are origins of pages that this computer serves itself.
var thisComputer = []string{"http://localhost", "https://localhost", "http://127.0.0.1:8080", "https://[::1]"}

func TestAdmitRefuses(t *testing.T) {
	d := newDesk(t)
	for _, o := range []string{
		"", "null", "http://ib.refbank.test", "https://10.0.0.1", "https://[2001:db8::1]",
		"https://intranet", "https://ib.refbank.test.evil.com", "https://ib.refb4nk.test", "https://refbank-test.com", "https://ib.refbank.test/",
	} {
		if got, err := d.agent.Admit(t.Context(), o); !errors.Is(err, agent.ErrOrigin) {
			t.Errorf("Admit(%q) = %v, %v, want ErrOrigin", o, got, err)
		}
	}
	if n := len(agenttest.Asked[agent.SiteQuestion](d.person)); n != 0 {
		t.Errorf("%d questions, want none", n)
	}
}

func TestAdmitManaged(t *testing.T) {
	d := newDesk(t, func(c *agent.Config) { c.Managed = true })
	if _, err := d.agent.Admit(t.Context(), "https://new.kz"); !errors.Is(err, agent.ErrOrigin) {
		t.Errorf("Admit = %v, want ErrOrigin", err)
	}
	if len(agenttest.Asked[agent.SiteQuestion](d.person)) != 0 {
		t.Error("somebody was asked on a managed PC")
	}
}

func TestAdmitAsksOnce(t *testing.T) {
	for name, answer := range map[string]agenttest.Answer{"allowed": agenttest.Agree(), "refused": agenttest.Refuse()} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			d.person.Do(answer)
			for range 3 {
				_, err := d.agent.Admit(t.Context(), "https://other.kz")
				if want := name == "refused"; errors.Is(err, agent.ErrOrigin) != want {
					t.Errorf("Admit = %v, want refused: %v", err, want)
				}
			}
			if n := len(agenttest.Asked[agent.SiteQuestion](d.person)); n != 1 {
				t.Errorf("%d questions, want 1", n)
			}
		})
	}
}

// What the person said outlives the agent where a keyring runs, and only there.
func TestApprovalsKept(t *testing.T) {
	for name, keyring := range map[string]bool{"keyring": true, "no keyring": false} {
		t.Run(name, func(t *testing.T) {
			d := newDeskStopped(t)
			d.vault.SetAbsent(!keyring)
			stop := d.start()
			if _, err := d.agent.Admit(t.Context(), "https://other.kz"); err != nil {
				t.Fatal(err)
			}
			if q := agenttest.Asked[agent.SiteQuestion](d.person); len(q) != 1 || q[0].Kept != keyring {
				t.Errorf("question %+v, want Kept %v", q, keyring)
			}
			stop()
			d.start()
			if _, err := d.agent.Admit(t.Context(), "https://other.kz"); err != nil {
				t.Fatal(err)
			}
			want := 1
			if !keyring {
				want = 2
			}
			if n := len(agenttest.Asked[agent.SiteQuestion](d.person)); n != want {
				t.Errorf("%d questions over a restart, want %d", n, want)
			}
		})
	}
}

func TestApprovalsTampered(t *testing.T) {
	d := newDeskStopped(t)
	stop := d.start()
	d.person.Do(agenttest.Refuse())
	d.agent.Admit(t.Context(), "https://other.kz")
	stop()
	path := filepath.Join(d.dir, "trust.json")
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	forged := bytes.Replace(data, []byte("other.kz"), []byte("ather.kz"), 1)
	if bytes.Equal(forged, data) {
		t.Fatalf("nothing was changed in %s", data)
	}
	if err := os.WriteFile(path, forged, 0o600); err != nil {
		t.Fatal(err)
	}
	d.start()
	if _, err := d.agent.Admit(t.Context(), "https://other.kz"); err != nil {
		t.Fatal(err)
	}
	if n := len(agenttest.Asked[agent.SiteQuestion](d.person)); n != 2 {
		t.Errorf("%d questions, want the site asked about again", n)
	}
	if _, err := os.Stat(path + ".bad"); err != nil {
		t.Errorf("the tampered file was not kept: %v", err)
	}
}

// Many pages of one site share a question; other sites wait ten minutes.
func TestAdmitBudget(t *testing.T) {
	d := newDesk(t)
	answer, held := agenttest.Hold(agenttest.Agree())
	d.person.Do(answer)
	var wg sync.WaitGroup
	for range 5 {
		wg.Go(func() {
			if _, err := d.agent.Admit(t.Context(), "https://a.first.kz"); err != nil {
				t.Errorf("Admit = %v", err)
			}
		})
	}
	<-held.Reached
	if _, err := d.agent.Admit(t.Context(), "https://second.kz"); !errors.Is(err, agent.ErrOrigin) {
		t.Errorf("another site during a question = %v, want ErrOrigin", err)
	}
	held.Release()
	wg.Wait()
	if _, err := d.agent.Admit(t.Context(), "https://second.kz"); !errors.Is(err, agent.ErrOrigin) {
		t.Errorf("another site within ten minutes = %v, want ErrOrigin", err)
	}
	if n := len(agenttest.Asked[agent.SiteQuestion](d.person)); n != 1 {
		t.Errorf("%d questions, want 1", n)
	}
}

func TestAdmitAfterTenMinutes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		for i, site := range []string{"https://first.kz", "https://second.kz"} {
			if i > 0 {
				time.Sleep(10 * time.Minute)
			}
			if _, err := d.agent.Admit(t.Context(), site); err != nil {
				t.Errorf("Admit(%s) = %v", site, err)
			}
		}
	})
}

// A page that leaves closes its question; it may ask again, but not for ever.
func TestAdmitAbandoned(t *testing.T) {
	d := newDesk(t)
	for range 3 {
		answer, held := agenttest.Hold(agenttest.Agree())
		d.person.Do(answer)
		ctx, leave := context.WithCancel(t.Context())
		result := make(chan error, 1)
		go func() { _, err := d.agent.Admit(ctx, "https://first.kz"); result <- err }()
		<-held.Reached
		leave()
		if err := <-result; !errors.Is(err, agent.ErrOrigin) {
			t.Errorf("Admit = %v, want ErrOrigin", err)
		}
	}
	if _, err := d.agent.Admit(t.Context(), "https://first.kz"); !errors.Is(err, agent.ErrOrigin) {
		t.Errorf("the fourth question in ten minutes = %v, want ErrOrigin", err)
	}
}

func TestForgetSite(t *testing.T) {
	d := newDesk(t)
	o, err := d.agent.Admit(t.Context(), "https://other.kz")
	if err != nil {
		t.Fatal(err)
	}
	c := d.agent.Connect(o, func(agent.Event) {})
	defer c.Close()
	s, err := c.OpenSession(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	if err := d.panel(agent.PanelAction{Kind: agent.PanelForgetSite, Value: "https://other.kz"}); err != nil {
		t.Fatal(err)
	}
	if _, err := c.OpenSession(t.Context(), s.ID); !errors.Is(err, agent.ErrOrigin) {
		t.Errorf("OpenSession of a forgotten site = %v, want ErrOrigin", err)
	}
}

func TestIdleLock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		events := make(chan agent.Event, 8)
		o, _ := agent.ParseOrigin(bankSite)
		c := d.agent.Connect(o, func(e agent.Event) { events <- e })
		defer c.Close()
		if err := d.panel(agent.PanelAction{Kind: agent.PanelWhileUnlocked, Value: "true"}); err != nil {
			t.Fatal(err)
		}
		if _, err := c.OpenSession(t.Context(), ""); err != nil {
			t.Fatal(err)
		}
		time.Sleep(14 * time.Minute)
		synctest.Wait()
		if !d.token.Unlocked() {
			t.Error("locked after 14 minutes")
		}
		time.Sleep(2 * time.Minute)
		synctest.Wait()
		if d.token.Unlocked() {
			t.Error("unlocked after 16 minutes")
		}
		if e := <-events; e != (agent.Event{Kind: agent.EventSessionClosed, Reason: "idle"}) {
			t.Errorf("event = %+v, want session.closed idle", e)
		}
	})
}

// The time a person takes to read is no idle time.
func TestIdleLockSparesARequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		c := d.session()
		answer, held := agenttest.Hold(agenttest.Agree())
		d.person.Do(answer)
		result := make(chan error, 1)
		go func() { _, err := c.Sign(t.Context(), order("a"), nil); result <- err }()
		<-held.Reached
		time.Sleep(time.Hour)
		held.Release()
		if err := <-result; err != nil {
			t.Errorf("Sign after an hour of reading = %v", err)
		}
	})
}
