package agent_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"

	"qoltanba/agent"
	"qoltanba/agent/agenttest"
)

// A mainWindow is the main window in a test's hands; every other window is the
// Prompter's.
type mainWindow struct {
	agent.Prompter
	pressed chan agent.PanelAction

	mu     sync.Mutex
	raised int
}

func (w *mainWindow) Panel(ctx context.Context, s agent.PanelState) (agent.PanelAction, error) {
	if s.Raise {
		w.mu.Lock()
		w.raised++
		w.mu.Unlock()
	}
	select {
	case a := <-w.pressed:
		return a, nil
	case <-ctx.Done():
		return agent.PanelAction{}, agent.ErrCanceled
	}
}

// press does something in the main window and waits for what comes of it. It is called
// in a bubble.
func (w *mainWindow) press(kind agent.PanelKind, value string, p agent.ProfileID) {
	w.pressed <- agent.PanelAction{Kind: kind, Value: value, Profile: p}
	synctest.Wait()
}

// raises is how often it was asked to the front so far.
func (w *mainWindow) raises() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.raised
}

// show starts the agent with the main window on the screen; shown ends with that.
func (d *desk) show(start func(change ...func(*agent.Config)) func()) (w *mainWindow, shown <-chan error) {
	w = &mainWindow{Prompter: d.person, pressed: make(chan agent.PanelAction)}
	start(func(c *agent.Config) { c.Prompter = w })
	done := make(chan error, 1)
	go func() { done <- d.agent.ShowPanel(context.Background()) }() // ends when it is closed
	synctest.Wait()
	return w, done
}

func asksFor(purpose agent.PINPurpose) func(any) bool {
	return func(question any) bool {
		q, ok := question.(agent.PINQuestion)
		return ok && q.Purpose == purpose
	}
}

func isA[Q any](question any) bool {
	_, ok := question.(Q)
	return ok
}

// What the main window opens is there once, however often it is pressed; the main window
// goes on meanwhile, and takes nothing along when it is closed.
func TestPanelOpensWindows(t *testing.T) {
	for kind, c := range map[agent.PanelKind]struct {
		opens  func(question any) bool
		asking bool
	}{
		agent.PanelWizard:    {isA[agent.WizardState], false},
		agent.PanelCodes:     {isA[agent.GeneratorPanel], false},
		agent.PanelToken:     {isA[agent.TokenPanel], false},
		agent.PanelDrivers:   {isA[agent.TokenPanel], false},
		agent.PanelRenew:     {asksFor(agent.PurposeRenew), true},
		agent.PanelChangePIN: {asksFor(agent.PurposeChange), true},
	} {
		t.Run(string(kind), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				o, stop := registered(t)
				stop()
				w, shown := o.show(o.open)
				before := len(o.person.Shown())
				answer, held := agenttest.Hold(agenttest.Refuse())
				o.person.Do(answer)
				for range 2 {
					w.press(kind, "", o.profile().ID)
				}
				<-held.Reached
				if asking := o.agent.Status().Asking; asking != c.asking {
					t.Errorf("the person is asked for a password: %t, want %t", asking, c.asking)
				}
				w.press(agent.PanelLanguage, "kk", agent.ProfileID{})
				if l := o.agent.Status().Language; l != "kk" {
					t.Errorf("the language is %q: the main window waits", l)
				}
				w.press(agent.PanelClose, "", agent.ProfileID{})
				if err := <-shown; err != nil {
					t.Errorf("ShowPanel() = %v", err)
				}
				synctest.Wait()
				if all := o.person.Shown()[before:]; len(all) != 0 {
					t.Errorf("it ended with the main window: %+v", all)
				}
				held.Release()
				synctest.Wait()
				all := o.person.Shown()[before:]
				if len(all) != 1 || !c.opens(all[0].Question) || !errors.Is(all[0].Err, agent.ErrDenied) {
					t.Errorf("shown %+v, want one window, closed by the person", all)
				}
				if o.agent.Status().Asking || len(o.person.Notices()) != 0 {
					t.Errorf("afterwards: asking %t, told %v", o.agent.Status().Asking, o.person.Notices())
				}
			})
		})
	}
}

