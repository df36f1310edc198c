package remote_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"reflect"
	"slices"
	"sync"
	"testing"
	"testing/synctest"

	"qoltanba/agent"
	"qoltanba/agent/agenttest"
	"qoltanba/agent/jsonrpc"
	"qoltanba/agent/payment"
	"qoltanba/ui/remote"
)

var (
	accounts = agent.Profile{ID: agent.ProfileID{Token: agent.TokenID{Manufacturer: "KAZTOKEN", Serial: "0001"}, Key: "a1"}, Name: "KAZTOKEN Accounts"}
	director = agent.Profile{ID: agent.ProfileID{Token: agent.TokenID{Manufacturer: "KAZTOKEN", Serial: "0002"}, Key: "b2"}, Name: "KAZTOKEN Director", Retries: agent.RetriesLow}
)

// link is a Prompter on one side of a connection in memory and a real one on
// the other.
type link struct {
	agent.Prompter
	conn   *jsonrpc.Conn
	person *person
	frames *tap
}

// over connects a person and runs test. It runs in a bubble, which fails the test if a
// goroutine of either side outlives the connection.
func over(t *testing.T, test func(t *testing.T, l *link)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		near, far := net.Pipe()
		l := &link{person: &person{Person: agenttest.NewPerson("12345678")}, frames: &tap{ReadWriteCloser: near}}
		l.conn = jsonrpc.NewConn(jsonrpc.Stream(l.frames, 1<<20), nil)
		l.Prompter = remote.Over(l.conn)
		var group sync.WaitGroup
		group.Go(func() {
			err := remote.Serve(context.Background(), far, l.person, func(string) {})
			// Closed in the middle of a frame, or while an answer was on its way.
			if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.ErrClosedPipe) {
				t.Errorf("Serve = %v", err)
			}
		})
		group.Go(func() {
			if err := l.conn.Serve(context.Background()); err != nil {
				t.Errorf("the agent's side: %v", err)
			}
		})
		defer group.Wait()
		defer l.conn.Close()
		test(t, l)
	})
}

// tap keeps what goes over a pipe.
type tap struct {
	io.ReadWriteCloser
	mu        sync.Mutex
	out, back bytes.Buffer
}

func (w *tap) Write(b []byte) (int, error) {
	w.mu.Lock()
	w.out.Write(b)
	w.mu.Unlock()
	return w.ReadWriteCloser.Write(b)
}

func (w *tap) Read(b []byte) (int, error) {
	n, err := w.ReadWriteCloser.Read(b)
	w.mu.Lock()
	w.back.Write(b[:n])
	w.mu.Unlock()
	return n, err
}

// of returns the payloads of one kind, in both directions.
func (w *tap) of(kind jsonrpc.Kind) (all [][]byte) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, stream := range [][]byte{w.out.Bytes(), w.back.Bytes()} {
		for len(stream) >= 5 {
			n := 5 + int(binary.BigEndian.Uint32(stream[1:]))
			if jsonrpc.Kind(stream[0]) == kind {
				all = append(all, stream[5:n])
			}
			stream = stream[n:]
		}
	}
	return all
}

func pinQuestion(p ...agent.Profile) agent.PINQuestion {
	return agent.PINQuestion{Purpose: agent.PurposeSign, Origin: "https://ib.bank.kz", Bank: "Банк", Count: 20, Profiles: p}
}

