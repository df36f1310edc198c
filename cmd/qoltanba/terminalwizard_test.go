package main

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"qoltanba/agent"
	"qoltanba/ui/text"
)

// K115 K117: Ctrl-C ends a question and the work alike, and leaves a registration that
// can be continued.
func TestWizardInterrupted(t *testing.T) {
	for name, c := range map[string]struct {
		step  agent.WizardStep
		typed string
		begun bool
	}{
		"K115 at a question":   {agent.WizardConfirm, "", false},
		"K117 during the work": {agent.WizardReview, "yes\n", true},
	} {
		t.Run(name, func(t *testing.T) {
			in, keys, err := os.Pipe()
			if err != nil {
				t.Fatal(err)
			}
			defer keys.Close() // ends the read that was left behind
			screen, out, err := os.Pipe()
			if err != nil {
				t.Fatal(err)
			}
			go io.Copy(io.Discard, screen) // ends when the terminal is closed
			w := &terminalWizard{terminal: &terminal{lang: text.EN, in: in, out: out, lines: bufio.NewReader(in)}}
			defer w.close()
			if _, err := keys.WriteString(c.typed); err != nil {
				t.Fatal(err)
			}
			ctx, interrupt := context.WithCancel(t.Context())
			if !c.begun {
				interrupt()
			}
			err = w.Wizard(ctx, agent.WizardState{Step: c.step}, nil, func(ctx context.Context, a agent.WizardAction) error {
				if a.Kind != agent.WizardObtain || !a.Flag {
					t.Errorf("did %+v", a)
				}
				interrupt()
				<-ctx.Done()
				return ctx.Err()
			})
			interrupt()
			if !errors.Is(err, agent.ErrCanceled) || w.begun != c.begun || w.finished {
				t.Errorf("Wizard() = %v, begun %t, finished %t", err, w.begun, w.finished)
			}
		})
	}
}

func TestCapitals(t *testing.T) {
	for typed, want := range map[string]struct {
		pin   string
		lower bool
	}{"K73 AB1O0I": {"K73 AB1O0I", false}, "ab1o0i": {"AB1O0I", true}, "l1": {"L1", true}, "": {"", false}} {
		if pin, lower := capitals(agent.NewSecret([]byte(typed))); string(pin.Bytes()) != want.pin || lower != want.lower {
			t.Errorf("K73 capitals(%q) = %q, %t", typed, pin.Bytes(), lower)
		}
	}
}

// A registration that was begun goes on at its bank: nobody is asked which one that is. Who
// names one means it.
func TestWizardChoosesBank(t *testing.T) {
	banks := []agent.WizardBank{{Name: "One", Host: "ca.one.test"}, {Name: "Two", Host: "ca.two.test"}}
	for named, want := range map[string]int{"": 1, "ca.one.test": 0} {
		w := &terminalWizard{terminal: &terminal{lang: text.EN}, bank: named, state: agent.WizardState{Banks: banks, Resumed: true, Bank: 1}}
		if got, err := w.chooseBank(t.Context()); err != nil || got != want {
			t.Errorf("chooseBank() with %q named = %d, %v, want %d", named, got, err, want)
		}
	}
}

