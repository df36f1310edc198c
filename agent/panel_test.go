package agent_test

import (
	"errors"
	"runtime"
	"testing"
	"time"

	"qoltanba/agent"
	"qoltanba/agent/agenttest"
)

func TestChangePIN(t *testing.T) {
	d := newDesk(t)
	d.person.Do(agenttest.NewPIN("1234", "Qoltan58"))
	if err := d.agent.ChangePIN(t.Context()); err != nil {
		t.Fatal(err)
	}
	d.person.Do(agenttest.PIN("1234", "Qoltan58"))
	if _, err := d.page().OpenSession(t.Context(), ""); err != nil {
		t.Errorf("OpenSession with the new password = %v", err)
	}
	shown := d.person.Shown()
	if tries := shown[len(shown)-1].Tries; len(tries) != 2 || tries[0] == nil {
		t.Errorf("tries = %v, want the old password refused", tries)
	}
	for _, c := range []struct {
		old, new string
		want     error
	}{{"Qoltan58", "Qoltan58", agent.ErrPINSame}, {"Qoltan58", "1", agent.ErrPINLength}, {"Qoltan58", "Qoltan678", agent.ErrPINRule}} {
		d.person.Do(agenttest.NewPIN(c.old, c.new))
		d.agent.ChangePIN(t.Context())
		shown := d.person.Shown()
		if got := shown[len(shown)-1].Tries; len(got) != 1 || !errors.Is(got[0], c.want) {
			t.Errorf("NewPIN(%q, %q) = %v, want %v", c.old, c.new, got, c.want)
		}
	}
}

func TestLockInterrupts(t *testing.T) {
	d := newDesk(t)
	c := d.session()
	answer, held := agenttest.Hold(agenttest.Agree())
	d.person.Do(answer)
	result := make(chan error, 1)
	go func() { _, err := c.Sign(t.Context(), order("a"), nil); result <- err }()
	<-held.Reached
	d.agent.Lock()
	select {
	case err := <-result:
		if !errors.Is(err, agent.ErrCanceled) {
			t.Errorf("Sign = %v, want ErrCanceled", err)
		}
	case <-time.After(time.Minute):
		t.Fatal("Lock did not end the request")
	}
}

// Calls that show the main window may arrive in any order: the one that lost
// the window is not taken for its end.
func TestPanelCallsOutOfOrder(t *testing.T) {
	d := newDesk(t)
	first, held := agenttest.Hold(agenttest.Choose(agent.PanelAction{Kind: agent.PanelClose}))
	d.person.Do(first)
	for range 10 { // more than the calls that follow a change
		d.person.Do(agenttest.Fail(agent.ErrCanceled))
	}
	done := make(chan error, 1)
	go func() { done <- d.agent.ShowPanel(t.Context()) }()
	<-held.Reached
	d.agent.SetPort(1) // a new state: a second call, which finds the window taken, and a third
	for len(agenttest.Asked[agent.PanelState](d.person)) < 2 {
		select {
		case err := <-done:
			t.Fatalf("ShowPanel = %v while the window is shown", err)
		default:
			runtime.Gosched()
		}
	}
	held.Release()
	if err := <-done; err != nil {
		t.Errorf("ShowPanel = %v", err)
	}
}