func TestQuestionsArrive(t *testing.T) {
	site := agent.SiteQuestion{Origin: "https://ib.bank.kz", Kept: true}
	consent := agent.ConsentQuestion{
		Origin: "https://ib.bank.kz", Profile: accounts,
		Documents: []payment.Document{{Name: "1.xml", Size: 3, Text: "<&>\u2028 қолтаңба"}},
		Totals:    []payment.Total{},
	}
	renewable := accounts
	renewable.DaysLeft, renewable.Renewable = 12, true
	panel := agent.PanelState{Sites: []string{"https://ib.bank.kz"}, IdleMinutes: 15, Status: agent.Status{Token: agent.TokenUnlocked,
		Profiles: []agent.Profile{renewable}, Enrolls: true, Unfinished: true, Asking: true}}
	inPanel := func(want agent.PanelAction) func(ctx context.Context, p agent.Prompter) error {
		return func(ctx context.Context, p agent.Prompter) error {
			got, err := p.Panel(ctx, panel)
			if err == nil && got != want {
				return fmt.Errorf("Panel = %v, want %v", got, want)
			}
			return err
		}
	}
	forget := agent.PanelAction{Kind: agent.PanelForgetSite, Value: "https://ib.bank.kz"}
	wizard, codes := agent.PanelAction{Kind: agent.PanelWizard}, agent.PanelAction{Kind: agent.PanelCodes}
	renew := agent.PanelAction{Kind: agent.PanelRenew, Profile: agent.ProfileID{Token: accounts.ID.Token, Key: "a1", Certificate: "5f3a"}}
	unused := func(context.Context, agent.ProfileID, *agent.Secret) error { return nil }
	unusedPair := func(context.Context, agent.ProfileID, *agent.Secret, *agent.Secret) error { return nil }
	noCopy := func(int) error { return nil }

	for _, c := range []struct {
		name     string
		question any
		ask      func(ctx context.Context, p agent.Prompter) error
		agree    agenttest.Answer // nil: it takes a try
	}{
		{"site", site, func(ctx context.Context, p agent.Prompter) error { return p.Site(ctx, site) }, agenttest.Agree()},
		{"consent", consent, func(ctx context.Context, p agent.Prompter) error { return p.Consent(ctx, consent, noCopy) }, agenttest.Agree()},
		{"pin", pinQuestion(accounts, director), func(ctx context.Context, p agent.Prompter) error {
			return p.PIN(ctx, pinQuestion(accounts, director), unused)
		}, agenttest.PIN("12345678")},
		{"change", pinQuestion(accounts), func(ctx context.Context, p agent.Prompter) error {
			return p.ChangePIN(ctx, pinQuestion(accounts), unusedPair)
		}, agenttest.NewPIN("12345678", "87654321")},
		{"panel", panel, inPanel(forget), agenttest.Choose(forget)},
		{"panel to the wizard", panel, inPanel(wizard), agenttest.Choose(wizard)},
		{"panel to the code generators", panel, inPanel(codes), agenttest.Choose(codes)},
		{"panel to a renewal", panel, inPanel(renew), agenttest.Choose(renew)},
	} {
		t.Run(c.name, func(t *testing.T) {
			over(t, func(t *testing.T, l *link) {
				l.person.Do(c.agree)
				if err := c.ask(t.Context(), l); err != nil {
					t.Errorf("agreed: %v", err)
				}
				synctest.Wait() // a question with a try ends on the other side after it ended here
				if shown := l.person.Shown(); len(shown) != 1 || !reflect.DeepEqual(shown[0].Question, c.question) {
					t.Errorf("shown %+v, want %+v", shown, c.question)
				}
				for _, want := range agent.Sentinels() {
					l.person.Do(agenttest.Fail(want))
					if err := c.ask(t.Context(), l); !errors.Is(err, want) {
						t.Errorf("failed with %v: got %v", want, err)
					}
				}
				l.person.Do(agenttest.Fail(errors.New("no such font")))
				if err := c.ask(t.Context(), l); !errors.Is(err, agent.ErrCanceled) {
					t.Errorf("failed without a name: %v, want ErrCanceled", err)
				}
			})
		})
	}
}

func TestNotify(t *testing.T) {
	notice := agent.Notice{Error: "pin-locked", Origin: "https://ib.bank.kz"}
	over(t, func(t *testing.T, l *link) {
		if err := l.Notify(t.Context(), notice); err != nil {
			t.Error(err)
		}
		l.Prepare()
		if got := l.person.Notices(); !slices.Equal(got, []agent.Notice{notice}) {
			t.Errorf("told %v, want %v", got, notice)
		}
	})
}

// A wrong PIN, then another, then the right one: the same window, with the tries
// that are left.
func TestPINTries(t *testing.T) {
	over(t, func(t *testing.T, l *link) {
		l.person.Do(agenttest.ProfilePIN(1, "1111", "2222", "3333", "12345678"))
		verdicts := []error{&agent.PINError{Retries: 2}, &agent.PINError{Retries: agent.RetriesUnknown}, fmt.Errorf("login: %w", agent.ErrTokenLost), nil}
		var entered []string
		err := l.PIN(t.Context(), pinQuestion(accounts, director), func(_ context.Context, p agent.ProfileID, pin *agent.Secret) error {
			defer pin.Wipe()
			if p != director.ID {
				t.Errorf("profile %v, want %v", p, director.ID)
			}
			entered = append(entered, string(pin.Bytes()))
			return verdicts[len(entered)-1]
		})
		if want := []string{"1111", "2222", "3333", "12345678"}; err != nil || !slices.Equal(entered, want) {
			t.Errorf("PIN = %v after %q, want nil after %q", err, entered, want)
		}
		synctest.Wait()
		shown := l.person.Shown()
		if len(shown) != 1 || len(shown[0].Tries) != 4 {
			t.Fatalf("shown %+v, want one window with four tries", shown)
		}
		for i, got := range shown[0].Tries {
			if got, want := fmt.Sprint(got), fmt.Sprint(verdicts[i]); i != 2 && got != want {
				t.Errorf("try %d was answered %v, want %v", i, got, want)
			}
		}
		if !errors.Is(shown[0].Tries[2], agent.ErrTokenLost) {
			t.Errorf("try 2 was answered %v, want ErrTokenLost", shown[0].Tries[2])
		}
	})
}