// What is not offered is refused, in words, and nobody is asked anything.
func TestPanelRefusesWhatIsNotOffered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDeskStopped(t)
		w, _ := d.show(d.start)
		mine := d.agent.Status().Profiles[0].ID
		gone := mine
		gone.Token.Serial = "gone"
		w.press(agent.PanelWizard, "", agent.ProfileID{})
		w.press(agent.PanelRenew, "", mine)
		w.press(agent.PanelRenew, "", gone)
		w.press(agent.PanelRenew, "", agent.ProfileID{})
		var told []string
		for _, n := range d.person.Notices() {
			told = append(told, n.Error)
		}
		if want := []string{"no-enrollment", "no-enrollment", "no-token", "no-token"}; !slices.Equal(told, want) {
			t.Errorf("told %q, want %q", told, want)
		}
		if all := d.person.Shown(); len(all) != 0 {
			t.Errorf("shown %+v", all)
		}
		w.press(agent.PanelClose, "", agent.ProfileID{})
	})
}

func TestPanelRenews(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o, stop := registered(t)
		stop()
		o.fuse = &fuse{at: 1, err: agent.ErrBank}
		w, _ := o.show(o.open)
		before := o.profile()
		o.person.Do(agenttest.PIN(newPassword))
		w.press(agent.PanelRenew, "", before.ID)
		if told := o.person.Notices(); len(told) != 1 || told[0].Error != agent.ErrorName(agent.ErrBank) {
			t.Errorf("told %v, want what went wrong", told)
		}
		o.fuse.mend()
		o.person.Do(agenttest.PIN(newPassword))
		w.press(agent.PanelRenew, "", before.ID)
		if after := o.profile(); after.ID == before.ID || o.bank.Issued() != 2 {
			t.Errorf("the profile is %+v, %d certificates were issued", after, o.bank.Issued())
		}
		panels := agenttest.Asked[agent.TokenPanel](o.person)
		if len(panels) != 1 || panels[0].Page != agent.PageCertificate || panels[0].Chosen != before.ID.Token {
			t.Errorf("shown afterwards: %+v, want the certificate", panels)
		}
		w.press(agent.PanelClose, "", agent.ProfileID{})
	})
}

// The wizard that was opened here ends in the main window, where the profile is listed:
// in front of everything, and open again if it was closed.
func TestK110PanelShowsTheNewProfile(t *testing.T) {
	for name, closed := range map[string]bool{"open": false, "closed meanwhile": true} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				o := newOffice(t)
				w, shown := o.show(o.open)
				if !o.agent.Status().NeedsProfile() {
					t.Error("an empty token needs no profile")
				}
				leave := make(chan struct{})
				o.wizard(func(c *clerk) {
					<-leave
					wants(t, "register", c.register(), nil)
				})
				w.press(agent.PanelWizard, "", agent.ProfileID{})
				if closed {
					w.press(agent.PanelClose, "", agent.ProfileID{})
					wants(t, "ShowPanel", <-shown, nil)
				}
				before := w.raises()
				close(leave)
				synctest.Wait()
				if o.profile(); w.raises() != before+1 || o.agent.Status().NeedsProfile() {
					t.Errorf("it came to the front %d times, %d before", w.raises(), before)
				}
				w.press(agent.PanelClose, "", agent.ProfileID{})
			})
		})
	}
}

// Who needs a profile is told so first of all, and nobody else.
func TestNeedsProfile(t *testing.T) {
	empty, used := agent.Profile{Empty: true}, agent.Profile{Name: "KAZTOKEN Accounts"}
	blocked, file := agent.Profile{Empty: true, Locked: true}, agent.Profile{KeyFile: true}
	for name, c := range map[string]struct {
		status agent.Status
		want   bool
	}{
		"no token":                       {agent.Status{Enrolls: true}, false},
		"an empty token":                 {agent.Status{Enrolls: true, Profiles: []agent.Profile{empty}}, true},
		"an empty token and a key file":  {agent.Status{Enrolls: true, Profiles: []agent.Profile{file, empty}}, true},
		"a key file":                     {agent.Status{Enrolls: true, Profiles: []agent.Profile{file}}, false},
		"no bank to register with":       {agent.Status{Profiles: []agent.Profile{empty}}, false},
		"a profile":                      {agent.Status{Enrolls: true, Profiles: []agent.Profile{used}}, false},
		"a profile and an empty token":   {agent.Status{Enrolls: true, Profiles: []agent.Profile{empty, used}}, false},
		"an empty token that is blocked": {agent.Status{Enrolls: true, Profiles: []agent.Profile{blocked}}, false},
		"K117 a registration was begun":  {agent.Status{Enrolls: true, Unfinished: true, Profiles: []agent.Profile{used}}, true},
	} {
		if got := c.status.NeedsProfile(); got != c.want {
			t.Errorf("%s: needs a profile: %t, want %t", name, got, c.want)
		}
		if c.want && !c.status.OffersWizard() {
			t.Errorf("%s: the wizard is not offered", name)
		}
	}
}