func TestRenewPick(t *testing.T) {
	profile := func(serial, certificate, notAfter string, renewable bool) agent.Profile {
		return agent.Profile{ID: agent.ProfileID{Token: agent.TokenID{Serial: serial}, Key: "1", Certificate: certificate}, NotAfter: notAfter, DaysLeft: 300, Renewable: renewable}
	}
	ending := func(p agent.Profile) agent.Profile {
		p.DaysLeft = agent.RenewalDue
		return p
	}
	one, next, two := profile("A", "1", "2026-12-01T00:00:00Z", true), profile("A", "2", "2027-12-01T00:00:00Z", true), profile("B", "3", "2026-12-01T00:00:00Z", true)
	other := profile("C", "4", "2026-12-01T00:00:00Z", false)
	for name, c := range map[string]struct {
		all   []agent.Profile
		token string
		want  string // certificate, "" for none
	}{
		"one": {[]agent.Profile{other, one}, "", "1"}, "not finished": {[]agent.Profile{one, next}, "", "2"},
		"which": {[]agent.Profile{one, two}, "", ""}, "named": {[]agent.Profile{one, two}, "B", "3"},
		"none": {[]agent.Profile{other}, "", ""}, "unknown": {[]agent.Profile{one}, "D", ""},
		"to be found": {[]agent.Profile{ending(other)}, "", "4"}, "what ends": {[]agent.Profile{one, ending(other)}, "", "4"},
		"what ends of those known": {[]agent.Profile{ending(two), ending(other)}, "", "3"}, "what ends and is named": {[]agent.Profile{ending(one), ending(other)}, "C", "4"},
		"which of those found":   {[]agent.Profile{ending(two), ending(one)}, "", ""},
		"not finished elsewhere": {[]agent.Profile{ending(one), profile("A", "2", "2027-12-01T00:00:00Z", false)}, "", "1"},
	} {
		got, err := renewCmd{tokenFlag{c.token}}.pick(text.EN, c.all)
		if got.ID.Certificate != c.want || (err == nil) != (c.want != "") {
			t.Errorf("%s: pick() = %q, %v", name, got.ID.Certificate, err)
		}
	}
	for days, want := range map[int]string{1: "the certificate ends in 1 day", 30: "the certificate ends in 30 days", 31: ""} {
		if got := endsIn(text.EN, agent.Profile{NotAfter: "2026-12-01T00:00:00Z", DaysLeft: days}); got != want {
			t.Errorf("endsIn(%d) = %q", days, got)
		}
	}
}

// The work that ends for want of what was wiped meanwhile leads back to where that is
// entered, and is not waited for any longer.
func TestWizardSettles(t *testing.T) {
	ended, end := context.WithCancel(t.Context())
	end()
	for _, err := range []error{agent.ErrForgotten, agent.ErrCredentials} {
		out, e := os.Create(filepath.Join(t.TempDir(), "screen"))
		if e != nil {
			t.Fatal(e)
		}
		defer out.Close()
		w := &terminalWizard{terminal: &terminal{lang: text.EN, out: out}, state: agent.WizardState{Step: agent.WizardApplicant}}
		if got := w.settle(ended, err); got != nil {
			t.Errorf("settle(%v) = %v", err, got)
		}
		said, e := os.ReadFile(out.Name())
		sentence, _ := text.EN.Error(err)
		if e != nil || !strings.Contains(string(said), sentence) {
			t.Errorf("it says %q (%v), want %q", said, e, sentence)
		}
	}
}

// What was wiped while two User IDs are shown is entered again: the question is not asked
// twice.
func TestWizardForgottenBetweenTwoUsers(t *testing.T) {
	out, err := os.Create(filepath.Join(t.TempDir(), "screen"))
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	in, keys, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	if _, err := io.WriteString(keys, "yes\nyes\nyes\n"); err != nil { // begin anew; try again; and nothing that is asked for that
		t.Fatal(err)
	}
	keys.Close()
	updates := make(chan agent.WizardState, 1)
	w := &terminalWizard{terminal: &terminal{lang: text.EN, in: in, out: out, lines: bufio.NewReader(in)}}
	other := agent.WizardState{Step: agent.WizardOtherUser, UserID: "b", Other: agent.OtherRegistration{UserID: "a"}}
	_ = w.Wizard(t.Context(), other, updates, func(context.Context, agent.WizardAction) error {
		s := other
		s.Step = agent.WizardApplicant
		updates <- s
		return agent.ErrForgotten
	})
	said, err := os.ReadFile(out.Name())
	if n := strings.Count(string(said), text.EN.T(text.WizardOtherUser)); err != nil || n != 1 {
		t.Errorf("the two User IDs were shown %d times (%v): %s", n, err, said)
	}
}