// Which errors leave a password window open is agent.Prompter's rule.
func TestTryErrors(t *testing.T) {
	for _, verdict := range agent.Sentinels() {
		t.Run(agent.ErrorName(verdict), func(t *testing.T) {
			over(t, func(t *testing.T, l *link) {
				// The person gives up after one try, if the window lets them.
				want := verdict
				if agent.AsksAgain(verdict) {
					want = agent.ErrDenied
				}
				l.person.Do(agenttest.PIN("1"))
				err := l.PIN(t.Context(), pinQuestion(accounts), func(context.Context, agent.ProfileID, *agent.Secret) error { return verdict })
				if !errors.Is(err, want) {
					t.Errorf("PIN = %v, want %v", err, want)
				}
				l.person.Do(agenttest.NewPIN("1", "2"))
				err = l.ChangePIN(t.Context(), pinQuestion(accounts), func(context.Context, agent.ProfileID, *agent.Secret, *agent.Secret) error { return verdict })
				if !errors.Is(err, want) {
					t.Errorf("ChangePIN = %v, want %v", err, want)
				}
				synctest.Wait()
				for _, s := range l.person.Shown() {
					if len(s.Tries) != 1 || !errors.Is(s.Tries[0], verdict) {
						t.Errorf("the window was told %v, want %v", s.Tries, verdict)
					}
				}
			})
		})
	}
}

func TestCopies(t *testing.T) {
	over(t, func(t *testing.T, l *link) {
		var opened []int
		l.person.Do(agenttest.OpenCopy(agenttest.Agree(), 0, 2, 0))
		err := l.Consent(t.Context(), agent.ConsentQuestion{}, func(i int) error {
			opened = append(opened, i)
			return nil
		})
		if err != nil || !slices.Equal(opened, []int{0, 2, 0}) {
			t.Errorf("Consent = %v, opened %v", err, opened)
		}
		// A copy that cannot be opened is the window's to show; this person
		// takes it for the end.
		l.person.Do(agenttest.OpenCopy(agenttest.Agree(), 1))
		err = l.Consent(t.Context(), agent.ConsentQuestion{}, func(int) error { return agent.ErrTooLarge })
		if !errors.Is(err, agent.ErrTooLarge) {
			t.Errorf("Consent = %v, want ErrTooLarge", err)
		}
		l.person.Do(agenttest.OpenCopy(agenttest.Refuse(), 1))
		err = l.Consent(t.Context(), agent.ConsentQuestion{}, func(int) error { return nil })
		if !errors.Is(err, agent.ErrDenied) {
			t.Errorf("Consent = %v, want ErrDenied", err)
		}
	})
}

// A token that is plugged in while the window is open.
func TestUpdates(t *testing.T) {
	over(t, func(t *testing.T, l *link) {
		l.person.Do(agenttest.ProfilePIN(1, "12345678"))
		updates := make(chan []agent.Profile)
		q := pinQuestion()
		q.Updates = updates
		go func() {
			updates <- []agent.Profile{accounts}
			updates <- []agent.Profile{accounts, director}
		}()
		err := l.PIN(t.Context(), q, func(_ context.Context, p agent.ProfileID, pin *agent.Secret) error {
			if p != director.ID {
				t.Errorf("profile %v, want %v", p, director.ID)
			}
			return nil
		})
		if err != nil {
			t.Errorf("PIN = %v", err)
		}
	})
}

// A window that is slow to read gets the newest choice, not the oldest.
func TestUpdatesAreTheLatest(t *testing.T) {
	over(t, func(t *testing.T, l *link) {
		slow := make(chan struct{})
		l.person.pin = func(ctx context.Context, q agent.PINQuestion, try pinTry) error {
			<-slow
			return try(ctx, (<-q.Updates)[0].ID, agent.NewSecret(nil))
		}
		updates := make(chan []agent.Profile)
		q := pinQuestion()
		q.Updates = updates
		go func() {
			for range 100 {
				updates <- []agent.Profile{accounts}
			}
			updates <- []agent.Profile{director}
			synctest.Wait()
			close(slow)
		}()
		var got agent.ProfileID
		err := l.PIN(t.Context(), q, func(_ context.Context, p agent.ProfileID, _ *agent.Secret) error {
			got = p
			return nil
		})
		if err != nil || got != director.ID {
			t.Errorf("PIN = %v with %v, want %v", err, got, director.ID)
		}
	})
}

type pinTry = func(context.Context, agent.ProfileID, *agent.Secret) error

// person has a script, and perhaps a password window of its own.
type person struct {
	*agenttest.Person
	pin func(context.Context, agent.PINQuestion, pinTry) error
}

func (p *person) PIN(ctx context.Context, q agent.PINQuestion, try pinTry) error {
	if p.pin != nil {
		return p.pin(ctx, q, try)
	}
	return p.Person.PIN(ctx, q, try)
}
